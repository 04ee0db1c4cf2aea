"""What people do at an alarm: take it, write down what was done, close it. Nothing else ends one (G17)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.checkins import commands_alarming as alarming
from centerdesk.features.checkins.commands_duty import require_reach
from centerdesk.features.checkins.models import Alarm, AlarmStep, ExpectedCheck
from centerdesk.features.checkins.rules_alarm import close_problem
from centerdesk.features.checkins.rules_ladder import ACTS, Act, by_clock, position
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, NotFound, ValidationError
from centerdesk.kernel.record import record

ACKNOWLEDGE, CLOSE = "checkins.acknowledge", "checkins.close"


@record
class AcknowledgeAlarm(Command[None]):
    """我来接. Somebody is on it; the first one stays written. The ladder goes on all the same."""

    label: ClassVar[str] = "接报警"
    permission: ClassVar[str] = ACKNOWLEDGE
    undoable: ClassVar[bool] = False
    alarm_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        alarm = _open_alarm(uow, self.alarm_id, ACKNOWLEDGE)
        alarming.climb(uow, alarm, uow.now)
        alarm.assigned_to = uow.actor.account_id
        if alarm.acknowledged_at is None:
            alarm.acknowledged_at, alarm.acknowledged_by = uow.now, uow.actor.account_id


@record
class AdvanceAlarm(Command[str]):
    """记处置. One act at an open alarm: 无人应门, 补记电话, 直接入户 … Returns the rung it stands on then.

    `act` is a value of rules_ladder.Act. 见到本人 is written down here too, but only closing ends the alarm.
    `assignee_id`: who is sent (ASSIGN).
    """

    label: ClassVar[str] = "记处置"
    permission: ClassVar[str] = ACKNOWLEDGE
    undoable: ClassVar[bool] = False
    alarm_id: UUID
    act: str
    result: str = ""
    assignee_id: UUID | None = None

    def execute(self, uow: UnitOfWork) -> str:
        if self.act not in tuple(Act):
            raise ValidationError({"act": "没有这种处置，请从按钮里选。"})
        effect = ACTS[Act(self.act)]
        alarm = _open_alarm(uow, self.alarm_id, ACKNOWLEDGE)
        uow.about("alarm", alarm.id, self.act)
        alarming.climb(uow, alarm, uow.now)
        course = by_clock(alarming.course_of(alarm), uow.now)
        here = position(course, uow.now, alarming.actions_of(uow.session, alarm.id))
        names = [r.step for r in course.rungs]
        step = effect.step if effect.step in names else names[here]
        _take(uow, alarm, step or names[here], self.act, (self.result.strip() or effect.result)[:60])
        if alarm.acknowledged_at is None:
            alarm.acknowledged_at, alarm.acknowledged_by = uow.now, uow.actor.account_id
        alarm.assigned_to = self.assignee_id or alarm.assigned_to or uow.actor.account_id
        alarming.climb(uow, alarm, uow.now)
        return alarm.step


@record
class CloseAlarm(Command[None]):
    """结案. The only end of an alarm: a closing code, how the elder was seen, and by whom.

    Raises ValidationError for a code that what was seen does not bear out.
    """

    label: ClassVar[str] = "给报警结案"
    permission: ClassVar[str] = CLOSE
    undoable: ClassVar[bool] = False
    alarm_id: UUID
    outcome: str
    sighting: str
    seen_by: str
    version: int | None = None

    def execute(self, uow: UnitOfWork) -> None:
        alarm = _open_alarm(uow, self.alarm_id, CLOSE, self.version)
        check = uow.get(ExpectedCheck, alarm.check_id)
        problems = close_problem(self.outcome, self.sighting, self.seen_by, check.state, alarm.opened_as)
        if problems:
            raise ValidationError(problems)
        uow.about("alarm", alarm.id, self.outcome)
        alarming.climb(uow, alarm, uow.now)
        alarming.close(uow, alarm, self.outcome, self.sighting, self.seen_by)


def _open_alarm(uow: UnitOfWork, alarm_id: UUID, permission: str, version: int | None = None) -> Alarm:
    alarm = uow.session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFound("没有这个报警。请刷新后再看。")
    require_reach(uow.session, uow.actor, uow.get(ExpectedCheck, alarm.check_id), permission, uow.now)
    if alarm.closed_at is not None:
        raise ConflictError("这个报警已经有人结案了。请刷新，看看是怎么结的。")
    uow.get(Alarm, alarm_id, version)
    uow.about("alarm", alarm.id)
    return alarm


def _take(uow: UnitOfWork, alarm: Alarm, step: str, act: str, result: str) -> None:
    """Fill in the rung's own entry when nobody took it yet, else add another one: three calls are three."""
    entries = uow.session.scalars(
        select(AlarmStep)
        .where(AlarmStep.alarm_id == alarm.id, AlarmStep.step.in_((step, alarming.REOPENED_STEP)))
        .order_by(AlarmStep.ordinal)
    ).all()
    entry = entries[-1] if entries else None
    if entry is None or entry.taken_at is not None:
        alarming.add_step(uow, alarm, step, uow.now, taken=True, act=act, result=result)
        return
    entry.taken_at, entry.taken_by = uow.now, uow.actor.account_id
    entry.act, entry.result = act, result
    uow.session.flush()
