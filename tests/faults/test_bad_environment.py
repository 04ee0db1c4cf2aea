"""Whatever surrounds the program may be wrong: one sentence, exit code 3, nothing lost, and it works again.

Every sentence says what happened, what is safe, what to do next. Keys, files, rights, locks here; disks that
are full in `test_bad_environment_disk`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from centerdesk.kernel import keyslots
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
from tests.e2e.program import DONE, ENVIRONMENT, SOURCE, Program
from tests.helpers.storage import NOBODY

pytestmark = pytest.mark.faults

Break = Callable[[DataDir], None]


SAFE = re.compile("没有动|没有把它当新库用|资料还在|没有用它|以前的都在")
"""How a sentence says that nothing was lost."""


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a data directory but its logs."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "logs" not in path.parts
    }


def put_back(root: Path, before: dict[str, bytes]) -> None:
    """Mend by hand, as the person does whom the sentence has sent."""
    for path in [path for path in root.rglob("*") if path.is_file() and "logs" not in path.parts]:
        path.unlink()
    for name, raw in before.items():
        (root / name).write_bytes(raw)
    for name in ("machine.key", "keyslots.json", "centerdesk.db"):
        (root / name).chmod(0o600)


def change(path: Path, make: Callable[[bytes], bytes]) -> None:
    path.write_bytes(make(path.read_bytes()))


def other_keys(where: DataDir) -> None:
    with tempfile.TemporaryDirectory() as folder:
        other = DataDir(Path(folder))
        keyslots.create(other, SystemClock())
        shutil.copy(other.keyslots, where.keyslots)
        shutil.copy(other.machine_key, where.machine_key)


def newer(where: DataDir) -> None:
    with Program(where.root).raw() as connection:
        connection.execute("UPDATE alembic_version SET version_num='9999'")


def at(offset: int) -> Callable[[bytes], bytes]:
    """One bit changed there."""
    return lambda raw: raw[:offset] + bytes([raw[offset] ^ 4]) + raw[offset + 1 :]


CASES: dict[str, tuple[Break, str]] = {
    "the keys of another station": (other_keys, "钥匙和这个库对不上"),
    "a damaged key-slot file": (lambda w: change(w.keyslots, lambda raw: raw[:-9]), "钥匙文件坏了"),
    "a changed key-slot file": (
        lambda w: change(w.keyslots, lambda raw: raw.replace(b'"number": 1', b'"number": 7')),
        "钥匙文件被动过",
    ),
    "no key-slot file": (lambda w: w.keyslots.unlink(), "没有钥匙文件"),
    "no machine key": (lambda w: w.machine_key.unlink(), "没有本机钥匙"),
    "a damaged machine key": (lambda w: w.machine_key.write_bytes(b"CDMK1\n"), "本机钥匙坏了"),
    "another machine's key": (lambda w: change(w.machine_key, at(20)), "本机钥匙打不开"),
    "no database": (lambda w: w.database.unlink(), "没有库文件"),
    "an empty database": (lambda w: w.database.write_bytes(b""), "0 字节"),
    "a database cut in half": (lambda w: change(w.database, lambda raw: raw[: len(raw) // 2]), "损坏"),
    "a database cut within a page": (lambda w: change(w.database, lambda raw: raw[:10_000]), "损坏"),
    "one bit of the first page": (lambda w: change(w.database, at(200)), "损坏"),
    "one bit of the salt": (lambda w: change(w.database, at(3)), "钥匙和这个库对不上"),
    "garbage": (lambda w: w.database.write_bytes(os.urandom(40_000)), "钥匙和这个库对不上"),
    "a newer database": (newer, "更新的程序"),
    "no station file": (lambda w: w.station_file.unlink(), "还没有站点"),
    "a damaged station file": (lambda w: w.station_file.write_bytes(b"[\xff"), "站点文件"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_and_nothing_lost(station: Program, name: str) -> None:
    break_it, word = CASES[name]
    whole = contents(station.data)
    break_it(station.where)
    broken = contents(station.data)
    sentence = station("verify", "--json").failed(ENVIRONMENT)
    assert word in sentence
    assert "请" in sentence
    assert SAFE.search(sentence), sentence
    assert contents(station.data) == broken
    put_back(station.data, whole)
    assert station.here("verify", "--json").ok().json["ok"]


@pytest.fixture
def reachable(founded: Path) -> Iterator[Program]:
    """A station in a folder that an account without rights can get to; pytest's own is root's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in ("站", "warm"):
            shutil.copytree(founded, Path(folder) / name)
        yield Program(Path(folder) / "站")


