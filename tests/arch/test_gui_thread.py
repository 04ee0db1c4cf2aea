"""The guard over the GUI thread finds what it is for: every test with a window is watched by it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from centerdesk.app.recovery.sheet import paper_printers
from centerdesk.kernel.logs import start_logging, stop_logging
from centerdesk.kernel.paths import resource
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import State, StateCard, Way
from tests.helpers import gui_thread

pytestmark = pytest.mark.gui


BREAKS: dict[str, Callable[[], Any]] = {
    "open": Path(os.devnull).read_bytes,
    "os.stat": Path("/").stat,
    "os.listdir": partial(os.listdir, "/"),
    "os.statvfs": partial(shutil.disk_usage, "/"),
    "subprocess.Popen": partial(subprocess.run, ["true"], check=True),
    "sql": partial(Session(create_engine("sqlite://")).scalar, text("SELECT 1")),
    "QPrinterInfo.availablePrinterNames": paper_printers,
}
"""Nothing here is a function of a test: what a test does is not looked at."""


def press(qtbot, act: Callable[[], Any]) -> None:
    """A button of the interface that does this."""
    card = StateCard()
    qtbot.addWidget(card)
    card.show_state(State("empty", "空", ways=(Way("做", act),)))
    card.findChild(object, "state_way_0").click()


@pytest.mark.parametrize("what", BREAKS)
def test_what_a_window_waits_for_is_found(qtbot, what):
    press(qtbot, BREAKS[what])
    assert what in {found.split()[0] for found in gui_thread.taken()}


def test_what_ships_with_the_program_may_be_read(qtbot):
    press(qtbot, resource("theme", "desk.qss").read_bytes)
    assert gui_thread.taken() == []


def test_a_line_of_the_log_may_be_written(qtbot, tmp_path):
    handler = start_logging(tmp_path, "desk")
    press(qtbot, partial(logging.getLogger("centerdesk.app").warning, "a line"))
    stop_logging(handler)
    assert "a line" in (tmp_path / "desk.log").read_text("utf-8")
    assert gui_thread.taken() == []


def test_what_a_test_or_a_lane_does_keeps_no_window_waiting(qtbot):
    Path("/").stat()
    press(qtbot, lambda: Path("/").stat() and None)
    runner = Runner(None, None, lambda _owner, _exc: None)  # its slow lane needs neither
    runner.run(runner, lambda _tell, _stopped: Path("/").stat(), lambda _found: None)
    qtbot.waitUntil(lambda: runner.idle)
    runner.shutdown()
    runner.deleteLater()
    assert gui_thread.taken() == []
