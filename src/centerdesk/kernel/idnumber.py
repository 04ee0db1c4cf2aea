"""公民身份号码 (GB 11643-1999): what a cell may say, what it means, and when it cannot be trusted.

Nothing is repaired by guessing: a number either is read in one sure way (with notes on what was
normalised) or is refused with its reason. `parse` is pure; the day is handed in.
"""

from __future__ import annotations

import csv
import functools
import operator
import re
import unicodedata
from collections.abc import Container
from datetime import date

from centerdesk.kernel.paths import resource
from centerdesk.kernel.record import record

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_ZEROS = sum(WEIGHTS) * ord("0")
OLDEST = date(1900, 1, 1)

_ASCII_DIGITS = str.maketrans("", "", "0123456789")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?E[+-]?\d+|\d{15,}\.0+|\d{1,3}(,\d{3}){4,}(\.0+)?", re.IGNORECASE)
# Written where a number should be when there is none (the roster policy names 无 and 待补).
MISSING_WORDS = frozenset(
    [
        "无",
        "無",
        "待补",
        "待補",
        "暂无",
        "暫無",
        "没有",
        "沒有",
        "不详",
        "不詳",
        "未知",
        "未办",
        "未辦",
        "未办理",
        "待查",
        "待核",
        "待核实",
        "待核實",
        "未上户",
        "未上戶",
        "未落户",
        "未落戶",
        "无证",
        "無證",
        "无号",
        "空",
        "缺",
        "/",
        "-",
        "--",
        "—",
        "——",
        "〇",
        "0",
        "NULL",
        "null",
        "None",
        "none",
        "N/A",
        "n/a",
    ]
)

_MESSAGES = {
    "id_float": "号码在表里存成了数值（或科学计数），末几位已经丢失，看着像对的也不能用。"
    "请把这一列改成文本格式，对照证件重新输入。",
    "id_bad_chars": "号码里有数字和末位 X 以外的字。请对照证件改正。",
    "id_length": "号码是 {length} 位，应为 18 位（或 15 位旧号）。请对照证件补齐或改正。",
    "id_impossible_date": "号码里的出生日期不存在，或者在今天以后。请对照证件改正。",
    "id_check_digit": "号码的末位校验码对不上，至少有一位写错了。请对照证件改正。",
}


@record
class IdNumber:
    """A usable 公民身份号码.

    `canonical` has 18 characters, X upper case. `sex` is GB/T 2261.1 (1 男, 2 女). `area` is the six-digit
    code as written. `notes` hold, in this order, any of: id_spaces, id_fullwidth, id_lowercase_x (rewritten),
    id_15_upgraded, area_code_unknown (accepted, the person should look).
    """

    canonical: str
    birth: date
    sex: int
    area: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"IdNumber(…{self.canonical[-1]}, notes={self.notes})"  # a number must not reach a log


@record
class IdProblem:
    """Why there is no usable number. `message` says what to do and never repeats the number.

    `kind`: id_missing, id_float, id_bad_chars, id_length, id_impossible_date, id_check_digit.
    """

    kind: str
    message: str


_MISSING = IdProblem("id_missing", "没有证件号。先按姓名收下，生日取出生日期一栏；拿到证件后请补上。")


def parse(
    value: object, today: date, *, areas: Container[str] | None = None, floor: date = OLDEST
) -> IdNumber | IdProblem:
    """Read what stands in a cell (or a form field) as an identity number.

    A value that is no text (int, float, date) came out of a number cell: 15 digits of precision are not
    enough for 18, so it is refused even if the check character happens to fit (RELIABILITY F17).
    `areas` defaults to every code GB/T 2260 ever had; `floor` is the earliest birth date believed.
    """
    if value is None or value == "" or value == 0:
        return _MISSING
    if not isinstance(value, str):
        return _problem("id_float")
    text, notes = _normalise(value)
    if not text or text in MISSING_WORDS or value.strip() in MISSING_WORDS:
        return _MISSING
    if len(text) == 18 and text.isascii() and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X"):
        return _read18(text, notes, today, areas, floor)
    if len(text) == 15 and text.isascii() and text.isdigit():
        return _read15(text, notes, today, areas, floor)
    return _refuse_shape(text)


