"""The engines and opening a database: pragmas, locks, and each way a file can be wrong (G2, G5, G6, G10)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from centerdesk.kernel import db
from centerdesk.kernel.db import Database, DeskHeld, DeskLock, Durability, connect, make_engine
from centerdesk.kernel.errors import EnvironmentFault, Unavailable
from tests.helpers.storage import SOURCE, Place, make_place, words_in

pytestmark = pytest.mark.db

WANTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 10_000,
    "temp_store": 2,
    "mmap_size": 0,
    "cipher_log_level": "NONE",
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "台 账")
    yield made
    made.database.close()


def test_every_pooled_connection_reads_back_every_pragma(place: Place) -> None:
    seen = 0
    with ExitStack() as stack:
        held = [stack.enter_context(place.database.rw.connect())]
        held += [stack.enter_context(place.database.ro.connect()) for _ in range(4)]
        for number, connection in enumerate(held):
            wanted = WANTED | {"query_only": 0 if number == 0 else 1}
            for name, value in wanted.items():
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name
                seen += 1
            assert connection.exec_driver_sql("PRAGMA cipher_version").scalar()
    assert seen == 5 * (len(WANTED) + 1)


def test_a_pragma_that_does_not_take_stops_the_opening(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.database.close()
    real = db._settings

    def wrong(durability: Durability, *, write: bool) -> dict[str, tuple[str, int | str]]:
        return real(durability, write=write) | {"foreign_keys": ("OFF", 1)}

    monkeypatch.setattr(db, "_settings", wrong)
    with pytest.raises(EnvironmentFault, match="foreign_keys"):
        Database.open(place.where.database, place.ring)
    engine = make_engine(place.where.database, place.ring.database_key, write=True, size=1)
    with pytest.raises(EnvironmentFault, match="foreign_keys"):
        engine.connect()
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), Durability.ROLLBACK),
        ((3, 44, 5), Durability.ROLLBACK),
        ((3, 44, 6), Durability.WAL),
        ((3, 45, 0), Durability.ROLLBACK),
        ((3, 50, 6), Durability.ROLLBACK),
        ((3, 50, 7), Durability.WAL),
        ((3, 51, 1), Durability.ROLLBACK),
        ((3, 51, 2), Durability.ROLLBACK),
        ((3, 51, 3), Durability.WAL),
        ((3, 53, 4), Durability.WAL),
    ],
)
def test_wal_only_on_libraries_without_the_reset_bug(version: tuple[int, int, int], mode: Durability) -> None:
    assert db.safe_durability(version) is mode


def test_the_library_in_use_is_a_fixed_one() -> None:
    assert db.default_durability() is Durability.WAL


def test_the_fallback_mode_reads_back_and_keeps_data(place: Place) -> None:
    place.database.close()
    with (
        Database.open(place.where.database, place.ring, durability=Durability.ROLLBACK) as database,
        database.ro.connect() as connection,
        database.rw.connect() as writer,
    ):
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert writer.exec_driver_sql("PRAGMA synchronous").scalar() == 3
    assert place.words() == ["修路灯", "换门锁", "借轮椅"]


def test_neither_key_nor_values_show(place: Place) -> None:
    key = place.ring.database_key.hex()
    for engine in (place.database.rw, place.database.ro):
        assert key not in f"{engine!r}{engine.url}{engine.pool!r}{place.database!r}"
    canary = "canary-value-7731"
    with pytest.raises(OperationalError) as caught, place.database.read_session() as session:
        session.execute(text("SELECT * FROM nothing WHERE a=:a"), {"a": canary})
    assert canary not in str(caught.value)
    raw = place.where.database.read_bytes()
    assert "修路灯".encode() not in raw
    assert b"SQLite format 3" not in raw


def test_the_reader_cannot_write(place: Place) -> None:
    with place.database.read_session() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("DELETE FROM wish"))


def test_insert_or_replace_does_not_walk_past_a_trigger(place: Place) -> None:
    with place.database.rw.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER keep BEFORE DELETE ON grid BEGIN SELECT RAISE(ABORT, 'append only'); END"
        )
    with pytest.raises(DBAPIError, match="append only"), place.database.rw.begin() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO grid VALUES (1, '改名')")


def test_deleted_values_leave_the_file(place: Place) -> None:
    """On a copy without encryption: in the encrypted file nothing could be found either way (F24)."""
    plain = place.where.spool / "plain.db"
    connection = connect(place.where.database, place.ring.database_key, mode="rw")
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
    connection.execute("PRAGMA plain.secure_delete=ON")
    connection.execute("CREATE TABLE plain.t(words TEXT)")
    connection.execute("INSERT INTO plain.t VALUES ('canary-4242')")
    assert b"canary-4242" in plain.read_bytes()
    connection.execute("DELETE FROM plain.t")
    connection.close()
    assert b"canary-4242" not in plain.read_bytes()


def test_the_last_points_are_spent_once(place: Place) -> None:
    """Read, check, write in 12 threads at once: the lock taken at BEGIN lets one of them through (F1)."""
    with place.database.rw.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE account(points INTEGER)")
        connection.exec_driver_sql("INSERT INTO account VALUES (100)")
    barrier, booked = threading.Barrier(12), []

    def spend() -> None:
        barrier.wait()
        with place.database.write_session.begin() as session:
            if session.scalar(text("SELECT points FROM account")) >= 100:
                session.execute(text("UPDATE account SET points=points-100"))
                booked.append(1)

    threads = [threading.Thread(target=spend) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert booked == [1]


def test_readers_go_on_while_somebody_writes(place: Place) -> None:
    with place.database.write_session() as writer:
        writer.execute(text("INSERT INTO wish(words) VALUES ('未存')"))
        with place.database.read_session() as reader:
            assert reader.scalar(text("SELECT count(*) FROM wish")) == 3
        writer.rollback()


def test_a_locked_database_is_told_after_the_wait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.database.close()
    monkeypatch.setattr(db, "BUSY_MS", 50)
    blocker = connect(place.where.database, place.ring.database_key, mode="rw")
    blocker.execute("BEGIN EXCLUSIVE")
    with (
        DeskLock.acquire(place.where.lock_file, place.clock),
        pytest.raises(Unavailable, match="另一个程序正占着库"),  # never ourselves, though the desk is ours
    ):
        Database.open(place.where.database, place.ring)
    blocker.execute("ROLLBACK")
    blocker.close()
    Database.open(place.where.database, place.ring).close()


HOLD = """
import sys, time
from pathlib import Path
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.desklock import DeskLock
lock = DeskLock.acquire(Path(sys.argv[1]), SystemClock())
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_names_its_holder_and_dies_with_the_process(place: Place) -> None:
    path = place.where.lock_file
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DeskHeld, match=f"进程 {holder.pid}") as caught:
            DeskLock.acquire(path, place.clock)
        named = DeskLock.holder_of(path)
        assert named is not None
        assert caught.value.holder == named
        assert named.pid == holder.pid
        holder.kill()
        holder.wait()
    assert DeskLock.holder_of(path) is None
    with DeskLock.acquire(path, place.clock) as lock:
        assert json.loads(path.read_bytes())["pid"] == os.getpid() == lock.holder.pid
        with pytest.raises(DeskHeld):
            DeskLock.acquire(path, place.clock)
    lock.release()
    assert DeskLock.holder_of(path) is None


