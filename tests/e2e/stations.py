"""Two stations made once by the program itself; every test works on its own copy of one."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.program import CHECKINS, MORNING, ROSTER, SECRETARY, Program, found

if sys.platform != "win32":
    import fcntl


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One worker of the test run at a time."""
    with (folder / "made.lock").open("w") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "stations"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def founded(shelf: Path) -> Path:
    """A station with places and accounts and nobody in it; `founded.txt` beside it is what `init` said."""
    with only_one(shelf):
        said = shelf / "founded.txt"
        if not said.exists():
            said.write_text(found(shelf / "founded").out, "utf-8")
    return shelf / "founded"


@pytest.fixture(scope="session")
def filled(shelf: Path, founded: Path) -> Path:
    """The same with the sample roster and the sample month of check-ins; what they answered lies beside it."""
    with only_one(shelf):
        done = shelf / "filled"
        if not done.exists():
            made = shelf / "filling"
            shutil.copytree(founded, made)
            program = Program(made, SECRETARY, MORNING)
            for name, file in (("roster", ROSTER), ("checkins", CHECKINS)):
                answer = program("import", file, "--json").ok().json
                (shelf / f"{name}.json").write_text(json.dumps(answer), "utf-8")
                shutil.copytree(made, shelf / f"with_{name}")
            (shelf / "with_checkins").replace(done)
    return done


@pytest.fixture(scope="session")
def peopled(shelf: Path, filled: Path) -> Path:
    """The station as it was between the two imports: residents, nobody enrolled."""
    return shelf / "with_roster"


@pytest.fixture
def station(founded: Path, tmp_path: Path) -> Program:
    """A copy of the empty station; the secretary acts, on the morning of 2 October 2026."""
    return copied(founded, tmp_path)


@pytest.fixture
def full_station(filled: Path, tmp_path: Path) -> Program:
    """A copy of the station with 5,928 residents and September's check-ins."""
    return copied(filled, tmp_path)


@pytest.fixture
def peopled_station(peopled: Path, tmp_path: Path) -> Program:
    """A copy of the station with residents and no check-ins."""
    return copied(peopled, tmp_path)


def copied(source: Path, folder: Path) -> Program:
    shutil.copytree(source, folder / "station")
    return Program(folder / "station", SECRETARY, MORNING)


@pytest.fixture
def answered(shelf: Path, filled: Path) -> Callable[[str], dict]:
    """What the imports of the filled station answered, by name."""
    return lambda name: json.loads((shelf / f"{name}.json").read_text("utf-8"))
