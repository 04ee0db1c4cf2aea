"""How our Excel sheets look: fonts, rules, number formats, A4 set-up (STANDARDS 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import ceil
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import Col, Kind

XlCell: TypeAlias = Any
XlSheet: TypeAlias = Any
"""openpyxl's cells and streaming sheets: the stubs lack `_style` and most of what a streaming sheet has."""

_MM_PER_CHARACTER = 1.95
"""Width of one unit of Excel's column width."""

_MM_PER_HALF = 1.78
"""Width of half a hanzi at 10.5 points."""

LINE_POINTS = 14.0
"""Height of a line of wrapped text."""

_MM_PER_INCH = 25.4
_AUTO_MM = 24.0
_PAGE_MM = {False: 156.0, True: 225.0}


class Look(Enum):
    """What a cell is: face, size in points, bold, where it stands, ruled."""

    TITLE = ("黑体", 16, False, "center", False)
    CENTER = ("宋体", 11, False, "center", False)
    LEFT = ("宋体", 10, False, "left", False)
    RIGHT = ("宋体", 10, False, "right", False)
    HEADER = ("黑体", 10.5, False, "center", True)
    SECTION = ("黑体", 10.5, False, "left", True)
    CELL = ("宋体", 10.5, False, "left", True)
    NOTE = ("宋体", 10, False, "left", False)
    SIGN = ("宋体", 10, False, "left", False)
    FOOT = ("宋体", 8, False, "left", False)


@record
class Stamp:
    """A style as a value, so that equal ones are made once."""

    look: Look
    kind: Kind = Kind.TEXT
    bold: bool = False
    center: bool = False
    right: bool = False
    indent: int = 0
    signed: bool = False


class Styles:
    """The styles of one workbook; a stamp is turned into openpyxl's own once."""

    def __init__(self, book: Workbook) -> None:
        self._scratch = WriteOnlyWorksheet(book, "styles")
        self._made: dict[Stamp, StyleArray] = {}

    def stamp(self, stamp: Stamp) -> StyleArray:
        made = self._made.get(stamp)
        if made is None:
            made = self._made[stamp] = self._make(stamp)
        return made

    def _make(self, stamp: Stamp) -> StyleArray:
        face, size, bold, horizontal, ruled = stamp.look.value
        if stamp.center or stamp.right:
            horizontal = "center" if stamp.center else "right"
        cell: XlCell = WriteOnlyCell(self._scratch)
        colour = "FF5A6470" if stamp.look is Look.FOOT else "FF000000"
        cell.font = Font(name=face, size=size, bold=bold or stamp.bold, color=colour)
        cell.alignment = Alignment(
            horizontal, "center", wrap_text=True, indent=0 if stamp.right else stamp.indent
        )
        if ruled:
            side = Side(style="thin", color="FF000000")
            cell.border = Border(left=side, right=side, top=side, bottom=side)
        if stamp.kind is Kind.TEXT:
            cell.number_format = "@"
            cell.quotePrefix = True
        else:
            cell.number_format = _format(stamp.kind, signed=stamp.signed)
        style: StyleArray = cell._style
        return style


def _format(kind: Kind, *, signed: bool) -> str:
    if kind is Kind.DATE:
        return "yyyy-mm-dd"
    digits = {Kind.INT: "#,##0", Kind.DECIMAL1: "#,##0.0", Kind.PERCENT: "0.0%"}[kind]
    return f'+{digits};"−"{digits};{digits}' if signed else f'{digits};"−"{digits}'


def lines_of(text: str, room: float) -> int:
    """How many lines text takes in `room` half-width characters."""
    lines = 0
    for part in text.split("\n"):
        width = sum(1 if char < "\u2000" else 2 for char in part)
        lines += max(ceil(width / room), 1)
    return lines


def set_up_page(sheet: XlSheet, columns: Sequence[Col], *, landscape: bool) -> list[float]:
    """A4, one page wide, foot 第 x 页 共 y 页. Answers how many half-width characters a column holds."""
    room = _PAGE_MM[landscape]
    open_count = sum(not column.width_mm for column in columns)
    left = room - sum(column.width_mm for column in columns)
    share = max(left / open_count, _AUTO_MM * 0.6) if open_count else 0.0
    held = []
    for at, column in enumerate(columns, 1):
        width = column.width_mm or share
        sheet.column_dimensions[get_column_letter(at)].width = round(width / _MM_PER_CHARACTER, 1)
        held.append(max((width - 1.5) / _MM_PER_HALF, 2.0))
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left, margins.right = 28 / _MM_PER_INCH, 26 / _MM_PER_INCH
    margins.top, margins.bottom = 25 / _MM_PER_INCH, 22 / _MM_PER_INCH
    margins.header = margins.footer = 12 / _MM_PER_INCH
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.sheet_format.defaultRowHeight = 18.0
    sheet.sheet_format.customHeight = True
    return held
