"""G2: a commit is on the disk before anybody is told of it; seen from outside the process, by its system calls."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from centerdesk.app.features import manifests
from centerdesk.kernel.db import READERS, Durability, connect
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.soundness import Watch, check_frozen
from tests.faults import killed_desk
from tests.faults.power_cut import Disk, Event, build_recorder, read_log

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(
        sys.platform != "linux", reason="system calls are watched by strace or a preloaded library"
    ),
]

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"
ACTS = 1000 if FULL else 100
CUTS = 100 if FULL else 20
"""Power cuts for each of the two SQLite modes."""

MODES = {"wal": Durability.WAL, "rollback": Durability.ROLLBACK}
WANTED = {"foreign_keys": 1, "recursive_triggers": 1, "secure_delete": 1}
REPORTED = {
    "wal": {"journal_mode": "wal", "synchronous": 2},
    "rollback": {"journal_mode": "delete", "synchronous": 3},
}
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((?:\d+<([^>]*)>|\"([^\"]*)\")")


@dataclass(frozen=True)
class Station:
    """A closed station of the kill tests with its key."""

    folder: Path
    key: DataKey

    @property
    def acks(self) -> Path:
        return self.folder.with_name("acks")


@pytest.fixture
def station(tmp_path: Path, mode: str) -> Station:
    made = Station(tmp_path / "station", DataKey.generate())
    made.folder.mkdir()
    killed_desk.found_station(made.folder / "centerdesk.db", made.key, MODES[mode])
    return made


def commit(
    station: Station, mode: str, before: list[str], seed: int, *last: str, **more: str
) -> list[dict[str, object]]:
    """Let the program act under `before`; what its connections report."""
    arguments = [str(station.folder), str(ACTS), str(seed), mode, station.key.expose().hex(), *last]
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.faults.committing_desk", *arguments], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def traced(station: Station, mode: str, seed: int, tmp_path: Path) -> list[Event]:
    """What strace saw, as events without their bytes."""
    log = tmp_path / "calls"
    calls = "trace=write,pwrite64,fsync,fdatasync,unlink"
    commit(station, mode, ["strace", "-f", "-y", "-s0", "--seccomp-bpf", "-e", calls, "-o", str(log)], seed)
    ops = {"write": "W", "pwrite64": "W", "fsync": "S", "fdatasync": "S", "unlink": "U"}
    seen = (CALL.match(line) for line in log.read_text("utf-8", "replace").splitlines())
    return [Event(ops[m[1]], m[2] or m[3], 0, b"") for m in seen if m and m[1] in ops]


def recorded(station: Station, mode: str, seed: int, tmp_path: Path, *last: str) -> list[Event]:
    """The same from the preloaded library, with the bytes."""
    library = build_recorder(tmp_path)
    if library is None:
        pytest.skip("no C compiler for the preloaded library")
    log = tmp_path / "events"
    more = {"LD_PRELOAD": str(library), "DISK_LOG": str(log), "DISK_LOG_ROOT": str(tmp_path)}
    reports = commit(station, mode, [], seed, *last, **more)
    if not last:
        assert [report["query_only"] for report in reports] == [0] + [1] * READERS
        assert all(report.items() >= (WANTED | REPORTED[mode]).items() for report in reports), reports
    return read_log(log)


def may_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", os.devnull, sys.executable, "-c", ""]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def unsynced(events: list[Event], station: Station, mode: str) -> tuple[int, list[str]]:
    """How many acknowledgements followed a write, and what was missing before each that came too early."""
    log = "centerdesk.db-wal" if mode == "wal" else "centerdesk.db"
    path, folder, acks = str(station.folder / log), str(station.folder), str(station.acks)
    journal = str(station.folder / "centerdesk.db-journal")
    commits, wrong, since, begun = 0, [], [], False
    for event in events:
        if event.path != acks:
            since.append((event.op, event.path))
            continue
        if begun:
            commits += ("W", path) in since
            wrong += _missing(since, path, folder, "" if mode == "wal" else journal)
        begun, since = True, []
    return commits, wrong


def _missing(since: list[tuple[str, str]], path: str, folder: str, journal: str) -> list[str]:
    """Whether a sync follows the last write, and in rollback mode one of the folder the journal's end."""
    missing = [] if ("S", path) in since[_last(since, ("W", path)) :] else ["no sync after the last write"]
    if journal and ("S", folder) not in since[_last(since, ("U", journal)) :]:
        missing.append("no sync of the folder after the journal went")
    return missing


def _last(since: list[tuple[str, str]], what: tuple[str, str]) -> int:
    return max((n for n, each in enumerate(since) if each == what), default=len(since))


def pages_in_use_are_whole(folder: Path, key: DataKey) -> bool:
    """The rollback journal leaves out free pages, so one may be torn: no row is in it, but its HMAC is wrong."""
    database_key = KeyRing(key).database_key
    connection = connect(folder / "centerdesk.db", database_key, mode="rw")
    connection.execute("VACUUM INTO ?", (str(folder / "copy.db"),))  # reads every page in use and no other
    connection.close()
    return all(check.ok for check in check_frozen(folder / "copy.db", database_key, (), Watch()))


@pytest.mark.parametrize("mode", MODES)
def test_every_acknowledged_commit_was_synced_first(station: Station, mode: str, tmp_path: Path) -> None:
    """By strace where it may trace, else by the preloaded library."""
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10_000)))
    watch = traced if may_trace() else recorded
    events = watch(station, mode, seed, tmp_path)
    commits, wrong = unsynced(events, station, mode)
    assert (commits, wrong) == (ACTS, []), f"seed {seed}, by {watch.__name__}"


@pytest.mark.parametrize("mode", ["wal"])
def test_a_commit_that_is_not_synced_would_be_seen(station: Station, mode: str, tmp_path: Path) -> None:
    """The watch itself: with `synchronous=OFF` it complains of nearly every commit."""
    commits, wrong = unsynced(recorded(station, mode, 7, tmp_path, "careless"), station, mode)
    assert commits == ACTS
    assert len(wrong) > ACTS * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(
    station: Station, mode: str, tmp_path: Path
) -> None:
    """Each cut keeps what was synced and, of the rest, any sectors in any order."""
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10_000)))
    before = Disk(station.folder)
    events = recorded(station, mode, seed, tmp_path)
    assert unsynced(events, station, mode) == (ACTS, [])
    database = str(station.folder / "centerdesk.db")
    assert any(
        event.op == "W" and event.path == database for event in events
    )  # the log was brought in as well
    manifests().import_models()
    chance, disk, acked = random.Random(seed), before, {}
    moments = [*sorted(chance.sample(range(len(events)), CUTS - 1)), len(events)]
    for number, moment in enumerate(moments):
        done = moments[number - 1] if number else 0
        for event in events[done:moment]:
            if event.path != str(station.acks):
                disk.do(event)
            elif event.data != b"begin\n":
                acked[UUID(hex=event.data.decode().strip())] = ""
        left = tmp_path / f"cut{number}"
        left.mkdir()
        disk.cut(left, chance)
        found = killed_desk.inspect(left / "centerdesk.db", station.key, MODES[mode], acked, deep=True)
        told = f"seed {seed}, cut {number} after {len(acked)} acts: {found}"
        assert (found["lost"], found["half"], found["content"]) == (0, 0, []), told
        assert not found["file"] or (mode == "rollback" and pages_in_use_are_whole(left, station.key)), told
        shutil.rmtree(left)
    assert len(acked) == ACTS
