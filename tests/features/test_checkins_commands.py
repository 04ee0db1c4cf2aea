"""Commands of the curtain signal on a real database: enrolment, looks, rounds, pauses, undo."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins import api
from centerdesk.features.checkins.commands import RecordLook, RecordRound, SignOffRound
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm, CloseAlarm
from centerdesk.features.checkins.commands_enrol import (
    AssignWorker,
    EndPause,
    SetPause,
    SetWindows,
    WithdrawElder,
)
from centerdesk.features.checkins.commands_watch import EnsureExpected, Tick, watcher
from centerdesk.features.checkins.models import Alarm, AlarmStep, Enrolment, ExpectedCheck, Look, Pause
from centerdesk.features.checkins.queries import get_round
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.staff.models import Leave
from centerdesk.kernel.errors import ConflictError, NotFound, SecondPersonNeeded, ValidationError
from centerdesk.kernel.undo import UndoOperation, next_undo
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

DAY = date(2026, 12, 3)


@pytest.fixture
def town(tmp_path):
    station = make_station(tmp_path, at=at("2026-12-03 07:00"))
    made = small_town(station)
    yield made
    station.close()


def tick(town):
    return town.station.run(Tick(town.station.clock.now()), actor=watcher("t"))


def check(town, name, slot="morning", day=DAY):
    with town.station.read() as session:
        return session.scalar(
            select(ExpectedCheck)
            .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
            .where(
                Enrolment.resident_id == town.residents[name],
                ExpectedCheck.slot == slot,
                ExpectedCheck.day == day,
            )
        )


def one(town, model, *where):
    with town.station.read() as session:
        return session.scalar(select(model).where(*where))


def states(town, name):
    with town.station.read() as session:
        rows = session.execute(
            select(ExpectedCheck.day, ExpectedCheck.slot, ExpectedCheck.state)
            .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
            .where(Enrolment.resident_id == town.residents[name])
            .order_by(ExpectedCheck.due_at)
        ).all()
    return [(d, s, state) for d, s, state in rows]


def balanced(town):
    with town.station.read() as session:
        found = api.balance(
            session, DAY - timedelta(days=60), DAY + timedelta(days=60), town.station.clock.now()
        )
    assert found.ok, found
    return found


def undo(town):
    with town.station.read() as session:
        step = next_undo(session, town.station.actor, town.station.clock)
    assert step is not None
    town.station.run(UndoOperation(step.op_id))


def test_enrolling_makes_the_rows_of_a_week_at_once(town):
    enrolment = town.enrol("老人1", "甲")
    rows = states(town, "老人1")
    assert len(rows) == 16
    assert {r[2] for r in rows} == {"due"}
    saved = one(town, Enrolment, Enrolment.id == enrolment)
    assert (saved.code, saved.number, saved.consent_on) == ("E01", 1, DAY)
    assert town.station.run(EnsureExpected(), actor=watcher()) == 0
    row = check(town, "老人1")
    assert (row.dwelling_id, row.grid_id) == (town.doors["老人1"], town.grids["一"])
    assert balanced(town).due == 16


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("consent_on", {"consent_on": DAY + timedelta(days=1)}),
        ("first_on", {"first_on": DAY - timedelta(days=1)}),
        ("kind", {"kind": "camera"}),
        ("windows", {"windows": (("morning", time(9, 0), time(8, 0)),)}),
    ],
)
def test_an_enrolment_that_cannot_be(town, field, given):
    with pytest.raises(ValidationError) as refused:
        town.enrol("老人1", "甲", **given)
    assert list(refused.value.fields) == [field]
    assert one(town, Enrolment) is None


def test_an_elder_without_a_door_or_enrolled_twice_is_refused(town):
    town.enrol("老人1", "甲")
    with pytest.raises(ConflictError):
        town.enrol("老人1", "乙")
    with town.station.database.write_session() as session:
        session.get(Household, session.get(Resident, town.residents["老人2"]).household_id).dwelling_id = None
        session.commit()
    with pytest.raises(ValidationError, match="门牌"):
        town.enrol("老人2", "甲")


def test_enrolling_can_be_taken_back(town):
    town.enrol("老人1", "甲")
    undo(town)
    assert one(town, Enrolment) is None
    assert one(town, ExpectedCheck) is None


def test_a_tick_records_the_look_and_can_be_taken_back(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 07:35")
    assert town.station.run(RecordLook(check(town, "老人1").id, "ok")) is None
    row = check(town, "老人1")
    assert (row.state, row.looks, row.in_time) == ("ok", 1, True)
    assert balanced(town).seen == 1
    undo(town)
    row = check(town, "老人1")
    assert (row.state, row.looks, row.in_time, row.first_look_at) == ("due", 0, False, None)
    assert one(town, Look) is None
    town.at("2026-12-03 09:00")
    assert len(tick(town).raised) == 1  # taken back is not seen


@pytest.mark.parametrize("state", ["not_ok", "unclear", "help"])
def test_a_bad_look_opens_an_alarm_that_undo_cannot_take_back(town, state):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:17")
    alarm_id = town.station.run(RecordLook(check(town, "老人1").id, state))
    alarm = one(town, Alarm)
    assert (alarm.id, alarm.kind, alarm.opened_as, alarm.raised_at) == (
        alarm_id,
        state,
        state,
        at("2026-12-03 08:17"),
    )
    with town.station.read() as session:
        step = next_undo(session, town.station.actor, town.station.clock)
    assert step is None or step.label != "看窗"


def test_a_misread_window_is_closed_as_misread_after_looking_again(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:17")
    alarm_id = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    misread = CloseAlarm(alarm_id, "误看", "by_look", "周敏")
    with pytest.raises(ValidationError) as refused:
        town.station.run(misread)
    assert list(refused.value.fields) == ["sighting"]
    assert town.station.run(RecordLook(check(town, "老人1").id, "ok")) == alarm_id
    assert one(town, Alarm).closed_at is None  # a good look alone ends nothing
    town.station.run(misread)
    alarm = one(town, Alarm)
    assert (alarm.outcome, alarm.closed_by) == ("误看", town.station.actor.account_id)
    with pytest.raises(ConflictError):
        town.station.run(misread)
    assert balanced(town).seen == 1


def test_trouble_after_closing_rings_again_in_the_same_row(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:00")
    row = check(town, "老人1")
    alarm_id = town.station.run(RecordLook(row.id, "not_ok"))
    town.station.run(CloseAlarm(alarm_id, "忘拉", "by_phone", "周敏"))
    town.at("2026-12-03 08:40")
    assert town.station.run(RecordLook(row.id, "help")) == alarm_id
    alarm = one(town, Alarm)
    assert (alarm.kind, alarm.closed_at, alarm.outcome, alarm.acknowledged_at) == ("help", None, "", None)
    assert alarm.step == "knock"
    with town.station.read() as session:
        kept = [s.result for s in session.scalars(select(AlarmStep).where(AlarmStep.step == "closed"))]
    assert kept == ["忘拉"]


def test_looks_outside_the_round_are_refused(town):
    town.enrol("老人1", "甲")
    with pytest.raises(ValidationError, match="还没到"):
        town.station.run(RecordLook(check(town, "老人1", "evening").id, "ok"))
    town.at("2026-12-03 17:00")
    with pytest.raises(ValidationError, match="晚间"):
        town.station.run(RecordLook(check(town, "老人1").id, "ok"))
    with pytest.raises(ValidationError, match="只能"):
        town.station.run(RecordLook(check(town, "老人1").id, "unseen"))


def test_an_unseen_window_alarms_at_its_end_and_a_late_look_answers_it(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 09:00")
    raised = tick(town).raised
    assert tick(town).raised == ()
    alarm = one(town, Alarm)
    assert raised == (alarm.id,)
    assert (alarm.raised_at, alarm.kind, alarm.step) == (at("2026-12-03 09:00"), "unseen", "call_a")
    assert check(town, "老人1").state == "unseen"
    town.at("2026-12-03 09:30")
    town.station.run(RecordLook(check(town, "老人1").id, "ok"))
    row, alarm = check(town, "老人1"), one(town, Alarm)
    assert (row.state, row.in_time, row.looks) == ("ok", False, 1)
    assert alarm.late_look_at == at("2026-12-03 09:30")
    assert (alarm.outcome, alarm.closed_by) == ("补看", town.station.actor.account_id)
    undo(town)
    assert check(town, "老人1").state == "unseen"
    assert one(town, Alarm).closed_at is None


def test_after_fifty_minutes_it_is_a_home_to_knock_at(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 09:00")
    tick(town)
    for text, step in [("09:10", "pass_b"), ("09:20", "start_b"), ("09:35", "assign"), ("09:49", "assign")]:
        town.at(f"2026-12-03 {text}")
        tick(town)
        assert one(town, Alarm).step == step
    town.at("2026-12-03 09:50")
    tick(town)
    alarm = one(town, Alarm)
    assert (alarm.kind, alarm.opened_as, alarm.escalated, alarm.step) == ("not_ok", "unseen", True, "knock")
    assert alarm.step_due_at == at("2026-12-03 10:05")
    with town.station.read() as session:
        kept = [s.step for s in session.scalars(select(AlarmStep).order_by(AlarmStep.ordinal))]
        assert session.scalar(select(func.count()).select_from(Alarm)) == 1
    assert kept == ["call_a", "pass_b", "start_b", "assign", "turn", "knock"]
    town.at("2026-12-03 10:00")
    town.station.run(RecordLook(check(town, "老人1").id, "ok"))
    alarm = one(town, Alarm)
    assert (alarm.closed_at, alarm.late_look_at) == (None, at("2026-12-03 10:00"))  # a person must close it
    town.station.run(CloseAlarm(alarm.id, "补看", "by_look", "周敏"))


def test_a_woken_desk_stands_where_the_clock_says(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 10:40")
    tick(town)
    alarm = one(town, Alarm)
    assert (alarm.raised_at, alarm.step, alarm.kind) == (at("2026-12-03 09:00"), "entry", "not_ok")


def test_days_off_alarm_for_every_window_oldest_first(town):
    town.enrol("老人1", "甲")
    town.enrol("老人2", "甲")
    town.at("2026-12-13 08:00")
    raised = tick(town).raised
    with town.station.read() as session:
        order = {a.id: a.raised_at for a in session.scalars(select(Alarm))}
    assert len(raised) == len(order) == 2 * 2 * 10
    assert [order[a] for a in raised] == sorted(order.values())
    assert balanced(town).missed == 40


def test_what_was_done_is_written_and_leads_on(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:17")
    alarm_id = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    assert town.station.run(AdvanceAlarm(alarm_id, "still_shut")) == "phone"
    assert town.station.run(AdvanceAlarm(alarm_id, "phone_none", "座机、手机均无人接")) == "knock"
    assert town.station.run(AdvanceAlarm(alarm_id, "going", assignee_id=town.workers["乙"])) == "knock"
    assert one(town, Alarm).assigned_to == town.workers["乙"]
    assert town.station.run(AdvanceAlarm(alarm_id, "no_answer")) == "contacts"
    assert town.station.run(AdvanceAlarm(alarm_id, "seen")) == "contacts"
    assert one(town, Alarm).closed_at is None
    with pytest.raises(ValidationError):
        town.station.run(AdvanceAlarm(alarm_id, "call_ambulance"))
    with pytest.raises(NotFound):
        town.station.run(AcknowledgeAlarm(town.residents["老人1"]))
    with town.station.read() as session:
        rows = session.execute(
            select(AlarmStep.step, AlarmStep.result)
            .where(AlarmStep.taken_at.is_not(None))
            .order_by(AlarmStep.ordinal)
        ).all()
    assert [tuple(r) for r in rows] == [
        ("recheck", "回程再看，仍未开"), ("phone", "座机、手机均无人接"), ("knock", "已出发"),
        ("knock", "敲门无人应"), ("contacts", "见到本人"),
    ]  # fmt: skip


def test_taking_an_alarm_does_not_hold_it_back(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:17")
    alarm_id = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    town.station.run(AcknowledgeAlarm(alarm_id))
    town.at("2026-12-03 08:40")
    tick(town)
    assert one(town, Alarm).step == "knock"
    assert one(town, Alarm).acknowledged_at == at("2026-12-03 08:17")


def test_a_route_sheet_is_entered_by_exception(town):
    for name in ("老人1", "老人2", "老人3"):
        town.enrol(name, "甲")
    town.at("2026-12-03 08:50")
    homes = opened, shut, skipped = [check(town, name).id for name in ("老人1", "老人2", "老人3")]
    book = RecordRound(town.workers["甲"], "morning", tuple(homes), ((shut, "not_ok"), (skipped, None)))
    assert town.station.run(book) == 2
    assert [check(town, n).state for n in ("老人1", "老人2", "老人3")] == ["ok", "not_ok", "due"]
    with pytest.raises(ConflictError):
        town.station.run(book)
    assert town.station.run(RecordRound(town.workers["甲"], "morning", (opened,))) == 0
    assert town.station.run(RecordRound(town.workers["甲"], "morning", tuple(homes))) == 1


def test_a_round_is_signed_off_when_nothing_waits_and_nothing_is_unanswered(town):
    for name in ("老人1", "老人2"):
        town.enrol(name, "甲")
    sign = SignOffRound(DAY, "morning", town.workers["甲"])
    town.at("2026-12-03 08:50")
    with pytest.raises(ValidationError, match="2 户待看"):
        town.station.run(sign)
    homes = _, shut = check(town, "老人1").id, check(town, "老人2").id
    town.station.run(RecordRound(town.workers["甲"], "morning", homes, ((shut, "not_ok"),)))
    with pytest.raises(ValidationError, match="1 个报警没人接"):
        town.station.run(sign)
    town.station.run(AcknowledgeAlarm(one(town, Alarm).id))
    town.station.run(sign)
    with pytest.raises(ConflictError):
        town.station.run(sign)
    with town.station.read() as session:
        routes = get_round(session, town.station.actor, town.station.clock.now()).routes
    assert [(r.name, r.seen, r.due, r.signed_at) for r in routes] == [("甲", 2, 2, at("2026-12-03 08:50"))]


def test_a_pause_excuses_and_ends_by_itself_or_before(town):
    enrolment = town.enrol("老人1", "甲")
    with pytest.raises(ValidationError):
        town.station.run(SetPause(enrolment, DAY, DAY + timedelta(days=30), "住院"))
    with pytest.raises(ValidationError):
        town.station.run(SetPause(enrolment, DAY, DAY + timedelta(days=2), " "))
    pause_id = town.station.run(
        SetPause(enrolment, DAY, DAY + timedelta(days=2), "住院", last_slot="morning")
    )
    assert [s for *_, s in states(town, "老人1")][:6] == ["paused"] * 5 + ["due"]
    assert balanced(town).excused == 5
    with pytest.raises(ConflictError, match="暂停"):
        town.station.run(RecordLook(check(town, "老人1").id, "ok"))
    with pytest.raises(ConflictError):
        town.station.run(SetPause(enrolment, DAY + timedelta(days=2), DAY + timedelta(days=3), "外出"))
    town.at("2026-12-04 12:00")
    assert tick(town).raised == ()
    town.station.run(EndPause(pause_id, one(town, Pause).version))
    assert check(town, "老人1", day=DAY + timedelta(days=1)).state == "paused"  # it was over
    assert check(town, "老人1", "evening", day=DAY + timedelta(days=1)).state == "due"
    assert balanced(town).excused == 3


def test_an_elder_with_an_open_alarm_stays_on_the_list(town):
    enrolment = town.enrol("老人1", "甲")
    town.at("2026-12-03 08:17")
    alarm_id = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    leave = WithdrawElder(enrolment, 1, DAY)
    with pytest.raises(ConflictError, match="结案"):
        town.station.run(leave)
    town.station.run(CloseAlarm(alarm_id, "去世", "in_person", "周敏"))
    with pytest.raises(ValidationError):
        town.station.run(WithdrawElder(enrolment, 1, DAY - timedelta(days=2)))
    town.station.run(leave)
    assert [s for *_, s in states(town, "老人1")] == ["not_ok", "due", *["void"] * 14]
    assert balanced(town).expected == 2
    with pytest.raises(ConflictError):
        town.station.run(WithdrawElder(enrolment, 2, DAY))
    undo(town)
    assert [s for *_, s in states(town, "老人1")] == ["not_ok", *["due"] * 15]


def test_the_list_follows_a_move_a_leave_a_change_of_worker(town):
    enrolment = town.enrol("老人1", "甲")
    town.elder("邻居", "云和小区", "9-1-101", "二")
    with town.station.database.write_session() as session:
        session.get(
            Household, session.get(Resident, town.residents["老人1"]).household_id
        ).dwelling_id = town.doors["邻居"]
        stamp = {"version": 1, "created_at": at("2026-12-03 07:00"), "updated_at": at("2026-12-03 07:00")}
        session.add(
            Leave(
                account_id=town.workers["甲"],
                deputy_id=town.workers["乙"],
                first_on=DAY + timedelta(days=1),
                last_on=DAY + timedelta(days=1),
                **stamp,
            )
        )
        session.commit()
    assert tick(town).expected == 16
    assert tick(town).expected == 0
    assert check(town, "老人1").grid_id == town.grids["二"]
    assert check(town, "老人1", day=DAY + timedelta(days=1)).worker_id == town.workers["乙"]
    assert check(town, "老人1", day=DAY + timedelta(days=2)).worker_id == town.workers["甲"]
    town.station.run(AssignWorker(enrolment, 1, town.workers["乙"]))
    assert check(town, "老人1", day=DAY + timedelta(days=2)).worker_id == town.workers["乙"]
    balanced(town)


def test_windows_are_changed_by_two_persons_from_the_next_one_on(town):
    enrolment = town.enrol("老人1", "甲")
    town.at("2026-12-03 08:00")
    change = SetWindows(enrolment, (("morning", time(6, 30), time(8, 30)),))
    with pytest.raises(SecondPersonNeeded):
        town.station.run(change)
    first = town.station.actor
    second = town.station.sign_in("secretary+front_desk")
    town.station.actor = first
    town.station.run(change, second=second)
    assert check(town, "老人1").due_at == at("2026-12-03 09:00")
    assert check(town, "老人1", day=DAY + timedelta(days=1)).due_at == at("2026-12-04 08:30")
    assert {s for _, slot, s in states(town, "老人1") if slot == "evening"} == {"void"}
    balanced(town)
