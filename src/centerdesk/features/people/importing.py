"""Roster intake (台账导入), the reading half: a workbook becomes persons and verdicts, without a database.

The command that books a reading stands elsewhere; here nothing is written. Rules: the roster policy that
came with the sample ledgers (resources/data/rosters), FEATURES 2 and RELIABILITY 3.7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from centerdesk.features.people.importing_layout import SheetLayout, SheetReading, read_sheet
from centerdesk.features.people.importing_result import (
    Address,
    Problem,
    RosterPerson,
    RosterReading,
    RosterRow,
    count,
    dry_run,
    person_json,
    sheet_json,
)
from centerdesk.features.people.importing_rows import Filler
from centerdesk.features.people.importing_verdicts import Judge
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.spreadsheet_in import Workbook

__all__ = [
    "Address",
    "Problem",
    "RosterPerson",
    "RosterReading",
    "RosterRow",
    "SheetLayout",
    "SheetReading",
    "dry_run",
    "person_json",
    "read_roster",
    "sheet_json",
]


def read_roster(
    workbook: Workbook,
    *,
    known_grids: Iterable[str],
    known_compounds: Iterable[str],
    today: date,
    layout: Mapping[str, SheetLayout] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> RosterReading:
    """Judge every person row of a roster. Any thread; pure but for the word tables.

    `layout` maps a sheet's name to the layout to believe instead of looking for a header. Problems come
    in file order. A file without a data sheet gives a reading without rows; `sheets` says why.
    """
    sheets = [read_sheet(sheet, workbook, (layout or {}).get(sheet.name)) for sheet in workbook.sheets]
    data = sum(1 for reading in sheets if reading.role == "data")
    judge = Judge(known_grids, known_compounds, today, workbook.date1904)
    done: list[SheetReading] = []
    for sheet, reading in zip(workbook.sheets, sheets, strict=True):
        if reading.layout is None:
            done.append(reading)
            continue
        judge.start_sheet(sheet.name, reading.layout, alone=data == 1)
        before = len(judge.rows)
        for row in Filler(sheet, reading.layout).rows():
            judge.judge(row)
            if cancel is not None and row.number % 500 == 0 and cancel():
                raise Cancelled("已停止读取台账，没有导入任何内容。")
        found = judge.rows[before:]
        done.append(reading.with_rows(found[0].row, found[-1].row) if found else _without_rows(reading))
    rows, problems = tuple(judge.rows), tuple(judge.problems)
    return RosterReading(workbook.format, tuple(done), rows, problems, workbook.notes, count(rows, problems))


def _without_rows(reading: SheetReading) -> SheetReading:
    """A blank form has a header and nobody in it."""
    return SheetReading(reading.name, "skipped", "有表头，但一个人也没有。")
