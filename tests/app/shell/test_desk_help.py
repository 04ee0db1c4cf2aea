"""F1 and Ctrl+/: every page and every part has a help that says something; the keys come from the registry."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTextBrowser

from centerdesk.app.desk.help_panel import HelpPanel, help_text
from centerdesk.app.desk.key_sheet import KeySheet, narrowed
from centerdesk.app.desk.pages import ShellPages
from centerdesk.app.features import manifests
from centerdesk.app.settings.pages import SECTIONS
from centerdesk.kernel.paths import resource
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.painted.keycap import KeyCap
from tests.helpers.accessible import nameless

PAGES = [entry.id for entry in ShellPages.of(manifests()).entries]
PARTS = [f"settings.{kind.entry.id}" for kind in SECTIONS]
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize("help_id", [*PAGES, *PARTS])
def test_every_page_and_part_has_a_help_of_its_own_that_says_something(help_id):
    text = help_text(help_id)
    assert text.startswith("# ")
    assert len(text) >= 250, "a stub"
    assert text.count("\n- ") + text.count("\n1. ") + text.count("\n| ") >= 3
    assert text != help_text("keys")
    others = [help_text(each) for each in (*PAGES, *PARTS) if each != help_id]
    assert text not in others
    assert not re.search(r"\b(Ctrl|Alt) ", text), "a line may end between the keys"


def test_keys_that_a_help_names_are_keys():
    """`Ctrl N`, F-keys and plain ones; a typing mistake in a help is found here."""
    known = r"(Ctrl( Alt)? )?([A-Z0-9/+−,-]|F\d{1,2}|Enter|Esc|Del|Space|PgUp|PgDn|Home|End|空格|[↑↓←→]+)|Alt [↑↓]+"
    for path in sorted(resource("help").glob("*.md")):
        for word in re.findall(r"`([^`]+)`", path.read_text("utf-8")):
            if re.match(r"(Ctrl|Alt|F\d|Shift)", word):
                assert re.fullmatch(known, word.replace("Ctrl+", "Ctrl ")), (path.name, word)


@pytest.fixture
def open_settings(founded_desk):
    window = founded_desk.open()
    window.go("settings")
    founded_desk.settle()
    return founded_desk


def press(desk, key, modifier=PLAIN) -> None:
    desk.qtbot.keyClick(desk.window, key, modifier)
    desk.settle()


def open_sheet(desk) -> None:
    """Ctrl+/, and the pages that come one by one."""
    press(desk, Qt.Key.Key_Slash, CONTROL)
    wanted = desk.window.pages.allowed(desk.window.actor())
    desk.qtbot.waitUntil(lambda: set(desk.window._frames) == wanted, timeout=20_000)
    desk.settle()


def test_f1_follows_the_part_of_the_settings_that_is_on_show(open_settings):
    desk = open_settings
    press(desk, Qt.Key.Key_F1)
    text = desk.find(QTextBrowser, "help_text")
    for section, heading in (("safety", "数据平安"), ("look", "外观与大字"), ("calendar", "工作日历")):
        desk.window.frame.page.open_section(section)
        desk.settle()
        assert text.toPlainText().startswith(heading)
    press(desk, Qt.Key.Key_F1)
    assert not desk.find(HelpPanel, "help_panel").isVisible()


def test_refreshing_does_not_scroll_the_help_back(open_settings):
    desk = open_settings
    press(desk, Qt.Key.Key_F1)
    bar = desk.find(QTextBrowser, "help_text").verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.maximum() > 0
    desk.window.frame.page.set_facts("别的一句")
    assert bar.value() == bar.maximum()


def test_the_sheet_lists_every_page_also_those_nobody_opened(desk):
    window = desk.open()
    open_sheet(desk)
    groups = dict(window.registry.key_sheet())
    assert {
        "今日",
        "窗帘",
        "居民",
        "导入",
        "月报",
        "去哪儿",
        "做和撤",
        "外观",
        "服务台",
        "名单和表",
    } <= set(groups)
    assert ("空格", "已开，到下一户") in groups["窗帘"]
    assert ("Ctrl N", "新增居民") in groups["居民"]
    assert next(iter(groups)) == "今日"
    assert window.registry.scope == "today"
    assert window.frame.page_id == "today"


def test_two_openings_list_nothing_twice(desk):
    window = desk.open()
    open_sheet(desk)
    for _ in range(2):
        press(desk, Qt.Key.Key_Slash, CONTROL)
    rows = [(group, *row) for group, each in window.registry.key_sheet() for row in each]
    assert len(rows) == len(set(rows)) > 40


def test_in_a_narrow_window_the_help_lies_over_the_page_and_takes_no_room_from_it(desk):
    window = desk.open((1180, 688))
    before = window.frame.geometry()
    window.show_help()
    desk.settle()
    panel = window.help_panel
    assert window.frame.geometry() == before
    assert panel.geometry().right() == window.rect().right()
    assert window.childAt(panel.geometry().center()) is not None
    assert panel.isAncestorOf(window.childAt(panel.geometry().center()))
    window.resize(1440, 868)
    desk.qtbot.waitUntil(lambda: window.frame.width() + panel.width() < window.width())


def test_the_sheet_is_searched_and_the_focus_comes_back(desk):
    window = desk.open()
    before = QApplication.focusWidget()
    open_sheet(desk)
    field = desk.find(QLineEdit, "key_search")
    assert field.hasFocus()
    field.setText("锁屏")
    sheet = window.help_panel.findChild(KeySheet)
    caps = [cap for cap in sheet.findChildren(KeyCap) if cap.isVisible()]
    assert len(caps) == 1
    field.setText("没有的")
    assert desk.find(TextLabel, "key_none").text() == "没有这样的按键。"
    assert nameless(window.help_panel) == []
    desk.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not window.help_panel.isVisible()
    assert QApplication.focusWidget() is before


def test_words_keys_and_groups_are_searched_without_blanks_or_case():
    keys = (("居民", (("Ctrl N", "新增居民"), ("F2", "修改这位"))), ("服务台", (("Ctrl L", "锁屏"),)))
    assert narrowed(keys, "") == keys
    assert narrowed(keys, "ctrl+l") == (("服务台", (("Ctrl L", "锁屏"),)),)
    assert narrowed(keys, "改这") == (("居民", (("F2", "修改这位"),)),)
    assert narrowed(keys, "居民") == keys[:1]
    assert narrowed(keys, "？") == ()


def test_the_sheet_is_printed_from_the_registry(desk, tmp_path):
    window = desk.open()
    open_sheet(desk)
    desk.find(QLineEdit, "key_search").setText("锁屏")  # only narrows the screen
    assert desk.find(QPushButton, "key_print").isEnabled()
    window.help_panel.write_sheet(str(tmp_path / "按键表.pdf"))
    desk.settle()
    document = pypdfium2.PdfDocument(tmp_path / "按键表.pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    for group, rows in window.registry.key_sheet():
        assert group in text
        for _key, words in rows:
            assert words[:12].replace(" ", "") in re.sub(r"\s", "", text), words
