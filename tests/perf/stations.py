"""The stations the figures are taken on: a real drill station with keys, places and one account, and its residents."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from tests.perf.account import LOGIN, PASSWORD
from tests.perf.people import compounds, grids


def make_empty(root: Path, count: int) -> None:
    """A station with the places of a town of `count` people and nobody in it."""
    station, _code = create_station(DataDir(root), "云和社区", SystemClock(), drill=True)
    actor = system_actor([staff.FOUND], station.site.desk)
    station.bus.run(
        places.FoundPlaces("云和社区", street="望河街道", grids=grids(count), compounds=compounds(count)),
        actor=actor,
    )
    station.bus.run(
        staff.FoundAccount(LOGIN, LOGIN, PASSWORD, ("administrator", "secretary"), must_change=False),
        actor=actor,
    )
    station.close()


def opened(root: Path) -> OpenStation:
    """The station as the desk holds it, signed in."""
    station = open_station(DataDir(root), SystemClock())
    station.sign_in(LOGIN, PASSWORD)
    return station


def floor_arguments(root: Path) -> tuple[str, str, str]:
    """Database, raw key and password hash for the floor program."""
    station = open_station(DataDir(root), SystemClock())
    with station.database.read_session() as session:
        stored = session.query(Account.password_hash).filter(Account.login == LOGIN).scalar()
    key = station.ring.database_key.hex()
    station.close()
    return str(DataDir(root).database), key, str(stored)


if __name__ == "__main__":
    make_empty(Path(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps({"floor": floor_arguments(Path(sys.argv[1]))}) + "\n")
