"""The demo's share: forty-six elders, a year that balances, and the morning of the pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins import api, demo
from centerdesk.features.checkins.demo_history import Walk, made_up_month
from centerdesk.features.checkins.importing import homes
from centerdesk.features.checkins.indicators_facts import grouped_rates
from centerdesk.features.checkins.models import Alarm, Enrolment
from centerdesk.features.checkins.queries import facade, get_round, last_days
from centerdesk.features.checkins.queries_alarm import locked_alarms
from centerdesk.features.checkins.queries_elder import get_elder, month_matrix
from centerdesk.features.checkins.rules_ladder import Status
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import Month
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.indicators import Span
from tests.features.test_checkins_import import as_truth
from tests.helpers.elders import at, truth, yunhe
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DAY = date(2026, 12, 3)
WORKERS = ("周敏", "陈嘉禾", "孙晓")


@pytest.fixture(scope="module")
def built(on_database, tmp_path_factory):
    """The station after the demo was built, signed in as its secretary, at 08:41:14."""
    root = tmp_path_factory.mktemp("demo")
    station = make_station(root, at=at("2026-10-08 09:30"))
    town, _ = yunhe(station)
    secretary = station.actor
    actors = {"secretary": secretary, "front_desk": station.sign_in("front_desk")}
    with station.database.write_session() as session:
        for name, called in zip(WORKERS, demo.TABLE_NAMES, strict=True):
            account = session.get(Account, town.workers[called])
            account.login = account.name = name
        session.commit()
    for name, called in zip(WORKERS, demo.TABLE_NAMES, strict=True):
        town.workers[name] = town.workers[called]
        town.act_as(name, called)
        actors[name] = station.actor
    station.actor = secretary
    told = []
    given = DemoStation(
        station.bus, station.read, station.clock, station.ring, DAY, actors, WORKERS, root, told.append
    )
    demo.build(given)
    yield station, told
    station.close()


def test_it_lives_through_the_morning(built):
    station, told = built
    assert station.clock.now() == at("2026-12-03 08:41:14")
    with station.read() as session:
        view = get_round(session, station.actor, station.clock.now())
    assert (view.seen, view.expected, view.left) == (35, 44, 9)
    assert (view.counts["paused"], view.counts["not_ok"], view.counts["unclear"]) == (2, 1, 1)
    assert {route.name: route.seen for route in view.routes} == dict(zip(WORKERS, (10, 14, 11), strict=True))
    assert told[-1].endswith("还有 9 户没看，一户未开正有人去敲门。")


def test_the_two_alarms_stand_where_the_picture_has_them(built):
    station, _ = built
    with station.read() as session:
        shut, hazy = sorted(
            api.open_alarms(session, station.actor, station.clock.now()), key=lambda a: a.raised_at
        )
        assert (shut.door, shut.kind, shut.ladder.step.step, shut.ladder.now_who) == (
            "3-2-601",
            "not_ok",
            "knock",
            "陈嘉禾",
        )
        assert shut.passes_at == at("2026-12-03 08:52")
        assert shut.ladder.next_who == "孙建国（楼栋长，有钥匙）"
        assert [s.status for s in shut.ladder.steps[:3]] == [Status.DONE, Status.DONE, Status.CURRENT]
        assert (hazy.door, hazy.kind, hazy.ladder.step.step) == ("5-1-1502", "unclear", "recheck")
        assert hazy.passes_at == at("2026-12-03 08:46")
        elder = get_elder(session, station.actor, shut.enrolment_id, station.clock.now())
        assert [c.name for c in elder.contacts] == ["梁强", "孙建国", "王秀芬"]
        assert len(elder.habit) == 29
        assert elder.open_alarm_id == shut.id
        behind_the_lock = locked_alarms(session, station.clock.now())
    assert {a.name for a in behind_the_lock} == {"E**"}
    assert all("601" not in repr(a) and "孙建国" not in repr(a) for a in behind_the_lock)


def test_a_year_is_booked_and_nothing_of_it_is_open(built):
    station, _ = built
    with station.read() as session:
        now = station.clock.now()
        found = api.balance(session, date(2025, 12, 1), date(2026, 12, 2), now)
        assert found.ok
        assert found.expected == 46 * 2 * 367
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 46
        assert session.scalar(select(func.count()).where(Alarm.closed_at.is_(None))) == 2
        september = grouped_rates(session, Span.of_month(Month(2026, 9), now), "worker")[None]
        assert as_truth(september) == truth()["rates"]
        november = grouped_rates(session, Span.of_month(Month(2026, 11), now), "worker")[None]
        assert 0.985 < len(november.seen) / len(november.due) < 1
        assert len(november.look_alarms) > 5
        days = last_days(session, station.actor, now)
        assert len(days.days) == 13
        assert 0.985 < days.seen / days.due < 1
        assert days.days[-1].day == date(2026, 12, 2)


def test_the_houses_can_be_drawn(built):
    station, _ = built
    with station.read() as session:
        view = get_round(session, station.actor, station.clock.now())
        houses = facade(session, station.actor, view)
        matrix = month_matrix(session, station.actor, Month(2026, 11))
    assert sum(len(h.cells) for h in houses) == 46
    for house in houses:
        for cell in house.cells:
            assert cell.unit <= house.units
            assert cell.floor <= house.floors
            assert cell.place <= house.doors_per_unit
    assert len(matrix) == 46
    assert {len(row.cells) for row in matrix} == {60}


def test_a_made_up_month_is_the_same_every_time(built):
    station, _ = built
    with station.read() as session:
        walk = Walk(homes(session), WORKERS)
    month = date(2026, 5, 1), date(2026, 5, 31)
    one, two = made_up_month(walk, *month), made_up_month(walk, *month)
    assert one == two
    assert one != made_up_month(replace(walk, gapless=True), *month)
