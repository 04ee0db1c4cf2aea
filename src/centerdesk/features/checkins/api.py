"""What features above may ask of the curtain signal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.checkins.rules import DUE, PAUSED, UNSEEN, VOID, Balance

__all__ = ["Balance", "balance"]


def balance(session: Session, first: date, last: date, at: datetime | None = None) -> Balance:
    """The nightly sum over these days, both inclusive: expected = seen + missed + excused (+ what is not due).

    `at`: the instant of asking; without it a row still `due` counts as not due yet.
    """
    c = ExpectedCheck
    over = (c.due_at <= at) if at is not None else (c.day < date.min)
    seen = c.looks > 0
    wrong = (
        (seen != c.first_look_at.is_not(None))
        | (c.in_time & ~seen)
        | (seen & c.state.in_((DUE, UNSEEN, PAUSED)))
        | (~seen & c.state.not_in((DUE, UNSEEN, PAUSED)))
    )
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((seen, 1), else_=0)), 0),
            func.coalesce(func.sum(case(((c.state == UNSEEN) | ((c.state == DUE) & over), 1), else_=0)), 0),
            func.coalesce(func.sum(case((c.state == PAUSED, 1), else_=0)), 0),
            func.coalesce(func.sum(case(((c.state == DUE) & ~over, 1), else_=0)), 0),
            func.coalesce(func.sum(case((wrong, 1), else_=0)), 0),
        ).where(c.day.between(first, last), c.state != VOID)
    ).one()
    return Balance(*(int(value) for value in row))
