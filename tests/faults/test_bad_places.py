"""G6: a folder or disk that cannot be written, is not there, or goes away under a running desk.

Without root's rights, because root ignores modes. The verbs of the program on such folders: `test_bad_environment`;
single modes of folder and file: `tests/kernel/test_db_opening`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from centerdesk.app.bootstrap import create_station
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
from tests.helpers.storage import NOBODY

if sys.platform == "win32":
    pytest.skip("modes and mounts are POSIX", allow_module_level=True)

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = NOBODY if os.geteuid() == 0 else os.geteuid()


class Running:
    """The other end of a `nobody_desk`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert self._hear()["account"] not in (0, "0")

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        heard = json.loads(self._process.stdout.readline())
        assert isinstance(heard, dict)
        return heard

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._hear()

    def does(self, line: str) -> Any:
        answer = self._ask(line)
        assert "gave" in answer, answer
        return answer["gave"]

    def refuses(self, line: str, *words: str) -> None:
        """One plain sentence with the reason and what to do; never a bug."""
        answer = self._ask(line)
        assert "said" in answer, f"{line} was done"
        assert not answer["bug"], answer
        assert "请" in answer["said"], answer
        for word in words:
            assert word in answer["said"], answer


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nobody_desk", folder, str(ACCOUNT)], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield Running(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def hand_over(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, ACCOUNT, ACCOUNT)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that an account without rights can get to; pytest's own is root's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture
def folder(reachable: Path) -> Path:
    """A closed station that the account owns."""
    create_station(DataDir(reachable / "站"), "小站", SystemClock())[0].close()
    hand_over(reachable / "站")
    return reachable / "站"


def test_a_folder_that_may_only_be_read(folder: Path) -> None:
    with running(folder) as desk:
        folder.chmod(0o500)
        desk.refuses("open", "只能读不能写", "没有动过")
        folder.chmod(0o700)
        (folder / "centerdesk.db").chmod(0o400)
        desk.refuses("open", "只能读不能写", "没有动过")
        (folder / "centerdesk.db").chmod(0o600)
        desk.does("open")
        desk.does("save 甲")
        if os.geteuid() == 0:  # one's own folder would simply be put right
            os.chown(folder / "backups", 0, 0)
            (folder / "backups").chmod(0o755)
            desk.refuses("backup", "权限")
            hand_over(folder)
        assert desk.does("backup") is True
        assert desk.does("count") == 1


def test_a_folder_that_is_not_there(reachable: Path) -> None:
    with running(reachable / "没有这个站") as desk:
        desk.refuses("open", "还没有站点")
    assert list(reachable.iterdir()) == []


def test_a_folder_that_is_moved_away_under_a_running_desk(folder: Path) -> None:
    """What is written into a file without a name would be lost: nothing is acknowledged until it is back."""
    away = folder.with_name("挪走的")
    with running(folder) as desk:
        desk.does("open")
        desk.does("save 甲")
        folder.rename(away)
        desk.refuses("save 乙", "不在", "没有写进去")
        desk.refuses("count", "不在")
        desk.refuses("save 乙", "没有写进去")
        assert not folder.exists()
        away.rename(folder)
        desk.does("save 乙")
        assert desk.does("count") == 2
        shutil.rmtree(folder)
        desk.refuses("save 丙", "不在")
        folder.mkdir()
        hand_over(folder)
        desk.refuses("save 丙", "没有写进去")
        assert list(folder.iterdir()) == []


class Stick:
    """A disk of its own in a file, plugged in at a folder; pulled, it answers nothing any more."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder
        with image.open("wb") as file:
            file.truncate(48_000_000)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True, capture_output=True)
        self.plug()
        folder.chmod(0o777)

    def plug(self, how: str = "rw") -> None:
        """Also when it is plugged in already, with other rights."""
        done = subprocess.run(
            ["mount", "-o", f"loop,{how}", self.image, self.folder], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("mounting a disk image needs rights and devices that are not here")

    def pull(self) -> None:
        """What was on it stays on it; whoever has it open gets errors from now on."""
        held = self.image.with_suffix(".pulled")
        shutil.copyfile(self.image, held)
        os.truncate(self.image, 0)
        device = subprocess.run(
            ["losetup", "-n", "-O", "NAME", "-j", self.image], check=True, capture_output=True, text=True
        )
        subprocess.run(
            ["losetup", "-c", device.stdout.strip()], check=True
        )  # no byte of it is there any more
        self.image = held

    def unplug(self) -> None:
        """As the system does once it notices: the folder is empty, whatever still has files open in it."""
        subprocess.run(["umount", "-l", self.folder], check=True)


@pytest.fixture
def stick(reachable: Path, tmp_path: Path) -> Iterator[Stick]:
    if shutil.which("mkfs.ext4") is None or os.geteuid() != 0:
        pytest.skip("making and mounting a disk image needs mkfs.ext4 and root")
    folder = reachable / "盘"
    folder.mkdir()
    made = Stick(tmp_path / "stick.img", folder)
    with ExitStack() as stack:
        stack.callback(lambda: os.path.ismount(folder) and made.unplug())
        create_station(DataDir(folder / "站"), "小站", SystemClock())[0].close()
        hand_over(folder / "站")
        yield made


def test_a_disk_that_is_write_protected(stick: Stick) -> None:
    stick.unplug()
    stick.plug("ro")
    with running(stick.folder / "站") as desk:
        desk.refuses("open", "只能读不能写", "没有动过", "写保护")
        stick.unplug()
        stick.plug()
        desk.does("open")
        desk.does("save 甲")


def test_a_disk_that_is_pulled_under_a_running_desk(stick: Stick) -> None:
    """Nothing is acknowledged without it, nothing acknowledged is gone, and it goes on once it is back."""
    with running(stick.folder / "站") as desk:
        desk.does("open")
        for number in range(30):
            desk.does(f"save 小区{number}")
        stick.pull()
        desk.refuses("save 拔了以后", "没有写进去")
        stick.unplug()
        desk.refuses("save 拔了以后", "没有写进去")
        desk.refuses("backup")
        assert not list(stick.folder.iterdir())
        stick.plug()
        assert desk.does("count") == 30
        desk.does("save 又插上了")
        assert desk.does("backup") is True
        assert desk.does("count") == 31
