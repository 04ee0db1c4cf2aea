"""Reading one elder and one month: care card, habit, the matrix of days, the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.commands_duty import asked_for
from centerdesk.features.checkins.commands_planning import windows_of
from centerdesk.features.checkins.indicators_facts import facts
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck, Pause
from centerdesk.features.checkins.rules import SLOT_TITLES, VOID, WindowSpan, slot_order, state_title
from centerdesk.features.checkins.rules_rates import Rates, rates
from centerdesk.features.people import api as people
from centerdesk.features.people.models import Resident
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import Month, local, minute_of_day
from centerdesk.kernel.errors import NotFound, PermissionDenied
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Target, TimelineRow, Tone
from centerdesk.kernel.record import record

READ = "checkins.read"
HABIT_DAYS = 14


@record
class PauseRow:
    """暂停 of an elder; both ends inclusive."""

    id: UUID
    version: int
    first_on: date
    first_slot: str
    last_on: date
    last_slot: str
    reason: str


@record
class HabitDay:
    """One past window: what was seen and when first."""

    day: date
    slot: str
    state: str
    look_at: datetime | None


@record
class EnrolmentRow:
    """登记 as the list of enrolled homes shows it."""

    id: UUID
    version: int
    resident_id: UUID
    code: str
    kind: str
    name: str
    age: int | None
    tags: tuple[str, ...]
    compound: str
    door: str
    grid_id: UUID | None
    worker_id: UUID
    worker: str
    number: int
    look_from: str
    windows: tuple[WindowSpan, ...]
    consent_on: date
    first_on: date
    last_on: date | None


@record
class ElderDetail:
    """The care card (爱心联系牌) with the habit of the last fourteen days.

    `usual_at` is the median of the first morning looks as wall time; None without any.
    """

    enrolment: EnrolmentRow
    contacts: tuple[people.ContactRow, ...]
    care: people.CareFactRow | None
    pauses: tuple[PauseRow, ...]
    habit: tuple[HabitDay, ...]
    usual_at: time | None
    open_alarm_id: UUID | None


def list_enrolments(
    session: Session, actor: Actor, day: date, *, ended: bool = False
) -> tuple[EnrolmentRow, ...]:
    """Who is enrolled on `day` (or was, with `ended`), by worker and walking order."""
    grids = actor.grids(READ)
    stmt = select(Enrolment).order_by(Enrolment.worker_id, Enrolment.number, Enrolment.code)
    if not ended:
        stmt = stmt.where(or_(Enrolment.last_on.is_(None), Enrolment.last_on >= day))
    rows = _enrolments(session, list(session.scalars(stmt)), day)
    if grids is None:
        return rows
    return tuple(r for r in rows if r.grid_id in grids or r.worker_id == actor.account_id)


def _enrolments(session: Session, found: list[Enrolment], day: date) -> tuple[EnrolmentRow, ...]:
    persons = people.persons(session, {e.resident_id for e in found}, day)
    names = staff.account_names(session, list({e.worker_id for e in found}))
    windows = windows_of(session, [e.id for e in found])
    rows = []
    for e in found:
        p = persons[e.resident_id]
        rows.append(
            EnrolmentRow(
                e.id, e.version, e.resident_id, e.code, e.kind, p.name,
                people.age_on(p.birth_on, day) if p.birth_on else None, p.tags, p.compound,
                p.door or "门牌待补", p.grid_id, e.worker_id, names.get(e.worker_id, ""), e.number,
                e.look_from, windows.get(e.id, ()), e.consent_on, e.first_on, e.last_on,
            )
        )  # fmt: skip
    return tuple(rows)


def get_elder(session: Session, actor: Actor, enrolment_id: UUID, now: datetime) -> ElderDetail:
    """Everything that whoever knocks must know. Raises NotFound, PermissionDenied."""
    grids = actor.grids(READ)
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None:
        raise NotFound("没有这户的登记。请刷新后再看。")
    day = local(now).date()
    row = _enrolments(session, [enrolment], day)[0]
    if grids is not None and row.grid_id not in grids and not _own(session, actor, enrolment, now):
        raise PermissionDenied(READ, "这户不在您的网格里，请找负责的网格员或书记。")
    habit = _habit(session, enrolment_id, now)
    return ElderDetail(
        row,
        people.contacts(session, enrolment.resident_id),
        people.care_facts(session, enrolment.resident_id),
        _pauses(session, enrolment_id, day),
        habit,
        _usual(habit),
        _open_alarm(session, enrolment_id),
    )


def _own(session: Session, actor: Actor, enrolment: Enrolment, now: datetime) -> bool:
    """Whether the home is on the actor's own list: as its worker, standing in today, or asked by its alarm."""
    if actor.account_id is None:
        return False
    if enrolment.worker_id == actor.account_id:
        return True
    today = select(ExpectedCheck.id).where(
        ExpectedCheck.enrolment_id == enrolment.id,
        ExpectedCheck.day == local(now).date(),
        ExpectedCheck.worker_id == actor.account_id,
    )
    if session.scalar(today.limit(1)) is not None:
        return True
    asked = asked_for(session, actor.account_id, now)
    windows = select(ExpectedCheck.id).where(
        ExpectedCheck.enrolment_id == enrolment.id, ExpectedCheck.id.in_(asked)
    )
    return bool(asked) and session.scalar(windows.limit(1)) is not None


def _habit(session: Session, enrolment_id: UUID, now: datetime) -> tuple[HabitDay, ...]:
    last = local(now).date()
    c = ExpectedCheck
    stmt = select(c.day, c.slot, c.state, c.first_look_at).where(
        c.enrolment_id == enrolment_id,
        c.day.between(last - timedelta(days=HABIT_DAYS), last),
        c.opens_at <= now,
        c.state != VOID,
    )
    rows = [HabitDay(*r) for r in session.execute(stmt)]
    return tuple(sorted(rows, key=lambda r: (r.day, slot_order(r.slot))))


