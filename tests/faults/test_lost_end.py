"""G10, G33: acts that were saved and are gone from the end are told at the next opening, whatever took them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.login.facts import read_login
from centerdesk.app.records import RESTORED, AcknowledgeLostEnd
from centerdesk.features.places.commands import AddGrid
from centerdesk.features.places.models import Grid
from centerdesk.kernel import lost_end
from centerdesk.kernel.errors import ConflictError, DamagedDatabase, WrongKey
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.journal import JournalOp
from tests.e2e.program import REFUSED, Program, Said

pytestmark = [
    pytest.mark.faults,
    pytest.mark.db,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]
ROOT = Path(__file__).resolve().parents[2]
PLACES = 400 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 40
ACTS = 24


@dataclass
class Killed:
    """A station whose desk was killed, and its files as the kill left them."""

    program: Program
    before: int
    files: dict[Path, bytes]

    def put_back(self, **other: bytes) -> None:
        """The files as they were, but for these: `wal`, `db`, `anchor`."""
        for beside in self.database.parent.glob("centerdesk.db-*"):
            beside.unlink()
        for path, raw in self.files.items():
            path.write_bytes(raw)
        for name, raw in other.items():
            {"wal": self.wal, "db": self.database, "anchor": self.program.where.anchor}[name].write_bytes(raw)

    @property
    def database(self) -> Path:
        return self.program.where.database

    @property
    def wal(self) -> Path:
        return self.database.with_name("centerdesk.db-wal")

    def doctor(self, *words: str) -> Said:
        """He asks no clock: what is news goes by the last act."""
        return replace(self.program, now=None, login=None)("doctor", *words)

    def look(self) -> tuple[int, lost_end.Told | None]:
        """How many of the acts are there, and what is told, as the station is opened."""
        with self.program.inside() as opened:
            return grids(opened) - self.before, told(opened)


def grids(opened: OpenStation) -> int:
    with opened.database.read_session() as session:
        return session.scalar(select(func.count()).select_from(Grid)) or 0


def told(opened: OpenStation) -> lost_end.Told | None:
    with opened.database.read_session() as session:
        return lost_end.told(session, opened.clock.now())


@pytest.fixture
def killed(station: Program) -> Killed:
    with station.inside() as opened:
        before = grids(opened)
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying_desk", str(station.data), str(ACTS)],
        cwd=ROOT, env={**station.environment(), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (-signal.SIGKILL, f"{ACTS}\n".encode()), run.stderr[-500:]
    where = station.where
    left = [where.database, where.database.with_name("centerdesk.db-wal"), where.anchor]
    return Killed(station, before, {path: path.read_bytes() for path in left})


def test_a_killed_desk_alone_loses_nothing_and_nothing_is_told(killed: Killed) -> None:
    assert killed.look() == (ACTS, None)


def test_a_flipped_bit_in_the_log_of_a_killed_desk(killed: Killed) -> None:
    """SQLite drops what follows it without a word: each act that goes is told, and no other is."""
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(2**32)))
    good, draw, lost = killed.files[killed.wal], random.Random(seed), 0
    for number in range(PLACES):
        at = int((number + draw.random()) * len(good) / PLACES)
        raw = bytearray(good)
        raw[at] ^= 1 << draw.randrange(8)
        killed.put_back(wal=bytes(raw))
        try:
            there, said = killed.look()
        except (WrongKey, DamagedDatabase):
            continue  # told by not opening
        assert (said.acts if said else 0) == ACTS - there, f"seed {seed}, bit at {at}"
        lost += there < ACTS
    assert lost > PLACES / 2, "the log holds nothing: the test has nothing to find"


def test_a_log_that_is_gone(killed: Killed) -> None:
    killed.put_back(wal=b"")
    assert killed.look()[1].acts == ACTS


def test_an_act_that_was_cut_off_before_it_was_saved_is_no_loss(killed: Killed) -> None:
    """The power went while the last one was written: its frames are torn, and nobody was told that it was saved."""
    anchor = killed.files[killed.program.where.anchor]
    one, other = anchor[: len(anchor) // 2], anchor[len(anchor) // 2 :]
    last_but_one = min(one, other)
    for cut in (1, 30, 4096 + 24, 2 * (4096 + 24)):
        killed.put_back(wal=killed.files[killed.wal][:-cut], anchor=last_but_one * 2)
        assert killed.look() == (ACTS - 1, None), cut


def test_it_is_booked_once_and_told_to_whoever_comes(killed: Killed, tmp_path: Path) -> None:
    killed.put_back(wal=killed.files[killed.wal][: len(killed.files[killed.wal]) // 2])
    there, said = killed.look()
    assert killed.look() == (there, said)  # the second opening adds nothing
    with killed.program.inside() as opened, opened.database.read_session() as session:
        rows = session.scalars(select(JournalOp).where(JournalOp.action == lost_end.LOST)).all()
        assert [row.counts["last"] - row.counts["kept"] for row in rows] == [ACTS - there]
        assert rows[0].seq == rows[0].counts["kept"] + 1
        assert read_login(session, opened).headline.startswith(said.sentence)
    answer = killed.program("verify", login=None)
    assert answer.code == REFUSED
    assert said.sentence in answer.out
    assert said.sentence in killed.doctor().ok().out
    assert f"办的 {ACTS - there} 件事" in said.sentence


def test_the_doctor_tells_it_before_anybody_has_opened_the_desk_and_books_nothing(killed: Killed) -> None:
    killed.put_back(wal=b"")
    found = killed.doctor("--json").ok().json["checks"]
    told_so = next(each for each in found if each["name"] == "办过的事")
    assert told_so["fact"] == f"少了 {ACTS} 件"
    assert "重新记" in told_so["advice"]
    assert killed.look()[1].acts == ACTS  # booked now, by the desk
    with killed.program.inside() as opened, opened.database.read_session() as session:
        assert session.scalar(select(func.count()).where(JournalOp.action == lost_end.LOST)) == 1


def test_who_has_heard_it_answers_for_it_and_nobody_is_told_any_more(killed: Killed) -> None:
    killed.put_back(wal=b"")
    administrator = system_actor([RESTORED], "t")
    with killed.program.inside() as opened:
        said = told(opened)
        opened.bus.run(AcknowledgeLostEnd(said.entry), actor=administrator)
        assert told(opened) is None
        with pytest.raises(ConflictError, match="刷新"):
            opened.bus.run(AcknowledgeLostEnd(said.entry), actor=administrator)
    assert killed.look()[1] is None
    killed.program("verify", login=None).ok()
    assert "一件没少" in killed.doctor().ok().out


def test_an_older_file_in_the_place_of_the_right_one(station: Program, tmp_path: Path) -> None:
    old = shutil.copy(station.where.database, tmp_path / "old.db")
    with station.inside() as opened:
        for name in "一二三":
            opened.bus.run(AddGrid(name), actor=system_actor(["places.write"], "t"))
    shutil.copy(old, station.where.database)
    with station.inside() as opened:
        assert told(opened).acts == 3
