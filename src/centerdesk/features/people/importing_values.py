"""Single cells of a roster: dates in every style, names, plain text. Pure and cached; no verdicts here."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from centerdesk.features.people.importing_words import NOTHING
from centerdesk.kernel.chinese import arabic, standard_forms
from centerdesk.kernel.phones import parse_phones
from centerdesk.kernel.spreadsheet_in import Cell

_FULL = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[T ]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})(?:0{6})?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SHORT = re.compile(r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2})|年)?")
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_LAST_SERIAL = 73_050  # 2099-12-31
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●﹒･᛫᛬", "·"))
_HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\ue000-\uf8ff〇]"
_POINT = re.compile(rf"(?<={_HAN})\s*[.．。·]\s*(?={_HAN})")
_PLAIN_NAME = re.compile("[\u4e00-\u9fa5]{2,}")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_LATIN_GAP = re.compile(r"(?<=[A-Za-z])\s+(?=[A-Za-z])")


class _BadDate:
    """Something stands there and it is no day of the calendar."""


BAD_DATE = _BadDate()


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with parts missing: year and month (or year) only, or a year of two digits."""

    year: int
    month: int | None = None
    day: int | None = None

    def fits(self, day: date) -> bool:
        """Whether nothing in it contradicts the day."""
        same_year = self.year == (day.year % 100 if self.year < 100 else day.year)
        return same_year and self.month in (None, day.month) and self.day in (None, day.day)


ReadDate = date | PartialDate | _BadDate | None


def read_date(value: Cell, date1904: bool = False) -> ReadDate:
    """A date cell in any style; None for nothing, BAD_DATE for a day that does not exist or for no date."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _date_of_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return _date_of_number(float(value), date1904)
    return BAD_DATE


def _date_of_number(number: float, date1904: bool) -> ReadDate:
    if number == 0:
        return None
    if number == int(number) and number > 10_000_000:
        return _date_of_text(str(int(number)))
    if 1 <= number <= _LAST_SERIAL:
        return _EPOCHS[date1904] + timedelta(days=int(number))
    return BAD_DATE


@functools.lru_cache(maxsize=131072)
def _date_of_text(raw: str) -> ReadDate:
    text = raw.strip()
    if len(text) > 40:
        return BAD_DATE
    if not text.isascii():
        text = arabic(unicodedata.normalize("NFKC", text).strip())
    if text in NOTHING:
        return None
    if " " in text or text[0] == "'":
        text = re.sub(r"\s*([-/.年月日])\s*", r"\1", text.lstrip("'"))
    if match := _FULL.fullmatch(text) or _SOLID.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _AMERICAN.fullmatch(text):
        return _day(int(match[3]), int(match[1]), int(match[2]))
    if match := _SHORT.fullmatch(text):
        return _partial(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH.fullmatch(text):
        month = match[2] or match[3]
        return _partial(int(match[1]), int(month) if month else None, None)
    return BAD_DATE


def _day(year: int, month: int, day: int) -> ReadDate:
    try:
        return date(year, month, day)
    except ValueError:
        return BAD_DATE


def _partial(year: int, month: int | None, day: int | None) -> ReadDate:
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return BAD_DATE
    return PartialDate(year, month, day)


@functools.lru_cache(maxsize=65536)
def read_name(raw: str) -> tuple[str, bool]:
    """The name as registered, and whether private-use characters had to be replaced.

    Characters stay as typed (no traditional to simplified); blanks between them go, dots become `·`.
    """
    if _PLAIN_NAME.fullmatch(raw) and raw not in NOTHING:
        return raw, False  # most rows
    text = "".join(c for c in raw if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cn"))
    text = _LATIN_GAP.sub("\0", text.strip().translate(_DOTS))
    text = "".join(text.split()).replace("\0", " ")
    text = _POINT.sub("·", text)
    standard = standard_forms(text)
    return ("" if standard in NOTHING else standard), standard != text


def has_private_use(text: str) -> bool:
    """Whether a character is left that no standard form is known for."""
    return _PRIVATE.search(text) is not None


def read_text(value: Cell) -> str:
    """A cell as plain text: whole numbers without `.0`, dates in ISO form, no control or bidi characters."""
    if isinstance(value, str):
        text = value.strip()
        if text.isprintable():
            return text
        return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") else "" for c in text)
    if isinstance(value, float) and value == value and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def read_phones(value: Cell) -> tuple[tuple[str, ...], bool]:
    """Usable numbers in written order, and whether anything in the cell was no usable number."""
    text = read_text(value)
    if len(text) == 11 and text.isascii() and text.isdigit() and "13" <= text[:2] <= "19":
        return (text,), False
    return _phones_of_text(text)


@functools.lru_cache(maxsize=65536)
def _phones_of_text(text: str) -> tuple[tuple[str, ...], bool]:
    if not text:
        return (), False
    good, bad = parse_phones(text)
    return tuple(good), bool(bad)
