"""Reading the round: who is to be looked at now, in walking order, and the façade they stand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.commands_duty import asked_for
from centerdesk.features.checkins.commands_planning import pauses_of
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck, RoundSignOff
from centerdesk.features.checkins.rules import DUE, OK, PAUSED, TROUBLE, UNSEEN, VOID, slot_at
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record

READ = "checkins.read"

__all__ = [
    "DayFigure",
    "DaysFigure",
    "FacadeCell",
    "FacadeRow",
    "RoundRow",
    "RoundView",
    "RouteRow",
    "facade",
    "get_round",
    "last_days",
]


@record
class RoundRow:
    """One window of a round: a door and what was seen, never a name (UI.md 02).

    `stand` is where one looks from, `late` a look after the window's end, `paused_to` the last day of a pause,
    `alarm_id` an open alarm.
    """

    check_id: UUID
    enrolment_id: UUID
    worker_id: UUID
    grid_id: UUID | None
    dwelling_id: UUID | None
    building_id: UUID | None
    number: int
    compound: str
    building: str
    unit: str
    floor: str
    room: str
    door: str
    stand: str
    state: str
    opens_at: datetime
    due_at: datetime
    look_at: datetime | None
    late: bool
    paused_to: date | None
    alarm_id: UUID | None


@record
class RouteRow:
    """One worker's part of a round. `seen` of `due` (paused ones left out); `signed_at` when it was signed off."""

    worker_id: UUID
    name: str
    seen: int
    due: int
    unanswered: int
    signed_at: datetime | None


@record
class RoundView:
    """A round of one day and slot. `opens_at` and `due_at` span all its windows; rows in walking order."""

    day: date
    slot: str
    opens_at: datetime | None
    due_at: datetime | None
    rows: tuple[RoundRow, ...]
    routes: tuple[RouteRow, ...]
    counts: Mapping[str, int]

    @property
    def expected(self) -> int:
        return len(self.rows) - self.counts.get(PAUSED, 0)

    @property
    def seen(self) -> int:
        return sum(self.counts.get(state, 0) for state in (OK, *TROUBLE))

    @property
    def left(self) -> int:
        return self.counts.get(DUE, 0) + self.counts.get(UNSEEN, 0)


def visible(actor: Actor, permission: str = READ) -> ColumnElement[bool] | None:
    """The condition on expected_check for what the actor may see; None: everything. Raises PermissionDenied.

    Besides the own grids it is the own round: whoever stands in for somebody sees that list.
    """
    grids = actor.grids(permission)
    if grids is None:
        return None
    own = ExpectedCheck.worker_id == actor.account_id if actor.account_id else false()
    return or_(own, ExpectedCheck.grid_id.in_(grids))


def get_round(
    session: Session, actor: Actor, now: datetime, *, day: date | None = None, slot: str | None = None
) -> RoundView:
    """The round of `day` and `slot`, by default the one that `now` belongs to.

    Windows of other grids that nobody looked at are there while their alarm asks for the actor: the list passed on.
    """
    only = visible(actor)
    today, running = slot_at(local(now))
    day, slot = day or today, slot or running
    stmt: Any = (
        select(ExpectedCheck, Enrolment.number, Enrolment.look_from, Alarm.id, Alarm.acknowledged_at)
        .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
        .outerjoin(Alarm, (Alarm.check_id == ExpectedCheck.id) & Alarm.closed_at.is_(None))
        .where(ExpectedCheck.day == day, ExpectedCheck.slot == slot, ExpectedCheck.state != VOID)
        .order_by(ExpectedCheck.worker_id, Enrolment.worker_id, Enrolment.number, Enrolment.code)
    )
    if only is not None:
        passed_on = ExpectedCheck.id.in_(asked_for(session, actor.account_id, now))
        stmt = stmt.where(or_(only, and_(ExpectedCheck.state == UNSEEN, passed_on)))
    found = session.execute(stmt).all()
    rows = _rows(session, found)
    waiting = Counter(r[0].worker_id for r in found if r[3] is not None and r[4] is None)
    return RoundView(
        day,
        slot,
        min((r.opens_at for r in rows), default=None),
        max((r.due_at for r in rows), default=None),
        rows,
        _routes(session, day, slot, rows, waiting),
        Counter(r.state for r in rows),
    )


def _rows(session: Session, found: Sequence[Any]) -> tuple[RoundRow, ...]:
    doors = places.door_labels(session, {r[0].dwelling_id for r in found if r[0].dwelling_id})
    pauses = pauses_of(session, [r[0].enrolment_id for r in found if r[0].state == PAUSED])
    rows = []
    for check, number, look_from, alarm_id, _ in found:
        door = doors.get(check.dwelling_id)
        until = [p.last_on for p in pauses.get(check.enrolment_id, ()) if p.covers(check.day, check.slot)]
        rows.append(
            RoundRow(
                check_id=check.id,
                enrolment_id=check.enrolment_id,
                worker_id=check.worker_id,
                grid_id=check.grid_id,
                dwelling_id=check.dwelling_id,
                building_id=door.building_id if door else None,
                number=number,
                compound=door.compound if door else "",
                building=door.building if door else "",
                unit=door.unit if door else "",
                floor=door.floor if door else "",
                room=door.room if door else "",
                door=door.door if door else "门牌待补",
                stand=look_from or (door.stand if door else ""),
                state=check.state,
                opens_at=check.opens_at,
                due_at=check.due_at,
                look_at=check.last_look_at,
                late=check.looks > 0 and not check.in_time,
                paused_to=max(until, default=None),
                alarm_id=alarm_id,
            )
        )
    return tuple(rows)


