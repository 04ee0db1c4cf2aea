"""The shell, the palette, the sheets and the alarm by keyboard alone, and as a screen reader is told of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QPushButton

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.desk.second_person import SecondPerson
from centerdesk.app.palette.panel import Palette
from centerdesk.qtkit import notify
from centerdesk.qtkit.notify import Answer, Notice, Question
from centerdesk.qtkit.painted.facade_window import FacadeWindow
from centerdesk.qtkit.painted.status_bar import StatusItem
from tests.app.shell.test_shell_sizes import ALARM
from tests.helpers.accessible import nameless
from tests.helpers.desk import type_text
from tests.helpers.tabbing import out_of_order, unreached, walk

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking


@pytest.fixture
def window(morning):
    return morning.open()


@pytest.fixture
def press(morning, window):
    """A key where the focus is, as a person presses it."""

    def pressed(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        morning.qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)
        morning.settle()

    return pressed


def tab_to(press, name: str) -> None:
    for _ in range(60):
        if QApplication.focusWidget().objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never came to {name}")


def test_from_the_rail_to_a_page_and_back(window, press):
    press(Qt.Key.Key_F6)
    tab_to(press, "rail_today")
    for _ in range(2):
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert window.frame.page_id == "people"
    press(Qt.Key.Key_1, CONTROL)
    assert window.frame.page_id == "today"


def test_f6_walks_through_the_panes_of_the_round_too(window, press, morning):
    window.go("checkins")
    morning.settle()
    page = window.frame.page
    page.route.list.setFocus()
    places = []
    for _ in range(5):
        press(Qt.Key.Key_F6)
        holder = QApplication.focusWidget()
        inside = (p.objectName() for p in (page.route, page.board, page.panel) if p.isAncestorOf(holder))
        places.append(next(inside, holder.objectName()))
    assert places == [
        "board_pane",
        "side_panel",
        "rail_checkins",
        window.frame.head.search.objectName(),
        "route_pane",
    ]


def test_the_strip_is_one_stop_and_arrows_walk_its_windows(window, press):
    press(Qt.Key.Key_Tab)
    tab_to(press, "today_go_on")
    press(Qt.Key.Key_Tab)
    first = QApplication.focusWidget()
    assert isinstance(first, FacadeWindow)
    press(Qt.Key.Key_Right)
    second = QApplication.focusWidget()
    assert isinstance(second, FacadeWindow)
    assert second.x() > first.x()
    press(Qt.Key.Key_Tab)
    assert not isinstance(QApplication.focusWidget(), FacadeWindow)
    press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is second
    press(Qt.Key.Key_Return)
    assert window.frame.page_id == "checkins"


def test_a_fact_of_the_status_bar_opens_its_page(window, press):
    tab_to(press, "status_person")
    assert isinstance(QApplication.focusWidget(), StatusItem)
    press(Qt.Key.Key_Space)
    assert window.frame.page_id == "settings"


def test_the_most_urgent_home_and_the_round_by_their_keys(window, press):
    press(Qt.Key.Key_F8)
    assert window.frame.page_id == "checkins"
    assert window.frame.page.chosen is not None
    press(Qt.Key.Key_1, CONTROL)
    press(Qt.Key.Key_F2)
    assert window.frame.page_id == "checkins"


def test_the_palette_says_what_is_chosen_and_holds_the_focus(window, press, morning):
    press(Qt.Key.Key_K, CONTROL)
    palette = window.findChild(Palette, "palette")
    type_text(palette.field, "lgl")
    morning.settle()
    press(Qt.Key.Key_Down)
    told = QAccessible.queryAccessibleInterface(palette.field)
    assert told.text(QAccessible.Text.Name) == "找人、门牌、命令"
    assert told.text(QAccessible.Text.Description).startswith("李桂兰，女")
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is palette.field
    assert nameless(palette) == []
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Escape)
    assert window.findChild(Palette) is None


def test_help_and_keys_open_and_close(window, press):
    press(Qt.Key.Key_F1)
    assert window.help_panel.isVisible()
    assert nameless(window.help_panel) == []
    press(Qt.Key.Key_F1)
    assert not window.help_panel.isVisible()


def test_a_question_is_walked_in_reading_order_and_named(window, press, morning):
    answered = []
    question = Question(
        "导出 118 行？", "里面有全号。", (Answer("导出", "out", urgent=True), Answer("不导出", "no"))
    )
    notify.ask(window, question, answered.append)
    sheet = window.findChild(Notice, "ask")
    came = walk(sheet)
    assert not unreached(sheet, came)
    assert not out_of_order(sheet, came)
    assert nameless(sheet) == []
    assert "里面有全号" in sheet.accessibleName()
    press(Qt.Key.Key_Escape)
    assert answered == ["no"]


def test_a_second_person_is_walked_in_reading_order(window, press):
    window.host.second_person(window.frame.page, "people.merge", "删到回收站要两个人", lambda _actor: None)
    assert QApplication.focusWidget().objectName() == "second_login"
    sheet = window.findChild(SecondPerson)
    came = walk(sheet)
    assert len(came) == 4
    assert not unreached(sheet, came)
    assert not out_of_order(sheet, came)
    assert nameless(sheet) == []


@pytest.fixture
def alarm(qtbot):
    screen = AlarmScreen(motion=False)
    qtbot.addWidget(screen)
    screen.show_alarm(ALARM)
    with qtbot.waitActive(screen):
        screen.rise()
    screen.came = []
    screen.taken.connect(screen.came.append)
    return screen


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_one_key_takes_an_alarm(alarm, qtbot, key):
    qtbot.keyClick(QApplication.focusWidget(), key)
    assert alarm.came == [ALARM.alarm_id]


def test_no_other_key_does_anything_to_an_alarm(alarm, qtbot):
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_F4, Qt.Key.Key_A):
        qtbot.keyClick(QApplication.focusWidget() or alarm, key)
    assert alarm.came == []
    assert alarm.isVisible()
    assert QApplication.focusWidget() is alarm.findChild(QPushButton)


def test_an_alarm_is_said_whole_and_its_act_is_named(alarm):
    told = QAccessible.queryAccessibleInterface(alarm)
    assert told.role() == QAccessible.Role.AlertMessage
    said = told.text(QAccessible.Text.Name)
    assert all(words in said for words in (ALARM.kind, ALARM.whose, "欧阳**，08:38 已应答"))
    assert nameless(alarm) == []
