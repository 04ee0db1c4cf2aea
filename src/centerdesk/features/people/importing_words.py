"""The words of rosters: headers, tags, relations and so on, from `resources/data/roster_words.toml`."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from centerdesk.kernel.chinese import simplified
from centerdesk.kernel.paths import resource

DITTO = frozenset(("同上", "″", "〃", '"', "“", "”", "＂", "''", "′′", "''", "〞", "〟", "同 上", "同前"))
"""Cells that mean the row above, same column."""
NOTHING = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "无",
        "無",
        "没有",
        "沒有",
        "不详",
        "不詳",
        "暂无",
        "暫無",
        "空",
        "待补",
        "待補",
        "未知",
        "不清",
    )
)
"""Cells that mean there is nothing to say."""
_NOISE = re.compile(r"[\s*:：★※△#]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_TRAILING_NUMBER = re.compile(r"(?<=\D)[1-9一二三]$")


@dataclass(frozen=True, slots=True)
class Words:
    """The tables, folded. Relations map to (word, GB/T 4761 code); `tag_order` is the fixed order of tags."""

    headers: Mapping[str, str]
    contains: tuple[tuple[str, tuple[str, ...]], ...]
    other: tuple[str, ...]
    tags: Mapping[str, str]
    tag_order: Mapping[str, int]
    political: Mapping[str, str]
    sex: Mapping[str, str]
    relations: Mapping[str, tuple[str, str]]
    nationalities: Mapping[str, str]


@functools.cache
def words() -> Words:
    """The tables, read once. Raises EnvironmentFault when the installation is incomplete."""
    data = tomllib.loads(resource("data", "roster_words.toml").read_text(encoding="utf-8"))
    relations = {}
    for word, (code, *others) in data["relations"].items():
        relations.update(dict.fromkeys((word, code, *others), (word, code)))
    nationalities = {}
    for name in data["nationalities"]["names"]:
        nationalities[name] = nationalities[name.removesuffix("族")] = name
    return Words(
        headers={fold_header(word): field for field, some in data["headers"].items() for word in some},
        contains=tuple((rule["field"], tuple(rule["any"])) for rule in data["contains"]),
        other=tuple(data["other"]["words"]),
        tags=_canonical(data["tags"]),
        tag_order={word: n for n, word in enumerate(data["tags"])},
        political=_canonical(data["political"]),
        sex=_canonical(data["sex"]),
        relations=relations,
        nationalities=nationalities,
    )


def _canonical(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: name for name, others in table.items() for word in (name, *others)}


@functools.lru_cache(maxsize=65536)
def fold_word(text: str) -> str:
    """For looking a word up: half-width, simplified, lower case, no blanks."""
    return simplified("".join(unicodedata.normalize("NFKC", text).split())).lower()


def fold_header(text: str) -> str:
    """`公民身份号码*` → 公民身份号码, `出生日期（公历）` as it is but half-width."""
    return _NOISE.sub("", fold_word(text))


@functools.lru_cache(maxsize=8192)
def field_of(label: str, parent: str = "") -> tuple[str, bool] | None:
    """The field a header names, and whether surely (a listed word) or by a part of it. None for no field."""
    table = words()
    child, above = fold_header(label), fold_header(parent)
    if not child or len(child) > 24:
        return None
    if any(word in above + child for word in table.other):
        return None
    for candidate in (
        above + child,
        child,
        _BRACKETS.sub("", child),
        _TRAILING_NUMBER.sub("", _BRACKETS.sub("", child)),
    ):
        if candidate in table.headers:
            return table.headers[candidate], True
    if "单元" in child and re.search("[楼栋幢]", child) and re.search("[室房号]", child):
        return "address", True  # 楼号-单元-室 and the like
    for field, parts in table.contains:
        if any(part in child for part in parts):
            return field, False
    return None


@functools.lru_cache(maxsize=65536)
def tags_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The known tags of a cell, in fixed order, and the unknown words as they are written."""
    table = words()
    known: set[str] = set()
    free: dict[str, None] = {}
    for piece in re.split(r"[、,，;；/／|｜\\+＋&\s]+", text):
        word = fold_word(piece)
        if word in NOTHING:
            continue
        if word in table.tags:
            known.add(table.tags[word])
        else:
            free[piece.strip()] = None
    return tuple(sorted(known, key=table.tag_order.__getitem__)), tuple(free)


@functools.lru_cache(maxsize=4096)
def relation_of(text: str) -> tuple[str | None, str | None]:
    """The relation's word and GB/T 4761 code; an unknown word is kept without a code."""
    word = fold_word(text)
    if word in NOTHING:
        return None, None
    known = words().relations.get(word) or words().relations.get(word.zfill(2))
    return known or (text.strip(), None)


@functools.lru_cache(maxsize=4096)
def sex_of(text: str) -> str | None:
    """男, 女 or None (unknown, or no word for a sex). 1 and 2 are GB/T 2261.1."""
    return words().sex.get(fold_word(text))


@functools.lru_cache(maxsize=4096)
def political_of(text: str) -> str | None:
    word = fold_word(text)
    return None if word in NOTHING else words().political.get(word, word)


@functools.lru_cache(maxsize=4096)
def ethnic_of(text: str) -> str | None:
    word = fold_word(text)
    return None if word in NOTHING else words().nationalities.get(word, word)


@functools.lru_cache(maxsize=4096)
def residence_of(text: str) -> str | None:
    word = fold_word(text)
    return None if word in NOTHING else word
