"""The three sample ledgers against their truth files: every person, every verdict, every cell."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from centerdesk.features.people.importing import RosterReading, dry_run, read_roster
from centerdesk.kernel.paths import resource
from centerdesk.kernel.spreadsheet_in import read_workbook

GOLDEN = Path(__file__).parents[1] / "golden" / "rosters"
TODAY = date(2026, 11, 22)
FILES = {
    "yunhe_ledger_2026q3": resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"),
    "qixiang_register_trad": GOLDEN / "qixiang_register_trad.xls",
    "songtao_export_gb18030": GOLDEN / "songtao_export_gb18030.csv",
}

pytestmark = pytest.mark.parametrize("name", FILES)


@cache
def truth(name: str) -> dict:
    with gzip.open(GOLDEN / f"{name}.expected.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


@cache
def reading(name: str) -> RosterReading:
    known = truth(name)["reading"]
    return read_roster(
        read_workbook(FILES[name]),
        known_grids=known["known_grids"],
        known_compounds=known["known_compounds"],
        today=TODAY,
    )


@cache
def told(name: str) -> dict:
    """What the command line prints, through JSON and back."""
    return json.loads(json.dumps(dry_run(reading(name), with_rows=True), ensure_ascii=False))


def test_sheets_are_taken_for_what_they_are(name):
    for found, true in zip(told(name)["sheets"], truth(name)["reading"]["sheets"], strict=True):
        assert found["name"] == true["name"]
        assert found["role"] == true["role"]
        assert found["why"].endswith("。")
        for key in ("header_rows", "first_data_row", "last_data_row", "columns"):
            assert found[key] == true.get(key), key


def test_every_defect_at_its_cell_and_no_other(name):
    def cells(entries):
        return Counter((p["sheet"], p["cell"], p["kind"], p["severity"]) for p in entries)

    assert cells(told(name)["problems"]) == cells(truth(name)["defects"])


def test_every_person_row_with_its_verdict(name):
    found = [(row["sheet"], row["row"], row["status"]) for row in told(name)["rows"]]
    assert found == [(row["sheet"], row["row"], row["status"]) for row in truth(name)["rows"]]


def test_every_person_field_by_field(name):
    for found, true in zip(told(name)["rows"], truth(name)["rows"], strict=True):
        assert found["person"]["name"] == true["person"]["name"]
        if true["status"] == "refuse":
            continue
        ours = {**found["person"], "household": ""}
        assert ours == {**true["person"], "household": ""}, true["row"]


def test_households_group_the_same_rows(name):
    there, back = {}, {}
    for found, true in zip(told(name)["rows"], truth(name)["rows"], strict=True):
        ours, theirs = found["person"]["household"], true["person"]["household"]
        assert there.setdefault(ours, theirs) == theirs, true["row"]
        assert back.setdefault(theirs, ours) == ours, true["row"]


def test_counts(name):
    counts, true = reading(name).counts, truth(name)["counts"]
    assert counts["rows"] == true["source_person_rows"]
    assert counts["accepted"] == true["accepted"]
    assert counts["warned"] == true["accepted_with_warning"]
    assert counts["refused"] == true["refused"]
    assert counts["merged"] == true["merged_identical"]
    assert counts["households"] == true["households_with_accepted_person"]
    shown = told(name)["counts"]
    assert (
        shown["rows"] == shown["new"] + shown["changed"] + shown["same"] + shown["refused"] + shown["merged"]
    )


def test_sentences_say_what_to_do_and_quote_no_number(name):
    numbers = {row["person"].get("id_raw") or row["person"]["id"] for row in truth(name)["rows"]} - {None}
    for message in {problem["message"] for problem in told(name)["problems"]}:
        assert message.endswith("。")
        assert "请" in message or "不用处理" in message
        assert not any(number in message for number in numbers)
