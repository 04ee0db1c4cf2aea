"""Rows of long lists as sheet XML: openpyxl takes five times as long for each cell, and lists run to 18,000 rows.

Everything else of a workbook stays openpyxl's; its sheet is finished first, then the rows are put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.xlsx_styles import LINE_POINTS, XlSheet, lines_of

_EPOCH = date(1899, 12, 30)
_END = b"</sheetData>"


@record
class Filled:
    """A cell ready to be written: clean text, a number or a day, and the id of its style."""

    style: int
    text: str = ""
    number: int | Decimal | date | None = None


def row_xml(at: int, letters: Sequence[str], cells: Sequence[Filled], room: Sequence[float]) -> str:
    """One row. `room` says how many half-width characters each column holds: it decides the height."""
    parts = []
    lines = 1
    for letter, cell, width in zip(letters, cells, room, strict=True):
        if cell.number is not None:
            number = (cell.number - _EPOCH).days if isinstance(cell.number, date) else cell.number
            parts.append(f'<c r="{letter}{at}" s="{cell.style}"><v>{number}</v></c>')
        elif cell.text:
            text = cell.text
            if len(text) * 2 > width or "\n" in text:
                lines = max(lines, lines_of(text, width))
            parts.append(
                f'<c r="{letter}{at}" s="{cell.style}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{escape(text)}</t></is></c>'
            )
        else:
            parts.append(f'<c r="{letter}{at}" s="{cell.style}"/>')
    height = f' ht="{row_height(lines)}" customHeight="1"' if lines > 1 else ""
    return f'<row r="{at}"{height}>{"".join(parts)}</row>'


def row_height(lines: int) -> float:
    """Points for a row of so many lines; Excel allows 409."""
    return min(LINE_POINTS * lines + 4, 400.0)


def stream(sheet: XlSheet) -> None:
    """Begin a streaming sheet in memory: openpyxl would keep it in the shared folder for temporary files (G34)."""
    sheet._writer = WorksheetWriter(sheet, BytesIO())
    sheet._writer.write_top()


def splice(sheet: XlSheet, rows: Iterable[str]) -> None:
    """Put rows behind the last one of a finished streaming sheet, before it goes into the package."""
    out: BytesIO = sheet._writer.out
    head, end, tail = out.getvalue().rpartition(_END)
    if not end:
        raise ValueError("openpyxl wrote a sheet without rows")
    out.seek(len(head))
    out.writelines(row.encode() for row in rows)
    out.write(end + tail)


def save(book: Workbook, path: Path) -> None:
    """Write the package of a book whose sheets were begun with `stream`. Raises OSError."""
    with ZipFile(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _Package(book, archive).save()


class _Package(ExcelWriter):
    """WORKAROUND(openpyxl 3.1): it takes a sheet into the package from a file's name only."""

    _archive: ZipFile

    def write_worksheet(self, ws: XlSheet) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        ws._rels = ws._writer._rels
        self._archive.writestr(ws.path[1:], ws._writer.out.getbuffer())
        self.manifest.append(ws)
