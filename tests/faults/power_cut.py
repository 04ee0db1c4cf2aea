"""What a disk holds after the power went: a program's writes, recorded in order, and each unsynced one kept or lost.

A killed process does not prove a sync, because the operating system still holds what was not synced. Here a
preloaded library (`disk_log.c`) records every write, sync, truncation and unlinking; a cut at any record gives
the files as a disk could hold them that reorders and drops, 512 bytes at a time, whatever was not synced.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_HEAD = struct.Struct("<cQIH")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done to one file: W write, T truncate to `offset`, S sync, U unlink."""

    op: str
    path: str
    offset: int
    data: bytes


def build_recorder(folder: Path) -> Path | None:
    """The library to preload; None where no C compiler is installed."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    made = folder / "disk_log.so"
    source = Path(__file__).with_name("disk_log.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl", "-pthread"], check=True)
    return made


def read_log(path: Path) -> list[Event]:
    raw, at, events = path.read_bytes(), 0, []
    while at < len(raw):
        op, offset, length, path_length = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        name = raw[at : at + path_length].decode()
        at += path_length
        events.append(Event(op.decode(), name, offset, raw[at : at + length]))
        at += length
    return events


@dataclass
class _File:
    """What is surely on the disk, and what may or may not be."""

    durable: bytearray | None
    """None: nobody has synced that the file exists."""
    pending: list[Event] = field(default_factory=list)


class Disk:
    """The files of one folder as a disk sees them."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._files = {str(p): _File(bytearray(p.read_bytes())) for p in folder.iterdir() if p.is_file()}

    def do(self, event: Event) -> None:
        """One more record of the log."""
        if event.op == "S" and event.path == self._folder:
            for path in [p for p, file in self._files.items() if any(e.op == "U" for e in file.pending)]:
                self._settle(path)
            return
        file = self._files.setdefault(event.path, _File(None))
        if event.op == "S":
            self._settle(event.path)
        else:
            file.pending.append(event)

    def _settle(self, path: str) -> None:
        """Everything pending reaches the disk."""
        file = self._files[path]
        for event in file.pending:
            file.durable = None if event.op == "U" else _applied(file.durable, event, None)
        file.durable = bytearray() if file.durable is None and not _gone(file) else file.durable
        file.pending.clear()

    def cut(self, into: Path, chance: random.Random) -> None:
        """Write what is left into an empty folder: of everything not synced each sector survives or not."""
        for path, file in self._files.items():
            left = None if file.durable is None else bytearray(file.durable)
            for event in file.pending:
                if event.op == "W":
                    left = _applied(left, event, chance)
                elif chance.random() < 0.5:
                    left = None if event.op == "U" else _applied(left, event, None)
            if left is not None:
                (into / Path(path).name).write_bytes(left)


def _gone(file: _File) -> bool:
    return bool(file.pending) and file.pending[-1].op == "U"


def _applied(content: bytearray | None, event: Event, chance: random.Random | None) -> bytearray:
    """The content with a write or a truncation in it; with `chance`, of a write only some sectors."""
    made = bytearray() if content is None else content
    if event.op == "T":
        del made[event.offset :]
        made.extend(bytes(event.offset - len(made)))
        return made
    for start in range(0, len(event.data), SECTOR):
        if chance is None or chance.random() < 0.5:
            piece = event.data[start : start + SECTOR]
            at = event.offset + start
            made.extend(bytes(max(0, at + len(piece) - len(made))))
            made[at : at + len(piece)] = piece
    return made
