"""G1, G3, G4 for heavy acts: the worker is killed, the desk is killed, the disk is full; all of it or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from centerdesk.app.apart import beside
from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.checks import content_checks
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.models import Household, Resident, ResidentTag
from centerdesk.kernel import lost_end
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import OutcomeUnknown, Unavailable
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.search import FRESH
from centerdesk.kernel.undo import WithdrawBatch
from tests.app.conftest import PASSWORD, clock, founded, made
from tests.e2e.program import ADMIN
from tests.e2e.program import PASSWORD as CLI_PASSWORD
from tests.e2e.test_cli_server import DESK, district, first
from tests.helpers.apart import Dawdles, DiesAnswering, WhoAndWhere, persons

__all__ = ["clock", "district", "first", "founded", "made"]

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no RLIMIT_FSIZE"),
]
ROOT = Path(__file__).resolve().parents[2]
MANY = FRESH + 2_000
"""More than are written at once, so that the first progress comes in the middle."""


@pytest.fixture
def station(made):
    opened = beside(made[0])
    opened.sign_in("许文静", PASSWORD)
    yield opened
    opened.bus.apart.close()


def _written(station: OpenStation) -> list[int]:
    with station.database.read_session() as session:
        return [
            session.scalar(select(func.count()).select_from(model))
            for model in (Resident, Household, ResidentTag)
        ]


def _sound(station: OpenStation) -> None:
    """The journal and the rows hold together, no act is missed, and the desk writes on."""
    with station.database.read_session() as session:
        assert [
            c.name
            for c in (check(session) for check in content_checks(station.ring, station.clock))
            if not c.ok
        ] == []
        assert lost_end.look(session, station.data, station.ring) is None
    station.bus.run(AddResident(ResidentDraft(name="后来的人")))


def _kill(station: OpenStation) -> None:
    os.kill(station.bus.apart.pid, signal.SIGKILL)


def test_a_worker_killed_in_the_middle_leaves_nothing_and_says_so(station):
    told, key = [], uuid7()

    def moved(done: int, total: int) -> None:
        if not told:
            _kill(station)
        told.append((done, total))

    with pytest.raises(Unavailable) as caught:
        station.bus.run(ImportRoster(persons(MANY)), key=key, progress=moved)
    assert told[0] == (FRESH, MANY), "it was killed in the middle"
    assert "一条也没有写进去" in str(caught.value)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert _written(station) == [0, 0, 0]
    _sound(station)
    assert station.bus.run(ImportRoster(persons(1000)), key=key).value["new"] == 1000
    _sound(station)


def test_a_worker_killed_over_a_withdrawal_leaves_the_batch_whole(station):
    batch, told = station.bus.run(ImportRoster(persons(MANY))).changes.op_id, []
    before, key = _written(station), uuid7()

    def moved(done: int, total: int) -> None:
        if not told:
            _kill(station)
        told.append((done, total))

    with pytest.raises(Unavailable, match="一条也没有写进去"):
        station.bus.run(WithdrawBatch(batch, MANY), key=key, progress=moved)
    assert told[0][0] < told[0][1]
    assert _written(station) == before
    _sound(station)
    assert station.bus.run(WithdrawBatch(batch, MANY), key=key).value == told[0][1]
    assert _written(station) == [1, 1, 0], "whom `_sound` wrote stays"
    _sound(station)


def test_without_a_key_nobody_claims_to_know(station):
    with pytest.raises(OutcomeUnknown):
        station.bus.run(Dawdles(), progress=lambda *_: _kill(station))


def test_a_worker_killed_after_the_commit_is_no_loss(station):
    """Its answer never came; the database is asked by the key."""
    out = station.bus.run(DiesAnswering(), key=uuid7())
    assert (out.value, out.repeated) == ({"rows": 1}, True)
    assert out.changes.hits("rows"), "pages hear of what was written"
    _sound(station)


def test_a_worker_that_died_while_nothing_was_done_is_replaced(station):
    first = station.bus.run(WhoAndWhere()).value.split()[0]
    _kill(station)
    second = station.bus.run(WhoAndWhere()).value.split()[0]
    assert first != second != str(os.getpid())


def test_a_killed_desk_takes_its_worker_along(made):
    station = made[0]
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.apart_desk", str(station.data.root), str(MANY), "许文静", PASSWORD],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with desk:
        assert desk.stdout is not None
        worker = int(desk.stdout.readline())
        desk.kill()
    station.sign_in("许文静", PASSWORD)  # waits for the worker's transaction, if it still has one
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists():
            break
        threading.Event().wait(0.1)
    assert not Path(f"/proc/{worker}").exists()
    assert _written(station) == [0, 0, 0]
    _sound(station)


def test_a_full_disk_is_told_as_ever_and_goes_on(station):
    import resource

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = station.data.database.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2_000_000, old[1]))
    try:
        with pytest.raises(Unavailable, match="200 MB"):
            station.bus.run(ImportRoster(persons(MANY)), key=uuid7())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        station.bus.apart.close()  # it keeps the limit it was born with
    assert _written(station) == [0, 0, 0]
    _sound(station)
    assert station.bus.run(ImportRoster(persons(1000))).value["new"] == 1000


@pytest.mark.postgres
@pytest.mark.slow
def test_on_a_server_a_killed_worker_leaves_nothing_either(first, monkeypatch):
    """The server lets the dead one's lock go; the desk asks by the key and writes on."""
    monkeypatch.setenv("PGPASSWORD", DESK)
    station = beside(open_station(DataDir(first[0].data), SystemClock()))
    try:
        station.sign_in(ADMIN, CLI_PASSWORD)
        assert station.bus.run(WhoAndWhere()).value.split()[0] != str(os.getpid())
        before = _written(station)
        with pytest.raises(Unavailable, match="一条也没有写进去"):
            station.bus.run(ImportRoster(persons(MANY)), key=uuid7(), progress=lambda *_: _kill(station))
        assert _written(station) == before
        station.bus.run(WhoAndWhere())
    finally:
        station.close()
