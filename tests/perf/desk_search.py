"""Search in the ledger of a desk that is open: from the last key to the rows in the model, query by query.

`python -m tests.perf.desk_search DATA QUESTIONS.json`. Between two questions the desk comes to rest.
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
    return (there[0] - began) * 1000


if __name__ == "__main__":
    main()
