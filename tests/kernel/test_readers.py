"""The reading connections of a file: who waits gets the warm one, who counts leaves it alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from centerdesk.kernel.db import READERS, WARM_CACHE_KB, Database
from centerdesk.kernel.readers import aside
from tests.helpers.storage import make_place

pytestmark = pytest.mark.db


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_place(tmp_path).database
    yield made
    made.close()


def is_warm(session: Session) -> bool:
    return session.scalar(text("PRAGMA cache_size")) == -WARM_CACHE_KB


def test_a_count_leaves_the_warm_reader_alone_and_the_next_question_gets_it(database: Database) -> None:
    for _ in range(3):
        with database.read_session() as rows:
            assert is_warm(rows)
        with database.read_session() as count:
            aside(count)
            assert not is_warm(count)


def test_a_count_opens_no_reader_while_a_cold_one_rests(database: Database) -> None:
    for _ in range(3):
        with database.read_session() as count:
            aside(count)
    with database.read_session() as count, database.read_session() as rows:
        aside(count)
        assert is_warm(rows)
        assert database.ro.pool.checkedin() + database.ro.pool.checkedout() == 2  # type: ignore[attr-defined]


def test_all_readers_are_handed_out_in_any_order(database: Database) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(database.read_session()) for _ in range(READERS)]
        for number, session in enumerate(held):
            if number % 2:
                aside(session)
        assert sum(map(is_warm, held)) == 1


def test_a_question_begun_already_stays_where_it_is(database: Database) -> None:
    with database.read_session() as session:
        assert is_warm(session)
        aside(session)
        assert is_warm(session)
