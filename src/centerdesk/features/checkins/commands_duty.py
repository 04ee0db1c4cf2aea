"""Who is asked to go to an alarm, and so may see it and act at it: the worker, B 岗, whoever was sent, the secretary.

The ladder names people; whoever it has named by now must find the alarm on the own desk, in whichever grid it lies
(AB 顶岗). Who is not here hands on to whoever stands in.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.commands_alarming import course_of
from centerdesk.features.checkins.models import Alarm, ExpectedCheck
from centerdesk.features.checkins.rules_ladder import by_clock, reached
from centerdesk.features.places.models import GridDuty
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import PermissionDenied
from centerdesk.kernel.identity import Actor


class Duty:
    """值守. Who holds each role of the ladder on a day; accounts that are there, None where nobody is."""

    def __init__(self, session: Session, day: date) -> None:
        self._away = staff.deputies(session, day)
        self._workers = staff.holders(session, "grid_worker")
        self._front = staff.holders(session, "front_desk")
        secretaries = staff.holders(session, "secretary")
        here = next((s for s in secretaries if s not in self._away), None)
        self.secretary = here or self.present(next(iter(secretaries), None))
        stmt = select(GridDuty.grid_id, GridDuty.account_id).where(
            GridDuty.post == "B",
            GridDuty.first_on <= day,
            or_(GridDuty.last_on.is_(None), GridDuty.last_on >= day),
        )
        self._b = {r.grid_id: r.account_id for r in session.execute(stmt)}

    def present(self, account_id: UUID | None) -> UUID | None:
        """The account itself, or who stands in for it."""
        return self._away.get(account_id, account_id) if account_id else None

    def roles(self, alarm: Alarm, check: ExpectedCheck) -> dict[str, UUID | None]:
        """Role of a rung → the account it means at this alarm."""
        worker = self.present(check.worker_id)
        deputy = self._deputy(check, worker)
        return {
            "worker": worker,
            "deputy": deputy,
            "nearest": self.present(alarm.assigned_to) or deputy,
            "secretary": self.secretary,
        }

    def _deputy(self, check: ExpectedCheck, worker: UUID | None) -> UUID | None:
        """B of the grid, else another worker, else the front desk, else the secretary."""
        chosen = self.present(self._b.get(check.grid_id)) if check.grid_id else None
        if chosen is not None and chosen != worker:
            return chosen
        others = (a for a in (*self._workers, *self._front) if a != worker and a not in self._away)
        return next(others, self.secretary)

    def asks(self, alarm: Alarm, check: ExpectedCheck, now: datetime) -> frozenset[UUID]:
        """Everybody the ladder has named by now, by the clock or by what was done, and whoever was sent."""
        roles, course = self.roles(alarm, check), by_clock(course_of(alarm), now)
        rungs = {*reached(course, now), *(rung for rung in course.rungs if rung.step == alarm.step)}
        named = {roles.get(rung.role) for rung in rungs}
        named |= {roles["worker"], alarm.assigned_to, self.present(alarm.assigned_to)}
        return frozenset(a for a in named if a is not None)


def asked_for(session: Session, account_id: UUID | None, now: datetime) -> frozenset[UUID]:
    """The windows whose open alarms ask for this account at `now`."""
    if account_id is None:
        return frozenset()
    stmt = (
        select(Alarm, ExpectedCheck)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .where(Alarm.closed_at.is_(None))
    )
    found = session.execute(stmt).all()
    if not found:
        return frozenset()
    duty = Duty(session, local(now).date())
    return frozenset(check.id for alarm, check in found if account_id in duty.asks(alarm, check, now))


def require_reach(
    session: Session, actor: Actor, check: ExpectedCheck, permission: str, now: datetime
) -> None:
    """Raise PermissionDenied unless `permission` reaches the window: its grid, the own round, or its alarm asks."""
    if actor.account_id is not None and check.worker_id == actor.account_id:
        return
    try:
        actor.require_grid(permission, check.grid_id)
    except PermissionDenied:
        if not actor.may(permission) or check.id not in asked_for(session, actor.account_id, now):
            raise
