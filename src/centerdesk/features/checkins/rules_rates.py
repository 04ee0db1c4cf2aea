"""The figures of the curtain signal, F1 to F6 of FEATURES 3.1, from plain facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from statistics import median
from typing import NamedTuple
from uuid import UUID

from centerdesk.features.checkins.rules import PAUSED, UNSEEN
from centerdesk.features.checkins.rules_alarm import FALSE_ALARMS
from centerdesk.kernel.record import record


class CheckFact(NamedTuple):
    """One expected check whose window is over: what the rates need of it. `seen` as of the asking."""

    check_id: UUID
    day: date
    slot: str
    state: str
    seen: bool
    in_time: bool
    worker_id: UUID
    grid_id: UUID | None


class AlarmFact(NamedTuple):
    """One alarm of such a check. `closed_at` None: still open as of the asking."""

    alarm_id: UUID
    check_id: UUID
    opened_as: str
    raised_at: datetime
    closed_at: datetime | None
    outcome: str
    worker_id: UUID
    grid_id: UUID | None

    @property
    def from_look(self) -> bool:
        return self.opened_as != UNSEEN

    @property
    def minutes(self) -> float | None:
        if self.closed_at is None:
            return None
        return (self.closed_at - self.raised_at).total_seconds() / 60


@record
class Rates:
    """One group's figures. Every list is ids in the order the facts came; n and d are their lengths.

    Durations are minutes with one decimal, over closed alarms from a look; None without any.
    """

    due: tuple[UUID, ...]
    paused: tuple[UUID, ...]
    seen: tuple[UUID, ...]
    in_time: tuple[UUID, ...]
    missed: tuple[UUID, ...]
    late: tuple[UUID, ...]
    look_alarms: tuple[UUID, ...]
    unseen_alarms: tuple[UUID, ...]
    false_alarms: tuple[UUID, ...]
    open_alarms: tuple[UUID, ...]
    handling_median: float | None
    handling_max: float | None
    days_at_end: int
    days_longest: int


def rates(checks: Sequence[CheckFact], alarms: Iterable[AlarmFact]) -> Rates:
    """F1 to F6 of these checks and alarms. A paused window is in no rate; seen + missed = due, always."""
    counted = [c for c in checks if c.state != PAUSED]
    from_look: list[AlarmFact] = []
    from_nobody: list[AlarmFact] = []
    for alarm in alarms:
        (from_look if alarm.from_look else from_nobody).append(alarm)
    minutes = [m for a in from_look if (m := a.minutes) is not None]
    at_end, longest = runs(checks)
    return Rates(
        due=tuple(c.check_id for c in counted),
        paused=tuple(c.check_id for c in checks if c.state == PAUSED),
        seen=tuple(c.check_id for c in counted if c.seen),
        in_time=tuple(c.check_id for c in counted if c.seen and c.in_time),
        missed=tuple(c.check_id for c in counted if not c.seen),
        late=tuple(c.check_id for c in counted if c.seen and not c.in_time),
        look_alarms=tuple(a.alarm_id for a in from_look),
        unseen_alarms=tuple(a.alarm_id for a in from_nobody),
        false_alarms=tuple(a.alarm_id for a in from_look if a.outcome in FALSE_ALARMS),
        open_alarms=tuple(a.alarm_id for a in from_look if a.closed_at is None),
        handling_median=round(median(minutes), 1) if minutes else None,
        handling_max=round(max(minutes), 1) if minutes else None,
        days_at_end=at_end,
        days_longest=longest,
    )


def runs(checks: Iterable[CheckFact]) -> tuple[int, int]:
    """F6: how many days in a row nothing was missed, up to the last day and at the longest.

    A day without any window that is over counts neither way.
    """
    good: dict[date, bool] = {}
    for check in checks:
        missed = check.state != PAUSED and not check.seen
        good[check.day] = good.get(check.day, True) and not missed
    longest = run = 0
    for day in sorted(good):
        run = run + 1 if good[day] else 0
        longest = max(longest, run)
    return run, longest
