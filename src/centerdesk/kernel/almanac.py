"""Lunar dates and solar terms of the years a desk shows every day, as a table.

`lunar_python`, from which it was made and against which a test holds it, takes 0.04 s of a start to load and to
compute one year of moons.
"""

from __future__ import annotations

from datetime import date

_MONTHS = "正二三四五六七八九十冬腊"
_TENS, _ONES = "初十廿", "一二三四五六七八九十"
_TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip

_YEARS = {
    2020: ("0125", 4, "sLLLsLssLsLsL", "6k4j5k4j5k5l6m7m7m8n7m7l"),
    2021: ("0212", 0, "sLLsLsLsLsLs", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2022: ("0201", 0, "LsLsLLsLsLsL", "5k4j5k5k5l6l7n7n7n8n7m7m"),
    2023: ("0122", 2, "sLssLLsLLsLsL", "5k4j6l5k6l6l7n8n8n8o8m7m"),
    2024: ("0210", 0, "sLssLsLLsLLs", "6k4j5k4j5k5l6m7m7m8n7m6l"),
    2025: ("0129", 6, "LsLssLsLsLLLs", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2026: ("0217", 0, "LsLssLssLLLs", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2027: ("0206", 0, "LLsLssLssLLs", "5k4j6l5k6l6l7n8n8n8n7m7m"),
    2028: ("0126", 5, "LLLsLssLssLLs", "6k4j5k4j5k5l6m7m7m8n7m6l"),
    2029: ("0213", 0, "LLsLsLsLssLL", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2030: ("0203", 0, "sLsLLsLsLsLs", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2031: ("0123", 3, "sLLsLsLLsLsLs", "5k4j6l5k6l6l7n8n8n8n7m7m"),
    2032: ("0211", 0, "LssLsLLsLLsL", "6k4j5k4j5k5l6m7m7m8n7m6l"),
    2033: ("0131", 11, "sLssLsLsLLLsL", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2034: ("0219", 0, "sLssLsLsLLsL", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2035: ("0208", 0, "LsLssLssLLsL", "5k4j6l5k5l6l7n7n8n8n7m7m"),
    2036: ("0128", 6, "LLsLssLssLsLL", "6k4j5k4j5k5l6m7m7m8n7m6l"),
    2037: ("0215", 0, "LLsLssLssLsL", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2038: ("0204", 0, "LLsLsLsLssLs", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2039: ("0124", 5, "LLsLLsLsLsLss", "5k4j6l5k5l6l7n7n8n8n7m7m"),
    2040: ("0212", 0, "LsLLsLsLLsLs", "6k4j5k4j5k5l6m7m7m8n7m6l"),
    2041: ("0201", 0, "sLsLsLLsLLsL", "5k3i5k4k5k5l7m7n7m8n7m7l"),
    2042: ("0122", 2, "sLssLsLsLLsLL", "5k4i5k4k5l5l7n7n7n8n7m7m"),
    2043: ("0210", 0, "sLssLssLLsLL", "5k4j6l5k5l6l7n7n8n8n7m7m"),
    2044: ("0130", 7, "LsLssLssLsLLL", "6k4j5k4j5k5l6m7m7m7n7m6l"),
    2045: ("0217", 0, "LsLssLssLsLL", "5k3i5k4j5k5l7m7n7m8n7m7l"),
    2046: ("0206", 0, "LsLsLsLssLsL", "5k4i5k4k5l5l7m7n7n8n7m7m"),
    2047: ("0126", 5, "LsLLsLsLssLsL", "5k4j6l5k5l6l7n7n8n8n7m7m"),
    2048: ("0214", 0, "sLLsLLsLssLs", "6k4j5k4j5k5k6m7m7m7n7l6l"),
    2049: ("0202", 0, "LsLsLLsLLsLs", "5j3i5k4j5k5l6m7m7m8n7m7l"),
    2050: ("0123", 3, "sLsLsLsLLsLLs", "5k3i5k4k5l5l7m7n7n8n7m7m"),
    2051: ("0211", 0, "LssLssLLsLLL", "5k4j5k5k5l6l7n7n7n8n7m7m"),
    2052: ("0201", 8, "sLssLssLsLLLL", "5k4j5k4j5k5k6m7m7m7n7l6l"),
    2053: ("0219", 0, "sLssLssLsLLL", "5j3i5k4j5k5l6m7m7m8n7m7l"),
    2054: ("0208", 0, "sLLssLssLsLL", "5k3i5k4k5l5l7m7n7n8n7m7m"),
    2055: ("0128", 6, "sLLsLsLssLsLs", "5k4j5k5k5l5l7n7n7n8n7m7m"),
    2056: ("0215", 0, "LLLsLsLssLsL", "5k4j5k4j5k5k6m7m7m7n7l6l"),
    2057: ("0204", 0, "sLLsLsLLssLs", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2058: ("0124", 4, "LsLsLsLLsLLss", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2059: ("0212", 0, "LsLsLsLsLLLs", "5k4j5k5k5l5l7n7n7n8n7m7m"),
    2060: ("0202", 0, "LssLssLsLLLs", "5k4j5k4j5k5k6m7m7m7m6l6l"),
    2061: ("0121", 3, "LLssLssLsLLLs", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2062: ("0209", 0, "LLssLssLsLLs", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2063: ("0129", 7, "LLsLsLssLsLsL", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2064: ("0217", 0, "LLsLsLssLsLs", "5k4j5k4j5k5k6m7m7m7m6l6l"),
    2065: ("0205", 0, "LLsLLsLssLsL", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2066: ("0126", 5, "sLsLLsLsLsLsL", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2067: ("0214", 0, "sLsLsLLsLsLs", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2068: ("0203", 0, "LsLssLLsLLsL", "5k4j5k4j4k5k6m6m7m7m6l6l"),
    2069: ("0123", 4, "sLsLssLsLLLsL", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2070: ("0211", 0, "sLsLssLsLLsL", "5k3i5k4k5k5l7m7n7m8n7m7l"),
    2071: ("0131", 8, "LsLsLssLsLsLL", "5k4i5k5k5l5l7n7n7n8n7m7m"),
    2072: ("0219", 0, "LsLsLssLsLsL", "5k4j5k4j4k5k6m6m7m7m6l6l"),
    2073: ("0207", 0, "LsLLsLssLsLs", "5j3i5k4j5k5l6m7m7m7n7m6l"),
    2074: ("0127", 6, "LsLLsLsLsLsLs", "5k3i5k4k5k5l7m7n7m8n7m7l"),
    2075: ("0215", 0, "LsLsLLsLsLsL", "5k4i5k4k5l5l7m7n7n8n7m7m"),
    2076: ("0205", 0, "sLsLsLsLLsLs", "5k4j5k4j4k5k6m6m7m7m6l6l"),
    2077: ("0124", 4, "LsLssLsLLLsLs", "5j3i5k4j5k5l6m7m7m7n7m6l"),
    2078: ("0212", 0, "LsLssLsLLsLL", "5k3i5k4j5k5l6m7n7m8n7m7l"),
    2079: ("0202", 0, "sLsLssLsLsLL", "5k4i5k4k5l5l7m7n7n8n7m7m"),
    2080: ("0122", 3, "LsLsLssLssLLL", "5k4j5k4j4k5k6m6m7m7m6l6l"),
    2081: ("0209", 0, "sLLsLssLssLL", "5j3i5k4j5k5k6m7m7m7n7l6l"),
    2082: ("0129", 7, "sLLLssLsLssLL", "5k3i5k4j5k5l6m7m7m8n7m7l"),
    2083: ("0217", 0, "sLLsLsLsLsLs", "5k3i5k4k5l5l7m7n7n8n7m7m"),
    2084: ("0206", 0, "LsLsLLsLsLsL", "5k4j4j4j4k5k6m6m6m7m6l6l"),
    2085: ("0126", 5, "sLssLLsLLsLsL", "4j3i5k4j5k5k6m7m7m7n7l6l"),
    2086: ("0214", 0, "sLssLsLLsLLs", "5j3i5k4j5k5l6m7m7m8n7m7l"),
    2087: ("0203", 0, "LsLssLsLsLLL", "5k3i5k4k5l5l7m7n7n8n7m7m"),
    2088: ("0124", 4, "sLsLssLssLLLs", "5k4j4j4j4k4k6m6m6m7m6l6l"),
    2089: ("0210", 0, "LLsLsssLsLLs", "4j3i5k4j5k5k6m7m7m7n7l6l"),
    2090: ("0130", 8, "LLLsLssLssLLs", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2091: ("0218", 0, "LLsLsLsLssLs", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2092: ("0207", 0, "LLsLLsLsLsLs", "5k4j4j4j4k4k6m6m6m7m6l6l"),
    2093: ("0127", 6, "sLLsLsLLsLsLs", "4j3i5k4j5k5k6m7m7m7m6l6l"),
    2094: ("0215", 0, "sLsLsLLsLLsL", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2095: ("0205", 0, "sLssLsLsLLLs", "5k3i5k4k5l5l7m7n7n8n7m7l"),
    2096: ("0125", 4, "LsLssLssLLLsL", "5k4i4j4j4k4k6m6m6m7m6l6l"),
    2097: ("0212", 0, "LsLsssLsLLsL", "4j3i5k4j5k5k6m6m7m7m6l6l"),
    2098: ("0201", 0, "LLsLsssLsLsL", "5j3i5k4j5k5l6m7m7m8n7m6l"),
    2099: ("0121", 2, "LLsLLssLssLsL", "5k3i5k4k5l5l7m7n7n8n7m7l"),
}
"""New year's day, the month that comes twice (0: none), long and short months; the days of the 24 solar terms, two
in each month of the year that is named, to the base of 36."""


def lunar_date(day: date) -> str | None:
    """`十月廿五`, `闰六月初一`; None for a day the table does not reach."""
    for year in (day.year, day.year - 1):
        if (row := _YEARS.get(year)) is None:
            return None
        start, leap, lengths, _terms = row
        left = (day - date(year, int(start[:2]), int(start[2:]))).days
        if left >= 0:
            months = [
                (n, again) for n in range(1, 13) for again in ((False, True) if n == leap else (False,))
            ]
            for (number, again), length in zip(months, lengths, strict=True):
                if left < (days := 30 if length == "L" else 29):
                    return f"{'闰' if again else ''}{_MONTHS[number - 1]}月{_day(left)}"
                left -= days
    return None


def _day(n: int) -> str:
    """初一 for 0 to 三十 for 29."""
    if n in (19, 29):
        return "二十" if n == 19 else "三十"
    return "初十" if n == 9 else _TENS[n // 10] + _ONES[n % 10]


def next_term(day: date) -> tuple[str, int] | None:
    """The solar term of the day or the next one, and how many days it is away; None outside the table."""
    for year in (day.year, day.year + 1):
        if (row := _YEARS.get(year)) is None:
            return None
        for n, letter in enumerate(row[3]):
            away = (date(year, n // 2 + 1, int(letter, 36)) - day).days
            if away >= 0:
                return _TERMS[n], away
    return None