def _refuse_shape(text: str) -> IdProblem:
    if _SCIENTIFIC.fullmatch(text):
        return _problem("id_float")
    if text[:-1].translate(_ASCII_DIGITS) or not (text[-1] == "X" or text[-1] in "0123456789"):
        return _problem("id_bad_chars")
    if len(text) == 15:  # fourteen digits and an X: the old number had no check character
        return _problem("id_bad_chars")
    return _problem("id_length", length=len(text))


def _read15(
    text: str, notes: tuple[str, ...], today: date, areas: Container[str] | None, floor: date
) -> IdNumber | IdProblem:
    body = f"{text[:6]}19{text[6:]}"
    return _read18(body + check_character(body), (*notes, "id_15_upgraded"), today, areas, floor)


def _read18(
    text: str, notes: tuple[str, ...], today: date, areas: Container[str] | None, floor: date
) -> IdNumber | IdProblem:
    try:
        birth = date.fromisoformat(text[6:14])
    except ValueError:
        return _problem("id_impossible_date")
    if not floor <= birth <= today:
        return _problem("id_impossible_date")
    if check_character(text) != text[17]:
        return _problem("id_check_digit")
    area = text[:6]
    if not area_known(area, known_areas() if areas is None else areas):
        notes = (*notes, "area_code_unknown")
    return IdNumber(text, birth, 1 if int(text[16]) % 2 else 2, area, notes)


def check_character(digits: str) -> str:
    """The GB 11643 check character for the first 17 digits of `digits`."""
    return CHECK_CHARACTERS[(sum(map(operator.mul, WEIGHTS, digits[:17].encode("ascii"))) - _ZEROS) % 11]


def area_known(area: str, areas: Container[str]) -> bool:
    """Whether the six digits ever named a place, a residence permit or a foreigner's permanent card.

    Abolished codes count as known: people keep the number they were given. 810000, 820000 and 830000 are
    the residence permits of Hong Kong, Macao and Taiwan residents; 9… is the permanent residence card
    (2023 form: 9, place, nationality), which has no county code.
    """
    return area in areas or area in ("810000", "820000", "830000") or area[0] == "9"


@functools.cache
def known_areas() -> frozenset[str]:
    """Every six-digit code of GB/T 2260 in any revision that ships with the program."""
    with resource("data", "divisions", "gb2260.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


def _normalise(value: str) -> tuple[str, tuple[str, ...]]:
    """Half-width, no guards, no blanks, X upper case; and which of these are worth telling.

    The guards of exports (a tab or apostrophe in front, `="…"` around) are not worth telling.
    """
    text = value.strip()
    if text.isascii() and (text.isdigit() or (text[:-1].isdigit() and text[-1] == "X")):
        # Blanks around a number are told like blanks inside; a tab in front is an export's guard.
        return text, (("id_spaces",) if value.strip("\t\r\n") != text else ())
    return _normalise_hard(value)


def _normalise_hard(value: str) -> tuple[str, tuple[str, ...]]:
    notes = []
    text = _unguard(value.strip("\t\r\n"))
    bare = "".join(c for c in text if not _blank(c))
    if bare != text:
        notes.append("id_spaces")
    folded = unicodedata.normalize("NFKC", bare)
    if folded != bare:
        notes.append("id_fullwidth")
    if folded[-1:] in ("x", "×", "х", "Х"):  # also a multiplication sign, a Cyrillic letter
        notes.append("id_lowercase_x")
        folded = folded[:-1] + "X"
    return folded, tuple(notes)


def _unguard(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith('="') and stripped.endswith('"') and len(stripped) > 3:
        return stripped[2:-1]
    if stripped[:1] in ("'", "‘", "’", "`"):
        return stripped[1:]
    return text


def _blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc")


def _problem(kind: str, *, length: int = 0) -> IdProblem:
    return IdProblem(kind, _MESSAGES[kind].format(length=length))
