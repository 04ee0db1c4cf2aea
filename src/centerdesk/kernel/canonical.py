"""Canonical JSON: plain values with their types as one text, always the same letters for the same value.

The journal's chain covers it letter by letter; proposals keep what was wanted in it.
"""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Text, TypeDecorator

_TAGS: dict[type, tuple[str, Any]] = {
    UUID: ("u", lambda v: v.hex),
    datetime: ("t", lambda v: v.isoformat()),
    date: ("d", lambda v: v.isoformat()),
    time: ("h", lambda v: v.isoformat()),
    bytes: ("b", lambda v: base64.b64encode(v).decode("ascii")),
    Decimal: ("n", str),
}
_REVIVE: dict[str, Any] = {
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
    "b": base64.b64decode,
    "n": Decimal,
}


def plain(value: Any) -> dict[str, Any]:
    """What JSON has no word for, with its type. Raises TypeError for what is no plain value."""
    tag = _TAGS.get(type(value))
    if tag is not None:
        return {f"${tag[0]}": tag[1](value)}
    raise TypeError(f"{type(value).__name__} is no plain value")


def revive(value: dict[str, Any]) -> Any:
    """What `plain` made of a value, as it was; anything else as it is."""
    if len(value) == 1:
        ((key, inner),) = value.items()
        if len(key) == 2 and key[0] == "$" and key[1] in _REVIVE:
            return _REVIVE[key[1]](inner)
    return value


def dumps(value: Any) -> str:
    """Canonical JSON (sorted keys, no spaces) of plain values, ids, dates, instants, bytes. Raises TypeError."""
    return json.dumps(value, default=plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Any:
    """What `dumps` wrote, with its types."""
    return json.loads(text, object_hook=revive)


class Canonical(TypeDecorator[Any]):
    """A JSON value, stored as the text that `dumps` gives: the chain covers it letter by letter."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else loads(value)