def _usual(habit: tuple[HabitDay, ...]) -> time | None:
    """The middle of the first looks of the mornings; a look only bounds when the curtain opened."""
    minutes = [minute_of_day(h.look_at) for h in habit if h.slot == "morning" and h.look_at is not None]
    if not minutes:
        return None
    minute = int(median(minutes))
    return time(minute // 60, minute % 60)


def _pauses(session: Session, enrolment_id: UUID, day: date) -> tuple[PauseRow, ...]:
    stmt = (
        select(Pause).where(Pause.enrolment_id == enrolment_id, Pause.last_on >= day).order_by(Pause.first_on)
    )
    return tuple(
        PauseRow(p.id, p.version, p.first_on, p.first_slot, p.last_on, p.last_slot, p.reason)
        for p in session.scalars(stmt)
    )


def _open_alarm(session: Session, enrolment_id: UUID) -> UUID | None:
    return session.scalar(
        select(Alarm.id)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .where(ExpectedCheck.enrolment_id == enrolment_id, Alarm.closed_at.is_(None))
        .order_by(Alarm.raised_at)
        .limit(1)
    )


@record
class MonthCell:
    """One window of the matrix. `outcome` of its alarm, "" where none was closed."""

    check_id: UUID
    state: str
    look_at: datetime | None
    late: bool
    outcome: str


@record
class MonthRow:
    """月历的一行: one door, its windows by day and slot."""

    enrolment_id: UUID
    compound: str
    door: str
    number: int
    worker_id: UUID
    grid_id: UUID | None
    cells: Mapping[tuple[date, str], MonthCell]

    @property
    def missed(self) -> int:
        return sum(1 for c in self.cells.values() if c.state == "unseen")


def month_matrix(
    session: Session, actor: Actor, month: Month, grid_id: UUID | None = None, *, until: date | None = None
) -> tuple[MonthRow, ...]:
    """Elders × days in walking order; doors only. `grid_id`: that grid alone; `until`: on to this later day."""
    grids = actor.grids(READ)
    c = ExpectedCheck
    stmt: Any = (
        select(c, Enrolment.number, Alarm.outcome)
        .join(Enrolment, Enrolment.id == c.enrolment_id)
        .outerjoin(Alarm, Alarm.check_id == c.id)
        .where(c.day.between(month.first, until or month.last), c.state != VOID)
        .order_by(Enrolment.worker_id, Enrolment.number, Enrolment.code, c.day)
    )
    if grids is not None:
        own = c.worker_id == actor.account_id if actor.account_id else false()
        stmt = stmt.where(or_(own, c.grid_id.in_(grids)))
    if grid_id is not None:
        stmt = stmt.where(c.grid_id == grid_id)
    found = session.execute(stmt).all()
    doors = places.door_labels(session, {r[0].dwelling_id for r in found if r[0].dwelling_id})
    rows: dict[UUID, MonthRow] = {}
    cells: dict[UUID, dict[tuple[date, str], MonthCell]] = {}
    for check, number, outcome in found:
        door = doors.get(check.dwelling_id)
        mine = cells.setdefault(check.enrolment_id, {})
        mine[check.day, check.slot] = MonthCell(
            check.id, check.state, check.first_look_at, check.looks > 0 and not check.in_time, outcome or ""
        )
        rows[check.enrolment_id] = MonthRow(
            check.enrolment_id, door.compound if door else "", door.door if door else "门牌待补", number,
            check.worker_id, check.grid_id, mine,
        )  # fmt: skip
    return tuple(rows.values())


def month_rates(
    session: Session, actor: Actor, month: Month, as_of: datetime, slot: str | None = None
) -> Rates:
    """The month's figures over what the actor may see; `slot`: mornings or evenings alone."""
    grids = actor.grids(READ)
    checks, alarms = facts(session, month.first, month.last, as_of)
    kept = [
        c
        for c in checks
        if (slot is None or c.slot == slot)
        and (grids is None or c.grid_id in grids or c.worker_id == actor.account_id)
    ]
    ids = {c.check_id for c in kept}
    return rates(kept, [a for a in alarms if a.check_id in ids])


def timeline(
    session: Session, actor: Actor, kind: str, row_id: UUID, before: datetime | None, limit: int
) -> tuple[TimelineRow, ...]:
    """Alarms of a resident or household, newest first. What went well is in the matrix, not here."""
    grids = actor.grids(READ)
    stmt: Any = (
        select(Alarm, ExpectedCheck.slot)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
        .join(Resident, Resident.id == Enrolment.resident_id)
        .where(Resident.id == row_id if kind == "resident" else Resident.household_id == row_id)
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(limit)
    )
    if before is not None:
        stmt = stmt.where(Alarm.raised_at < before)
    if grids is not None:
        own = ExpectedCheck.worker_id == actor.account_id if actor.account_id else false()
        stmt = stmt.where(or_(own, ExpectedCheck.grid_id.in_(grids)))
    rows = []
    for alarm, slot in session.execute(stmt):
        title = f"{SLOT_TITLES[slot]}窗帘 · {state_title(alarm.opened_as, slot)}"
        if alarm.closed_at is None:
            detail, tone = "还没结案", Tone.ALARM
        else:
            detail, tone = f"结案：{alarm.outcome}", Tone.PLAIN
        rows.append(
            TimelineRow(alarm.raised_at, "checkin", title, detail, tone, Target("checkins", alarm.id))
        )
    return tuple(rows)