def as_nobody(program: Program, *arguments: str) -> tuple[int, str, str]:
    """The program's own entry without root's rights: root ignores modes (G6)."""
    if os.name == "nt":
        pytest.skip("modes are POSIX")
    script = (
        "import contextlib, io, os, sys\n"
        "from centerdesk.app.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    assert run(['--data', sys.argv[1], 'verify']) == 0\n"
        "    run(['--data', sys.argv[1], 'doctor'])\n"
        f"os.geteuid() or (os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY}))\n"
        "sys.exit(run(sys.argv[2:]))"
    )  # one good run before the rights are dropped: the interpreter itself may not be readable to everybody
    done = subprocess.run(
        [sys.executable, "-c", script, str(program.data.parent / "warm"), "--data", str(program.data), *arguments],
        env=program.environment(), cwd="/", capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def hand_over(folder: Path, mode: int) -> None:
    """Give the station to nobody, with this mode for folders; files get the same without x."""
    for path in [folder, *folder.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.chmod(mode if path.is_dir() else mode & 0o666)


@pytest.mark.parametrize(
    ("mode", "word"), [(0o500, "只能读不能写"), (0o000, "没有权限"), (0o700, "")], ids=["read", "none", "own"]
)
def test_a_folder_without_rights(reachable: Program, mode: int, word: str) -> None:
    whole = contents(reachable.data)
    hand_over(reachable.data, mode)
    code, out, err = as_nobody(reachable, "verify")
    hand_over(reachable.data, 0o700)
    if word:
        assert (code, out) == (ENVIRONMENT, "")
        assert word in err
        assert len(err.splitlines()) == 1
        assert contents(reachable.data) == whole
    else:  # the same account with its rights: so it is the mode that was told above
        assert (code, err) == (DONE, "")


@pytest.mark.parametrize(
    ("mode", "words"),
    [(0o500, "只能读不能写"), (0o000, "只能读不能写"), (0o700, "")],
    ids=["read", "none", "own"],
)
def test_the_doctor_tells_a_folder_without_rights(reachable: Program, mode: int, words: str) -> None:
    whole = contents(reachable.data)
    hand_over(reachable.data, mode)
    code, out, err = as_nobody(reachable, "doctor")
    hand_over(reachable.data, 0o700)
    assert err == ""
    told = [
        line for line in out.splitlines() if line.startswith("坏  数据位置")
    ]  # the program itself may be root's
    assert contents(reachable.data) == whole
    if words:
        assert code == ENVIRONMENT
        assert words in told[0]
        assert "请管理员放开写权限" in told[0]
    else:
        assert told == []
        assert "好  数据位置" in out


@pytest.mark.parametrize("part", ["centerdesk.db", "backups"])
def test_the_doctor_tells_one_part_without_rights(reachable: Program, part: str) -> None:
    hand_over(reachable.data, 0o700)
    (reachable.data / part).chmod(0o500)
    code, out, _err = as_nobody(reachable, "doctor")
    assert code == ENVIRONMENT
    (told,) = [line for line in out.splitlines() if line.startswith("坏  数据位置")]
    assert f"{reachable.data / part} 只能读不能写" in told


def test_the_doctor_tells_a_place_where_no_folder_can_be_made(reachable: Program) -> None:
    code, out, _err = as_nobody(Program(reachable.data.parent / "新站"), "doctor")
    assert code == ENVIRONMENT
    assert "这里建不了站点" in out
    assert not (reachable.data.parent / "新站").exists()


def test_a_folder_that_cannot_be_made(reachable: Program) -> None:
    locked = reachable.data.parent
    locked.chmod(0o755)
    code, out, err = as_nobody(Program(locked / "新站"), "init", "--station", "小站", "--admin", "高翔")
    assert (code, out) == (ENVIRONMENT, "")
    assert "请换一个自己能写的文件夹" in err
    assert not (locked / "新站").exists()


HOLD = """
import sys
from pathlib import Path
from centerdesk.kernel import keyslots
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.db import connect
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
where = DataDir(Path(sys.argv[1]))
connection = connect(where.database, KeyRing(keyslots.open_with_machine(where)).database_key, mode="rw")
connection.execute("BEGIN EXCLUSIVE")
held = DeskLock.acquire(where.lock_file, SystemClock())
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@pytest.mark.slow
def test_a_locked_database_is_a_wait_then_a_name(station: Program) -> None:
    """G5: ten seconds of patience, then who holds it; free again, the same call succeeds."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(station.data)], env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        began = SystemClock().monotonic()
        sentence = station("verify").failed(ENVIRONMENT)
        assert SystemClock().monotonic() - began > 9
        assert f"进程 {holder.pid}" in sentence
        assert "资料没有动过，过一会儿再开" in sentence
        holder.stdin.close()
        assert holder.wait() == 0
    assert station.verified()


def test_an_older_program_leaves_a_newer_backup_alone(station: Program) -> None:
    """A restore must not put a database in place that this program cannot open."""
    station("backup").ok()
    newer(station.where)
    station_newer = contents(station.data)
    (manifest,) = station.where.backups.glob("*[0-9]_manual.json")
    raw = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps(raw | {"format": 9}), "utf-8")
    path = manifest.with_suffix(".cdbackup")
    refused = station.given(CENTERDESK_SECOND_PASSWORD=station.environment()["CENTERDESK_PASSWORD"])(
        "restore", path, "--second", "许文静", login="高翔"
    )
    assert "更新的程序做的" in refused.failed(ENVIRONMENT)
    assert contents(station.data)["centerdesk.db"] == station_newer["centerdesk.db"]
