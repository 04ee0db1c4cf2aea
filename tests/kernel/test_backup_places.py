"""The second place, and disks that are full, protected or gone (G4, G6)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import (
    BackupResult,
    Reason,
    copy_to_second_place,
    list_backups,
    make_backup,
    second_folder,
    verify_backup,
)
from centerdesk.kernel.backupfile import manifest_path
from centerdesk.kernel.errors import EnvironmentFault
from tests.helpers.storage import SOURCE, Place, as_nobody, flip, make_place

pytestmark = pytest.mark.db


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "站")
    yield made
    made.database.close()


def backup(place: Place, reason: Reason = Reason.MANUAL, **more: object) -> BackupResult:
    place.clock.advance(timedelta(seconds=1))
    return make_backup(place.where, place.ring, place.clock, reason, **more)  # type: ignore[arg-type]  # test


def left_over(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if ".partial" in each.name)


def test_the_second_copy_is_complete_by_itself(place: Place, tmp_path: Path) -> None:
    stick = tmp_path / "U 盘"
    stick.mkdir()
    result = backup(place, second_place=stick)
    assert result.second is not None
    assert result.second.problem == ""
    assert result.second.path == second_folder(stick, place.ring) / result.backup.path.name
    copy = list_backups([stick])[0]
    verify_backup(copy, place.ring)
    assert keyslots.open_file_with_recovery(copy.keys_file, place.code) == place.ring.data_key


def test_an_unplugged_stick_does_not_spoil_the_first_copy(place: Place, tmp_path: Path) -> None:
    result = backup(place, second_place=tmp_path / "unplugged")
    assert result.second is not None
    assert result.second.path is None
    assert "本机这份已备好" in result.second.problem
    verify_backup(result.backup, place.ring)
    assert not (tmp_path / "unplugged").exists()


def test_a_first_copy_that_went_bad_is_not_spread(place: Place, tmp_path: Path) -> None:
    made = backup(place).backup
    flip(made.path, 100)
    copied = copy_to_second_place(made, tmp_path, place.ring)
    assert copied.path is None
    assert list_backups([tmp_path]) == []


@pytest.mark.parametrize("full", ["stick", "disk"])
@pytest.mark.skipif(not Path("/dev/full").exists() or os.name == "nt", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_says_what_is_safe(place: Place, tmp_path: Path, full: str) -> None:
    """A limit on the size of files stands for the full disk: the write fails midway (G4)."""
    place.add(*("很长的愿望" * 50 for _ in range(2000)))
    made = backup(place).backup
    stick = tmp_path / "stick"
    stick.mkdir()
    script = """
import resource, signal, sys
from pathlib import Path
from centerdesk.kernel.backup import *
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.keyslots import open_with_machine
from centerdesk.kernel.paths import DataDir
where, backup, stick, full = DataDir(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
ring = KeyRing(open_with_machine(where))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    if full == "stick":
        print(copy_to_second_place(read_backup(backup), stick, ring).problem)
    else:
        make_backup(where, ring, SystemClock(), Reason.TIMED)
        print("made")
except EnvironmentFault as exc:
    print(exc)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(place.where.root), str(made.path), str(stick), full],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "没备成" in done.stdout or "没做成" in done.stdout
    assert "本机这份已备好" in done.stdout or "库里的资料都在" in done.stdout
    assert [each.path for each in list_backups([place.where.backups, stick])] == [made.path]
    assert left_over(place.where.backups) == []
    assert len(place.words()) == 2003


NOBODY_BACKUP = """
import sys
from pathlib import Path
from centerdesk.kernel.backup import *
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.keys import DataKey, KeyRing
ring = KeyRing(DataKey(bytes.fromhex(sys.argv[3])))
print(copy_to_second_place(read_backup(Path(sys.argv[1])), Path(sys.argv[2]), ring).problem)
"""


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_protected_stick_is_named(place: Place) -> None:
    made = backup(place).backup
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        stick, source = Path(reachable) / "stick", Path(reachable) / "source"
        stick.mkdir()
        stick.chmod(0o555)
        source.mkdir()
        for each in (made.path, manifest_path(made.path), made.keys_file):
            (source / each.name).write_bytes(each.read_bytes())
        done = as_nobody(
            NOBODY_BACKUP,
            str(source / made.path.name),
            str(stick),
            place.ring.data_key.expose().hex(),
        )
    assert done.returncode == 0, done.stderr
    assert "没有权限写到那里" in done.stdout
    assert "本机这份已备好" in done.stdout


def test_too_little_space_is_told_before_anything_is_written(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: real._replace(free=1_000_000))
    with pytest.raises(EnvironmentFault, match=r"还差 5 MB.*库里的资料都在"):
        backup(place)
    assert [each.name for each in place.where.backups.iterdir()] == [".lock"]


def test_a_stick_that_forgets_what_it_was_given_is_found_out(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rename stands for a stick that lies: bytes change after they were written and flushed."""
    made = backup(place).backup
    stick = tmp_path / "stick"
    stick.mkdir()
    real = Path.replace

    def lying(self: Path, target: Path) -> Path:
        moved = real(self, target)
        if target.suffix == ".cdbackup":
            flip(target, 4000)
        return moved

    monkeypatch.setattr(Path, "replace", lying)
    copied = copy_to_second_place(made, stick, place.ring)
    assert copied.path is None
    assert "靠不住" in copied.problem
    assert list(second_folder(stick, place.ring).iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_place_nobody_may_look_into_counts_as_unplugged(place: Place) -> None:
    script = """
import sys
from pathlib import Path
from centerdesk.kernel.backup import _is_there
print(_is_there(Path(sys.argv[1])))
"""
    with tempfile.TemporaryDirectory() as reachable:
        (Path(reachable) / "stick").mkdir()
        done = as_nobody(script, str(Path(reachable) / "stick"))
    assert done.stdout == "False\n", done.stderr
