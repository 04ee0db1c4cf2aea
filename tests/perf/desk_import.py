"""A roster read, tried and booked on the import page of an open desk, as a person does; and how the window fares.

`python -m tests.perf.desk_import DATA ROSTER.xlsx`. The station has the roster's places and nobody in it. Whoever
confirms does so the moment it can be confirmed; the backup before it is made as always.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from tests.perf.figures import answer, peak_mb, resident_mb
from tests.perf.open_desk import open_desk
from tests.perf.ticking import Ticker, wait


def main() -> None:
    """From the file to the last row in the database, and until the ledger has shown it."""
    found: dict[str, Any] = {}
    with open_desk(Path(sys.argv[1]), "people") as window:
        desk = window.desk
        window.go("people.import")
        wait(lambda: desk.runner.idle)
        page = window.frame.page
        ticker, began = Ticker(), time.perf_counter()

        def note(name: str) -> None:
            found.setdefault(name, time.perf_counter() - began)

        def judged(roster: Any) -> None:
            note("judged")
            if roster.trial is not None:
                note("tried")
                found["gap_before"] = ticker.longest
                QTimer.singleShot(0, page.jobs.write)  # a press is an event of its own

        def written(counts: Any, _op_id: Any) -> None:
            found.update(counts, seconds=time.perf_counter() - began, gap=ticker.longest, turn=ticker.busiest)

        page.jobs.judged.connect(judged)
        page.jobs.unreadable.connect(lambda _title, text: sys.exit(text))
        page.jobs.writing.connect(lambda moved: note("booking") if moved and moved[1] else None)
        page.jobs.written.connect(written)
        ticker.start()
        page.start(Path(sys.argv[2]))
        wait(lambda: "seconds" in found and desk.runner.idle, 900)
        ticker.start()
        window.go("people")
        wait(lambda: desk.runner.idle)
        worker = desk.station.bus.apart.pid if desk.station.bus.apart is not None else None
        found |= {"gap_showing": ticker.stop(), "mb": resident_mb(), "mb_peak": peak_mb(os.getpid())}
        found["mb_worker"] = peak_mb(worker) if worker is not None else 0
    used = os.times()
    answer(**found, cpu=used.user + used.system, cpu_children=used.children_user + used.children_system)


if __name__ == "__main__":
    main()
