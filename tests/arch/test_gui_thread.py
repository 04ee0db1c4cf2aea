"""The guard over the GUI thread finds what it is for: every test with a window is watched by it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinterInfo
from sqlalchemy import create_engine, text

from centerdesk.kernel.paths import resource
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import State, StateCard, Way
from tests.helpers import gui_thread

pytestmark = pytest.mark.gui


def ask_a_database() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT 1"))


BREAKS: dict[str, Callable[[], object]] = {
    "open": lambda: Path(os.devnull).read_bytes(),
    "os.stat": lambda: Path("/").stat(),
    "os.listdir": lambda: next(Path("/").iterdir()),
    "sql": ask_a_database,
    "os.statvfs": lambda: os.statvfs("/"),
    "subprocess.Popen": lambda: subprocess.run(["true"], check=True),
    "QPrinterInfo.availablePrinterNames": lambda: QPrinterInfo.availablePrinterNames(),
}


def press(qtbot, act: Callable[[], object]) -> None:
    """A button of the interface that does this."""
    card = StateCard()
    qtbot.addWidget(card)
    card.show_state(State("empty", "空", ways=(Way("做", lambda: act() and None),)))
    card.findChild(object, "state_way_0").click()


@pytest.mark.parametrize("what", BREAKS)
def test_what_a_window_waits_for_is_found(qtbot, what):
    press(qtbot, BREAKS[what])
    assert [found.split()[0] for found in gui_thread.taken()] == [what]


def test_what_ships_with_the_program_may_be_read(qtbot):
    press(qtbot, lambda: resource("theme", "desk.qss").read_text("utf-8"))
    assert gui_thread.taken() == []


def test_what_a_test_or_a_lane_does_keeps_no_window_waiting(qtbot):
    Path("/").stat()
    runner = Runner(None, None, lambda _owner, _exc: None)  # its slow lane needs neither
    runner.run(runner, lambda _tell, _stopped: Path("/").stat(), lambda _found: None)
    qtbot.waitUntil(lambda: runner.idle)
    runner.shutdown()
    runner.deleteLater()
    assert gui_thread.taken() == []
