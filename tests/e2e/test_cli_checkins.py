"""`import` of the phone check-in table: its companions, the same file twice, what is not understood."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins.models import Enrolment, Look
from tests.e2e.program import CHECKINS, FRONT, REFUSED, ROSTER, WORKER, Program
from tests.helpers.elders import truth

pytestmark = pytest.mark.e2e

KEYS = ["rows", "matched", "unmatched", "to_enrol", "enrolled", "new", "known", "windows", "alarms"]


def counted(program: Program) -> tuple[int, int]:
    with program.inside() as opened, opened.database.read_session() as session:
        homes = session.scalar(select(func.count()).select_from(Enrolment)) or 0
        return homes, session.scalar(select(func.count()).select_from(Look)) or 0


def test_the_sample_month_is_taken_in_whole(
    full_station: Program, answered: Callable[[str], dict[str, Any]]
) -> None:
    answer, expected = answered("checkins"), truth()
    assert list(answer) == ["kind", "sheet", "counts", "unmatched", "not_enrolled"]
    assert answer["kind"] == "checkins"
    assert list(answer["counts"]) == KEYS
    assert answer["counts"] == {
        "rows": expected["export_rows"],
        "matched": expected["export_rows"] - len(expected["unmatched_rows"]),
        "unmatched": len(expected["unmatched_rows"]),
        "to_enrol": 46,
        "enrolled": 46,
        "new": expected["export_rows"] - len(expected["unmatched_rows"]),
        "known": 0,
        "windows": len(expected["cells"]),
        "alarms": len(expected["alerts"]),
    }
    assert [
        {"row": u["row"], "worker": u["worker"], "room_text": u["door"], "reason": u["reason"]}
        for u in answer["unmatched"]
    ] == expected["unmatched_rows"]
    assert answer["not_enrolled"] == []
    assert counted(full_station) == (46, answer["counts"]["new"])


def test_the_second_run_books_nothing(full_station: Program) -> None:
    c = full_station("import", CHECKINS, "--json").ok().json["counts"]
    assert (c["to_enrol"], c["enrolled"], c["new"], c["windows"], c["alarms"]) == (0, 0, 0, 0, 0)
    assert c["known"] == c["matched"]
    balance = full_station.verified()["checkin_balance"]
    assert balance["expected"] == balance["seen"] + balance["missed"] + balance["excused"]


def test_a_trial_books_nothing(peopled_station: Program) -> None:
    c = peopled_station("import", CHECKINS, "--dry-run", "--json").ok().json["counts"]
    assert (c["to_enrol"], c["matched"], c["unmatched"]) == (46, 2692, 7)
    assert (c["enrolled"], c["new"], c["known"], c["windows"], c["alarms"]) == (None,) * 5
    assert counted(peopled_station) == (0, 0)


def test_who_may_not_leaves_no_enrolment(peopled_station: Program) -> None:
    assert "前台一次最多导入 500 行" in peopled_station("import", CHECKINS, login=FRONT).failed(REFUSED)
    assert "没有此项操作的权限" in peopled_station("import", CHECKINS, login=WORKER).failed(REFUSED)
    assert counted(peopled_station) == (0, 0)


def test_an_elder_the_ledger_does_not_know_is_listed(station: Program) -> None:
    said = station("import", CHECKINS, "--json")
    assert said.code == REFUSED
    assert said.json["counts"]["to_enrol"] == said.json["counts"]["matched"] == 0
    assert len(said.json["not_enrolled"]) == 46
    assert {line["message"] for line in said.json["not_enrolled"]} == {"台账里没有这个人"}
    assert "登记名单" in said.err
    assert counted(station) == (0, 0)


def test_the_kind_may_be_said(station: Program) -> None:
    as_roster = station("import", CHECKINS, "--layout", "roster", "--json")
    assert as_roster.code == REFUSED
    assert as_roster.json["counts"]["rows"] == 0
    assert "看窗的手机表格" in station("import", ROSTER, "--layout", "checkins").failed(REFUSED)


def test_a_table_without_its_list_says_what_is_missing(station: Program, tmp_path: Path) -> None:
    alone = shutil.copy(CHECKINS, tmp_path / "九月.xlsx")
    said = station("import", alone)
    assert said.code == REFUSED
    assert "请先导入登记名单（--enrolment）" in said.err


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xff\xfe\x00\xd8" * 40, "文字认不出"),
        ("户代码,姓名\nE01,甲\n".encode(), "第 2 行读不出"),
        (b'"' + b"x" * 200_000, "不是完整的 csv"),
    ],
)
def test_a_bad_list_is_one_sentence(station: Program, tmp_path: Path, content: bytes, word: str) -> None:
    bad = tmp_path / "登记.csv"
    bad.write_bytes(content)
    assert word in station("import", CHECKINS, "--enrolment", bad).failed(REFUSED)
    assert counted(station) == (0, 0)
