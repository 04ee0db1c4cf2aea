"""Whoever an alarm asks for finds it on the own desk, in whichever grid it lies, and can do something about it."""

from __future__ import annotations

from datetime import date

import pytest

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm
from centerdesk.features.checkins.commands_call import OWN_PHONE, ShowNumber
from centerdesk.features.checkins.commands_watch import Tick, watcher
from centerdesk.features.checkins.models import Alarm
from centerdesk.features.checkins.queries import get_round
from centerdesk.features.checkins.queries_alarm import get_alarm, open_alarms
from centerdesk.features.checkins.queries_elder import get_elder
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.features.staff.commands import TakeLeave
from centerdesk.kernel.errors import PermissionDenied
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DAY = date(2026, 12, 3)
GRIDS = {"甲": "一", "乙": "二", "丙": "三"}


@pytest.fixture
def town(tmp_path):
    """老人1 of 甲 was not looked at in time; 乙 and 丙 walk in other grids, nobody is B of any."""
    station = make_station(tmp_path, at=at("2026-12-03 07:00"))
    made = small_town(station)
    made.worker("丙", "三")
    made.enrol("老人1", "甲")
    made.at("2026-12-03 09:00")
    tick(made)
    yield made
    station.close()


def tick(town) -> None:
    town.station.run(Tick(town.station.clock.now()), actor=watcher("t"))


def leave(town, away, deputy) -> None:
    town.station.sign_in("secretary")
    town.station.run(TakeLeave(town.workers[away], town.workers[deputy], DAY, DAY))
    tick(town)


def seen_by(town, who):
    """The alarms on this person's desk. The scope is that of the sign-in, before any leave was booked."""
    town.act_as(who, GRIDS[who])
    with town.station.read() as session:
        return open_alarms(session, town.station.actor, town.station.clock.now())


def desks(town) -> str:
    """Who has the alarm on the desk."""
    return "".join(who for who in GRIDS if seen_by(town, who))


def named(town) -> str:
    return seen_by(town, "甲")[0].ladder.now_who


def test_the_list_passes_to_somebody_of_another_grid(town):
    assert desks(town) == "甲"
    town.at("2026-12-03 09:10")
    assert named(town) == "乙"
    assert desks(town) == "甲乙"


def test_who_is_asked_can_look_take_it_and_see_the_card(town):
    town.at("2026-12-03 09:10")
    (row,) = seen_by(town, "乙")
    station, now = town.station, town.station.clock.now()
    with station.read() as session:
        assert get_alarm(session, station.actor, row.id, now).id == row.id
        assert get_elder(session, station.actor, row.enrolment_id, now).enrolment.id == row.enrolment_id
        assert [r.check_id for r in get_round(session, station.actor, now).rows] == [row.check_id]
    assert station.run(ShowNumber(row.id, OWN_PHONE)) == ""
    station.run(AcknowledgeAlarm(row.id))
    assert station.run(RecordLook(row.check_id, "not_ok")) == row.id
    station.run(AdvanceAlarm(row.id, Act.NO_ANSWER_PHONE))


@pytest.mark.parametrize(("time", "who"), [("09:09", "乙"), ("09:49", "丙")])
def test_who_is_not_asked_stays_outside(town, time, who):
    (row,) = seen_by(town, "甲")
    town.at(f"2026-12-03 {time}")
    assert seen_by(town, who) == ()
    now = town.station.clock.now()
    with town.station.read() as session:
        assert get_round(session, town.station.actor, now).rows == ()
        for read in (get_alarm, get_elder):
            with pytest.raises(PermissionDenied):
                read(session, town.station.actor, row.id if read is get_alarm else row.enrolment_id, now)
    for command in (AcknowledgeAlarm(row.id), RecordLook(row.check_id, "ok"), ShowNumber(row.id, OWN_PHONE)):
        with pytest.raises(PermissionDenied):
            town.station.run(command)


def test_an_act_that_goes_ahead_of_the_clock_asks_at_once(town):
    """甲 saw it shut again after a minute: telephoning is next, and that is 乙's."""
    town.station.sign_in("secretary")
    town.enrol("老人2", "甲", first_on=DAY)
    town.at("2026-12-03 17:40")
    home = town.window("老人2", DAY, "evening").id
    town.act_as("甲", "一")
    shut = town.station.run(RecordLook(home, "not_ok"))
    assert shut not in [a.id for a in seen_by(town, "乙")]
    town.act_as("甲", "一")
    town.station.run(AdvanceAlarm(shut, Act.STILL_SHUT))
    assert shut in [a.id for a in seen_by(town, "乙")]


def test_it_is_over_with_the_alarm(town):
    town.at("2026-12-03 09:10")
    (row,) = seen_by(town, "乙")
    town.station.run(RecordLook(row.check_id, "ok"))
    with town.station.read() as session:
        assert session.get(Alarm, row.id).closed_at is not None
        with pytest.raises(PermissionDenied):
            get_elder(session, town.station.actor, row.enrolment_id, town.station.clock.now())


def test_who_took_it_and_goes_on_leave_hands_it_on(town):
    (row,) = seen_by(town, "甲")
    town.station.run(AcknowledgeAlarm(row.id))
    leave(town, "甲", "丙")
    assert "丙" in desks(town)
    assert named(town) == "丙"


def test_nobody_on_leave_is_named(town):
    """甲 is away and 丙 stands in, 乙 is away too: the list is with 丙, and B 岗 is the front desk."""
    front = town.worker("前", role="front_desk")
    leave(town, "甲", "丙")
    leave(town, "乙", "丙")
    assert named(town) == "丙"
    town.at("2026-12-03 09:10")
    assert named(town) == "前"
    assert "乙" not in desks(town)
    assert front


def test_a_secretary_on_leave_is_not_the_one_who_is_called(town):
    secretary = town.station.sign_in("secretary")
    town.station.run(TakeLeave(secretary.account_id, town.workers["丙"], DAY, DAY))
    town.at("2026-12-03 09:20")
    assert named(town) == "丙"
    assert "丙" in desks(town)
