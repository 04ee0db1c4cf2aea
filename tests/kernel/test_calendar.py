"""Working days, hours and almanac: announced years, gaps, the station's own days, pure arithmetic."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lunar_python import Solar

from centerdesk.kernel.calendar import (
    DAYS_OFF,
    DAYS_ON,
    HOURS,
    LATITUDE,
    SETTINGS,
    YEARS,
    Calendar,
    CalendarGap,
    DayKind,
    business_minutes,
    festivals,
    lunar_text,
    parse_days,
    parse_hours,
    solar_term_text,
    sun_times,
)
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.clock import SHANGHAI, instant, local
from centerdesk.kernel.settings import SettingsReader
from tests.helpers.station import make_station

CALENDAR = Calendar.load()


def at(text):
    """An instant from Shanghai wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-12-03", DayKind.WORKDAY, ""),
        ("2026-12-05", DayKind.WEEKEND, ""),
        ("2026-10-01", DayKind.HOLIDAY, "国庆节"),
        ("2026-02-14", DayKind.MAKE_UP, "春节"),
        ("2026-02-17", DayKind.HOLIDAY, "春节"),
        ("2026-01-04", DayKind.MAKE_UP, "元旦"),
        # days that stand in the neighbouring year's file
        ("2022-12-31", DayKind.HOLIDAY, "元旦"),
        ("2018-12-29", DayKind.MAKE_UP, "元旦"),
        ("2018-12-31", DayKind.HOLIDAY, "元旦"),
        ("2011-12-31", DayKind.MAKE_UP, "元旦"),
        ("2006-12-30", DayKind.MAKE_UP, "元旦"),
    ],
)
def test_announced_days(day, kind, name):
    status = CALENDAR.status(date.fromisoformat(day))
    assert (status.kind, status.name, status.certain) == (kind, name, True)
    assert CALENDAR.is_workday(date.fromisoformat(day)) == (kind in (DayKind.WORKDAY, DayKind.MAKE_UP))


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 3, 1), date(2006, 5, 1), date(2040, 1, 1)])
def test_a_year_nobody_announced_is_not_guessed(day):
    assert not CALENDAR.status(day).certain
    with pytest.raises(CalendarGap) as caught:
        CALENDAR.is_workday(day)
    assert caught.value.years == (day.year,)
    assert f"{day.year} 年" in str(caught.value)
    assert "设置" in str(caught.value)


def test_a_file_of_the_next_year_decides_days_of_this_one(tmp_path):
    for year, days in ((2030, []), (2031, [{"name": "元旦", "date": "2030-12-31", "isOffDay": True}])):
        (tmp_path / f"{year}.json").write_text(json.dumps({"year": year, "days": days}), encoding="utf-8")
    calendar = Calendar.load(folder=tmp_path)
    assert not calendar.is_workday(date(2030, 12, 31))
    assert calendar.gap(date(2030, 12, 1), date(2031, 1, 1)).years == (2030,)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-12-03T08:30", "2026-12-03T17:00", 390),
        ("2026-12-03T08:00", "2026-12-03T18:00", 390),
        ("2026-12-03T11:00", "2026-12-03T14:00", 60),
        ("2026-12-03T11:30", "2026-12-03T13:30", 0),
        ("2026-12-03T16:59", "2026-12-04T08:31", 2),
        ("2026-12-04T16:00", "2026-12-07T09:30", 120),
        ("2026-12-05T00:00", "2026-12-07T00:00", 0),
        ("2026-02-13T16:00", "2026-02-15T00:00", 450),
        ("2026-09-30T16:00", "2026-10-08T09:30", 120),
        ("2026-12-03T09:00:30", "2026-12-03T09:01:29", 0),
        ("2026-12-03T10:00", "2026-12-03T09:00", 0),
        ("2026-12-03T09:00", "2026-12-03T09:00", 0),
    ],
)
def test_business_minutes(start, end, minutes):
    found = business_minutes(at(start), at(end), CALENDAR)
    assert (found.minutes, found.gap) == (minutes, None)


def test_minutes_over_a_gap_say_so():
    found = business_minutes(at("2026-12-31T16:00"), at("2027-01-04T09:30"), CALENDAR)
    assert found.minutes == 60 + 390 + 60
    assert found.gap.years == (2027,)


