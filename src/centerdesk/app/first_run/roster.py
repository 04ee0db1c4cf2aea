"""Trying and writing the first roster: the importer of people, with the names of places the station lacks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from centerdesk.app.apart import beside
from centerdesk.app.backups import back_up_before
from centerdesk.app.bootstrap import OpenStation
from centerdesk.features.people import importing_roster as rosters
from centerdesk.features.people.commands_import import BACKUP_ABOVE, ImportRoster
from centerdesk.features.people.importing_result import FIX, KIND_TEXTS, Problem, RosterPerson, RosterReading
from centerdesk.features.places import api as places
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import today
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record
from centerdesk.kernel.spreadsheet_in import Workbook, read_workbook


@record
class ProblemKind:
    """One kind of problem and how often it stands in the file."""

    words: str
    count: int


@record
class RosterTrial:
    """试算. What an import would do, who asked for it, and which names of places are missing."""

    actor: Actor
    persons: tuple[RosterPerson, ...]
    counts: dict[str, int]
    problems: tuple[ProblemKind, ...]
    unknown_grids: tuple[str, ...]
    unknown_compounds: tuple[str, ...]
    readable: bool
    why: str

    def __repr__(self) -> str:
        return f"RosterTrial({len(self.persons)} persons)"


def try_roster(
    station: OpenStation, login: str, password: str, path: Path, stopped: Callable[[], bool]
) -> RosterTrial:
    """Sign the person in, read and judge the file, write nothing. Blocking.

    Raises SignInRefused, PermissionDenied, EnvironmentFault or UserError with one sentence, Cancelled.
    """
    actor = station.authenticate(login, password)
    with station.database.read_session() as session:
        reading = rosters.read_roster_file(session, actor, path, today(station.clock), cancel=stopped)
        persons = tuple(row.person for row in reading.taken)
        found = rosters.compare_roster(session, actor, station.ring, persons)
        compounds = {row.name for row in places.compounds(session)}
    told = rosters.dry_run(reading, new=found["new"], changed=found["changed"], same=found["same"])["counts"]
    assert isinstance(told, dict)
    named = [row.person.address.compound for row in reading.rows]
    missing = Counter(name for name in named if name and name not in compounds)
    grids: tuple[str, ...] = ()
    if any(problem.kind == "grid_unknown" for problem in reading.problems):
        grids = _texts(read_workbook(path, cancel=stopped), reading.problems, "grid_unknown")
    return RosterTrial(
        actor,
        persons,
        {name: int(value) for name, value in told.items()},
        _kinds(reading),
        grids,
        tuple(sorted(missing)),
        reading.has_data,
        "；".join(f"{sheet.name}：{sheet.why}" for sheet in reading.sheets if sheet.why),
    )


def _kinds(reading: RosterReading) -> tuple[ProblemKind, ...]:
    """Kinds of problems, those that refuse a row first, then by how often; what was tidied comes last."""
    weight = {"refuse": 0, "warn": 1, FIX: 2}
    severity = {p.kind: p.severity for p in reading.problems}
    counted = Counter(p.kind for p in reading.problems)
    order = sorted(counted, key=lambda kind: (weight.get(severity[kind], 1), -counted[kind]))
    return tuple(ProblemKind(KIND_TEXTS.get(kind, "别的"), counted[kind]) for kind in order)


def _texts(workbook: Workbook, problems: Sequence[Problem], kind: str) -> tuple[str, ...]:
    """What stands in the cells of one kind of problem, each text once, in file order."""
    sheets = {sheet.name: sheet.rows for sheet in workbook.sheets}
    found: dict[str, None] = {}
    for problem in problems:
        place = re.fullmatch(r"([A-Z]+)(\d+)", problem.cell)
        if problem.kind != kind or place is None:
            continue
        rows, row, column = sheets.get(problem.sheet, []), int(place[2]) - 1, _column(place[1])
        if row < len(rows) and column < len(rows[row]):
            text = str(rows[row][column] or "").strip()
            if 0 < len(text) <= 40:
                found[text] = None
    return tuple(found)


def _column(letters: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def write_roster(
    station: OpenStation, trial: RosterTrial, tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> dict[str, int]:
    """Back up when it is many, then book the persons in one operation. Blocking. Raises what `bus.run` does."""
    if len(trial.persons) > BACKUP_ABOVE:
        back_up_before(station, Reason.IMPORT)
    bus = beside(station).bus
    return bus.run(
        ImportRoster(trial.persons), key=uuid7(), actor=trial.actor, progress=tell, cancel=stopped
    ).value
