"""What 今日 shows of the round, the alarms, the days before and who is on duty. Read lane; plain values only."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.features.checkins.queries import DaysFigure, RoundRow, RoundView, get_round, last_days
from centerdesk.features.checkins.queries_alarm import AlarmRow, WatchState, open_alarms, watch_state
from centerdesk.features.people.api import care_facts
from centerdesk.features.staff import api as staff
from centerdesk.kernel.calendar import LATITUDE, LONGITUDE, lunar_text, solar_term_text, sun_times
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import SettingsReader

READ = "checkins.read"


@record
class AlarmFacts:
    """An alarm with the one thing whoever goes there must know."""

    row: AlarmRow
    note: str


@record
class RoundFacts:
    """看窗这一轮. `evening` is today's other round; `watch` whether anybody watches over it."""

    at: datetime
    view: RoundView
    evening: RoundView | None
    alarms: tuple[AlarmFacts, ...]
    watch: WatchState
    days: DaysFigure
    positions: tuple[tuple[str, str], ...]
    """(person, house as it is called) of each round that is under way, by the newest look."""

    @property
    def compounds(self) -> int:
        """In how many compounds the windows lie: with one, nobody needs its name."""
        return len({row.compound for row in self.view.rows})


@record
class DayFacts:
    """The day itself: date, sun, who is on duty."""

    day: date
    lunar: str
    term: str
    rise: datetime
    set: datetime
    duty: tuple[tuple[str, str], ...]


def read_day(session: Session, clock: Clock) -> DayFacts:
    """The almanac and the duty list; for everybody."""
    day = today(clock)
    settings = SettingsReader(session)
    sun = sun_times(day, settings.get(LATITUDE), settings.get(LONGITUDE))
    return DayFacts(day, lunar_text(day), solar_term_text(day), sun.rise, sun.set, _duty(session, day))


def _duty(session: Session, day: date) -> tuple[tuple[str, str], ...]:
    """Who is here today, the secretary first, then 前台 and 网格员; who is away stands with the deputy."""
    away = staff.deputies(session, day)
    order = ("secretary", "front_desk", "grid_worker")
    rows = [(r, next((o for o in order if o in r.roles), "")) for r in staff.list_accounts(session)]
    here = [(r, role) for r, role in rows if role and r.id not in away]
    return tuple(
        (r.name, staff.ROLES[role]) for r, role in sorted(here, key=lambda each: order.index(each[1]))
    )


def read_round(session: Session, actor: Actor, clock: Clock) -> RoundFacts | None:
    """The round as far as this person may see; None for those who may see none of it."""
    if not actor.may(READ):
        return None
    now = clock.now()
    view = get_round(session, actor, now)
    evening = None if view.slot == "evening" else get_round(session, actor, now, slot="evening")
    alarms = tuple(AlarmFacts(a, _note(session, a)) for a in open_alarms(session, actor, now))
    return RoundFacts(
        now,
        view,
        evening,
        alarms,
        watch_state(session, now),
        last_days(session, actor, now),
        _positions(view),
    )


def _note(session: Session, alarm: AlarmRow) -> str:
    """Hearing before illness: whoever knocks must know it first."""
    facts = care_facts(session, alarm.resident_id)
    return next((word for word in (facts.hearing, facts.illness) if word), "") if facts else ""


def _positions(view: RoundView) -> tuple[tuple[str, str], ...]:
    """Where each worker is: the house of the newest look, for rounds begun and not signed off."""
    newest: dict[UUID, RoundRow] = {}
    for row in view.rows:
        seen = newest.get(row.worker_id)
        if row.look_at is not None and (seen is None or seen.look_at is None or row.look_at > seen.look_at):
            newest[row.worker_id] = row
    names = house_names(view)
    return tuple(
        (route.name, names.get(newest[route.worker_id].building_id, ""))
        for route in view.routes
        if route.signed_at is None and route.worker_id in newest and route.seen < route.due
    )


def house_names(view: RoundView) -> dict[UUID | None, str]:
    """How each house of a round is called in one word or two: 5 栋, 松涛里 5 栋 where two share a number."""
    houses = {r.building_id: (r.compound, r.building) for r in view.rows if r.building_id is not None}
    numbers = Counter(building for _compound, building in houses.values())
    return {
        key: building_name(building, compound if numbers[building] > 1 else "")
        for key, (compound, building) in houses.items()
    }


def building_name(building: str, compound: str = "") -> str:
    """5 → 5 栋; a name that says itself what it is stays (南楼)."""
    own = f"{building} 栋" if building[-1:].isdigit() else building
    return f"{compound} {own}" if compound else own
