"""Pure rules of watching: what is overdue, what time it surely is, when nobody watched (RELIABILITY 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from centerdesk.features.checkins.rules import DUE
from centerdesk.kernel.record import record

BACK = timedelta(minutes=2)
"""A clock that goes back further must be confirmed by a person (G14)."""
FORWARD = timedelta(minutes=10)
"""So must one that goes forward further than this while the watcher runs."""
SILENT = timedelta(seconds=120)
"""A heartbeat older than this means that nobody watches (G16)."""
TICK_SECONDS = 10.0
TRUSTED = timedelta(days=31)
"""A longer gap is taken for a wrong clock until a person confirms it: no rows are made up for its days."""

OFF, CLOCK = "off", "clock"


class Pending(NamedTuple):
    """An expected check, as far as the question goes whether it is overdue."""

    check_id: UUID
    due_at: datetime
    state: str
    looks: int


def due_alarms(checks: Iterable[Pending], at: datetime) -> list[Pending]:
    """Those nobody looked at whose window is over at `at`, oldest first.

    No lower bound: what fell due in any gap is found. Who was seen, is paused or was alarmed is not `due`.
    """
    late = [c for c in checks if c.state == DUE and c.looks == 0 and c.due_at <= at]
    return sorted(late, key=lambda c: (c.due_at, c.check_id))


@record
class Anchor:
    """Where effective time is counted from: the latest instant ever seen, and both clocks at that moment."""

    high_water: datetime
    monotonic: float
    wall: datetime


def effective(anchor: Anchor | None, wall: datetime, monotonic: float) -> datetime:
    """The time that alarms go by: never before what was seen already, whatever the wall clock says (G14)."""
    if anchor is None:
        return wall
    elapsed = timedelta(seconds=max(0.0, monotonic - anchor.monotonic))
    return max(wall, anchor.high_water + elapsed)


@record
class Gap:
    """A stretch that was not watched, or over which the clock jumped; a person must confirm it."""

    from_at: datetime
    to_at: datetime
    cause: str


def gap_at_start(last_beat: datetime | None, high_water: datetime | None, wall: datetime) -> Gap | None:
    """What a starting watcher must own up to, from the heartbeat of the one before."""
    if last_beat is None or high_water is None:
        return None
    if wall < high_water - BACK:
        return Gap(wall, high_water, CLOCK)
    if wall - last_beat > SILENT:
        return Gap(last_beat, wall, OFF)
    return None


def gap_while_running(anchor: Anchor, wall: datetime, monotonic: float) -> Gap | None:
    """What happened since the last look: the clock was set, or the machine slept.

    Sleep and a clock set forward look the same where the monotonic clock stands still in sleep; beyond ten
    minutes it is called a clock change, because that is the one a person must check.
    """
    elapsed = timedelta(seconds=max(0.0, monotonic - anchor.monotonic))
    drift = (wall - anchor.wall) - elapsed
    if drift < -BACK:
        return Gap(wall, anchor.wall + elapsed, CLOCK)
    if drift > FORWARD:
        return Gap(anchor.wall, wall, CLOCK)
    if wall - anchor.wall > SILENT:
        return Gap(anchor.wall, wall, OFF)
    return None


QUIET = timedelta(minutes=2)
"""How long the sound stays away after somebody took the alarm (UI.md 15)."""
RING_SECONDS = 30.0


def rings(
    acknowledged_at: datetime | None, last_act_at: datetime | None, rung_taken: bool, now: datetime
) -> bool:
    """Whether an open alarm sounds: nobody is on it, or the two minutes are over and its rung is not taken."""
    if acknowledged_at is None:
        return True
    if rung_taken:
        return False
    last = max(acknowledged_at, last_act_at or acknowledged_at)
    return now - last >= QUIET
