"""The working calendar (工作日历): holidays, make-up days, station hours; and what the almanac says of a day.

Days come from the State Council's announcements (`resources/data/holidays`) and from the station's own
settings, which win. Where a year was not announced yet, weekends are counted and the gap is named: a deadline
that rests on it must show it. Pure once loaded; any thread.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from centerdesk.kernel import almanac
from centerdesk.kernel.clock import SHANGHAI, instant, local
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.paths import resource
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import Scope, Setting, SettingsReader, between

Hours = tuple[tuple[time, time], ...]
"""Stretches of one working day, Shanghai wall time, half open, in order, not overlapping."""


class CalendarGap(UserError):
    """Days were asked for whose holidays nobody has announced or entered."""

    def __init__(self, years: Iterable[int]) -> None:
        self.years = tuple(sorted(set(years)))
        named = "、".join(str(year) for year in self.years)
        super().__init__(
            f"{named} 年的放假安排还没有录入，暂按双休算。国务院通知出来后，请到“设置·工作日历”补上。"
        )


class DayKind(StrEnum):
    """What kind of day it is for the office."""

    WORKDAY = "工作日"
    WEEKEND = "双休日"
    HOLIDAY = "放假"
    MAKE_UP = "调休上班"


@record
class DayStatus:
    """One day. `name` is the holiday's; `certain` is False where only the weekday was known."""

    kind: DayKind
    name: str = ""
    certain: bool = True

    @property
    def works(self) -> bool:
        return self.kind in (DayKind.WORKDAY, DayKind.MAKE_UP)


@record
class WorkingTime:
    """Whole minutes of station hours in a span, and the calendar gap they rest on, if any."""

    minutes: int
    gap: CalendarGap | None = None


def parse_hours(texts: tuple[str, ...]) -> Hours:
    """`("08:30-11:30", "13:30-17:00")`. Raises ValueError for anything not in order."""
    hours = []
    for text in texts:
        match = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", text)
        if match is None:
            raise ValueError(f"not a stretch of hours: {text!r}")
        hours.append((time.fromisoformat(match[1]), time.fromisoformat(match[2])))
    flat = [edge for stretch in hours for edge in stretch]
    if not flat or any(a >= b for a, b in pairwise(flat)):
        raise ValueError("hours must run on through the day")
    return tuple(hours)


def parse_days(texts: tuple[str, ...]) -> dict[date, str]:
    """`("2026-12-25 停电检修", …)` as day → reason. Raises ValueError."""
    days = {}
    for text in texts:
        day, _, reason = text.strip().partition(" ")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            raise ValueError(f"not a day: {text!r}")
        days[date.fromisoformat(day)] = reason.strip()
    return days


def _parses(parse: Any) -> Any:
    def check(value: tuple[str, ...]) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


HOURS = Setting[tuple[str, ...]](
    "calendar.hours",
    ("08:30-11:30", "13:30-17:00"),
    Scope.SITE,
    "上班时间",
    check=_parses(parse_hours),
    hint="一段一行，前后不重叠，例如 08:30-11:30。",
)
DAYS_OFF = Setting[tuple[str, ...]](
    "calendar.days_off",
    (),
    Scope.SITE,
    "另外放假的日子",
    check=_parses(parse_days),
    hint="一天一行，先日期后事由，例如 2027-01-01 元旦。",
)
DAYS_ON = Setting[tuple[str, ...]](
    "calendar.days_on",
    (),
    Scope.SITE,
    "另外上班的日子",
    check=_parses(parse_days),
    hint="一天一行，先日期后事由，例如 2027-02-20 春节调休。",
)
YEARS = Setting[tuple[str, ...]](
    "calendar.years_entered",
    (),
    Scope.SITE,
    "已照国务院通知录全的年份",
    check=lambda years: all(re.fullmatch(r"20\d\d", year) for year in years),
    hint="一年一行，例如 2027。",
)
LATITUDE = Setting(
    "calendar.latitude", 46.80, Scope.SITE, "纬度", check=between(3.0, 54.0), hint="北纬 3 到 54 度。"
)
LONGITUDE = Setting(
    "calendar.longitude", 130.32, Scope.SITE, "经度", check=between(73.0, 136.0), hint="东经 73 到 136 度。"
)

_USUAL_HOURS = parse_hours(HOURS.default)
SETTINGS: tuple[Setting[Any], ...] = (HOURS, DAYS_OFF, DAYS_ON, YEARS, LATITUDE, LONGITUDE)


