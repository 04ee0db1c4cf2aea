"""Many new rows at once, past the mapper: an import writes hundreds of thousands (批量写入)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Date, Dialect, LargeBinary, Table, insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault

ROWS, VALUES = 500, 32_000
"""Rows and values one statement carries at most; SQLite takes 32,766 values unless it was built for more."""
_NOTHING = object()


Statement = tuple[str, Any]
"""What the driver is handed: SQL, and values in places or a list of them by name."""


def insert_many(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows by the driver itself, as `statements` has them. Safe inside a flush; write lane."""
    for sql, values in statements(connection.dialect, table, rows, shared):
        connection.exec_driver_sql(sql, values)


def statements(
    dialect: Dialect,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any] | None = None,
) -> Iterator[Statement]:
    """What inserts the rows; columns a row leaves out get their plain default, or nothing. Any thread.

    `shared` are values that all rows have and none of them names. SQLAlchemy's way makes a dictionary of
    parameters for each row and asks each type for each value: four times the price of the insert itself. Values
    are converted column by column here. On SQLite one statement carries hundreds of rows: the interpreter is
    free for other threads while it runs, not only between two rows.
    """
    if not rows:
        return iter(())
    by_kind = _in_places if dialect.positional else _by_names
    return by_kind(dialect, table, rows, shared or {})


def _in_places(
    dialect: Dialect, table: Table, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> Iterator[Statement]:
    """SQLite: what all rows have in common stands first and is handed over once a statement."""
    told = set(shared).union(*rows) - shared.keys()
    common = [column for column in table.columns if column.key not in told]
    own = [column for column in table.columns if column.key in told]
    once = [next(iter(_values(dialect, c, rows[:1], shared))) for c in common]
    every = zip(*(_values(dialect, c, rows, shared) for c in own), strict=True)
    values = list(chain.from_iterable(every))
    names = dialect.identifier_preparer
    columns = ", ".join(names.format_column(c) for c in (*common, *own))
    head = f"INSERT INTO {names.format_table(table)} ({columns}) VALUES "  # noqa: S608 - names of our own tables
    one = ", ".join([*(f"?{n}" for n in range(1, len(common) + 1)), *repeat("?", len(own))])
    step = min(ROWS, VALUES // len(table.columns)) * len(own)
    for start in range(0, len(values), step):
        some = values[start : start + step]
        places = ", ".join(repeat(f"({one})", len(some) // len(own)))
        yield head + places, (*once, *some)


def _by_names(
    dialect: Dialect, table: Table, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> Iterator[Statement]:
    """PostgreSQL: the driver sends rows without waiting between them."""
    keys = [column.key for column in table.columns]
    compiled = insert(table).compile(dialect=dialect, column_keys=keys)
    every = zip(*(_values(dialect, c, rows, shared) for c in table.columns), strict=True)
    yield str(compiled), [dict(zip(keys, row, strict=True)) for row in every]


def _values(
    dialect: Dialect, column: Column[Any], rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]
) -> Iterable[Any]:
    """What the driver takes for one column, row by row."""
    convert = _conversion(dialect, column)
    if column.key in shared:
        value = shared[column.key]
        return repeat(convert(value) if convert is not None else value, len(rows))
    try:
        found = list(map(itemgetter(column.key), rows))
    except KeyError:
        default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        found = [row.get(column.key, default) for row in rows]
    return _converted(found, convert) if convert is not None else found


def _conversion(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    """What SQLAlchemy would do with each value, without what the driver of a file does not need: bytes it takes as
    they are, where a view of them costs it an error raised and swallowed, and days are their ISO form."""
    kind = column.type.dialect_impl(dialect)
    if dialect.positional and isinstance(kind, LargeBinary):
        return None
    if dialect.positional and isinstance(kind, Date):
        return _day
    return kind.bind_processor(dialect)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _converted(values: Iterable[Any], convert: Callable[[Any], Any]) -> list[Any]:
    """What the driver takes; a value that stands in many rows, such as the batch, is converted once."""
    found, before, made = [], _NOTHING, None
    for value in values:
        if value is not before:
            before, made = value, convert(value)
        found.append(made)
    return found
