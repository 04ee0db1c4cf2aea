"""The monthly return of a desk that is open: its figures built and kept, its two files written; and the window.

`python -m tests.perf.desk_return DATA RUNS`. A first run, not counted, has the program warm.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from centerdesk.features.returns import api
from centerdesk.features.returns.commands import FORM_PDF, FORM_XLSX
from centerdesk.kernel.clock import Month, today
from tests.perf.figures import answer, resident_mb
from tests.perf.open_desk import open_desk
from tests.perf.ticking import Ticker, wait

BOTH = (FORM_XLSX, FORM_PDF)


def main() -> None:
    """Build and write, again and again."""
    with open_desk(Path(sys.argv[1]), "returns") as window:
        _one(window)
        found = [_one(window) for _ in range(int(sys.argv[2]))]
        answer(runs=found, papers=list(BOTH), mb=resident_mb())


def _one(window: Any) -> dict[str, float]:
    desk = window.desk
    station = desk.station
    month = Month.of(today(station.clock)).previous

    def build(tell: Any, stopped: Any) -> Any:
        with station.database.read_session() as session:
            built = api.build_figures(
                session, station.actor, station.clock, month, station.manifests.indicators(), tell, stopped
            )
        edition = station.bus.run(api.KeepEdition(str(month), built.as_of, built.figures)).value
        with station.database.read_session() as session:
            row, figures = api.get_edition(session, station.actor, edition)
            return figures, api.printing(session, station.actor, station.clock, "云和社区", row)

    built, seconds, gap = _timed(window, build)

    def write(_tell: Any, stopped: Callable[[], bool]) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            return api.write_papers(Path(folder), *built, station.clock, papers=BOTH, stopped=stopped)

    _papers, writing, gap_writing = _timed(window, write)
    return {"build": seconds, "gap": gap, "files": writing, "gap_files": gap_writing}


def _timed(window: Any, job: Callable[..., Any]) -> tuple[Any, float, float]:
    done: list[tuple[Any, float]] = []
    ticker = Ticker()
    ticker.start()
    began = time.perf_counter()
    window.runner.run(
        window, job, lambda value: done.append((value, time.perf_counter() - began)), label="编月报"
    )
    wait(lambda: bool(done) and window.runner.idle)
    return done[0][0], done[0][1], ticker.stop()


if __name__ == "__main__":
    main()
