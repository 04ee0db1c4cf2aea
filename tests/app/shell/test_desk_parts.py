"""The parts of the running desk: one desk a station, the watcher it keeps alive, words and hooks of trouble."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from centerdesk.app.desk.memory import DeskMemory
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.single import FirstDesk, raise_other, server_name
from centerdesk.app.desk.status import PulseTaker
from centerdesk.app.desk.trouble import Trouble, title_of
from centerdesk.app.excepthook import DeskCrash
from centerdesk.app.pulse import Fact, Pulse
from centerdesk.app.watching import start as watch_start
from centerdesk.app.watching.start import WatchKeeper, command
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.crash import crash_files
from centerdesk.kernel.errors import (
    DamagedDatabase,
    EnvironmentFault,
    NewerDatabase,
    Unavailable,
    UserError,
    WrongKey,
)
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.notify import Notice
from centerdesk.qtkit.runner import Runner
from tests.app.conftest import MORNING

pytestmark = pytest.mark.qt_log_ignore("does not support raise")


# --- one desk -----------------------------------------------------------------------------------------------


def test_a_second_start_raises_the_first_window(qtbot, tmp_path):
    data = DataDir(tmp_path)
    first = FirstDesk(data)
    first.listen()
    try:
        assert first.listening
        with qtbot.waitSignal(first.wanted):
            assert raise_other(data)
    finally:
        first.close()
        first.deleteLater()


def test_a_start_right_behind_the_first_asks_until_it_is_heard(qtbot, tmp_path):
    """Two clicks on the icon: the first listens when its window stands."""
    data = DataDir(tmp_path)
    first = FirstDesk(data)
    try:
        assert not first.listening
        with ThreadPoolExecutor(1) as pool, qtbot.waitSignal(first.wanted, timeout=60_000):
            asked = pool.submit(raise_other, data, 60_000)
        assert asked.result()
    finally:
        first.close()
        first.deleteLater()


def test_nobody_listens_when_no_desk_runs(qtbot, tmp_path):
    assert not raise_other(DataDir(tmp_path))


def test_two_stations_are_two_desks_and_the_name_tells_nothing(tmp_path):
    one, other = DataDir(tmp_path / "云和"), DataDir(tmp_path / "望江")
    assert server_name(one) != server_name(other)
    assert server_name(one) == server_name(DataDir(tmp_path / "望江" / ".." / "云和"))
    assert "云和" not in server_name(one)
    assert len(server_name(one)) < 60


# --- the watcher --------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch):
    found: list[DataDir] = []
    monkeypatch.setattr(watch_start, "start_watcher", lambda data: found.append(data) or True)
    return found


def pulse(clock: FixedClock, *, silent: bool) -> Pulse:
    return Pulse(clock.now(), Fact(""), silent=silent)


def test_a_silent_watcher_is_started_at_most_once_a_minute(qtbot, tmp_path, started):
    clock, data = FixedClock(MORNING), DataDir(tmp_path)
    keeper = WatchKeeper(data)
    for seconds, count in ((0, 1), (10, 1), (59, 1), (60, 2)):
        clock.set(MORNING + timedelta(seconds=seconds))
        keeper.heed(pulse(clock, silent=True))
        assert len(started) == count
    clock.advance(timedelta(minutes=5))
    keeper.heed(pulse(clock, silent=False))
    assert len(started) == 2
    keeper.deleteLater()


def test_a_clock_set_back_does_not_keep_the_watcher_dead(qtbot, tmp_path, started):
    clock = FixedClock(MORNING)
    keeper = WatchKeeper(DataDir(tmp_path))
    keeper.heed(pulse(clock, silent=True))
    clock.set(MORNING - timedelta(days=1))
    keeper.heed(pulse(clock, silent=True))
    assert len(started) == 2
    keeper.deleteLater()


def test_a_desk_whose_clock_was_set_by_hand_starts_none(qtbot, tmp_path, started):
    keeper = WatchKeeper(DataDir(tmp_path), real=False)
    keeper.heed(pulse(FixedClock(MORNING), silent=True))
    assert started == []
    keeper.deleteLater()


def test_how_the_watcher_is_started(tmp_path, monkeypatch):
    assert command(DataDir(tmp_path)) == [
        sys.executable,
        "-m",
        "centerdesk",
        "--data",
        str(tmp_path),
        "watch",
    ]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command(DataDir(tmp_path)) == [sys.executable, "--data", str(tmp_path), "watch"]


def test_a_watcher_that_cannot_be_started_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    assert not watch_start.start_watcher(DataDir(tmp_path))


@pytest.mark.parametrize(("exc", "written"), [(Unavailable("服务器没有回答。"), 0), (LookupError("x"), 1)])
def test_an_outage_is_no_crash_and_a_bug_is_one(qtbot, founded_desk, exc, written):
    """Each ten seconds: crash files of an outage would push the real ones out."""

    def away():
        raise exc

    reports: list[BaseException] = []
    station, owner = founded_desk.station, QObject()
    runner = Runner(station.bus, away, lambda _owner, _exc: None)
    memory = DeskMemory(station.data)
    pulses = PulseTaker(DeskSession(station, runner, memory, lambda e: reports.append(e) or "t-0"), owner)
    pulses.take()
    qtbot.waitUntil(lambda: runner.idle)
    assert len(reports) == written
    runner.shutdown()
    owner.deleteLater()
    runner.deleteLater()


# --- words and hooks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exc", "title"),
    [
        (WrongKey("x"), "钥匙打不开这个库"),
        (DamagedDatabase("x"), "库坏了，没有动它"),
        (NewerDatabase("x"), "库是更新的程序写的"),
        (EnvironmentFault("x"), "服务台这会儿打不开"),
        (UserError("x"), "没打开"),
        (LookupError("x"), "程序出错了，没打开"),
    ],
)
def test_titles_of_trouble(exc, title):
    assert title_of(exc) == title


def test_an_error_in_a_slot_is_told_with_its_code(qtbot, tmp_path):
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    crash = DeskCrash(DataDir(tmp_path), FixedClock(MORNING))
    try:
        try:
            raise LookupError("李桂兰")
        except LookupError as exc:
            sys.excepthook(LookupError, exc, exc.__traceback__)
        qtbot.waitUntil(lambda: window.findChild(Notice, "report") is not None)
        sheet = window.findChild(Notice, "report")
        text = sheet.findChild(QLabel, "report_text").text()
        code = next(crash_files(tmp_path / "logs")).stem.rsplit("-", 1)[1]
        assert code in text
        assert "李桂兰" not in text
        sheet.findChild(QPushButton, "report_close").click()
    finally:
        crash.close()
        crash.deleteLater()


def test_an_error_that_is_shown_elsewhere_is_not_told_twice(qtbot, tmp_path):
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    crash = DeskCrash(DataDir(tmp_path), FixedClock(MORNING))
    try:
        assert len(crash.report(LookupError("x"))) == 8
        QApplication.sendPostedEvents()
        assert window.findChild(Notice, "report") is None
    finally:
        crash.close()
        crash.deleteLater()


def test_escape_leaves_the_trouble_window(qtbot):
    window = Trouble("标题", "一句话。")
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.left):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
