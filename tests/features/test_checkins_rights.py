"""Who may do what with the curtain signal (RELIABILITY 3.5), asked of the bus and of every query."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from centerdesk.features import checkins
from centerdesk.features.checkins import api, queries_elder, queries_resident
from centerdesk.features.checkins.commands import RecordLook, RecordRound, SignOffRound
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm, CloseAlarm
from centerdesk.features.checkins.commands_call import ShowNumber
from centerdesk.features.checkins.commands_enrol import (
    AssignWorker,
    EndPause,
    EnrolElder,
    SetPause,
    SetWindows,
    WithdrawElder,
)
from centerdesk.features.checkins.commands_import import BookCheckins, EnrolBatch
from centerdesk.features.checkins.commands_proposals import (
    DecideEnrolProposal,
    DecideWithdrawProposal,
    ProposeEnrol,
    ProposePause,
    ProposeWithdraw,
)
from centerdesk.features.checkins.commands_sheet import PrintRouteSheet
from centerdesk.features.checkins.commands_watch import ConfirmGap, EnsureExpected, NoteBeat, Tick
from centerdesk.features.checkins.models import Alarm, Enrolment, WatcherBeat, WatchGap
from centerdesk.features.checkins.queries import get_round, last_days
from centerdesk.features.checkins.queries_alarm import get_alarm
from centerdesk.features.checkins.queries_round import find_candidates
from centerdesk.kernel.clock import Month
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import PermissionDenied, UserError
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DAY = date(2026, 12, 3)
ROLES = ("front_desk", "grid_worker", "secretary", "administrator")


@pytest.fixture(scope="module")
def town(on_database, tmp_path_factory):
    """Two enrolled elders in grid 一 walked to by 甲, 老人1 with an open alarm; asked at 08:30."""
    station = make_station(tmp_path_factory.mktemp("rights"), at=at("2026-12-03 07:00"))
    made = small_town(station)
    made.enrol("老人1", "甲")
    made.enrol("老人2", "甲")
    made.at("2026-12-03 08:17")
    station.run(RecordLook(check_id(made, "老人1"), "not_ok"))
    made.at("2026-12-03 08:30")
    yield made
    station.close()


def check_id(town, name):
    return town.window(name, DAY).id


def ids(town):
    with town.station.read() as session:
        return (
            session.scalar(select(Enrolment.id).order_by(Enrolment.code)),
            session.scalar(select(Alarm.id)),
        )


def commands(town):
    enrolment, alarm = ids(town)
    look = check_id(town, "老人2")
    someone = town.workers["甲"]
    return {
        "look": RecordLook(look, "ok"),
        "round": RecordRound(someone, "morning", (look,)),
        "sign": SignOffRound(DAY, "morning", someone),
        "acknowledge": AcknowledgeAlarm(alarm),
        "advance": AdvanceAlarm(alarm, "still_shut"),
        "close": CloseAlarm(alarm, "忘拉", "in_person", ""),
        "enrol": EnrolElder(town.residents["老人3"], someone, DAY + timedelta(days=9), DAY),
        "pause": SetPause(enrolment, DAY, DAY, ""),
        "unpause": EndPause(enrolment, 1),
        "assign": AssignWorker(enrolment, 99, someone),
        "withdraw": WithdrawElder(enrolment, 99, DAY),
        "windows": SetWindows(enrolment, ()),
        "batch": EnrolBatch(()),
        "import": BookCheckins(DAY, DAY - timedelta(days=1), (), {}),
        "show number": ShowNumber(alarm, 0),
        "print": PrintRouteSheet(DAY, "morning", someone),
        "propose": ProposeEnrol(town.residents["老人3"], someone, DAY, DAY),
        "propose pause": ProposePause(enrolment, DAY, DAY, "住院"),
        "propose withdrawal": ProposeWithdraw(enrolment, DAY, "搬走"),
        "decide": DecideEnrolProposal(uuid4(), 1, True, "同意"),
        "decide withdrawal": DecideWithdrawProposal(uuid4(), 1, True, "同意"),
        "confirm gap": ConfirmGap(uuid4()),
        "beat": NoteBeat(1),
        "tick": Tick(town.station.clock.now()),
        "expected": EnsureExpected(),
    }


ALLOWED = {
    "look": ("front_desk", "grid_worker", "secretary"),
    "round": ("front_desk", "grid_worker", "secretary"),
    "sign": ("front_desk", "secretary"),  # a worker signs the own round only
    "acknowledge": ("front_desk", "grid_worker", "secretary"),
    "advance": ("front_desk", "grid_worker", "secretary"),
    "close": ("front_desk", "grid_worker", "secretary"),
    "enrol": ("front_desk", "secretary"),
    "pause": ("front_desk", "secretary"),
    "unpause": ("front_desk", "secretary"),
    "assign": ("front_desk", "secretary"),
    "withdraw": ("secretary",),
    "windows": ("secretary",),
    "batch": ("front_desk", "secretary"),
    "import": ("front_desk", "secretary"),
    "show number": ("front_desk", "grid_worker", "secretary"),
    "print": ("front_desk", "secretary"),  # a worker prints the own route only
    "propose": ("front_desk", "grid_worker", "secretary"),
    "propose pause": ("front_desk", "grid_worker", "secretary"),
    "propose withdrawal": ("grid_worker", "secretary"),
    "decide": ("front_desk", "secretary"),
    "decide withdrawal": ("secretary",),
    "confirm gap": ("front_desk", "grid_worker", "secretary"),
    "beat": (),
    "tick": (),
    "expected": (),
}


def test_the_table_names_every_command_of_the_feature(town):
    names = (found.name for found in pkgutil.iter_modules(checkins.__path__))
    modules = [importlib.import_module(f"{checkins.__name__}.{n}") for n in names if n.startswith("commands")]
    made = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Command) and thing.__module__ == module.__name__
    }
    assert {type(command) for command in commands(town).values()} == made
    assert set(commands(town)) == set(ALLOWED)


def denied(town, command) -> bool:
    """Whether rights stop it; a refusal of another kind does not count. Nothing is kept, so order is no matter."""
    actor = town.station.actor
    with town.station.database.write_session() as session:
        try:
            actor.require(command.permission, command.reach)
            command.execute(UnitOfWork(session, actor, town.station.site))
        except PermissionDenied:
            return True
        except UserError:
            return False
        finally:
            session.rollback()
    return False


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", ALLOWED)
def test_who_may_do_it(town, role, what):
    town.station.sign_in(role, scope=frozenset({town.grids["一"]}))
    assert denied(town, commands(town)[what]) is (role not in ALLOWED[what])


ELSEWHERE = (
    "look", "round", "acknowledge", "advance", "close", "show number", "propose", "propose pause",
    "propose withdrawal",
)  # fmt: skip


@pytest.mark.parametrize("what", ELSEWHERE)
def test_another_grid_is_closed_to_a_grid_worker(town, what):
    town.station.sign_in("grid_worker", scope=frozenset({town.grids["二"]}))
    assert denied(town, commands(town)[what])


def test_whoever_stands_in_reaches_that_round_whatever_the_grid(town):
    town.act_as("甲")  # no grid of the own in scope
    with town.station.read() as session:
        assert len(get_round(session, town.station.actor, town.station.clock.now()).rows) == 2
    assert not denied(town, commands(town)["acknowledge"])
    town.station.sign_in("grid_worker")
    assert denied(town, commands(town)["acknowledge"])


def test_whoever_is_sent_reaches_that_alarm(town):
    _, alarm = ids(town)
    town.station.sign_in("secretary")
    town.station.run(AdvanceAlarm(alarm, "assign", assignee_id=town.workers["乙"]))
    town.act_as("乙")
    with town.station.read() as session:
        assert [a.id for a in api.open_alarms(session, town.station.actor, town.station.clock.now())] == [
            alarm
        ]
        enrolment = get_alarm(session, town.station.actor, alarm, town.station.clock.now()).enrolment_id
        assert queries_elder.get_elder(session, town.station.actor, enrolment, town.station.clock.now())
    town.station.sign_in("secretary")
    town.station.run(AdvanceAlarm(alarm, "assign", assignee_id=town.workers["甲"]))


def readings(town):
    enrolment, alarm = ids(town)
    now, actor = town.station.clock.now(), town.station.actor
    return {
        "round": lambda s: len(get_round(s, actor, now).rows),
        "summary": lambda s: api.round_summary(s, actor, now).expected,
        "alarms": lambda s: len(api.open_alarms(s, actor, now)),
        "alarm": lambda s: len([get_alarm(s, actor, alarm, now)]),
        "elder": lambda s: len([queries_elder.get_elder(s, actor, enrolment, now)]),
        "enrolments": lambda s: len(queries_elder.list_enrolments(s, actor, DAY)),
        "matrix": lambda s: len(queries_elder.month_matrix(s, actor, Month(2026, 12))),
        "rates": lambda s: len(
            queries_elder.month_rates(s, actor, Month(2026, 12), now + timedelta(days=1)).due
        ),
        "days": lambda s: len(last_days(s, actor, now).days) - 13,
        "timeline": lambda s: len(
            queries_elder.timeline(s, actor, "resident", town.residents["老人1"], None, 9)
        ),
    }


@pytest.mark.parametrize(
    "what", ["round", "summary", "alarms", "alarm", "elder", "enrolments", "matrix", "rates", "timeline"]
)
def test_another_grid_sees_nothing_and_the_administrator_is_refused(town, what):
    def read(role, *grids):
        town.station.sign_in(role, scope=frozenset(town.grids[g] for g in grids))
        with town.station.read() as session:
            try:
                return readings(town)[what](session)
            except PermissionDenied:
                return "refused"

    assert read("secretary") == read("front_desk") == read("grid_worker", "一") > 0
    assert read("grid_worker", "二") in (0, "refused")
    assert read("administrator") == "refused"


@pytest.mark.parametrize(
    ("role", "grids", "told"),
    [
        ("secretary", "", True),
        ("grid_worker", "一", True),
        ("grid_worker", "二", False),
        ("administrator", "", False),
    ],
)
def test_that_somebody_is_enrolled_is_told_within_reach_only(town, role, grids, told):
    actor = town.station.sign_in(role, scope=frozenset(town.grids[g] for g in grids))
    with town.station.read() as session:
        found = queries_resident.is_enrolled(session, actor, town.residents["老人1"], town.station.clock)
    assert found is told


@pytest.mark.parametrize(
    ("role", "enrols", "proposes"),
    [
        ("front_desk", True, True),
        ("grid_worker", False, True),
        ("secretary", True, True),
        ("administrator", False, False),
    ],
)
def test_who_may_be_enrolled_is_told_to_who_may_ask(town, role, enrols, proposes):
    actor = town.station.sign_in(role, scope=frozenset({town.grids["一"]}))

    def told(ask) -> bool:
        with town.station.read() as session:
            try:
                ask(session)
            except PermissionDenied:
                return False
        return True

    elder = town.residents["老人3"]
    assert told(lambda s: queries_resident.candidate(s, actor, elder, town.station.clock)) is enrols
    assert told(lambda s: find_candidates(s, actor, "老人", DAY)) is proposes


def test_confirming_a_gap_needs_somebody_who_takes_alarms(town):
    now = town.station.clock.now()
    gap = WatchGap(id=town.residents["老人1"], from_at=now, to_at=now, cause="clock")
    with town.station.database.write_session() as session:
        session.add(gap)
        session.add(WatcherBeat(id=1, at=now, high_water=now + timedelta(days=400), pid=1))
        session.commit()
    town.station.sign_in("administrator")
    assert denied(town, ConfirmGap(gap.id))
    town.station.sign_in("front_desk")
    town.station.run(ConfirmGap(gap.id))
    with town.station.read() as session:
        assert session.get(WatcherBeat, 1).high_water == now
    with pytest.raises(UserError, match="已经"):
        town.station.run(ConfirmGap(gap.id))
