"""A disk that is full, for each act that writes: one sentence, exit code 3, nothing lost, and it works again.

Two kinds of full: a real file system of a few megabytes (needs the right to mount one), and a limit on the
size of a file, which every account can set for its own process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.program import ENVIRONMENT, PASSWORD, ROSTER, SECRETARY, Program, Said
from tests.e2e.rosters import crowd

if sys.platform == "win32":
    pytest.skip("disks are filled the POSIX way", allow_module_level=True)

pytestmark = pytest.mark.faults

MB = 1_000_000


@dataclass
class Disk:
    """A folder on a file system of its own; `fill` leaves about this much room, `widen` gives plenty."""

    folder: Path

    def fill(self, leave: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free > leave:
            with (self.folder / "filler").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, free - leave)

    def widen(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)
        self.remount("size=96m")

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A memory file system of 8 MB."""
    folder = tmp_path / "小盘"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting a small disk needs rights this account does not have")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def small(disk: Disk, founded: Path) -> Program:
    """A station on the small disk."""
    shutil.copytree(founded, disk.folder / "站")
    return Program(disk.folder / "站", SECRETARY, "2026-10-02T09:00")


def told(said: Said, *words: str) -> None:
    """The one sentence: what happened, what is safe, what to do."""
    sentence = said.failed(ENVIRONMENT)
    for word in (*words, "请"):
        assert word in sentence, sentence


def residents(program: Program) -> int:
    return program.verified()["search_index"]["residents"]


def no_leftovers(program: Program) -> None:
    assert not [path.name for path in program.data.rglob("*partial*")]


def test_an_import_beyond_the_size_of_a_file(station: Program, tmp_path: Path) -> None:
    few = crowd(tmp_path / "几十人.xlsx", 90)
    told(station("import", few, "--json", cap=200_000), "没有写进去", "都在")
    assert residents(station) == 0
    no_leftovers(station)
    assert station("import", few, "--json").ok().json["counts"]["new"] == 90
    assert residents(station) == 90


@pytest.mark.parametrize(("size", "room", "word"), [(90, 160_000, "没有写进去"), (120, 4 * MB, "备份没做成")])
def test_an_import_on_a_full_disk(
    small: Program, disk: Disk, tmp_path: Path, size: int, room: int, word: str
) -> None:
    """Full while it is written, or before the backup that a large import makes first."""
    file = crowd(tmp_path / "名册.xlsx", size)
    disk.fill(room)
    told(small("import", file, "--json"), word, "都在")
    assert residents(small) == 0
    no_leftovers(small)
    disk.widen()
    assert small("import", file, "--json").ok().json["counts"]["new"] == size


def test_a_disk_without_a_single_page_left(small: Program, disk: Disk) -> None:
    """Not even opening works; the file is as it was."""
    before = small.where.database.read_bytes()
    disk.fill(0)
    told(small("verify", "--json"), "都在")
    told(small("import", ROSTER, "--dry-run"), "都在")
    assert small.where.database.read_bytes() == before
    disk.widen()
    assert residents(small) == 0


def test_the_doctor_tells_a_full_disk(small: Program, disk: Disk) -> None:
    disk.fill(0)
    assert _wrong(small) == {"磁盘空间"}
    disk.widen()
    assert _wrong(small) == set()


def test_the_doctor_tells_a_disk_that_is_write_protected(small: Program, disk: Disk) -> None:
    disk.remount("ro,size=96m")
    assert _wrong(small) == {"数据位置"}
    disk.remount("rw")
    assert _wrong(small) == set()


def _wrong(program: Program) -> set[str]:
    """What the doctor finds bad, each with what to do; its exit code says the same."""
    said = Program(program.data)("doctor", "--json")
    bad = [check for check in said.json["checks"] if not check["ok"]]
    assert said.code == (ENVIRONMENT if bad else 0)
    assert all("请" in check["advice"] for check in bad), bad
    return {check["name"] for check in bad}


@pytest.mark.parametrize("room", [0, 700_000], ids=["none", "little"])
def test_a_backup_on_a_full_disk(small: Program, disk: Disk, room: int) -> None:
    small("verify").ok()  # its logs and side files are there
    disk.fill(room)
    told(small("backup"), "都在")
    no_leftovers(small)
    assert not list(small.where.backups.glob("*.cdbackup"))
    disk.widen()
    small("backup").ok()
    assert residents(small) == 0


def test_a_backup_beyond_the_size_of_a_file(station: Program) -> None:
    told(station("backup", cap=300_000), "备份没做成", "都在")
    no_leftovers(station)
    assert not list(station.where.backups.glob("*.cdbackup"))
    station("backup").ok()


def test_a_second_place_that_is_full(station: Program, disk: Disk) -> None:
    disk.fill(100_000)
    said = station("backup", "--to", disk.folder)
    assert said.code == ENVIRONMENT
    assert "第二处没备成：磁盘满了。本机这份已备好。" in said.sentence
    assert not list(disk.folder.rglob("*.cdbackup*"))
    disk.widen()
    station("backup", "--to", disk.folder).ok()
    assert len(list(disk.folder.rglob("*.cdbackup"))) == 1


def test_papers_on_a_full_disk(station: Program, disk: Disk) -> None:
    disk.fill(20_000)
    build = ("return", "build", "--period", "2026-09", "--out", disk.folder / "月报", "--json")
    told(station(*build), "磁盘满了", "没有丢")
    assert not [path for path in (disk.folder / "月报").iterdir() if path.suffix != ".xlsx"]
    disk.widen()
    assert len(station(*build).ok().json["files"]) == 3
    station.verified()


def test_papers_beyond_the_size_of_a_file(station: Program, tmp_path: Path) -> None:
    build = ("return", "build", "--period", "2026-09", "--out", tmp_path / "月报", "--json")
    told(station(*build, cap=40_000), "请")
    assert not list((tmp_path / "月报").glob("*partial*"))
    station.verified()


def test_a_set_up_on_a_full_disk_leaves_nothing_in_the_way(disk: Disk) -> None:
    program = Program(disk.folder / "新站")
    call = ("init", "--station", "小站", "--admin", "高翔")
    for room in (0, 20_000, 300_000):
        (disk.folder / "filler").unlink(missing_ok=True)
        disk.fill(room)
        assert "请" in program(*call).failed(ENVIRONMENT)
        assert not program.data.exists()
    disk.widen()
    program(*call).ok()
    assert program.verified()


def test_going_back_on_a_full_disk(small: Program, disk: Disk) -> None:
    small("backup").ok()
    before = small.where.database.read_bytes()
    disk.fill(200_000)
    both = small.given(CENTERDESK_SECOND_PASSWORD=PASSWORD)
    told(both("restore", "--second", SECRETARY, login="高翔"), "没有退回", "没有动")
    assert small.where.database.read_bytes()[:4096] == before[:4096]
    assert not list(small.data.glob("*.restoring*"))
    disk.widen()
    both("restore", "--second", SECRETARY, login="高翔").ok()
    small.verified()
