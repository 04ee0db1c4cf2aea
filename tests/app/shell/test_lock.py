"""The idle lock and the alarm over a locked desk: nothing is to be read, the password brings all back."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid
from sqlalchemy import select

from centerdesk.app.alarm import curtain as alarm_curtain
from centerdesk.app.alarm.curtain import quiet_now
from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.alarm.words import Bar, countdown
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.lock.lock import IDLE_MINUTES
from centerdesk.app.login.watch import LoginWatch
from centerdesk.app.palette.panel import Palette
from centerdesk.features.checkins.models import Alarm, WatcherBeat
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.qtkit import clipboard, notify
from centerdesk.qtkit.notify import Answer, Question
from tests.app.conftest import MORNING, PASSWORD
from tests.helpers.desk import type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking


@pytest.fixture
def office(founded_desk, clock):
    """A founded station with its window open; 高翔 has a real password."""
    founded_desk.open()
    founded_desk.clock = clock
    return founded_desk


def unlock(office, password: str = PASSWORD) -> None:
    type_text(office.find(QLineEdit, "lock_password"), password)
    office.qtbot.keyClick(office.find(QLineEdit, "lock_password"), Qt.Key.Key_Return)
    office.settle()


def test_nobody_for_five_minutes_locks(office):
    guard = office.window.guard
    office.clock.advance(timedelta(minutes=4, seconds=59))
    guard.tick()
    assert not guard.locked
    office.clock.advance(timedelta(seconds=1))
    guard.tick()
    assert guard.locked


def test_the_desk_looks_at_its_clocks_by_itself(office):
    office.clock.advance(timedelta(minutes=5))
    office.qtbot.waitUntil(lambda: office.window.guard.locked)


def test_a_key_starts_the_minutes_anew(office):
    guard = office.window.guard
    office.clock.advance(timedelta(minutes=4))
    office.qtbot.keyClick(office.window.windowHandle(), Qt.Key.Key_Shift)
    office.clock.advance(timedelta(minutes=4))
    guard.tick()
    assert not guard.locked


def test_a_machine_that_slept_wakes_up_locked(office):
    office.clock.set(office.clock.now() + timedelta(hours=8))  # the monotonic clock stood still
    office.window.guard.tick()
    assert office.window.guard.locked


@pytest.mark.parametrize(("seconds", "locked"), [(9, False), (60, True)])
def test_a_short_sleep_is_the_wall_clock_ahead_of_the_other(office, seconds, locked):
    """Far less than the idle minutes: the lid was closed, somebody else may have opened it."""
    office.clock.set(office.clock.now() + timedelta(seconds=seconds))
    office.window.guard.tick()
    assert office.window.guard.locked is locked


def test_setting_the_wall_clock_back_does_not_keep_the_desk_open(office):
    guard = office.window.guard
    office.clock.set(office.clock.now() - timedelta(hours=1))
    guard.tick()
    assert not guard.locked
    office.clock.advance(timedelta(minutes=5))
    guard.tick()
    assert guard.locked


def test_the_minutes_are_a_setting(office):
    office.window.runner.execute(office.window, ChangeSetting(IDLE_MINUTES, 1))
    office.settle()
    office.clock.advance(timedelta(minutes=1))
    office.window.guard.tick()
    assert office.window.guard.locked


class Paints(QObject):
    """Counts what is painted, without an event loop in between."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[str] = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.painted.append(watched.objectName())
        return False


def test_when_the_system_locks_the_content_is_gone_before_the_next_event(office):
    """≤ 200 ms (G37), by counting instead of timing: all happens within the one slot."""
    window = office.window
    counted = Paints()
    QApplication.instance().installEventFilter(counted)
    window.guard._system.locking.emit()
    QApplication.instance().removeEventFilter(counted)
    screen = window.guard.lock_screen
    shown = [w for w in window.findChildren(QWidget) if w.isVisible()]
    assert all(w is screen or screen.isAncestorOf(w) for w in shown)
    assert "lock_screen" in counted.painted
    assert "page_stack" not in counted.painted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is Linux's")
def test_an_open_desk_listens_to_the_system_by_itself(office):
    """What it hears there: `test_system_lock`, on a bus of its own."""
    from centerdesk.app.lock.linux import BusEars

    guard = office.window.guard
    office.qtbot.waitUntil(lambda: guard.findChild(BusEars) is not None)
    guard.findChild(BusEars).heard.emit()
    assert guard.locked


def test_what_was_copied_goes_with_the_lock_and_what_others_copied_stays(office):
    board = QGuiApplication.clipboard()
    clipboard.copy("138****2345")
    office.window.lock()
    assert board.text() == ""
    others = QMimeData()
    others.setText("别人的字")
    board.setMimeData(others)
    unlock(office)
    office.window.lock()
    assert board.text() == "别人的字"
    board.clear()


