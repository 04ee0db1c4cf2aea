"""Faces for paper: the machine's own where they may be embedded, else ours; never a blank (STANDARDS 2.2)."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from centerdesk.kernel.paths import resource
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting import sysfaces
from centerdesk.kernel.reporting.document import MissingGlyph

log = logging.getLogger(__name__)

rl_config.trustedSchemes = ["data"]  # F19: whatever is drawn, nothing is ever fetched or read from disk
rl_config.useA85 = 0  # no file of ours passes a 7-bit channel; the encoding costs a fifth of the time

RENDERING = threading.Lock()
"""Held while a PDF is made: a reportlab face serves one document at a time."""


class Face(Enum):
    """The faces GB/T 9704 asks for (STANDARDS 2.2), then our own for labels and bold figures."""

    BODY = "仿宋"
    KAI = "楷体"
    HEI = "黑体"
    TITLE = "小标宋"
    SONG = "宋体"
    SANS = "标签黑体"
    STRONG = "宋体加粗"


_BUNDLED = {
    Face.BODY: "NotoSerifSC-Regular",
    Face.KAI: "LXGWWenKai-Regular",
    Face.HEI: "NotoSansSC-Bold",
    Face.TITLE: "NotoSerifSC-SemiBold",
    Face.SONG: "NotoSerifSC-Regular",
    Face.SANS: "NotoSansSC-Regular",
    Face.STRONG: "NotoSerifSC-SemiBold",
}
_SHOWN = {
    "NotoSerifSC-Regular": "Noto Serif SC",
    "NotoSerifSC-SemiBold": "Noto Serif SC SemiBold",
    "NotoSansSC-Regular": "Noto Sans SC",
    "NotoSansSC-Bold": "Noto Sans SC Bold",
    "LXGWWenKai-Regular": "Chuangming Kai",
    "BabelStoneHan-Rare": "Chuangming Rare Han",
}
_SYSTEM = {
    Face.BODY: (
        "仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "方正仿宋_GBK", "FZFangSong-Z02",
        "方正仿宋_GB18030", "华文仿宋", "STFangsong",
        "CESI仿宋-GB2312", "CESI仿宋-GB13000", "CESI_FS_GB2312", "CESI_FS_GB13000",
    ),
    Face.KAI: (
        "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "方正楷体_GBK", "CESI楷体-GB2312", "CESI楷体-GB13000",
        "CESI_KT_GB2312", "CESI_KT_GB13000",
    ),
    Face.HEI: (
        "黑体", "SimHei", "方正黑体_GBK", "CESI黑体-GB2312", "CESI黑体-GB13000",
        "CESI_HT_GB2312", "CESI_HT_GB13000",
    ),
    Face.TITLE: (
        "方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "CESI小标宋-GB2312",
        "CESI小标宋-GB13000", "CESI_XBS_GB2312", "CESI_XBS_GB13000", "华文中宋", "STZhongsong",
    ),
    Face.SONG: ("宋体", "SimSun", "方正书宋_GBK", "CESI宋体-GB2312", "CESI宋体-GB13000"),
}  # fmt: skip
_FALLBACKS = ("NotoSerifSC-Regular", "NotoSansSC-Regular", "BabelStoneHan-Rare")

SUBSTITUTE = "Geta"
"""A face that draws every missing character as 〓; it copies out as itself, then its code point."""

CODE_FONT, CODE_SCALE = "NotoSansSC-Regular", 0.5
GETA = "〓"
"""Stands on paper for a character no face can draw, followed by its code point."""


_UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
"""Joiners, zero-width spaces, variation selectors: they come with pasted text and have no shape."""


@record
class Run:
    """Characters that one face draws; `code` is the code point printed behind one that is drawn as 〓."""

    font: str
    text: str
    code: str = ""


@dataclass(slots=True)
class FontBook:
    """The faces of one PDF, and what came of them: faces used, characters nobody could draw."""

    system: bool = True
    faces: dict[str, str] = field(default_factory=dict)
    missing: dict[str, MissingGlyph] = field(default_factory=dict)
    _chosen: dict[Face, str] = field(default_factory=dict)
    _advances: dict[Face, dict[str, float]] = field(default_factory=dict)
    _lines: dict[Face, dict[str, float]] = field(default_factory=dict)

    def font(self, face: Face) -> str:
        """The registered name of what serves as `face`."""
        if face not in self._chosen:
            system = self.system and not os.environ.get("CENTERDESK_BUNDLED_FONTS")
            name = _system_font(face) if system else None
            self._chosen[face] = name or _BUNDLED[face]
            if face not in (Face.SANS, Face.STRONG):
                self.faces[face.value] = _SHOWN.get(self._chosen[face], self._chosen[face])
        return self._chosen[face]

    def runs(self, face: Face, text: str) -> Iterator[Run]:
        """The text cut where the face changes. The order of characters is kept, none is dropped."""
        asked = self.font(face)
        if _glyphs(asked).keys() >= set(map(ord, text)):
            yield Run(asked, text)
            return
        start, current = 0, ""
        for at, char in enumerate(text):
            name = self._covering(asked, char)
            if name != current or not name:
                if start < at:
                    yield from self._run(current, text[start:at], text)
                start, current = at, name
        yield from self._run(current, text[start:], text)

    def advance(self, face: Face, char: str) -> float:
        """Width of one character as it will be drawn, in em."""
        known = self._advances.setdefault(face, {})
        width = known.get(char)
        return self._learn(face, known, char) if width is None else width

    def measure(self, face: Face, text: str) -> float:
        """Width of a line in em; kept, as tables repeat themselves."""
        lines = self._lines.setdefault(face, {})
        width = lines.get(text)
        if width is None:
            known = self._advances.setdefault(face, {})
            width = sum([known[char] if char in known else self._learn(face, known, char) for char in text])
            lines[text] = width
        return width

    def top(self, face: Face, text: str) -> float:
        """Height of the highest ink above the base line, in em."""
        name = self.font(face)
        return max(_ink_top(name, char) for char in text)

    def missing_glyphs(self) -> tuple[MissingGlyph, ...]:
        return tuple(self.missing.values())

    def _learn(self, face: Face, known: dict[str, float], char: str) -> float:
        name = self._covering(self.font(face), char)
        known[char] = _width(Run(name, char) if name else _substitute(char))
        return known[char]

    def _covering(self, asked: str, char: str) -> str:
        """The first face that has the character, or "" where none has."""
        for name in (asked, *_FALLBACKS):
            if ord(char) in _glyphs(name):
                return name
        return ""

    def _run(self, name: str, text: str, context: str) -> Iterator[Run]:
        if name:
            yield Run(name, text)
            return
        for char in text:
            if not _UNSEEN.match(char):
                self.missing.setdefault(char, MissingGlyph(char, context))
            yield _substitute(char)


def ttfont(name: str) -> ttfonts.TTFont:
    """A face by the name `FontBook.font` gave; the bundled ones are loaded here, once for the process."""
    font = _LOADED.get(name)
    if font is None:
        file = _FALLBACKS[0] if name == SUBSTITUTE else name
        font = _LOADED[name] = ttfonts.TTFont(name, str(resource("fonts", f"{file}.ttf")))
        pdfmetrics.registerFont(font)
    return font


_LOADED: dict[str, ttfonts.TTFont] = {}


def _substitute(char: str) -> Run:
    """〓 with the code point, mapped to the character itself; what is invisible by nature stays so."""
    face = ttfont(SUBSTITUTE).face
    face.subfontNameX = b"-Geta"  # its objects in the file need names of their own
    unseen = bool(_UNSEEN.match(char))
    face.charToGlyph[ord(char)] = face.charToGlyph[ord(" " if unseen else GETA)]
    face.charWidths[ord(char)] = 0 if unseen else face.charWidths[ord(GETA)]
    return Run(SUBSTITUTE, char, code="" if unseen else f"{ord(char):04X}")


def _width(run: Run) -> float:
    """Advance in em."""
    face = ttfont(run.font).face
    width = float(sum(face.charWidths.get(ord(char), face.defaultWidth) for char in run.text) / 1000)
    return width + (_width(Run(CODE_FONT, run.code)) * CODE_SCALE if run.code else 0.0)


def _glyphs(name: str) -> dict[int, int]:
    glyphs: dict[int, int] = ttfont(name).face.charToGlyph
    return glyphs


@lru_cache(maxsize=8)
def _system_font(face: Face) -> str | None:
    """The machine's own face for the role, registered under its family name; None where there is none."""
    found = sysfaces.find(_SYSTEM.get(face, ()))
    if found is None:
        return None
    try:
        font = ttfonts.TTFont(found.family, str(found.path), subfontIndex=found.index)
    except (ttfonts.TTFError, OSError, ValueError, LookupError) as exc:
        log.warning("system face %s cannot be used: %s", face.name, type(exc).__name__)
        return None
    pdfmetrics.registerFont(font)
    _LOADED[found.family] = font
    return found.family


