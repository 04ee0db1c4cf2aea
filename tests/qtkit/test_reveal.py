"""按住查看: held, with a reason, for thirty seconds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.reveal import RevealField

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard"),  # offscreen and popups
]
MASK, FULL = "138****2345", "13800002345"


@pytest.fixture
def asked():
    return {"reason": False}


@pytest.fixture
def reveal(window, asked):
    made = RevealField(MASK, lambda: asked["reason"])
    window.layout().addWidget(made)
    made.findChild(QPushButton, "reveal_button").HOLD_MS = 20
    return made


def text(reveal):
    return reveal.findChild(TextLabel, "reveal_text").text()


def hold(qtbot, reveal):
    button = reveal.findChild(QPushButton, "reveal_button")
    with qtbot.waitSignal(button.held, timeout=5000):
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def test_a_press_must_last(qtbot, reveal):
    button = reveal.findChild(QPushButton, "reveal_button")
    button.HOLD_MS = 400
    with qtbot.assertNotEmitted(reveal.wanted, wait=450):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_held_it_asks_the_page_and_shows_what_it_gets(qtbot, reveal):
    with qtbot.waitSignal(reveal.wanted) as wanted:
        hold(qtbot, reveal)
    assert wanted.args == [""]
    assert text(reveal) == MASK
    reveal.show_value(FULL)
    assert text(reveal) == FULL
    assert reveal.shown


def test_space_held_is_the_same(qtbot, reveal):
    button = reveal.findChild(QPushButton, "reveal_button")
    button.setFocus()
    with qtbot.waitSignal(reveal.wanted, timeout=5000):
        qtbot.keyPress(button, Qt.Key.Key_Space)
    qtbot.keyRelease(button, Qt.Key.Key_Space)


def test_the_first_time_a_reason_is_chosen(qtbot, reveal, asked):
    asked["reason"] = True
    with qtbot.assertNotEmitted(reveal.wanted):
        hold(qtbot, reveal)
    menu = reveal.findChild(QMenu, "reveal_reasons")
    with qtbot.waitSignal(reveal.wanted) as wanted:
        menu.actions()[1].trigger()
    assert wanted.args == ["打电话联系"]
    menu.close()
    qtbot.waitUntil(lambda: reveal.findChild(QMenu, "reveal_reasons") is None, timeout=5000)


def test_it_is_masked_again_by_itself(qtbot, reveal):
    reveal.SHOW_MS = 30
    reveal._timer.setInterval(10)
    with qtbot.waitSignal(reveal.masked_again, timeout=5000):
        reveal.show_value(FULL)
    assert text(reveal) == MASK


def test_leaving_the_page_masks_at_once(reveal):
    reveal.show_value(FULL)
    reveal.hide()
    assert text(reveal) == MASK
    assert not reveal.shown
    reveal.show_value(FULL)  # an answer that comes too late
    assert text(reveal) == MASK


def test_another_record_takes_the_value_away(reveal):
    reveal.show_value(FULL)
    reveal.set_masked("139****7702")
    assert text(reveal) == "139****7702"
