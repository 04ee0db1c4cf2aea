"""What every verb keeps to: a failure is one JSON object too, odd words and moments get a sentence and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.program import ENVIRONMENT, REFUSED, ROSTER, USAGE, Program

pytestmark = pytest.mark.e2e

GBK = os.fsdecode("许文静".encode("gbk"))
"""What a terminal in GB 18030 hands to a program that runs in UTF-8."""


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("import", "没有.xlsx", "--json"), REFUSED, "找不到这个文件"),
        (("return", "build", "--period", "九月", "--json"), REFUSED, "月份写成"),
        (("import", "没有.xlsx", "--rows", "--json"), USAGE, "--rows 要和 --dry-run"),
        (("import", "--json"), USAGE, "少了 file"),
        (("return", "build", "--json"), USAGE, "少了 --period"),
    ],
)
def test_a_failure_is_one_object_too(
    station: Program, arguments: tuple[str, ...], code: int, word: str
) -> None:
    said = station.here(*arguments)
    assert said.code == code
    assert list(said.json) == ["ok", "error"]
    assert said.json["ok"] is False
    assert word in said.json["error"]
    assert said.json["error"] in said.err


def test_where_nothing_stands_the_object_says_so(tmp_path: Path) -> None:
    said = Program(tmp_path / "none")("verify", "--json")
    assert (said.code, said.json["ok"]) == (ENVIRONMENT, False)
    assert "还没有站点" in said.json["error"]
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
@pytest.mark.parametrize(
    "more",
    [("--station", GBK, "--admin", "高翔"), ("--station", "小站", "--admin", "高翔", "--grid", GBK)],
)
def test_a_name_in_another_encoding(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert "编码不对" in Program(tmp_path / "new").cold("init", *more).failed(REFUSED)
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
def test_an_account_in_another_encoding(station: Program) -> None:
    said = station("import", ROSTER, "--dry-run", login=GBK)
    assert "编码不对" in said.failed(REFUSED)
    assert not list(station.where.logs.glob("crash-*"))


@pytest.mark.parametrize(
    "more",
    [
        ("--station", "小\n站", "--admin", "高翔"),
        ("--station", "小站", "--admin", "高\t翔"),
        ("--station", "小站", "--admin", "高翔", "--account", "王\x1b芳:front_desk"),
        ("--station", "小站", "--admin", "高翔", "--street", "长" * 41),
    ],
)
def test_names_no_paper_could_bear(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert "请改好再来" in Program(tmp_path / "new").here("init", *more).failed(REFUSED)
    assert not (tmp_path / "new").exists()


def alone(script: str) -> subprocess.CompletedProcess[str]:
    """A program of its own that says how it starts."""
    return subprocess.run(
        [sys.executable, "-c", script], env=Program(Path()).environment(), cwd=Path(__file__).parent,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


BROKEN = """
import sys
from centerdesk.app.verbs.parser import VERBS
VERBS["self-test"] = ("centerdesk.no_longer_there", "")
from centerdesk.app.cli import run
sys.exit(run(["self-test"]))
"""


def test_a_bug_where_no_log_stands_prints_no_frames() -> None:
    """A part of the program is missing, and there is no station whose log could take it."""
    done = alone(BROKEN)
    assert done.returncode == ENVIRONMENT
    assert len(done.stderr.splitlines()) == 1
    assert "没料到的错" in done.stderr


STOPPED = """
import sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "centerdesk.app.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
sys.argv[1:] = ["verify"]
from centerdesk.__main__ import main
sys.exit(main())
"""


def test_stopped_while_the_program_still_loads() -> None:
    done = alone(STOPPED)
    assert done.returncode == REFUSED
    assert done.stderr == "已停下。没做完的没有写进去；要办请再来一次。\n"


@pytest.mark.parametrize("instant", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_an_instant_at_the_end_of_the_calendar(station: Program, instant: str) -> None:
    assert "1950 年到 2149 年" in station.here("watch", "--once", now=instant).failed(REFUSED)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names")
def test_a_pipe_is_no_workbook(station: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "管.xlsx"
    os.mkfifo(pipe)
    assert "不是普通文件" in station("import", pipe, "--dry-run").failed(REFUSED)


@pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes a stream")
def test_sentences_do_not_move_into_stdout_where_stderr_is_closed(station: Program) -> None:
    for verb, ok in ((("verify", "--json"), True), (("import", "没有.xlsx", "--json"), False)):
        done = subprocess.run(
            ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *station.command(*verb)], env=station.environment(),
            cwd=station.data.parent, stdout=subprocess.PIPE, encoding="utf-8", check=False,
        )  # fmt: skip
        assert json.loads(done.stdout)["ok"] is ok
