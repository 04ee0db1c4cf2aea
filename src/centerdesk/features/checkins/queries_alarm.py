"""Reading alarms: the open ones by urgency, the ladder with its names, what a locked desk may show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.commands_alarming import since_reopened
from centerdesk.features.checkins.commands_duty import Duty, asked_for
from centerdesk.features.checkins.models import (
    Alarm,
    AlarmStep,
    Enrolment,
    ExpectedCheck,
    WatcherBeat,
    WatchGap,
)
from centerdesk.features.checkins.queries import READ, visible
from centerdesk.features.checkins.rules import HELP, UNSEEN, state_title
from centerdesk.features.checkins.rules_ladder import Action, LadderView, ladder
from centerdesk.features.checkins.rules_watch import SILENT
from centerdesk.features.people import api as people
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import NotFound, PermissionDenied
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.masking import mask_name_public
from centerdesk.kernel.record import record

STREET = "街道值班"


@record
class AlarmRow:
    """报警 as the panel shows it: whose window, what was seen, the ladder at this instant.

    `kind` is what it is now, `opened_as` what it began as. `worker_id` had to look. Instants are UTC.
    """

    id: UUID
    version: int
    check_id: UUID
    enrolment_id: UUID
    resident_id: UUID
    day: date
    slot: str
    due_at: datetime
    state: str
    compound: str
    building: str
    door: str
    name: str
    age: int | None
    tags: tuple[str, ...]
    kind: str
    kind_title: str
    opened_as: str
    escalated: bool
    raised_at: datetime
    late_look_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    worker_id: UUID
    worker: str
    seen_by_worker: str
    ladder: LadderView
    closed_at: datetime | None = None
    outcome: str = ""

    @property
    def passes_at(self) -> datetime | None:
        return self.ladder.passes_at


def open_alarms(session: Session, actor: Actor, now: datetime) -> tuple[AlarmRow, ...]:
    """Open alarms the actor may see: 求助 first, then by the time left on the present rung."""
    only = visible(actor)
    stmt = _alarms().where(Alarm.closed_at.is_(None))
    if only is not None:
        stmt = stmt.where(or_(only, ExpectedCheck.id.in_(asked_for(session, actor.account_id, now))))
    return tuple(sorted(_rows(session, session.execute(stmt).all(), now), key=_urgency))


def get_alarm(session: Session, actor: Actor, alarm_id: UUID, now: datetime) -> AlarmRow:
    """One alarm, closed ones included. Raises NotFound, PermissionDenied."""
    only = visible(actor)
    found = session.execute(_alarms().where(Alarm.id == alarm_id)).all()
    if not found:
        raise NotFound("没有这个报警。请刷新后再看。")
    if only is not None:
        asked = asked_for(session, actor.account_id, now)
        reach = _alarms().where(Alarm.id == alarm_id, or_(only, ExpectedCheck.id.in_(asked)))
        if not session.execute(reach).all():
            raise PermissionDenied(READ, "这户不在您的网格里，请找负责的网格员或书记。")
    return next(iter(_rows(session, found, now)))


def _urgency(row: AlarmRow) -> tuple[object, ...]:
    return row.kind != HELP, row.kind == UNSEEN, row.passes_at or row.raised_at, row.raised_at, row.id


def _alarms() -> Any:
    return (
        select(Alarm, ExpectedCheck, Enrolment.resident_id)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
    )


def _rows(session: Session, found: Sequence[Any], now: datetime) -> Iterable[AlarmRow]:
    if not found:
        return
    day = local(now).date()
    persons = people.persons(session, {r[2] for r in found}, day)
    doors = places.door_labels(session, {r[1].dwelling_id for r in found if r[1].dwelling_id})
    accounts = {a.id: a.name for a in staff.list_accounts(session)}
    actions = _actions(session, [r[0].id for r in found], accounts)
    duty = Duty(session, day)
    for alarm, check, resident_id in found:
        person, door = persons[resident_id], doors.get(check.dwelling_id)
        names = _people(session, duty, alarm, check, resident_id, accounts)
        yield AlarmRow(
            id=alarm.id,
            version=alarm.version,
            check_id=check.id,
            enrolment_id=check.enrolment_id,
            resident_id=resident_id,
            day=check.day,
            slot=check.slot,
            due_at=check.due_at,
            state=check.state,
            compound=door.compound if door else "",
            building=door.building if door else "",
            door=door.door if door else "门牌待补",
            name=person.name,
            age=people.age_on(person.birth_on, day) if person.birth_on else None,
            tags=person.tags,
            kind=alarm.kind,
            kind_title=state_title(alarm.kind, check.slot),
            opened_as=alarm.opened_as,
            escalated=alarm.escalated,
            raised_at=alarm.raised_at,
            late_look_at=alarm.late_look_at,
            acknowledged_at=alarm.acknowledged_at,
            acknowledged_by=accounts.get(alarm.acknowledged_by, ""),
            worker_id=check.worker_id,
            worker=accounts.get(check.worker_id, ""),
            seen_by_worker=accounts.get(check.looked_by, ""),
            ladder=ladder(
                alarm.opened_as, alarm.kind, alarm.raised_at, alarm.ladder_from, alarm.closed_at or now,
                since_reopened(actions[alarm.id]), names,
            ),
            closed_at=alarm.closed_at,
            outcome=alarm.outcome,
        )  # fmt: skip


def _actions(
    session: Session, alarm_ids: Sequence[UUID], accounts: Mapping[UUID, str]
) -> dict[UUID, list[Action]]:
    found: dict[UUID, list[Action]] = defaultdict(list)
    stmt = (
        select(AlarmStep)
        .where(AlarmStep.alarm_id.in_(alarm_ids))
        .order_by(AlarmStep.alarm_id, AlarmStep.ordinal)
    )
    for s in session.scalars(stmt):
        by = accounts.get(s.taken_by, "") if s.taken_by else ""
        found[s.alarm_id].append(Action(s.step, s.taken_at, by, s.result, s.act))
    return found


def _people(
    session: Session,
    duty: Duty,
    alarm: Alarm,
    check: ExpectedCheck,
    resident_id: UUID,
    names: Mapping[UUID, str],
) -> dict[str, str]:
    """Role of a rung → who holds it, in words."""
    held = {role: names.get(who, "") if who else "" for role, who in duty.roles(alarm, check).items()}
    return held | {"contact": _first_contact(session, resident_id), "street": STREET}


def _first_contact(session: Session, resident_id: UUID) -> str:
    """Who is called first: in card order, a keyholder before the others; “” where nobody is on the card."""
    known = people.contacts(session, resident_id)
    first = next((c for c in known if c.has_key), known[0] if known else None)
    if first is None:
        return ""
    words = "，".join(w for w in (first.relation, "有钥匙" if first.has_key else "") if w)
    return f"{first.name}（{words}）" if words else first.name


@record
class LockedAlarm:
    """What a locked desk shows of an alarm: building and masked surname, nothing more (UI.md 15)."""

    alarm_id: UUID
    building: str
    name: str
    slot: str
    kind: str
    kind_title: str
    ladder: LadderView
    acknowledged_at: datetime | None


def locked_alarms(session: Session, now: datetime) -> tuple[LockedAlarm, ...]:
    """All open alarms for the lock screen, most urgent first. Needs no account; holds no door and no name."""
    found = session.execute(_alarms().where(Alarm.closed_at.is_(None))).all()
    rows = sorted(_rows(session, found, now), key=_urgency)
    return tuple(
        LockedAlarm(
            r.id, f"{r.building} 栋" if r.building else "", mask_name_public(r.name), r.slot, r.kind, r.kind_title,
            _masked_ladder(r.ladder), r.acknowledged_at,
        )
        for r in rows
    )  # fmt: skip


def _masked_ladder(view: LadderView) -> LadderView:
    steps = tuple(
        replace(s, who=s.who if s.who == STREET else mask_name_public(s.who), taken_by="", result="")
        for s in view.steps
    )
    nxt = steps[view.current + 1].who if view.current + 1 < len(steps) else ""
    return LadderView(steps, view.current, view.passes_at, steps[view.current].who, nxt)


@record
class GapRow:
    """没看着的时段 that nobody confirmed yet. `cause`: off, clock."""

    id: UUID
    from_at: datetime
    to_at: datetime
    cause: str


@record
class WatchState:
    """Whether anybody watches. `silent`: no heartbeat for two minutes, which every desk must show (G16)."""

    beat_at: datetime | None
    silent: bool
    sound_ok: bool | None
    gaps: tuple[GapRow, ...]
    sound_checked_at: datetime | None = None
    pid: int | None = None


def watch_state(session: Session, now: datetime) -> WatchState:
    """The watcher's heartbeat and the stretches to confirm; for every desk, signed in or not."""
    own, gap = WatcherBeat.__table__.c, WatchGap.__table__.c  # past the mapper: every desk asks often
    asked = select(own.at, own.sound_ok, own.sound_checked_at, own.pid).where(own.id == 1)
    beat = session.execute(asked).one_or_none()
    silent = beat is None or abs(now - beat.at) > SILENT
    stmt = select(gap.id, gap.from_at, gap.to_at, gap.cause).where(gap.confirmed_by.is_(None))
    gaps = tuple(GapRow(*row) for row in session.execute(stmt.order_by(gap.from_at)))
    if beat is None:
        return WatchState(None, silent, None, gaps)
    return WatchState(beat.at, silent, beat.sound_ok, gaps, beat.sound_checked_at, beat.pid)
