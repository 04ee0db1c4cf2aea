"""What the desk refuses, what a table may do to a live window, and what the pages read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins import api
from centerdesk.features.checkins.commands import RecordLook, RecordRound, SignOffRound
from centerdesk.features.checkins.commands_alarm import CloseAlarm
from centerdesk.features.checkins.commands_enrol import (
    AssignWorker,
    EndPause,
    SetPause,
    SetWindows,
    WithdrawElder,
)
from centerdesk.features.checkins.commands_import import BookCheckins
from centerdesk.features.checkins.commands_watch import ConfirmGap, NoteBeat, Tick, watcher
from centerdesk.features.checkins.importing import homes, read_enrolments, read_table, workers_by_name
from centerdesk.features.checkins.models import Alarm, AlarmStep, Enrolment, ExpectedCheck, Look, Pause
from centerdesk.features.checkins.queries import get_round
from centerdesk.features.checkins.queries_alarm import get_alarm
from centerdesk.features.checkins.queries_elder import get_elder, list_enrolments, month_rates, timeline
from centerdesk.features.checkins.rules import state_title
from centerdesk.features.checkins.rules_table import (
    OutcomeLine,
    Submission,
    TableLook,
    match,
    moment,
    past_alarm,
    state_of,
)
from centerdesk.features.people.models import Resident
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import Month
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import ConflictError, NotFound, PermissionDenied, UserError, ValidationError
from centerdesk.kernel.manifest import Tone
from tests.features.test_checkins_commands import DAY, balanced, check, one, tick, town
from tests.helpers.elders import at

pytestmark = [pytest.mark.db, pytest.mark.databases]

__all__ = ["town"]


def change(town, model, row_id, **values):
    with town.station.database.write_session() as session:
        row = session.get(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


# --- refusals ------------------------------------------------------------------------------------


def test_enrolling_wants_a_colleague_in_use_a_present_resident_a_free_code(town):
    town.enrol("老人1", "甲", code="E07")
    with pytest.raises(ValidationError) as refused:
        town.enrol("老人2", "甲", code="E07")
    assert list(refused.value.fields) == ["code"]
    town.enrol("老人2", "甲")
    assert one(town, Enrolment, Enrolment.code == "E08") is not None
    change(town, Account, town.workers["乙"], active=False)
    change(town, Resident, town.residents["老人3"], status="迁出")
    with pytest.raises(ValidationError) as refused:
        town.enrol("老人3", "乙")
    assert list(refused.value.fields) == ["worker_id", "resident_id"]
    with pytest.raises(ValidationError):
        town.station.run(AssignWorker(one(town, Enrolment).id, 1, town.workers["乙"]))


def test_what_is_no_slot_no_window_no_state_is_refused(town):
    enrolment = town.enrol("老人1", "甲")
    with pytest.raises(ValidationError) as refused:
        town.station.run(SetPause(enrolment, DAY, DAY, "住院", "midnight"))
    assert list(refused.value.fields) == ["first_slot"]
    second = town.station.sign_in("secretary+front_desk")
    town.station.sign_in("secretary")
    with pytest.raises(ValidationError):
        town.station.run(SetWindows(enrolment, ()), second=second)
    home = check(town, "老人1").id
    with pytest.raises(ValidationError):
        town.station.run(RecordRound(town.workers["甲"], "morning", (home,), ((home, "asleep"),)))


def test_a_new_noon_window_comes_from_today_on(town):
    enrolment = town.enrol("老人1", "甲")
    second = town.station.sign_in("secretary+front_desk")
    town.station.sign_in("secretary")
    from datetime import time

    wanted = (
        ("morning", time(7, 30), time(9)),
        ("noon", time(11, 30), time(13)),
        ("evening", time(17, 30), time(20)),
    )
    town.station.run(SetWindows(enrolment, wanted), second=second)
    town.at("2026-12-03 12:00")
    with town.station.read() as session:
        assert len(get_round(session, town.station.actor, town.station.clock.now(), slot="noon").rows) == 1
    town.station.run(RecordLook(check(town, "老人1", "noon").id, "ok"))
    balanced(town)


def test_who_left_the_list_is_not_looked_at_and_a_past_pause_is_not_ended(town):
    enrolment = town.enrol("老人1", "甲")
    pause = town.station.run(SetPause(enrolment, DAY, DAY, "外出"))
    town.at("2026-12-04 08:00")
    with pytest.raises(ConflictError, match="到期"):
        town.station.run(EndPause(pause, 1))
    town.station.run(WithdrawElder(enrolment, 1, DAY))
    with pytest.raises(NotFound):
        town.station.run(RecordLook(check(town, "老人1", day=DAY + timedelta(days=1)).id, "ok"))
    with pytest.raises(ValidationError, match="没有要看"):
        town.station.run(SignOffRound(DAY + timedelta(days=1), "morning", town.workers["甲"]))


def test_a_pause_that_has_not_begun_is_simply_gone(town):
    enrolment = town.enrol("老人1", "甲")
    pause = town.station.run(SetPause(enrolment, DAY + timedelta(days=2), DAY + timedelta(days=3), "外出"))
    town.station.run(EndPause(pause, 1))
    assert one(town, Pause) is None
    evening = town.station.run(SetPause(enrolment, DAY, DAY + timedelta(days=1), "外出"))
    town.at("2026-12-03 18:00")
    town.station.run(EndPause(evening, 1))
    kept = one(town, Pause)
    assert (kept.last_on, kept.last_slot) == (DAY, "noon")
    assert check(town, "老人1", "evening").state == "due"


def test_another_worker_s_round_is_signed_by_the_worker_or_the_secretary(town):
    town.enrol("老人1", "甲")
    town.act_as("乙", "一")
    with pytest.raises(PermissionDenied, match="别人"):
        town.station.run(SignOffRound(DAY, "morning", town.workers["甲"]))


def test_a_missing_gap_and_the_heartbeat_of_a_hand_run(town):
    with pytest.raises(NotFound):
        town.station.run(ConfirmGap(town.residents["老人1"]))
    for _ in range(2):
        town.station.run(NoteBeat(7), actor=watcher())
    with town.station.read() as session:
        state = api.watch_state(session, town.station.clock.now())
    assert (state.beat_at, state.silent) == (town.station.clock.now(), False)


def test_a_window_that_lost_its_look_rings_under_its_first_alarm(town):
    """As after restoring a copy in which the look was not yet: never a second row, never silence."""
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:00")
    alarm = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    town.station.run(CloseAlarm(alarm, "忘拉", "in_person", "周敏"))
    change(
        town, ExpectedCheck, check(town, "老人1").id, state="due", looks=0, first_look_at=None, in_time=False
    )
    town.at("2026-12-03 09:00")
    assert tick(town).raised == (alarm,)
    assert one(town, Alarm).closed_at is None


# --- a table over a live window ------------------------------------------------------------------


def book(town, text, state, name="老人1", outcomes=(), day=DAY):
    row = check(town, name, day=day)
    look = TableLook(2, row.enrolment_id, day, "morning", at(text), state, "甲", "补")
    command = BookCheckins(day, day, (look,), {"甲": town.workers["甲"]}, tuple(outcomes))
    return town.station.run(command)


def test_a_table_shows_the_late_look_and_closes_nothing(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 09:40")
    tick(town)
    outcome = OutcomeLine("E01", DAY, "morning", at("2026-12-03 09:35"), "忘拉", "甲")
    assert book(town, "2026-12-03 09:30", "ok", outcomes=[outcome]).looks == 1
    alarm = one(town, Alarm)
    assert (alarm.closed_at, alarm.late_look_at) == (None, at("2026-12-03 09:30"))
    assert check(town, "老人1").state == "ok"
    assert book(town, "2026-12-03 09:30", "ok").known == 1
    town.station.run(CloseAlarm(alarm.id, "补看", "by_look", "甲"))
    assert book(town, "2026-12-03 09:20", "ok").looks == 1
    assert one(town, Alarm).closed_at is not None
    balanced(town)


@pytest.mark.parametrize(("state", "step"), [("not_ok", "knock"), ("help", "contacts")])
def test_a_table_opens_what_it_must(town, state, step):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:30")
    assert book(town, "2026-12-03 08:10", state).looks == 1
    alarm = one(town, Alarm)
    assert (alarm.opened_as, alarm.raised_at, alarm.step) == (state, at("2026-12-03 08:10"), step)
    town.station.run(CloseAlarm(alarm.id, "忘拉", "by_phone", "甲"))
    book(town, "2026-12-03 08:20", "help")  # before the closing: what it knew already
    assert one(town, Alarm).closed_at is not None
    town.at("2026-12-03 08:50")
    book(town, "2026-12-03 08:45", "help")
    assert (one(town, Alarm).closed_at, one(town, Alarm).kind) == (None, "help")


def test_a_table_turns_an_unseen_alarm_into_what_was_seen(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 09:10")
    tick(town)
    book(town, "2026-12-03 09:05", "unclear")
    alarm = one(town, Alarm)
    assert (alarm.kind, alarm.opened_as, alarm.closed_at) == ("unclear", "unseen", None)


def test_a_look_during_a_pause_is_kept_and_counts_for_nothing(town):
    enrolment = town.enrol("老人1", "甲")
    town.station.run(SetPause(enrolment, DAY, DAY, "住院"))
    town.at("2026-12-03 08:30")
    assert book(town, "2026-12-03 08:10", "not_ok").looks == 1
    assert (check(town, "老人1").state, check(town, "老人1").looks) == ("paused", 0)
    assert one(town, Alarm) is None
    assert one(town, Look).note == "补"
    balanced(town)


def test_looks_of_the_future_wait_and_days_run_forward(town):
    town.enrol("老人1", "甲")
    assert book(town, "2026-12-03 08:10", "ok").looks == 0
    with pytest.raises(ValidationError):
        town.station.run(BookCheckins(DAY, DAY - timedelta(days=1), (), {}))


# --- reading a table -----------------------------------------------------------------------------


def test_a_written_table_is_read_from_csv_with_all_its_faults(town, tmp_path: Path):
    town.enrol("老人1", "甲")
    town.enrol("老人2", "乙", code="E22")
    lines = [
        "某某社区看窗登记", "提交时间,网格员,楼栋房号,窗帘状态,备注",
        "2026/12/3 8:01,甲,3号楼1单元201,已开,", "昨天,甲,3-1-201,已开,", "2026-12-03 08:02:00,丁,3-1-201,已开,",
        "2026-12-03 08:03:00,甲,3-1-201,挺好,", "2026-12-03 08:04:00,甲,3-1-301,已开,", ",,,,",
        "2026-12-03 08:05:00,甲,云和小区3-1-301,开,代看",
    ]  # fmt: skip
    path = tmp_path / "表.csv"
    path.write_text("\n".join(lines), "utf-8")
    with town.station.read() as session:
        reading = read_table(path, homes(session))
        assert workers_by_name(session)["甲"] == town.workers["甲"]
    assert [(u.row, u.reason) for u in reading.matched.unmatched] == [
        (4, "no time"), (5, "no such worker"), (6, "no such state"), (7, "no such room"),
    ]  # fmt: skip
    assert [(x.row, x.at, x.note) for x in reading.matched.looks] == [
        (3, at("2026-12-03 08:01"), ""), (9, at("2026-12-03 08:05"), "代看"),
    ]  # fmt: skip
    assert (reading.first, reading.last) == (DAY, DAY)


def test_a_door_that_two_homes_share_is_not_guessed(town):
    town.elder("别处", "望江苑", "3-1-201", "一")
    town.enrol("老人1", "甲")
    town.enrol("别处", "甲")
    with town.station.read() as session:
        known = homes(session)
    row = Submission(2, at("2026-12-03 08:00"), "甲", "3-1-201", "已开")
    assert match([row], known).unmatched[0].reason == "two homes"


@pytest.mark.parametrize(
    ("text", "slot", "state"),
    [
        ("已开", "morning", "ok"), ("已开", "evening", "not_ok"), ("拉上了", "evening", "ok"),
        ("已拉上", "morning", "not_ok"), (" 求助 ", "evening", "help"), ("看不清", "morning", "unclear"),
        ("?", "morning", None),
    ],
)  # fmt: skip
def test_words_for_what_was_seen(text, slot, state):
    assert state_of(text, slot) == state


@pytest.mark.parametrize("text", ["", "昨天", "2026-13-01 08:00", "8:00"])
def test_a_time_that_is_none(text):
    assert moment(text) is None


def test_history_is_read_as_the_watcher_would_have_done():
    due = at("2026-09-01 09:00")

    def past(*looks):
        found = past_alarm([(due + timedelta(minutes=m), s) for m, s in looks], due)
        return found and (found.opened_as, found.kind, found.escalated, found.late_look_at)

    assert past((-5, "ok")) is None
    assert past() == ("unseen", "not_ok", True, None)
    assert past((50, "ok")) == ("unseen", "unseen", False, due + timedelta(minutes=50))
    assert past((51, "ok")) == ("unseen", "not_ok", True, due + timedelta(minutes=51))
    assert past((20, "help")) == ("unseen", "help", False, due + timedelta(minutes=20))
    assert past((-9, "unclear"), (-2, "help")) == ("unclear", "help", False, None)


def test_an_enrolment_list_with_a_bad_line_names_it():
    header = "户代码,姓名,证件号,小区,楼栋房号,网格员,登记起,登记止,早窗起,早窗止,晚窗起,晚窗止,"
    header += "暂停起,暂停止,暂停原因\n"
    good = "E01,某,1,云和小区,1-1-101,甲,2026-03-01,,07:30,09:00,,,2026-03-05,2026-03-06 早,外出\n"
    (line,) = read_enrolments("\ufeff" + header + good)
    assert [w[0] for w in line.windows] == ["morning"]
    assert line.pauses == ((date(2026, 3, 5), "morning", date(2026, 3, 6), "morning", "外出"),)
    with pytest.raises(UserError, match="第 3 行"):
        read_enrolments(header + good + good.replace("2026-03-01", "三月一日"))


# --- what the pages read -------------------------------------------------------------------------


def test_an_elder_s_page_and_line(town):
    enrolment = town.enrol("老人1", "甲", look_from="站南花坛")
    town.at("2026-12-03 07:40")
    town.station.run(RecordLook(check(town, "老人1").id, "ok"))
    town.at("2026-12-04 08:00")
    tick(town)
    alarm = town.station.run(RecordLook(check(town, "老人1", day=DAY + timedelta(days=1)).id, "help"))
    now = town.station.clock.now()
    with town.station.read() as session:
        actor = town.station.actor
        elder = get_elder(session, actor, enrolment, now)
        assert (elder.enrolment.look_from, elder.enrolment.age, elder.open_alarm_id is not None) == (
            "站南花坛",
            85,
            True,
        )
        assert [(h.day.day, h.slot, h.state) for h in elder.habit] == [
            (3, "morning", "ok"), (3, "evening", "unseen"), (4, "morning", "help"),
        ]  # fmt: skip
        assert f"{elder.usual_at:%H:%M}" == "07:50"
        lines = timeline(session, actor, "resident", town.residents["老人1"], None, 10)
        assert [(t.title, t.tone) for t in lines] == [
            ("早间窗帘 · 求助", Tone.ALARM), ("晚间窗帘 · 未看", Tone.ALARM),
        ]  # fmt: skip
        older = timeline(session, actor, "resident", town.residents["老人1"], lines[0].at, 10)
        assert older == lines[1:]
        assert [r.code for r in list_enrolments(session, actor, DAY)] == ["E01"]
        urgent = api.open_alarms(session, actor, now)
        assert [a.kind for a in urgent] == ["help", "not_ok"]
        assert get_alarm(session, actor, alarm, now) == urgent[0]
        summary = api.round_summary(session, actor, now)
        assert (summary.expected, summary.seen, summary.left, summary.alarms) == (1, 1, 0, 2)
        assert [(b.building, b.states) for b in summary.buildings] == [("3", ("help",))]
        december = month_rates(session, actor, Month(2026, 12), now, "morning")
        assert (len(december.due), len(december.seen)) == (1, 1)  # today's morning is not over
        with pytest.raises(NotFound):
            get_elder(session, actor, town.residents["老人1"], now)
        with pytest.raises(NotFound):
            get_alarm(session, actor, enrolment, now)


def test_closed_alarms_stay_readable_with_their_ladder(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 08:00")
    alarm = town.station.run(RecordLook(check(town, "老人1").id, "not_ok"))
    town.at("2026-12-03 08:12")
    town.station.run(CloseAlarm(alarm, "忘拉", "in_person", "周敏"))
    town.at("2026-12-05 08:00")
    with town.station.read() as session:
        row = get_alarm(session, town.station.actor, alarm, town.station.clock.now())
        (line,) = timeline(session, town.station.actor, "household", _household(session, town), None, 5)
    assert (row.outcome, row.ladder.step.step) == ("忘拉", "phone")  # it stands where it was closed
    assert line.detail == "结案：忘拉"


def _household(session, town):
    return session.scalar(select(Resident.household_id).where(Resident.id == town.residents["老人1"]))


def test_rows_can_be_rebuilt_from_a_day_on(town):
    class Rebuild(Command[int]):
        label, permission, undoable = "重排", "checkins.rules", False

        def execute(self, uow):
            return api.rebuild_expected(uow, DAY, 10)

    town.enrol("老人1", "甲")
    assert town.station.run(Rebuild()) == 6
    assert town.station.run(Rebuild()) == 0
    with town.station.read() as session:
        assert session.scalar(select(func.count()).select_from(ExpectedCheck)) == 22
        assert session.scalar(select(func.count()).select_from(AlarmStep)) == 0


def test_words_of_the_evening():
    assert [state_title(s, "evening") for s in ("ok", "not_ok", "help")] == ["已拉上", "未拉上", "求助"]
    assert state_title("ok") == "已开"


def test_a_tick_in_the_past_changes_nothing(town):
    town.enrol("老人1", "甲")
    town.at("2026-12-03 10:00")
    tick(town)
    before = one(town, Alarm).version
    found = town.station.run(Tick(at("2026-12-03 08:00")), actor=watcher())
    assert (found.raised, found.climbed, one(town, Alarm).version) == ((), (), before)
