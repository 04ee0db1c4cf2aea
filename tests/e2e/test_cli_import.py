"""`import` of rosters: the JSON contract, the same file twice, who may, what is refused, what cannot be read."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from centerdesk.features.people.models import Resident
from centerdesk.features.places import api as places
from centerdesk.kernel.journal import JournalOp
from tests.e2e.program import (
    FRONT,
    GRIDS,
    REFUSED,
    ROSTER,
    USAGE,
    WORKER,
    Program,
)
from tests.e2e.rosters import person, roster

pytestmark = pytest.mark.e2e

TRUTH = Path(__file__).parents[1] / "golden" / "rosters" / "yunhe_ledger_2026q3.expected.json.gz"
COUNTS = ["rows", "new", "changed", "same", "refused", "merged", "warned", "fixed"]


def truth() -> dict[str, Any]:
    return json.loads(gzip.decompress(TRUTH.read_bytes()))


def journal(program: Program) -> list[tuple[str, dict[str, int], str]]:
    with program.inside() as opened, opened.database.read_session() as session:
        rows = session.execute(
            select(JournalOp.action, JournalOp.counts, JournalOp.actor).order_by(JournalOp.seq)
        )
        return [(row.action, row.counts, row.actor) for row in rows]


def test_a_trial_with_rows_is_the_contract_and_is_logged(station: Program) -> None:
    said = station("import", ROSTER, "--dry-run", "--json", "--rows").ok()
    answer, expected = said.json, truth()
    assert list(answer) == ["sheets", "counts", "problems", "rows"]
    assert [list(s) for s in answer["sheets"]] == [
        ["name", "role", "why", "header_rows", "first_data_row", "last_data_row", "columns"]
    ] * 3
    assert [s["role"] for s in answer["sheets"]] == [s["role"] for s in expected["reading"]["sheets"]]
    assert answer["sheets"][1]["columns"] is answer["sheets"][1]["header_rows"] is None
    c = answer["counts"]
    assert list(c) == COUNTS
    assert c["rows"] == c["new"] + c["changed"] + c["same"] + c["refused"] + c["merged"] == 6000
    assert (c["new"], c["refused"], c["merged"], c["warned"]) == (5928, 68, 4, 80)
    found = Counter((p["sheet"], p["cell"], p["kind"], p["severity"]) for p in answer["problems"])
    assert found == Counter((d["sheet"], d["cell"], d["kind"], d["severity"]) for d in expected["defects"])
    assert {tuple(p) for p in answer["problems"]} == {("sheet", "cell", "kind", "severity", "message")}
    for row, true in zip(answer["rows"], expected["rows"], strict=True):
        assert (row["sheet"], row["row"], row["status"]) == (true["sheet"], true["row"], true["status"])
        if row["status"] != "refuse":  # how a household is called is the reader's own
            assert {**row["person"], "household": ""} == {**true["person"], "household": ""}
    assert journal(station)[-1] == ("DiscloseRows", {"rows": 6000}, "许文静")
    assert station.verified()["search_index"]["residents"] == 0


def test_a_trial_without_rows_names_nobody(station: Program, tmp_path: Path) -> None:
    file = roster(tmp_path / "小表.xlsx", person(1), person(2, name="王素珍"))
    said = station("import", file, "--dry-run", "--json").ok()
    assert list(said.json) == ["sheets", "counts", "problems"]
    assert said.json["counts"]["new"] == 2
    assert "李桂兰" not in said.out + said.err
    assert journal(station)[-1][0] == "RecordSignIn"


def test_the_second_run_changes_nothing(
    full_station: Program, answered: Callable[[str], dict[str, Any]]
) -> None:
    first = answered("roster")["counts"]
    assert (first["new"], first["changed"], first["same"]) == (5928, 0, 0)
    again = full_station("import", ROSTER, "--json").ok().json["counts"]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 5928)
    assert again["rows"] == first["rows"]
    assert full_station.verified()["search_index"]["residents"] == 5928
    reasons = {
        path.name.split("_")[2].removesuffix(".cdbackup")
        for path in (full_station.data / "backups").glob("*.cdbackup")
    }
    assert {r.split("-")[0] for r in reasons} == {"import"}


def test_doors_in_a_compound_nobody_knows_change_nothing_either(station: Program, tmp_path: Path) -> None:
    """They cannot be booked before the compound is there; one without a number is found again all the same."""
    far = [(*person(n)[:3], "远望里", *person(n)[4:]) for n in (1, 2, 3)]
    file = roster(tmp_path / "远.xlsx", *far[:2], ("赵无号", "", *far[2][2:]))
    first = station("import", file, "--json").ok()
    assert first.json["counts"]["new"] == 3
    assert "远望里" in first.err
    again = station("import", file, "--json").ok().json["counts"]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 3)
    known = roster(tmp_path / "近.xlsx", person(1))
    assert station("import", known, "--json").ok().json["counts"]["changed"] == 1


def test_a_household_written_at_two_doors_comes_to_rest(station: Program, tmp_path: Path) -> None:
    """One home has one door, the first; the other is not a change at every run."""
    book = openpyxl.Workbook()
    book.active.append(("户编号", "姓名", "证件号码", "小区", "楼号", "单元号", "房间号"))
    for serial, (name, block) in enumerate([("李桂兰", "3"), ("王素珍", "9"), ("李大同", "3")], 1):
        number = "" if serial == 2 else person(serial)[1]
        book.active.append(("100002", name, number, "云和小区", block, "1", "301"))
    book.save(file := tmp_path / "两处.xlsx")
    runs = [station("import", file, "--json").ok().json["counts"] for _ in range(2)]
    assert [(c["new"], c["changed"], c["same"]) for c in runs] == [(3, 0, 0), (0, 0, 3)]


def test_a_new_door_whose_second_row_alone_names_the_grid(station: Program, tmp_path: Path) -> None:
    first, second = person(1, "云和九网格"), person(2)
    file = roster(tmp_path / "同门.xlsx", first, (*second[:4], first[4], *second[5:]))
    assert station("import", file, "--json").ok().json["counts"]["new"] == 2
    again = station("import", file, "--json").ok().json["counts"]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)


def test_one_changed_person_is_one_change(station: Program, tmp_path: Path) -> None:
    station("import", roster(tmp_path / "一.xlsx", person(1), person(2))).ok()
    renamed = roster(tmp_path / "二.xlsx", person(1, name="李桂蓝"), person(2), person(3))
    c = station("import", renamed, "--json").ok().json["counts"]
    assert (c["new"], c["changed"], c["same"], c["refused"]) == (1, 1, 1, 0)


def test_a_grid_nobody_knows_is_reported_and_not_made_up(station: Program, tmp_path: Path) -> None:
    file = roster(tmp_path / "新网格.xlsx", person(1, "云和九网格"), person(2))
    answer = station("import", file, "--json").ok().json
    about = [(p["cell"], p["kind"], p["severity"]) for p in answer["problems"]]
    assert about == [("F2", "grid_unknown", "warn")]
    assert (answer["counts"]["new"], answer["counts"]["warned"]) == (2, 1)
    with station.inside() as opened, opened.database.read_session() as session:
        assert tuple(g.name for g in places.grids(session)) == GRIDS


@pytest.mark.parametrize(
    ("login", "word"),
    [(FRONT, "一次最多导 500 行"), (WORKER, "没有此项操作的权限")],
)
def test_who_may_not(station: Program, login: str, word: str) -> None:
    assert word in station("import", ROSTER, "--json", login=login).failed(REFUSED)
    assert not list((station.data / "backups").glob("*.cdbackup"))
    with station.inside() as opened, opened.database.read_session() as session:
        assert session.scalar(select(func.count()).select_from(Resident)) == 0


def test_the_front_desk_may_take_a_small_table(station: Program, tmp_path: Path) -> None:
    file = roster(tmp_path / "小表.xlsx", person(1))
    said = station("import", file, login=FRONT).ok()
    assert "已导入：共 1 行，新增 1" in said.out
    assert said.err == ""


def test_signing_in(station: Program) -> None:
    assert "账号或密码不对" in station("import", ROSTER, login="没有这人").failed(REFUSED)
    wrong = station.given(CENTERDESK_PASSWORD="不是这个密码啊")
    assert "账号或密码不对" in wrong("import", ROSTER).failed(REFUSED)
    assert "没有密码" in station.given(CENTERDESK_PASSWORD="")("import", ROSTER).failed(REFUSED)
    nobody = Program(station.data, None, station.now)
    assert "--as" in nobody("import", ROSTER).failed(REFUSED)


def test_rows_go_with_a_trial_only(station: Program) -> None:
    assert "--dry-run" in station("import", ROSTER, "--rows", "--json").failed(USAGE)


@pytest.mark.parametrize("name", ["half.xlsx", "old.xls", "folder.xlsx", "gone.xlsx"])
def test_a_file_that_cannot_be_read_is_one_sentence(station: Program, tmp_path: Path, name: str) -> None:
    whole = ROSTER.read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (tmp_path / "folder.xlsx").mkdir()
    assert "请" in station("import", tmp_path / name, "--json").failed(REFUSED)


def test_a_table_of_something_else_is_not_a_roster(station: Program, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("物品", "数量"))
    book.active.append(("轮椅", 3))
    book.save(tmp_path / "物品.xlsx")
    said = station("import", tmp_path / "物品.xlsx", "--json")
    assert said.code == REFUSED
    assert said.json["counts"] == dict.fromkeys(COUNTS, 0)
    assert [s["role"] for s in said.json["sheets"]] == ["skipped"]
    assert "没有认得出的居民表" in said.err