def test_what_was_copied_goes_after_twenty_seconds_and_with_the_desk(office):
    board = QGuiApplication.clipboard()
    keeper = office.window.guard.findChild(clipboard.ClipboardKeeper)
    clipboard.copy("138****2345")
    (timer,) = (each for each in keeper.findChildren(QTimer) if each.isActive())
    assert timer.interval() == 20_000
    timer.timeout.emit()
    assert board.text() == ""
    clipboard.copy("138****2345")
    office.window.guard.stop()  # the desk is being closed
    assert board.text() == ""


def test_nothing_of_the_content_is_left(office):
    window = office.window
    notify.toast(window, "5-2-101 已记成已开")
    Palette.over(window, "lgl")
    office.qtbot.keyClick(window, Qt.Key.Key_Escape)
    notify.report(window, "没写进去", "李桂兰的电话")
    window.lock()
    shown = [w for w in window.findChildren(QWidget) if w.isVisible()]
    screen = window.guard.lock_screen
    assert all(w is screen or screen.isAncestorOf(w) for w in shown)
    assert screen.geometry() == window.rect()
    assert window.windowTitle() == "已锁屏 — 窗明 · 党群服务台"
    words = " ".join(label.text() for label in screen.findChildren(QLabel))
    assert "5-2-101" not in words
    assert "李桂兰" not in words


def test_other_windows_of_the_program_go_too_and_come_back(office):
    other = QWidget()
    other.setWindowTitle("李桂兰")
    office.qtbot.addWidget(other)
    other.show()
    office.window.lock()
    assert not other.isVisible()
    unlock(office)
    assert other.isVisible()


def test_what_a_lane_answers_while_locked_waits_for_the_password(office):
    window, asked = office.window, []
    before = len(notify.toasts(window))
    window.lock()
    notify.toast(window, "5-2-101 已记成已开")
    notify.report(window, "没写进去", "李桂兰的电话")
    notify.ask(
        window,
        Question("两份里留哪一份", "李桂兰", (Answer("这一份", "this"), Answer("不动", "keep"))),
        asked.append,
    )
    screen = window.guard.lock_screen
    assert all(w is screen or screen.isAncestorOf(w) for w in window.findChildren(QWidget) if w.isVisible())
    assert office.find(QLineEdit, "lock_password").hasFocus()
    unlock(office)
    assert len(notify.toasts(window)) == before + 1
    assert "李桂兰" in office.find(QLabel, "report_text").text()
    office.qtbot.mouseClick(office.find(QPushButton, "ask_keep"), Qt.MouseButton.LeftButton)
    assert asked == ["keep"]


@pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)
def test_every_menu_closes_with_the_lock(office):
    outer, inner = QMenu(office.window), QMenu(office.window)
    outer.addAction("李桂兰")
    inner.addAction("13812345678")
    outer.popup(office.window.mapToGlobal(QPoint(20, 20)))
    inner.popup(office.window.mapToGlobal(QPoint(60, 60)))
    office.window.lock()
    unlock(office)
    assert not outer.isVisible()
    assert not inner.isVisible()


def test_no_key_works_while_locked(office):
    window = office.window
    window.lock()
    for pressed in (Qt.Key.Key_K, Qt.Key.Key_2, Qt.Key.Key_B, Qt.Key.Key_Z):
        office.qtbot.keyClick(window, pressed, CONTROL)
    office.settle()
    assert window.findChild(Palette, "palette") is None
    assert window.frame.page_id == "today"


def test_the_password_brings_everything_back(office):
    window = office.window
    page = window.frame.page
    notify.toast(window, "还在")
    window.lock()
    unlock(office)
    assert not window.guard.locked
    assert window.frame.page is page
    assert page.isVisible()
    assert notify.toasts(window)[0].isVisible()
    assert window.windowTitle() == "今日 — 窗明 · 党群服务台"
    office.qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window.findChild(Palette, "palette")
    assert palette is not None
    palette.leave()


def test_a_toast_that_ran_out_meanwhile_does_not_keep_the_desk_shut(office, monkeypatch):
    """The lock comes within the eight seconds after an act, the password later: what went is left alone."""
    monkeypatch.setattr(notify.Toast, "LIFE_MS", 1)
    window = office.window
    gone = notify.toast(window, "5-2-101 已记成已开", lambda: None)
    window.lock()
    office.qtbot.waitUntil(lambda: not isValid(gone))
    unlock(office)
    assert window.frame.page.isVisible()
    notify.toast(window, "又能说话了")
    assert [one.text for one in notify.toasts(window)][-1] == "又能说话了"
    office.qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    office.find(Palette, "palette").leave()


