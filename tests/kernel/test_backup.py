"""Backups on real encrypted files: made, verified, thinned, stopped, killed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from centerdesk.kernel.backup import (
    Backup,
    BackupResult,
    Reason,
    list_backups,
    make_backup,
    newest_good,
    read_backup,
    thin_out,
    verify_backup,
)
from centerdesk.kernel.backupfile import keys_path, manifest_path
from centerdesk.kernel.db import connect
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.errors import Cancelled, DamagedDatabase, Unavailable, WrongKey
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.soundness import CheckResult, Watch
from tests.helpers.storage import SOURCE, Place, flip, make_place, stopping

pytestmark = pytest.mark.db


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "站")
    yield made
    made.database.close()


def wishes(session: Session) -> CheckResult:
    """A check as a feature would add one."""
    count = session.scalar(text("SELECT count(*) FROM wish"))
    return CheckResult("wishes", count >= 3, {"wishes": count}, "" if count >= 3 else "愿望少了。")


def backup(place: Place, reason: Reason = Reason.MANUAL, **more: object) -> BackupResult:
    place.clock.advance(timedelta(seconds=1))
    return make_backup(place.where, place.ring, place.clock, reason, **more)  # type: ignore[arg-type]  # test


def left_over(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if ".partial" in each.name)


def test_a_backup_of_an_open_database_holds_what_is_only_in_the_log(place: Place) -> None:
    made = backup(place, checks=[wishes]).backup
    assert (place.where.root / "centerdesk.db-wal").stat().st_size > 0
    assert made.manifest.tables == {"alembic_version": 1, "grid": 1, "wish": 3}
    assert made.manifest.revision == "0001"
    assert made.manifest.good
    assert [check.name for check in made.manifest.checks] == ["integrity", "foreign_keys", "wishes"]
    found = verify_backup(made, place.ring, checks=[wishes])
    assert [(check.name, check.ok) for check in found] == [
        ("integrity", True),
        ("foreign_keys", True),
        ("wishes", True),
    ]
    connection = connect(made.path, place.ring.database_key, mode="frozen")
    assert connection.execute("SELECT words FROM wish ORDER BY id").fetchall() == [
        ("修路灯",),
        ("换门锁",),
        ("借轮椅",),
    ]
    connection.close()
    assert sorted(each.name for each in place.where.backups.iterdir()) == sorted(
        [".lock", made.path.name, manifest_path(made.path).name, keys_path(made.path).name]
    )


def test_a_backup_shows_nothing_in_clear(place: Place) -> None:
    made = backup(place).backup
    everything = b"".join(each.read_bytes() for each in place.where.backups.iterdir())
    assert "修路灯".encode() not in everything
    assert place.ring.database_key.hex().encode() not in everything
    if os.name != "nt":
        assert {each.stat().st_mode & 0o777 for each in place.where.backups.iterdir()} == {0o600}
    assert made.path.name.startswith("2026-12-03_1200")


def test_two_within_a_second_both_stay(place: Place) -> None:
    names = {
        make_backup(place.where, place.ring, place.clock, Reason.CLOSE).backup.path.name for _ in range(3)
    }
    assert len(names) == 3
    assert len(list_backups([place.where.backups])) == 3


def test_a_failing_check_is_kept_and_told(place: Place) -> None:
    def never(session: Session) -> CheckResult:
        return CheckResult("journal_chain", False, {"entries": 3}, "第 2 条断了。")

    made = backup(place, checks=[never]).backup
    assert not made.manifest.good
    assert read_backup(made.path).manifest.checks[-1].note == "第 2 条断了。"


def test_a_dangling_reference_is_found(place: Place) -> None:
    connection = connect(place.where.database, place.ring.database_key, mode="rw")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("INSERT INTO wish(words, grid_id) VALUES ('x', 99)")
    connection.close()
    checks = {check.name: check for check in backup(place).backup.manifest.checks}
    assert not checks["foreign_keys"].ok
    assert checks["foreign_keys"].counts == {"orphans": 1}


def test_a_damaged_database_gives_no_backup_and_harms_none(place: Place) -> None:
    place.add(*("很长的愿望" * 50 for _ in range(300)))
    first = backup(place).backup
    place.database.close()
    flip(place.where.database, place.where.database.stat().st_size // 2)
    with pytest.raises(DamagedDatabase):
        backup(place)
    assert [each.path for each in list_backups([place.where.backups])] == [first.path]
    assert left_over(place.where.backups) == []
    verify_backup(first, place.ring)


def test_flipped_bits_are_found_each_time(place: Place) -> None:
    """G10 for backups: 60 places from a printed seed, by the manifest's hash."""
    made = backup(place).backup
    good, seed = made.path.read_bytes(), random.randrange(2**32)
    draw, found = random.Random(seed), 0
    for _ in range(60):
        made.path.write_bytes(good)
        flip(made.path, draw.randrange(len(good)), draw.randrange(8))
        try:
            verify_backup(made, place.ring)
        except DamagedDatabase:
            found += 1
    assert found == 60, f"seed {seed}"
    made.path.write_bytes(good)
    verify_backup(made, place.ring)


