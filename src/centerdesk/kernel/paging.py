"""Keyset paging: a page is what follows a key, never an offset; rows neither repeat nor slip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_

from centerdesk.kernel.record import record

R = TypeVar("R")
S = TypeVar("S", bound=Select[Any])

Key: TypeAlias = tuple[Any, ...]
"""Sort values of the last row of a page, in the order of the sort columns, the unique one last."""


@record
class Page(Generic[R]):
    """One stretch of a list. `next_key` is where the next one starts, None at the end."""

    rows: tuple[R, ...]
    next_key: Key | None = None


def after_key(
    stmt: S, keys: Sequence[ColumnElement[Any]], after: Key | None, limit: int, *, descending: bool = False
) -> S:
    """Restrict `stmt` to the first `limit` rows after `after` (None: from the start) and order it.

    `keys`: NOT NULL, indexed together, the last one unique; one direction for all of them.
    """
    if after is not None:
        left = tuple_(*keys)
        right = tuple_(*(literal(value, key.type) for value, key in zip(after, keys, strict=True)))
        stmt = stmt.where(left < right if descending else left > right)
    return stmt.order_by(*(key.desc() if descending else key.asc() for key in keys)).limit(limit)


def page_of(found: Sequence[R], limit: int, key: Callable[[R], Key]) -> Page[R]:
    """The page of at most `limit` rows out of `found`, which was asked with `limit + 1`.

    The one row too many only tells that more follows; without it a full last page would want an empty one.
    """
    rows = tuple(found[:limit])
    return Page(rows, key(rows[-1]) if len(found) > limit and rows else None)