def test_a_tooltip_does_not_come_back_with_the_password(office):
    window = office.window
    QToolTip.showText(window.mapToGlobal(QPoint(200, 200)), "李桂兰", window)
    tip = next(w for w in QApplication.topLevelWidgets() if w.windowType() == Qt.WindowType.ToolTip)
    window.lock()
    assert not tip.isVisible()
    unlock(office)
    assert window.frame.page.isVisible()
    assert not isValid(tip) or not tip.isVisible()


def test_the_focus_is_back_where_somebody_was(office):
    window = office.window
    window.go("settings")
    office.settle()
    field = next(
        w for w in window.frame.page.findChildren(QAbstractButton) if w.isVisible() and w.isEnabled()
    )
    field.setFocus()
    window.lock()
    unlock(office)
    assert QApplication.focusWidget() is field


def test_a_wrong_password_is_said_and_slowed(office):
    window = office.window
    window.lock()
    for _ in range(5):
        unlock(office, "不对的密码")
    assert window.guard.locked
    assert "歇 1 分" in office.find(QLabel, "lock_problem").text()
    assert not office.find(QLineEdit, "lock_password").isEnabled()
    assert "秒后再输" in office.find(QLineEdit, "lock_password").placeholderText()
    for _ in range(62):
        window.guard.lock_screen._tick()
    assert office.find(QLineEdit, "lock_password").isEnabled()


def test_somebody_else_may_sign_in(office):
    office.window.lock()
    with office.qtbot.waitSignal(office.window.signed_out):
        office.qtbot.mouseClick(office.find(QPushButton, "lock_sign_out"), Qt.MouseButton.LeftButton)


def test_tab_stays_on_the_card(office):
    office.window.lock()
    screen = office.window.guard.lock_screen
    for _ in range(6):
        office.qtbot.keyClick(screen, Qt.Key.Key_Tab)
        focus = office.window.focusWidget()
        assert screen.isAncestorOf(focus)


# --- alarms ---------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(morning, monkeypatch):
    """The morning with its two alarms, the desk locked; nothing is played."""
    morning.rung = []
    monkeypatch.setattr(alarm_curtain, "play_alarm", lambda: morning.rung.append(1))
    window = morning.open()
    window.lock()
    return morning


def shown(desk) -> AlarmScreen:
    assert len(desk.window.guard.curtain.screens) == len(QGuiApplication.screens())
    return desk.window.guard.curtain.screens[0]


def test_an_alarm_covers_a_locked_desk_without_a_name_or_a_door(watched):
    screen = shown(watched)
    words = screen.words
    assert words.whose == "5 栋　曾** 家"
    assert words.kind == "早间窗帘 · 看不清 · 另有 1 户"
    said = f"{words.spoken} {' '.join(words.foot)}"
    for secret in ("曾繁树", "202", "单元", "高血压", "138"):
        assert secret not in said
    assert screen.isVisible()


def test_the_steps_say_how_they_stand_and_exactly_one_is_current(watched):
    words = shown(watched).words
    assert [s.bar for s in words.steps] == [Bar.NOW, *[Bar.AHEAD] * 5]
    assert words.shown == "05:00"
    assert words.then == ("后还没见到人", "自动转给 孙**")


def test_the_screen_counts_down_and_never_closes_by_a_key(watched):
    screen = shown(watched)
    watched.fixture.clock.advance(timedelta(seconds=14))
    watched.window.guard.tick()
    assert screen.words.shown == "04:46"
    for pressed in (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_F4):
        watched.qtbot.keyClick(screen, pressed)
    assert screen.isVisible()


def test_the_screen_is_not_closed_by_the_window_manager(watched):
    """Alt+F4 is the window manager's: no key reaches us, only the wish to close."""
    screen = shown(watched)
    assert not screen.close()
    watched.window.guard.tick()
    assert shown(watched).isVisible()


def test_taking_it_hushes_and_asks_for_the_password(watched):
    screen = shown(watched)
    first = screen.words.alarm_id
    watched.qtbot.keyClick(screen, Qt.Key.Key_Return)
    assert watched.find(QLabel, "lock_ask").text() == "输密码，马上看联系牌"
    second = shown(watched) if watched.window.guard.curtain.screens else None
    assert second is None or second.words.alarm_id != first


def test_the_hush_ends_after_two_minutes(watched):
    guard = watched.window.guard
    for _ in range(2):
        if guard.curtain.screens:
            watched.qtbot.keyClick(guard.curtain.screens[0], Qt.Key.Key_Return)
            guard.tick()
    assert not guard.curtain.screens
    watched.fixture.clock.advance(timedelta(minutes=2, seconds=1))
    guard.tick()
    assert guard.curtain.screens