@record
class Calendar:
    """工作日历. Which days and hours count; equal calendars have the same `version`."""

    announced: Mapping[date, tuple[bool, str]]
    """Day → (is off, name), from the announcements; a working day among them is a make-up day."""
    years: frozenset[int]
    hours: Hours = _USUAL_HOURS
    days_off: Mapping[date, str] = field(default_factory=dict)
    days_on: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def load(cls, settings: SettingsReader | None = None, folder: Path | None = None) -> Calendar:
        """The shipped announcements with the station's own hours and days over them.

        Every file is read before any day is decided: an announcement may carry days of the next year's.
        """
        announced: dict[date, tuple[bool, str]] = {}
        years: set[int] = set()
        for path in sorted((folder or resource("data", "holidays")).glob("[12]*.json")):
            table = json.loads(path.read_text(encoding="utf-8"))
            if table["days"]:
                years.add(int(table["year"]))
            for day in table["days"]:
                announced[date.fromisoformat(day["date"])] = (bool(day["isOffDay"]), str(day["name"]))
        if settings is None:
            return cls(announced, frozenset(years))
        return cls(
            announced,
            frozenset(years | {int(year) for year in settings.get(YEARS)}),
            parse_hours(settings.get(HOURS)),
            parse_days(settings.get(DAYS_OFF)),
            parse_days(settings.get(DAYS_ON)),
        )

    @property
    def version(self) -> str:
        """Stamp of everything that decides a deadline; stored beside figures computed with it."""
        content = [
            sorted((day.isoformat(), *status) for day, status in self.announced.items()),
            sorted(self.years),
            [[a.isoformat(), b.isoformat()] for a, b in self.hours],
            sorted(day.isoformat() for day in self.days_off),
            sorted(day.isoformat() for day in self.days_on),
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:12]

    def status(self, day: date) -> DayStatus:
        """What the day is; never raises. The station's own days win over the announcements."""
        weekend = day.weekday() >= 5
        if day in self.days_on:
            return DayStatus(DayKind.MAKE_UP if weekend else DayKind.WORKDAY, self.days_on[day])
        if day in self.days_off:
            return DayStatus(DayKind.HOLIDAY, self.days_off[day])
        if day in self.announced:
            off, name = self.announced[day]
            return DayStatus(DayKind.HOLIDAY if off else DayKind.MAKE_UP, name)
        return DayStatus(DayKind.WEEKEND if weekend else DayKind.WORKDAY, "", day.year in self.years)

    def is_workday(self, day: date) -> bool:
        """Whether the office works. Raises CalendarGap rather than guess; `status` marks instead."""
        status = self.status(day)
        if not status.certain:
            raise CalendarGap((day.year,))
        return status.works

    def gap(self, first: date, last: date) -> CalendarGap | None:
        """The warning to show where figures for these days (both inclusive) rest on weekends alone."""
        missing = set(range(first.year, last.year + 1)) - self.years
        return CalendarGap(missing) if missing else None

    def is_open(self, at: datetime) -> bool:
        """Whether the station is open at this instant (weekends assumed in a gap)."""
        wall = local(at)
        return self.status(wall.date()).works and any(a <= wall.time() < b for a, b in self.hours)


def business_minutes(start: datetime, end: datetime, calendar: Calendar) -> WorkingTime:
    """Station hours between two aware instants, half open, whole minutes rounded down.

    In a gap weekdays count as working days and the result names it. Source: FEATURES 3.2.
    """
    if end <= start:
        return WorkingTime(0)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    first, last = local(start).date(), local(end).date()
    total = timedelta()
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if calendar.status(day).works:
            for opens, closes in calendar.hours:
                stretch = min(end, instant(day, closes)) - max(start, instant(day, opens))
                total += max(stretch, timedelta())
    return WorkingTime(total // timedelta(minutes=1), calendar.gap(first, last))


def lunar_text(day: date) -> str:
    """`农历十月廿五`, leap months as 农历闰六月初一."""
    if known := almanac.lunar_date(day):
        return f"农历{known}"
    lunar = _lunar(day)
    return f"农历{lunar.getMonthInChinese()}月{lunar.getDayInChinese()}"


def solar_term_text(day: date) -> str:
    """`大雪还有 4 天`, `明天大雪`, `今天大雪`: the solar term (节气) that comes next."""
    name, left = almanac.next_term(day) or _next_term(day)
    return f"{name}还有 {left} 天" if left > 1 else f"明天{name}" if left else f"今天{name}"


def _next_term(day: date) -> tuple[str, int]:
    lunar = _lunar(day)
    if name := str(lunar.getJieQi()):
        return name, 0
    term = lunar.getNextJieQi(True)  # by whole days: the hour of the term does not matter here
    solar = term.getSolar()
    return str(term.getName()), (date(solar.getYear(), solar.getMonth(), solar.getDay()) - day).days


def festivals(day: date) -> tuple[str, ...]:
    """Traditional festivals of the day (春节, 重阳节, 腊八节 …), most often none."""
    lunar = _lunar(day)
    return tuple(str(name) for name in (*lunar.getFestivals(), *lunar.getOtherFestivals()))


def _lunar(day: date) -> Any:
    from lunar_python import Solar  # 0.4 MB of tables: only where a lunar date is shown

    return Solar.fromYmd(day.year, day.month, day.day).getLunar()


@record
class SunTimes:
    """日出日落 of one day, aware UTC, whole minutes."""

    rise: datetime
    set: datetime


def sun_times(day: date, latitude: float, longitude: float) -> SunTimes:
    """Sunrise and sunset of the Shanghai day at a place within China (degrees north, east)."""
    from astral import Observer
    from astral.sun import sunrise, sunset

    place = Observer(latitude=latitude, longitude=longitude)

    def minute(at: datetime) -> datetime:
        return at.astimezone(UTC).replace(second=0, microsecond=0)

    return SunTimes(
        minute(sunrise(place, date=day, tzinfo=SHANGHAI)), minute(sunset(place, date=day, tzinfo=SHANGHAI))
    )
