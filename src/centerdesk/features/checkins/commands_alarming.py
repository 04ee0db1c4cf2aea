"""Opening, changing and climbing alarms inside a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins import rules_ladder
from centerdesk.features.checkins.models import Alarm, AlarmStep, ExpectedCheck
from centerdesk.features.checkins.rules import OK, TROUBLE, UNSEEN
from centerdesk.features.checkins.rules_alarm import BY_LOOK, SEEN_LATER, Alarming, after_look
from centerdesk.features.checkins.rules_ladder import Action, Course, by_clock, passes_at, position, reached
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import UnitOfWork

CLOSED_STEP, REOPENED_STEP, LOOK_STEP = "closed", "reopened", "look"
"""Entries of an alarm's history that are no rungs."""


def course_of(alarm: Alarm) -> Course:
    return Course(alarm.opened_as, alarm.kind, alarm.raised_at, alarm.ladder_from)


def alarm_of(session: Session, check_id: UUID) -> Alarm | None:
    return session.scalar(select(Alarm).where(Alarm.check_id == check_id))


def actions_of(session: Session, alarm_id: UUID) -> list[Action]:
    """What was written down since the alarm was opened for the last time, in order; without names."""
    stmt = select(AlarmStep).where(AlarmStep.alarm_id == alarm_id).order_by(AlarmStep.ordinal)
    return since_reopened([Action(s.step, s.taken_at, "", s.result, s.act) for s in session.scalars(stmt)])


def since_reopened(actions: Sequence[Action]) -> list[Action]:
    """Only what belongs to the present opening of the alarm."""
    last = max((i for i, a in enumerate(actions) if a.step == REOPENED_STEP), default=-1)
    return list(actions[last + 1 :])


def add_step(
    uow: UnitOfWork, alarm: Alarm, step: str, at: datetime, *, taken: bool, act: str = "", result: str = ""
) -> AlarmStep:
    """Append one entry to the alarm's history; `taken` names the actor as the one who did it."""
    last = uow.session.scalar(select(func.max(AlarmStep.ordinal)).where(AlarmStep.alarm_id == alarm.id))
    return uow.add(
        AlarmStep(
            alarm_id=alarm.id,
            ordinal=0 if last is None else last + 1,
            step=step,
            reached_at=at,
            taken_at=at if taken else None,
            taken_by=uow.actor.account_id if taken else None,
            act=act,
            result=result,
        )
    )


def orphaned(session: Session, at: datetime) -> list[tuple[UUID, UUID]]:
    """Open alarms nobody was sent to whose round is with somebody who is not here at `at`, and who stands in."""
    away = staff.deputies(session, local(at).date())
    if not away:
        return []
    stmt = (
        select(Alarm.id, ExpectedCheck.worker_id)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .where(Alarm.closed_at.is_(None), Alarm.assigned_to.is_(None), ExpectedCheck.worker_id.in_(away))
        .order_by(Alarm.raised_at, Alarm.id)
    )
    return [(row.id, away[row.worker_id]) for row in session.execute(stmt)]


def open_alarm(uow: UnitOfWork, check: ExpectedCheck, course: Course) -> Alarm:
    """A new alarm for a window that has none, with the first rung of its ladder."""
    alarm = uow.add(
        Alarm(
            check_id=check.id,
            opened_as=course.opened_as,
            kind=course.kind,
            raised_at=course.raised_at,
            ladder_from=course.ladder_from,
            step="",
        )
    )
    climb(uow, alarm, uow.now)
    return alarm


def climb(uow: UnitOfWork, alarm: Alarm, at: datetime) -> bool:
    """Bring the alarm to where the clock `at` and the acts so far put it; rungs nobody took are kept.

    Returns whether anything changed. Never closes.
    """
    if alarm.closed_at is not None:
        return False
    before = (alarm.kind, alarm.step, alarm.step_due_at)
    actions = actions_of(uow.session, alarm.id)
    course = course_of(alarm)
    if by_clock(course, at) != course:
        _keep_rungs(uow, alarm, course, at, actions)
        course = by_clock(course, at)
        alarm.kind, alarm.ladder_from, alarm.escalated = course.kind, course.ladder_from, True
        actions = actions_of(uow.session, alarm.id)
    _keep_rungs(uow, alarm, course, at, actions)
    here = position(course, at, actions)
    alarm.step, alarm.step_due_at = course.rungs[here].step, passes_at(course, at, actions)
    uow.session.flush()
    return before != (alarm.kind, alarm.step, alarm.step_due_at)


