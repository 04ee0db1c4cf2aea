"""Charts: scale, gaps, spoken values; small bars and figures."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from centerdesk.qtkit.charts import (
    BarChart,
    HeatCalendar,
    LineChart,
    Point,
    RingChart,
    Series,
    nice_ceiling,
    number_words,
)
from centerdesk.qtkit.painted.card import Stat
from centerdesk.qtkit.painted.minibars import DayBar, DayBars, HabitDots, Meter, Part, SplitBar
from centerdesk.qtkit.theme import theme

VISITS = Series("走访", (Point("9月", 32), Point("10月", None), Point("11月", 45.5)))


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_the_scale_holds_the_value_and_wastes_little(value: float) -> None:
    top = nice_ceiling(value)
    assert value <= top * (1 + 1e-9)
    assert top <= value * 2.5 * (1 + 1e-9)


@pytest.mark.parametrize("value", [0, -3, float("nan"), float("inf")])
def test_a_scale_exists_without_values(value: float) -> None:
    assert nice_ceiling(value) == 1.0


@pytest.mark.parametrize(("value", "words"), [(None, "—"), (0, "0"), (1234, "1,234"), (45.5, "45.5")])
def test_numbers_are_read_plainly(value: float | None, words: str) -> None:
    assert number_words(value) == words


@pytest.mark.parametrize("kind", [BarChart, LineChart])
def test_a_chart_says_its_values_and_its_gaps(qtbot, kind) -> None:
    chart = kind("走访", "户")
    qtbot.addWidget(chart)
    chart.set_series([VISITS])
    assert chart.accessibleName() == "走访"
    assert chart.accessibleDescription() == "走访 9月 32户，10月 —户，11月 45.5户"
    chart.set_series([])
    assert chart.accessibleDescription() == "没有数"
    assert not chart.grab().isNull()


def test_a_gap_is_no_bar(qtbot) -> None:
    chart = BarChart()
    qtbot.addWidget(chart)
    chart.resize(320, 180)
    chart.set_series([VISITS])
    image, fill = chart.grab().toImage(), theme().colour("c2")
    filled = {
        x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) == fill
    }
    assert filled
    assert not any(150 < x < 200 for x in filled)


def test_a_ring_without_a_denominator_is_a_dash(qtbot) -> None:
    ring = RingChart("看护率")
    qtbot.addWidget(ring)
    assert ring.accessibleDescription() == "—（0/0）"
    ring.show_share(515, 518)
    assert ring.accessibleDescription() == "99.4%（515/518）"
    assert covered(ring.grab().toImage(), "c4") > 0.05


def test_the_calendar_shows_its_month(qtbot) -> None:
    heat = HeatCalendar("走访", "户")
    qtbot.addWidget(heat)
    heat.show_month(2026, 2, {dt.date(2026, 2, 3): 4, dt.date(2026, 2, 9): 0}, today=dt.date(2026, 2, 9))
    assert heat.accessibleName() == "走访 2026 年 2 月"
    assert heat.accessibleDescription() == "3 日 4户，9 日 0户"
    assert covered(heat.grab().toImage(), "primary") > 0.003


def test_a_day_with_a_miss_is_lower_and_said(qtbot) -> None:
    bars = DayBars([DayBar("1", 1.0), DayBar("2", 0.99, flawed=True, spoken="2 日漏 1 户"), DayBar("3", 1.0)])
    qtbot.addWidget(bars)
    bars.resize(300, bars.sizeHint().height())
    image = bars.grab().toImage()
    tops = [
        next(
            y
            for y in range(image.height())
            if image.pixelColor(x, y).alpha()
            and image.pixelColor(x, y).name() in (theme().colour("c2").name(), theme().colour("dawn").name())
        )
        for x in (50, 150, 250)
    ]
    assert tops[1] > tops[0] == tops[2]
    assert bars.accessibleDescription() == "2 日漏 1 户"


def test_habit_says_the_usual_time_and_that_today_waits(qtbot) -> None:
    dots = HabitDots()
    qtbot.addWidget(dots)
    dots.set_times([430, None, 425], 430, 12, waiting=True)
    assert dots.accessibleDescription() == "平常 07:10，看到 2 天，今天还没开"
    dots.resize(160, 22)
    assert covered(dots.grab().toImage(), "red") > 0.005


def test_parts_and_progress_are_said(qtbot) -> None:
    split, meter, stat = (
        SplitBar([Part("已看", 31, "c3"), Part("停", 2, "sunken")]),
        Meter(),
        Stat("31", "已看", of="40"),
    )
    for widget in (split, meter, stat):
        qtbot.addWidget(widget)
    meter.show_part(38, 43)
    assert split.accessibleName() == "已看 31、停 2"
    assert meter.accessibleName() == "38/43"
    assert stat.accessibleName() == "已看 31，共 40"
    meter.resize(430, 9)
    assert covered(meter.grab().toImage(), "c3") == pytest.approx(38 / 43, abs=0.03)


def covered(image: QImage, token: str) -> float:
    """Part of the picture that has exactly the token's colour."""
    colour = theme().colour(token).rgb()
    hits = sum(image.pixel(x, y) == colour for x in range(image.width()) for y in range(image.height()))
    return hits / (image.width() * image.height())