def _routes(
    session: Session, day: date, slot: str, rows: Iterable[RoundRow], unanswered: Mapping[UUID, int]
) -> tuple[RouteRow, ...]:
    due: Counter[UUID] = Counter()
    seen: Counter[UUID] = Counter()
    order: dict[UUID, None] = {}
    for row in rows:
        order[row.worker_id] = None
        if row.state != PAUSED:
            due[row.worker_id] += 1
            seen[row.worker_id] += row.state not in (DUE, UNSEEN)
    if not order:
        return ()
    names = staff.account_names(session, list(order))
    signed = {
        r.worker_id: r.at
        for r in session.execute(
            select(RoundSignOff.worker_id, RoundSignOff.at).where(
                RoundSignOff.day == day, RoundSignOff.slot == slot
            )
        )
    }
    return tuple(
        RouteRow(w, names.get(w, ""), seen[w], due[w], unanswered.get(w, 0), signed.get(w)) for w in order
    )


@record
class FacadeCell:
    """One enrolled window on a façade, counted from 1: unit, floor, place among the unit's doors."""

    unit: int
    floor: int
    place: int
    row: RoundRow


@record
class FacadeRow:
    """One house as it is drawn. Layout as recorded, or the least that holds the enrolled windows."""

    building_id: UUID
    compound: str
    building: str
    floors: int
    units: int
    doors_per_unit: int
    mirrored: bool
    stand: str
    cells: tuple[FacadeCell, ...]


def facade(session: Session, actor: Actor, view: RoundView) -> tuple[FacadeRow, ...]:
    """The houses of a round in route order; a window whose door cannot be placed is left to the list."""
    actor.require(READ)
    layout = {b.id: b for b in places.all_buildings(session)}
    by_building: dict[UUID, list[FacadeCell]] = {}
    for row in view.rows:
        if row.building_id is not None:
            cells = by_building.setdefault(row.building_id, [])
            if (cell := _cell(row)) is not None:
                cells.append(cell)
    houses = []
    for building_id, cells in by_building.items():
        b = layout[building_id]
        houses.append(
            FacadeRow(
                building_id=building_id,
                compound=b.compound,
                building=b.name,
                floors=max([b.floors, *(c.floor for c in cells)], default=1) or 1,
                units=max([b.units, *(c.unit for c in cells)], default=1) or 1,
                doors_per_unit=max([b.doors_per_unit, 2, *(c.place for c in cells)]),
                mirrored=b.mirrored,
                stand=b.standing_point,
                cells=tuple(cells),
            )
        )
    return tuple(houses)


def _cell(row: RoundRow) -> FacadeCell | None:
    digits = "".join(c for c in row.room if c.isdigit())
    if not (row.floor.isdigit() and row.unit.isdigit() and len(digits) >= 3):
        return None
    place = int(digits[-2:])
    return FacadeCell(int(row.unit), int(row.floor), place, row) if place and int(row.floor) else None


@record
class DayFigure:
    """One day's round: seen of due, both slots together."""

    day: date
    seen: int
    due: int

    @property
    def missed(self) -> int:
        return self.due - self.seen


@record
class DaysFigure:
    """近几天: the strip of days and its sum (看护率 = seen ÷ due)."""

    days: tuple[DayFigure, ...]

    @property
    def seen(self) -> int:
        return sum(d.seen for d in self.days)

    @property
    def due(self) -> int:
        return sum(d.due for d in self.days)

    @property
    def missed(self) -> int:
        return self.due - self.seen


def last_days(session: Session, actor: Actor, now: datetime, days: int = 13) -> DaysFigure:
    """The days before today, oldest first; days without anybody enrolled show 0 of 0."""
    only = visible(actor)
    last = slot_at(local(now))[0] - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    stmt: Any = select(ExpectedCheck.day, ExpectedCheck.looks).where(
        ExpectedCheck.day.between(first, last), ExpectedCheck.state.not_in((PAUSED, VOID))
    )
    if only is not None:
        stmt = stmt.where(only)
    due: Counter[date] = Counter()
    seen: Counter[date] = Counter()
    for day, looks in session.execute(stmt):
        due[day] += 1
        seen[day] += looks > 0
    every = [first + timedelta(days=n) for n in range(days)]
    return DaysFigure(tuple(DayFigure(d, seen[d], due[d]) for d in every))
