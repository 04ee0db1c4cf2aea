"""Figures of a return: the value types, how they are stored, and the check code over them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from centerdesk.kernel.indicators import Indicator, Measure
from centerdesk.kernel.reporting.figures import rate

CODE = "C01"
TITLE = "社区党群工作月报表"
DEFINITION = "v1"
"""Version of all definitions together; printed in the foot."""

DRAFT, DONE = "编制", "完成"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Figure:
    """指标数. One indicator in one place and month, with what it is compared to and the rows behind it."""

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
    rows: tuple[UUID, ...]

    @property
    def key(self) -> str:
        """Names the figure within an edition."""
        return f"{self.indicator}@{self.where_id.hex if self.where_id else ''}"

    def as_json(self) -> dict[str, Any]:
        """The form of the command line's `figures`."""
        return {
            "indicator": self.indicator,
            "title": self.title,
            "where": self.where,
            "unit": self.unit,
            "month": _plain(self.month.value),
            "previous": _plain(self.previous.value),
            "year_to_date": _plain(self.year_to_date.value),
            "n": self.month.n,
            "d": self.month.d,
            "definition": self.definition,
            "rows": len(self.rows),
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
        month.rows if month else (),
    )


def dump(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """What an edition stores: everything but the rows."""
    stored = []
    for f in figures:
        entry = asdict(f)
        entry["where_id"] = f.where_id.hex if f.where_id else None
        entry["rows"] = len(f.rows)
        stored.append(entry)
    return stored


def restore(stored: Sequence[Mapping[str, Any]], rows: Mapping[str, tuple[UUID, ...]]) -> tuple[Figure, ...]:
    """Figures out of an edition; `rows` by figure key."""
    found = []
    for entry in stored:
        where_id = UUID(hex=entry["where_id"]) if entry["where_id"] else None
        key = f"{entry['indicator']}@{where_id.hex if where_id else ''}"
        values = {name: Value(**entry[name]) for name in ("month", "previous", "year_to_date")}
        found.append(Figure(**{**entry, **values, "where_id": where_id, "rows": rows.get(key, ())}))
    return tuple(found)


def digest(period: str, figures: Sequence[Figure]) -> bytes:
    """SHA-256 over every number and every row id, in order: the same figures give the same code."""
    hasher = hashlib.sha256(period.encode())
    hasher.update(json.dumps(dump(figures), sort_keys=True, ensure_ascii=False).encode())
    for f in figures:
        for row in f.rows:
            hasher.update(row.bytes)
    return hasher.digest()


def check_code(sha256: bytes) -> str:
    """The short code on paper: 7F3A-91C2."""
    text = sha256.hex().upper()
    return f"{text[:4]}-{text[4:8]}"


def change_percent(now: float | None, before: float | None) -> Decimal | None:
    """环比 in percent, one decimal; None without a base."""
    if now is None or not before:
        return None
    change = (Decimal(str(now)) - Decimal(str(before))) * 100 / Decimal(str(before))
    return change.quantize(Decimal("0.1"), "ROUND_HALF_UP")


def pack(ids: Sequence[UUID]) -> bytes:
    """Row ids as they are stored: 16 bytes each, in order."""
    return b"".join(i.bytes for i in ids)


def unpack(blob: bytes) -> tuple[UUID, ...]:
    """What `pack` wrote."""
    return tuple(UUID(bytes=blob[i : i + 16]) for i in range(0, len(blob), 16))
