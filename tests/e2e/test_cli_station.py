"""`verify`, `watch --once`, `migrate`, `doctor`, `self-test`, and how a wrong call is answered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from centerdesk.kernel import keyslots
from centerdesk.kernel.backupfile import Reason, list_backups
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import KeyRing
from centerdesk.migrations import HEAD
from tests.e2e.program import DONE, ENVIRONMENT, REFUSED, ROSTER, USAGE, Program, Said

pytestmark = pytest.mark.e2e

CHECKS = [
    "integrity",
    "foreign_keys",
    "journal_chain",
    "checkin_balance",
    "search_index",
    "households",
    "journal_anchors",
]


def failing(said: Said) -> list[str]:
    """The checks that did not hold; the rest did."""
    assert said.code == REFUSED
    answer = said.json
    assert answer["ok"] is False
    assert [check["name"] for check in answer["checks"]] == CHECKS
    return [check["name"] for check in answer["checks"] if not check["ok"]]


def test_everything_holds_and_is_counted(full_station: Program) -> None:
    said = full_station.cold("verify", "--json").ok()
    assert list(said.json) == ["ok", "checks"]
    assert said.json["ok"] is True
    assert [list(check) for check in said.json["checks"]] == [["name", "ok", "counts"]] * len(CHECKS)
    counts = {check["name"]: check["counts"] for check in said.json["checks"]}
    assert list(counts) == CHECKS
    b = counts["checkin_balance"]
    assert b["expected"] == b["seen"] + b["missed"] + b["excused"] > 2_000
    assert counts["search_index"] == {"residents": 5928, "entries": 5928}


def test_a_changed_journal_is_found(station: Program) -> None:
    with station.raw() as connection:
        connection.execute("DROP TRIGGER journal_op_no_update")
        connection.execute("UPDATE journal_op SET actor='别人' WHERE seq=3")
    assert failing(station("verify", "--json")) == ["journal_chain"]
    assert "从第 3 条起对不上" in station("verify").out


def test_a_broken_balance_is_found(full_station: Program) -> None:
    with full_station.raw() as connection:
        connection.execute(
            "UPDATE expected_check SET looks=0 WHERE id=(SELECT id FROM expected_check WHERE looks=1 LIMIT 1)"
        )
    assert failing(full_station("verify", "--json")) == ["checkin_balance"]


def test_a_broken_page_is_found_and_the_other_checks_still_answer(full_station: Program) -> None:
    """One bit in every twentieth page: whatever a check reads, it says so instead of falling over."""
    raw = bytearray(full_station.where.database.read_bytes())
    for page in range(400, len(raw) // 4096, 20):
        raw[page * 4096 + 100] ^= 1
    full_station.where.database.write_bytes(raw)
    said = full_station("verify", "--json")
    assert "integrity" in failing(said)
    assert "Traceback" not in said.err


def test_the_watcher_looks_once(full_station: Program) -> None:
    said = full_station.cold("watch", "--once").ok()
    assert said.out == "看了一遍：新报警 0 件，没结的 0 件，正在响 0 件。\n"
    raised = full_station("watch", "--once", now="2026-10-02T20:31").ok()
    assert "新报警 0 件" not in raised.out
    assert "watch ended with 0" in (full_station.where.logs / "watch.log").read_text("utf-8")


def test_the_newest_schema_needs_no_migration(station: Program) -> None:
    said = station.cold("migrate").ok()
    assert f"库的版式是 {HEAD}，是最新的。" in said.out
    assert not list_backups([station.where.backups])


def test_an_older_schema_is_backed_up_and_lifted(tmp_path: Path, station: Program) -> None:
    """The oldest there is: keys and an empty file, as a power cut during `init` leaves them."""
    station.where.database.unlink()
    station.where.keyslots.unlink()
    station.where.anchor.unlink()
    key, _code = keyslots.create(station.where, SystemClock())
    Database.open(station.where.database, KeyRing(key), create=True).close()
    assert "centerdesk migrate" in station("verify").failed(ENVIRONMENT)
    assert f"库的版式是 {HEAD}" in station("migrate").ok().out
    (before,) = list_backups([station.where.backups])
    assert before.manifest.reason is Reason.MIGRATION
    assert station.verified()


def test_the_doctor_looks_without_a_station(tmp_path: Path) -> None:
    said = Program(tmp_path / "none").cold("doctor", "--json")
    assert said.code == DONE
    assert said.json["ok"] is True
    names = [check["name"] for check in said.json["checks"]]
    assert {"数据库", "界面", "字体", "数据位置", "磁盘空间"} <= set(names)
    assert not (tmp_path / "none").exists()
    (tmp_path / "坚果云").mkdir()
    synced = Program(tmp_path / "坚果云" / "站")("doctor", "--json")
    assert synced.code == ENVIRONMENT
    assert [c["name"] for c in synced.json["checks"] if not c["ok"]] == ["数据位置"]


@pytest.mark.slow
def test_the_program_tests_itself(tmp_path: Path) -> None:
    said = Program(tmp_path / "none").cold("self-test").ok()
    assert said.out.endswith("自检通过。\n")
    assert said.err == ""
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("dance",), "没有 'dance' 这一项"),
        (("verify", "--loud"), "不认识 --loud"),
        (("import",), "少了 file"),
        (("import", "x.xlsx", "--layout", "map"), "没有 'map' 这一项"),
        (("return", "build"), "少了 --period"),
        (("doctor", "--now", "2026-12-03"), "不认识 --now"),
        (("init", "--stat", "短"), "少了"),
    ],
)
def test_a_wrong_call_is_told_how(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    said = Program(tmp_path / "none").here(*arguments)
    assert (said.code, said.out) == (USAGE, "")
    assert word in said.err
    assert "用法：" in said.err
    assert not (tmp_path / "none").exists()


def test_a_wrong_call_of_the_process(tmp_path: Path) -> None:
    said = Program(tmp_path / "none").cold("dance")
    assert (said.code, said.out) == (USAGE, "")
    helped = Program(tmp_path / "none").here("import", "--help")
    assert (helped.code, helped.err) == (DONE, "")
    assert "usage" not in helped.out
    assert "居民表" in helped.out


def test_the_instant_is_for_drills_only(tmp_path: Path, station: Program) -> None:
    toml = station.where.station_file
    toml.write_text(toml.read_text("utf-8").replace('"drill" = true', '"drill" = false'), "utf-8")
    for verb in (("verify",), ("backup",), ("watch", "--once"), ("restore",)):
        assert "只有演练站才能用 --now" in station.here(*verb).failed(REFUSED)
    assert not list_backups([station.where.backups])


def test_a_reader_that_leaves_early_is_no_failure(station: Program) -> None:
    """`verify | head -c 1`, and a full disk behind the redirection."""
    process = subprocess.Popen(
        station.command("verify", "--json"), env=station.environment(), cwd=station.data.parent,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    _out, err = process.stderr.read(), process.stderr.close()
    del err
    assert process.wait() == DONE
    assert b"Traceback" not in _out
    assert b"BrokenPipe" not in _out


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_behind_stdout(station: Program) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            station.command("verify", "--json"), env=station.environment(), cwd=station.data.parent, stdout=full,
            stderr=subprocess.PIPE, encoding="utf-8", check=False,
        )  # fmt: skip
    assert done.returncode == ENVIRONMENT
    assert "结果写不出去" in done.stderr.splitlines()[-1]
    assert "Error" not in done.stderr


def test_json_is_utf8_whatever_the_terminal(station: Program) -> None:
    plain = station.cold.given(PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    said = plain("import", ROSTER.with_name("没有.xlsx"), "--dry-run", "--json")
    assert (said.code, said.json["ok"]) == (REFUSED, False)
    assert "编码不对" in said.json["error"]
    assert "Traceback" not in said.err
    assert Program(station.data, variables=plain.variables).cold("doctor", "--json").ok().json["ok"]


def test_the_hidden_verb_reads_one_file_and_imports_nothing_else() -> None:
    """What a frozen program calls: the answer of the child, and none of our own modules but the reader's."""
    script = (
        "import sys; sys.argv = ['centerdesk', 'spreadsheet-child', sys.argv[1]]\n"
        "import centerdesk.__main__ as m; code = m.main()\n"
        "ours = {n for n in sys.modules if n.startswith('centerdesk.')}\n"
        "assert not any(n.startswith(('centerdesk.app', 'centerdesk.features')) for n in ours), ours\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROSTER)], env=Program(Path("/")).environment(), capture_output=True,
        check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(lines[0])["workbook"]["format"] == "xlsx"
    assert json.loads(lines[-1]) == {"end": True}
