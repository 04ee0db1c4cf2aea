"""Which backups stay, with fixed dates (RELIABILITY 3.8)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from centerdesk.kernel.clock import local
from centerdesk.kernel.retention import Kept, obsolete

NOW = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai


def kept(ago: timedelta, *, migration: bool = False, good: bool = True, name: str = "") -> Kept:
    at = NOW - ago
    return Kept(name or f"{at:%Y-%m-%d_%H%M}", at, migration, good)


def stays(backups: list[Kept], now: datetime = NOW) -> list[str]:
    gone = set(obsolete(backups, now))
    return [each.name for each in backups if each.name not in gone]


def test_all_of_two_days_stay() -> None:
    backups = [kept(timedelta(minutes=30 * number)) for number in range(97)]  # the last is 48 h old, exactly
    assert obsolete(backups, NOW) == []


def test_a_day_is_stood_for_by_its_newest() -> None:
    day = timedelta(days=5)
    backups = [kept(day), kept(day + timedelta(hours=1)), kept(day + timedelta(hours=5))]
    assert stays([*backups, kept(timedelta())]) == ["2026-11-28_1000", "2026-12-03_1000"]


def test_days_are_those_of_shanghai() -> None:
    before = Kept("before", datetime(2026, 11, 20, 15, 59, tzinfo=UTC), False, True)
    after = Kept("after", datetime(2026, 11, 20, 16, 1, tzinfo=UTC), False, True)
    assert obsolete([before, after, kept(timedelta())], NOW) == []
    same = Kept("same", datetime(2026, 11, 20, 16, 0, tzinfo=UTC), False, True)
    assert obsolete([before, same, after, kept(timedelta())], NOW) == ["same"]


def test_a_good_one_stands_for_its_day_before_a_newer_bad_one() -> None:
    day = timedelta(days=5)
    backups = [
        kept(day, good=False, name="bad"),
        kept(day + timedelta(hours=3), name="good"),
        kept(timedelta(), name="now"),
    ]
    assert stays(backups) == ["good", "now"]


def test_the_last_three_before_a_migration_stay() -> None:
    old = [kept(timedelta(days=2000 + number), migration=True, name=f"m{number}") for number in range(5)]
    fresh = [kept(timedelta(days=number)) for number in range(400)]
    left = stays(fresh + old)
    assert {"m0", "m1", "m2"} <= set(left)
    assert "m4" not in left


def test_the_last_good_one_never_goes() -> None:
    good = kept(timedelta(days=3000), name="only good one")
    bad = [kept(timedelta(days=number), good=False) for number in range(900)]
    assert "only good one" in stays([*bad, good])


def test_one_from_the_future_stays() -> None:
    assert obsolete([kept(timedelta(days=-400)), kept(timedelta())], NOW) == []
    assert obsolete([], NOW) == []


def test_two_years_of_daily_use_end_in_the_promised_numbers() -> None:
    """Thinned after every backup, three a day: 2 days whole, 12 daily, 10 weekly, 9 monthly."""
    backups: list[Kept] = []
    now = NOW - timedelta(days=730)
    while now <= NOW:
        backups.append(Kept(f"{now:%Y-%m-%d_%H%M}", now, False, True))
        gone = set(obsolete(backups, now))
        backups = [each for each in backups if each.name not in gone]
        now += timedelta(hours=8)
    old = sorted(
        (each for each in backups if each.made_at < NOW - timedelta(days=2)), key=_when, reverse=True
    )
    assert len([each for each in backups if each.made_at >= NOW - timedelta(days=2)]) == 7
    assert len(old) == 12 + 10 + 9
    days = [local(each.made_at).date() for each in old]
    assert len(set(days[:12])) == 12
    assert days[0] - days[11] == timedelta(days=11)
    assert len({day.isocalendar()[:2] for day in days[12:22]}) == 10
    assert len({(day.year, day.month) for day in days[22:]}) == 9
    assert NOW - old[-1].made_at > timedelta(days=300)


def _when(each: Kept) -> datetime:
    return each.made_at


@pytest.mark.parametrize("seed", range(20))
def test_thinning_again_removes_nothing_more(seed: int) -> None:
    draw = random.Random(seed)
    backups = [
        kept(
            timedelta(minutes=draw.randrange(2_000_000)),
            migration=draw.random() < 0.02,
            good=draw.random() < 0.9,
            name=str(number),
        )
        for number in range(300)
    ]
    left = set(stays(backups))
    assert obsolete([each for each in backups if each.name in left], NOW) == []
