"""What the import page keeps while a roster is on the table: the file, corrections, verdicts. No Qt, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from centerdesk.features.people.commands_trial import Trial
from centerdesk.features.people.importing import SheetLayout, SheetReading, read_roster
from centerdesk.features.people.importing_result import (
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


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Grids and compounds the station knows."""

    grids: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """一张名册 as it lies on the table. A new value after every correction; free to cross threads."""

    path: Path
    workbook: Workbook
    known: KnownPlaces
    reading: RosterReading
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

    def taken(self) -> tuple[RosterRow, ...]:
        """The rows that would be booked, in file order."""
        if not self.skipped:
            return tuple(self.reading.taken)
        return tuple(row for row in self.reading.taken if (row.sheet, row.row) not in self.skipped)

    def persons(self) -> tuple[RosterPerson, ...]:
        """The people of those rows."""
        return tuple([row.person for row in self.taken()])

    def problems(self) -> tuple[Problem, ...]:
        """What stands against the rows that are not left out by hand."""
        return tuple(p for p in self.reading.problems if (p.sheet, row_of(p)) not in self.skipped)

    @property
    def blocked(self) -> int:
        """Rows that cannot be taken, and those left out by hand."""
        refused = sum(r.status == REFUSED and (r.sheet, r.row) not in self.skipped for r in self.reading.rows)
        return refused + len(self.skipped)


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
    progress(2, 2)
    return Roster(path, workbook, known, reading)


def judge_again(roster: Roster, day: date, cancel: Callable[[], bool] | None = None) -> Roster:
    """The same file with its corrections, seen anew. Blocking; slow lane."""
    return replace(
        roster,
        reading=_judge(roster.workbook, roster.known, day, roster.layouts, cancel),
        trial=None,
    )


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
    return replace(
        roster, workbook=replace(roster.workbook, sheets=sheets), edits={**roster.edits, place: text}
    )


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
    return replace(roster, layouts={**roster.layouts, sheet: changed})


def unknown_places(roster: Roster) -> KnownPlaces:
    """Grids and compounds the file names and the station does not know, most often named first."""
    grids: dict[str, int] = {}
    for problem in roster.problems():
        if problem.kind == "grid_unknown":
            text = cell_text(roster.source(problem.sheet), row_of(problem), column_of(problem)).strip()
            if text:
                grids[text] = grids.get(text, 0) + 1
    compounds: dict[str, int] = {}
    for row in roster.taken():
        name = row.person.address.compound
        if name and name not in roster.known.compounds:
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
