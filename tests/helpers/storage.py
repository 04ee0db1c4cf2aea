"""A data directory with real keys and a small real database, for tests of the storage itself."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from centerdesk.kernel import keyslots
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.soundness import Watch

NOON = datetime(2026, 12, 3, 4, 0, tzinfo=UTC)
SOURCE = Path(__file__).resolve().parents[2] / "src"
NOBODY = 65534


@dataclass
class Place:
    """One data directory in use."""

    where: DataDir
    ring: KeyRing
    code: RecoveryCode
    clock: FixedClock
    database: Database

    def add(self, *names: str) -> None:
        with self.database.write_session.begin() as session:
            session.execute(
                text("INSERT INTO wish(words, grid_id) VALUES (:words, 1)"),
                [{"words": name} for name in names],
            )

    def words(self) -> list[str]:
        return words_in(self.where, self.ring)


def make_place(root: Path) -> Place:
    """Keys, two tables with a reference between them, one revision, three rows."""
    where, clock = DataDir(root), FixedClock(NOON)
    where.prepare()
    key, code = keyslots.create(where, clock)
    ring = KeyRing(key)
    database = Database.open(where.database, ring, create=True)
    with database.rw.begin() as connection:
        for statement in (
            "CREATE TABLE grid(id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            "CREATE TABLE wish(id INTEGER PRIMARY KEY, words TEXT, grid_id INTEGER REFERENCES grid(id))",
            "CREATE TABLE alembic_version(version_num TEXT NOT NULL)",
            "INSERT INTO alembic_version VALUES ('0001')",
            "INSERT INTO grid VALUES (1, '一网格')",
        ):
            connection.execute(text(statement))
    place = Place(where, ring, code, clock, database)
    place.add("修路灯", "换门锁", "借轮椅")
    return place


def words_in(where: DataDir, ring: KeyRing) -> list[str]:
    """The rows as a fresh opening of the file finds them."""
    with Database.open(where.database, ring) as database, database.read_session() as session:
        return list(session.scalars(text("SELECT words FROM wish ORDER BY id")))


def stopping(after: int) -> Watch:
    """A person who presses stop once more than `after` steps were told."""
    steps: list[str] = []
    return Watch(lambda step, _done, _of: steps.append(step), lambda: len(steps) > after)


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Change one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1 << bit
    path.write_bytes(raw)


def as_nobody(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python script without root's rights: root ignores modes (G6)."""
    if os.name == "nt":
        pytest.skip("modes are POSIX")
    drop = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    before = drop if os.geteuid() == 0 else ""
    # modules are loaded before the rights are dropped: the checkout may not be readable to everybody
    imports = (
        "import centerdesk.kernel.backup, centerdesk.kernel.keyslots, centerdesk.kernel.db, encodings.idna\n"
        "import sqlalchemy.dialects.sqlite\n"  # SQLAlchemy finds it by entry point otherwise, with rights
    )
    return run(imports + before + script, *arguments)


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python script with our source on its path, from the root folder."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        timeout=60,
        check=False,
    )
