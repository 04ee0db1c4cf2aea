"""Reading what the desk shows of a round in one go: route, houses, alarms, watch, who can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.queries import FacadeRow, RoundView, facade, get_round
from centerdesk.features.checkins.queries_alarm import AlarmRow, WatchState, open_alarms, watch_state
from centerdesk.features.checkins.queries_elder import (
    ElderDetail,
    MonthRow,
    get_elder,
    month_matrix,
    month_rates,
)
from centerdesk.features.checkins.rules import HELP, NOT_OK, UNCLEAR, UNSEEN, slot_at
from centerdesk.features.checkins.rules_rates import Rates
from centerdesk.features.people import api as people
from centerdesk.features.people.models import Resident
from centerdesk.features.people.queries import search_people
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.calendar import LATITUDE, LONGITUDE, SunTimes, sun_times
from centerdesk.kernel.clock import Month, local
from centerdesk.kernel.errors import NotFound, PermissionDenied
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import SettingsReader

_WORST = (HELP, NOT_OK, UNSEEN, UNCLEAR)
ENROL = "checkins.enrol"


@record
class Colleague:
    """同事. Who can be sent or can take a route. `works`: walks routes."""

    id: UUID
    name: str
    works: bool


@record
class CareRow:
    """爱心联系牌 of the home of one alarm; `phone_mask` is the elder's own number."""

    alarm_id: UUID
    elder: ElderDetail
    phone_mask: str
    verified_on: date | None


@record
class RoundDesk:
    """看窗台. Everything the page shows at the instant `at`, without anything it does not.

    `care` belongs to the alarm that was asked for, else to the most urgent one; None without alarms.
    `anybody`: whether anybody was ever enrolled.
    """

    at: datetime
    view: RoundView
    houses: tuple[FacadeRow, ...]
    alarms: tuple[AlarmRow, ...]
    care: CareRow | None
    watch: WatchState
    sun: SunTimes
    grids: Mapping[UUID, str]
    colleagues: tuple[Colleague, ...]
    anybody: bool


def read_desk(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    alarm_id: UUID | None = None,
    day: date | None = None,
    slot: str | None = None,
) -> RoundDesk:
    """One reading for the page. `alarm_id`: whose care card is wanted. Raises PermissionDenied."""
    view = get_round(session, actor, now, day=day, slot=slot)
    alarms = worst_first(open_alarms(session, actor, now))
    settings = SettingsReader(session)
    return RoundDesk(
        now,
        view,
        facade(session, actor, view),
        alarms,
        _care(session, actor, alarms, alarm_id, now),
        watch_state(session, now),
        sun_times(view.day, settings.get(LATITUDE), settings.get(LONGITUDE)),
        {g.id: g.name for g in places.grids(session)},
        colleagues(session),
        bool(view.rows) or session.scalar(select(Enrolment.id).limit(1)) is not None,
    )


def worst_first(alarms: tuple[AlarmRow, ...]) -> tuple[AlarmRow, ...]:
    """The one alarm that is worst, then the others by time left: whom to go to, and what falls due meanwhile.

    求助 before 未开, a home before a list nobody looked at, 看不清 last; the higher rung before the lower.
    """
    if not alarms:
        return ()
    worst = min(alarms, key=lambda a: (_WORST.index(a.kind), -a.ladder.current, a.passes_at or a.raised_at))
    others = [a for a in alarms if a.id != worst.id]
    return (worst, *sorted(others, key=lambda a: (a.passes_at or a.raised_at, a.raised_at)))


def present_round(now: datetime) -> tuple[date, str]:
    """Day and slot of the round that is on now."""
    return slot_at(local(now))


def _care(
    session: Session, actor: Actor, alarms: tuple[AlarmRow, ...], alarm_id: UUID | None, now: datetime
) -> CareRow | None:
    """Of the wanted alarm; else of the first one that is about a home and not about the list."""
    wanted = [a for a in alarms if a.id == alarm_id] or [a for a in alarms if a.kind != UNSEEN]
    if not wanted:
        return None
    alarm = wanted[0]
    try:
        elder = get_elder(session, actor, alarm.enrolment_id, now)
    except (NotFound, PermissionDenied):
        return None  # sent there for today only: the alarm is shown, the card stays with its own grid
    stmt = select(Resident.phone_mask, Resident.verified_on).where(Resident.id == alarm.resident_id)
    mask, verified_on = session.execute(stmt).one()
    return CareRow(alarm.id, elder, mask, verified_on)


def colleagues(session: Session) -> tuple[Colleague, ...]:
    """Active accounts that can look at windows, grid workers first."""
    rows = [a for a in staff.list_accounts(session) if a.active]
    usable = [a for a in rows if staff.role_grants(a.roles).get("checkins.record")]
    found = [Colleague(a.id, a.name, "grid_worker" in a.roles) for a in usable]
    return tuple(sorted(found, key=lambda c: (not c.works, c.name)))


@record
class Candidate:
    """A resident who could be enrolled. `why_not`: “” or why it cannot be done now."""

    resident_id: UUID
    name: str
    age: int | None
    door: str
    tags: tuple[str, ...]
    why_not: str


def find_candidates(
    session: Session, actor: Actor, query: str, day: date, limit: int = 8
) -> tuple[Candidate, ...]:
    """Residents by name, pinyin, door or last figures, for enrolling. Raises PermissionDenied."""
    actor.require(ENROL, Reach.PROPOSE)
    hits = [h.target.row_id for h in search_people(session, actor, query, limit)]
    ids = [i for i in hits if i is not None]
    stmt = select(Enrolment.resident_id).where(
        Enrolment.resident_id.in_(ids), or_(Enrolment.last_on.is_(None), Enrolment.last_on >= day)
    )
    enrolled = set(session.scalars(stmt))
    persons = people.persons(session, ids, day)
    return tuple(_candidate(persons[i], i in enrolled, day) for i in ids if i in persons)


def _candidate(p: people.PersonRow, enrolled: bool, day: date) -> Candidate:
    why_not = "已经登记过" if enrolled else "" if p.door else "还没有门牌"
    age = people.age_on(p.birth_on, day) if p.birth_on else None
    return Candidate(p.id, p.name, age, p.door, p.tags, why_not)


FIRST_WEEK = 7


@record
class MonthDesk:
    """月历 with its figures as of `as_of`; `rates` and `before` (the month before) by slot.

    `until` is the last day of `rows`: in its first week a new month is shown behind the one that ended, and
    counts in no figure.
    """

    month: Month
    as_of: datetime
    rows: tuple[MonthRow, ...]
    rates: Mapping[str, Rates]
    before: Mapping[str, Rates]
    until: date


def month_to_show(day: date) -> Month:
    """The month one wants to see on `day`: in its first week the one that just ended."""
    month = Month.of(day)
    return month.previous if day.day <= FIRST_WEEK else month


def read_month(session: Session, actor: Actor, month: Month, now: datetime) -> MonthDesk:
    """One month of everything the actor may see. Raises PermissionDenied."""
    slots, today = ("morning", "evening"), local(now).date()
    tail = month == Month.of(today).previous == month_to_show(today)
    until = today if tail else month.last
    return MonthDesk(
        month,
        now,
        month_matrix(session, actor, month, until=until),
        {s: month_rates(session, actor, month, now, s) for s in slots},
        {s: month_rates(session, actor, month.previous, now, s) for s in slots},
        until,
    )
