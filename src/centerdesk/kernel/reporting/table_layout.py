"""Laying a ruled table out: widths, wrapped cells, row heights, pages. Measures only; drawing is in `pdf`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import Enum

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import Cell, Col, Document, Kind, Row, Table, cell_text
from centerdesk.kernel.reporting.fonts import Face
from centerdesk.kernel.reporting.linebreak import break_lines
from centerdesk.kernel.reporting.paper import HEIGHT, MM, WIDTH, Pen
from centerdesk.kernel.reporting.plaintext import esc

PAD = 1.5 * MM
LEADING = 1.3
"""Line to line inside a cell, in em."""

_AUTO_MM = 16.0
_LEAST_SIZE = 5.0
_NOTE_SHRINK = 0.86
_SHRINK = 1.18
"""Text this many times too wide for its cell is set smaller, wider text in lines."""


class Align(Enum):
    """Where text stands in its cell."""

    LEFT = 0.0
    CENTER = 0.5
    RIGHT = 1.0


@record
class Box:
    """A cell ready to be drawn: its lines, each as one string without line end."""

    lines: tuple[str, ...]
    align: Align
    face: Face
    size: float
    indent: float = 0.0


@record
class Band:
    """One row of the page: its boxes, or one box over the whole width (`wide`). Heights in points.

    `keep`: never the last band of a page.
    """

    boxes: tuple[Box, ...]
    height: float
    wide: bool = False
    keep: bool = False
    ruled: bool = True


@record
class Style:
    """Sizes of a table in points."""

    size: float
    row: float
    header: float


RETURN_STYLE = Style(10.5, 6.6 * MM, 8.9 * MM)
LIST_STYLE = Style(9.5, 6.0 * MM, 7.4 * MM)


def is_landscape(columns: Sequence[Col]) -> bool:
    """Whether the columns ask for more than the width of an upright page."""
    return sum(column.width_mm or _AUTO_MM for column in columns) * MM > WIDTH * 1.02


def column_widths(columns: Sequence[Col], width: float) -> list[float]:
    """Widths in points that fill `width`: fixed columns keep theirs, the others share what is left."""
    fixed = sum(column.width_mm for column in columns) * MM
    open_count = sum(not column.width_mm for column in columns)
    if open_count and fixed < width:
        share = (width - fixed) / open_count
        if share >= _AUTO_MM * MM * 0.6:
            return [column.width_mm * MM or share for column in columns]
    asked = [(column.width_mm or _AUTO_MM) * MM for column in columns]
    return [one * width / sum(asked) for one in asked]


def header_band(pen: Pen, columns: Sequence[Col], widths: Sequence[float], style: Style) -> Band:
    """The row of column titles that stands on every page."""
    boxes = tuple(
        _boxed(pen, esc(column.title), width + 0.9 * PAD, Align.CENTER, Face.SANS, style.size)
        for column, width in zip(columns, widths, strict=True)
    )
    return Band(boxes, max(style.header, _height(boxes)))


def document_bands(pen: Pen, document: Document, widths: Sequence[float], style: Style) -> list[Band]:
    """Sections and rows of a return."""
    bands: list[Band] = []
    for section in document.sections:
        if section.title:
            box = _boxed(pen, esc(section.title), sum(widths), Align.LEFT, Face.SANS, style.size)
            height = max(style.row - 0.2 * MM, _height((box,)))
            bands.append(Band((box,), height, wide=True, keep=True))
        bands += [_row_band(pen, row, document.columns, widths, style) for row in section.rows]
    return bands


def table_bands(pen: Pen, table: Table, widths: Sequence[float], style: Style) -> list[Band]:
    """Rows of a list."""
    shape = _shaper(pen, table.columns, widths, style)
    return [shape([Cell(value) for value in values], False) for values in table.rows]


def text_bands(pen: Pen, text: str, width: float, size: float) -> list[Band]:
    """Running text below the table, a band a line."""
    lines = _wrap(pen, esc(text), width, Face.SONG, size)
    return [
        Band((Box((line,), Align.LEFT, Face.SONG, size),), 5.6 * MM, wide=True, ruled=False) for line in lines
    ]


def paginate(bands: Iterable[Band], first: float, later: float, tail: float) -> list[list[Band]]:
    """Deal bands out to pages: `first` and `later` points of room, `tail` points free at the end of the last.

    The tail never stands on a page alone while two bands can go with it.
    """
    pages: list[list[Band]] = [[]]
    room = first
    for band in bands:
        for part in _split(band, later):
            if part.height > room and (pages[-1] or room < later):
                held: list[Band] = []
                while pages[-1] and pages[-1][-1].keep:
                    held.insert(0, pages[-1].pop())
                pages.append(held)
                room = later - sum(one.height for one in held)
            pages[-1].append(part)
            room -= part.height
    if room < tail:
        pages.append(_company(pages[-1]))
    return pages


def _company(page: list[Band]) -> list[Band]:
    """Take from the page what goes with the tail: text below the table, two rows, a heading above them."""
    at = len(page)
    rows = 0
    while at and rows < 2:
        at -= 1
        rows += page[at].ruled
    while at and page[at - 1].keep:
        at -= 1
    if at == 0:
        at = len(page)
    taken = page[at:]
    del page[at:]
    return taken


def _row_band(pen: Pen, row: Row, columns: Sequence[Col], widths: Sequence[float], style: Style) -> Band:
    return _shaper(pen, columns, widths, style)(row.cells, row.bold)


def _shaper(
    pen: Pen, columns: Sequence[Col], widths: Sequence[float], style: Style
) -> Callable[[Sequence[Cell], bool], Band]:
    """How cells become a band; boxes are kept by their text, as lists repeat themselves."""
    known: dict[tuple[int, str, bool, int, Kind], Box] = {}

    def shape(cells: Sequence[Cell], bold: bool) -> Band:
        boxes = []
        for at, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            text, strong, kind = cell_text(cell, column), bold or cell.bold, cell.kind or column.kind
            key = (at, text, strong, cell.indent, kind)
            box = known.get(key)
            if box is None:
                box = known[key] = _cell_box(pen, text, cell.indent, strong, column, kind, widths[at], style)
            boxes.append(box)
        return Band(tuple(boxes), max(style.row, _height(boxes)))

    return shape


def _cell_box(
    pen: Pen, text: str, indent: int, strong: bool, column: Col, kind: Kind, width: float, style: Style
) -> Box:
    face = Face.STRONG if strong else Face.SONG
    if column.kind.is_figure or kind.is_figure:
        return _fitted(
            pen, esc(text), width, Align.CENTER if column.center else Align.RIGHT, face, style.size
        )
    center = column.center or kind is Kind.DATE
    size = style.size * _NOTE_SHRINK if column.key == "note" else style.size
    box = _boxed(pen, esc(text), width - indent * size, Align.CENTER if center else Align.LEFT, face, size)
    return replace(box, indent=indent * size)


def _boxed(pen: Pen, text: str, width: float, align: Align, face: Face, size: float) -> Box:
    """Text set a little smaller if that spares a second line, else broken into lines."""
    room = width - 2 * PAD
    needed = 0.0 if "\n" in text else pen.width(face, text, size)
    if room < needed <= room * _SHRINK:
        size *= room / needed
    return Box(tuple(_wrap(pen, text, room + 0.01, face, size)), align, face, size)


def _fitted(pen: Pen, text: str, width: float, align: Align, face: Face, size: float) -> Box:
    """A figure is never broken over lines: it is set smaller until it fits."""
    room = width - 1.2 * PAD
    needed = pen.width(face, text, size)
    if needed <= room or "\n" in text:
        return Box(tuple(text.split("\n")), align, face, size)
    smaller = size * room / needed
    if smaller < _LEAST_SIZE:
        return _boxed(pen, text, width, align, face, size)
    return Box((text,), align, face, smaller)


def _wrap(pen: Pen, text: str, width: float, face: Face, size: float) -> list[str]:
    if "\n" not in text and pen.width(face, text, size) <= width:
        return [text]
    widths = [pen.book.advance(face, char) * size for char in text]
    return [text[line.start : line.end] for line in break_lines(text, widths, max(width, size))]


def _height(boxes: Sequence[Box]) -> float:
    most = max((len(box.lines) * box.size for box in boxes), default=0.0)
    return most * LEADING + 1.6 * MM


def _split(band: Band, room: float) -> list[Band]:
    """A band taller than a page becomes several, each with as many lines as fit."""
    if band.height <= room:
        return [band]
    largest = max(box.size for box in band.boxes)
    fits = max(int((min(room, HEIGHT) - 1.6 * MM) / (largest * LEADING)), 1)
    count = max(-(-len(box.lines) // fits) for box in band.boxes)
    parts = []
    for at in range(count):
        boxes = tuple(replace(box, lines=box.lines[at * fits : (at + 1) * fits]) for box in band.boxes)
        parts.append(replace(band, boxes=boxes, height=_height(boxes)))
    return parts