@pytest.mark.parametrize("size", [0, 1, 4096, -1])
def test_a_cut_backup_is_found(place: Place, size: int) -> None:
    made = backup(place).backup
    made.path.write_bytes(made.path.read_bytes()[:size])
    with pytest.raises(DamagedDatabase, match="不能用"):
        verify_backup(made, place.ring)


def test_another_key_is_told_from_damage(place: Place) -> None:
    made = backup(place).backup
    with pytest.raises(WrongKey, match="恢复单"):
        verify_backup(made, KeyRing(DataKey.generate()))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tables", {"wish": 1}),
        ("sha256", "0" * 64),
        ("size", 1),
        ("made_at", "2030-01-01T00:00:00+00:00"),
        ("checks", []),
        ("reason", "close"),
    ],
)
def test_an_altered_manifest_is_refused(place: Place, name: str, value: object) -> None:
    made = backup(place).backup
    raw = json.loads(manifest_path(made.path).read_bytes())
    manifest_path(made.path).write_text(json.dumps(raw | {name: value}))
    with pytest.raises(DamagedDatabase, match="被改过"):
        verify_backup(read_backup(made.path), place.ring)


def test_an_older_backup_under_a_newer_name_is_refused(place: Place) -> None:
    old = backup(place).backup
    new = backup(place).backup
    new.path.write_bytes(old.path.read_bytes())
    manifest_path(new.path).write_bytes(manifest_path(old.path).read_bytes())
    with pytest.raises(DamagedDatabase, match="被改过"):
        verify_backup(read_backup(new.path), place.ring)


def test_the_bytes_of_an_older_backup_under_the_newer_manifest_are_refused(place: Place) -> None:
    """Sound pages of the same key, as many and with as many rows: only the manifest's hash tells."""
    old = backup(place).backup
    with place.database.rw.begin() as connection:
        connection.execute(text("UPDATE wish SET words = '修门灯' WHERE words = '修路灯'"))
    new = backup(place).backup
    assert (new.manifest.size, new.manifest.tables) == (old.manifest.size, old.manifest.tables)
    new.path.write_bytes(old.path.read_bytes())
    with pytest.raises(DamagedDatabase, match="不一样"):
        verify_backup(new, place.ring)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b"\xff"])
def test_without_a_readable_manifest_it_is_no_backup(place: Place, content: bytes) -> None:
    made = backup(place).backup
    manifest_path(made.path).write_bytes(content)
    assert list_backups([place.where.backups]) == []
    with pytest.raises(DamagedDatabase, match="另一份"):
        read_backup(made.path)
    manifest_path(made.path).unlink()
    with pytest.raises(DamagedDatabase, match="没有做完"):
        read_backup(made.path)


def test_the_next_good_one_is_offered(place: Place) -> None:
    made = [backup(place).backup for _ in range(3)]
    flip(made[2].path, 5000)
    made[1].path.write_bytes(b"")
    found, refused = newest_good([place.where.backups], place.ring)
    assert found is not None
    assert found.path == made[0].path
    assert [each.path for each, _ in refused] == [made[2].path, made[1].path]
    assert all("备份" in sentence for _, sentence in refused)


