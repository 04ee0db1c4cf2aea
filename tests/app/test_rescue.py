"""Getting a station back with the recovery sheet: on this computer, and on another one."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QPushButton, QRadioButton, QWidget
from sqlalchemy import select

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import open_station
from centerdesk.app.first_run.wizard import FirstRun
from centerdesk.app.recovery.acts import SHEET_USED
from centerdesk.app.rescue import Rescue
from centerdesk.app.watching.stop import living_watcher, send_away
from centerdesk.features.checkins.models import WatcherBeat
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import list_backups
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.errors import EnvironmentFault, WrongKey
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station

pytestmark = pytest.mark.gui


@pytest.fixture
def open_rescue(qtbot, clock, idle_runner):
    def open_it(data: DataDir) -> Rescue:
        page = Rescue(data, clock, idle_runner)
        qtbot.addWidget(page)
        page.resize(1180, 720)
        with qtbot.waitExposed(page):
            page.show()
        qtbot.waitUntil(lambda: idle_runner.idle)
        return page

    return open_it


def type_code(qtbot, page: Rescue, code: RecoveryCode) -> None:
    for field, group in zip(page.groups.fields, code.groups, strict=True):
        qtbot.keyClicks(field, group)


def go(page: Rescue) -> QPushButton:
    found = page.findChild(QPushButton, "rescue_go")
    assert found is not None
    return found


def test_a_lost_machine_key_is_made_again_by_the_sheet(qtbot, made, open_rescue, clock):
    station, code = made
    station.close()
    station.data.machine_key.unlink()
    with pytest.raises(WrongKey):
        keyslots.open_with_machine(station.data)
    page = open_rescue(station.data)
    assert page.findChild(QRadioButton, "rescue_here").isChecked()
    assert go(page).missing == "还差 8 组"
    type_code(qtbot, page, code)
    with qtbot.waitSignal(page.opened, timeout=20_000):
        go(page).click()
    opened = open_station(station.data, clock)
    opened.close()
    assert SHEET_USED in Station.load(station.data.station_file).settings
    assert page.groups.text == ""


def test_with_the_database_there_going_back_is_not_the_default(made, open_rescue):
    station, _code = made
    back_up(station, Reason.MANUAL)
    station.close()
    station.data.machine_key.unlink()
    page = open_rescue(station.data)
    assert page.table.rows
    assert page.findChild(QRadioButton, "rescue_here").isChecked()
    assert go(page).text() == "打开"


def test_on_another_computer_a_backup_and_the_sheet_are_enough(qtbot, made, open_rescue, clock, tmp_path):
    station, code = made
    back_up(station, Reason.MANUAL)
    stick = tmp_path / "stick"
    shutil.copytree(station.data.backups, stick)
    station.close()
    new = DataDir(tmp_path / "another computer")
    page = open_rescue(new)
    assert go(page).missing == "还差一份备份"
    page.take_backup(str(list_backups([stick])[0].path))
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    type_code(qtbot, page, code)
    with qtbot.waitSignal(page.opened, timeout=20_000):
        go(page).click()
    opened = open_station(new, clock)
    try:
        assert opened.station.name == "云和社区"
        with opened.database.read_session() as session:
            op = session.scalar(select(JournalOp).where(JournalOp.action == "RecordRestore"))
            assert op.actor == "system"
    finally:
        opened.close()


def test_a_wrong_sheet_changes_nothing_and_may_be_typed_again(qtbot, made, open_rescue):
    station, _code = made
    station.close()
    before = station.data.keyslots.read_bytes()
    page = open_rescue(station.data)
    type_code(qtbot, page, RecoveryCode.generate())
    go(page).click()
    qtbot.waitUntil(lambda: page.findChild(QWidget, "rescue_said").text() != "", timeout=20_000)
    assert "恢复单打不开" in page.findChild(QWidget, "rescue_said").text()
    assert page.groups.done == 0
    assert station.data.keyslots.read_bytes() == before


def test_a_file_that_is_no_backup_is_told(qtbot, open_rescue, tmp_path):
    page = open_rescue(DataDir(tmp_path / "empty"))
    bad = tmp_path / "x.cdbackup"
    bad.write_bytes(b"nothing")
    page.take_backup(str(bad))
    qtbot.waitUntil(lambda: "清单" in page.findChild(QWidget, "rescue_said").text())
    assert page.table.rows == ()


def test_the_set_up_offers_it_before_there_is_a_station(qtbot, clock, idle_runner, tmp_path):
    wizard = FirstRun(DataDir(tmp_path / "new"), clock, idle_runner)
    qtbot.addWidget(wizard)
    with qtbot.waitExposed(wizard):
        wizard.show()
    qtbot.waitUntil(lambda: not wizard.busy and idle_runner.idle)
    wizard.findChild(QPushButton, "site_rescue").click()
    page = wizard.findChild(Rescue, "rescue")
    assert page.isVisible()
    qtbot.waitUntil(lambda: idle_runner.idle)
    page.findChild(QPushButton, "rescue_leave").click()
    assert wizard.findChild(QWidget, "step_site").isVisible()


# --- letting the watcher go ---------------------------------------------------------------------------------


def beat(station, pid: int, at) -> None:
    with station.database.write_session() as session:
        session.add(WatcherBeat(id=1, at=at, high_water=at, pid=pid))
        session.commit()


def test_a_watcher_that_looks_now_is_asked_to_end(station, clock):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        beat(station, child.pid, clock.now())
        with station.database.read_session() as session:
            pid = living_watcher(session, clock)
        assert pid == child.pid
        import threading

        waiting = threading.Thread(
            target=child.wait
        )  # a real watcher is nobody's child: somebody must reap this one
        waiting.start()
        send_away(pid)
        waiting.join(10)
        assert child.poll() is not None
    finally:
        child.kill()
        child.stdin.close()
        child.wait()


def test_an_old_beat_is_no_watcher(station, clock):
    from datetime import timedelta

    beat(station, 1, clock.now() - timedelta(minutes=10))
    with station.database.read_session() as session:
        assert living_watcher(session, clock) is None
    send_away(None)


def test_no_station_here_is_no_fault(tmp_path):
    from centerdesk.app.rescue import look_around

    found = look_around(DataDir(tmp_path / "nothing"))
    assert (found.database, found.backups) == (False, ())
    with pytest.raises(EnvironmentFault):
        Station.load(DataDir(tmp_path / "nothing").station_file)
