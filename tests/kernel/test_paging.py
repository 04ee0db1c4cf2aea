"""Pages on a real encrypted database: complete, ordered, unmoved by rows that come and go."""

from uuid import UUID

import pytest
import sqlcipher3.dbapi2
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, create_engine, delete, insert, select
from sqlalchemy.pool import StaticPool

from centerdesk.kernel.paging import Page, after_key, page_of

META = MetaData()
TABLE = Table(
    "paged",
    META,
    Column("key", String(20), nullable=False),
    Column("id", Uuid, nullable=False, primary_key=True),
    Column("n", Integer),
)


@pytest.fixture(scope="module")
def engine():
    engine = create_engine("sqlite://", module=sqlcipher3.dbapi2, poolclass=StaticPool)
    META.create_all(engine)
    yield engine
    engine.dispose()


def pages(conn, limit, *, descending=False):
    """Walk the whole table and hand out one page after the other."""
    after = None
    while True:
        stmt = after_key(
            select(TABLE.c.key, TABLE.c.id),
            (TABLE.c.key, TABLE.c.id),
            after,
            limit + 1,
            descending=descending,
        )
        page = page_of(conn.execute(stmt).all(), limit, lambda row: (row.key, row.id))
        yield page
        if page.next_key is None:
            return
        after = page.next_key


@settings(max_examples=40, deadline=None)
@given(
    keys=st.lists(st.sampled_from("aab张b "), min_size=0, max_size=25),
    limit=st.integers(1, 7),
    descending=st.booleans(),
)
def test_walking_the_pages_gives_every_row_once_in_order(engine, keys, limit, descending):
    with engine.begin() as conn:
        rows = [{"key": key, "id": UUID(int=n), "n": n} for n, key in enumerate(keys)]
        if rows:
            conn.execute(insert(TABLE), rows)
        walked = list(pages(conn, limit, descending=descending))
        conn.execute(delete(TABLE))
    seen = [tuple(row) for page in walked for row in page.rows]
    assert seen == sorted(((r["key"], r["id"]) for r in rows), reverse=descending)
    assert all(len(page.rows) == limit for page in walked[:-1])
    assert walked[-1].rows or not rows


def test_a_row_written_before_the_key_does_not_repeat_others(engine):
    with engine.connect() as conn, conn.begin() as transaction:
        conn.execute(insert(TABLE), [{"key": k, "id": UUID(int=n), "n": n} for n, k in enumerate("bcd")])
        walk = pages(conn, 2)
        first = next(walk)
        conn.execute(insert(TABLE), [{"key": "a", "id": UUID(int=99), "n": 99}])
        assert [r.key for r in first.rows] == ["b", "c"]
        assert [r.key for r in next(walk).rows] == ["d"]
        transaction.rollback()


def test_a_key_of_the_wrong_length_is_a_bug():
    with pytest.raises(ValueError, match="argument"):
        after_key(select(TABLE.c.key), (TABLE.c.key, TABLE.c.id), ("a",), 10)


def test_an_exact_page_has_no_next():
    assert page_of([1, 2], 2, lambda n: (n,)) == Page((1, 2), None)
    assert page_of([1, 2, 3], 2, lambda n: (n,)) == Page((1, 2), (2,))
    assert page_of([], 2, lambda n: (n,)) == Page(())
