"""The bar of an act that takes its time."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QProgressBar, QPushButton

from centerdesk.kernel.errors import Cancelled
from centerdesk.qtkit.act_bar import ActBar
from centerdesk.qtkit.labels import TextLabel

pytestmark = pytest.mark.gui
WAIT_MS = 5000


@pytest.fixture
def bar(runner, window):
    runner.SLOW_MS = 20
    made = ActBar(runner)
    window.layout().addWidget(made)
    return made


def test_a_slow_act_shows_its_progress_and_can_be_stopped(qtbot, runner, window, bar):
    begun, ends = threading.Event(), []

    def work(progress, cancelled):
        progress(30, 118)
        begun.set()
        while not cancelled():
            threading.Event().wait(0.001)
        raise Cancelled("停下了")

    assert not bar.isVisible()
    runner.run(window, work, ends.append, ends.append, label="读名单")
    assert begun.wait(5)
    qtbot.waitUntil(lambda: bar.findChild(TextLabel, "act_count").text() == "30/118", timeout=WAIT_MS)
    assert bar.isVisible()
    assert bar.findChild(TextLabel, "act_label").text() == "读名单"
    assert bar.findChild(QProgressBar).value() == 30
    stop = bar.findChild(QPushButton, "act_stop")
    stop.click()
    assert not stop.isEnabled()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=WAIT_MS)
    assert isinstance(ends[0], Cancelled)


def test_without_a_total_there_is_no_bar_and_the_queue_is_told(qtbot, runner, bar):
    go, ends, owner = threading.Event(), [], QObject()
    runner.run(owner, lambda _p, _c: go.wait(5), ends.append, label="导出")
    runner.run(owner, lambda _p, _c: go.wait(5), ends.append, label="备份")
    label = bar.findChild(TextLabel, "act_label")
    qtbot.waitUntil(lambda: label.text() == "导出（后面还有 1 件）", timeout=WAIT_MS)
    assert not bar.findChild(QProgressBar).isVisible()
    go.set()
    qtbot.waitUntil(lambda: len(ends) == 2, timeout=WAIT_MS)
    assert not bar.isVisible()
