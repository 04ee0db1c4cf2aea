"""A station as `init` makes it, with accounts that have real passwords, and a runner over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.runner import Runner
from tests.helpers.station import unsynced

MORNING = datetime(2026, 12, 2, 23, 26, tzinfo=UTC)  # Thursday 3 December 2026, 07:26 in Shanghai
PASSWORD = "雪天-扫帚-七号"
PEOPLE = (
    ("高翔", ("administrator",), ""),
    ("许文静", ("secretary",), ""),
    ("周敏", ("grid_worker",), "第一网格"),
    ("赵雪", ("front_desk",), ""),
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> tuple[DataDir, RecoveryCode]:
    """A closed station in a folder of the session, founded once; tests work on copies of it."""
    data = DataDir(tmp_path_factory.mktemp("founded") / "station")
    station, code = create_station(data, "云和社区", FixedClock(MORNING), drill=True)
    found(station)
    station.close()
    return data, code


@pytest.fixture
def made(tmp_path, clock, founded) -> Iterator[tuple[OpenStation, RecoveryCode]]:
    """A founded drill station and the code of its recovery sheet."""
    shutil.copytree(founded[0].root, tmp_path / "station")
    station = open_station(DataDir(tmp_path / "station"), clock)
    unsynced(station.database)
    yield station, founded[1]
    station.close()


def found(station: OpenStation) -> None:
    """Places and people of the station."""
    actor = system_actor([staff.FOUND], station.site.desk)
    station.bus.run(
        places.FoundPlaces(
            "云和社区", street="望河街道", grids=("第一网格", "第二网格", "第三网格"), compounds=("云和小区",)
        ),
        actor=actor,
    )
    with station.database.read_session() as session:
        grids = {row.name: row.id for row in places.grids(session)}
    for name, roles, grid in PEOPLE:
        account = station.bus.run(
            staff.FoundAccount(name, name, PASSWORD, roles, must_change=False), actor=actor
        ).value
        if grid:
            station.bus.run(places.FoundDuty(grids[grid], account), actor=actor)


@pytest.fixture
def station(made) -> OpenStation:
    return made[0]


@pytest.fixture
def idle_runner(qtbot) -> Iterator[Runner]:
    """The runner of doors where no station is open yet."""
    made = setup_runner()
    yield made
    made.shutdown()
    made.deleteLater()


@pytest.fixture
def errors() -> list[tuple[object, Exception]]:
    """What nobody else was told."""
    return []


@pytest.fixture
def runner(qtbot, station, errors) -> Iterator[Runner]:
    """The desk's own runner over the station."""
    runner = Runner(
        station.bus, station.database.read_session, lambda owner, exc: errors.append((owner, exc))
    )
    yield runner
    runner.shutdown()
    runner.deleteLater()
