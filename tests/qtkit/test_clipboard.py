"""What we copy goes away again by itself, and what others copied stays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from centerdesk.qtkit.clipboard import ClipboardKeeper, clear_ours, copy, is_ours

pytestmark = pytest.mark.gui


@pytest.fixture
def board(qtbot):
    """The clipboard, empty before and after."""
    found = QGuiApplication.clipboard()
    found.clear()
    yield found
    found.clear()


@pytest.fixture
def keeper(board):
    owner = QObject()
    made = ClipboardKeeper(owner, hold_ms=0)
    made.start()
    yield made
    made.stop()
    owner.deleteLater()


def others(text: str) -> QMimeData:
    """What another program copied."""
    data = QMimeData()
    data.setText(text)
    return data


def test_a_copy_is_text_to_everybody_and_no_food_for_histories(board):
    copy("李**\t138****2345")
    data = board.mimeData()
    assert board.text() == "李**\t138****2345"
    assert bytes(data.data("x-kde-passwordManagerHint").data()) == b"secret"
    assert is_ours()


def test_what_we_copied_is_cleared_when_its_time_is_up(board, keeper, qtbot):
    with qtbot.waitSignal(board.dataChanged):
        copy("李**")
    qtbot.waitUntil(lambda: not is_ours())
    assert board.text() == ""


def test_what_somebody_else_copied_since_stays(board, keeper, qtbot):
    copy("李**")
    board.setMimeData(others("别人的字"))
    with qtbot.assertNotEmitted(board.dataChanged, wait=20):
        clear_ours()
    assert board.text() == "别人的字"


def test_a_keeper_that_stops_takes_our_copy_along_and_watches_no_longer(board):
    owner = QObject()
    keeper = ClipboardKeeper(owner)
    keeper.start()
    copy("李**")
    keeper.stop()
    assert board.text() == ""
    board.setMimeData(others("别人的字"))
    keeper.clear()
    assert board.text() == "别人的字"
    owner.deleteLater()
