"""Our Excel files: returns with their annexes, and any list. Text is always text, never a formula (F18)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.reporting.document import (
    NOTE_KEY,
    Cell,
    Col,
    Document,
    ExportReport,
    Kind,
    Row,
    SignField,
    Table,
    Value,
    cell_text,
    figure,
)
from centerdesk.kernel.reporting.plaintext import esc, one_line
from centerdesk.kernel.reporting.table_layout import is_landscape
from centerdesk.kernel.reporting.xlsx_rows import Filled, row_height, row_xml, save, splice, stream
from centerdesk.kernel.reporting.xlsx_styles import (
    Look,
    Stamp,
    Styles,
    XlCell,
    XlSheet,
    lines_of,
    set_up_page,
)

MAX_TEXT = 32_767
"""Excel's own limit of a cell, in UTF-16 units."""

CUT = "……（过长，以下未写）"

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_EXACT = 10**15
"""Excel keeps 15 digits of a number; anything longer is written as text."""


def write_document(path: Path, document: Document, *, annexes: Sequence[Table] = ()) -> ExportReport:
    """Write a return as .xlsx: the form on the first sheet, each annex on one of its own.

    Any thread. Raises EnvironmentFault when the file cannot be written.
    """
    book, styles = _new_book()
    names: set[str] = set()
    _write_form(book, styles, document, names)
    for table in annexes:
        _write_list(book, styles, table, names)
    _save(book, path)
    return ExportReport(1 + len(annexes), {})


def write_table(path: Path, table: Table) -> ExportReport:
    """Write a list as .xlsx: title, line of unit and date, header with filter, rows."""
    book, styles = _new_book()
    _write_list(book, styles, table, set())
    _save(book, path)
    return ExportReport(1, {})


def put_text(cell: XlCell, text: str) -> XlCell:
    """The only way text gets into a cell: type `s`, whatever it begins with; the style carries quotePrefix."""
    clean = cell_content(text)
    cell.value = clean or None
    if clean:
        cell.data_type = "s"
    return cell


def cell_content(text: str) -> str:
    """The text as it stands in the sheet.

    Text longer than Excel holds is cut, and says so. `_x0041_` is escaped, or Excel would read it as “A”.
    """
    clean = esc(text)
    if len(clean) > MAX_TEXT // 2:
        clean = _cut(clean)
    return _ESCAPE.sub("_x005F_", clean)


def _cut(text: str) -> str:
    if len(text.encode("utf-16-le")) // 2 <= MAX_TEXT:
        return text
    room = MAX_TEXT - len(CUT)
    return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + CUT


# --- the form of a return ---


def _write_form(book: Workbook, styles: Styles, document: Document, names: set[str]) -> None:
    sheet = _Sheet(book, styles, document.columns, sheet_name(document.title, names), 5)
    title = f"（草稿）{document.title}" if document.draft else document.title
    sheet.wide(title, Look.TITLE, 30)
    sheet.wide(document.period, Look.CENTER, 18)
    right = [f"表　　号：{document.form}" if document.form else "", f"制表机关：{document.issuer}"]
    sheet.halves(f"填报单位（盖章）：{document.office}", right[0])
    sheet.halves(f"计量单位：{document.unit_note}", right[1] if document.issuer else "")
    sheet.header()
    for section in document.sections:
        if section.title:
            sheet.wide(section.title, Look.SECTION)
        for row in section.rows:
            sheet.row(row)
    for at, text in enumerate(document.explanations, 1):
        lead = "说明　" if at == 1 else "　　　"
        sheet.wide(f"{lead}{at}. {text}", Look.NOTE)
    if document.signatures:
        sheet.signatures(document.signatures)
    if document.footing:
        first, second = document.footing.lines()
        foot = second if document.draft else f"{first} · {second}"
        sheet.wide(foot, Look.FOOT)
    sheet.close()


def _write_list(book: Workbook, styles: Styles, table: Table, names: set[str]) -> None:
    sheet = _Sheet(book, styles, table.columns, sheet_name(table.title, names), 3)
    sheet.wide(table.title, Look.TITLE, 30)
    sheet.wide(table.subtitle, Look.LEFT, 18)
    sheet.header()
    sheet.values(table.rows)
    sheet.close(filtered=True)


