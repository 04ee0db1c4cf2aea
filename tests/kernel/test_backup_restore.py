"""Going back to a backup, here and on a new machine (G45, G46)."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import Backup, Reason, list_backups, make_backup, newest_good
from centerdesk.kernel.backupfile import keys_path, manifest_path
from centerdesk.kernel.db import Database, DeskHeld, DeskLock
from centerdesk.kernel.errors import Cancelled, DamagedDatabase, EnvironmentFault, Unavailable, WrongKey
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.restore import rehearse, restore
from centerdesk.kernel.soundness import CheckResult
from centerdesk.kernel.station import Station
from tests.helpers.storage import SOURCE, Place, make_place, stopping, words_in

pytestmark = pytest.mark.db

THREE = ["修路灯", "换门锁", "借轮椅"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "站")
    yield made
    made.database.close()


@pytest.fixture
def saved(place: Place) -> Backup:
    """A backup of three wishes; then a fourth was added and the desk closed."""
    made = make_backup(place.where, place.ring, place.clock, Reason.MANUAL).backup
    place.clock.advance(timedelta(minutes=5))
    place.add("后来的")
    place.database.close()
    return made


def files(where: DataDir) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in where.root.iterdir() if each.is_file()}


def test_going_back_keeps_the_present_one_aside(place: Place, saved: Backup) -> None:
    done = restore(saved.path, place.where, place.clock)
    assert place.words() == THREE
    assert done.aside == place.where.aside / "2026-12-03_120500"
    assert all(check.ok for check in done.checks)
    kept = DataDir(done.aside)
    assert words_in(kept, place.ring) == [*THREE, "后来的"]
    assert keyslots.open_file_with_recovery(kept.keyslots, place.code) == place.ring.data_key
    assert sorted(each.name for each in place.where.root.glob("centerdesk.db*")) == ["centerdesk.db"]
    if os.name != "nt":
        assert place.where.database.stat().st_mode & 0o777 == 0o600


def test_a_file_is_not_put_beside_a_record_that_names_a_server(
    place: Place, saved: Backup, tmp_path: Path
) -> None:
    there = DataDir(tmp_path / "在服务器上")
    there.prepare()
    Station(UUID(int=7), "云和社区", schema="s", database="postgresql://a@127.0.0.1/c").save(
        there.station_file
    )
    before = files(there)
    with pytest.raises(EnvironmentFault, match="在服务器上，没有动它"):
        restore(saved.path, there, place.clock, code=place.code)
    assert files(there) == before


def test_going_back_twice_within_a_second_keeps_both(place: Place, saved: Backup) -> None:
    first = restore(saved.path, place.where, place.clock, ring=place.ring)
    second = restore(saved.path, place.where, place.clock, ring=place.ring)
    assert first.aside != second.aside
    assert words_in(DataDir(first.aside), place.ring)[-1] == "后来的"  # type: ignore[arg-type]  # is set


def test_a_sheet_made_after_the_backup_stays_valid(place: Place, saved: Backup) -> None:
    newer = keyslots.new_recovery(place.where, place.ring.data_key, place.clock)
    restore(saved.path, place.where, place.clock, code=place.code)
    assert keyslots.open_with_recovery(place.where, newer) == place.ring.data_key


def test_a_new_machine_with_stick_and_sheet(place: Place, saved: Backup, tmp_path: Path) -> None:
    station = Station(UUID(int=7), "云和社区")
    station.save(place.where.station_file)
    with Database.open(place.where.database, place.ring):
        stick = tmp_path / "stick"
        stick.mkdir()
        make_backup(place.where, place.ring, place.clock, Reason.CLOSE, second_place=stick)
    shutil.rmtree(place.where.root)
    new = DataDir(tmp_path / "新电脑")
    newest = list_backups([stick])[0]
    with pytest.raises(WrongKey, match="恢复单"):
        restore(newest.path, new, place.clock)
    assert not new.database.exists()
    done = restore(newest.path, new, place.clock, code=RecoveryCode.parse(" ".join(place.code.groups)))
    assert done.aside is None
    assert words_in(new, KeyRing(keyslots.open_with_machine(new))) == [*THREE, "后来的"]
    assert Station.load(new.station_file) == station
    assert keyslots.open_with_recovery(new, place.code) == done.ring.data_key


def test_a_wrong_sheet_changes_nothing(place: Place, saved: Backup) -> None:
    before = files(place.where)
    with pytest.raises(WrongKey, match="RS-01"):
        restore(saved.path, place.where, place.clock, code=RecoveryCode.generate())
    assert {name: data for name, data in files(place.where).items() if name != "desk.lock"} == before


@pytest.mark.parametrize(
    "value", [("made_at", "2030-01-01T00:00:00+00:00"), ("station", "x"), ("head", "7 ab")]
)
def test_an_altered_manifest_changes_nothing(place: Place, saved: Backup, value: tuple[str, str]) -> None:
    """The copy is sound; what is said of it is not what was signed."""
    raw = json.loads(manifest_path(saved.path).read_bytes())
    manifest_path(saved.path).write_text(json.dumps(raw | dict([value])))
    before = files(place.where)
    with pytest.raises(DamagedDatabase, match="被改过"):
        restore(saved.path, place.where, place.clock)
    assert {name: data for name, data in files(place.where).items() if name != "desk.lock"} == before


def test_the_station_of_another_key_takes_its_place(place: Place, saved: Backup, tmp_path: Path) -> None:
    other = make_place(tmp_path / "另一站")
    other.add("别站的")
    strange = make_backup(other.where, other.ring, other.clock, Reason.CLOSE).backup
    other.database.close()
    done = restore(strange.path, place.where, place.clock, code=other.code)
    ring = KeyRing(keyslots.open_with_machine(place.where))
    assert ring.fingerprint == other.ring.fingerprint
    assert words_in(place.where, ring)[-1] == "别站的"
    assert done.aside is not None
    kept = DataDir(done.aside)
    assert words_in(kept, place.ring)[-1] == "后来的"
    assert keyslots.open_file_with_machine(kept.keyslots, place.where.machine_key) == place.ring.data_key


def test_a_damaged_newest_gives_way_to_the_next_good(place: Place) -> None:
    good = make_backup(place.where, place.ring, place.clock, Reason.TIMED).backup
    place.clock.advance(timedelta(minutes=30))
    place.add("第四")
    newest = make_backup(place.where, place.ring, place.clock, Reason.TIMED).backup
    place.database.close()
    raw = bytearray(newest.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    newest.path.write_bytes(raw)
    before = place.where.database.read_bytes()
    with pytest.raises(DamagedDatabase, match="不能用"):
        restore(newest.path, place.where, place.clock)
    assert place.where.database.read_bytes() == before
    found, _ = newest_good([place.where.backups], place.ring)
    assert found is not None
    assert found.path == good.path
    restore(found.path, place.where, place.clock)
    assert place.words() == THREE


@pytest.mark.parametrize("harm", ["flip", "empty", "gone", "noise"])
def test_a_broken_present_database_is_no_obstacle(place: Place, saved: Backup, harm: str) -> None:
    match harm:
        case "gone":
            place.where.database.unlink()
        case "empty":
            place.where.database.write_bytes(b"")
        case "noise":
            place.where.database.write_bytes(b"noise" * 5000)
        case _:
            raw = bytearray(place.where.database.read_bytes())
            raw[30] ^= 1
            place.where.database.write_bytes(raw)
    (place.where.root / "centerdesk.db-wal").write_bytes(b"an old log")
    done = restore(saved.path, place.where, place.clock)
    assert place.words() == THREE
    if done.aside:
        assert (done.aside / "centerdesk.db").exists()


def test_nobody_may_have_it_open(place: Place, saved: Backup) -> None:
    with DeskLock.acquire(place.where.lock_file, place.clock), pytest.raises(DeskHeld):
        restore(saved.path, place.where, place.clock)
    with Database.open(place.where.database, place.ring) as watcher:
        watcher.revision()
        with pytest.raises(Unavailable, match="看护程序"):
            restore(saved.path, place.where, place.clock)
        assert watcher.revision() == "0001"
    assert place.words()[-1] == "后来的"
    with DeskLock.acquire(place.where.lock_file, place.clock) as mine:
        restore(saved.path, place.where, place.clock, held=mine)
    assert place.words() == THREE


def test_stopping_leaves_the_present_one(place: Place, saved: Backup) -> None:
    for after in range(2):
        with pytest.raises(Cancelled):
            restore(saved.path, place.where, place.clock, ring=place.ring, watch=stopping(after))
        assert place.words()[-1] == "后来的"
        assert not list(place.where.root.glob("*.partial"))


def test_a_backup_without_its_key_file_uses_the_stations_own(place: Place, saved: Backup) -> None:
    keys_path(saved.path).unlink()
    restore(saved.path, place.where, place.clock)
    assert place.words() == THREE


def test_a_disk_without_links_works_too(place: Place, saved: Backup, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    done = restore(saved.path, place.where, place.clock)
    assert place.words() == THREE
    assert done.aside is not None
    assert words_in(DataDir(done.aside), place.ring)[-1] == "后来的"


def test_too_little_space_leaves_the_present_one(
    place: Place, saved: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage(place.where.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: real._replace(free=0))
    with pytest.raises(EnvironmentFault, match="现在的库没有动"):
        restore(saved.path, place.where, place.clock)
    assert place.words()[-1] == "后来的"


def test_not_into_a_sync_folder(place: Place, saved: Backup, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="同步"):
        restore(saved.path, DataDir(tmp_path / "OneDrive"), place.clock, code=place.code)


@pytest.mark.faults
def test_killed_at_any_moment_there_is_one_whole_database(place: Place, saved: Backup) -> None:
    """The child dies at each of its file operations in turn; what is left opens and is old or new."""
    script = """
