"""Search in the ledger of a desk that is open: from the last key to the rows in the model, query by query.

`python -m tests.perf.desk_search DATA QUESTIONS.json`. Between two questions the desk comes to rest and has painted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.perf.figures import answer, resident_mb
from tests.perf.open_desk import open_desk
from tests.perf.ticking import wait

BETWEEN = 0.03
"""Seconds from the last answer to the next key: what the answer changed is painted by then, as between two strokes
of a hand, and not laid at the next question's door."""


def main() -> None:
    """One pass over all questions, after a tenth of them that nobody counts."""
    asked = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    with open_desk(Path(sys.argv[1]), "people") as window:
        page = window.frame.page
        for question in asked[: len(asked) // 10]:
            _ask(page, question[::-1])
        answer(ms=[_ask(page, question) for question in asked], mb=resident_mb())


def _ask(page: Any, question: str) -> float:
    there: list[float] = []

    def arrived() -> None:
        there.append(time.perf_counter())

    page.model.swapped.connect(arrived)
    began = time.perf_counter()
    page.filters.search.set_text(question)
    wait(lambda: bool(there) and page.runner.idle)
    page.model.swapped.disconnect(arrived)
    rested = time.perf_counter() + BETWEEN
    wait(lambda: time.perf_counter() > rested)
    return (there[0] - began) * 1000


if __name__ == "__main__":
    main()
