"""Who is away and who stands in: the windows and the alarms of an absent colleague always reach somebody present."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm
from centerdesk.features.checkins.commands_watch import Tick, watcher
from centerdesk.features.checkins.commands_watching import Watch
from centerdesk.features.checkins.queries_alarm import open_alarms
from centerdesk.features.staff.commands import DeactivateAccount, EndLeave, SetRoles, TakeLeave
from centerdesk.features.staff.models import Account
from centerdesk.kernel.errors import ConflictError, PermissionDenied, ValidationError
from centerdesk.kernel.undo import UndoOperation
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DAY = date(2026, 12, 3)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def town(tmp_path):
    station = make_station(tmp_path, at=at("2026-12-03 07:00"))
    made = small_town(station)
    made.worker("丙", "三")
    made.enrol("老人1", "甲")
    yield made
    station.close()


def leave(town, away, deputy, first=DAY, last=NEXT):
    town.station.sign_in("secretary")
    town.station.run(TakeLeave(town.workers[away], town.workers[deputy], first, last))


def looks_after(town, day=NEXT):
    """Who the morning's window of `day` is with, after the watcher has looked."""
    town.station.run(Tick(town.station.clock.now()), actor=watcher("t"))
    worker = town.window("老人1", day).worker_id
    names = {a: name for name, a in town.workers.items()} | {
        town.station.accounts["secretary"].account_id: "书记"
    }
    return names[worker]


def switch_off(town, name):
    with town.station.database.write_session() as session:
        session.get(Account, town.workers[name]).active = False
        session.commit()


def test_a_deputy_who_goes_on_leave_too_hands_the_round_on(town):
    leave(town, "甲", "乙")
    leave(town, "乙", "丙")
    assert looks_after(town) == "丙"
    assert looks_after(town, NEXT + timedelta(days=1)) == "甲"


def test_the_leave_booked_last_names_the_deputy(town):
    leave(town, "甲", "乙")
    leave(town, "甲", "丙", NEXT, NEXT)
    assert (looks_after(town, DAY), looks_after(town, NEXT)) == ("乙", "丙")


def test_a_deputy_must_be_here_when_the_leave_is_booked(town):
    leave(town, "乙", "丙", NEXT, NEXT)
    with pytest.raises(ValidationError) as refused:
        leave(town, "甲", "乙")
    assert set(refused.value.fields) == {"deputy_id"}
    switch_off(town, "丙")
    with pytest.raises(ValidationError) as refused:
        leave(town, "甲", "丙")
    assert set(refused.value.fields) == {"deputy_id"}


def test_two_who_were_to_stand_in_for_one_another_leave_it_to_the_secretary(town):
    leave(town, "甲", "乙")
    leave(town, "乙", "丙")
    switch_off(town, "丙")
    assert looks_after(town) == "书记"


def test_the_windows_of_an_account_that_was_switched_off_come_to_the_secretary(town):
    administrator = town.station.sign_in("administrator")
    secretary = town.station.sign_in("secretary")
    town.station.actor = administrator
    town.station.run(DeactivateAccount(town.workers["甲"], 1), second=secretary)
    assert looks_after(town) == "书记"


@pytest.mark.parametrize(("roles", "who"), [(("administrator",), "书记"), (("front_desk",), "甲")])
def test_the_windows_of_somebody_who_works_here_no_longer_come_to_the_secretary(town, roles, who):
    """An administrator sees no window: a round under that name would be nobody's."""
    administrator = town.station.sign_in("administrator")
    secretary = town.station.sign_in("secretary")
    town.station.actor = administrator
    town.station.run(SetRoles(town.workers["甲"], 1, roles), second=secretary)
    assert looks_after(town) == who


def test_a_leave_taken_back_in_the_middle_gives_back_what_nobody_looked_at(town):
    town.enrol("老人2", "甲")
    town.at("2026-12-03 08:00")
    town.station.sign_in("secretary")
    booked = town.station.outcome(TakeLeave(town.workers["甲"], town.workers["丙"], DAY, DAY))
    assert looks_after(town, DAY) == "丙"
    town.station.run(UndoOperation(booked.changes.op_id))
    assert looks_after(town, DAY) == "甲"


def test_who_is_back_early_looks_again_from_today_on(town):
    later = NEXT + timedelta(days=1)
    leave(town, "甲", "丙", DAY, later)
    leave(town, "甲", "乙", DAY + timedelta(days=6), DAY + timedelta(days=7))
    assert (looks_after(town, DAY), looks_after(town, NEXT)) == ("丙", "丙")
    town.at("2026-12-04 07:00")
    town.station.sign_in("secretary")
    town.station.run(EndLeave(town.workers["甲"]))
    assert (looks_after(town, DAY), looks_after(town, NEXT), looks_after(town, later)) == ("丙", "甲", "甲")
    assert looks_after(town, DAY + timedelta(days=6)) == "乙"  # next week's leave was not meant
    town.station.sign_in("secretary")
    town.station.run(EndLeave(town.workers["甲"]))
    assert looks_after(town, DAY + timedelta(days=6)) == "甲"
    town.station.sign_in("secretary")
    with pytest.raises(ConflictError):
        town.station.run(EndLeave(town.workers["甲"]))


def test_a_leave_booked_after_the_alarm_rang_gives_the_alarm_to_the_deputy(town):
    station = town.station
    watch = Watch(station.database.read_session, station.database.write_session, station.bus, 1)
    town.at("2026-12-03 09:00")
    (alarm_id,) = watch.look().raised
    town.act_as("丙", "三")
    with station.read() as session:
        assert open_alarms(session, station.actor, station.clock.now()) == ()
    with pytest.raises(PermissionDenied):
        station.run(AcknowledgeAlarm(alarm_id))
    leave(town, "甲", "丙", DAY, DAY)
    watch.look()
    town.act_as("丙", "三")
    with station.read() as session:
        (row,) = open_alarms(session, station.actor, station.clock.now())
    assert row.id == alarm_id
    station.run(AcknowledgeAlarm(alarm_id))
    assert watch.look().tick is None
