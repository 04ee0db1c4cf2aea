"""G36 for returns: every role × every command and reading against RELIABILITY 3.5, below any widget."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from centerdesk.app.features import manifests
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.returns import api, commands
from centerdesk.features.returns.queries import month_view, rows_of
from centerdesk.features.returns.queries_records import page_records
from centerdesk.kernel.clock import Month
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import PermissionDenied
from centerdesk.kernel.identity import Reach
from tests.helpers.elders import at, small_town
from tests.helpers.people import make_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]
ROLES = ("front_desk", "grid_worker", "secretary", "administrator")
MONTH = Month(2026, 11)

# name: for each role in order
TABLE = {
    "KeepEdition": (True, False, True, False),
    "SignReturn": (False, False, True, False),
    "RecordExport": (True, False, True, False),
    "RecordAnnex": (True, False, True, False),
}
READINGS = {
    "build_figures": (True, False, True, False),
    "editions": (True, False, True, False),
    "get_edition": (True, False, True, False),
    "rows_of": (True, False, True, False),
    "month_view": (True, False, True, False),
    "page_records": (True, False, True, False),
    "printing": (True, False, True, False),
}


@pytest.fixture(scope="module")
def town(on_database, tmp_path_factory):
    station = make_station(tmp_path_factory.mktemp("rights"))
    town = make_town(station)
    town.add("李桂兰")
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, MONTH, manifests().indicators())
    station.run(api.KeepEdition(str(MONTH), built.as_of, built.figures))
    yield town
    station.close()


def _edition(town):
    town.station.sign_in("secretary")
    with town.station.read() as session:
        return api.editions(session, town.station.actor, MONTH)[0]


def _allowed(act) -> bool:
    try:
        act()
    except PermissionDenied:
        return False
    return True


def test_the_table_names_every_command():
    found = {
        name
        for name, thing in vars(commands).items()
        if isinstance(thing, type) and issubclass(thing, Command) and thing.__module__ == commands.__name__
    }
    assert found == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_commands(town, role, name):
    edition = _edition(town)
    made = {
        "KeepEdition": api.KeepEdition("2026-10", edition.as_of, ()),
        "SignReturn": api.SignReturn(edition.id, edition.version),
        "RecordExport": api.RecordExport(edition.id, "pdf", bytes(32)),
        "RecordAnnex": api.RecordAnnex(edition.id, 1, bytes(32)),
    }
    town.station.sign_in(role)
    if name == "SignReturn" and role == "secretary" and not edition.is_draft:
        pytest.fail("the draft was signed by somebody who may not")
    assert _allowed(lambda: town.station.run(made[name])) is TABLE[name][ROLES.index(role)]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", READINGS)
def test_readings(town, role, name):
    edition = _edition(town)
    actor, clock = town.station.sign_in(role), town.station.clock
    with town.station.read() as session:
        made = {
            "build_figures": lambda: api.build_figures(
                session, actor, clock, MONTH, manifests().indicators()[:1]
            ),
            "editions": lambda: api.editions(session, actor, MONTH),
            "get_edition": lambda: api.get_edition(session, actor, edition.id),
            "rows_of": lambda: rows_of(session, actor, edition.id, "people.residents@"),
            "month_view": lambda: month_view(session, actor, MONTH),
            "page_records": lambda: page_records(session, actor, edition.id, "people.residents@", None, 5),
            "printing": lambda: api.printing(session, actor, clock, "云和社区", edition),
        }
        assert _allowed(made[name]) is READINGS[name][ROLES.index(role)]


def test_nobody_signed_in_does_nothing(town):
    edition = _edition(town)
    town.station.actor = None
    with pytest.raises(PermissionDenied):
        town.station.run(api.KeepEdition("2026-10", edition.as_of, ()))


@pytest.mark.parametrize("figure", ["people.residents@", "people.households@"])
def test_names_outside_the_own_grids_are_masked(town, figure):
    """Whoever reads a return with less reach over people sees the records, not the names."""
    edition = _edition(town)
    secretary = town.station.actor
    reaches = {**secretary.grants, "people.find": secretary.grants["people.find"].OWN}
    for scope, title in ((frozenset({town.grid_a}), "李桂兰"), (frozenset({town.grid_b}), "李*兰")):
        actor = replace(secretary, grants=reaches, scope=scope)
        with town.station.read() as session:
            (row,) = page_records(session, actor, edition.id, figure, None, 5).rows
        assert row.title == title
        assert (row.target_id is not None) == (title == "李桂兰")


@pytest.fixture(scope="module")
def round_of_december(on_database, tmp_path_factory):
    """An elder of grid 一 who did not open and asked for help in the evening; the month's edition is kept."""
    station = make_station(tmp_path_factory.mktemp("round"), at=at("2026-12-03 07:00"))
    town = small_town(station)
    town.enrol("老人1", "甲")
    town.at("2026-12-03 17:30")
    with station.read() as session:
        evening = select(ExpectedCheck.id).where(
            ExpectedCheck.day == date(2026, 12, 3), ExpectedCheck.slot == "evening"
        )
        check_id = session.scalars(evening).one()
    station.run(RecordLook(check_id, "not_ok"))
    town.at("2026-12-04 08:30")
    station.sign_in("secretary")
    month = Month(2026, 12)
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, month, manifests().indicators())
    yield town, station.run(api.KeepEdition(str(month), built.as_of, built.figures))
    station.close()


@pytest.mark.parametrize("figure", ["curtain.elders@", "curtain.due@", "curtain.alarms@"])
def test_elders_windows_and_alarms_of_other_grids_are_masked_too(round_of_december, figure):
    town, edition_id = round_of_december
    secretary = town.station.sign_in("secretary")
    own = dict.fromkeys(("people.find", "checkins.read"), Reach.OWN)
    for grid, shown in (("一", True), ("二", False)):
        actor = replace(secretary, grants={**secretary.grants, **own}, scope=frozenset({town.grids[grid]}))
        with town.station.read() as session:
            rows = page_records(session, actor, edition_id, figure, None, 5).rows
        assert rows
        assert {row.title == "老人1" for row in rows} == {shown}
        assert {row.target_id is not None for row in rows} == {shown}
