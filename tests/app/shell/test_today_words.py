"""The sentences of 今日, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from centerdesk.app.today.facts import RoundFacts, building_name
from centerdesk.app.today.month import month_facts
from centerdesk.app.today.words import (
    clocked,
    greeting,
    headline,
    minutes_said,
    rate_words,
    round_line,
    whole_minutes,
)
from centerdesk.features.checkins.queries import DaysFigure, RoundView, RouteRow
from centerdesk.features.checkins.queries_alarm import WatchState
from centerdesk.features.returns.queries import EditionRow
from centerdesk.kernel.clock import Month, instant

DAY = date(2026, 12, 3)


def at(text: str) -> datetime:
    return instant(DAY, time.fromisoformat(text))


@dataclass(frozen=True)
class Window:
    """All that the sentences ask of a window."""

    compound: str = "云和小区"


def facts(alarms: int = 0, signed: str = "", **counts: int) -> RoundFacts:
    """A morning round with these states; `alarms` stand as placeholders, the words only count them."""
    rows = tuple(Window() for _ in range(sum(counts.values())))
    done = at(signed) if signed else None
    routes = (RouteRow(UUID(int=1), "周敏", 0, len(rows), 0, done),) if rows else ()
    view = RoundView(
        DAY, "morning", at("07:30") if rows else None, at("09:00") if rows else None, rows, routes, counts
    )  # type: ignore[arg-type]  # of a window only its compound is asked
    days = DaysFigure(())
    return RoundFacts(
        at("08:41"), view, None, tuple(range(alarms)), WatchState(None, False, None, ()), days, ()
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wall", "given", "said"),
    [
        ("08:41", facts(2, ok=29, not_ok=1, unclear=1, due=9, paused=2), "还有 9 扇窗没看，2 户要处置"),
        ("08:41", facts(0, ok=31, due=9), "还有 9 扇窗没看"),
        ("07:10", facts(0, due=40), "早间 07:30 开始，40 扇窗"),
        ("09:20", facts(9, ok=31, unseen=9), "9 扇窗到点没人看，9 户要处置"),
        ("08:56", facts(1, ok=39, not_ok=1), "早间的窗都看到了，1 户要处置"),
        ("08:56", facts(0, ok=40), "早间 40 扇都看到了"),
        ("08:56", facts(0, ok=40, paused=2), "早间 40 扇都看到了"),
        ("08:56", facts(0), "今天没有要看的窗"),
        ("08:56", facts(1), "1 户要处置"),
    ],
)
def test_headline(wall, given, said):
    assert headline(given, at(wall)) == said


@pytest.mark.parametrize(
    ("wall", "given", "said"),
    [
        ("07:10", facts(0, due=40), "早间 07:30–09:00 · 离开窗 20 分钟"),
        ("09:10", facts(0, ok=39, unseen=1), "早间 07:30–09:00 · 已过收窗 10 分钟"),
        ("09:10", facts(0, ok=40), "早间 07:30–09:00 · 还没签收"),
        ("09:10", facts(0, signed="08:56", ok=40), "早间 07:30–09:00 · 签收于 08:56"),
    ],
)
def test_the_line_below(wall, given, said):
    assert round_line(given, at(wall)) == said


@pytest.mark.parametrize(
    ("wall", "word"),
    [("04:59", "夜里辛苦了"), ("05:00", "早上好"), ("10:59", "早上好"), ("11:00", "中午好"), ("13:00", "下午好"),
     ("17:59", "下午好"), ("18:00", "晚上好"), ("23:00", "夜里辛苦了")],
)  # fmt: skip
def test_greeting(wall, word):
    assert greeting(at(wall), "周敏") == f"{word}，周敏"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (646, "10:46"),
        (59, "00:59"),
        (0, "到点"),
        (-5, "到点"),
        (5999, "99:59"),
        (6000, "1:40:00"),
        (7384, "2:03:04"),
    ],
)
def test_countdown(left, said):
    now = at("08:41")
    assert clocked(now + timedelta(seconds=left), now) == said


def test_no_countdown_at_the_last_step():
    assert clocked(None, at("08:41")) == ""


@pytest.mark.parametrize(
    ("seen", "due", "said"),
    [(515, 518, ("99.4%", "515/518")), (999, 1000, ("99.9%", "999/1000")), (9999, 10000, ("99.9%", "9999/10000")),
     (40, 40, ("100.0%", "40/40")), (0, 0, ("—", "0/0"))],
)  # fmt: skip
def test_a_rate_never_rounds_up_to_all(seen, due, said):
    assert rate_words(seen, due) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 分钟"), (19, "19 分钟"), (60, "1 小时"), (110, "1 时 50 分"), (2880, "2 天")]
)
def test_minutes(minutes, said):
    assert minutes_said(minutes) == said


def test_a_begun_minute_counts():
    assert whole_minutes(at("08:40"), at("08:41")) == 1
    assert whole_minutes(at("08:40"), at("08:41") + timedelta(seconds=1)) == 2
    assert whole_minutes(at("08:41"), at("08:40")) == 0


@pytest.mark.parametrize(
    ("building", "compound", "said"),
    [("3", "", "3 栋"), ("3", "松涛里", "松涛里 3 栋"), ("南楼", "", "南楼")],
)
def test_house_names(building, compound, said):
    assert building_name(building, compound) == said


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (instant(date(2026, 12, 1), time(0, 0)), "截至 11-30 24:00"),
        (instant(date(2026, 11, 20), time(10, 5)), "截至 11-20 10:05"),
        (instant(date(2027, 1, 1), time(0, 0)), "截至 12-31 24:00"),
    ],
)
def test_a_month_counted_to_its_end_ends_on_its_last_day(as_of, said):
    edition = EditionRow(UUID(int=1), 1, "2026-11", 2, "draft", as_of, "3F2A", b"", None, None)
    facts = month_facts(Month(2026, 11), edition, (), DAY)
    assert facts.lines[0].text.endswith(said)
