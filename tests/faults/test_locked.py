"""G5: a locked database is a wait, then a sentence that names who holds it; the window answers all the while."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from sqlalchemy import text

from centerdesk.features.places.commands import AddCompound
from centerdesk.features.places.models import Compound
from centerdesk.kernel import db
from centerdesk.kernel.db import Database, Durability
from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.orm import uuid7
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.runner import Runner
from tests.helpers.station import StationFixture, make_station

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
LONG = 120 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 20
PATIENCE_MS = 60_000
GAP_MS = 50


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


@contextmanager
def held(database: Path, ring: KeyRing) -> Iterator[subprocess.Popen[str]]:
    """Another process has the database; ask it to let go by a line."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.lock_holder", str(database), ring.data_key.expose().hex()],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.stdin.close()
        assert holder.wait(10) == 0


def let_go(holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    holder.stdin.write("\n")
    holder.stdin.flush()


class Pulse(QObject):
    """The longest time the event loop did not come round, without the time the machine gave to others."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self.beats = 0
        self._at, self._queued = monotonic_ns(), _queued_ns()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(5)

    def _beat(self) -> None:
        at, queued = monotonic_ns(), _queued_ns()
        self.longest_ms = max(self.longest_ms, (at - self._at - (queued - self._queued)) / 1e6)
        self._at, self._queued = at, queued
        self.beats += 1

    def stop(self) -> None:
        self._timer.stop()


def _queued_ns() -> int:
    """How long this thread has been ready to run while the machine ran something else."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1])
    except OSError:  # not Linux: the machine's own pauses count as ours
        return 0


def compounds(station: StationFixture) -> list[str]:
    with station.read() as session:
        return [row.name for row in session.query(Compound).order_by(Compound.name)]


@pytest.mark.parametrize("seconds", [1, LONG])
def test_a_lock_is_a_wait_then_a_name(qtbot, station: StationFixture, seconds: int) -> None:
    errors: list[tuple[QObject, Exception]] = []
    runner = Runner(station.bus, station.read, lambda owner, exc: errors.append((owner, exc)))
    owner, answers, refused, read, key = QObject(), [], [], [], uuid7()
    pulse, began = None, monotonic_ns()
    waits: list[float] = []

    def ask() -> None:
        runner.execute(owner, AddCompound("松涛里"), lambda value: answers.append(value), refuse, key=key)

    def refuse(exc: Exception) -> None:
        refused.append(exc)
        waits.append((monotonic_ns() - began) / 1e9)

    try:
        with held(station.database.path, station.ring) as holder:
            pulse, began = Pulse(), monotonic_ns()
            QTimer.singleShot(seconds * 1000, owner, lambda: let_go(holder))
            ask()
            runner.query(owner, lambda session: session.scalar(text("SELECT 7")), read.append)
            qtbot.waitUntil(lambda: bool(read), timeout=PATIENCE_MS)
            assert not answers
            assert not refused
            qtbot.waitUntil(lambda: bool(answers or refused), timeout=PATIENCE_MS)
            if seconds < 10:
                assert not refused
                assert (monotonic_ns() - began) / 1e9 >= seconds
            else:
                assert 9 < waits[0] < 15
                _is_named(refused[0], holder.pid)
                qtbot.waitUntil(lambda: (monotonic_ns() - began) / 1e9 > seconds, timeout=LONG * 2000)
                ask()  # what was typed is still there: the same act with the same key
                qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE_MS)
            pulse.stop()
        assert compounds(station) == ["松涛里"]
        assert not errors
        assert pulse.beats > seconds * 20
        assert pulse.longest_ms < GAP_MS
    finally:
        runner.shutdown()
        for each in (pulse, owner, runner):
            if each is not None:
                each.deleteLater()


def _is_named(exc: Exception, pid: int) -> None:
    """Host, account, process and since when, and what to do."""
    assert isinstance(exc, Unavailable)
    sentence = str(exc)
    assert f"进程 {pid}，" in sentence
    assert platform.node() in sentence
    assert getpass.getuser() in sentence
    assert " 起）" in sentence
    assert "已填的内容还在" in sentence
    assert "请" in sentence
    assert tell(exc).text == sentence


def test_readers_without_a_log_are_told_too(
    station: StationFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the fallback mode a writer keeps readers out; their wait ends with the same name, not with a bug."""
    station.database.close()
    monkeypatch.setattr(db, "BUSY_MS", 100)
    path = station.database.path
    with Database.open(path, station.ring, durability=Durability.ROLLBACK) as database:
        with held(path, station.ring) as holder:
            with database.read_session() as session, pytest.raises(Unavailable) as caught:
                session.scalar(text("SELECT count(*) FROM compound"))
            _is_named(caught.value, holder.pid)
        with database.read_session() as session:
            assert session.scalar(text("SELECT count(*) FROM compound")) == 0
