"""The base of every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Changes
from centerdesk.kernel.errors import Cancelled, Unavailable
from centerdesk.qtkit.actions import ActionRegistry, DeskAction
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.page import Page, ReadOnly
from centerdesk.qtkit.states import State, Way
from tests.helpers.columns import MemoryStore

pytestmark = pytest.mark.gui


@dataclass
class Person:
    """Somebody at the desk with these rights."""

    rights: set[str] = field(default_factory=set)

    def may(self, permission: str) -> bool:
        return permission in self.rights


class Host:
    """The least a window gives its pages."""

    def __init__(self, runner, parent):
        self.runner = runner
        self.clock = FixedClock(datetime(2026, 12, 3, 0, 41, tzinfo=UTC))
        self.columns = MemoryStore()
        self.person = Person()
        self.actions = ActionRegistry(self.person.may, parent)
        self.gone_to = []

    def actor(self):
        return self.person

    def go(self, page_id, row_id=None):
        self.gone_to.append((page_id, row_id))


class ListPage(Page):
    page_id = "people"
    title = "居民台账"
    watches = ("resident", "household")

    def __init__(self, host):
        super().__init__(host)
        self.refreshes = 0

    def refresh(self):
        self.refreshes += 1


@pytest.fixture
def page(qtbot, runner, window):
    made = ListPage(Host(runner, window))
    made.hide()
    window.layout().addWidget(made)
    made.hide()
    return made


def changes(*tables):
    return Changes(None, "试", True, frozenset(), frozenset(tables))


def test_nothing_is_read_before_a_page_is_seen(page):
    assert page.refreshes == 0
    page.show()
    assert page.refreshes == 1
    page.hide()
    page.show()
    assert page.refreshes == 1


def test_a_change_refreshes_a_visible_page_at_once_and_a_hidden_one_when_shown(page, runner):
    page.show()
    runner.changed.emit(changes("resident"))
    assert page.refreshes == 2
    page.hide()
    runner.changed.emit(changes("household"))
    runner.changed.emit(changes("household"))
    assert page.refreshes == 2
    page.show()
    assert page.refreshes == 3


def test_a_change_elsewhere_is_none_of_its_business(page, runner):
    page.show()
    runner.changed.emit(changes("wish"))
    assert page.refreshes == 1
    assert not page.stale


def test_facts_are_told_once(qtbot, page):
    with qtbot.waitSignal(page.facts_changed) as told:
        page.set_facts("4,386 人")
    assert told.args == ["4,386 人"]
    with qtbot.assertNotEmitted(page.facts_changed):
        page.set_facts("4,386 人")


def test_actions_shape_themselves_by_rights(page):
    new = DeskAction("people.new", "新增居民", lambda: None, "people.write")
    export = DeskAction("people.export", "导出", lambda: None, "people.export")
    page.set_actions(new, export)
    assert page.primary is None
    assert page.secondary == ()
    page.host.person.rights.add("people.write")
    assert page.primary is new
    assert page.may("people.write")


def test_an_error_takes_the_place_of_the_content_until_it_is_tried_again(qtbot, page, window):
    page.show()
    page.show_failure(Unavailable("数据库正忙，请稍后再试。"))
    assert not page.body.isVisible()
    assert page.findChild(TextLabel, "state_text").text() == "数据库正忙，请稍后再试。"
    assert page.findChild(QPushButton, "state_copy") is None  # nothing an administrator could use
    page.findChild(QPushButton, "state_retry").click()
    assert page.body.isVisible()
    assert page.refreshes == 2


def test_a_bug_can_be_copied_for_the_administrator(page):
    page.show()
    page.show_failure(ValueError("王某"))
    assert page.findChild(QPushButton, "state_copy") is not None
    assert "王某" not in page.findChild(TextLabel, "state_text").text()


def test_a_stop_is_no_failure(page):
    page.show()
    page.show_failure(Cancelled("停下了"))
    assert page.body.isVisible()


def test_the_empty_state_has_its_ways(qtbot, page):
    taken = []
    page.show()
    page.show_state(
        State("empty", "还没有心愿。", "", (Way("登记第一件", lambda: taken.append(1), "first"),))
    )
    page.findChild(QPushButton, "first").click()
    assert taken == [1]
    page.show_state(None)
    assert page.body.isVisible()


def test_read_only_says_why_and_leads_on(page):
    taken = []
    page.show()
    page.set_read_only(ReadOnly("11 月已上报，锁了。", Way("去开例外", lambda: taken.append(1))))
    assert page.findChild(TextLabel, "read_only_text").text() == "11 月已上报，锁了。"
    page.findChild(QPushButton, "read_only_way").click()
    assert taken == [1]
    page.set_read_only(None)
    assert not page.findChild(TextLabel, "read_only_text").isVisible()


def test_every_label_is_plain_text(page):
    assert all(isinstance(label, TextLabel) for label in page.findChildren(QLabel))
