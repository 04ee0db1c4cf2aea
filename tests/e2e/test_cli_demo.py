"""`demo`: a whole day in one command, the same at every run, sound data left behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.program import DONE, Program, Said

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CODE = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b")


def story(said: Said, out: Path) -> list[str]:
    """What the run told, without where it wrote and how long it took."""
    lines = said.out.replace(str(out), "OUT").splitlines()
    return [re.sub(r"用了 \d+ 秒", "用了 N 秒", line) for line in lines]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Said, Path]]:
    runs = []
    for name in ("first", "second"):
        out = tmp_path_factory.mktemp(name) / "演示"
        program = Program(out / "station", fresh=True)
        out.mkdir()
        runs.append((program("demo", "--headless", "--out", out), out))
    return runs


def test_it_ends_well_and_leaves_papers_and_pictures(twice: list[tuple[Said, Path]]) -> None:
    for said, out in twice:
        assert (said.code, said.err) == (DONE, "")
        assert {p.suffix for p in out.glob("*2026-11*")} == {".xlsx", ".pdf"}
        assert len(list((out / "pictures").glob("*.png"))) >= 6


def test_it_says_the_same_at_every_run_down_to_the_check_code(twice: list[tuple[Said, Path]]) -> None:
    first, second = (story(said, out) for said, out in twice)
    assert first == second
    assert CODE.search("\n".join(first))


def test_the_station_it_leaves_is_sound(twice: list[tuple[Said, Path]]) -> None:
    _said, out = twice[0]
    Program(out / "station").verified()
