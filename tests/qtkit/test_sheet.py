"""A card over a scrim: it holds keys and focus, and what it says can be read at every size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QScrollArea

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.sheet import Sheet
from centerdesk.qtkit.theme import Theme
from tests.helpers.qt import flush_deletes

pytestmark = pytest.mark.gui

SENTENCE = "楼长说这户人去了女儿家，年后才回来，钥匙在对门。"


@pytest.fixture
def sheet(window):
    """A title, a field, a long text and two buttons; Esc is the last one."""
    made = Sheet(window, "sheet")
    made.field = QLineEdit()
    for widget in (text_label("先看这里", role="card-title", wrap=True), made.field):
        made.body.addWidget(widget)
    made.text = text_label(SENTENCE, role="secondary", wrap=True)
    made.body.addWidget(made.text)
    for words in ("记下来，今天就去", "先不办"):
        button = QPushButton(words)
        button.clicked.connect(made.leave)
        made.add_button(button)
    made.rise(made.field)
    return made


@pytest.fixture
def looks(qapp):
    """Put on another look; the next test finds the usual one."""
    return lambda **look: Theme.load("light", bundled_fonts=True, **look).apply(qapp)


def held(window, widget) -> bool:
    return window.rect().contains(widget.rect().translated(widget.mapTo(window, widget.rect().topLeft())))


@pytest.mark.parametrize("look", [{"zoom": 100}, {"zoom": 150}, {"zoom": 200}, {"zoom": 150, "large": True}])
def test_every_word_and_both_buttons_can_be_reached_at_every_size(qtbot, window, sheet, looks, look):
    sheet.text.setText(SENTENCE * 12)
    looks(**look)
    qtbot.waitUntil(
        lambda: sheet.text.height() >= sheet.text.heightForWidth(sheet.text.width()), timeout=5000
    )
    assert all(held(window, button) for button in sheet.buttons)
    assert all(button.width() >= button.sizeHint().width() for button in sheet.buttons)
    scroll = sheet.findChild(QScrollArea)
    qtbot.keyClick(sheet.buttons[0], Qt.Key.Key_PageDown)
    while scroll.verticalScrollBar().value() < scroll.verticalScrollBar().maximum():
        qtbot.keyClick(sheet.buttons[0], Qt.Key.Key_PageDown)
    inside = scroll.widget()
    assert inside.y() + inside.height() == scroll.viewport().height()
    assert inside.width() <= scroll.viewport().width()


def test_a_text_that_grows_takes_its_room(qtbot, sheet):
    before = sheet.text.height()
    sheet.text.setText(SENTENCE * 4)
    qtbot.waitUntil(lambda: sheet.text.height() > before, timeout=5000)
    assert sheet.text.height() >= sheet.text.heightForWidth(sheet.text.width())
    assert not sheet.findChild(QScrollArea).verticalScrollBar().isVisible()


def test_buttons_stand_below_each_other_where_they_do_not_fit(sheet):
    first, last = sheet.buttons
    assert first.y() == last.y()
    first.setText("把这一户从今天早上的看窗单里拿掉，并写上原因，明天再放回来，后天照旧")
    sheet.place()
    QApplication.sendPostedEvents()
    assert first.geometry().bottom() < last.y()


def test_tab_goes_round_in_reading_order(qtbot, sheet):
    walked = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        walked.append(QApplication.focusWidget())
    assert walked == [*sheet.buttons, sheet.field, sheet.buttons[0]]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is sheet.field


def test_nothing_below_hears_a_key(qtbot, window, sheet):
    heard = []
    QShortcut(QKeySequence("F5"), window).activated.connect(lambda: heard.append("F5"))
    qtbot.keyClick(sheet.field, Qt.Key.Key_F5)
    assert heard == []


def test_escape_is_the_last_button_and_the_focus_goes_back(qtbot, window):
    field = QLineEdit()
    window.layout().addWidget(field)
    field.show()
    field.setFocus()
    pressed = []
    made = Sheet(window, "sheet")
    for words in ("办", "不办"):
        button = QPushButton(words)
        button.clicked.connect(lambda _on, words=words: pressed.append(words))
        button.clicked.connect(made.leave)
        made.add_button(button)
    made.rise(made.buttons[0])
    qtbot.keyClick(made.buttons[0], Qt.Key.Key_Escape)
    flush_deletes()
    assert pressed == ["不办"]
    assert field.hasFocus()
    assert window.findChild(Sheet) is None


def test_enter_presses_the_button_that_has_the_focus(qtbot, sheet, window):
    sheet.buttons[0].setFocus()
    qtbot.keyClick(sheet.buttons[0], Qt.Key.Key_Return)
    flush_deletes()
    assert window.findChild(Sheet) is None
