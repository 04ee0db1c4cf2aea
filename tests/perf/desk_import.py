"""A roster read, judged and booked by a desk that is open, as its import page does it; and how the window fares.

`python -m tests.perf.desk_import DATA ROSTER.xlsx`. The station has the roster's places and nobody in it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_desk import KnownPlaces, Roster, read
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import today
from tests.perf.figures import answer, resident_mb
from tests.perf.open_desk import open_desk
from tests.perf.ticking import Ticker, wait


def main() -> None:
    """From the file to the last row in the database, and until the pages have shown it."""
    with open_desk(Path(sys.argv[1]), "people") as window:
        desk, done = window.desk, {}
        with desk.station.database.read_session() as session:
            known = KnownPlaces(
                tuple(g.name for g in places.grids(session)), tuple(c.name for c in places.compounds(session))
            )
        day, path = today(desk.station.clock), Path(sys.argv[2])
        ticker = Ticker()
        ticker.start()
        began = time.perf_counter()

        def failed(exc: Exception) -> None:
            raise exc

        def booked(counts: Any) -> None:
            done.update(counts, booked=time.perf_counter() - began, gap=ticker.longest)
            ticker.start()

        def judged(roster: Roster) -> None:
            done["judged"] = time.perf_counter() - began
            done["gap_reading"] = ticker.longest
            command = ImportRoster(roster.persons())
            desk.runner.write(window, book(command), booked, failed, label=command.label)

        def book(command: ImportRoster) -> Any:
            return lambda bus, tell, stopped: bus.run(command, progress=tell, cancel=stopped)

        desk.runner.run(
            window,
            lambda tell, stopped: read(path, known, day, stopped, tell),
            judged,
            failed,
            label="读居民表",
        )
        wait(lambda: "booked" in done and desk.runner.idle, 900)
        answer(seconds=done.pop("booked"), gap_showing=ticker.stop(), mb=resident_mb(), **done)


if __name__ == "__main__":
    main()
