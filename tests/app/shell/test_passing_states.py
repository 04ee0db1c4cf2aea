"""What is on the screen only after an act: it has a name, and what matters is said aloud."""

from __future__ import annotations

from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar

from centerdesk.qtkit import notify
from centerdesk.qtkit.forms import Form
from centerdesk.qtkit.runner import Runner
from tests.app.conftest import PASSWORD
from tests.helpers.accessible import nameless
from tests.helpers.desk import type_text

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("does not support raise")]


@pytest.fixture
def said(monkeypatch):
    """What a screen reader is told to say."""
    told: list[str] = []
    real = QAccessible.updateAccessibility

    def tell(event):
        if event.type() == QAccessible.Event.Announcement:
            told.append(event.message())
        real(event)

    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(tell))
    return told


def unlock(desk, password: str) -> None:
    field = desk.find(QLineEdit, "lock_password")
    type_text(field, password)
    desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.settle()


def test_a_wrong_password_is_said_over_the_lock_and_nothing_of_the_desk_is(founded_desk, said):
    window = founded_desk.open()
    window.lock()
    said.clear()
    notify.announce(window, "5-2-101 已记成已开")
    unlock(founded_desk, "不对的密码")
    assert said == [founded_desk.find(QLabel, "lock_problem").text()]
    unlock(founded_desk, PASSWORD)
    assert not window.guard.locked


def test_the_alarm_screen_says_by_when(morning, said):
    window = morning.open()
    window.lock()
    (screen,) = window.guard.curtain.screens
    assert screen.words.spoken in said
    assert "，08:46 后还没见到人，" in screen.words.spoken
    screen.tick(morning.fixture.clock.now())
    assert screen.accessibleName() == screen.words.spoken


def test_the_bar_of_a_long_act_says_what_is_done(morning, monkeypatch):
    monkeypatch.setattr(Runner, "SLOW_MS", 1)
    window, free = morning.open(), Event()

    def long_act(progress, _stopped):
        progress(3, 10)
        assert free.wait(20)

    window.runner.run(window, long_act, lambda _none: None, label="做月报")
    bar = morning.find(QProgressBar, "act_progress")
    morning.qtbot.waitUntil(bar.isVisible)
    assert bar.accessibleName() == "做月报"
    free.set()
    morning.settle()


@pytest.mark.parametrize("form", ["pause", "do_primary"])
def test_what_a_form_complains_of_has_a_name(morning, form):
    window = morning.open()
    window.go("checkins")
    morning.settle()
    page = window.frame.page
    (page.do_primary if form == "do_primary" else page.home_acts.pause)()
    morning.settle()
    page.panel.form.submit()
    assert page.panel.form.form.problems
    assert not nameless(window)
    page.end_form()


def test_what_belongs_to_no_field_is_said(morning, said):
    window = morning.open()
    window.go("checkins")
    morning.settle()
    page = window.frame.page
    page.do_primary()
    form = page.panel.form.form
    assert isinstance(form, Form)
    form.show_errors({"": "这一轮早就过了。"})
    assert said[-1] == "这一轮早就过了。"
    page.end_form()
