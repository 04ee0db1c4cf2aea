"""G8: a second start raises the first window; two programs forced onto one file do not harm each other."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from centerdesk.features.people.models import Resident
from centerdesk.features.places.commands import AddCompound
from centerdesk.features.places.models import Compound
from centerdesk.kernel import journal
from centerdesk.kernel.db import Durability
from centerdesk.kernel.keys import DataKey
from tests.e2e.program import DONE, Program
from tests.faults import killed_desk
from tests.faults.second_desk import TALLY

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 20
HERE = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "QT_QPA_PLATFORM": "offscreen"}


def both(path: Path, key: DataKey, seed: int) -> list[dict[str, Any]]:
    """Two processes write to the file at once; what each says it has written."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.second_desk", path, key.expose().hex(), str(seed + n),
                     str(SECONDS)],
                    cwd=ROOT, env=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for n in range(2)
        ]  # fmt: skip
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        found = [json.loads(program.stdout.readline()) for program in programs if program.stdout is not None]
        assert [program.wait(60) for program in programs] == [0, 0]
    return found


def test_two_on_one_file_lose_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10_000)))
    path, key = tmp_path / "centerdesk.db", DataKey.generate()
    killed_desk.found_station(path, key, Durability.WAL)
    desk = killed_desk.Desk(path, key, Durability.WAL)
    desk.run(AddCompound(f"{TALLY}0"))
    desk.database.close()

    said = both(path, key, seed)

    numbers = [number for each in said for number in each["numbers"]]
    acknowledged = {UUID(hex=text): "" for each in said for text in each["keys"]}
    told = f"seed {seed}: {[each['done'] for each in said]}, longest {[each['longest'] for each in said]}, "
    told += f"waited in vain {[each['told'] for each in said]}"
    assert all(len(each["numbers"]) > SECONDS for each in said), told  # both were let in all the time
    assert all(each["told"] <= 1 + SECONDS // 60 for each in said), told
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), told
    found = killed_desk.inspect(path, key, Durability.WAL, acknowledged, deep=True)
    assert (found["lost"], found["half"], found["content"], found["file"]) == (0, 0, [], []), told
    desk = killed_desk.Desk(path, key, Durability.WAL)
    with desk.database.read_session() as session:
        last = session.scalars(select(Compound.name).where(Compound.name.startswith(TALLY))).one()
        single = session.scalars(select(Resident.id).where(Resident.batch_id.is_(None))).all()
        assert journal.verify_chain(session, desk.ring.journal_key).ok
    desk.database.close()
    assert last == f"{TALLY}{len(numbers)}", told
    assert len(single) == 20 + sum(each["done"]["add"] for each in said), told


FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from centerdesk.app.desk.program import open_desk
from centerdesk.app.login.page import LoginPage
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
app = QApplication(sys.argv[:1])
said = []
def say(word):
    said.append(word)
    sys.stdout.write(word + "\\n")
    sys.stdout.flush()
def look():
    page = next((w for w in app.topLevelWidgets() if isinstance(w, LoginPage) and w.isVisible()), None)
    if page is not None and not said:
        page.showMinimized()
        say("minimized")
    elif page is not None and said == ["minimized"] and not page.isMinimized():
        say("raised")
        page.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(open_desk(DataDir(Path(sys.argv[1])), SystemClock(), real=False))
"""


def test_a_second_start_raises_the_first_window(station: Program) -> None:
    """Two real processes: the second asks, ends well at once, and opens nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", FIRST, station.data], cwd=ROOT, env=HERE, stdout=subprocess.PIPE, text=True
    ) as first:
        try:
            assert first.stdout is not None
            assert first.stdout.readline() == "minimized\n"
            assert "desk begins" in (station.where.logs / "desk.log").read_text("utf-8")
            second = station.cold("desk")
            assert (second.code, second.out, second.err) == (DONE, "", "")
            assert first.stdout.readline() == "raised\n"
            assert first.wait(60) == DONE
        finally:
            first.kill()
    log = (station.where.logs / "desk.log").read_text("utf-8")
    assert log.count("desk begins") == 1  # the second was refused the lock