def _keep_rungs(
    uow: UnitOfWork, alarm: Alarm, course: Course, at: datetime, actions: Sequence[Action]
) -> None:
    known = {a.step for a in actions}
    for rung in reached(course, at, actions):
        if rung.step not in known:
            add_step(uow, alarm, rung.step, min(course.planned(rung), at), taken=False)


def keep_alarm(uow: UnitOfWork, check: ExpectedCheck, state: str) -> UUID | None:
    """Let a look that was just booked have its effect on the alarm of its window; None when there is none."""
    alarm = alarm_of(uow.session, check.id)
    before = None if alarm is None else _as_rules(alarm)
    after = after_look(before, state, uow.now, check.due_at)
    if after is None:
        return None
    if alarm is None:
        uow.lasting()
        return open_alarm(uow, check, after.course).id
    if state == OK:
        add_step(uow, alarm, LOOK_STEP, uow.now, taken=True, result="再看，平安")
    _follow(uow, alarm, before or after, after)
    return alarm.id


def take_in(uow: UnitOfWork, check: ExpectedCheck, state: str, at: datetime) -> None:
    """Let a look of `at` that a table brought have its effect. A table opens alarms; it closes none (G17, G18)."""
    alarm = alarm_of(uow.session, check.id)
    if alarm is None:
        if state in TROUBLE:
            open_alarm(uow, check, look_course(state, at))
        return
    add_step(uow, alarm, LOOK_STEP, at, taken=True, result="导入的一次看窗")
    before = _as_rules(alarm)
    after = after_look(before, state, at, check.due_at)
    if after is not None and (alarm.closed_at is None or (state in TROUBLE and at > alarm.closed_at)):
        _follow(uow, alarm, before, replace(after, closed=False))


def _as_rules(alarm: Alarm) -> Alarming:
    return Alarming(course_of(alarm), alarm.escalated, alarm.late_look_at, alarm.closed_at is not None)


def _follow(uow: UnitOfWork, alarm: Alarm, before: Alarming, after: Alarming) -> None:
    alarm.late_look_at = after.late_look_at
    if before.closed and not after.closed:
        add_step(uow, alarm, REOPENED_STEP, uow.now, taken=True, result=alarm.outcome)
        reopen(alarm)
    if after.course != before.course:
        uow.lasting()  # the alarm rings anew; it ends by a person, not by Ctrl+Z
        alarm.kind, alarm.ladder_from = after.course.kind, after.course.ladder_from
        alarm.acknowledged_at = alarm.acknowledged_by = None
    if after.closed and not before.closed:
        close(uow, alarm, SEEN_LATER, BY_LOOK, uow.actor.name)
    climb(uow, alarm, uow.now)


def reopen(alarm: Alarm) -> None:
    """Make a closed alarm ring again; its first closing stays in the steps."""
    alarm.closed_at = alarm.closed_by = None
    alarm.outcome = alarm.sighting = alarm.seen_by = ""


def close(uow: UnitOfWork, alarm: Alarm, outcome: str, sighting: str, seen_by: str) -> None:
    """End an alarm by the person who acts. The rules have been asked before."""
    add_step(uow, alarm, CLOSED_STEP, uow.now, taken=True, result=outcome)
    alarm.closed_at, alarm.closed_by = uow.now, uow.actor.account_id
    alarm.outcome, alarm.sighting, alarm.seen_by = outcome, sighting, seen_by.strip()[:40]
    alarm.step_due_at = None
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = uow.now, uow.actor.account_id
    uow.session.flush()


def unseen_course(due_at: datetime) -> Course:
    return Course(UNSEEN, UNSEEN, due_at, rules_ladder.opening(UNSEEN, due_at))


def look_course(state: str, at: datetime) -> Course:
    return Course(state, state, at, rules_ladder.opening(state, at))
