"""Alarms on the curtain page: opened and closed by keyboard alone, the ladder and its clock, whom to call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget
from sqlalchemy import select

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import CloseAlarm
from centerdesk.features.checkins.commands_call import ShowNumber
from centerdesk.features.checkins.commands_watch import Tick, watcher
from centerdesk.features.checkins.models import AlarmStep
from centerdesk.features.checkins.ui.alarm_words import PanelItem
from centerdesk.features.checkins.ui.care_card import ContactLine
from centerdesk.features.people.commands_care import ContactDraft, SetCareCard
from centerdesk.kernel.errors import ConflictError, PermissionDenied
from centerdesk.kernel.journal import JournalOp
from centerdesk.qtkit.painted.ladder import StepState
from tests.features.checkins_page import Desk, desk
from tests.helpers import curtain

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def round_desk(qtbot, tmp_path):
    with desk(qtbot, tmp_path) as made:
        yield made


def acts(d: Desk, door: str) -> list[str]:
    with d.town.station.read() as session:
        stmt = select(AlarmStep.act).where(AlarmStep.alarm_id == d.alarm(door).id, AlarmStep.act != "")
        return list(session.scalars(stmt.order_by(AlarmStep.ordinal)))


def test_the_worst_is_in_the_panel_and_the_others_below(round_desk) -> None:
    item = round_desk.page.item
    assert item.title == "3 栋 2 单元 501 · 未开"
    assert item.line() == "李桂兰 · 85 岁 · 独居 · 08:17 周敏看"
    tile = round_desk.child("alarm_tile_0")
    assert tile.accessibleName() == "报警 5 栋 1 单元 202 · 看不清"


def test_an_alarm_is_opened_and_closed_by_keyboard_alone(round_desk) -> None:
    round_desk.press("15")
    round_desk.press(Key.Key_Return)
    round_desk.press(Key.Key_X)
    assert round_desk.alarm("5-2-101").closed_at is None
    round_desk.press("15")
    round_desk.press(Key.Key_Return)
    round_desk.press(Key.Key_Return)  # its alarm comes up, the focus goes to its first answer
    assert round_desk.page.item.lead.door == "5-2-101"
    round_desk.press(Key.Key_Return)  # 见到本人，平安
    assert round_desk.child("close_alarm").isVisible()
    assert round_desk.child("outcome").hasFocus()
    round_desk.press("1")
    round_desk.press(Key.Key_Return)
    alarm = round_desk.alarm("5-2-101")
    assert (alarm.outcome, alarm.sighting, alarm.seen_by) == ("忘拉", "in_person", "周敏")
    assert alarm.closed_at is not None
    assert round_desk.page.panel.form is None
    assert round_desk.page.item.lead.door == curtain.LEAD


def test_closing_needs_an_outcome_and_says_so_at_the_field(round_desk) -> None:
    round_desk.page.keys.focus(round_desk.page.panel)
    round_desk.press(Key.Key_Return)
    round_desk.press(Key.Key_Return, Control)
    assert round_desk.text("outcome_error") == "「怎么回事」要填。"
    assert round_desk.alarm(curtain.LEAD).closed_at is None
    round_desk.press(Key.Key_Escape)
    assert round_desk.page.panel.form is None


def test_a_code_that_was_not_borne_out_is_refused_at_the_field(round_desk) -> None:
    round_desk.page.do_primary()
    round_desk.settle()
    form = round_desk.page.panel.form.form
    form.editor("outcome").set_value("意外")
    form.editor("sighting").set_value("by_phone")
    round_desk.press(Key.Key_Return, Control)
    assert "见到本人才行" in round_desk.text("sighting_error")
    assert round_desk.alarm(curtain.LEAD).closed_at is None


def test_a_second_enter_before_the_answer_closes_it_once(round_desk) -> None:
    round_desk.page.do_primary()
    round_desk.settle()
    form = round_desk.page.panel.form.form
    form.editor("outcome").set_value("忘拉")
    form.editor("sighting").set_value("in_person")
    for _ in range(2):  # the first answer is on its way
        round_desk.qtbot.keyClick(round_desk.page.panel.form, Key.Key_Return, Control)
    round_desk.settle()
    assert round_desk.alarm(curtain.LEAD).closed_at is not None
    assert round_desk.page.window().findChild(QWidget, "report") is None
    assert round_desk.toasts() == ["结案了：3 栋 2 单元 501。"]


def test_n_writes_down_that_nobody_answered_the_door(round_desk) -> None:
    round_desk.press(Key.Key_N)
    assert acts(round_desk, curtain.LEAD)[-1] == "no_answer"
    assert round_desk.alarm(curtain.LEAD).step == "contacts"
    assert round_desk.toasts() == ["记下了：敲门无人应。"]


@pytest.mark.parametrize(("answer", "act"), [("none", "phone_none"), ("other", "phone_other")])
def test_t_asks_what_was_heard_on_the_telephone(round_desk, answer, act) -> None:
    round_desk.press(Key.Key_T)
    round_desk.child(f"ask_{answer}").click()
    round_desk.settle()
    assert acts(round_desk, curtain.LEAD)[-1] == act


def test_hearing_the_elder_on_the_telephone_leads_to_closing(round_desk) -> None:
    round_desk.press(Key.Key_T)
    round_desk.child("ask_elder").click()
    round_desk.settle()
    round_desk.press("2")
    round_desk.press(Key.Key_Return)
    alarm = round_desk.alarm(curtain.LEAD)
    assert (alarm.outcome, alarm.sighting) == ("外出未报备", "by_phone")


def test_entry_asks_once_and_escape_changes_nothing(round_desk) -> None:
    before = acts(round_desk, curtain.LEAD)
    round_desk.child("alarm_entry").click()
    round_desk.press(Key.Key_Escape)
    assert acts(round_desk, curtain.LEAD) == before
    round_desk.child("alarm_entry").click()
    round_desk.child("ask_entry").click()
    round_desk.settle()
    assert acts(round_desk, curtain.LEAD)[-1] == "entry"
    assert round_desk.alarm(curtain.LEAD).step == "entry"


def test_j_takes_the_alarm(round_desk) -> None:
    round_desk.page.focus_record(round_desk.alarm(curtain.UNCLEAR).id)
    round_desk.settle()
    assert round_desk.child("alarm_take").isVisible()
    round_desk.press(Key.Key_J)
    alarm = round_desk.alarm(curtain.UNCLEAR)
    assert alarm.acknowledged_by == round_desk.town.workers["周敏"]
    assert not round_desk.child("alarm_take").isVisible()


def test_looking_again_on_the_way_back_is_written_on_the_ladder(round_desk) -> None:
    round_desk.page.go_to(round_desk.id_of(curtain.UNCLEAR))
    round_desk.press(Key.Key_X)
    assert acts(round_desk, curtain.UNCLEAR) == ["still_shut"]
    assert round_desk.alarm(curtain.UNCLEAR).step == "phone"


def test_a_curtain_that_opened_does_not_close_the_alarm(round_desk) -> None:
    round_desk.page.go_to(round_desk.id_of(curtain.LEAD))
    round_desk.press(Key.Key_Space)
    assert round_desk.check(curtain.LEAD).state == "ok"
    assert round_desk.alarm(curtain.LEAD).closed_at is None
    assert "报警还没结" in round_desk.toasts()[0]


def test_the_countdown_follows_the_wall_clock(round_desk) -> None:
    head = round_desk.child("alarm_head")
    assert head.left == "11:00"
    round_desk.host.station.clock.advance(timedelta(seconds=14))
    round_desk.page.beat()
    assert head.left == "10:46"


def test_the_ladder_goes_on_without_anybody(round_desk) -> None:
    ladder = round_desk.child("alarm_ladder")
    current = [s.title for s in ladder.steps if s.state is StepState.CURRENT]
    assert current == ["敲门 · 陈嘉禾"]
    round_desk.host.station.clock.advance(timedelta(minutes=12))
    round_desk.page.beat()
    round_desk.settle()
    current = [s.title for s in round_desk.child("alarm_ladder").steps if s.state is StepState.CURRENT]
    assert current == ["联系人与钥匙 · 孙建国（楼栋长，有钥匙）"]


def test_every_step_ahead_names_a_person(round_desk) -> None:
    ahead = [s for s in round_desk.child("alarm_ladder").steps if s.state is StepState.NEXT]
    assert [s.detail for s in ahead] == ["下一位 孙建国（楼栋长，有钥匙）", "许文静", "街道值班"]


def test_calling_a_contact_shows_the_number_and_is_written_down(round_desk) -> None:
    line = round_desk.child("contact_0")
    assert line.text == "儿子 · 138****2345 · 25 分钟"
    round_desk.child("contact_0_call").click()
    round_desk.settle()
    assert line.text == "13804542345"
    with round_desk.town.station.read() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "ShowNumber")).one()
    assert (op.object_type, op.object_id) == ("alarm", round_desk.alarm(curtain.LEAD).id)
    line.hide_number()
    assert "13804542345" not in line.text
    assert ContactLine.SHOW_MS == 30_000


def test_a_number_never_lands_on_the_card_of_another_home(round_desk) -> None:
    town = round_desk.town
    town.station.sign_in("secretary")
    town.station.run(SetCareCard(town.residents["曾繁树"], (ContactDraft("曾力", "儿子", "13804546789"),)))
    curtain.be(town, "周敏")
    round_desk.page.refresh()
    round_desk.settle()
    round_desk.child("contact_0_call").click()  # the answer is on its way when the other alarm comes up
    round_desk.child("alarm_tile_0").clicked.emit()
    round_desk.settle()
    assert round_desk.page.item.lead.door == curtain.UNCLEAR
    assert round_desk.child("contact_0").text == "儿子 · 138****6789"


def test_a_number_that_comes_when_nobody_sees_the_card_is_not_shown_later(round_desk) -> None:
    """The desk was locked, or another page opened, before the answer came."""
    round_desk.child("contact_0_call").click()
    round_desk.page.hide()
    round_desk.settle()
    round_desk.page.show()
    assert round_desk.child("contact_0").text == "儿子 · 138****2345 · 25 分钟"


def test_a_number_is_shown_for_an_open_alarm_of_the_own_grid_only(round_desk) -> None:
    town = round_desk.town
    shown = ShowNumber(round_desk.alarm(curtain.UNCLEAR).id, 0)
    assert town.station.run(shown) == ""  # nobody on that card
    curtain.be(town, "陈嘉禾")
    with pytest.raises(PermissionDenied):
        town.station.run(shown)
    curtain.be(town, "周敏")
    town.station.run(CloseAlarm(shown.alarm_id, "忘拉", "in_person", "周敏"))
    with pytest.raises(ConflictError, match="已经结案"):
        town.station.run(shown)


def test_names_stand_only_in_the_panel(round_desk) -> None:
    page = round_desk.page
    shown = [w.accessibleName() + w.toolTip() for w in page.board.findChildren(QWidget)]
    shown += [e.title + e.note + e.spoken for e in page.route.list.lines.entries]
    assert not [words for words in shown if "李桂兰" in words or "曾繁树" in words]


def evening(d: Desk) -> None:
    """20:12: two windows of grid 一 were never looked at, and nobody took the list."""
    station = d.town.station
    for door, what in curtain.ROUTE:
        if door in ("6-1-301", "6-3-501") or what.startswith("paused"):
            continue
        d.town.at("2026-12-03 17:45")
        station.run(RecordLook(curtain.check_of(d.town, door, "evening"), "ok"))
    d.town.at("2026-12-03 20:12")
    station.bus.run(Tick(station.clock.now()), actor=watcher())


def test_the_evening_speaks_of_drawn_curtains(round_desk) -> None:
    round_desk.town.at("2026-12-03 17:40")
    round_desk.page.mark_dirty()
    round_desk.settle()
    assert round_desk.page.heading == "窗帘 · 晚间"
    assert round_desk.text("route_title") == "第一网格 · 晚线"
    round_desk.press(Key.Key_Up)
    round_desk.press(Key.Key_Space)
    assert round_desk.toasts() == ["3-1-201 已记成已拉上"]
    round_desk.press(Key.Key_X)
    assert round_desk.toasts()[-1] == "3-1-602 已记成没拉，报警发出了。"
    legend = round_desk.child("key_legend").accessibleName()
    assert legend.startswith("空格 已拉上，X 没拉")


def test_windows_nobody_looked_at_make_one_list(round_desk) -> None:
    evening(round_desk)
    round_desk.page.mark_dirty()
    round_desk.settle()
    lists = [i for i in [round_desk.page.item] if i and i.is_list]
    if not lists:  # the homes of the morning are worse: choose the list
        desk_alarms = round_desk.page.walk.desk.alarms
        unseen = next(a for a in desk_alarms if a.kind == "unseen" and a.slot == "evening")
        round_desk.page.focus_record(unseen.id)
        round_desk.settle()
    item = round_desk.page.item
    assert item.title == "2 扇窗没人看"
    assert [a.door for a in item.alarms] == ["6-1-301", "6-3-501"]
    assert item.line().endswith(" · 6 栋 2 扇")
    named = PanelItem(tuple(replace(a, building="南楼") for a in item.alarms))
    assert named.line().endswith(" · 南楼 2 扇")
    assert round_desk.text("alarm_seen") == "从 6-1-301 开始看"
    round_desk.page.keys.focus(round_desk.page.panel)
    round_desk.press(Key.Key_Return)
    assert round_desk.at == "6-1-301"
    round_desk.page.route.list.setFocus()
    round_desk.press(Key.Key_Space)
    check = round_desk.check("6-1-301", "evening")
    assert (check.state, check.looks, check.in_time) == ("ok", 1, False)
    assert round_desk.alarm("6-1-301", "evening").outcome == "补看"


@pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)  # offscreen and popups
def test_sending_somebody_else_is_written_at_every_home_of_the_list(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="周敏") as d:
        evening(d)
        d.page.mark_dirty()
        d.settle()
        unseen = next(a for a in d.page.walk.desk.alarms if a.kind == "unseen" and a.slot == "evening")
        d.page.focus_record(unseen.id)
        d.settle()
        d.child("alarm_assign").click()
        menu = d.page.window().findChild(QMenu, "assign_menu")
        next(a for a in menu.actions() if a.text() == "陈嘉禾").trigger()
        menu.close()
        d.settle()
        for door in ("6-1-301", "6-3-501"):
            assert d.alarm(door, "evening").assigned_to == d.town.workers["陈嘉禾"]
