"""The whole run: trouble, set-up, login, desk, going back to a backup, the backup at close."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from sqlalchemy import select

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import open_station
from centerdesk.app.desk import opening
from centerdesk.app.desk.closing import ClosingSheet
from centerdesk.app.desk.program import DONE, ENVIRONMENT, DeskProgram
from centerdesk.app.desk.trouble import Trouble
from centerdesk.app.desk.window import DeskWindow
from centerdesk.app.lock.lock import IDLE_MINUTES
from centerdesk.app.login.page import LoginPage
from centerdesk.app.restoring import order
from centerdesk.kernel.backupfile import Reason, list_backups
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.crash import crash_files
from centerdesk.kernel.db import DeskLock
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.settings import SettingsReader
from tests.app.conftest import MORNING, PASSWORD

pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def data(tmp_path, founded) -> DataDir:
    """A founded drill station that nobody has open."""
    shutil.copytree(founded[0].root, tmp_path / "station")
    return DataDir(tmp_path / "station")


@dataclass
class Driver:
    """Does one step after the other as soon as its window stands; keeps what it saw."""

    program: DeskProgram
    steps: list[Callable[[QWidget], bool]]
    seen: list[str] = field(default_factory=list)

    def look(self) -> None:
        front = self.program._front
        if front is None or not self.steps:
            return
        if not self.seen or self.seen[-1] != type(front).__name__:
            self.seen.append(type(front).__name__)
        if self.steps[0](front):
            self.steps.pop(0)


@pytest.fixture
def run(qtbot, qapp):
    """Run a program to its end, with steps that a person would do. Answers (exit code, driver)."""

    def go(data: DataDir, *steps: Callable[[QWidget], bool]) -> tuple[int, Driver]:
        program = DeskProgram(qapp, data, lambda _station: FixedClock(MORNING), real=False)
        driver = Driver(program, list(steps))
        poll = QTimer()
        poll.timeout.connect(driver.look)
        poll.start(20)
        late = QTimer()
        late.setSingleShot(True)
        late.timeout.connect(qapp.exit)
        late.start(30_000)
        try:
            code = program.run()
            assert late.isActive(), f"did not end by itself; saw {driver.seen}"
        finally:
            poll.stop()
            late.stop()
            front = program._front
            if front is not None:
                front.hide()
                front.deleteLater()
            program.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not driver.steps, f"stuck; saw {driver.seen}"
        return code, driver

    yield go
    QTimer.singleShot(0, qapp.quit)
    qapp.exec()  # a quit() after the end of a run would end the next test's loops at once
    qapp.setQuitOnLastWindowClosed(True)


def on(kind: type, act: Callable[[QWidget], None]) -> Callable[[QWidget], bool]:
    """A step that waits for a window of this kind."""

    def step(front: QWidget) -> bool:
        if not isinstance(front, kind):
            return False
        act(front)
        return True

    return step


def sign_in(front: LoginPage) -> None:
    front.sign_in.submitted.emit("高翔", PASSWORD)


def close(front: QWidget) -> None:
    front.close()


def press(name: str) -> Callable[[QWidget], None]:
    def act(front: QWidget) -> None:
        button = front.findChild(QPushButton, name)
        assert button is not None
        button.click()

    return act


def test_from_login_to_the_backup_at_close(run, data):
    code, driver = run(data, on(LoginPage, sign_in), on(DeskWindow, close))
    assert code == DONE
    assert driver.seen == ["LoginPage", "DeskWindow"]
    backups = list_backups([data.backups])
    assert [b.manifest.reason for b in backups] == [Reason.CLOSE]
    assert backups[0].manifest.good
    assert "desk ended with 0" in (data.logs / "desk.log").read_text("utf-8")
    DeskLock.acquire(data.lock_file, FixedClock(MORNING)).release()  # let go of


def test_an_alarm_that_refuses_to_close_does_not_hold_the_program(run, data, qapp):
    """The watcher goes on by itself (G15); a program nobody can see any more would hold the lock for ever."""
    standing = AlarmScreen(qapp.primaryScreen(), motion=False)
    standing.show()
    try:
        code, driver = run(data, on(LoginPage, lambda front: front.close()))
        assert standing.isVisible()
    finally:
        standing.leave()
    assert (code, driver.seen) == (DONE, ["LoginPage"])
    DeskLock.acquire(data.lock_file, FixedClock(MORNING)).release()


def test_signing_out_comes_back_to_the_login_page(run, data):
    def leave(front: DeskWindow) -> None:
        front.signed_out.emit()

    code, driver = run(data, on(LoginPage, sign_in), on(DeskWindow, leave), on(LoginPage, close))
    assert code == DONE
    assert driver.seen == ["LoginPage", "DeskWindow", "LoginPage"]


def test_closing_can_be_taken_back(run, data):
    go = threading.Event()

    def close_behind_other_work(front: DeskWindow) -> None:
        front.desk.runner.run(front, lambda *_: go.wait(10), lambda _: None)  # the backup waits behind it
        front.close()

    def stay(front: QWidget) -> bool:
        sheet = front.findChild(ClosingSheet)
        if sheet is None:
            return False
        sheet.findChild(QPushButton, "closing_stay").click()
        go.set()
        return True

    def still_there(front: QWidget) -> bool:
        if front.findChild(ClosingSheet) is not None:
            return False
        front.close()
        return True

    steps = on(LoginPage, sign_in), on(DeskWindow, close_behind_other_work), stay, still_there
    code, driver = run(data, *steps)
    assert code == DONE
    assert driver.seen == ["LoginPage", "DeskWindow"]


def test_a_backup_that_fails_is_told_before_the_desk_goes(run, data, monkeypatch):
    def full(*_args, **_kwargs):
        raise EnvironmentFault("U 盘满了，本机这份已备好。换个 U 盘再备一次。")

    monkeypatch.setattr("centerdesk.app.desk.closing.back_up", full)
    told: list[str] = []

    def skip(front: QWidget) -> bool:
        sheet = front.findChild(ClosingSheet)
        if sheet is None or sheet.findChild(QLabel, "closing_title").text() != "备份没做成":
            return False
        told.append(sheet.findChild(QLabel, "closing_text").text())
        sheet.findChild(QPushButton, "closing_skip").click()
        return True

    code, _driver = run(data, on(LoginPage, sign_in), on(DeskWindow, close), skip)
    assert code == DONE
    assert told == ["U 盘满了，本机这份已备好。换个 U 盘再备一次。"]


def test_a_new_folder_begins_with_the_set_up(run, tmp_path):
    from centerdesk.app.first_run.wizard import FirstRun

    code, driver = run(DataDir(tmp_path / "new"), on(FirstRun, close))
    assert code == DONE
    assert driver.seen == ["FirstRun"]


@pytest.mark.parametrize(
    ("spoil", "title"),
    [
        (lambda d: d.machine_key.write_bytes(b"x" * 40), "钥匙打不开这个库"),
        (lambda d: d.database.write_bytes(b"x" * 8192), "服务台这会儿打不开"),
        (lambda d: d.station_file.write_text("format = 99", "utf-8"), "服务台这会儿打不开"),
    ],
)
def test_a_station_that_does_not_open_is_one_sentence_and_nothing_else(run, data, spoil, title):
    spoil(data)
    before = data.database.read_bytes()
    said: list[str] = []

    def read(front: Trouble) -> None:
        said.append(front.findChild(QLabel, "state_title").text())
        said.append(front.findChild(QLabel, "state_text").text())
        front.close()

    code, driver = run(data, on(Trouble, read))
    assert code == ENVIRONMENT
    assert driver.seen == ["Trouble"]
    assert said[0] in (title, "库坏了，没有动它", "钥匙打不开这个库", "服务台这会儿打不开")
    assert said[1].endswith("。")
    assert "Traceback" not in said[1]
    assert data.database.read_bytes() == before


def test_trying_again_opens_once_the_trouble_is_gone(run, data):
    good = data.station_file.read_text("utf-8")
    data.station_file.write_text("format = 99", "utf-8")

    def mend(front: Trouble) -> None:
        data.station_file.write_text(good, "utf-8")
        press("trouble_again")(front)

    code, driver = run(data, on(Trouble, mend), on(LoginPage, close))
    assert code == DONE
    assert driver.seen == ["Trouble", "LoginPage"]


def test_the_trouble_window_stays_while_it_is_tried_again_and_takes_no_second_press(run, data):
    data.station_file.write_text("format = 99", "utf-8")
    before: list[QWidget] = []

    def twice(front: Trouble) -> None:
        before.append(front)
        for _ in range(2):
            press("trouble_again")(front)
            assert front.isVisible()
        assert not front.findChild(QPushButton, "trouble_again").isEnabled()

    def another(front: QWidget) -> bool:
        if front is before[0]:
            return False
        front.close()
        return True

    code, driver = run(data, on(Trouble, twice), another)
    assert code == ENVIRONMENT
    assert driver.seen == ["Trouble"]


@pytest.mark.parametrize("mended", [True, False])
def test_the_trouble_window_can_be_closed_while_it_is_tried_again(run, data, mended):
    """A station that opens after that is closed again: nobody would."""
    good = data.station_file.read_text("utf-8")
    data.station_file.write_text("format = 99", "utf-8")

    def give_up(front: Trouble) -> None:
        if mended:
            data.station_file.write_text(good, "utf-8")
        press("trouble_again")(front)
        front.close()

    code, driver = run(data, on(Trouble, give_up))
    assert (code, driver.seen) == (ENVIRONMENT, ["Trouble"])
    assert not data.database.with_name(data.database.name + "-wal").exists()


def test_a_desk_on_another_machine_is_named(run, data):
    with DeskLock.acquire(data.lock_file, FixedClock(MORNING)):
        said: list[str] = []

        def read(front: Trouble) -> None:
            said.append(front.findChild(QLabel, "state_text").text())
            front.close()

        code, _driver = run(data, on(Trouble, read))
    assert code == ENVIRONMENT
    assert "正开着这个库" in said[0]


def test_an_unexpected_error_at_opening_has_a_code(run, data, monkeypatch):
    def broken(*_args, **_kwargs):
        raise LookupError("secret")

    monkeypatch.setattr(opening, "open_station", broken)
    said: list[str] = []

    def read(front: Trouble) -> None:
        said.append(front.findChild(QLabel, "state_text").text())
        front.close()

    code, _driver = run(data, on(Trouble, read))
    assert code == ENVIRONMENT
    files = list(crash_files(data.logs))
    assert len(files) == 1
    assert "secret" not in files[0].read_text("utf-8")
    assert files[0].stem.rsplit("-", 1)[1] in said[0]


def test_two_persons_go_back_to_a_backup_and_sign_in_again(run, data):
    """What was done after the backup is gone, the order is in the journal, and the login page comes back."""
    station = open_station(data, FixedClock(MORNING))
    made = back_up(station, Reason.MANUAL)
    station.sign_in("高翔", PASSWORD)
    station.bus.run(ChangeSetting(IDLE_MINUTES, 9))
    first, other = (station.authenticate(name, PASSWORD) for name in ("高翔", "许文静"))
    station.close()
    wanted = order(made.backup.path, first, other)
    code, driver = run(
        data,
        on(LoginPage, sign_in),
        on(DeskWindow, lambda front: front.restore_ordered.emit(wanted)),
        on(LoginPage, close),
    )
    assert code == DONE
    assert [name for name in driver.seen if name != "RestoringWindow"] == [
        "LoginPage",
        "DeskWindow",
        "LoginPage",
    ]
    station = open_station(data, FixedClock(MORNING))
    with station.database.read_session() as session:
        assert SettingsReader(session).get(IDLE_MINUTES) == 5
        assert "RecordRestore" in set(session.scalars(select(JournalOp.action)))
    station.close()


def test_a_backup_that_cannot_be_used_leaves_everything(run, data):
    station = open_station(data, FixedClock(MORNING))
    made = back_up(station, Reason.MANUAL)
    first, other = (station.authenticate(name, PASSWORD) for name in ("高翔", "许文静"))
    station.close()
    made.backup.path.write_bytes(b"x" * 4096)
    wanted = order(made.backup.path, first, other)
    said: list[str] = []

    def read(front: Trouble) -> None:
        said.append(front.findChild(QLabel, "state_text").text())
        press("trouble_again")(front)

    code, driver = run(
        data,
        on(LoginPage, sign_in),
        on(DeskWindow, lambda front: front.restore_ordered.emit(wanted)),
        on(Trouble, read),
        on(LoginPage, close),
    )
    assert code == DONE
    assert said[0].endswith("。")
    assert driver.seen[-1] == "LoginPage"