class _Sheet:
    """One sheet being written row by row; rows cannot be gone back to."""

    def __init__(
        self, book: Workbook, styles: Styles, columns: Sequence[Col], name: str, header_row: int
    ) -> None:
        self._styles, self._columns = styles, columns
        self._sheet: XlSheet = book.create_sheet(name)
        self._sheet.freeze_panes = f"B{header_row + 1}"  # now: a sheet is written once through
        self._sheet.print_title_rows = f"{header_row}:{header_row}"
        self._listed: list[str] = []
        self._next = 1
        self._header_row = header_row
        self._room = set_up_page(self._sheet, columns, landscape=is_landscape(columns))

    def wide(self, text: str, look: Look, height: float = 0.0) -> None:
        """A line over the whole width, as high as its text needs: Excel never fits merged rows."""
        lines = lines_of(esc(text), sum(self._room))
        if lines > 1 or not height:
            height = max(height, row_height(lines))
        self._merge(1, len(self._columns))
        cells = [put_text(self._cell(look), text), *(self._cell(look) for _column in self._columns[1:])]
        self._append(cells, height)

    def halves(self, left: str, right: str) -> None:
        """Two texts in one line, one at each side."""
        half = max(len(self._columns) // 2, 1)
        cells = [self._cell(Look.LEFT) for _column in self._columns]
        put_text(cells[0], left)
        if half < len(cells):
            put_text(cells[half], right)
            cells[half]._style = self._styles.stamp(Stamp(Look.RIGHT))
            self._merge(half + 1, len(cells))
        self._merge(1, half)
        self._append(cells, 17)

    def header(self) -> None:
        """The row of titles, repeated on every printed page; everything above it stays in sight."""
        assert self._next == self._header_row
        self._append([put_text(self._cell(Look.HEADER), column.title) for column in self._columns], 24)

    def row(self, row: Row) -> None:
        """A row of a return."""
        pairs = list(zip(row.cells, self._columns, strict=True))
        filled = [self._filled(cell, column, bold=row.bold or cell.bold) for cell, column in pairs]
        texts = [cell.value if cell.data_type == "s" else "" for cell in filled]
        lines = max(lines_of(text, room) for text, room in zip(texts, self._room, strict=True))
        self._append(filled, row_height(lines) if lines > 1 else 0.0)

    def values(self, rows: Iterable[Sequence[Value]]) -> None:
        """Rows of a list."""
        letters = [get_column_letter(at) for at in range(1, len(self._columns) + 1)]
        styles: dict[tuple[int, bool], int] = {}
        for values in rows:
            filled = []
            for at, (value, column) in enumerate(zip(values, self._columns, strict=True)):
                content = _content(Cell(value), column)
                is_text = isinstance(content, str)
                style = styles.get((at, is_text))
                if style is None:
                    stamp = _stamp(Cell(value), column, is_text=is_text, bold=False)
                    style = styles[at, is_text] = self._stamped(stamp).style_id
                filled.append(
                    Filled(style, content) if isinstance(content, str) else Filled(style, "", content)
                )
            self._listed.append(row_xml(self._next, letters, filled, self._room))
            self._next += 1

    def signatures(self, fields: Sequence[SignField]) -> None:
        """One line to be signed, its blanks as wide as the sheet allows."""
        said = [(one_line(field.label), one_line(field.value)) for field in fields]
        used = sum(len(label) + len(value) + 2 for label, value in said) + len("（盖章）")
        empty = sum(not value for _label, value in said)
        blank = "　" * max(min(int((sum(self._room) / 2 - used) / max(empty, 1)), 6), 1)
        self.wide(
            "　".join([*(f"{label}：{value or blank}" for label, value in said), "（盖章）"]), Look.SIGN, 34
        )

    def close(self, *, filtered: bool = False) -> None:
        """Finish the sheet; `filtered` puts Excel's filter on the header."""
        if filtered:
            last = f"{get_column_letter(len(self._columns))}{self._next - 1}"
            self._sheet.auto_filter.ref = f"A{self._header_row}:{last}"
        self._sheet.close()
        if self._listed:
            splice(self._sheet, self._listed)

    def _filled(self, cell: Cell, column: Col, *, bold: bool) -> XlCell:
        content = _content(cell, column)
        filled = self._stamped(_stamp(cell, column, is_text=isinstance(content, str), bold=bold))
        if isinstance(content, str):
            return put_text(filled, cell_text(cell, column))
        filled.value = content
        return filled

    def _cell(self, look: Look) -> XlCell:
        return self._stamped(Stamp(look))

    def _stamped(self, stamp: Stamp) -> XlCell:
        cell: XlCell = WriteOnlyCell(self._sheet)
        cell._style = self._styles.stamp(stamp)
        return cell

    def _merge(self, first: int, last: int) -> None:
        if last > first:
            letters = get_column_letter(first), get_column_letter(last)
            self._sheet.merged_cells.add(f"{letters[0]}{self._next}:{letters[1]}{self._next}")

    def _append(self, cells: list[XlCell], height: float = 0.0) -> None:
        if height:
            self._sheet.row_dimensions[self._next].height = height
        if self._next == 1:
            stream(self._sheet)
        self._sheet.append(cells)
        self._next += 1


def _content(cell: Cell, column: Col) -> str | int | Decimal | date:
    """A number or a day where Excel can keep it exactly, else the text as printed, clean."""
    number = _number(figure(cell), cell.kind or column.kind)
    return cell_content(cell_text(cell, column)) if number is None else number


def _stamp(cell: Cell, column: Col, *, is_text: bool, bold: bool) -> Stamp:
    kind = cell.kind or column.kind
    center = column.center or kind is Kind.DATE
    if is_text:
        right = column.kind.is_figure and not center
        indent = 1 if column.key == NOTE_KEY else cell.indent  # a note stands off the figure before it
        return Stamp(Look.CELL, Kind.TEXT, bold, center=center, right=right, indent=indent)
    signed = cell.signed and kind.is_figure
    return Stamp(Look.CELL, kind, bold, center=center, right=not center, signed=signed)


def _number(value: Value, kind: Kind) -> int | Decimal | date | None:
    """What Excel gets as a number or day; None where the cell is text."""
    if isinstance(value, int | Decimal):
        if not kind.is_figure or not -_EXACT < value < _EXACT:
            return None
        return Decimal(value) / 100 if kind is Kind.PERCENT else value
    if (
        isinstance(value, date)
        and not isinstance(value, datetime)
        and kind is Kind.DATE
        and value.year >= 1900
    ):
        return value
    return None


def sheet_name(title: str, taken: set[str]) -> str:
    """A sheet name Excel accepts: 31 characters, none of []:*?/\\', no two alike."""
    base = _SHEET_NAME.sub("", one_line(title)).strip()[:31] or "表"
    name, at = base, 2
    while name.casefold() in taken:
        suffix = f"（{at}）"
        name, at = base[: 31 - len(suffix)] + suffix, at + 1
    taken.add(name.casefold())
    return name


def _new_book() -> tuple[Workbook, Styles]:
    book = Workbook(write_only=True)
    properties: Any = book.properties
    properties.creator = None
    return book, Styles(book)


def _save(book: Workbook, path: Path) -> None:
    with atomic_write(path) as partial:
        save(book, partial)
