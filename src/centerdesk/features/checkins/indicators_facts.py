"""The facts behind the figures, read once for all indicators that ask in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Alarm, ExpectedCheck
from centerdesk.features.checkins.rules import VOID
from centerdesk.features.checkins.rules_rates import AlarmFact, CheckFact, Rates, rates
from centerdesk.kernel.indicators import Span

Facts = tuple[tuple[CheckFact, ...], tuple[AlarmFact, ...]]
Group = Literal["grid", "worker"]

_CACHE = "checkins.facts"


def facts(session: Session, first: date, last: date, as_of: datetime) -> Facts:
    """Checks of the days whose windows were over at `as_of`, and their alarms; in the order they were due.

    A read transaction sees one state of the database, so what was read for one indicator serves the next.
    """
    transaction = session.get_transaction()
    held: tuple[object, dict[tuple[date, date, datetime], Facts]] | None = session.info.get(_CACHE)
    if held is None or held[0] is not transaction or transaction is None:
        held = None
    key = (first, last, as_of)
    if held is not None and (known := held[1].get(key)) is not None:
        return known
    found = (tuple(_checks(session, first, last, as_of)), tuple(_alarms(session, first, last, as_of)))
    if held is None:
        held = (session.get_transaction(), {})
        session.info[_CACHE] = held
    held[1][key] = found
    return found


def _checks(session: Session, first: date, last: date, as_of: datetime) -> Iterable[CheckFact]:
    c = ExpectedCheck
    stmt = (
        select(c.id, c.day, c.slot, c.state, c.first_look_at, c.in_time, c.worker_id, c.grid_id)
        .where(c.day.between(first, last), c.due_at <= as_of, c.state != VOID)
        .order_by(c.due_at, c.id)
    )
    for row in session.execute(stmt):
        seen = row.first_look_at is not None and row.first_look_at <= as_of
        yield CheckFact(row.id, row.day, row.slot, row.state, seen, row.in_time, row.worker_id, row.grid_id)


def _alarms(session: Session, first: date, last: date, as_of: datetime) -> Iterable[AlarmFact]:
    c, a = ExpectedCheck, Alarm
    stmt = (
        select(a.id, a.check_id, a.opened_as, a.raised_at, a.closed_at, a.outcome, c.worker_id, c.grid_id)
        .join(c, c.id == a.check_id)
        .where(c.day.between(first, last), c.due_at <= as_of, a.raised_at <= as_of, c.state != VOID)
        .order_by(a.raised_at, a.id)
    )
    for row in session.execute(stmt):
        closed = row.closed_at is not None and row.closed_at <= as_of
        yield AlarmFact(
            row.id, row.check_id, row.opened_as, row.raised_at, row.closed_at if closed else None,
            row.outcome if closed else "", row.worker_id, row.grid_id,
        )  # fmt: skip


def grouped_rates(session: Session, span: Span, by: Group) -> Mapping[UUID | None, Rates]:
    """The figures of the span by grid or by worker; None is the station as a whole and is always there."""
    checks, alarms = facts(session, span.first, span.last, span.as_of)
    groups: dict[UUID | None, tuple[list[CheckFact], list[AlarmFact]]] = {}
    for check in checks:
        key = check.grid_id if by == "grid" else check.worker_id
        groups.setdefault(key, ([], []))[0].append(check)
    for alarm in alarms:
        key = alarm.grid_id if by == "grid" else alarm.worker_id
        groups.setdefault(key, ([], []))[1].append(alarm)
    groups.pop(None, None)  # homes without a grid are in the station's figure only
    found: dict[UUID | None, Rates] = {key: rates(*group) for key, group in groups.items()}
    found[None] = rates(checks, alarms)
    return found
