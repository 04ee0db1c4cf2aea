"""Chinese text: readings and sort keys of names, numerals, and folding for search.

Readings come from a table that ships with the program (`resources/data/pinyin`), loaded once on first use;
pypinyin is asked only for characters that stand neither there nor in the traditional table. All pure; any
thread. Folding is for searching and comparing: a registered name is never rewritten.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

from centerdesk.kernel.paths import resource
from centerdesk.kernel.record import record

READINGS = 16
"""The most ways of reading one name that are kept for search."""

KEY_LENGTH = 160
"""Characters of a stored sort key at most."""

PLACE_BITS = 28
"""Bits of a `key_place`: two characters of 14 each."""

_DIGITS = dict(zip("零〇○一壹二贰两三叁四肆五伍六陆七柒八捌九玖", "0001122233445566778899", strict=True))
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_NUMERAL = re.compile(f"[{''.join(_DIGITS)}{''.join(_UNITS)}]+")
_TONE = re.compile(r"[1-5]")
_DOT = "·"
_DOTS = "•・‧∙⋅●﹒"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


@record
class _Tables:
    """Readings are toned, by rank. `simple`: traditional to simplified, `folded`: what `fold` does."""

    characters: dict[str, tuple[str, ...]]
    single: dict[str, tuple[str, ...]]
    compound: dict[str, tuple[str, ...]]
    simple: dict[int, str]
    folded: dict[int, Any]
    standard: dict[int, str]
    heads: frozenset[str]


@cache
def _tables() -> _Tables:
    folder = resource("data", "pinyin")
    single, compound = {}, {}
    for name, _, readings in _entries(folder / "surnames.txt"):
        if len(name) == 1:
            single[name] = tuple(readings.split(","))
        else:
            compound[name] = tuple(readings.split())
    simple = {ord(pair[0]): pair[1:] for line in _lines(folder / "traditional.txt") for pair in line.split()}
    return _Tables(
        {char: tuple(r.split(",")) for char, _, r in _entries(folder / "characters.txt")},
        single,
        compound,
        simple,
        simple | str.maketrans(_DOTS, _DOT * len(_DOTS), _INVISIBLE) | {ord("ü"): "v"},
        {int(code[2:], 16): char for code, _, char in _entries(folder / "private_use.txt")},
        frozenset(name[0] for name in compound),
    )


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


def _entries(path: Path) -> Iterator[tuple[str, str, str]]:
    return (line.partition(" ") for line in _lines(path))


def standard_forms(text: str) -> str:
    """Private-use characters of old GBK fonts (私用区字) replaced by the characters they stand for."""
    return text.translate(_tables().standard) if any("\ue000" <= c <= "\uf8ff" for c in text) else text


def simplified(text: str) -> str:
    """Each traditional character as its simplified one; for comparing, never for storing a name."""
    return text.translate(_tables().simple)


def fold(text: str) -> str:
    """What search compares: half-width, lower case, simplified, one kind of dot, ü as v, no hidden marks."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_tables().folded)


def is_han(char: str) -> bool:
    """Whether this is a Chinese character (ideograph blocks, the private ones of old fonts, 〇)."""
    return (
        "\u3400" <= char <= "\u9fff"
        or "\U00020000" <= char <= "\U0003ffff"
        or "\uf900" <= char <= "\ufaff"
        or "\ue000" <= char <= "\uf8ff"
        or char == "〇"
    )


@lru_cache(maxsize=8192)
def split_name(name: str) -> tuple[str, str]:
    """Surname and given name; compound surnames (复姓) stay whole, traditional forms too.

    The given name is empty for a one-character name. Names that are not Chinese, or carry a dot, have no
    surname in this sense: everything before the dot or blank is the first part.
    """
    name = name.strip()
    for mark in (_DOT, "•", " "):
        if mark in name:
            first, _, rest = name.partition(mark)
            return first, rest
    if not name or not is_han(name[0]):
        return name, ""
    if len(name) > 2 and _is_compound(name[:2]):
        return name[:2], name[2:]
    return name[:1], name[1:]


def _is_compound(two: str) -> bool:
    tables = _tables()
    return tables.simple.get(ord(two[0]), two[0]) in tables.heads and simplified(two) in tables.compound


def name_key(name: str) -> str:
    """Sort key of a person's name: by syllable, tone and character, the surname read as a surname.

    张小明 → `zhang1张xiao3小ming2明`. Compare as bytes (BINARY, "C"). The characters stand in the key, so two
    names share one only when they differ in dots and blanks, or beyond KEY_LENGTH characters.
    """
    surname, given = split_name(name)
    return (_surname_key(surname) + "".join(map(_char_key, given)))[:KEY_LENGTH]


@lru_cache(maxsize=8192)
def _surname_key(surname: str) -> str:
    return "".join(
        reading + char if is_han(char) else _char_key(char)
        for char, reading in zip(surname, _surname_readings(surname)[0], strict=True)
    )


