"""Work of the window in pieces: the window has its turn between two of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from centerdesk.qtkit.turns import Turns, under_way

pytestmark = pytest.mark.gui


@pytest.fixture
def turns(window):
    return Turns(window)


class Paints(QObject):
    """Notes in a list that a widget was painted."""

    def __init__(self, watched: QWidget, seen: list[str]) -> None:
        super().__init__(watched)
        self._seen = seen
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._seen.append("painted")
        return False


def pieces(seen, *names):
    for name in names:
        seen.append(name)
        yield


def test_what_a_piece_changed_is_painted_before_the_next(qtbot, window, turns):
    seen: list[str] = []
    Paints(window, seen)

    def work():
        for name in ("first", "second"):
            seen.append(name)
            window.update()
            yield

    turns.begin(work())
    qtbot.waitUntil(lambda: not turns.waiting)
    assert seen[seen.index("first") :] == ["first", "painted", "second", "painted"]


def test_others_have_their_turn_between_two_pieces(qtbot, turns):
    seen: list[str] = []

    def work():
        seen.append("first")
        QTimer.singleShot(0, lambda: seen.append("other"))
        yield
        seen.append("second")

    turns.begin(work())
    qtbot.waitUntil(lambda: not turns.waiting)
    assert seen == ["first", "other", "second"]


def test_nothing_is_done_before_the_next_turn(qtbot, turns):
    seen: list[str] = []
    turns.begin(pieces(seen, "a"))
    assert seen == []
    assert turns.waiting
    assert under_way()
    qtbot.waitUntil(lambda: not under_way())
    assert seen == ["a"]


def test_other_work_drops_what_is_left_and_more_work_waits_for_it(qtbot, turns):
    seen: list[str] = []
    turns.begin(pieces(seen, "dropped"))
    turns.begin(pieces(seen, "a", "b"))
    turns.add(pieces(seen, "c"))
    qtbot.waitUntil(lambda: not turns.waiting)
    assert seen == ["a", "b", "c"]


def test_stopped_work_is_not_done(qtbot, turns):
    seen: list[str] = []
    turns.begin(pieces(seen, "a"))
    turns.stop()
    assert not turns.waiting
    assert not under_way()
    turns.add(pieces(seen, "b"))
    qtbot.waitUntil(lambda: not turns.waiting)
    assert seen == ["b"]


def test_work_of_a_widget_that_is_gone_holds_nobody_up(qtbot):
    gone = QWidget()
    left = Turns(gone)
    left.begin(pieces([], "a"))
    assert under_way()
    gone.deleteLater()
    qtbot.waitUntil(lambda: not under_way())


def test_a_runner_is_not_idle_while_something_is_shown_in_pieces(qtbot, runner, turns):
    turns.begin(pieces([], "a"))
    assert not runner.idle
    qtbot.waitUntil(lambda: runner.idle)