import os, sys
from pathlib import Path
from centerdesk.kernel import restore as module
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
steps, wanted = 0, int(sys.argv[3])
def audit(event, args):
    global steps
    if event in ("os.rename", "os.link", "os.remove", "os.chmod", "open", "os.mkdir", "sqlite3.connect"):
        if event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        if not any(sys.argv[1] in str(arg) for arg in args):
            return
        steps += 1
        if steps == wanted:
            os._exit(9)
sys.addaudithook(audit)
module.restore(Path(sys.argv[2]), DataDir(Path(sys.argv[1])), SystemClock())
print("done", steps)
"""
    seen = set()
    for moment in range(1, 40):
        done = subprocess.run(
            [sys.executable, "-c", script, str(place.where.root), str(saved.path), str(moment)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            check=False,
        )
        words = place.words()
        assert words in (THREE, [*THREE, "后来的"]), moment
        seen.add(len(words))
        if done.returncode == 0:
            break
        assert done.returncode == 9, done.stderr
        if len(words) == 3:
            break
    else:
        pytest.fail("the restore never ended")
    assert seen == {3, 4}


def test_a_rehearsal_leaves_the_live_one_alone(place: Place, saved: Backup) -> None:
    def check(session: Session) -> CheckResult:
        count = session.scalar(text("SELECT count(*) FROM wish"))
        return CheckResult("wishes", count == 3, {"wishes": count})

    before = place.where.database.read_bytes()
    result = rehearse(saved, place.ring, place.where, place.clock, checks=[check])
    assert result.good
    assert result.checks[-1].counts == {"wishes": 3}
    assert place.where.database.read_bytes() == before
    assert list(place.where.spool.iterdir()) == []
    saved.path.write_bytes(saved.path.read_bytes()[:-1])
    with pytest.raises(DamagedDatabase):
        rehearse(saved, place.ring, place.where, place.clock)
    assert list(place.where.spool.iterdir()) == []
    assert manifest_path(saved.path).exists()
