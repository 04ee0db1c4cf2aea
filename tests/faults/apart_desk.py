"""A desk that imports by a worker and tells its process, to be killed: `python -m tests.faults.apart_desk FOLDER N`."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from centerdesk.app.apart import beside
from centerdesk.app.bootstrap import open_station
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.paths import DataDir
from tests.helpers.apart import persons

NOW = datetime(2026, 12, 3, 0, 41, tzinfo=UTC)


def main(folder: str, count: str, login: str, password: str) -> None:
    station = beside(open_station(DataDir(Path(folder)), FixedClock(NOW)))
    station.sign_in(login, password)

    def moved(_done: int, _total: int) -> None:
        assert station.bus.apart is not None
        sys.stdout.write(f"{station.bus.apart.pid}\n")
        sys.stdout.flush()
        threading.Event().wait()  # the desk hangs until it is killed; the worker goes on

    station.bus.run(ImportRoster(persons(int(count))), progress=moved)


if __name__ == "__main__":
    main(*sys.argv[1:])
