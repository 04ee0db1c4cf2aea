"""Past windows as rows ready for a bulk insert: the check, its looks, the alarm that history holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from centerdesk.features.checkins.commands_alarming import CLOSED_STEP
from centerdesk.features.checkins.models import Alarm, AlarmStep, ExpectedCheck, Look
from centerdesk.features.checkins.rules import DUE, OK, PAUSED, UNSEEN, Projection, Row, Sight, with_look
from centerdesk.features.checkins.rules_alarm import BOOKED_LATER, BY_LOOK, IN_PERSON, SEEN_LATER
from centerdesk.features.checkins.rules_ladder import (
    Course,
    opening,
    passes_at,
    position,
    turned_from,
)
from centerdesk.features.checkins.rules_table import PastAlarm, TableLook, past_alarm
from centerdesk.kernel.commands import UnitOfWork
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record

OLD = timedelta(days=1)
"""An alarm that history holds and nobody closed is left open when it is younger than this."""


class Outcome(NamedTuple):
    """How an alarm of history was closed."""

    closed_at: datetime
    outcome: str
    seen_by: str
    by_id: UUID | None


@record
class Closer:
    """Who books, and when: the person who ends alarms of history that nobody wrote an outcome for."""

    by_id: UUID | None
    now: datetime


@record
class PastWindow:
    """One window that is over: the row as planned, its looks by instant, its outcome line if any."""

    row: Row
    looks: tuple[TableLook, ...]
    outcome: Outcome | None = None


@dataclass(slots=True)
class Batch:
    """Rows waiting to be written, parents before children."""

    checks: list[dict[str, Any]] = field(default_factory=list)
    looks: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def write(self, uow: UnitOfWork) -> None:
        for model, rows in (
            (ExpectedCheck, self.checks), (Look, self.looks), (Alarm, self.alarms), (AlarmStep, self.steps),
        ):  # fmt: skip
            if rows:
                uow.bulk_insert(model, rows)


def window_rows(batch: Batch, window: PastWindow, workers: Mapping[str, UUID], closer: Closer) -> None:
    """Add one past window to the batch. Looks during a pause are kept as facts and count for nothing."""
    row, check_id = window.row, uuid7()
    seen = Projection(row.state)
    for look in window.looks:
        by_id = workers.get(look.worker)
        batch.looks.append(
            {
                "check_id": check_id, "at": look.at, "state": look.state, "by_id": by_id, "source": "import",
                "note": look.note[:200],
            }
        )  # fmt: skip
        if row.state != PAUSED:
            seen = with_look(seen, Sight(look.at, look.state, by_id), row.opens_at, row.due_at)
    state = UNSEEN if seen.state == DUE else seen.state
    batch.checks.append(
        {
            "id": check_id, "enrolment_id": row.enrolment_id, "day": row.day, "slot": row.slot,
            "opens_at": row.opens_at, "due_at": row.due_at, "state": state, "looks": seen.looks,
            "in_time": seen.in_time, "first_look_at": seen.first_look_at, "last_look_at": seen.last_look_at,
            "worker_id": row.worker_id, "dwelling_id": row.dwelling_id, "grid_id": row.grid_id,
            "looked_by": seen.looked_by,
        }
    )  # fmt: skip
    if row.state == PAUSED:
        return
    past = past_alarm([(look.at, look.state) for look in window.looks], row.due_at)
    if past is not None:
        _alarm_rows(batch, check_id, past, window, closer)


def _alarm_rows(batch: Batch, check_id: UUID, past: PastAlarm, window: PastWindow, closer: Closer) -> None:
    alarm_id = uuid7()
    course = _course(past)
    ending = _ending(past, window, closer)
    here = position(course, closer.now)
    batch.alarms.append(
        {
            "id": alarm_id, "check_id": check_id, "opened_as": past.opened_as, "kind": past.kind,
            "raised_at": past.raised_at, "ladder_from": course.ladder_from, "step": course.rungs[here].step,
            "step_due_at": None if ending else passes_at(course, closer.now), "assigned_to": None,
            "acknowledged_at": ending and ending.closed_at, "acknowledged_by": ending and ending.by_id,
            "escalated": past.escalated, "late_look_at": past.late_look_at,
            "closed_at": ending and ending.closed_at, "closed_by": ending and ending.by_id,
            "outcome": ending.outcome if ending else "", "seen_by": ending.seen_by[:40] if ending else "",
            "sighting": _sighting(ending),
        }
    )  # fmt: skip
    if ending:
        batch.steps.append(
            {
                "alarm_id": alarm_id, "ordinal": 0, "step": CLOSED_STEP, "reached_at": ending.closed_at,
                "taken_at": ending.closed_at, "taken_by": ending.by_id, "act": "", "result": ending.outcome,
            }
        )  # fmt: skip


def _course(past: PastAlarm) -> Course:
    if past.opened_as == UNSEEN and past.escalated:
        return Course(UNSEEN, past.kind, past.raised_at, turned_from(past.raised_at))
    return Course(past.opened_as, past.kind, past.raised_at, opening(past.kind, past.raised_at))


def _ending(past: PastAlarm, window: PastWindow, closer: Closer) -> Outcome | None:
    """Its outcome line; a late look settles an 未看; what is old is closed as booked later; else open."""
    if window.outcome is not None:
        return window.outcome
    if past.opened_as != UNSEEN:
        return None
    if past.late_look_at is not None and all(look.state == OK for look in window.looks):
        return Outcome(past.late_look_at, SEEN_LATER, window.looks[0].worker, closer.by_id)
    if closer.now - past.raised_at >= OLD:
        return Outcome(closer.now, BOOKED_LATER, "", closer.by_id)
    return None


def _sighting(ending: Outcome | None) -> str:
    if ending is None or ending.outcome == BOOKED_LATER:
        return ""
    return BY_LOOK if ending.outcome == SEEN_LATER else IN_PERSON
