"""Taking in the phone check-in table, the enrolment list and the list of outcomes kept before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.rules_table import (
    SLOT_WORDS,
    EnrolmentLine,
    Home,
    Matched,
    OutcomeLine,
    Submission,
    match,
    moment,
    pause_end,
)
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places.models import Building, Compound, Dwelling
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import SHANGHAI
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.spreadsheet_in import Cell, Sheet, read_workbook

COLUMNS = ("提交时间", "网格员", "楼栋房号", "窗帘状态", "备注")
_HEADER_DEPTH = 10


class NotACheckinTable(UserError):
    """The file is a spreadsheet, but no phone check-in table."""

    def __init__(self) -> None:
        super().__init__(
            "这不是看窗的手机表格：要有“提交时间、网格员、楼栋房号、窗帘状态”四列。请换一个文件。"
        )


@dataclass(frozen=True, slots=True)
class TableReading:
    """A phone table that was read and matched. `sheet` is where it stood, `rows` how many rows it has."""

    sheet: str
    rows: int
    matched: Matched

    @property
    def first(self) -> date | None:
        return min((look.day for look in self.matched.looks), default=None)

    @property
    def last(self) -> date | None:
        return max((look.day for look in self.matched.looks), default=None)


def read_table(
    path: Path, homes: tuple[Home, ...], *, cancel: Callable[[], bool] | None = None
) -> TableReading:
    """Read an exported phone table and match each row to a home. Blocking; any thread.

    Raises SpreadsheetError, Cancelled, NotACheckinTable.
    """
    book = read_workbook(path, cancel=cancel)
    for sheet in book.sheets:
        header = _header(sheet)
        if header is not None:
            rows = list(_submissions(sheet, *header))
            return TableReading(sheet.name, len(rows), match(rows, homes))
    raise NotACheckinTable


def looks_like_table(sheet: Sheet) -> bool:
    """Whether the sheet has the columns of the phone table: which kind of import a file is."""
    return _header(sheet) is not None


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(sheet.rows[:_HEADER_DEPTH]):
        named = {str(cell).strip(): column for column, cell in enumerate(row) if isinstance(cell, str)}
        if all(name in named for name in COLUMNS[:4]):
            return index, named
    return None


def _submissions(sheet: Sheet, header: int, named: Mapping[str, int]) -> Iterator[Submission]:
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        cells = [_cell(row, named.get(name)) for name in COLUMNS]
        if any(cell != "" for cell in cells):
            at, worker, door, state, note = cells
            yield Submission(number, _instant(at), str(worker).strip(), _door(door), str(state), str(note))


def _cell(row: list[Cell], column: int | None) -> Cell:
    return row[column] if column is not None and column < len(row) else ""


def _instant(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        read: datetime | None = cell if cell.tzinfo else cell.replace(tzinfo=SHANGHAI)
    else:
        read = moment(str(cell))
    return read and read.astimezone(UTC)


def _door(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date, time, timedelta)):
        return ""  # 3-2-1 that the spreadsheet took for a date says nothing any more
    return str(cell)


def homes(session: Session) -> tuple[Home, ...]:
    """Every home that is or was enrolled, for matching; names and doors, no further personal data."""
    stmt = (
        select(
            Enrolment.id,
            Account.name,
            Compound.name,
            Building.name,
            Dwelling.unit,
            Dwelling.room,
            Enrolment.code,
        )
        .join(Account, Account.id == Enrolment.worker_id)
        .join(Resident, Resident.id == Enrolment.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(Dwelling, Dwelling.id == Household.dwelling_id)
        .join(Building, Building.id == Dwelling.building_id)
        .join(Compound, Compound.id == Building.compound_id)
        .order_by(Enrolment.code)
    )
    return tuple(Home(*row) for row in session.execute(stmt))


def workers_by_name(session: Session) -> dict[str, UUID]:
    """Accounts by the name that the table writes in 网格员; a name two people share is left out."""
    found: dict[str, UUID] = {}
    doubled: set[str] = set()
    for account_id, name in session.execute(select(Account.id, Account.name).order_by(Account.id)):
        if name in found:
            doubled.add(name)
        found[name] = account_id
    return {name: account_id for name, account_id in found.items() if name not in doubled}


def read_enrolments(text: str) -> tuple[EnrolmentLine, ...]:
    """The enrolment list (csv text with a header). Raises UserError that names the line."""
    lines = []
    for number, row in _csv(text):
        try:
            lines.append(_enrolment(row))
        except (KeyError, ValueError) as exc:
            raise UserError(
                f"登记名单第 {number} 行读不出：列名或日期、时段写法不对。请照样表改这一行。"
            ) from exc
    return tuple(lines)


def _enrolment(row: Mapping[str, str]) -> EnrolmentLine:
    windows = tuple(
        (SLOT_WORDS[word], time.fromisoformat(row[f"{word}窗起"]), time.fromisoformat(row[f"{word}窗止"]))
        for word in SLOT_WORDS
        if row.get(f"{word}窗起")
    )
    start, end = pause_end(row["暂停起"], last=False), pause_end(row["暂停止"], last=True)
    pauses = ((*start, *end, row["暂停原因"]),) if start and end else ()
    return EnrolmentLine(
        row["户代码"], row["证件号"], row["姓名"], row["小区"], row["楼栋房号"], row["网格员"],
        date.fromisoformat(row["登记起"]),
        date.fromisoformat(row["登记止"]) if row["登记止"] else None,
        windows, pauses,
    )  # fmt: skip


def read_outcomes(text: str) -> tuple[OutcomeLine, ...]:
    """The list of closed alarms (csv text with a header). Raises UserError that names the line."""
    lines = []
    for number, row in _csv(text):
        closed = moment(row.get("结案时间", ""))
        try:
            day, slot = date.fromisoformat(row["日期"]), SLOT_WORDS[row["时段"]]
            code, outcome, seen_by = row["户代码"], row["结案代码"], row["见到老人的人"]
        except (KeyError, ValueError) as exc:
            raise UserError(f"结案登记第 {number} 行读不出：列名或日期写法不对。请照样表改这一行。") from exc
        if closed is None:
            raise UserError(f"结案登记第 {number} 行的结案时间读不出。请照“2026-09-09 09:06:07”的样子改。")
        lines.append(OutcomeLine(code, day, slot, closed.astimezone(UTC), outcome, seen_by))
    return tuple(lines)


def _csv(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    for row in reader:
        yield reader.line_num, {k: (v or "").strip() for k, v in row.items() if k is not None}
