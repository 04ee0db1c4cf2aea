"""Reading our PDFs back, independently of what wrote them: characters with places, faces, anything active."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw

MM = 72 / 25.4


@dataclass(frozen=True)
class Glyph:
    """A drawn character: its origin and ink, mm from the left and from the top of the upright page."""

    char: str
    x: float
    y: float
    ink_top: float
    ink_bottom: float
    ink_right: float


@contextmanager
def opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(path)
    try:
        yield document
    finally:
        document.close()


def glyphs(path: Path, page: int) -> list[Glyph]:
    """The drawn characters in the order of the file; what pdfium adds between them (line ends) left out."""
    with opened(path) as document:
        sheet = document[page]
        height = sheet.get_mediabox()[3]  # upright, also where the page is shown sideways
        text = sheet.get_textpage()
        found = []
        index = 0
        while index < text.count_chars():
            unit = raw.FPDFText_GetUnicode(text, index)
            if raw.FPDFText_IsGenerated(text, index) == 1:
                index += 1
                continue
            char = chr(unit)
            first = index
            if 0xD800 <= unit < 0xDC00:
                index += 1
                low = raw.FPDFText_GetUnicode(text, index)
                char = chr(0x10000 + (unit - 0xD800) * 0x400 + low - 0xDC00)
            x, y = ctypes.c_double(), ctypes.c_double()
            raw.FPDFText_GetCharOrigin(text, first, x, y)
            _left, bottom, right, top = text.get_charbox(first)
            found.append(
                Glyph(
                    char,
                    x.value / MM,
                    (height - y.value) / MM,
                    (height - top) / MM,
                    (height - bottom) / MM,
                    right / MM,
                )
            )
            index += 1
        text.close()
        sheet.close()
        return found


def drawn(path: Path) -> str:
    """All drawn characters of the file, pages one after the other."""
    return "".join(glyph.char for page in range(page_count(path)) for glyph in glyphs(path, page))


def page_count(path: Path) -> int:
    with opened(path) as document:
        return len(document)


def lines(path: Path, page: int) -> list[tuple[str, float, float]]:
    """Runs of characters on one base line: text without blanks, x of the first, y; top to bottom."""
    rows: dict[float, list[Glyph]] = {}
    for glyph in glyphs(path, page):
        if not glyph.char.isspace():
            rows.setdefault(round(glyph.y, 1), []).append(glyph)
    found = []
    for y in sorted(rows):
        row = sorted(rows[y], key=lambda glyph: glyph.x)
        found.append(("".join(glyph.char for glyph in row), round(row[0].x, 1), y))
    return found


def find(path: Path, page: int, text: str) -> Glyph:
    """The first character of the first place where `text` is drawn."""
    all_of_them = glyphs(path, page)
    joined = "".join(glyph.char for glyph in all_of_them)
    assert text in joined, f"not on page {page + 1}: {text}"
    return all_of_them[joined.index(text)]


def skeleton(path: Path) -> bytes:
    """The file without its streams: the objects that could hold links, actions and file names."""
    return re.sub(rb"stream\r?\n.*?endstream", b"", path.read_bytes(), flags=re.DOTALL)


ACTIVE = re.compile(
    rb"/(URI|Link|Annots?|A|AA|JS|JavaScript|OpenAction|Launch|EmbeddedFiles?|GoToR|SubmitForm|XFA|AcroForm)\b"
)


def active(path: Path) -> list[bytes]:
    """Names of anything in the file that could act."""
    return ACTIVE.findall(skeleton(path))


def faces(path: Path) -> tuple[list[bytes], list[bytes]]:
    """Base names of the fonts, and which of them have no embedded outlines."""
    found, bare = [], []
    objects = dict(re.findall(rb"(\d+) 0 obj\s*(.*?)endobj", skeleton(path), flags=re.DOTALL))
    for body in objects.values():
        if b"/BaseFont" not in body:
            continue
        name = re.search(rb"/BaseFont /(\S+)", body)
        assert name
        found.append(name[1])
        link = re.search(rb"/FontDescriptor (\d+) 0 R", body)
        if not link or b"/FontFile2" not in objects[link[1]]:
            bare.append(name[1])
    return found, bare
