"""放假安排 of one year as people read it: each holiday with its days off and the days worked instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from centerdesk.kernel.calendar import YEARS, Calendar
from centerdesk.kernel.record import record
from centerdesk.qtkit.labels import tr

ANNOUNCED_FROM = 11
"""The month from which the State Council's notice of the next year is to be expected."""


@record
class Holiday:
    """One holiday of a year (一个假): its stretch of days off, and the days worked instead."""

    name: str
    off: tuple[date, ...]
    on: tuple[date, ...]

    @property
    def words(self) -> str:
        """`2 月 15 日–21 日放 7 天，2 月 14 日、28 日上班`."""
        parts = []
        if self.off:
            parts.append(tr("{}放 {} 天").format(_stretches(self.off), len(self.off)))
        if self.on:
            parts.append(tr("{}上班").format(_stretches(self.on)))
        return tr("，").join(parts)


def holidays_of(calendar: Calendar, year: int) -> tuple[Holiday, ...]:
    """What is announced and what the station added, in the order of the year."""
    days: dict[str, tuple[list[date], list[date]]] = {}
    marked = {day: (off, name) for day, (off, name) in calendar.announced.items()}
    marked |= {day: (True, name) for day, name in calendar.days_off.items()}
    marked |= {day: (False, name) for day, name in calendar.days_on.items()}
    for day, (off, name) in sorted(marked.items()):
        if day.year == year:
            days.setdefault(name or tr("站里定的"), ([], []))[0 if off else 1].append(day)
    return tuple(Holiday(name, tuple(off), tuple(on)) for name, (off, on) in days.items())


def gap_words(calendar: Calendar, day: date) -> str:
    """What to say of a year that nobody has entered; "" while every year that matters is there."""
    years = [day.year, *([day.year + 1] if day.month >= ANNOUNCED_FROM else [])]
    missing = [year for year in years if year not in calendar.years]
    if not missing:
        return ""
    named = tr("、").join(str(year) for year in missing)
    return tr("{} 年的放假安排还没有录，暂按双休算。国务院通知出来后在这里补上，再把年份写进“{}”。").format(
        named, YEARS.title
    )


def _stretches(days: Sequence[date]) -> str:
    return tr("、").join(_stretch(first, last) for first, last in _runs(days))


def _stretch(first: date, last: date) -> str:
    begin = tr("{} 月 {} 日").format(first.month, first.day)
    if first == last:
        return begin
    if first.month == last.month:
        return tr("{}–{} 日").format(begin, last.day)
    return tr("{}–{} 月 {} 日").format(begin, last.month, last.day)


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
