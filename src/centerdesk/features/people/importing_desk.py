"""What the import page keeps while a roster is on the table: the file, corrections, verdicts. No Qt, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from centerdesk.features.people.commands_trial import Trial
from centerdesk.features.people.importing import SheetLayout, SheetReading, read_roster
from centerdesk.features.people.importing_result import (
    FIX,
    REFUSED,
    Problem,
    RosterPerson,
    RosterReading,
    RosterRow,
)
from centerdesk.kernel import masking
from centerdesk.kernel.phones import parse_phones
from centerdesk.kernel.spreadsheet_in import Cell, Sheet, Workbook, read_workbook

Place = tuple[str, int, int]
"""Sheet, row and column of a cell, both from 1."""
OnSheet = TypeVar("OnSheet", RosterRow, Problem)


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Grids and compounds the station knows."""

    grids: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """一眼看全. What a page shows of all rows at once, found on the lane that judged them, not by the window.

    All but `sheets` leave out what was skipped by hand. `blocked` are rows that cannot be taken, and those skipped.
    `missing`: places the file names and the station does not know, most often named first.
    """

    taken: tuple[RosterRow, ...]
    persons: tuple[RosterPerson, ...]
    problems: Mapping[str, int]
    """How many of each severity."""
    to_see: Mapping[str, tuple[Problem, ...]]
    """Of each sheet, without what was only tidied."""
    marks: Mapping[str, Mapping[tuple[int, int], list[Problem]]]
    """Of each sheet, by row and column."""
    sheets: Mapping[str, tuple[RosterRow, ...]]
    blocked: int
    missing: KnownPlaces


@dataclass(frozen=True, slots=True)
class Roster:
    """一张名册 as it lies on the table. A new value after every correction; free to cross threads."""

    path: Path
    workbook: Workbook
    known: KnownPlaces
    reading: RosterReading
    seen: Overview
    layouts: Mapping[str, SheetLayout] = field(default_factory=dict)
    edits: Mapping[Place, str] = field(default_factory=dict)
    skipped: frozenset[tuple[str, int]] = frozenset()
    trial: Trial | None = None

    def __repr__(self) -> str:
        return f"Roster({len(self.reading.rows)} rows)"  # its cells must not reach a log

    @property
    def sheets(self) -> tuple[SheetReading, ...]:
        """The sheets that hold people."""
        return tuple(s for s in self.reading.sheets if s.layout is not None and s.role == "data")

    def source(self, name: str) -> Sheet:
        """The sheet of this name, corrections included."""
        return next(s for s in self.workbook.sheets if s.name == name)


