"""The curtain page by keyboard: each key does its act, and the database shows it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import func, select

from centerdesk.app.desk.page_frame import PageFrame
from centerdesk.features.checkins.commands_watch import ConfirmGap
from centerdesk.features.checkins.models import Look, Pause, RoundSignOff, WatchGap
from centerdesk.kernel.commands import Changes, Outcome
from centerdesk.kernel.orm import uuid7
from centerdesk.qtkit.painted.window_glyph import WindowState
from tests.features.checkins_page import desk
from tests.helpers import curtain
from tests.helpers.elders import at

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def round_desk(qtbot, tmp_path):
    with desk(qtbot, tmp_path) as made:
        yield made


# --- ticking ------------------------------------------------------------------------------------------------


def test_space_ticks_and_goes_on(round_desk) -> None:
    assert round_desk.at == "5-2-101"
    round_desk.press(Key.Key_Space)
    check = round_desk.check("5-2-101")
    assert (check.state, check.looks, check.in_time) == ("ok", 1, True)
    assert check.looked_by == round_desk.town.workers["周敏"]
    assert round_desk.at == "6-1-301"
    assert round_desk.toasts() == ["5-2-101 已记成已开"]


def test_a_tick_shows_before_it_is_written(round_desk, qtbot) -> None:
    check = round_desk.id_of("5-2-101")
    go, nothing = threading.Event(), Changes(None, "", False, frozenset(), frozenset())

    def other_act(*_lane) -> Outcome[bool]:
        return Outcome(go.wait(10), nothing)

    round_desk.host.runner.write(round_desk.page, other_act, label="别的一件事")  # the tick waits behind it
    qtbot.keyClick(round_desk.page.route.list, Key.Key_Space)
    assert round_desk.page.walk.row(check).state == "ok"
    assert round_desk.page.board.board.window_widget(check).view.state is WindowState.OPEN
    assert round_desk.check("5-2-101").state == "due"
    go.set()
    round_desk.settle()
    assert round_desk.check("5-2-101").state == "ok"
    assert not round_desk.host.errors


def test_fast_ticks_are_all_written_in_order(round_desk, qtbot) -> None:
    doors = ["5-2-101", "6-1-301", "6-1-502", "6-2-202", "6-2-601", "6-3-501"]
    for _ in doors:
        qtbot.keyClick(round_desk.page.route.list, Key.Key_Space)
    round_desk.settle()
    assert [round_desk.check(door).state for door in doors] == ["ok"] * 6
    assert round_desk.text("route_count") == "已看 20 / 20"


@pytest.mark.parametrize(
    ("key", "state"), [(Key.Key_X, "not_ok"), (Key.Key_U, "unclear"), (Key.Key_H, "help")]
)
def test_trouble_keys_raise_an_alarm_at_once(round_desk, key, state) -> None:
    round_desk.press(key)
    assert round_desk.check("5-2-101").state == state
    alarm = round_desk.alarm("5-2-101")
    assert (alarm.kind, alarm.closed_at) == (state, None)
    assert round_desk.page.route.list.hasFocus()


def test_later_passes_a_home_and_comes_back(round_desk, qtbot) -> None:
    round_desk.press(Key.Key_L)
    assert round_desk.at == "6-1-301"
    assert round_desk.check("5-2-101").state == "due"
    for _ in range(5):
        qtbot.keyClick(round_desk.page.route.list, Key.Key_Space)
    round_desk.settle()
    assert round_desk.at == "5-2-101"


def test_a_number_and_enter_jump_to_that_home(round_desk) -> None:
    round_desk.press("18")
    assert round_desk.text("route_jump") == "到第 18 户 Enter"
    round_desk.press(Key.Key_Return)
    assert round_desk.at == "6-2-202"
    assert not round_desk.child("route_jump").isVisible()


def test_a_number_that_is_not_on_the_route_says_so(round_desk) -> None:
    round_desk.press("99")
    round_desk.press(Key.Key_Return)
    assert round_desk.at == "5-2-101"
    assert round_desk.toasts() == ["这条路线没有第 99 户。"]


def test_arrows_walk_the_route_and_the_board(round_desk) -> None:
    round_desk.press(Key.Key_Down)
    assert round_desk.at == "6-1-301"
    round_desk.page.keys.focus(round_desk.page.board)
    assert round_desk.page.board.board.isAncestorOf(round_desk.page.window().focusWidget())
    round_desk.press(Key.Key_Right)
    assert round_desk.at == "6-2-202"
    round_desk.press(Key.Key_Space)
    assert round_desk.check("6-2-202").state == "ok"


def test_a_paused_home_is_not_ticked(round_desk) -> None:
    round_desk.page.go_to(round_desk.id_of("2-2-102"))
    round_desk.press(Key.Key_Space)
    assert round_desk.check("2-2-102").state == "paused"
    assert "在暂停" in round_desk.toasts()[0]


def test_a_look_the_station_refuses_is_taken_back_on_the_screen(round_desk) -> None:
    round_desk.town.at("2026-12-03 18:00")
    round_desk.press(Key.Key_Space)
    assert round_desk.check("5-2-101").state == "due"
    assert round_desk.page.walk.row(round_desk.id_of("5-2-101")).state == "due"
    assert "早就过了" in round_desk.text("report_text")
    round_desk.child("report_close").click()


# --- undo ---------------------------------------------------------------------------------------------------


def test_the_toast_takes_the_tick_back(round_desk) -> None:
    round_desk.press(Key.Key_Space)
    round_desk.child("toast_undo").click()
    round_desk.settle()
    check = round_desk.check("5-2-101")
    assert (check.state, check.looks) == ("due", 0)
    assert round_desk.at == "5-2-101"
    assert round_desk.page.walk.row().state == "due"


def test_a_look_that_rang_is_offered_no_undo(round_desk) -> None:
    round_desk.press(Key.Key_X)
    assert round_desk.toasts() == ["5-2-101 已记成未开，报警发出了。"]
    assert round_desk.page.window().findChild(QWidget, "toast_undo") is None


# --- pause, back entry, sign-off ------------------------------------------------------------------------------


def test_pause_with_the_day_of_return(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.press(Key.Key_P)
        assert d.child("back_on").hasFocus()
        d.press("12.8")
        d.child("reason").setFocus()
        d.press("住院")
        d.press(Key.Key_Return)
        assert d.page.panel.form is None
        with d.town.station.read() as session:
            pause = session.scalars(select(Pause).where(Pause.reason == "住院")).one()
        assert (str(pause.first_on), str(pause.last_on), pause.last_slot) == (
            "2026-12-03",
            "2026-12-07",
            "evening",
        )
        assert d.check("5-2-101").state == "paused"


def test_p_on_a_paused_home_ends_the_pause(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.page.go_to(d.id_of("2-2-102"))
        d.press(Key.Key_P)
        assert "提前回来" in d.text("ask_title")
        d.press(Key.Key_Return)
        assert d.check("2-2-102").state == "due"


def test_who_is_away_for_longer_is_paused_anew_in_the_last_days(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.page.go_to(d.id_of("2-2-102"))
        d.press(Key.Key_P)
        with d.town.station.read() as session:
            first = session.scalars(select(Pause).where(Pause.last_on == date(2026, 12, 8))).one()
        again = first.last_on + timedelta(days=1)
        d.child("ask_longer").click()
        d.settle()
        d.press(f"{again + timedelta(days=30):%Y-%m-%d}")
        d.child("reason").setFocus()
        d.press("住院")
        d.press(Key.Key_Return)
        with d.town.station.read() as session:
            second = session.scalars(select(Pause).where(Pause.reason == "住院")).one()
        assert (second.first_on, second.last_on) == (again, again + timedelta(days=29))
        d.press(Key.Key_P)
        assert f"暂停到 {second.last_on.month} 月 {second.last_on.day} 日" in d.text("ask_text")
        assert "ask_longer" not in [w.objectName() for w in d.page.window().findChildren(QWidget)]


def hold(desk, key: Key, text: str = "") -> None:
    """Something lies on the key: one press, and then the repeats of the system."""
    for repeated in (False, *[True] * 9):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, repeated)
        QApplication.sendEvent(QApplication.focusWidget(), event)
    desk.settle()


def test_a_key_that_is_held_ticks_one_home(round_desk) -> None:
    due = [r.door for r in round_desk.page.walk.rows if r.state == "due"]
    hold(round_desk, Key.Key_Space, " ")
    assert [round_desk.check(door).state for door in due] == ["ok", *["due"] * (len(due) - 1)]


def test_a_key_that_is_held_marks_one_home_of_the_list(round_desk) -> None:
    round_desk.press(Key.Key_A)
    hold(round_desk, Key.Key_Delete)
    assert len(round_desk.page.panel.form.exceptions()) == 1


def test_a_grid_worker_asks_for_a_pause(round_desk) -> None:
    round_desk.press(Key.Key_P)
    assert round_desk.text("pause_save") == "提上去"
    round_desk.press(Key.Key_Escape)
    assert round_desk.page.panel.form is None


def test_back_entry_books_the_rest_but_the_exceptions(round_desk) -> None:
    round_desk.press(Key.Key_A)
    assert round_desk.child("back_entry_list").hasFocus()
    round_desk.press(Key.Key_Down)
    round_desk.press(Key.Key_X)  # 6-1-301
    round_desk.press(Key.Key_Delete)  # 6-1-502: nobody looked
    assert round_desk.text("back_entry_save") == "记下 5 户"
    round_desk.press(Key.Key_Return, Control)
    assert round_desk.page.panel.form is None
    states = {d: round_desk.check(d).state for d in ("5-2-101", "6-1-301", "6-1-502", "6-3-501")}
    assert states == {"5-2-101": "ok", "6-1-301": "not_ok", "6-1-502": "due", "6-3-501": "ok"}


def test_escape_leaves_the_back_entry_without_a_trace(round_desk) -> None:
    round_desk.press(Key.Key_A)
    round_desk.press(Key.Key_X)
    round_desk.press(Key.Key_Escape)
    assert round_desk.page.panel.form is None
    assert round_desk.check("5-2-101").state == "due"
    assert round_desk.page.route.list.hasFocus()


def test_signing_off_says_what_is_missing_until_it_can(round_desk, qtbot) -> None:
    action = round_desk.host.actions.get("checkins.sign_off")
    assert action.why_not() == "还差 6 户、1 个报警"
    assert not action.enabled()
    for _ in range(6):
        qtbot.keyClick(round_desk.page.route.list, Key.Key_Space)
    round_desk.settle()
    assert action.why_not() == "还差 1 个报警"
    round_desk.page.chosen = round_desk.alarm(curtain.UNCLEAR).id
    round_desk.page.mark_dirty()
    round_desk.settle()
    round_desk.press(Key.Key_J)
    assert action.enabled()
    assert round_desk.host.actions.trigger("checkins.sign_off")
    round_desk.settle()
    with round_desk.town.station.read() as session:
        signed = session.scalars(select(RoundSignOff)).one()
    assert signed.worker_id == round_desk.town.workers["周敏"]
    assert action.why_not().endswith("已签收")


def test_the_head_shows_the_reason_on_the_button(qtbot, tmp_path) -> None:
    from centerdesk.app.desk.actions import DeskActions

    with desk(qtbot, tmp_path) as d:
        registry = DeskActions(lambda p: d.host.actor().may(p))
        for name in ("checkins.sign_off", "checkins.back_entry"):
            registry.add(d.host.actions.get(name))
        frame = PageFrame("checkins", d.page, registry)
        qtbot.addWidget(frame)
        frame.refresh_reasons()
        button = frame.head.findChild(QWidget, "button_checkins.sign_off")
        assert button.accessibleName() == "本轮签收（还差 6 户、1 个报警）"


# --- what a screen reader meets -------------------------------------------------------------------------------


def test_every_row_and_window_is_named_in_chinese(round_desk) -> None:
    lines = round_desk.page.route.list.lines
    row = lines.row_of(round_desk.id_of("3-2-501"))
    spoken = lines.data(lines.index(row), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "3 栋 2 单元 501，未开，08:17，第 4 户，报警还没结"
    window = round_desk.page.board.board.window_widget(round_desk.id_of("3-2-501"))
    assert window.accessibleName() == spoken
    assert QAccessible.queryAccessibleInterface(window).role() == QAccessible.Role.ListItem


def test_nothing_that_takes_the_focus_is_nameless(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        for opener in (lambda: None, d.page.home_acts.enrol, d.page.home_acts.back_entry, d.page.do_primary):
            opener()
            d.settle()
            nameless = [
                f"{type(w).__name__} {w.objectName()}"
                for w in d.page.findChildren(QWidget)
                if w.isVisible()
                and w.focusPolicy() & Qt.FocusPolicy.TabFocus
                and not (w.accessibleName() or getattr(w, "text", lambda: "")())
            ]
            assert not nameless


def test_the_roll_says_the_same_and_hears_the_same_keys(round_desk) -> None:
    round_desk.page.turn_to("roll")
    round_desk.settle()
    table = round_desk.page.roll.table
    assert table.ledger.shown == 22
    assert table.hasFocus()
    assert table.current_row().door == "5-2-101"
    round_desk.press(Key.Key_Space)
    assert round_desk.check("5-2-101").state == "ok"
    assert table.current_row().door == "6-1-301"
    round_desk.press(Key.Key_Down)
    assert round_desk.at == "6-1-502"


# --- gaps ---------------------------------------------------------------------------------------------------


def stands(round_desk, gap) -> UUID:
    """The stretch is in the books, and the page has read them."""
    with round_desk.town.station.database.write_session() as session:
        session.add(gap)
        session.commit()
        gap_id = gap.id
    round_desk.page.mark_dirty()
    round_desk.settle()
    return gap_id


def test_a_stretch_nobody_watched_stands_until_somebody_confirms(round_desk) -> None:
    gap = WatchGap(id=uuid7(), from_at=at("2026-12-03 08:02"), to_at=at("2026-12-03 08:19"), cause="off")
    gap_id = stands(round_desk, gap)
    assert round_desk.child("gap_band").isVisible()
    assert round_desk.text("gap_text") == "08:02–08:19 本机没开，这段不算看过。"
    round_desk.child("gap_confirm").click()
    round_desk.settle()
    assert not round_desk.child("gap_band").isVisible()
    confirmed = curtain.row(round_desk.town, WatchGap, gap_id)
    assert confirmed.confirmed_by == round_desk.town.workers["周敏"]
    assert ConfirmGap.permission == "checkins.acknowledge"


@pytest.mark.parametrize(("answer", "confirmed"), [("ask_leave", False), ("ask_right", True)])
def test_a_clock_that_was_set_is_confirmed_by_what_it_shows(round_desk, answer, confirmed) -> None:
    """Confirming it means that alarms go by it: whoever does sees day and hour first."""
    gap = WatchGap(id=uuid7(), from_at=at("2026-12-03 08:41"), to_at=at("2026-12-04 08:41"), cause="clock")
    gap_id = stands(round_desk, gap)
    round_desk.child("gap_confirm").click()
    assert round_desk.text("ask_title") == "现在是 12 月 3 日 08:41 吗？"
    round_desk.child(answer).click()
    round_desk.settle()
    assert (curtain.row(round_desk.town, WatchGap, gap_id).confirmed_by is not None) is confirmed


# --- rights -------------------------------------------------------------------------------------------------


def test_a_worker_sees_and_ticks_the_own_grid_only(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="陈嘉禾") as d:
        grids = {row.grid_id for row in d.page.walk.desk.view.rows}
        assert grids == {d.town.grid("第二网格")}
        assert all(row.door.startswith(("8-", "9-")) for row in d.page.walk.rows)
        d.press(Key.Key_Space)
        with d.town.station.read() as session:
            mine = session.scalar(select(func.count()).where(Look.by_id == d.town.workers["陈嘉禾"]))
        assert mine == 18  # seventeen of the morning and this one


def test_the_secretary_sees_both_routes_and_all(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        chips = [d.child(f"route_chip_{n}").text() for n in range(3)]
        assert chips == ["第一网格", "第二网格 17/20", "全部"]
        d.child("route_chip_2").click()
        d.settle()
        assert len(d.page.walk.rows) == 42
        d.child("route_chip_1").click()
        d.settle()
        assert d.text("route_title") == "第二网格 · 早线"
