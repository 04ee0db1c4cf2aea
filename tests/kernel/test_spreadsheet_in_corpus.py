"""Workbooks collected by other projects: each ends in a reading or in one sentence, and this process lives."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from centerdesk.features.people.importing import read_roster
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.spreadsheet_in import SpreadsheetError, read_workbook

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "excel"
SUFFIXES = {".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv"}
LIMIT_SECONDS = 15

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the collected workbooks are not beside this checkout"),
]


def files() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*/*") if path.suffix in SUFFIXES)


def outcome(path: Path) -> tuple[str, str, float]:
    clock = SystemClock()
    start = clock.monotonic()
    try:
        book = read_workbook(path)
    except SpreadsheetError as exc:
        return path.name, str(exc), clock.monotonic() - start
    reading = read_roster(book, known_grids=(), known_compounds=(), today=date(2026, 11, 22))
    return path.name, f"{len(reading.sheets)}", clock.monotonic() - start


def test_every_workbook_ends_in_a_reading_or_a_sentence():
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, files()))
    assert len(outcomes) >= 180
    assert [name for name, _, seconds in outcomes if seconds > LIMIT_SECONDS] == []
    sentences = {name: said for name, said, _ in outcomes if not said.isdigit()}
    assert all(
        said.endswith("。") and not re.search("Error|Traceback|panic", said) for said in sentences.values()
    )
    assert len(sentences) <= 12  # what is readable must be read
    assert {name for name in sentences if "密码" in sentences[name]} >= {
        "pass_protected.xlsx",
        "pass_protected.ods",
    }


PEAK_OF_THE_CHILD = """
import resource, sys
from pathlib import Path
from centerdesk.kernel.spreadsheet_in import SpreadsheetError, read_workbook
try:
    read_workbook(Path(sys.argv[1]))
except SpreadsheetError:
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_stays_below_the_limit():
    """Asked of a small process of its own: a child's peak begins with that of the process that starts it."""
    pytest.importorskip("resource", reason="no rusage on Windows")
    lying = FOLDER / "calamine" / "OOM_alloc.xls"
    asked = subprocess.run(
        [sys.executable, "-c", PEAK_OF_THE_CHILD, str(lying)], capture_output=True, text=True, check=True
    )
    assert int(asked.stdout) < 1 << 20  # kilobytes
