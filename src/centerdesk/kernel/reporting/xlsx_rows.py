"""Rows of long lists as sheet XML: openpyxl takes five times as long for each cell, and lists run to 18,000 rows.

Everything else of a workbook stays openpyxl's; its sheet is finished first, then the rows are put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from centerdesk.kernel.reporting.xlsx_styles import LINE_POINTS, XlSheet, lines_of

_EPOCH = date(1899, 12, 30)
_END = "</sheetData>"


@dataclass(frozen=True, slots=True)
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


def splice(sheet: XlSheet, rows: Iterable[str]) -> None:
    """Put rows behind the last one of a finished streaming sheet, before it goes into the package.

    WORKAROUND(openpyxl 3.1): a streaming sheet keeps its XML in a temporary file until the workbook is saved.
    """
    path = Path(sheet._writer.out)
    head, end, tail = path.read_text(encoding="utf-8").rpartition(_END)
    if not end:
        raise ValueError("openpyxl wrote a sheet without rows")
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(head)
        out.writelines(rows)
        out.write(end + tail)