def key_place(key: str) -> int:
    """Roughly where a sort key stands among all there may be: of two keys the lesser has no greater place.

    Names of the same first two characters share one. Places are stored (`search.py`): a character more or less in
    the table of readings moves those behind it, and every index has to be made anew.
    """
    known = _known_keys()
    first = bisect_right(known, key)
    if not first or not key.startswith(known[first - 1]):
        second = (1 << PLACE_BITS // 2) - 1  # behind all that begin with the character before
    else:
        second = bisect_right(known, key[len(known[first - 1]) :])
    return first << PLACE_BITS // 2 | second


@cache
def _known_keys() -> tuple[str, ...]:
    """Sort keys of single characters, in order; none is the beginning of another."""
    tables = _tables()
    read = (*tables.characters.items(), *tables.single.items())
    return tuple(sorted({readings[0] + char for char, readings in read}))


@cache
def _char_key(char: str) -> str:
    if not is_han(char):
        return fold(char) if char.isalnum() else ""
    known = char_readings(char)
    return (known[0] if known else "~") + char


@cache
def char_readings(char: str) -> tuple[str, ...]:
    """Readings of one character with tone digits (`lv4`, none when neutral), usual one first; () unknown."""
    tables = _tables()
    if known := tables.characters.get(char):
        return known
    plain = char.translate(tables.simple)
    if plain != char and (known := tables.characters.get(plain)):
        return known
    if char.isascii() or not is_han(char) or "\ue000" <= char <= "\uf8ff":
        return ()
    return _from_pypinyin(char)


def _from_pypinyin(char: str) -> tuple[str, ...]:
    """Readings of a rare character. Importing pypinyin costs 0.2 s, so only here."""
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.TONE3, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0]))[:4] if found else ()


@lru_cache(maxsize=8192)
def _surname_readings(surname: str) -> tuple[tuple[str, ...], ...]:
    """Ways of reading a surname, each one toned syllable (or the character itself) a character."""
    tables = _tables()
    plain = surname.translate(tables.simple)
    if len(surname) == 1:
        special = tables.single.get(surname) or tables.single.get(plain) or ()
        known = dict.fromkeys((*special, *(char_readings(surname) or (surname,))))
        return tuple((reading,) for reading in known)
    if whole := tables.compound.get(surname) or tables.compound.get(plain):
        return (whole,)
    return (tuple((char_readings(char) or (char,))[0] for char in surname),)


def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways `name` may be read, as syllables without tones; the likeliest first, at most READINGS.

    Characters that are no Chinese ones are left out, so a name in Latin letters has one empty reading.
    """
    surname, given = split_name(name)
    family, rest = _family(surname), _given(given)
    if len(family) == 1 and len(rest) == 1:
        return (family[0] + rest[0],)
    ways = (head + tail for tail in rest for head in family)
    return tuple(dict.fromkeys(ways))[:READINGS]


@lru_cache(maxsize=32768)
def _given(given: str) -> tuple[tuple[str, ...], ...]:
    """Ways of reading a given name; whole names hardly come again, given names do."""
    return tuple(_near_first([choices for char in given if (choices := _syllables(char))]))


@lru_cache(maxsize=8192)
def _family(surname: str) -> tuple[tuple[str, ...], ...]:
    """Ways of reading a surname without tones."""
    ways = (
        tuple(_plain(s) for c, s in zip(surname, way, strict=True) if is_han(c) and s != c)
        for way in _surname_readings(surname)
    )
    return tuple(dict.fromkeys(ways))


@cache
def _syllables(char: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_plain, char_readings(char)))) if is_han(char) else ()


def _near_first(choices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The usual reading of each, then those that differ at one place, then at two: enough, and bounded."""
    usual = tuple(c[0] for c in choices)
    found = [usual]
    doubtful = [n for n, c in enumerate(choices) if len(c) > 1]
    for places in (*combinations(doubtful, 1), *combinations(doubtful, 2)):
        for other in product(*(choices[n][1:] for n in places)):
            changed = list(usual)
            for place, reading in zip(places, other, strict=True):
                changed[place] = reading
            found.append(tuple(changed))
    return found[:READINGS]


def _plain(syllable: str) -> str:
    return _TONE.sub("", syllable)


def initials(name: str) -> str:
    """First letters, the surname read as a surname: 曾小明 → `zxm`. Latin words and digits give their own."""
    surname, given = split_name(name)
    if not surname or not is_han(surname[0]):
        return "".join(word[0] for word in re.findall(r"[a-z0-9]+", fold(name)))
    return _surname_initials(surname) + "".join(map(_initial, given))


@lru_cache(maxsize=8192)
def _surname_initials(surname: str) -> str:
    return "".join(
        s[0] if is_han(c) and s != c else _initial(c)
        for c, s in zip(surname, _surname_readings(surname)[0], strict=True)
    )


@cache
def _initial(char: str) -> str:
    if is_han(char):
        return (char_readings(char) or ("",))[0][:1]
    return fold(char) if char.isascii() and char.isalnum() else ""


def arabic(text: str) -> str:
    """Chinese numerals as digits: 三 → 3, 五零一 → 501, 二十三 → 23, 一百零二 → 102; 百 or 千 alone stay."""
    return _NUMERAL.sub(lambda match: _number(match[0]), text)


def _number(run: str) -> str:
    """Digits one by one without units, else place values (up to 9999); a run that is no number stays."""
    if not any(c in _UNITS for c in run):
        return "".join(_DIGITS[c] for c in run)
    if run[0] in _UNITS and _UNITS[run[0]] != 10:
        return run
    total, digit = 0, ""
    for char in run:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += int(digit or ("1" if total == 0 else "0")) * _UNITS[char]
            digit = ""
    return str(total + int(digit or "0"))


@lru_cache(maxsize=8192)
def natural_key(text: str) -> str:
    """Sort key of building, grid and other labels: numbers by value (3栋 < 12栋), words by pinyin.

    Compare as bytes. A digit run becomes its length and its digits, so no run is too long.
    """
    parts = re.split(r"(\d+)", arabic(fold(text)), flags=re.ASCII)
    return "".join(
        f"{len(part.lstrip('0')):02d}{part.lstrip('0')}" if n % 2 else "".join(map(_label_key, part))
        for n, part in enumerate(parts)
    )


def _label_key(char: str) -> str:
    return _char_key(char) if is_han(char) else char
