"""Returns and lists on paper: the street's table form (UI 28 a), ruled, header repeated, signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting import paper
from centerdesk.kernel.reporting.document import Document, ExportReport, Footing, SignField, Table
from centerdesk.kernel.reporting.fonts import Face, FontBook
from centerdesk.kernel.reporting.paper import (
    BOTTOM,
    GREY,
    HEIGHT,
    LEFT,
    MM,
    PAGE_WIDTH,
    TOP,
    WIDTH,
    Pen,
    Progress,
)
from centerdesk.kernel.reporting.plaintext import esc, one_line
from centerdesk.kernel.reporting.table_layout import (
    LEADING,
    LIST_STYLE,
    PAD,
    RETURN_STYLE,
    Band,
    Box,
    column_widths,
    document_bands,
    header_band,
    is_landscape,
    paginate,
    table_bands,
    text_bands,
)

_RULE_MM = 0.25
_CAPTION = 7 * MM
_SIGN_HEIGHT = 32.5 * MM
_SEAL_MM = 27.0
_TITLE_SIZE, _LIST_TITLE_SIZE = 20.0, 16.0
_SMALL = 10.0
_BASE = 0.36
"""Base line of a table line below its middle, in em."""


@record
class _Area:
    """The text area in the page's own upright coordinates, or those of the page turned sideways."""

    left: float
    top: float
    width: float
    height: float
    turned: bool = False


_UPRIGHT = _Area(LEFT, TOP, WIDTH, HEIGHT)
_SIDEWAYS = _Area(35 * MM, PAGE_WIDTH - LEFT, HEIGHT, WIDTH, turned=True)
"""The table's head lies at the left edge of the upright page; the page number stays where it is there."""


@record
class _Part:
    """A table laid out: a return or one annex."""

    area: _Area
    widths: list[float]
    header: Band
    pages: list[list[Band]]
    head: Callable[[Pen], None]
    head_height: float
    caption: str
    signatures: tuple[SignField, ...] = ()


def write_document(
    path: Path,
    document: Document,
    *,
    annexes: Sequence[Table] = (),
    system_faces: bool = True,
    clean: bool = False,
    guides: bool = False,
    progress: Progress | None = None,
) -> ExportReport:
    """Write a return as PDF, its annexes behind it. `clean` leaves the foot out (it then goes on a slip).

    Any thread. Raises EnvironmentFault when the file cannot be written, what `progress` raises when it stops.
    """

    def parts(pen: Pen) -> list[_Part]:
        return [_return_part(pen, document), *(_list_part(pen, table) for table in annexes)]

    footing = None if clean else document.footing
    return _write(path, parts, footing, document.draft, guides, system_faces, progress)


def write_table(
    path: Path,
    table: Table,
    *,
    footing: Footing | None = None,
    system_faces: bool = True,
    progress: Progress | None = None,
) -> ExportReport:
    """Write a list as PDF."""
    return _write(path, lambda pen: [_list_part(pen, table)], footing, False, False, system_faces, progress)


def _write(
    path: Path,
    parts: Callable[[Pen], list[_Part]],
    footing: Footing | None,
    draft: bool,
    guides: bool,
    system_faces: bool,
    progress: Progress | None,
) -> ExportReport:
    book = FontBook(system=system_faces)
    pages = 0

    def draw(pen: Pen) -> None:
        nonlocal pages
        laid_out = parts(pen)
        pages = sum(len(part.pages) for part in laid_out)
        number = 0
        for part in laid_out:
            for at in range(len(part.pages)):
                number += 1
                if draft:
                    paper.watermark(pen)
                if guides:
                    paper.guides(pen, 22)
                _draw_page(pen, part, at)
                paper.page_number(pen, number)
                if footing:
                    paper.foot(pen, footing, number, pages, draft=draft)
                paper.end_page(pen, turned=part.area.turned)
                if progress:
                    progress(number, pages)

    paper.render(path, book, draw)
    return ExportReport(pages, dict(book.faces), book.missing_glyphs())


# --- laying out ---


