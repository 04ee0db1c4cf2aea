"""What the watcher writes: the rows of the days ahead, the alarms that are due, and the rungs passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins import commands_alarming as alarming
from centerdesk.features.checkins import commands_planning as planning
from centerdesk.features.checkins.models import Alarm, ExpectedCheck, WatcherBeat, WatchGap
from centerdesk.features.checkins.rules import DUE, UNSEEN
from centerdesk.features.checkins.rules_watch import CLOCK, Pending, due_alarms
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, NotFound
from centerdesk.kernel.identity import Actor, Reach, system_actor
from centerdesk.kernel.record import record

WATCH = "station.watch"  # no role holds it: only the system acts so
BATCH = 250
"""Alarms one tick raises or climbs at most."""


def watcher(desk: str = "") -> Actor:
    """The actor of the watcher: no account, one permission."""
    return system_actor([WATCH], desk)


@record
class EnsureExpected(Command[int]):
    """备应看. Make and mend the expected rows of the days ahead; a second run changes nothing.

    Returns how many rows were made or changed.
    """

    label: ClassVar[str] = "备应看"
    permission: ClassVar[str] = WATCH
    reach: ClassVar[Reach] = Reach.ALL
    undoable: ClassVar[bool] = False
    at: datetime | None = None

    def execute(self, uow: UnitOfWork) -> int:
        return planning.carry_out(uow, planning.plan(uow.session, self.at or uow.now))


@record
class TickResult:
    """What one tick did. `raised` are alarms in the order their windows ended."""

    expected: int
    raised: tuple[UUID, ...]
    climbed: tuple[UUID, ...]


@record
class Tick(Command[TickResult]):
    """看护一次. Raise every overdue alarm, oldest first, over any gap; climb the open ones; mend the list.

    `at` is the effective time of the watcher. `fill`: also make up days that have no rows because nobody
    watched. An open alarm of somebody who is on leave by now goes to the deputy. At most `BATCH` alarms a run,
    so that the desk can write in between; the watcher runs again until nothing is due. Nothing is closed,
    nothing is marked seen.
    """

    label: ClassVar[str] = "看护：发报警"
    permission: ClassVar[str] = WATCH
    reach: ClassVar[Reach] = Reach.ALL
    undoable: ClassVar[bool] = False
    at: datetime
    fill: bool = True

    def execute(self, uow: UnitOfWork) -> TickResult:
        expected = planning.carry_out(uow, planning.plan(uow.session, self.at, fill=self.fill))
        raised = tuple(self._raise(uow))
        climbed = tuple(self._climb(uow))
        for alarm_id, deputy in alarming.orphaned(uow.session, self.at):
            uow.get(Alarm, alarm_id).assigned_to = deputy
        uow.count(raised=len(raised), climbed=len(climbed))
        return TickResult(expected, raised, climbed)

    def _raise(self, uow: UnitOfWork) -> Iterator[UUID]:
        pending = [Pending(r.id, r.due_at, r.state, r.looks) for r in uow.session.execute(overdue(self.at))]
        for late in due_alarms(pending, self.at):
            check = uow.get(ExpectedCheck, late.check_id)
            check.state = UNSEEN
            alarm = alarming.alarm_of(uow.session, check.id)
            if alarm is None:
                alarm = alarming.open_alarm(uow, check, alarming.unseen_course(check.due_at))
            elif alarm.closed_at is not None:  # a look was taken back: the window has no sighting any more
                alarming.reopen(alarm)
            alarming.climb(uow, alarm, self.at)
            yield alarm.id

    def _climb(self, uow: UnitOfWork) -> Iterator[UUID]:
        alarms: list[Alarm] = list(uow.session.scalars(passing(self.at)))
        for alarm in alarms:
            if alarming.climb(uow, alarm, self.at):
                yield alarm.id


@record
class NoteBeat(Command[None]):
    """记心跳. The heartbeat of a tick that a person ran by hand (demo, restore); the watcher keeps its own."""

    label: ClassVar[str] = "记看护心跳"
    permission: ClassVar[str] = WATCH
    reach: ClassVar[Reach] = Reach.ALL
    undoable: ClassVar[bool] = False
    pid: int

    def execute(self, uow: UnitOfWork) -> None:
        beat = uow.session.get(WatcherBeat, 1)
        if beat is None:
            uow.session.add(WatcherBeat(id=1, at=uow.now, high_water=uow.now, pid=self.pid))
        else:
            beat.at, beat.high_water, beat.pid = uow.now, max(uow.now, beat.high_water), self.pid


def overdue(at: datetime) -> Select[UUID, datetime, str, int]:
    """Checks whose window is over with nobody having looked; no lower bound."""
    c = ExpectedCheck
    return (
        select(c.id, c.due_at, c.state, c.looks)
        .where(c.state == DUE, c.due_at <= at)
        .order_by(c.due_at, c.id)
        .limit(BATCH)
    )


def passing(at: datetime) -> Select[Any]:
    """Open alarms whose present rung is over, longest overdue first."""
    return (
        select(Alarm)
        .where(Alarm.closed_at.is_(None), Alarm.step_due_at <= at)
        .order_by(Alarm.step_due_at, Alarm.id)
        .limit(BATCH)
    )


def must_write(session: Session, at: datetime) -> bool:
    """Whether a tick at `at` would find an alarm to raise or to climb; two index look-ups."""
    return (
        session.scalar(overdue(at).limit(1)) is not None or session.scalar(passing(at).limit(1)) is not None
    )


@record
class ConfirmGap(Command[None]):
    """认下没看着的时段. A person has seen that nobody watched, or that the clock jumped.

    Confirming a clock jump says that the machine's clock is right now: effective time starts from it again.
    """

    label: ClassVar[str] = "确认没看着的时段"
    permission: ClassVar[str] = "checkins.acknowledge"
    undoable: ClassVar[bool] = False
    gap_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        gap = uow.session.get(WatchGap, self.gap_id)
        if gap is None:
            raise NotFound("没有这条记录。请刷新后再看。")
        if gap.confirmed_by is not None:
            raise ConflictError("这一段已经有人确认过了。")
        gap.confirmed_by = uow.actor.account_id
        beat = uow.session.get(WatcherBeat, 1)
        if gap.cause == CLOCK and beat is not None:
            beat.high_water = uow.now
        uow.about("watch_gap", gap.id)
