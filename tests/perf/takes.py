"""How each figure is taken. One function a name of the bench; each answers its figures."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from centerdesk.kernel.spreadsheet_in_limits import MAX_ROWS
from tests.perf import stations
from tests.perf.desks import take_desks
from tests.perf.figures import RUNS, Figure, beside, bounded, child, of_all, p95
from tests.perf.peers import peer_python
from tests.perf.people import people
from tests.perf.questions import questions, record
from tests.perf.workbook import write_rosters

RESIDENTS, RETURN_RESIDENTS = 100_000, 18_000
QUESTIONS = 150


@dataclass
class Bench:
    """One run of the bench: its folder, and what one figure leaves for another."""

    folder: Path
    size: int = RESIDENTS
    runs: int = RUNS
    taken: dict[str, Any] = field(default_factory=dict)

    def say(self, words: str) -> None:
        sys.stderr.write(f"bench: {words}\n")
        sys.stderr.flush()

    def rosters(self, size: int) -> list[Path]:
        """The files of so many people: one, as long as the reader takes that many rows."""
        if f"rosters-{size}" not in self.taken:
            self.say(f"writing a roster of {size:,} people")
            self.taken[f"rosters-{size}"] = write_rosters(self.folder / f"roster-{size}.xlsx", size)
        return list(self.taken[f"rosters-{size}"])

    def roster(self, size: int) -> Path:
        """The one file of so many people. Raises ValueError where the reader does not take that many rows."""
        files = self.rosters(size)
        if len(files) > 1:
            raise ValueError(f"one file holds at most {MAX_ROWS:,} rows")
        return files[0]

    def empty(self, size: int) -> Path:
        """A fresh station with the places of so many people."""
        made = self.folder / f"empty-{size}"
        if not made.exists():
            stations.make_empty(made, size)
        root = self.folder / f"station-{size}"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(made, root)
        return root

    def station(self, size: int) -> Path:
        """A station with so many residents, imported by the desk itself."""
        root = self.folder / f"station-{size}"
        if not root.exists():
            self.say(f"importing {size:,} people")
            self.empty(size)
            for roster in self.rosters(size):
                child("tests.perf.desk_import", root, roster)
        return root

    def imports(self) -> list[dict[str, Any]]:
        """The import, five times, each into an empty station; the last one stays."""
        if "imports" not in self.taken:
            self.taken["imports"] = []
            for n in range(self.runs):
                self.say(f"import {n + 1} of {self.runs}")
                root = self.empty(self.size)
                self.taken["imports"].append(child("tests.perf.desk_import", root, self.roster(self.size)))
        return list(self.taken["imports"])

    def returns(self) -> list[dict[str, Any]]:
        if "returns" not in self.taken:
            root = self.station(RETURN_RESIDENTS)
            self.say("building the return")
            self.taken["returns"] = child("tests.perf.desk_return", root, self.runs)["runs"]
        return list(self.taken["returns"])

    def starts(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Desk and floor in turn, so that both meet the same machine; a first pair is not counted."""
        if "starts" not in self.taken:
            root = self.station(self.size)
            floor = stations.floor_arguments(root)
            pairs = []
            for n in range(self.runs + 1):
                self.say(f"start {n} of {self.runs}")
                pairs.append(
                    (child("tests.perf.desk_start", root, "settled"), child("tests.perf.floor", *floor))
                )
            self.taken["starts"] = pairs[1:]
        ours, floors = zip(*self.taken["starts"], strict=True)
        return list(ours), list(floors)


def take_start(bench: Bench) -> list[Figure]:
    ours, floors = bench.starts()
    return [
        beside(
            "start to painted Today page",
            of_all(ours, "seconds"),
            "s",
            "floor program",
            of_all(floors, "seconds"),
            1.7,
        )
    ]


def take_memory(bench: Bench) -> list[Figure]:
    ours, floors = bench.starts()
    name = f"resident memory over {bench.size:,} residents"
    return [beside(name, of_all(ours, "mb"), "MB", "floor program", of_all(floors, "mb"), 2)]


def take_search(bench: Bench) -> list[Figure]:
    root = bench.station(bench.size)
    everybody = list(people(bench.size))
    asked, records = bench.folder / "questions.json", bench.folder / "records.json"
    asked.write_text(json.dumps(questions(everybody, QUESTIONS)), "utf-8")
    records.write_text(json.dumps([record(one) for one in everybody]), "utf-8")
    rounds: list[float] = []
    for n in range(bench.runs):
        bench.say(f"search {n + 1} of {bench.runs}")
        rounds.append(p95(child("tests.perf.desk_search", root, asked)["ms"]))
    value = median(rounds)
    name = f"search at {bench.size:,} residents, p95"
    python, why = peer_python()
    other = None
    if python is not None:
        bench.say("the same of Anki")
        answers = child("tests/perf/peer_anki.py", records, asked, bench.runs, python=python)["rounds"]
        other = median(p95(one) for one in answers)
    return [bounded(name, value, "ms", 16), beside(name, value, "ms", "Anki find_notes", other, 0.5, why)]


def take_import(bench: Bench) -> list[Figure]:
    value, python_why = of_all(bench.imports(), "seconds"), peer_python()
    other = None
    if python_why[0] is not None:
        bench.say("the same file read by pandas")
        runs = range(bench.runs)
        found = [
            child("tests/perf/peer_pandas.py", bench.roster(bench.size), python=python_why[0]) for _ in runs
        ]
        other = of_all(found, "seconds")
    name = f"import of {bench.size:,} rows"
    return [beside(name, value, "s", "pandas.read_excel(openpyxl)", other, 0.6, python_why[1])]


def take_gap(bench: Bench) -> list[Figure]:
    return [
        bounded("longest event-loop gap, importing", of_all(bench.imports(), "gap"), "ms", 50),
        bounded(
            "longest event-loop gap, the ledger shown anew after it",
            of_all(bench.imports(), "gap_showing"),
            "ms",
            50,
        ),
        bounded("longest event-loop gap, building the return", of_all(bench.returns(), "gap"), "ms", 50),
    ]


def take_return(bench: Bench) -> list[Figure]:
    found = bench.returns()
    return [
        bounded(f"return for {RETURN_RESIDENTS:,} residents, built and kept", of_all(found, "build"), "s", 1),
        bounded("its Excel form and PDF, written", of_all(found, "files"), "s", 1),
    ]


def take_twenty(bench: Bench) -> list[Figure]:
    bench.say("twenty desks on PostgreSQL, 60 s")
    return take_desks(bench.folder)


TAKES: dict[str, Callable[[Bench], list[Figure]]] = {
    "import": take_import,
    "search": take_search,
    "return": take_return,
    "gap": take_gap,
    "start": take_start,
    "memory": take_memory,
    "desks": take_twenty,
}
"""Names of the bench, in the order in which they are taken: the import leaves the station for the others."""
