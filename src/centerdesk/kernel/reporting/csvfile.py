"""CSV of any list, for other programs: UTF-8 with BOM, all fields quoted, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.reporting.document import Cell, ExportReport, Table, cell_text
from centerdesk.kernel.reporting.plaintext import esc

PREFIX = "'"
"""Put before a field that a spreadsheet would take for a formula or a number; reading takes one off again."""

_RISKY = re.compile(r"\s*[=+\-@＝＋－＠|%]|'|[\t\r\n]|\d{12,}|0\d")


def write_table(path: Path, table: Table) -> ExportReport:
    """Write a list as .csv: the header, then the rows as they would be printed.

    Any thread. Raises EnvironmentFault when the file cannot be written.
    """
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as handle:
        out = csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        out.writerow([field(column.title) for column in table.columns])
        for values in table.rows:
            pairs = zip(values, table.columns, strict=True)
            out.writerow([_shown(Cell(value), cell_text(Cell(value), column)) for value, column in pairs])
    return ExportReport(1, {})


def field(text: str) -> str:
    """The text as written into a field: cleaned, and with the prefix where it could be more than text."""
    clean = esc(text)
    return PREFIX + clean if _RISKY.match(clean) else clean


def unfield(written: str) -> str:
    """What `field` was given, after cleaning."""
    return written.removeprefix(PREFIX)


def _shown(cell: Cell, text: str) -> str:
    """Figures of ours stand as they are; whatever is text goes through the gate."""
    return field(text) if isinstance(cell.value, str) or cell.value is None else esc(text)