def test_a_lock_without_a_folder_is_a_sentence(place: Place, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="文件夹"):
        DeskLock.acquire(tmp_path / "gone" / "desk.lock", place.clock)
    assert DeskLock.holder_of(tmp_path / "gone" / "desk.lock") is None


@pytest.mark.faults
@pytest.mark.parametrize("mode", list(Durability))
def test_what_was_acknowledged_survives_a_kill(place: Place, mode: Durability) -> None:
    """A few kills of the storage alone; the 200 of G1 run against the whole core."""
    script = """
import sys
from pathlib import Path
from centerdesk.kernel.db import Database, Durability
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.keyslots import open_with_machine
from centerdesk.kernel.paths import DataDir
from sqlalchemy import text
where = DataDir(Path(sys.argv[1]))
ring = KeyRing(open_with_machine(where))
database = Database.open(where.database, ring, durability=Durability[sys.argv[2]])
for number in range(100000):
    with database.write_session.begin() as session:
        session.execute(text("INSERT INTO wish(words) VALUES (:w)"), {"w": f"n{number}"})
        session.execute(text("INSERT INTO grid(name) VALUES (:w)"), {"w": f"n{number}"})
    print(number, flush=True)
"""
    place.database.close()
    draw = random.Random(7)
    for _ in range(3):
        start = len(place.words())
        with subprocess.Popen(
            [sys.executable, "-c", script, str(place.where.root), mode.name],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        ) as child:
            assert child.stdout is not None
            acknowledged = 0
            for _ in range(draw.randrange(5, 60)):
                assert child.stdout.readline()
                acknowledged += 1
            child.kill()
            acknowledged += len(child.stdout.read().splitlines())
        assert len(words_in(place.where, place.ring)) - start >= acknowledged
        with Database.open(place.where.database, place.ring) as database, database.ro.connect() as connection:
            wishes = connection.exec_driver_sql("SELECT count(*) FROM wish").scalar_one()
            grids = connection.exec_driver_sql("SELECT count(*) FROM grid").scalar_one()
            assert wishes == grids + 2
            assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
