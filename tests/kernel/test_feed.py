"""What another desk wrote is read out of the journal: what is new, which tables, nothing twice (both databases)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from centerdesk.features.places.commands import AddCompound, AddGrid
from centerdesk.kernel.commands import Changes
from centerdesk.kernel.db import Database
from centerdesk.kernel.feed import OVERLAP, Feed
from centerdesk.kernel.server import ServerDatabase
from centerdesk.kernel.server_ear import ServerEar
from centerdesk.kernel.undo import UndoOperation, WithdrawBatch, next_undo
from tests.helpers.processes import other_desks, place_of
from tests.helpers.station import StationFixture, make_station, open_schema
from tests.kernel.test_commands import ManyCompounds

pytestmark = [pytest.mark.db, pytest.mark.databases]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


@pytest.fixture
def other(station: StationFixture) -> Iterator[Database]:
    """The same database as another desk has it open."""
    if station.schema:
        opened = open_schema(station.schema)
    else:
        assert station.database.path is not None
        opened = Database.open(station.database.path, station.ring)
    yield opened
    opened.close()


def look(feed: Feed, database: Database) -> Changes | None:
    with database.read_session() as session:
        return feed.look(session)


def test_the_acts_of_others_are_told_once(station: StationFixture, other: Database) -> None:
    feed = Feed()
    station.run(AddGrid("从前"))
    assert look(feed, other) is None
    assert look(feed, other) is None
    station.run(AddGrid("一"))
    station.run(AddCompound("云和小区"))
    told = look(feed, other)
    assert told is not None
    assert told.hits("grid")
    assert told.hits("compound")
    assert not told.hits("resident")
    assert look(feed, other) is None


def test_own_acts_are_not_told_again(station: StationFixture) -> None:
    feed = Feed()
    assert look(feed, station.database) is None
    done = station.outcome(AddGrid("一"))
    assert done.changes.op_id is not None
    feed.own(done.changes.op_id)
    assert look(feed, station.database) is None
    station.run(AddGrid("二"))
    assert look(feed, station.database) is not None


def test_bulk_rows_and_their_withdrawal_name_their_table(station: StationFixture, other: Database) -> None:
    feed = Feed()
    look(feed, other)
    batch = station.outcome(ManyCompounds(3))
    told = look(feed, other)
    assert told is not None
    assert told.hits("compound")
    assert batch.changes.op_id is not None
    station.run(WithdrawBatch(batch.changes.op_id))
    told = look(feed, other)
    assert told is not None
    assert told.hits("compound")


def test_an_undone_act_names_its_table(station: StationFixture, other: Database) -> None:
    feed = Feed()
    station.run(AddGrid("一"))
    look(feed, other)
    with station.read() as session:
        assert station.actor is not None
        step = next_undo(session, station.actor, station.clock)
    assert step is not None
    station.run(UndoOperation(step.op_id))
    told = look(feed, other)
    assert told is not None
    assert told.hits("grid")


def test_more_than_the_overlap_is_not_lost(station: StationFixture, other: Database) -> None:
    feed = Feed()
    look(feed, other)
    station.run(AddCompound("早"))
    for n in range(OVERLAP + 3):
        station.run(AddGrid(f"{n}"))
    told = look(feed, other)
    assert told is not None
    assert told.hits("compound")
    assert look(feed, other) is None


@pytest.mark.slow
def test_a_commit_in_another_process_wakes_the_listener(station: StationFixture, on_database: str) -> None:
    """On a server: within a second and without a connection of its own; a file is asked every two seconds."""
    if on_database == "sqlite":
        pytest.skip("a file says nothing")
    feed = Feed()
    assert isinstance(station.database, ServerDatabase)
    ear = ServerEar(station.database.lines)
    assert look(feed, station.database) is None
    try:
        with other_desks(place_of(station), 1) as (desk,):
            for n in range(3):
                assert ear.wait(0.2)
                assert look(feed, station.database) is None
                sender = Thread(target=desk.do, args=("compound", n))
                begun = time.monotonic()
                sender.start()
                told = None
                while told is None and time.monotonic() - begun < 20:
                    assert ear.wait(20)
                    told = look(feed, station.database)
                sender.join()
                assert told is not None
                assert told.hits("compound")
                assert time.monotonic() - begun < 10
    finally:
        ear.stop()
        assert not ear.wait(5)
        ear.close()
