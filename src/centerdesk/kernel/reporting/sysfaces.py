"""Finding the machine's own 仿宋, 楷体, 黑体, 小标宋, 宋体 by the names inside the files.

Only faces that may be embedded (OS/2 fsType) and have TrueType outlines (`glyf`) count: STANDARDS 2.2.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from centerdesk.kernel.record import record

_RESTRICTED, _NO_SUBSET, _BITMAP_ONLY = 0x0002, 0x0100, 0x0200
_FAMILY, _FULL_NAME, _POSTSCRIPT = 1, 4, 6
_MAX_NAME_TABLE = 1 << 20


@record
class SystemFace:
    """A face of the machine that may be embedded. `index` is its place in a collection (.ttc)."""

    path: Path
    index: int
    family: str


def find(families: Iterable[str], folders: Iterable[Path] | None = None) -> SystemFace | None:
    """The first of `families`, in their order, that is installed and may be embedded."""
    installed = _installed(tuple(folders) if folders is not None else tuple(font_folders()))
    for family in families:
        face = installed.get(family.casefold())
        if face is not None:
            return face
    return None


def font_folders() -> Iterator[Path]:
    """Where this system keeps fonts: for all users first, then the person's own."""
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        if local := os.environ.get("LOCALAPPDATA"):
            yield Path(local) / "Microsoft/Windows/Fonts"
        return
    yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    data = os.environ.get("XDG_DATA_HOME")
    home = Path(os.environ["HOME"]) if "HOME" in os.environ else None
    if data:
        yield Path(data) / "fonts"
    if home:
        yield from (home / ".local/share/fonts", home / ".fonts")


@lru_cache(maxsize=4)
def _installed(folders: tuple[Path, ...]) -> dict[str, SystemFace]:
    """Every embeddable face under its names in lower case; the first file that has a name keeps it."""
    found: dict[str, SystemFace] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() not in (".ttf", ".ttc", ".otf"):
                continue
            for index, names in faces_of(path):
                for name in names:
                    found.setdefault(name.casefold(), SystemFace(path, index, name))
    return found


def faces_of(path: Path) -> list[tuple[int, list[str]]]:
    """The faces of a file that may be embedded, each with its names. A file that cannot be read has none."""
    try:
        with path.open("rb") as file:
            faces = []
            for index, offset in enumerate(_faces(file)):
                tables = _directory(file, offset)
                if "glyf" in tables and _embeddable(file, tables):
                    faces.append((index, _names(file, tables)))
            return faces
    except (OSError, struct.error):
        return []


def _faces(file: BinaryIO) -> list[int]:
    """Where each face of the file begins."""
    head = file.read(12)
    if head[:4] != b"ttcf":
        return [0]
    count = min(struct.unpack(">L", head[8:12])[0], 64)
    return list(struct.unpack(f">{count}L", file.read(4 * count)))


def _directory(file: BinaryIO, offset: int) -> dict[str, tuple[int, int]]:
    """Tables of the face: place and length by tag."""
    file.seek(offset + 4)
    (count,) = struct.unpack(">H", file.read(2))
    file.seek(offset + 12)
    entries = [struct.unpack(">4sLLL", file.read(16)) for _ in range(min(count, 128))]
    return {tag.decode("latin-1"): (at, length) for tag, _sum, at, length in entries}


def _embeddable(file: BinaryIO, tables: dict[str, tuple[int, int]]) -> bool:
    """We embed subsets, so “no subsetting” forbids it as “restricted” and “bitmaps only” do."""
    if "OS/2" not in tables:
        return True
    file.seek(tables["OS/2"][0] + 8)
    (rights,) = struct.unpack(">H", file.read(2))
    return not rights & (_RESTRICTED | _NO_SUBSET | _BITMAP_ONLY)


def _names(file: BinaryIO, tables: dict[str, tuple[int, int]]) -> list[str]:
    """Family, full and PostScript names in every language the face has them."""
    if "name" not in tables or tables["name"][1] > _MAX_NAME_TABLE:
        return []
    at, length = tables["name"]
    file.seek(at)
    data = file.read(length)
    _format, count, strings = struct.unpack(">HHH", data[:6])
    names = []
    for i in range(count):
        platform, _encoding, _language, what, size, offset = struct.unpack(
            ">6H", data[6 + 12 * i : 18 + 12 * i]
        )
        if what in (_FAMILY, _FULL_NAME, _POSTSCRIPT) and platform in (0, 3):
            raw = data[strings + offset : strings + offset + size]
            names.append(raw.decode("utf-16-be", "replace"))
    return list(dict.fromkeys(names))