def _return_part(pen: Pen, document: Document) -> _Part:
    area = _SIDEWAYS if is_landscape(document.columns) else _UPRIGHT
    widths = column_widths(document.columns, area.width)
    header = header_band(pen, document.columns, widths, RETURN_STYLE)
    bands = document_bands(pen, document, widths, RETURN_STYLE)
    if document.explanations:
        bands += _explanation_bands(pen, document.explanations, area.width)
    head_height = 31.7 * MM
    tail = _SIGN_HEIGHT if document.signatures else 0.0
    room = area.height - header.height
    pages = paginate(bands, room - head_height, room - _CAPTION, tail)
    caption = one_line(f"{document.title}　{document.period}（续）")

    def head(pen: Pen) -> None:
        _draw_return_head(pen, document, area)

    return _Part(area, widths, header, pages, head, head_height, caption, document.signatures)


def _list_part(pen: Pen, table: Table) -> _Part:
    area = _SIDEWAYS if is_landscape(table.columns) else _UPRIGHT
    widths = column_widths(table.columns, area.width)
    header = header_band(pen, table.columns, widths, LIST_STYLE)
    title = [
        band.boxes[0].lines[0] for band in text_bands(pen, table.title, area.width * 0.6, _LIST_TITLE_SIZE)
    ]
    head_height = (3 + 7.5 * len(title) + (6 if table.subtitle else 1)) * MM
    room = area.height - header.height
    pages = paginate(table_bands(pen, table, widths, LIST_STYLE), room - head_height, room - _CAPTION, 0.0)

    def head(pen: Pen) -> None:
        middle = area.left + area.width / 2
        for at, line in enumerate(title):
            y = area.top - (6 + 7.5 * at) * MM
            pen.text_center(middle, y, line, Face.TITLE, _LIST_TITLE_SIZE)
        if table.subtitle:
            y = area.top - head_height + 2 * MM
            pen.text(area.left, y, one_line(table.subtitle), Face.SONG, _SMALL)

    return _Part(area, widths, header, pages, head, head_height, one_line(f"{table.title}（续）"))


def _explanation_bands(pen: Pen, explanations: Sequence[str], width: float) -> list[Band]:
    """说明, numbered; the next begins on the same line where it fits there whole."""
    lines = [_EXPLAIN]
    for at, text in enumerate(explanations, 1):
        item = f"{at}. {esc(text)}"
        joined = f"{lines[-1]}{'  ' if at > 1 else ''}{item}"
        if at > 1 and ("\n" in joined or pen.width(Face.SONG, joined, _SMALL) > width):
            lines.append(item)
        else:
            lines[-1] = joined
    gap = Band((), 1.4 * MM, wide=True, ruled=False)
    return [gap, *(band for line in lines for band in text_bands(pen, line, width, _SMALL))]


_EXPLAIN = "说明　"


# --- drawing ---


def _draw_page(pen: Pen, part: _Part, at: int) -> None:
    area = part.area
    pen.canvas.saveState()
    if area.turned:
        pen.canvas.translate(PAGE_WIDTH, 0)
        pen.canvas.rotate(90)
    if at == 0:
        part.head(pen)
        y = area.top - part.head_height
    else:
        pen.text(area.left, area.top - 4.6 * MM, part.caption, Face.SONG, _SMALL)
        y = area.top - _CAPTION
    bands = part.pages[at]
    if at == 0 or any(band.ruled for band in bands):
        _draw_band(pen, part, part.header, y)
        y -= part.header.height
    for band in bands:
        _draw_band(pen, part, band, y)
        y -= band.height
    if part.signatures and at == len(part.pages) - 1:
        _draw_signatures(pen, area, part.signatures)
    pen.canvas.restoreState()


def _draw_band(pen: Pen, part: _Part, band: Band, top: float) -> None:
    left, width = part.area.left, part.area.width
    widths = [width] if band.wide else part.widths
    if band.ruled:
        _draw_rules(pen, left, top, widths, band.height)
    drop = band.height / 2 + _BASE * max(
        (box.size for box in band.boxes), default=0.0
    )  # one base line for all
    for box, room in zip(band.boxes, widths, strict=False):
        _draw_box(pen, box, left, top - drop, room, padded=band.ruled)
        left += room


