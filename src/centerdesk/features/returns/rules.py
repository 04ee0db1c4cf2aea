"""Figures of a return: the value types, how they are stored, and the check code over them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from centerdesk.kernel.indicators import Indicator, Measure
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.figures import change, rate

CODE = "C01"
TITLE = "社区党群工作月报表"
DEFINITION = "v1"
"""Version of all definitions together; printed in the foot."""

DRAFT, DONE = "编制", "完成"

LARGE_CHANGE = 30
"""Percent against the month before from which a number is marked (FEATURES E4)."""

_DURATIONS = frozenset({"分钟", "天"})
"""Units of which nothing is no zero: a grid without alarms has no handling time."""


@record
class Value:
    """One number of one period. A rate keeps n and d; its value is the one rounding of them."""

    value: float | None
    n: int | None = None
    d: int | None = None

    @classmethod
    def of(cls, measure: Measure | None) -> Value:
        if measure is None:
            return cls(None)
        if measure.n is not None and measure.d is not None:
            percent = rate(measure.n, measure.d)
            return cls(None if percent is None else float(percent), measure.n, measure.d)
        return cls(measure.value)


@record
class Figure:
    """指标数. One indicator in one place and month, with what it is compared to and the records behind it.

    `count` records stand behind it; `rows` are their ids, left empty in a figure that was read from an edition.
    """

    indicator: str
    title: str
    unit: str
    group: str
    part_of: str | None
    where_id: UUID | None
    where: str | None
    month: Value
    previous: Value
    year_to_date: Value
    definition: str
    version: str
    record: str
    count: int
    rows: tuple[UUID, ...] = ()

    @property
    def key(self) -> str:
        """Names the figure within an edition."""
        return f"{self.indicator}@{self.where_id.hex if self.where_id else ''}"

    def as_json(self) -> dict[str, Any]:
        """The form of the command line's `figures`."""
        return {
            "indicator": self.indicator,
            "where": self.where,
            "unit": self.unit,
            "month": _plain(self.month.value),
            "previous": _plain(self.previous.value),
            "year_to_date": _plain(self.year_to_date.value),
            "n": self.month.n,
            "d": self.month.d,
            "definition": self.definition,
            "rows": self.count,
        }


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def figure(
    indicator: Indicator,
    where_id: UUID | None,
    where: str | None,
    month: Measure | None,
    previous: Measure | None,
    year_to_date: Measure | None,
) -> Figure:
    """Put an indicator's three measures together."""
    rows = month.rows if month else ()
    return Figure(
        indicator.id,
        indicator.title,
        indicator.unit,
        indicator.group,
        indicator.part_of,
        where_id,
        where,
        Value.of(month),
        Value.of(previous),
        Value.of(year_to_date),
        indicator.definition,
        indicator.version,
        indicator.record,
        len(rows),
        rows,
    )


def absent(unit: str) -> Measure | None:
    """What a grid without a single record has: 0, a rate of 0/0, and no duration at all."""
    if unit in _DURATIONS:
        return None
    return Measure(None, (), 0, 0) if unit == "%" else Measure(0)


def arranged(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """In the order they are printed: groups as they come first, each part (其中) right behind its whole."""
    known = {i.id for i in indicators}
    groups: dict[str, list[Indicator]] = {}
    parts: dict[str, list[Indicator]] = {}
    for one in indicators:
        if one.part_of in known:
            parts.setdefault(str(one.part_of), []).append(one)
        else:
            groups.setdefault(one.group, []).append(one)

    def with_parts(one: Indicator) -> Iterator[Indicator]:
        yield one
        for part in parts.get(one.id, ()):
            yield from with_parts(part)

    return tuple(found for group in groups.values() for one in group for found in with_parts(one))


def station_only(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures of the station as a whole: the lines of the form."""
    return tuple(f for f in figures if f.where_id is None)


def line_numbers(figures: Sequence[Figure]) -> dict[str, str]:
    """行号 by indicator: 01, 02 … down the form."""
    return {f.indicator: f"{at:02}" for at, f in enumerate(station_only(figures), 1)}


def depths(figures: Sequence[Figure]) -> dict[str, int]:
    """How deep an indicator stands under 其中: 0 for a whole, 2 for the part of a part."""
    whole = {f.indicator: f.part_of for f in figures}

    def depth(indicator: str) -> int:
        above = whole.get(indicator)
        return 1 + depth(above) if above in whole and above is not None else 0

    return {indicator: depth(indicator) for indicator in whole}


def dump(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """What an edition stores: everything but the rows. Not `asdict`, which copies every row id."""
    stored = []
    for f in figures:
        entry = {field.name: getattr(f, field.name) for field in fields(f)}
        for name in ("month", "previous", "year_to_date"):
            value = entry[name]
            entry[name] = {"value": value.value, "n": value.n, "d": value.d}
        entry["where_id"] = f.where_id.hex if f.where_id else None
        entry["rows"] = entry.pop("count")
        stored.append(entry)
    return stored


def restore(stored: Sequence[Mapping[str, Any]]) -> tuple[Figure, ...]:
    """Figures out of an edition; the ids of their records stay in the database."""
    found = []
    for entry in stored:
        where_id = UUID(hex=entry["where_id"]) if entry["where_id"] else None
        values: dict[str, Any] = {n: Value(**entry[n]) for n in ("month", "previous", "year_to_date")}
        values |= {"where_id": where_id, "count": entry["rows"], "rows": ()}
        found.append(Figure(**{**entry, **values}))
    return tuple(found)


def digest(period: str, figures: Sequence[Figure]) -> bytes:
    """SHA-256 over every number and every row id, in order: the same figures give the same code."""
    hasher = hashlib.sha256(period.encode())
    hasher.update(json.dumps(dump(figures), sort_keys=True, ensure_ascii=False).encode())
    for f in figures:
        hasher.update(pack(f.rows))
    return hasher.digest()


def check_code(sha256: bytes) -> str:
    """The short code on paper: 7F3A-91C2."""
    text = sha256.hex().upper()
    return f"{text[:4]}-{text[4:8]}"


def change_of(f: Figure) -> Decimal | None:
    """环比 in percent, one decimal; None without a base, and for a rate, whose points are no percent."""
    if f.month.n is not None or f.month.value is None or f.previous.value is None:
        return None
    return change(Decimal(str(f.month.value)), Decimal(str(f.previous.value)))


def is_large(f: Figure) -> bool:
    """Did the number change by 30 % or more?"""
    moved = change_of(f)
    return moved is not None and abs(moved) >= LARGE_CHANGE


def pack(ids: Sequence[UUID]) -> bytes:
    """Row ids as they are stored: 16 bytes each, in order."""
    return b"".join([i.int.to_bytes(16, "big") for i in ids])


def unpack(blob: bytes) -> tuple[UUID, ...]:
    """What `pack` wrote."""
    return tuple(UUID(bytes=blob[i : i + 16]) for i in range(0, len(blob), 16))
