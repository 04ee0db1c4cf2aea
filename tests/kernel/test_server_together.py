"""Several desks, or several lanes of one, at a server at once: who waits for whom, how long, and how many ways."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import event, select, text

from centerdesk.features.people.commands import AddResident, EditResident
from centerdesk.features.people.models import Resident
from centerdesk.features.places.commands import AddGrid
from centerdesk.features.places.models import Grid
from centerdesk.kernel import server
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import EnvironmentFault, Unavailable
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.server import Address, ServerDatabase
from centerdesk.kernel.server_ear import ServerEar
from tests.helpers import postgres
from tests.helpers.people import draft, make_town
from tests.helpers.station import StationFixture, make_station, open_schema

pytestmark = [pytest.mark.db, pytest.mark.postgres]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path, database="postgres")
    yield made
    made.close()


def test_a_long_question_keeps_no_other_waiting(station: StationFixture) -> None:
    """A report or the walk over the journal takes a minute; the pages go on reading, as they do on a file."""
    station.run(AddGrid("一"))
    with station.read() as long, ThreadPoolExecutor(3) as lanes:
        assert long.scalars(select(Grid.name)).all() == ["一"]
        station.run(AddGrid("二"))
        asked = [lanes.submit(_grids, station) for _ in range(3)]
        assert [each.result(timeout=15) for each in asked] == [["一", "二"]] * 3
        assert long.scalars(select(Grid.name)).all() == ["一"]
    assert station.database.ro.pool.checkedin() == 1  # type: ignore[attr-defined]  # a queue's


def test_ears_come_and_go_while_lanes_read(station: StationFixture, quick_turns: None) -> None:
    """Somebody signs out and in; what the pool tells is not changed under the lanes that use it."""
    database = station.database
    assert isinstance(database, ServerDatabase)
    ended = Event()
    with ThreadPoolExecutor(3) as lanes:
        reading = [lanes.submit(_read_until, station, ended) for _ in range(3)]
        for _ in range(300):
            ear = ServerEar(database.lines)
            assert ear.wait(0.001)
            ear.stop()
            assert not ear.wait(0)
            ear.close()
        ended.set()
        assert all(each.result(timeout=15) for each in reading)


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads meet where they would once in a month."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def _read_until(station: StationFixture, ended: Event) -> int:
    times = 0
    while not ended.is_set():
        _grids(station)
        times += 1
    return times


def _grids(station: StationFixture) -> list[str]:
    with station.read() as session:
        return list(session.scalars(select(Grid.name).order_by(Grid.ordinal)))


@pytest.mark.slow
def test_a_desk_that_holds_the_database_is_told_after_ten_seconds(
    station: StationFixture,
) -> None:
    """As on a file (G5); the next act goes through once it lets go."""
    begun = time.monotonic()
    with open_schema(station.schema) as other, other.write_session() as holding:
        holding.scalar(text("SELECT 1"))
        with pytest.raises(Unavailable, match="正占着库"):
            station.run(AddGrid("一"))
    assert 9 < time.monotonic() - begun < 20
    station.run(AddGrid("二"))


def test_of_two_set_ups_at_once_the_second_finds_a_station(station: StationFixture) -> None:
    """The schema is not there yet for either of them."""
    address, _ = Address.parse(postgres.needed().url(f"twice_{uuid7().hex[:12]}"))
    with ThreadPoolExecutor(1) as other:
        with server.making(address, "", rights=False) as first:
            second = other.submit(_set_up, address)
            _until_somebody_waits(station)
            first.execute(text("CREATE TABLE alembic_version (version_num text)"))
        with pytest.raises(EnvironmentFault, match="已经有一个站"):
            second.result(timeout=15)
    with station.intruder() as connection:
        connection.execute(text(f'DROP SCHEMA "{address.schema}" CASCADE'))


def _set_up(address: Address) -> None:
    with server.making(address, "", rights=False) as connection:
        server.refuse_occupied(connection, address.schema)


def _until_somebody_waits(station: StationFixture) -> None:
    stmt = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 15
    with station.intruder() as connection:
        while not connection.scalar(stmt):
            assert time.monotonic() < deadline, "nobody waits"


def test_an_act_makes_few_ways_to_the_server(station: StationFixture) -> None:
    """Each costs every desk of the station the way there and back, because it is made under the lock."""
    ways = 0

    def count(*_given: object) -> None:
        nonlocal ways
        ways += 1

    def cost(command: Command[Any]) -> int:
        nonlocal ways
        ways = 0
        station.run(command)
        return ways

    make_town(station).add("李桂兰")
    known = draft("王建国")
    event.listen(station.database.rw, "before_cursor_execute", count)
    station.run(AddResident(known))
    with station.read() as session:
        row = session.scalars(select(Resident).where(Resident.name == "王建国")).one()
    assert cost(AddResident(replace(known, name="赵雪"))) <= 10
    assert cost(EditResident(row.id, row.version, replace(known, remark="问过"))) <= 9
