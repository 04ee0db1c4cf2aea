"""G21, the kernel's part: whoever races for the last piece, exactly one gets it; one key is one booking."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.pool import NullPool

from centerdesk.kernel.commands import CommandBus, UnitOfWork
from centerdesk.kernel.db import connect, sqlite
from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.keys import DataKey
from centerdesk.kernel.orm import uuid7
from tests.faults.racer import SHELF, Restock, TakeOne, desk, take

pytestmark = [pytest.mark.faults, pytest.mark.db]

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 1_000 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 50


@pytest.fixture
def place(tmp_path: Path):
    (tmp_path / "key.hex").write_text(DataKey.generate().expose().hex())
    with desk(tmp_path, create=True) as opened:
        yield tmp_path, *opened


def balance(database) -> int:
    with database.read_session() as session:
        return session.execute(select(SHELF.c.left)).scalar_one()


@pytest.mark.skipif(sys.platform == "win32", reason="the harness forks")
@pytest.mark.slow
@pytest.mark.parametrize("racers", [2, 72])
def test_processes_race_for_the_last_piece(tmp_path: Path, racers: int) -> None:
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10_000)))
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.racer", str(tmp_path), str(racers), str(ROUNDS), str(seed)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    assert run.returncode == 0, f"seed {seed}: {run.stderr[-2000:]}"
    found = json.loads(run.stdout)
    assert len(found) == ROUNDS
    for n, one in enumerate(found):
        told, words = f"seed {seed} round {n}: {one}", one["words"]
        assert (one["left"], one["booked"]) == (0, 1), told
        assert sum(words.values()) == racers, told
        assert words.get("won", 0) <= 1, told
        if one["one_key"]:
            assert set(words) <= {"won", "again"}, told
        else:
            assert words.get("lost", 0) == racers - 1, told
            assert words.get("won", 0) + words.get("again", 0) == 1, told


@pytest.mark.parametrize("one_key", [False, True], ids=["own keys", "one key"])
@pytest.mark.parametrize("racers", [2, 72])
def test_threads_of_one_desk_race_for_the_last_piece(place, racers: int, one_key: bool) -> None:
    _folder, database, bus = place
    with ThreadPoolExecutor(racers) as pool:
        for n in range(ROUNDS if racers == 2 else ROUNDS // 5):
            bus.run(Restock())
            shared, gate = uuid7(), threading.Barrier(racers)

            def one(_number: int, shared=shared, gate=gate) -> str:
                gate.wait(30)
                return take(bus, shared if one_key else uuid7())

            words = list(pool.map(one, range(racers)))
            others = "again" if one_key else "lost"
            assert (words.count("won"), words.count(others)) == (1, racers - 1), (n, words)
            assert balance(database) == 0


def test_a_lost_lock_is_tried_five_times_and_the_whole_act_is_done_again(place) -> None:
    """What the act had written before it met the lock is gone, and is written once in the end."""
    folder, database, bus = place
    bus.run(Restock())
    engine = create_engine(
        "sqlite://", creator=lambda: connect(folder / "centerdesk.db", bus.site.ring.database_key, mode="rw"),
        module=sqlite, poolclass=NullPool,
    )  # fmt: skip
    met: list[int] = []

    @dataclass(frozen=True, slots=True)
    class Stumbles(TakeOne):
        """Takes one, then meets a real SQLITE_BUSY so many times."""

        times: int = 0

        def execute(self, uow: UnitOfWork) -> int:
            left = TakeOne.execute(self, uow)
            if len(met) < self.times:
                met.append(left)
                with engine.connect() as other:
                    other.execute(text("PRAGMA busy_timeout=0"))
                    other.execute(text('UPDATE race_shelf SET "left" = 99'))
            return left

    key = uuid7()
    assert bus.run(Stumbles(2), key=key).value == 0
    assert met == [0, 0]
    assert balance(database) == 0
    assert bus.run(Stumbles(2), key=key).repeated  # the third try was booked under the key of the first
    bus.run(Restock())
    with pytest.raises(Unavailable):
        bus.run(Stumbles(99), key=uuid7())
    assert len(met) == 2 + CommandBus.RETRIES
    assert balance(database) == 1
    with database.read_session() as session:
        assert session.scalar(select(func.count()).select_from(JournalOp)) == 3