def test_a_clock_set_back_does_not_prolong_the_hush(watched):
    guard, clock = watched.window.guard, watched.fixture.clock
    for _ in range(2):
        if guard.curtain.screens:
            watched.qtbot.keyClick(guard.curtain.screens[0], Qt.Key.Key_Return)
            guard.tick()
    assert not guard.curtain.screens
    clock.advance(timedelta(minutes=2, seconds=1))
    clock.set(clock.now() - timedelta(hours=1))
    guard.tick()
    assert guard.curtain.screens


def test_after_the_password_the_alarm_is_taken_and_opened(watched, monkeypatch):
    window = watched.window
    went = []
    monkeypatch.setattr(window, "go", lambda page_id, row_id=None: went.append((page_id, row_id)))
    screen = shown(watched)
    alarm_id = screen.words.alarm_id
    watched.qtbot.keyClick(screen, Qt.Key.Key_Return)
    window.guard._unlocked(window.actor())
    watched.settle()
    assert went == [("checkins", alarm_id)]
    with watched.fixture.read() as session:
        taken = session.scalars(select(Alarm.acknowledged_by).where(Alarm.id == alarm_id)).one()
    assert taken == window.actor().account_id


def half_written(morning):
    """A desk with a form that was begun."""
    window = morning.open()
    window.go("people")
    morning.settle()
    window.registry.trigger("people.new")
    morning.settle()
    type_text(window.focusWidget(), "写了一半")
    return window


def test_an_alarm_is_taken_while_a_page_waits_for_an_answer(morning):
    """A form was begun, 今日 was wanted, the page asked; then the desk locked and an alarm was taken."""
    window = half_written(morning)
    window.go("today")
    assert window.findChild(notify.Notice, "ask") is not None
    alarm_id = window.pulses.pulse.alarms[0].alarm_id
    window.lock()
    window.guard.curtain.taken.emit(alarm_id)
    window.guard._unlocked(window.actor())
    morning.settle()
    (standing,) = window.findChildren(notify.Notice, "ask")
    morning.qtbot.mouseClick(standing.buttons[0], Qt.MouseButton.LeftButton)
    morning.settle()
    assert window.frame.page_id == "checkins"
    with morning.fixture.read() as session:
        assert session.get(Alarm, alarm_id).acknowledged_by == window.actor().account_id


def test_the_cross_of_the_window_asks_once_however_often(morning):
    window = half_written(morning)
    for _ in range(2):
        assert not window.close()
    assert len(window.findChildren(notify.Notice, "ask")) == 1


def test_the_desk_sounds_itself_only_when_nobody_watches(watched):
    guard = watched.window.guard
    guard.tick()
    assert watched.rung == []
    with watched.fixture.database.write_session() as session:
        session.get(WatcherBeat, 1).at = watched.fixture.clock.now() - timedelta(minutes=5)
        session.commit()
    watched.window.pulses.take()
    watched.settle()
    guard.tick()
    guard.tick()
    watched.qtbot.waitUntil(lambda: watched.rung == [1])


def test_an_unlocked_desk_gets_no_screen(morning):
    window = morning.open()
    window.guard.tick()
    assert window.guard.curtain.screens == []


def test_signing_out_takes_the_screens_down(watched):
    guard = watched.window.guard
    assert guard.curtain.screens
    guard.stop()
    assert guard.curtain.screens == []


def test_an_alarm_covers_the_login_page_and_leads_whoever_signs_in(morning, qtbot):
    desk = DeskSession.start(morning.station)
    morning.desk = desk
    desk.station.actor = None
    owner = QObject()
    watch = LoginWatch(desk, owner)
    watch.start()
    qtbot.waitUntil(lambda: bool(watch.curtain.screens))
    screen = watch.curtain.screens[0]
    alarm_id = screen.words.alarm_id
    assert "曾繁树" not in screen.words.spoken
    with qtbot.waitSignal(watch.taken):
        qtbot.keyClick(screen, Qt.Key.Key_Return)
    assert watch.stop() == alarm_id
    assert watch.curtain.screens == []
    owner.deleteLater()


@pytest.mark.parametrize(("ago", "quiet"), [(0, True), (119, True), (120, False), (-60, False)])
def test_an_alarm_somebody_took_is_quiet_for_two_minutes_and_never_for_a_day(ago, quiet):
    """Taken in the future: the clock was set back meanwhile."""
    assert quiet_now(MORNING - timedelta(seconds=ago), MORNING) is quiet


@pytest.mark.parametrize(("left", "said"), [(646, "10:46"), (5400, "90:00"), (0, "现在"), (-1, "现在")])
def test_countdown(left, said):
    now = MORNING
    assert countdown(now + timedelta(seconds=left), now) == said
