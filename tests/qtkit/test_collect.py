"""Garbage is collected by the GUI thread and by nobody else."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import Qt

from centerdesk.qtkit.collect import Collector

pytestmark = pytest.mark.gui


class Loop:
    """An object that only the collector can free."""

    def __init__(self):
        self.me = self


@pytest.fixture
def collector(qtbot, window):
    made = Collector(window)
    made.TICK_MS = 10_000_000  # the test ticks itself
    made._timer.setInterval(made.TICK_MS)
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()


def litter(collector):
    return [Loop() for _ in range(collector.YOUNG + 100)]


def crowd(collector):
    """As many as a roster brings, and a loop among them that nobody holds any more."""
    loop = Loop()
    return [[n] for n in range(2 * collector.CROWD)], weakref.ref(loop)


def test_automatic_collection_is_off_while_it_runs(collector):
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_young_objects_go_while_somebody_works(qtbot, window, collector):
    qtbot.keyClick(window, Qt.Key.Key_A)
    litter(collector)
    assert collector.tick() == 0
    assert gc.get_count()[0] < collector.YOUNG
    assert collector.tick() is None


def test_every_tenth_round_takes_the_next_generation(qtbot, window, collector):
    qtbot.keyClick(window, Qt.Key.Key_A)
    rounds = []
    for _ in range(10):
        litter(collector)
        rounds.append(collector.tick())
    assert rounds == [0] * 9 + [1]


def test_everything_is_collected_only_when_nobody_touches_the_window(qtbot, window, collector):
    collector.FULL_EVERY_MS = 0
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert not collector.idle
    assert collector.tick() != 2
    collector.IDLE_MS = 0
    assert collector.tick() == 2


def test_a_crowd_is_set_aside_unseen(qtbot, window, collector):
    collector.IDLE_MS = 0
    before = gc.get_freeze_count()
    rows, loop = crowd(collector)
    assert collector.tick() is None
    assert gc.get_freeze_count() >= before + len(rows)
    assert loop() is not None, "nobody looked"
    assert collector.tick() is None, "nor is it looked through while most of it is there"


def test_what_was_set_aside_with_a_crowd_is_looked_through_when_it_is_gone(qtbot, window, collector):
    collector.IDLE_MS = 0
    rows, loop = crowd(collector)
    collector.tick()
    rows.clear()
    assert collector.tick() == 2
    assert loop() is None


def test_what_was_set_aside_is_looked_through_once_while_nobody_is_there(qtbot, window, collector):
    collector.IDLE_MS, collector.AWAY_MS = 0, 1
    rows, loop = crowd(collector)
    collector.tick()
    assert collector.tick() == 2
    assert loop() is None
    assert collector.tick() is None
    assert len(rows) == 2 * collector.CROWD
