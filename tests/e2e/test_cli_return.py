"""`return build`: the JSON contract, the files, months without data."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from centerdesk.kernel.journal import JournalOp
from tests.e2e.program import GRIDS, REFUSED, USAGE, WORKER, Program
from tests.helpers.elders import truth

pytestmark = pytest.mark.e2e

KEYS = {"indicator", "where", "unit", "month", "previous", "year_to_date", "n", "d", "definition", "rows"}


@pytest.fixture(scope="module")
def september(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Path, dict[str, Any]]:
    """The return of the sample month, built once."""
    from tests.e2e.stations import copied

    program = copied(filled, tmp_path_factory.mktemp("september"))
    out = program.data.parent / "月报"
    return (
        program,
        out,
        program.cold("return", "build", "--period", "2026-09", "--out", out, "--json").ok().json,
    )


def test_the_object_is_the_contract(september: tuple[Program, Path, dict[str, Any]]) -> None:
    _program, _out, answer = september
    assert list(answer) == ["files", "figures"]
    assert all(set(figure) == KEYS for figure in answer["figures"])
    by_place: dict[str, set[str | None]] = {}
    for figure in answer["figures"]:
        by_place.setdefault(figure["indicator"], set()).add(figure["where"])
    assert len(by_place) > 20
    assert all(places == {None, *GRIDS} for places in by_place.values())


def test_a_rate_has_its_fraction_and_a_count_its_rows(
    september: tuple[Program, Path, dict[str, Any]],
) -> None:
    figures = september[2]["figures"]
    rates = [f for f in figures if f["unit"] == "%"]
    others = [f for f in figures if f["unit"] != "%"]
    assert rates
    for f in rates:
        assert f["n"] <= f["d"]
        assert f["month"] == (None if f["d"] == 0 else pytest.approx(100 * f["n"] / f["d"], abs=0.05))
    counts = [f for f in others if f["unit"] in ("人", "户", "户次", "次", "件")]
    assert {f["unit"] for f in others} - {f["unit"] for f in counts} <= {"分", "分钟", "天"}
    assert all(f["n"] is f["d"] is None for f in others)
    assert [(f["indicator"], f["where"]) for f in counts if f["month"] != f["rows"]] == []


def test_the_numbers_are_those_of_the_truth_file(september: tuple[Program, Path, dict[str, Any]]) -> None:
    station = {f["indicator"]: f for f in september[2]["figures"] if f["where"] is None}
    rates = truth()["rates"]
    assert station["curtain.due"]["month"] == rates["F1_due"]
    assert station["curtain.care_rate"]["n"] == rates["seen"]
    assert station["curtain.care_rate"]["month"] == rates["F2_care_rate_pct"]
    assert station["curtain.timely_rate"]["month"] == rates["F3_timely_rate_pct"]


def test_the_papers_are_there_and_booked(september: tuple[Program, Path, dict[str, Any]]) -> None:
    program, out, answer = september
    files = [Path(name) for name in answer["files"]]
    assert {path.suffix for path in files} == {".xlsx", ".pdf"}
    assert {path.parent for path in files} == {out}
    assert {path for path in out.iterdir() if path.is_file()} == set(files)
    for path in files:
        if path.suffix == ".pdf":
            assert path.read_bytes()[:5] == b"%PDF-"
        else:
            assert zipfile.is_zipfile(path)
    with program.inside() as opened, opened.database.read_session() as session:
        done = session.scalars(select(JournalOp.action).order_by(JournalOp.seq)).all()
        first = done.index("KeepEdition") + 1  # another test may have built another month
        assert done[first : first + len(files)] == ["RecordExport"] * len(files)


def test_a_month_before_the_station_has_zeros_and_says_so(
    september: tuple[Program, Path, dict[str, Any]],
) -> None:
    program, out, _answer = september
    said = program("return", "build", "--period", "2019-02", "--out", out / "旧", "--json").ok()
    curtain = [f for f in said.json["figures"] if f["indicator"].startswith("curtain.")]
    assert {f["rows"] for f in curtain} == {0}
    assert {f["month"] for f in curtain if f["unit"] == "%"} == {None}
    assert {f["month"] for f in curtain if f["unit"] in ("户次", "次", "件")} == {0}
    assert len(said.json["files"]) == 3
    assert "没有一条记录的：窗帘暗号；" in said.err
    assert program.verified()


def test_a_station_with_nobody_has_a_return(station: Program) -> None:
    """Empty month, empty ledger: zeros, a sentence, exit code 0."""
    said = station("return", "build", "--period", "2026-09", "--json").ok()
    assert said.json["files"] == []
    assert {f["rows"] for f in said.json["figures"]} == {0}
    assert "没有一条记录的：" in said.err


@pytest.mark.parametrize(
    ("period", "login", "word"),
    [
        ("2026-11", None, "还没到"),
        ("2026-13", None, "月份写成"),
        ("上月", None, "月份写成"),
        ("2026-09", WORKER, "没有此项操作的权限"),
    ],
)
def test_a_month_that_cannot_be_built(
    september: tuple[Program, Path, dict[str, Any]], period: str, login: str | None, word: str
) -> None:
    program, out, _answer = september
    refused = program.here("return", "build", "--period", period, "--out", out / "不", "--json", login=login)
    assert word in refused.failed(REFUSED)
    assert not (out / "不").exists()


def test_building_is_the_only_act(station: Program) -> None:
    said = station("return", "burn", "--period", "2026-09")
    assert (said.code, said.out) == (USAGE, "")
    assert "build" in said.err
