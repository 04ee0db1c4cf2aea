"""Which backups are kept: all of 2 days, then 12 daily, 10 weekly, 9 monthly (RELIABILITY 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime, timedelta

from centerdesk.kernel.clock import local
from centerdesk.kernel.record import record

ALL_FOR = timedelta(days=2)
DAILY, WEEKLY, MONTHLY, BEFORE_MIGRATION = 12, 10, 9, 3


@record
class Kept:
    """What thinning looks at in one backup: its name, when it was made, why, and whether it is good."""

    name: str
    made_at: datetime
    before_migration: bool
    good: bool


def obsolete(backups: Sequence[Kept], now: datetime) -> list[str]:
    """Names that may go, oldest first. Days, weeks and months are those of Shanghai.

    Each kept day, week or month is stood for by its newest backup, a good one where there is one. Never goes:
    the last 3 before a migration, the newest good one, one from the future (the clock was wrong).
    """
    newest_first = sorted(backups, key=lambda each: each.made_at, reverse=True)
    kept = {each.name for each in newest_first if each.made_at >= now - ALL_FOR}
    kept |= {
        each.name for each in [each for each in newest_first if each.before_migration][:BEFORE_MIGRATION]
    }
    kept |= {each.name for each in [each for each in newest_first if each.good][:1]}
    older = [each for each in newest_first if each.made_at < now - ALL_FOR]
    for slots, period in ((DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)):
        chosen, older = _one_each(older, slots, period)
        kept |= chosen
    return [each.name for each in reversed(newest_first) if each.name not in kept]


def _one_each(
    newest_first: list[Kept], slots: int, period: Callable[[date], Hashable]
) -> tuple[set[str], list[Kept]]:
    """One backup for each of the newest `slots` periods, and what lies before all of these."""
    groups: dict[Hashable, list[Kept]] = {}
    for each in newest_first:
        groups.setdefault(period(local(each.made_at).date()), []).append(each)
    taken = list(groups.values())[:slots]
    rest = [each for group in list(groups.values())[slots:] for each in group]
    return {next((each for each in group if each.good), group[0]).name for group in taken}, rest


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: date) -> Hashable:
    return day.year, day.month
