"""The same persons in ledgers of other shapes: other headings, orders, encodings, joins. Nothing may be lost."""

from __future__ import annotations

import gzip
import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from centerdesk.features.people.importing import dry_run, read_roster
from centerdesk.kernel.spreadsheet_in import read_workbook
from tests.features.roster_variants import VARIANTS, Person

GOLDEN = Path(__file__).parents[1] / "golden" / "rosters" / "yunhe_ledger_2026q3.expected.json.gz"
FIELDS = ("name", "id", "birth", "sex", "phones", "relation", "relation_code", "address", "grid", "tags")


@cache
def truth() -> dict:
    with gzip.open(GOLDEN, "rt", encoding="utf-8") as file:
        return json.load(file)


def persons() -> list[Person]:
    taken = [row["person"] for row in truth()["rows"] if row["status"] == "accept"]
    return taken[:160] + taken[2000:2040]


def expected_fields(name: str) -> tuple[str, ...]:
    if name == "few_columns":
        return ("name", "id", "birth", "sex", "phones")
    return (*FIELDS, "move_in") if name == "three_header_rows" else FIELDS


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_lost_in_another_shape(name, tmp_path):
    write, suffix = VARIANTS[name]
    path = tmp_path / f"台账 {name}.{suffix}"
    people = persons()
    write(people, path)
    known = truth()["reading"]
    reading = read_roster(
        read_workbook(path),
        known_grids=known["known_grids"],
        known_compounds=known["known_compounds"],
        today=date(2026, 11, 22),
    )
    rows = dry_run(reading, with_rows=True)["rows"]
    if name == "sheet_by_compound":
        order = list(dict.fromkeys(p["address"]["compound"] for p in people))
        people = sorted(people, key=lambda p: order.index(p["address"]["compound"]))
    assert [row["person"]["name"] for row in rows] == [person["name"] for person in people]
    assert {row["status"] for row in rows} == {"accept"}
    for row, person in zip(rows, people, strict=True):
        for field in expected_fields(name):
            assert row["person"][field] == person[field], (row["row"], field)
    if name != "few_columns":
        pairs = {
            (row["person"]["household"], person["household"])
            for row, person in zip(rows, people, strict=True)
        }
        assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs})