def row_of(problem: Problem) -> int:
    """The row of the cell a problem names."""
    return int(problem.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def column_of(problem: Problem) -> int:
    """The column, from 1."""
    number = 0
    for letter in problem.cell.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def read(
    path: Path,
    known: KnownPlaces,
    day: date,
    cancel: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> Roster:
    """Open a file and judge it. Blocking; slow lane. Raises SpreadsheetError, Cancelled."""
    progress(0, 2)
    workbook = read_workbook(path, cancel=cancel)
    progress(1, 2)
    reading = _judge(workbook, known, day, {}, cancel)
    roster = Roster(path, workbook, known, reading, _overview(workbook, known, reading, frozenset()))
    progress(2, 2)
    return roster


def judge_again(roster: Roster, day: date, cancel: Callable[[], bool] | None = None) -> Roster:
    """The same file with its corrections, seen anew. Blocking; slow lane."""
    reading = _judge(roster.workbook, roster.known, day, roster.layouts, cancel)
    seen = _overview(roster.workbook, roster.known, reading, roster.skipped)
    return replace(roster, reading=reading, seen=seen, trial=None)


def _judge(
    workbook: Workbook,
    known: KnownPlaces,
    day: date,
    layouts: Mapping[str, SheetLayout],
    cancel: Callable[[], bool] | None,
) -> RosterReading:
    return read_roster(
        workbook,
        known_grids=known.grids,
        known_compounds=known.compounds,
        today=day,
        layout=layouts,
        cancel=cancel,
    )


def with_edit(roster: Roster, place: Place, text: str) -> Roster:
    """Write into one cell of the copy in memory; the file itself is never touched."""
    name, row, column = place
    sheets = tuple(_written(s, row, column, text) if s.name == name else s for s in roster.workbook.sheets)
    edits = {**roster.edits, place: text}
    return replace(roster, workbook=replace(roster.workbook, sheets=sheets), edits=edits, trial=None)


def _written(sheet: Sheet, row: int, column: int, text: str) -> Sheet:
    rows = list(sheet.rows)
    cells: list[Cell] = [*rows[row - 1], *[""] * (column - len(rows[row - 1]))]
    cells[column - 1] = text
    rows[row - 1] = cells
    return replace(sheet, rows=rows, width=max(sheet.width, column))


def with_field(roster: Roster, sheet: str, column: int, field_name: str | None) -> Roster:
    """Let a column stand for another field; None leaves it out."""
    layout = next(s.layout for s in roster.sheets if s.name == sheet)
    assert layout is not None, "only sheets with people are offered"
    columns = {c: f for c, f in layout.columns.items() if c != column}
    if field_name is not None:
        columns[column] = field_name
    changed = replace(layout, columns=dict(sorted(columns.items())))
    return replace(roster, layouts={**roster.layouts, sheet: changed}, trial=None)


def with_skip(roster: Roster, sheet: str, row: int) -> Roster:
    """Leave a row out, or take it in again; `look_over` it then."""
    return replace(roster, skipped=roster.skipped ^ {(sheet, row)}, trial=None)


def look_over(roster: Roster) -> Roster:
    """The same after a row was left out. Walks all rows; slow lane."""
    return replace(roster, seen=_overview(roster.workbook, roster.known, roster.reading, roster.skipped))


def _overview(
    workbook: Workbook, known: KnownPlaces, reading: RosterReading, skipped: frozenset[tuple[str, int]]
) -> Overview:
    taken = tuple([row for row in reading.taken if not skipped or (row.sheet, row.row) not in skipped])
    problems = [p for p in reading.problems if not skipped or (p.sheet, row_of(p)) not in skipped]
    marks: dict[str, dict[tuple[int, int], list[Problem]]] = {}
    for problem in problems:
        cells = marks.setdefault(problem.sheet, {})
        cells.setdefault((row_of(problem), column_of(problem)), []).append(problem)
    refused = sum(r.status == REFUSED and (r.sheet, r.row) not in skipped for r in reading.rows)
    return Overview(
        taken,
        tuple([row.person for row in taken]),
        Counter(p.severity for p in problems),
        _by_sheet(p for p in problems if p.severity != FIX),
        marks,
        _by_sheet(reading.rows),
        refused + len(skipped),
        _missing(workbook, known, taken, problems),
    )


def _by_sheet(found: Iterable[OnSheet]) -> dict[str, tuple[OnSheet, ...]]:
    sheets: dict[str, list[OnSheet]] = {}
    for one in found:
        sheets.setdefault(one.sheet, []).append(one)
    return {name: tuple(some) for name, some in sheets.items()}


def _missing(
    workbook: Workbook, known: KnownPlaces, taken: Sequence[RosterRow], problems: Sequence[Problem]
) -> KnownPlaces:
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    grids: dict[str, int] = {}
    for problem in problems:
        if problem.kind == "grid_unknown":
            text = cell_text(sheets[problem.sheet], row_of(problem), column_of(problem)).strip()
            if text:
                grids[text] = grids.get(text, 0) + 1
    compounds: dict[str, int] = {}
    for row in taken:
        name = row.person.address.compound
        if name and name not in known.compounds:
            compounds[name] = compounds.get(name, 0) + 1
    return KnownPlaces(_often(grids), _often(compounds))


def _often(counted: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(counted, key=counted.__getitem__, reverse=True))


def cell_text(sheet: Sheet, row: int, column: int) -> str:
    """What stands in a cell, as text; "" outside."""
    cells = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else []
    return text_of(cells[column - 1]) if 0 < column <= len(cells) else ""


def text_of(value: Cell) -> str:
    """A cell as its file shows it, as far as that can be told."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float) and abs(value) >= 1e15:
        return f"{value:.5E}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}"
    return str(value)


def shown(field_name: str, text: str) -> str:
    """A cell as the page shows it: numbers masked, what is no number as it stands."""
    if field_name == "id":
        return _masked_id(text)
    if field_name == "phone":
        good, bad = parse_phones(text)
        return "、".join([*map(masking.mask_phone, good), *bad])
    return text


def _masked_id(text: str) -> str:
    plain = "".join(text.split())
    if len(plain) < 12 or "E+" in plain:
        return text
    return f"{plain[:6]}{'*' * (len(plain) - 10)}{plain[-4:]}"
