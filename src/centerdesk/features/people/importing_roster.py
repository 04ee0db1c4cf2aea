"""What the rest of the program may ask of a roster: judge the file, compare it, tell what an import would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.features.people.importing import RosterPerson, RosterReading, dry_run, read_roster
from centerdesk.features.people.queries_import import compare
from centerdesk.features.places import api as places
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.spreadsheet_in import read_workbook

__all__ = ["compare_roster", "dry_run", "read_roster_file", "unknown_compounds"]


def read_roster_file(
    session: Session, actor: Actor, path: Path, day: date, *, cancel: Callable[[], bool] | None = None
) -> RosterReading:
    """Judge a roster against the grids and compounds this station knows. Blocking; slow lane.

    Raises PermissionDenied, EnvironmentFault or UserError with one sentence for an unreadable file, Cancelled.
    """
    actor.require("people.import")
    grids = [g.name for g in places.grids(session)]
    compounds = [c.name for c in places.compounds(session)]
    workbook = read_workbook(path, cancel=cancel)
    return read_roster(workbook, known_grids=grids, known_compounds=compounds, today=day, cancel=cancel)


def unknown_compounds(session: Session, persons: Sequence[RosterPerson]) -> Counter[str]:
    """Compounds that the station does not have, with how many of these people would live there."""
    known = {c.name for c in places.compounds(session)}
    named = (person.address.compound for person in persons)
    return Counter(name for name in named if name and name not in known)


def compare_roster(
    session: Session, actor: Actor, ring: KeyRing, persons: Sequence[RosterPerson]
) -> dict[str, int]:
    """How many of these persons would be new, changed, the same."""
    actor.require("people.import")
    return compare(session, ring.cipher, persons).counts
