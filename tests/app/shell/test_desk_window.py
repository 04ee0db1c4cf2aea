"""The window: pages from manifests, rights, keys, narrow and low, zoom, undo, help, closing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from centerdesk.app.desk.actions import DeskActions
from centerdesk.app.desk.help_panel import HelpPanel
from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import PageEntry
from centerdesk.kernel.settings import Scope, Setting
from centerdesk.qtkit.actions import ActionClash, DeskAction
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import toasts
from centerdesk.qtkit.page import Page
from centerdesk.qtkit.painted.nav_rail import NavRail, RailEntry
from centerdesk.qtkit.painted.status_bar import StatusItem
from tests.helpers.qt import dress

MODIFIER = Qt.KeyboardModifier.ControlModifier
CALM = Setting("desk.calm", 3, Scope.SITE, "试改的一项", permission="desk.use")


class Plain(Page):
    """A page of its own for the tests: counts refreshes, asks before it is left when told to."""

    page_id = "plain"
    title = "试页"

    def __init__(self, host, parent=None) -> None:
        super().__init__(host, parent)
        self.refreshed = 0
        self.focused: list[object] = []
        self.asked: Callable[[], None] | None = None
        self.ask_first = False
        self.pressed = 0
        action = DeskAction("plain.new", "新增一件", self._press, shortcut="Ctrl+N")
        quiet = DeskAction(
            "plain.more", "另一件", self._press, enabled=lambda: False, why_not=lambda: "还差 1 项"
        )
        for each in (action, quiet):
            host.actions.add(each)
        self.set_actions(action, quiet)

    def _press(self) -> None:
        self.pressed += 1

    def refresh(self) -> None:
        self.refreshed += 1

    def focus_record(self, row_id: object) -> None:
        self.focused.append(row_id)

    def can_leave(self, leave: Callable[[], None]) -> None:
        if self.ask_first:
            self.asked = leave
        else:
            leave()


class Second(Plain):
    """Another page that uses the same key."""

    page_id = "second"
    title = "第二页"

    def __init__(self, host, parent=None) -> None:
        Page.__init__(self, host, parent)
        self.refreshed, self.focused, self.pressed = 0, [], 0
        self.asked, self.ask_first = None, False
        host.actions.add(DeskAction("second.new", "新增另一件", self._press, shortcut="Ctrl+N"))


def bad_page(_host) -> Page:
    raise LookupError("nobody is told this text")


HERE = "tests.app.shell.test_desk_window"


@pytest.fixture
def window(desk):
    made = desk.open()
    extra = (
        PageEntry("plain", "试页", "people", f"{HERE}:Plain", "desk.use", rail=False),
        PageEntry("second", "第二页", "people", f"{HERE}:Second", "desk.use", rail=False),
        PageEntry("bad", "坏页", "people", f"{HERE}:bad_page", "desk.use", rail=False),
        PageEntry("closed", "没权限", "people", f"{HERE}:Plain", "desk.nobody", rail=False),
    )
    made.pages = replace(made.pages, entries=(*made.pages.entries, *extra))
    return made


def key(qtbot, window, pressed, modifier=MODIFIER):
    qtbot.keyClick(window, pressed, modifier)


def test_it_begins_with_today_and_shows_the_pages_of_the_manifests(window, desk):
    rail = desk.find(NavRail, "nav_rail")
    assert window.frame.page_id == "today"
    assert [item.id for item in window.pages.top] == ["today", "checkins", "people", "returns"]
    assert [item.id for item in window.pages.foot] == ["people.import", "settings"]
    assert rail.entry("today").isChecked()
    assert window.windowTitle() == "今日 — 窗明 · 党群服务台"


def test_the_title_never_names_a_person(window):
    assert window.actor().name not in window.windowTitle()


def test_a_page_is_made_once_when_it_is_opened_and_read_when_it_is_stale(window, desk):
    window.go("plain")
    page = window.frame.page
    assert isinstance(page, Plain)
    assert page.refreshed == 1
    window.go("today")
    window.go("plain", 7)
    assert window.frame.page is page
    assert page.refreshed == 1
    assert page.focused == [7]
    key(desk.qtbot, window, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
    assert page.refreshed == 2


def test_a_page_with_unfinished_work_is_asked_first(window):
    window.go("plain")
    page = window.frame.page
    page.ask_first = True
    window.go("today")
    assert window.frame.page_id == "plain"
    page.asked()
    assert window.frame.page_id == "today"


def test_two_pages_share_a_key_and_only_the_one_on_show_hears_it(window, desk):
    window.go("plain")
    first = window.frame.page
    window.go("second")
    second = window.frame.page
    key(desk.qtbot, window, Qt.Key.Key_N)
    assert (first.pressed, second.pressed) == (0, 1)
    window.go("plain")
    key(desk.qtbot, window, Qt.Key.Key_N)
    assert (first.pressed, second.pressed) == (1, 1)


def test_a_page_that_cannot_be_made_leaves_the_others(window, desk):
    window.go("bad")
    assert window.frame.page.objectName() == "broken_bad"
    assert "t-0000" in window.frame.page.findChild(object, "state_text").text()
    assert isinstance(desk.crashes[0], LookupError)
    window.go("today")
    assert window.frame.page_id == "today"


def test_without_a_reporter_a_broken_page_still_names_its_code(window, desk):
    window.desk.report = DeskSession.report
    window.go("bad")
    text = window.frame.page.findChild(object, "state_text").text()
    assert re.search(r"编号 [0-9a-f]{8} 告诉", text)


def test_a_page_without_the_right_is_not_opened(window):
    window.go("closed")
    assert window.frame.page_id == "today"
    assert "没权限" in toasts(window)[-1].text


def test_a_role_sees_only_its_pages(desk):
    desk.fixture.sign_in("administrator")
    window = desk.open()
    rail = desk.find(NavRail, "nav_rail")
    assert not rail.entry("today").isHidden()
    assert rail.entry("checkins").isHidden()
    assert rail.entry("people.import").isHidden()
    window.go("checkins")
    assert window.frame.page_id == "today"


def test_buttons_of_the_head_carry_keys_and_reasons(window, desk):
    window.go("plain")
    new = desk.find(QPushButton, "button_plain.new")
    more = desk.find(QPushButton, "button_plain.more")
    assert new.accessibleDescription() == "快捷键 Ctrl N"
    assert more.accessibleName() == "另一件（还差 1 项）"
    desk.qtbot.mouseClick(new, Qt.MouseButton.LeftButton)
    desk.qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert window.frame.page.pressed == 1


def test_number_keys_open_pages(window, desk):
    window.go("plain")
    key(desk.qtbot, window, Qt.Key.Key_1)
    assert window.frame.page_id == "today"


def test_f6_walks_the_panes(window, desk):
    window.go("plain")
    seen = []
    for _ in range(3):
        key(desk.qtbot, window, Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier)
        seen.append(QApplication.focusWidget())
    assert len({id(widget) for widget in seen}) >= 2
    assert window.frame.head.search in seen


@pytest.mark.parametrize(
    ("size", "narrow", "low"),
    [((1440, 868), False, False), ((1300, 868), True, False), ((1440, 780), False, True)],
)
def test_narrow_and_low_windows(desk, size, narrow, low):
    window = desk.open(size)
    assert window.narrow is narrow
    entry: RailEntry = desk.find(NavRail, "nav_rail").entry("today")
    assert (entry.sizeHint().height() < 55) is low


def test_zoom_is_live_kept_and_makes_a_window_narrow(desk, qapp):
    window = desk.open()
    try:
        assert not window.narrow
        for _ in range(5):
            key(desk.qtbot, window, Qt.Key.Key_Plus)
        assert theme().zoom == 150
        assert window.narrow
        assert desk.desk.person().look.zoom == 150
        key(desk.qtbot, window, Qt.Key.Key_Minus)
        assert theme().zoom == 140
        desk.qtbot.keyClick(window, Qt.Key.Key_0, MODIFIER | Qt.KeyboardModifier.AltModifier)
        assert theme().zoom == 100
        window.registry.trigger("desk.look_dark")
        assert theme().name == "dark"
    finally:
        dress(qapp)


def test_undo_takes_back_the_newest_act_and_redo_does_it_again(desk):
    window = desk.open()
    desk.fixture.sign_in("administrator")
    desk.station.actor = window.desk.station.actor
    window.runner.execute(window, ChangeSetting(CALM, 9))
    desk.settle()
    key(desk.qtbot, window, Qt.Key.Key_Z)
    desk.settle()
    assert toasts(window)[-1].text == "撤掉了：改设置"
    key(desk.qtbot, window, Qt.Key.Key_Y)
    desk.settle()
    assert toasts(window)[-1].text == "又做上了：改设置"


def test_nothing_to_undo_is_said(desk):
    window = desk.open()
    key(desk.qtbot, window, Qt.Key.Key_Z)
    desk.settle()
    assert toasts(window)[-1].text == "今天没有能撤的了。"


def test_f1_shows_the_help_of_the_page_and_hides_it(desk):
    window = desk.open()
    key(desk.qtbot, window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    panel = desk.find(HelpPanel, "help_panel")
    assert panel.isVisible()
    assert "天光带" in desk.find(object, "help_text").toPlainText()
    key(desk.qtbot, window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    assert not panel.isVisible()


def test_the_key_sheet_lists_what_works_here(desk):
    window = desk.open()
    key(desk.qtbot, window, Qt.Key.Key_Slash)
    assert desk.find(HelpPanel, "help_panel").isVisible()
    groups = dict(window.registry.key_sheet())
    assert ("F2", "继续看窗") in groups["今日"]
    assert ("Ctrl K", "找人、门牌、命令") in groups["去哪儿"]


def test_the_status_bar_says_who_where_and_how_old_the_backup_is(desk):
    window = desk.open()
    assert desk.find(StatusItem, "status_center").text() == "云和社区党群服务中心"
    assert desk.find(StatusItem, "status_person").text() == "测试secretary · 书记"
    assert desk.find(StatusItem, "status_clock").text() == "08:41"
    assert desk.find(StatusItem, "status_backup").text() == "还没有备份，现在备份"
    window.registry.trigger("desk.backup")
    assert (
        desk.find(StatusItem, "status_backup").text() == "还没有备份，现在备份"
    )  # not the secretary's right


def test_an_administrator_backs_up_and_the_bar_says_so(founded_desk):
    window = founded_desk.open()
    key(founded_desk.qtbot, window, Qt.Key.Key_B)
    founded_desk.settle()
    assert founded_desk.find(StatusItem, "status_backup").text() == "备份 07:26 成功 · 本机"


def test_a_change_elsewhere_is_seen_without_asking(desk):
    window = desk.open()
    taken = []
    window.pulses.taken.connect(taken.append)
    window.runner.execute(window, ChangeSetting(CALM, 9))
    desk.settle()
    assert taken


def test_closing_is_asked_of_the_owner_and_sign_out_too(desk, qtbot):
    window = desk.open()
    with qtbot.waitSignal(window.closing):
        window.close()
    assert window.isVisible()
    with qtbot.waitSignal(window.signed_out):
        window.registry.trigger("desk.sign_out")


def test_size_and_place_come_back(desk):
    window = desk.open((1250, 760))
    window.keep_place()
    kept = desk.desk.memory.get("window")
    window.resize(1440, 868)
    window.restore_place()
    assert isinstance(kept, str)
    assert window.height() == 760  # the width is that of the test's small screen


# --- the registry ---------------------------------------------------------------------------------------------


@pytest.fixture
def registry(qtbot):
    grants = {"a": Reach.ALL}
    actor = Actor(None, "t", "t", (), grants)
    made = DeskActions(actor.may)
    yield made
    made.deleteLater()


def action(action_id: str, key_: str = "", permission: str = "") -> DeskAction:
    return DeskAction(action_id, action_id, lambda: None, permission, key_)


def test_within_a_page_a_key_belongs_to_one_action(registry):
    registry.enter("one")
    registry.add(action("x", "Ctrl+N"))
    with pytest.raises(ActionClash):
        registry.add(action("y", "Ctrl+N"))
    with pytest.raises(ActionClash):
        registry.add(action("x"))
    registry.enter("two")
    registry.add(action("y", "Ctrl+N"))
    assert registry.by_shortcut("Ctrl+N").id == "y"
    registry.enter("one")
    assert registry.by_shortcut("Ctrl+N").id == "x"


def test_a_pages_key_wins_over_the_windows(registry, qtbot):
    from PySide6.QtWidgets import QWidget

    owner = QWidget()
    qtbot.addWidget(owner)
    registry.add(action("window", "F5"))
    bound = registry.q_action("window", owner)
    registry.enter("page")
    registry.add(action("own", "F5"))
    assert not bound.isEnabled()
    assert registry.by_shortcut("F5").id == "own"
    registry.enter("other")
    assert bound.isEnabled()
    assert registry.by_shortcut("F5").id == "window"


def test_a_silent_registry_does_nothing(registry):
    registry.add(action("x", "F9"))
    assert registry.trigger("x")
    registry.set_silent(True)
    assert not registry.trigger("x")
    assert registry.offered() == ()
    registry.set_silent(False)
    assert registry.trigger("x")


def test_actions_of_other_pages_are_not_offered(registry):
    registry.add(action("window"))
    registry.enter("one")
    registry.add(action("x"))
    registry.add(action("secret", permission="b"))
    assert [a.id for a in registry.offered()] == ["x", "window"]
    registry.enter("two")
    assert [a.id for a in registry.offered()] == ["window"]
