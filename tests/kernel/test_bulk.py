"""Rows written past the mapper read back as the mapper would have written them, on both databases."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from centerdesk.kernel.bulk import ROWS, insert_many
from centerdesk.kernel.orm import Guid, UtcDateTime, uuid7
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

PIECE = Table(
    "bulk_piece",
    MetaData(),
    Column("id", Guid(), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("name", String(60), nullable=False, default="无名"),
    Column("day", Date),
    Column("at", UtcDateTime()),
    Column("sealed", LargeBinary),
    Column("kept", Boolean, nullable=False, default=False),
    Column("batch", Guid()),
    prefixes=["TEMPORARY"],  # a desk may make no lasting ones on a server
)
BATCH = UUID(int=0x0190_0000_0000_7000_8000_000000000001)


@pytest.fixture(scope="module")
def engine(on_database, tmp_path_factory):
    station = make_station(tmp_path_factory.mktemp("bulk"))
    yield station.database.rw
    station.close()


@contextmanager
def emptied(engine):
    """A connection with the table in it, empty; both are gone afterwards."""
    with engine.connect() as connection:
        PIECE.create(connection)
        yield connection
        connection.rollback()


@pytest.fixture
def connection(engine):
    with emptied(engine) as connection:
        yield connection


def numbered(count):
    return [{"id": uuid7(), "number": n} for n in range(count)]


def stored(connection):
    return [dict(row._mapping) for row in connection.execute(select(PIECE).order_by(PIECE.c.number))]


@pytest.mark.parametrize("count", [1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 7])
def test_every_row_arrives_whatever_a_statement_carries(connection, count):
    rows = numbered(count)
    insert_many(connection, PIECE, rows)
    assert [(row["id"], row["number"]) for row in stored(connection)] == [
        (r["id"], r["number"]) for r in rows
    ]


def test_no_rows_are_no_statement(connection):
    insert_many(connection, PIECE, [])
    assert stored(connection) == []


def test_what_a_row_leaves_out_is_the_default_or_nothing(connection):
    one, other = (
        {"id": uuid7(), "number": 1, "name": "雪天"},
        {"id": uuid7(), "number": 2, "day": date(1950, 2, 28)},
    )
    insert_many(connection, PIECE, [one, other])
    empty = {"day": None, "at": None, "sealed": None, "kept": False, "batch": None}
    assert stored(connection) == [empty | one, empty | {"name": "无名"} | other]


def test_shared_values_stand_in_every_row(connection):
    at = datetime(2026, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    insert_many(connection, PIECE, numbered(ROWS + 3), {"batch": BATCH, "at": at, "kept": True})
    found = {(row["batch"], row["at"], row["kept"]) for row in stored(connection)}
    assert found == {(BATCH, at.astimezone(UTC), True)}


def test_a_row_that_is_there_already_fails_the_whole(connection):
    rows = numbered(3)
    with pytest.raises(IntegrityError):
        insert_many(connection, PIECE, [*rows, rows[0]])


def test_a_time_without_a_zone_is_refused(connection):
    with pytest.raises(TypeError, match="naive"):
        insert_many(connection, PIECE, numbered(1), {"at": datetime(2026, 3, 1)})  # noqa: DTZ001 - the point


ROW = st.fixed_dictionaries(
    {
        "name": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60),
        "day": st.none() | st.dates(),
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "sealed": st.none() | st.binary(max_size=40),
        "kept": st.booleans(),
        "batch": st.none() | st.uuids(),
    }
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=12))
def test_the_same_is_stored_as_by_sqlalchemy(engine, rows):
    ours = [row | {"id": uuid7(), "number": n} for n, row in enumerate(rows)]
    with emptied(engine) as connection:
        insert_many(connection, PIECE, ours)
        by_us = stored(connection)
    with emptied(engine) as connection:
        connection.execute(insert(PIECE), ours)
        assert by_us == stored(connection) == ours
