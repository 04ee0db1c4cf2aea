"""Many at once, on both databases: one wins, a repeated act is one act (G21, the kernel's part).

The points tables come later; a purse stands for them. Rounds: 50, with full targets 1,000.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from centerdesk.kernel.journal import JournalOp, verify_chain
from tests.faults.other_desk import PURSE, Desk
from tests.helpers.processes import other_desks, place_of
from tests.helpers.station import StationFixture, make_station

pytestmark = [pytest.mark.db, pytest.mark.databases, pytest.mark.faults, pytest.mark.slow]
FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"
ROUNDS = 1000 if FULL else 50
THREADS, PROCESSES = 72 if FULL else 12, 4


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    with made.intruder() as connection:
        connection.execute(text(PURSE))
        connection.execute(text("INSERT INTO purse (id, points) VALUES (1, 100)"))
        if made.schema:
            connection.execute(text(f'GRANT SELECT, UPDATE ON purse TO "cd_desk_{made.schema}"'))
    yield made
    with made.intruder() as connection:
        connection.execute(text("DROP TABLE purse"))
    made.close()


def refill(station: StationFixture, points: int = 100) -> None:
    with station.intruder() as connection:
        connection.execute(text("UPDATE purse SET points = :n"), {"n": points})


def balance(station: StationFixture) -> int:
    with station.read() as session:
        return int(session.scalar(text("SELECT points FROM purse")) or 0)


def booked(station: StationFixture) -> int:
    with station.read() as session:
        return int(session.scalar(select(func.count()).where(JournalOp.label == "兑换")) or 0)


@pytest.mark.parametrize("kind", ["redeem", "naive"])
def test_of_racing_processes_one_gets_the_last_points(station: StationFixture, kind: str) -> None:
    with other_desks(place_of(station), PROCESSES) as desks:
        for n in range(ROUNDS):
            refill(station)
            for desk in desks:
                desk.tell(kind, n)
            ends = sorted(desk.answer()["end"] for desk in desks)
            assert ends == ["refused"] * (PROCESSES - 1) + ["saved"]
            assert balance(station) == 0
    assert booked(station) == ROUNDS
    with station.read() as session:
        assert verify_chain(session, station.ring.journal_key).ok


def test_one_request_sent_by_several_processes_is_booked_once(station: StationFixture) -> None:
    refill(station, 100 * ROUNDS)
    with other_desks(place_of(station), PROCESSES) as desks:
        for n in range(ROUNDS):
            key = uuid4().hex
            for desk in desks:
                desk.tell("redeem", n, key)
            ends = sorted(desk.answer()["end"] for desk in desks)
            assert ends == ["repeated"] * (PROCESSES - 1) + ["saved"]
    assert (balance(station), booked(station)) == (0, ROUNDS)


def test_of_racing_threads_one_gets_the_last_points(station: StationFixture) -> None:
    """Each thread is a desk with connections of its own; half of them send one and the same request."""
    desks = [Desk(place_of(station)) for _ in range(THREADS)]
    begin = Barrier(THREADS)

    def race(number: int, key: str | None) -> str:
        begin.wait(30)
        return str(desks[number].do({"act": "redeem", "n": 0, "key": key})["end"])

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(ROUNDS // 5):
            refill(station)
            key = uuid4().hex
            asked = [threads.submit(race, n, key if n % 2 else None) for n in range(THREADS)]
            ends = [each.result(60) for each in asked]
            assert ends.count("saved") == 1
            assert ends.count("repeated") in (0, THREADS // 2 - 1)
            assert ends.count("saved") + ends.count("repeated") + ends.count("refused") == THREADS
            assert balance(station) == 0
    for desk in desks:
        desk.database.close()
    assert booked(station) == ROUNDS // 5