MOMENTS = st.integers(0, 330 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@settings(max_examples=80, deadline=None)
@given(st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_spans_add_up_and_never_exceed_the_clock(moments):
    a, b, c = moments
    whole = business_minutes(a, c, CALENDAR).minutes
    assert business_minutes(a, b, CALENDAR).minutes + business_minutes(b, c, CALENDAR).minutes == whole
    assert 0 <= whole <= (c - a) // timedelta(minutes=1)


@settings(max_examples=60, deadline=None)
@given(MOMENTS)
def test_the_station_is_open_just_when_its_minutes_run(moment):
    runs = business_minutes(moment, moment + timedelta(minutes=1), CALENDAR).minutes == 1
    assert CALENDAR.is_open(moment) == runs


def test_summer_time_of_old_days_does_not_shift_hours():
    old = Calendar({}, frozenset({1988}))
    day = date(1988, 7, 1)
    assert business_minutes(instant(day, time(8, 30)), instant(day, time(17)), old).minutes == 390


@pytest.mark.parametrize(
    "texts", [(), ("8:30-11:30",), ("11:30-08:30",), ("08:30-12:00", "11:00-17:00"), ("08:30-25:00",), ("",)]
)
def test_hours_out_of_order_are_refused(texts):
    with pytest.raises(ValueError, match="hour"):
        parse_hours(texts)
    assert HOURS.accept(list(texts)) is None


@pytest.mark.parametrize("texts", [("2026-13-01",), ("明天",), ("20261225",), ("2026-02-30 停电",)])
def test_days_that_are_none_are_refused(texts):
    with pytest.raises(ValueError, match=r"day|month"):
        parse_days(texts)
    assert DAYS_OFF.accept(list(texts)) is None


def test_days_carry_their_reason():
    assert parse_days(("2026-12-25 停电 检修", "2026-12-26")) == {
        date(2026, 12, 25): "停电 检修",
        date(2026, 12, 26): "",
    }


@pytest.mark.db
def test_the_stations_own_days_and_hours_win_and_move_the_version(tmp_path):
    station = make_station(tmp_path, role="administrator")

    def calendar():
        with station.read() as session:
            return Calendar.load(SettingsReader(session))

    try:
        assert calendar().version == CALENDAR.version
        versions = {CALENDAR.version}
        for change in (
            ChangeSetting(HOURS, ("09:00-12:00",)),
            ChangeSetting(DAYS_OFF, ("2026-12-03 停电", "2027-01-01 元旦")),
            ChangeSetting(DAYS_ON, ("2026-12-05 普查",)),
            ChangeSetting(YEARS, ("2027",)),
        ):
            station.run(change)
            versions.add(calendar().version)
        assert len(versions) == 5
        own = calendar()
        assert own.status(date(2026, 12, 3)).name == "停电"
        assert own.status(date(2026, 12, 5)).kind is DayKind.MAKE_UP
        assert not own.is_workday(date(2027, 1, 1))
        assert own.is_workday(date(2027, 1, 4))
        assert business_minutes(at("2026-12-03T00:00"), at("2026-12-06T00:00"), own).minutes == 360
    finally:
        station.close()


def test_every_setting_is_declared_once():
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS) == 6
    assert LATITUDE.accept(91) is None


@pytest.mark.parametrize(
    ("day", "lunar", "term"),
    [
        (date(2026, 12, 3), "农历十月廿五", "大雪还有 4 天"),
        (date(2026, 12, 6), "农历十月廿八", "明天大雪"),
        (date(2026, 12, 7), "农历十月廿九", "今天大雪"),
        (date(2026, 2, 17), "农历正月初一", "明天雨水"),
        (date(2025, 7, 25), "农历闰六月初一", "立秋还有 13 天"),
        (date(2026, 12, 31), "农历冬月廿三", "小寒还有 5 天"),
    ],
)
def test_lunar_date_and_solar_term(day, lunar, term):
    assert (lunar_text(day), solar_term_text(day)) == (lunar, term)


def test_the_table_of_moons_and_terms_says_what_the_library_computes():
    """A day of each solar term of its eighty years, and the days at its ends, where the library answers itself."""
    days = [date(2019, 12, 1) + timedelta(days=n) for n in range(0, 29_400, 15)]
    days += [date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 24), date(2020, 1, 25), date(2025, 7, 25)]
    days += [date(2099, 12, 22), date(2099, 12, 31), date(2100, 1, 1)]
    for day in days:
        lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        assert lunar_text(day) == f"农历{lunar.getMonthInChinese()}月{lunar.getDayInChinese()}", day
        following = lunar.getNextJieQi(True)
        term, at = following.getName(), following.getSolar()
        left = (date(at.getYear(), at.getMonth(), at.getDay()) - day).days
        wanted = f"明天{term}" if left == 1 else f"{term}还有 {left} 天"
        assert solar_term_text(day) == (f"今天{lunar.getJieQi()}" if lunar.getJieQi() else wanted), day


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 2, 17), "春节"), (date(2026, 10, 18), "重阳节"), (date(2026, 1, 26), "腊八节")],
)
def test_festivals(day, name):
    assert name in festivals(day)
    assert festivals(date(2026, 12, 3)) == ()


@pytest.mark.parametrize(
    ("day", "rise", "set_"),
    [(date(2026, 12, 22), "07:01", "15:32"), (date(2026, 6, 21), "03:24", "19:16")],
)
def test_sunrise_in_jiamusi(day, rise, set_):
    sun = sun_times(day, 46.80, 130.32)
    assert (f"{local(sun.rise):%H:%M}", f"{local(sun.set):%H:%M}") == (rise, set_)
    assert local(sun.rise).date() == local(sun.set).date() == day
