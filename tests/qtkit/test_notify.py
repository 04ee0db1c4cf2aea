"""Telling and asking inside the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from centerdesk.qtkit import notify
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.notify import Answer, Notice, Question, Toast
from tests.helpers.qt import flush_deletes

pytestmark = pytest.mark.gui

EXPORT = Question(
    "导出 118 行",
    "里面有全号，离开这台电脑就收不回来。",
    (Answer("导出 118 行", "export", urgent=True), Answer("不导出", "keep")),
)


@pytest.fixture
def field(window):
    made = QLineEdit()
    window.layout().addWidget(made)
    made.setFocus()
    return made


def test_a_toast_stands_bottom_left_and_leaves_the_focus_alone(qtbot, window, field):
    toast = notify.toast(field, "5-2-101 已记成已开")
    assert toast.isVisible()
    assert field.hasFocus()
    assert toast.x() == Toast.MARGIN
    assert toast.geometry().bottom() <= window.height() - Toast.FOOT
    window.resize(900, 500)
    qtbot.waitUntil(lambda: toast.geometry().bottom() <= 500 - Toast.FOOT, timeout=5000)


def test_at_most_two_toasts_stand_and_the_oldest_goes(window):
    for number in range(3):
        notify.toast(window, f"第{number}件")
    assert [t.text for t in notify.toasts(window)] == ["第1件", "第2件"]
    first, second = notify.toasts(window)
    assert not first.geometry().intersects(second.geometry())


def test_a_toast_goes_by_itself(qtbot, window, monkeypatch):
    assert Toast.LIFE_MS == 8000
    monkeypatch.setattr(Toast, "LIFE_MS", 20)
    notify.toast(window, "记下了")
    qtbot.waitUntil(lambda: notify.toasts(window) == [], timeout=5000)


def test_undo_is_done_once(qtbot, window):
    undone = []
    notify.toast(window, "甲", lambda: undone.append("甲"))
    toast = notify.toast(window, "乙", lambda: undone.append("乙"))
    button = toast.findChild(QPushButton, "toast_undo")
    assert button.text() == "撤销"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone == ["乙"]
    assert notify.take_back_newest(window)
    assert undone == ["乙", "甲"]
    assert not notify.take_back_newest(window)
    flush_deletes()


def test_text_of_a_toast_is_plain(window):
    toast = notify.toast(window, "<b>王</b>")
    label = toast.findChild(TextLabel, "toast_text")
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == "<b>王</b>"


def test_the_harmless_answer_has_the_focus_when_something_leaves(qtbot, window, field):
    given = []
    notify.ask(field, EXPORT, given.append)
    assert given == []  # nothing blocks
    keep = window.findChild(QPushButton, "ask_keep")
    assert keep.hasFocus()
    qtbot.keyClick(keep, Qt.Key.Key_Return)
    assert given == ["keep"]
    assert field.hasFocus()


def test_a_plain_question_has_its_verb_ready(qtbot, window, field):
    given = []
    notify.ask(
        field,
        Question("重新开始？", "", (Answer("重新开始", "again"), Answer("接着写", "go_on"))),
        given.append,
    )
    button = window.findChild(QPushButton, "ask_again")
    assert button.hasFocus()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert given == ["again"]


def test_escape_is_always_the_harmless_one(qtbot, window, field):
    given = []
    notify.ask(field, EXPORT, given.append)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert window.findChild(QPushButton, "ask_export").hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert given == ["keep"]


def test_tab_stays_inside_and_shortcuts_of_the_window_sleep(qtbot, window, field):
    fired = []
    shortcut = QShortcut(QKeySequence("Ctrl+S"), window)
    shortcut.activated.connect(lambda: fired.append(1))
    notify.ask(field, EXPORT, lambda _key: None)
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget().objectName().startswith("ask_")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert fired == []
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.keyClick(field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert fired == [1]


def test_a_second_question_takes_the_place_of_the_first_which_changes_nothing(qtbot, window):
    given = []
    notify.ask(window, EXPORT, lambda key: given.append(("first", key)))
    notify.ask(window, EXPORT, lambda key: given.append(("second", key)))
    assert given == [("first", "keep")]
    (standing,) = window.findChildren(Notice, "ask")
    qtbot.mouseClick(standing.findChild(QPushButton, "ask_export"), Qt.MouseButton.LeftButton)
    assert given == [("first", "keep"), ("second", "export")]


def test_of_two_questions_that_waited_for_the_password_the_last_stands(window):
    given = []
    notify.hold(window)
    for number in ("first", "second"):
        notify.ask(window, EXPORT, lambda key, number=number: given.append((number, key)))
    notify.toast(window, "别的话也还在")
    notify.release(window)
    assert given == [("first", "keep")]
    assert len(window.findChildren(Notice, "ask")) == 1
    assert notify.toasts(window)[-1].text == "别的话也还在"


def test_the_sheet_covers_the_window_and_keeps_doing_so(qtbot, window):
    notify.ask(window, EXPORT, lambda _key: None)
    sheet = window.findChild(Notice, "ask")
    assert sheet.geometry() == window.rect()
    window.resize(700, 500)
    qtbot.waitUntil(lambda: sheet.geometry() == window.rect(), timeout=5000)


def test_a_focus_widget_that_is_gone_is_no_trouble(qtbot, window, field):
    notify.ask(window, EXPORT, lambda _key: None)
    field.deleteLater()
    flush_deletes()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    flush_deletes()
    assert window.findChild(Notice, "ask") is None


def test_a_report_stands_until_it_is_closed_and_can_be_copied(qtbot, window):
    notify.report(window, "没办成", "第一次")
    notify.report(window, "程序出错了", "请把编号告诉管理员。", copy_text="0badcafe")
    flush_deletes()
    (sheet,) = window.findChildren(Notice, "report")
    qtbot.mouseClick(window.findChild(QPushButton, "report_copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "0badcafe"
    assert sheet.isVisible()
    qtbot.mouseClick(window.findChild(QPushButton, "report_close"), Qt.MouseButton.LeftButton)
    flush_deletes()
    assert window.findChild(Notice, "report") is None


def test_questions_can_be_answered_without_a_click(window, answers):
    answers.append("export")
    given = []
    notify.ask(window, EXPORT, given.append)
    assert given == ["export"]
    assert answers.asked == [EXPORT]
    answers.append("nonsense")
    with pytest.raises(LookupError):
        notify.ask(window, EXPORT, given.append)


def test_without_a_window_nothing_is_done(qapp):
    given = []
    notify.ask(None, EXPORT, given.append)
    assert given == ["keep"]
    assert notify.toast(None, "没有窗口") is None
