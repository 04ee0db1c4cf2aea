"""Reading which round is on or comes next, for a desk where nobody has signed in: counts, no home and no name."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.checkins.rules import PAUSED, SLOT_TITLES, VOID
from centerdesk.kernel.clock import local
from centerdesk.kernel.record import record


@record
class NextRound:
    """下一轮. The round that is on or comes next. `days_ahead`: 0 today, 1 tomorrow; `expected` without `paused`."""

    days_ahead: int
    title: str
    opens_at: datetime
    due_at: datetime
    expected: int
    paused: int


def next_round(session: Session, now: datetime) -> NextRound | None:
    """The round that is on at `now`, or the next one of that day or the day after."""
    day, c = local(now).date(), ExpectedCheck.__table__.c
    stmt = (
        select(
            c.day,
            c.slot,
            func.min(c.opens_at),
            func.max(c.due_at),
            func.count(),
            func.sum(case((c.state == PAUSED, 1), else_=0)),
        )
        .where(c.day.in_((day, day + timedelta(days=1))), c.state != VOID)
        .group_by(c.day, c.slot)
        .order_by(func.min(c.opens_at))
    )
    for of_day, slot, opens, due, count, paused in session.execute(stmt):
        if due >= now:
            return NextRound((of_day - day).days, SLOT_TITLES[slot], opens, due, count - paused, paused)
    return None
