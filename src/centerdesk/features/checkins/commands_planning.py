"""The rows expected of the days ahead, as the database has them and as they ought to be (RELIABILITY G20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Enrolment, EnrolmentWindow, ExpectedCheck, Pause
from centerdesk.features.checkins.rules import (
    DUE,
    HORIZON_DAYS,
    PAUSED,
    PauseSpan,
    Row,
    Standing,
    WindowSpan,
    reconcile,
    slot_order,
)
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places.models import Dwelling
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import UnitOfWork
from centerdesk.kernel.record import record

FILL_DAYS = 31
"""How far back days without rows are made up; a longer absence must be confirmed by a person first."""


@record
class Plan:
    """What must be written so that the days ahead are as enrolled."""

    make: list[Row] = field(default_factory=list)
    change: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.make or self.change)


def plan(
    session: Session,
    at: datetime,
    only: Collection[UUID] | None = None,
    *,
    days_ahead: int = HORIZON_DAYS,
    fill: bool = True,
) -> Plan:
    """Compare the rows with the enrolments, from the day of `at` to `days_ahead` days on. Writes nothing.

    `only`: these enrolments. A desk that was off for days gets the rows of those days too, so that they alarm:
    with `fill`, and the last 31 days at most.
    """
    today = local(at).date()
    last = today + timedelta(days=days_ahead)
    standings = load_standings(session, today, only)
    known = _known_to(session, today, [s.enrolment_id for s in standings])
    oldest = today - timedelta(days=FILL_DAYS) if fill else today
    known = {e: max(d, oldest - timedelta(days=1)) for e, d in known.items()}
    first = min([today, *(d + timedelta(days=1) for d in known.values())])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    present = _present(session, days[0], [s.enrolment_id for s in standings])
    deputies = staff.deputies_on(session, days)
    found = Plan()
    for standing in standings:
        known_to = known[standing.enrolment_id]
        start = min(today, known_to + timedelta(days=1))
        rows = {k: r for k, r in present.get(standing.enrolment_id, {}).items() if r.day >= start}
        make, change = reconcile(standing, rows, known_to, at, [d for d in days if d >= start], deputies)
        found.make.extend(make)
        found.change.extend(change)
    return found


def carry_out(uow: UnitOfWork, wanted: Plan) -> int:
    """Write the plan; returns how many rows were made or changed."""
    if wanted.make:
        uow.bulk_insert(ExpectedCheck, [_values(r) for r in wanted.make])
    return len(wanted.make) + _change(uow, wanted)


def _change(uow: UnitOfWork, wanted: Plan) -> int:
    for new in wanted.change:
        assert new.id is not None
        row = uow.get(ExpectedCheck, new.id)
        row.opens_at, row.due_at, row.state = new.opens_at, new.due_at, new.state
        row.worker_id, row.dwelling_id, row.grid_id = new.worker_id, new.dwelling_id, new.grid_id
    uow.session.flush()
    return len(wanted.change)


def _values(r: Row) -> dict[str, Any]:
    return {
        "enrolment_id": r.enrolment_id, "day": r.day, "slot": r.slot, "opens_at": r.opens_at,
        "due_at": r.due_at, "state": r.state, "looks": 0, "in_time": False, "first_look_at": None,
        "last_look_at": None, "worker_id": r.worker_id, "dwelling_id": r.dwelling_id, "grid_id": r.grid_id,
        "looked_by": None,
    }  # fmt: skip


def replan(uow: UnitOfWork, enrolment_id: UUID) -> int:
    """Bring the rows of one enrolment in line after it changed, in the same transaction.

    New rows are single ones with images, not a batch: taking the enrolment back takes them back before it.
    """
    uow.session.flush()
    wanted = plan(uow.session, uow.now, [enrolment_id])
    uow.session.add_all(ExpectedCheck(**_values(r)) for r in wanted.make)
    uow.session.flush()
    return len(wanted.make) + _change(uow, wanted)


def load_standings(session: Session, today: date, only: Collection[UUID] | None = None) -> list[Standing]:
    """Enrolments that concern the days from `today` on, ended ones too while rows of theirs lie ahead."""
    idle_ahead = (
        select(ExpectedCheck.id)
        .where(
            ExpectedCheck.enrolment_id == Enrolment.id,
            ExpectedCheck.day >= today,
            ExpectedCheck.state.in_((DUE, PAUSED)),
        )
        .exists()
    )
    stmt = (
        select(Enrolment, Household.dwelling_id, Dwelling.grid_id)
        .join(Resident, Resident.id == Enrolment.resident_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
        .where(or_(Enrolment.last_on.is_(None), Enrolment.last_on >= today, idle_ahead))
        .order_by(Enrolment.id)
    )
    if only is not None:
        stmt = stmt.where(Enrolment.id.in_(only))
    found = session.execute(stmt).all()
    ids = [row[0].id for row in found]
    windows, pauses = windows_of(session, ids), pauses_of(session, ids)
    return [
        Standing(
            e.id, e.worker_id, e.first_on, e.last_on,
            windows.get(e.id, ()), pauses.get(e.id, ()), dwelling_id, grid_id,
        )
        for e, dwelling_id, grid_id in found
    ]  # fmt: skip


def windows_of(session: Session, enrolment_ids: Sequence[UUID]) -> dict[UUID, tuple[WindowSpan, ...]]:
    """Windows by enrolment, in the order of the day."""
    stmt = select(EnrolmentWindow).where(EnrolmentWindow.enrolment_id.in_(enrolment_ids))
    found: dict[UUID, list[WindowSpan]] = defaultdict(list)
    for w in session.scalars(stmt):
        found[w.enrolment_id].append(WindowSpan(w.slot, w.starts, w.ends))
    return {k: tuple(sorted(v, key=lambda w: slot_order(w.slot))) for k, v in found.items()}


def pauses_of(session: Session, enrolment_ids: Sequence[UUID]) -> dict[UUID, tuple[PauseSpan, ...]]:
    """Pauses by enrolment, past ones included."""
    stmt = select(Pause).where(Pause.enrolment_id.in_(enrolment_ids)).order_by(Pause.first_on)
    found: dict[UUID, list[PauseSpan]] = defaultdict(list)
    for p in session.scalars(stmt):
        found[p.enrolment_id].append(PauseSpan(p.first_on, p.first_slot, p.last_on, p.last_slot))
    return {k: tuple(v) for k, v in found.items()}


def _known_to(session: Session, today: date, enrolment_ids: Sequence[UUID]) -> dict[UUID, date]:
    """The last day up to today each enrolment has a row for, one index seek apiece; else the day it was made.

    Days between that and today were nobody's: the desk was off when the first window came.
    """
    last = (
        select(func.max(ExpectedCheck.day))
        .where(ExpectedCheck.enrolment_id == Enrolment.id, ExpectedCheck.day <= today)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    stmt = select(Enrolment.id, last, Enrolment.created_at).where(Enrolment.id.in_(enrolment_ids))
    return {row[0]: row[1] or min(today, local(row[2]).date()) for row in session.execute(stmt)}


def _present(
    session: Session, first: date, enrolment_ids: Sequence[UUID]
) -> dict[UUID, dict[tuple[date, str], Row]]:
    c = ExpectedCheck
    stmt = select(
        c.enrolment_id, c.day, c.slot, c.opens_at, c.due_at, c.state, c.looks, c.worker_id, c.dwelling_id,
        c.grid_id, c.id,
    ).where(and_(c.day >= first, c.enrolment_id.in_(enrolment_ids)))  # fmt: skip
    found: dict[UUID, dict[tuple[date, str], Row]] = defaultdict(dict)
    for values in session.execute(stmt):
        row = Row(*values)
        found[row.enrolment_id][row.key] = row
    return found
