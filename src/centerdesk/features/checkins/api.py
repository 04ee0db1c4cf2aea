"""What features above, and the desk, may ask of the curtain signal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import case, false, func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.commands_planning import carry_out, plan
from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.checkins.queries import DaysFigure, get_round, last_days
from centerdesk.features.checkins.queries_alarm import (
    AlarmRow,
    LockedAlarm,
    WatchState,
    locked_alarms,
    open_alarms,
    watch_state,
)
from centerdesk.features.checkins.queries_next import NextRound, next_round
from centerdesk.features.checkins.rules import DUE, PAUSED, UNSEEN, VOID, Balance
from centerdesk.kernel.clock import instant
from centerdesk.kernel.commands import UnitOfWork
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record

__all__ = [
    "AlarmRow",
    "Balance",
    "BuildingStrip",
    "DaysFigure",
    "LockedAlarm",
    "NextRound",
    "RoundSummary",
    "WatchState",
    "balance",
    "last_days",
    "locked_alarms",
    "next_round",
    "open_alarms",
    "rebuild_expected",
    "round_summary",
    "watch_state",
]


@record
class BuildingStrip:
    """One house of the Today band: its windows' states in walking order."""

    compound: str
    building: str
    states: tuple[str, ...]


@record
class RoundSummary:
    """The present round in figures. `left` are windows still waiting or missed, `alarms` open ones of any day.

    `signed_at` is set once every route of the round is signed off.
    """

    day: date
    slot: str
    opens_at: datetime | None
    due_at: datetime | None
    expected: int
    seen: int
    ok: int
    left: int
    paused: int
    alarms: int
    buildings: tuple[BuildingStrip, ...]
    signed_at: datetime | None


def round_summary(session: Session, actor: Actor, now: datetime) -> RoundSummary:
    """What is left of the present round, for what the actor may see."""
    view = get_round(session, actor, now)
    houses: dict[tuple[str, str], list[str]] = {}
    for row in view.rows:
        houses.setdefault((row.compound, row.building), []).append(row.state)
    signed = [route.signed_at for route in view.routes]
    done = [at for at in signed if at is not None]
    return RoundSummary(
        view.day,
        view.slot,
        view.opens_at,
        view.due_at,
        view.expected,
        view.seen,
        view.counts.get("ok", 0),
        view.left,
        view.counts.get(PAUSED, 0),
        len(open_alarms(session, actor, now)),
        tuple(BuildingStrip(c, b, tuple(states)) for (c, b), states in houses.items()),
        max(done) if done and len(done) == len(signed) else None,
    )


def rebuild_expected(uow: UnitOfWork, day_from: date, days: int) -> int:
    """Bring the expected rows from `day_from` on in line with the enrolments; returns how many changed.

    For work that moves many homes at once (grid split, restore). What is over stays as it was.
    """
    at = max(uow.now, instant(day_from, datetime.min.time()))
    return carry_out(uow, plan(uow.session, at, days_ahead=days))


def balance(session: Session, first: date, last: date, at: datetime | None = None) -> Balance:
    """The nightly sum over these days, both inclusive: expected = seen + missed + excused (+ what is not due).

    `at`: the instant of asking; without it a row still `due` counts as not due yet.
    """
    c = ExpectedCheck
    over = (c.due_at <= at) if at is not None else false()
    seen = c.looks > 0
    wrong = (
        (seen != c.first_look_at.is_not(None))
        | (c.in_time & ~seen)
        | (seen & c.state.in_((DUE, UNSEEN, PAUSED)))
        | (~seen & c.state.not_in((DUE, UNSEEN, PAUSED)))
    )
    missed = (c.state == UNSEEN) | ((c.state == DUE) & over)
    row = session.execute(
        select(
            func.count(),
            *(
                func.coalesce(func.sum(case((test, 1), else_=0)), 0)
                for test in (seen, missed, c.state == PAUSED, (c.state == DUE) & ~over, wrong)
            ),
        ).where(c.day.between(first, last), c.state != VOID)
    ).one()
    return Balance(*(int(value) for value in row))
