"""A desk that is killed with everything still in the log: `python -m tests.faults.dying_desk FOLDER ACTS`.

Opens the station, adds one grid an act, says how many were saved, and kills itself.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from centerdesk.app.bootstrap import open_station
from centerdesk.features.places.commands import AddGrid
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir


def main(folder: Path, acts: int) -> None:
    """Does not return."""
    station = open_station(DataDir(folder), SystemClock())
    for number in range(acts):
        station.bus.run(AddGrid(f"第{number}号网格"), actor=system_actor(["places.write"], "dying"))
    os.write(1, f"{acts}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