def _draw_rules(pen: Pen, left: float, top: float, widths: Sequence[float], height: float) -> None:
    """The frame of a band and the rules between its cells in one path."""
    path = [f"{_RULE_MM * MM:.3f} w 0 G {left:.2f} {top - height:.2f} {sum(widths):.2f} {height:.2f} re"]
    for width in widths[:-1]:
        left += width
        path.append(f"{left:.2f} {top:.2f} m {left:.2f} {top - height:.2f} l")
    pen.canvas.addLiteral(" ".join((*path, "S")))


def _draw_box(pen: Pen, box: Box, left: float, base: float, width: float, *, padded: bool) -> None:
    step = box.size * LEADING
    y = base + step * (len(box.lines) - 1) / 2
    pad = PAD if padded else 0.0
    for at, line in enumerate(box.lines):
        needed = pen.width(box.face, line, box.size)
        free = width - 2 * pad - box.indent - needed
        x = left + pad + box.indent + free * box.align.value
        if free < 0:  # set smaller until it fitted between the rules: the pad is shared by both sides
            x = left + box.indent + (width - box.indent - needed) / 2
        if not padded and at == 0 and line.startswith(_EXPLAIN):
            pen.text(x, y, line[:2], Face.HEI, box.size)
            x += pen.width(box.face, line[:3], box.size)
            line = line[3:]
        pen.text(x, y, line, box.face, box.size)
        y -= step


def _draw_return_head(pen: Pen, document: Document, area: _Area) -> None:
    """Title, period, then 填报单位 and 计量单位 at the left, 表号 and 制表机关 at the right."""
    middle = area.left + area.width / 2
    title = one_line(document.title)
    size = min(_TITLE_SIZE, area.width / max(pen.book.measure(Face.TITLE, title), 1))
    pen.text_center(middle, area.top - 7.4 * MM, title, Face.TITLE, size)
    pen.text_center(middle, area.top - 15 * MM, one_line(document.period), Face.SONG, 12)
    left = (f"填报单位（盖章）：{one_line(document.office)}", f"计量单位：{one_line(document.unit_note)}")
    right = []
    if document.form:
        right.append(f"表　　号：{one_line(document.form)}")
    if document.issuer:
        right.append(f"制表机关：{one_line(document.issuer)}")
    block = max((pen.width(Face.SONG, line, _SMALL) for line in right), default=0.0)
    for lines, x in ((left, area.left), (right, area.left + area.width - block)):
        for at, line in enumerate(lines):
            pen.text(x, area.top - (22.2 + 5.7 * at) * MM, line, Face.SONG, _SMALL)


def _draw_signatures(pen: Pen, area: _Area, fields: Sequence[SignField]) -> None:
    """Fields to be signed and, wider, the place of the seal; they stand at the foot of the text area."""
    bottom = area.top - area.height if area.turned else BOTTOM
    top = bottom + _SIGN_HEIGHT
    unit = area.width / (len(fields) + 1.25)
    _draw_rules(pen, area.left, top, [*[unit] * len(fields), unit * 1.25], _SIGN_HEIGHT)
    for at, field in enumerate((*fields, SignField("盖章"))):
        x = area.left + at * unit + 2.2 * MM
        pen.text(x, top - 5.8 * MM, one_line(field.label), Face.SONG, _SMALL, colour=GREY)
        for i, line in enumerate(_value_lines(pen, field.value, unit - 3 * MM)):
            pen.text(x, top - (18.4 + 5 * i) * MM, line, Face.SONG, _SMALL)
    pen.seal_place(area.left + area.width - unit * 1.25 / 2 + 2 * MM, bottom + _SIGN_HEIGHT / 2, _SEAL_MM, 10)


def _value_lines(pen: Pen, value: str, width: float) -> list[str]:
    return [band.boxes[0].lines[0] for band in text_bands(pen, value, width, _SMALL)]
