"""Phone numbers as offices write them: several in one cell, full-width, grouped with spaces or hyphens.

Accepted forms are those of STANDARDS 1.2: mobile, landline with area code and extension, 400/800,
short codes.
"""

from __future__ import annotations

import re
import unicodedata

_PREFIX = r"(?:(?:\+|00)\s?86[- ]?|(?<!\d)86[- ])?"
_MOBILE = r"(?P<mobile>1[3-9]\d[- ]?\d{4}[- ]?\d{4})"
# 010 and 02x have three digits, 03xx to 09xx four; the subscriber's own number starts with 2 to 9.
_LANDLINE = (
    r"\(?(?P<area>0(?:10|2\d|[3-9]\d{2}))\)?[- ]?(?P<number>[2-9]\d{2,3}[- ]?\d{4})"
    r"(?:(?:-|转)(?P<extension>\d{1,6}))?"
)
_SERVICE = r"(?P<service>[48]00[- ]?\d{3}[- ]?\d{4})"
_SHORT = r"(?P<short>11[09]|12[02]|12345|12349|95\d{3,4}|96\d{3,4})"
_ONE = re.compile(rf"(?<!\d){_PREFIX}(?:{_MOBILE}|{_LANDLINE}|{_SERVICE}|{_SHORT})(?!\d)", re.ASCII)
_HARD = re.compile(r"[/、,，;；|\n\r\t]+|和|或")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー_", "-"))
_NONE = {"", "无", "没有", "暂无", "待补", "不详", "未提供", "空", "-", "--", "/", "同上", "0", "無", "沒有"}
_GROUPED = re.compile(r"[- ()]")


def parse_phones(text: str) -> tuple[list[str], list[str]]:
    """Split what stands in a phone cell into usable numbers and pieces that are none.

    Good numbers come in written order, each once: mobiles as 11 digits, landlines as `区号-号码`
    (with `-分机`), 400/800 as `400-123-4567`, short codes as they are. Bad pieces are returned as written
    (half-width). Words beside a good number (“儿子 138…”) are a note and left out; 无/待补 is nothing.
    """
    good: dict[str, None] = {}
    bad: list[str] = []
    for piece in _HARD.split(_fold(text)):
        piece = piece.strip()
        if piece in _NONE:
            continue
        numbers, rest = _scan(piece)
        good.update(dict.fromkeys(numbers))
        bad.extend(rest)
    return list(good), bad


def normal_phone(text: str) -> str | None:
    """The one number in `text` in stored form, None when it is not exactly one usable number."""
    good, bad = parse_phones(text)
    return good[0] if len(good) == 1 and not bad else None


def is_mobile(number: str) -> bool:
    """Whether a stored number is a mobile one."""
    return len(number) == 11 and number.isascii() and number.isdigit() and number[0] == "1"


def last_four(number: str) -> str:
    """The last four digits of a stored number without its extension, for search. Fewer for a short code."""
    if number.startswith("0"):
        number = "".join(number.split("-")[:2])
    return number.replace("-", "")[-4:]


def _fold(text: str) -> str:
    """Half-width, plain hyphens and spaces; a float's `.0` of a numeric cell falls away."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    folded = "".join(" " if c == " " or unicodedata.category(c) in {"Zs", "Cf"} else c for c in folded)
    return re.sub(r"(?<=\d)\.0+(?!\d)", "", folded)


def _scan(piece: str) -> tuple[list[str], list[str]]:
    """Numbers and left-over pieces with digits in a part without hard separators."""
    numbers = [_stored(match) for match in _ONE.finditer(piece)]
    left = [part.strip(" -:()") for part in _ONE.sub("\0", piece).split("\0")]
    if not numbers:
        return [], [piece]
    return numbers, [part for part in left if any(c.isdigit() for c in part)]


def _stored(match: re.Match[str]) -> str:
    if area := match["area"]:
        extension = match["extension"]
        return f"{area}-{_GROUPED.sub('', match['number'])}" + (f"-{extension}" if extension else "")
    if service := match["service"]:
        digits = _GROUPED.sub("", service)
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return _GROUPED.sub("", match["mobile"] or match["short"])
