"""云和社区 as it stood on 2 October 2026: the whole roster, the 46 elders, September booked from its files."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from centerdesk.features.checkins.commands_import import BookCheckins, EnrolBatch, NewEnrolment
from centerdesk.features.checkins.importing import (
    homes,
    read_enrolments,
    read_outcomes,
    read_table,
    workers_by_name,
)
from centerdesk.features.people import api as people
from centerdesk.features.people import importing_roster as rosters
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.places import api as places
from centerdesk.features.returns import api as returns
from centerdesk.features.staff.api import FoundAccount
from centerdesk.kernel.clock import SHANGHAI, Month, today
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import resource
from tests.helpers.station import StationFixture, make_station

NOW = datetime(2026, 10, 2, 9, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)
GRIDS = tuple(f"云和{n}网格" for n in "一二三四五六七八")
COMPOUNDS = ("气象花园", "云和小区", "松涛里", "望江苑", "铁道家属楼")
_CHECKINS = ("data", "checkins")


def september_station(root: Path) -> StationFixture:
    """A station in `root` with 5928 residents and September's 2760 windows; signed in as secretary."""
    station = make_station(root, at=NOW)
    founder = system_actor(["station.found"])
    station.run(
        places.FoundPlaces("云和社区", "望河街道", "230811008", grids=GRIDS, compounds=COMPOUNDS),
        actor=founder,
    )
    lines = read_enrolments(resource(*_CHECKINS, "curtain_2026-09_enrolment.csv").read_text("utf-8"))
    workers = {
        name: station.run(FoundAccount(name, name, "窗外有六棵大榆树", ("grid_worker",)), actor=founder)
        for name in sorted({line.worker for line in lines})
    }
    _take_in_roster(station)
    _book_september(station, lines, workers)
    return station


def _take_in_roster(station: StationFixture) -> None:
    roster = resource("data", "rosters", "yunhe_ledger_2026q3.xlsx")
    with station.read() as session:
        reading = rosters.read_roster_file(session, station.actor, roster, today(station.clock))
    station.run(ImportRoster(tuple(row.person for row in reading.taken)))


def _book_september(station: StationFixture, lines: Any, workers: dict[str, UUID]) -> None:
    with station.read() as session:
        ids = people.find_many_by_id_no(session, station.ring, {line.id_no for line in lines})
    station.run(
        EnrolBatch(
            tuple(
                NewEnrolment(
                    ids[n.id_no], n.code, workers[n.worker], n.first_on, n.last_on, n.windows, n.pauses
                )
                for n in lines
            ),
            ahead=False,
        )
    )
    with station.read() as session:
        known, by_name = homes(session), workers_by_name(session)
    reading = read_table(resource(*_CHECKINS, "curtain_2026-09_export.xlsx"), known)
    outcomes = read_outcomes(resource(*_CHECKINS, "curtain_2026-09_outcomes.csv").read_text("utf-8"))
    station.run(BookCheckins(SEPTEMBER.first, date(2026, 9, 30), reading.matched.looks, by_name, outcomes))


def build(station: StationFixture, month: Month = SEPTEMBER) -> returns.Built:
    """All figures of a month, counted now."""
    from centerdesk.app.features import manifests

    with station.read() as session:
        return returns.build_figures(session, station.actor, station.clock, month, manifests().indicators())


def keep(station: StationFixture, built: returns.Built) -> UUID:
    """Keep them as an edition."""
    return station.run(returns.KeepEdition(str(built.month), built.as_of, built.figures))
