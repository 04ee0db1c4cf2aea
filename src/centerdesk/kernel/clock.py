"""Time: aware UTC instants in storage, Shanghai days and months on screen and paper.

All code takes a `Clock`; nothing else may ask the machine for the time (a lint rule and a test see to it).
"""

from __future__ import annotations

import time as _time
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where instants come from. Any thread."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean anything."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return _time.monotonic()


class FixedClock:
    """A clock that stands where it was put: demo, drills (`--now`) and tests. `advance` moves it."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise TypeError("a clock needs an aware instant")
        self._at = at.astimezone(UTC)
        self._ticks = at.timestamp()  # so that a later drill in a new process has ticked on

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._ticks

    def advance(self, delta: timedelta) -> None:
        """Let time pass."""
        self._at += delta
        self._ticks += delta.total_seconds()

    def set(self, at: datetime) -> None:
        """Put the wall clock elsewhere, as a person or a dead CMOS battery does; the monotonic clock stays."""
        self._at = at.astimezone(UTC)


class RunningClock:
    """A clock that was set to an instant and goes on from there: the demo's desk, drills with a screen."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise TypeError("a clock needs an aware instant")
        self._start, self._since = start.astimezone(UTC), _time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=_time.monotonic() - self._since)

    def monotonic(self) -> float:
        return _time.monotonic()


def local(at: datetime) -> datetime:
    """The instant as Shanghai wall time."""
    return at.astimezone(SHANGHAI)


def minute_of_day(at: datetime) -> int:
    """Minutes since midnight in Shanghai, 0 to 1439."""
    wall = local(at)
    return wall.hour * 60 + wall.minute


def today(clock: Clock) -> date:
    """The Shanghai day, whatever the PC's zone."""
    return local(clock.now()).date()


def until_said(at: datetime, *, year: bool = False) -> str:
    """An end in words: 12-03 08:41, and a midnight as 24:00 of the day that it ends; with its year on paper."""
    here = local(at)
    day = "%Y-%m-%d" if year else "%m-%d"
    if (here.hour, here.minute) == (0, 0):
        return f"{here - timedelta(days=1):{day}} 24:00"
    return f"{here:{day} %H:%M}"


def instant(day: date, at: time) -> datetime:
    """The UTC instant of a Shanghai wall time."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of the Shanghai day and of the next one (half open)."""
    return instant(day, time.min), instant(day + timedelta(days=1), time.min)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A report month (报告期), for example 2026-11."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """`2026-11`. Raises ValueError for anything else."""
        year, dash, month = text.partition("-")
        if not (
            dash
            and len(year) == 4
            and len(month) == 2
            and (year + month).isascii()
            and (year + month).isdigit()
        ):
            raise ValueError(f"not a month: {text!r}")
        return cls(int(year), int(month))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First instant of the month and of the next one (half open), UTC."""
        return day_bounds(self.first)[0], day_bounds(self.next.first)[0]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