@lru_cache(maxsize=256)
def _ink_top(name: str, char: str) -> float:
    """yMax of the glyph in em, read from `glyf`: reportlab knows advances only."""
    face = ttfont(name).face
    glyph = face.charToGlyph.get(ord(char))
    if glyph is None:
        return float(face.capHeight) / 1000

    def number(tag: str, offset: int, size: int) -> int:
        return int.from_bytes(face.get_chunk(face.get_table_pos(tag)[0] + offset, size), "big", signed=True)

    long_offsets = bool(number("head", 50, 2))  # indexToLocFormat
    at = number("loca", glyph * 4, 4) if long_offsets else number("loca", glyph * 2, 2) % 65536 * 2
    return number("glyf", at + 8, 2) / float(face.unitsPerEm)


def _to_unicode(fontname: str, subset: list[int]) -> str:
    """ToUnicode map with UTF-16 pairs beyond U+FFFF and at most 100 entries a block (PDF 32000 9.10.3)."""
    entries = [(code, value) for code, value in enumerate(subset) if value]
    blocks = [entries[at : at + 100] for at in range(0, len(entries), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /{fontname} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{code:02X}> <{chr(value).encode('utf-16-be').hex().upper()}>" for code, value in block]
        lines.append("endbfchar")
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


# WORKAROUND(reportlab 5.1): its own map writes five hex digits beyond U+FFFF, so 𫟼 copies out as other
# characters. Remove when tests/kernel/test_reporting_fonts.py passes without it.
ttfonts.makeToUnicodeCMap = _to_unicode
