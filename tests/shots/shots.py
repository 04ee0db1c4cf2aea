"""A picture of every page: `poe shots [--out DIR] [--station DIR] [--view VIEW]… [NAME …]`.

NAME is a page (today, checkins, people, import, returns, settings), what stands over one (palette, help, keys,
lock) or before the desk (login, alarm, rescue, trouble, wizard); none means all. VIEW is one of tests/shots/views.
Filled is the demo station on its morning, empty a new one. Pictures lie as `NAME/STATE-VIEW.png`; where the design
lies beside the project, each that has one is put next to it under `beside/`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from centerdesk.app.pictures import application
from tests.shots import doors, pages
from tests.shots.beside import put_beside
from tests.shots.stations import HEAD, demo_station, empty_station
from tests.shots.views import VIEWS, Album
from tests.shots.wizard import wizard

NAMES = (*pages.PAGES, *pages.OVER, *doors.DOORS, "wizard")


def main(arguments: Sequence[str]) -> int:
    """Draw what was asked for."""
    asked = parser().parse_args(arguments)
    if unknown := set(asked.names) - set(NAMES):
        sys.stderr.write(f"no such picture: {' '.join(sorted(unknown))}; there are: {' '.join(NAMES)}\n")
        return 2
    names = frozenset(asked.names or NAMES)
    album = Album(asked.out, frozenset(asked.view))
    application()
    with tempfile.TemporaryDirectory(prefix="centerdesk-shots-") as folder:
        if names - {"wizard", "trouble"}:
            of_stations(Path(folder), album, names, asked.station)
        if "trouble" in names:
            doors.trouble(album)
        if "wizard" in names:
            wizard(Path(folder) / "wizard", album)
    put_beside(asked.out)
    sys.stdout.write(f"{len(list(asked.out.rglob('*.png')))} pictures in {asked.out}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("poe shots", description="A picture of every page.")
    made.add_argument("--out", type=Path, default=Path("shots-out"))
    made.add_argument("--view", action="append", default=[], choices=[view.name for view in VIEWS])
    made.add_argument("--station", type=Path, help="keep the demo station here and build it only once")
    made.add_argument("names", nargs="*", metavar="NAME")
    return made


def of_stations(folder: Path, album: Album, names: frozenset[str], kept: Path | None) -> None:
    """What needs a station that runs; login comes last, it signs people in."""
    with demo_station(folder, kept) as (station, actors), empty_station(folder) as (nothing, founder):
        pages.filled(station, actors, album, names)
        if names & set(pages.OVER):
            pages.over(station, actors[HEAD], album, names)
        if names & set(pages.PAGES):
            pages.empty(nothing, founder, album, names)
        if "alarm" in names:
            doors.alarm(station, album)
        if "rescue" in names:
            doors.rescue(station, album, folder)
        if "login" in names:
            doors.login(station, nothing, album)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
