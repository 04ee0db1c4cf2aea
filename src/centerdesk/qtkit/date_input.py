"""Reading a date as people write it, and reading it back (UI 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import Enum

from centerdesk.qtkit.labels import tr


class Lean(Enum):
    """Which year is meant when none was written."""

    NEAR = "near"
    PAST = "past"  # the last such day up to today: an event
    FUTURE = "future"  # the next such day from today: a return, an appointment


_WEEKDAYS = "一二三四五六日"
_WORDS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨": -1,
    "今天": 0,
    "今": 0,
    "明天": 1,
    "明": 1,
    "后天": 2,
    "大后天": 3,
}
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_AGO = re.compile(r"(\d{1,3})天(前|后)")
_WEEK = re.compile(r"(上上|上|这|本|下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_LUNAR = re.compile(
    r"(?:农历|阴历)?(?:(\d{4}|[〇零一二三四五六七八九]{4})年)?(闰)?(正|冬|腊|十[一二]?|[一二三四五六七八九])月"
    r"(初[一二三四五六七八九十]|十[一二三四五六七八九]|二十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十|卅)"
)
_DIGITS = "〇一二三四五六七八九"
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "": 0, "下": 1}
_FULL_WIDTH = {ord("　"): " "} | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("。"): "."}


def read_date(text: str, today: date, lean: Lean = Lean.NEAR) -> date:
    """20261121, 11.21, 昨天, 3天前, 上周三, 农历九月初九. Raises ValueError with the sentence to show."""
    bare = "".join(text.translate(_FULL_WIDTH).split())
    if bare in _WORDS:
        return today + timedelta(days=_WORDS[bare])
    for pattern, read in _READERS:
        if match := pattern.fullmatch(bare):
            return read(match, today, lean)
    raise ValueError(tr("这个日子看不懂。可以写 20261121、11.21、昨天，或农历九月初九。"))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(tr("{} 年没有 {} 月 {} 日，请核对。").format(year, month, day)) from None


def _read_full(match: re.Match[str], _today: date, _lean: Lean) -> date:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _read_short(match: re.Match[str], today: date, lean: Lean) -> date:
    month, day = int(match[1]), int(match[2])
    found = [date(y, month, day) for y in range(today.year - 4, today.year + 5) if _exists(y, month, day)]
    if not found:
        raise ValueError(tr("没有 {} 月 {} 日，请核对。").format(month, day))
    return _leaning(found, today, lean)


def _read_ago(match: re.Match[str], today: date, _lean: Lean) -> date:
    return today + timedelta(days=int(match[1]) * (-1 if match[2] == "前" else 1))


def _read_week(match: re.Match[str], today: date, _lean: Lean) -> date:
    weekday = _WEEKDAYS.index("日" if match[2] == "天" else match[2])
    return today + timedelta(days=weekday - today.weekday() + 7 * _WEEKS[match[1] or ""])


def _read_lunar(match: re.Match[str], today: date, lean: Lean) -> date:
    month = _lunar_month(match[3]) * (-1 if match[2] else 1)
    day = _lunar_day(match[4])
    if match[1]:
        year = int(
            "".join(str(_DIGITS.index(c)) if c in _DIGITS else "0" if c == "零" else c for c in match[1])
        )
        found = _lunar_days([year], month, day)
    else:
        reach = 20 if month < 0 else 2  # a leap month comes back after up to nineteen years
        found = _lunar_days(range(today.year - reach, today.year + reach), month, day)
    if not found:
        raise ValueError(tr("那一年没有这个农历日子，请核对。"))
    return found[0] if match[1] else _leaning(found, today, lean)


def _leaning(found: Iterable[date], today: date, lean: Lean) -> date:
    days = list(found)
    if lean is Lean.PAST:
        days = [d for d in days if d <= today] or days
    elif lean is Lean.FUTURE:
        days = [d for d in days if d >= today] or days
    return min(days, key=lambda d: abs((d - today).days))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _lunar_month(text: str) -> int:
    named = {"正": 1, "冬": 11, "腊": 12, "十": 10, "十一": 11, "十二": 12}
    return named[text] if text in named else _DIGITS.index(text)


def _lunar_day(text: str) -> int:
    if text in ("三十", "卅"):
        return 30
    if text == "初十":
        return 10
    tens = {"初": 0, "十": 10, "廿": 20}
    if text.startswith("二十"):
        return 20 + (_DIGITS.index(text[2]) if text[2:] else 0)
    return tens[text[0]] + (_DIGITS.index(text[1]) if text[1:] else 0)


def _lunar_days(years: Iterable[int], month: int, day: int) -> list[date]:
    from lunar_python import Lunar, LunarYear

    found = []
    for year in years:
        lunar_month = LunarYear.fromYear(year).getMonth(month)
        if lunar_month is not None and day <= lunar_month.getDayCount():
            solar = Lunar.fromYmd(year, month, day).getSolar()
            if _exists(*(at := (solar.getYear(), solar.getMonth(), solar.getDay()))):
                found.append(date(*at))  # the last month of 9999 lies beyond any calendar
    return found


def read_back(day: date, today: date) -> str:
    """星期二 · 十月三十; with the year in front when it is not this year's."""
    from lunar_python import Solar

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    parts = [f"星期{_WEEKDAYS[day.weekday()]}", f"{lunar.getMonthInChinese()}月{lunar.getDayInChinese()}"]
    if day.year != today.year:
        parts.insert(0, f"{day.year} 年")
    return " · ".join(parts)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, Lean], date]], ...] = (
    (_FULL, _read_full),
    (_COMPACT, _read_full),
    (_SHORT, _read_short),
    (_AGO, _read_ago),
    (_WEEK, _read_week),
    (_LUNAR, _read_lunar),
)