def test_a_good_second_copy_stands_in_for_a_bad_first(place: Place, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    result = backup(place, second_place=stick)
    flip(result.backup.path, 5000)
    found, refused = newest_good([place.where.backups, stick], place.ring)
    assert found is not None
    assert result.second is not None
    assert found.path == result.second.path
    assert len(refused) == 1


def test_stopping_leaves_nothing_behind(place: Place) -> None:
    place.add(*("很长的愿望" * 20 for _ in range(3000)))
    for stop_after in range(2):
        with pytest.raises(Cancelled, match="停下"):
            backup(place, watch=stopping(stop_after))
        assert list_backups([place.where.backups]) == []
        assert [each.name for each in place.where.backups.iterdir()] == [".lock"]


def test_stopping_inside_the_copying_statement(place: Place) -> None:
    place.add(*("很长的愿望" * 20 for _ in range(3000)))
    asked: list[int] = []

    def stopped() -> bool:
        asked.append(1)
        return len(asked) > 1  # the first question comes before VACUUM INTO, the next from inside it

    with pytest.raises(Cancelled, match="备份已停下"):
        backup(place, watch=Watch(None, stopped))
    assert [each.name for each in place.where.backups.iterdir()] == [".lock"]


@pytest.mark.faults
def test_killed_while_copying_leaves_no_file_under_the_final_name(place: Place) -> None:
    """F8. The child is killed when the partial file appears, at six sizes of it."""
    place.add(*("很长的愿望" * 100 for _ in range(6000)))
    script = """
import sys
from pathlib import Path
from centerdesk.kernel.backup import Reason, make_backup
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.keyslots import open_with_machine
from centerdesk.kernel.paths import DataDir
where = DataDir(Path(sys.argv[1]))
ring = KeyRing(open_with_machine(where))
print("ready", flush=True)
make_backup(where, ring, SystemClock(), Reason.TIMED)
print("made", flush=True)
"""
    kills = 0
    for size in (0, 0, 1, 4096, 500_000, 2_000_000):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(place.where.root)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            while child.poll() is None and not _partial_has(place.where.backups, size):
                pass
            child.kill()
            finished = b"made" in child.stdout.read()
        kills += not finished
        assert finished == bool(list_backups([place.where.backups]))
        for each in list_backups([place.where.backups]):
            verify_backup(each, place.ring)
            each.path.unlink()
            manifest_path(each.path).unlink()
    assert kills >= 3
    made = backup(place).backup
    verify_backup(made, place.ring)
    assert left_over(place.where.backups) == []
    assert len(place.words()) == 6003


def _partial_has(folder: Path, size: int) -> bool:
    try:
        return any(each.stat().st_size >= size for each in folder.glob("*.partial"))
    except FileNotFoundError:
        return False


def test_only_one_backup_at_a_time(place: Place) -> None:
    with (
        DeskLock.acquire(place.where.backups / ".lock", place.clock),
        pytest.raises(Unavailable, match="正在备份"),
    ):
        backup(place)


def test_old_backups_go_with_their_side_files_and_the_good_one_stays(place: Place) -> None:
    made: list[Backup] = []
    for _ in range(4):
        made.append(backup(place, Reason.TIMED).backup)
        place.clock.advance(timedelta(hours=1))
    place.clock.advance(timedelta(days=5))
    assert thin_out(place.where.backups, place.ring, place.clock) == [each.path.name for each in made[:3]]
    assert {each.name for each in place.where.backups.iterdir()} == {
        ".lock",
        made[3].path.name,
        made[3].keys_file.name,
        manifest_path(made[3].path).name,
    }


def test_backups_of_another_station_are_left_alone(place: Place, tmp_path: Path) -> None:
    other = make_place(tmp_path / "另一站")
    strange = backup(other).backup
    for each in (strange.path, manifest_path(strange.path), strange.keys_file):
        (place.where.backups / each.name).write_bytes(each.read_bytes())
    place.clock.advance(timedelta(days=400))
    backup(place)
    place.clock.advance(timedelta(days=400))
    backup(place)
    assert strange.path.name in {each.path.name for each in list_backups([place.where.backups])}
    other.database.close()
