"""One registry of what can be done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu

from centerdesk.qtkit.actions import ActionClash, ActionRegistry, DeskAction, key_text

pytestmark = pytest.mark.gui


@pytest.fixture
def rights():
    return {"people.write"}


@pytest.fixture
def done():
    return []


@pytest.fixture
def registry(qtbot, window, rights, done):
    made = ActionRegistry(lambda permission: permission in rights, window)
    made.add(
        DeskAction(
            "people.new",
            "新增居民",
            lambda: done.append("new"),
            "people.write",
            "Ctrl+N",
            "xinzengjumin xzjm",
            group="居民",
        )
    )
    made.add(
        DeskAction(
            "people.import",
            "导入名单",
            lambda: done.append("import"),
            "people.import",
            "Ctrl+I",
            "daorumingdan drmd",
            group="居民",
        )
    )
    made.add(
        DeskAction(
            "people.verify", "核实，没变化", done.append, "people.write", "", "heshi hs", on="resident"
        )
    )
    made.add(
        DeskAction("app.help", "帮助", lambda: done.append("help"), "", "F1", "bangzhu bz", group="通用")
    )
    made.add(
        DeskAction(
            "care.done",
            "完成",
            lambda: done.append("done"),
            enabled=lambda: False,
            why_not=lambda: "还差 1 项",
            group="通用",
        )
    )
    return made


def ids(actions):
    return [a.id for a in actions]


def test_only_what_this_person_may_do_is_offered(registry, rights):
    assert ids(registry.offered("")) == ["people.new", "app.help", "care.done"]
    assert ids(registry.offered("resident")) == ["people.verify"]
    rights.add("people.import")
    assert "people.import" in ids(registry.offered(""))


def test_an_action_is_not_done_without_the_right_or_when_it_cannot_be(registry, done):
    assert not registry.trigger("people.import")
    assert not registry.trigger("care.done")
    assert not registry.trigger("unknown")
    assert registry.trigger("people.verify", 7)
    assert done == [7]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("新增", ["people.new"]),
        ("xzjm", ["people.new"]),
        ("xinzeng", ["people.new"]),
        ("居民", ["people.new"]),
        ("zhu", ["app.help"]),
        ("hs", []),  # acts on a resident, not offered without one
        ("drmd", []),  # no right
        ("", ["people.new", "app.help", "care.done"]),
    ],
)
def test_the_palette_finds_by_words_and_pinyin(registry, text, found):
    assert ids(registry.search(text)) == found


def test_what_begins_so_comes_first(registry):
    registry.add(DeskAction("x", "再新增一位", lambda: None))
    registry.add(DeskAction("y", "新增住户", lambda: None))
    assert ids(registry.search("新增")) == ["people.new", "y", "x"]


def test_two_actions_never_share_an_id_or_a_key(registry):
    with pytest.raises(ActionClash, match=r"people\.new"):
        registry.add(DeskAction("people.new", "又一个", lambda: None))
    with pytest.raises(ActionClash, match=r"people\.new already"):
        registry.add(DeskAction("other", "又一个", lambda: None, shortcut="ctrl+n"))
    registry.remove("people.new")
    registry.add(DeskAction("other", "又一个", lambda: None, shortcut="Ctrl+N"))


def test_the_key_sheet_is_by_group_and_by_rights(registry):
    assert registry.key_sheet() == (("居民", (("Ctrl N", "新增居民"),)), ("通用", (("F1", "帮助"),)))


def test_keys_work_in_the_window_and_follow_the_rights(qtbot, registry, window, rights, done):
    line = QLineEdit()
    window.layout().addWidget(line)
    line.setFocus()
    registry.bind_all(window)
    qtbot.keyClick(line, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["new"]
    rights.clear()
    registry.bind_all(window)
    qtbot.keyClick(line, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["new"]


def test_a_removed_action_gives_its_key_back(qtbot, registry, window, done):
    registry.bind_all(window)
    registry.remove("people.new")
    registry.add(DeskAction("other", "别的", lambda: done.append("other"), shortcut="Ctrl+N"))
    registry.bind_all(window)
    qtbot.waitUntil(lambda: not any(a.objectName() == "people.new" for a in window.actions()), timeout=5000)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["other"]


def test_a_menu_shows_what_is_allowed_and_says_why_not(registry, window, done):
    menu = QMenu(window)
    registry.fill_menu(menu, ["people.verify", "people.import", "-", "care.done"], 42)
    texts = [a.text() for a in menu.actions()]
    assert texts == ["核实，没变化", "", "完成（还差 1 项）"]
    assert not menu.actions()[2].isEnabled()
    menu.actions()[0].trigger()
    assert done == [42]


@pytest.mark.parametrize(
    ("shortcut", "printed"), [("Ctrl+Shift+E", "Ctrl Shift E"), ("Ctrl++", "Ctrl +"), ("Alt+Up", "Alt ↑")]
)
def test_keys_are_printed_as_on_their_caps(shortcut: str, printed: str):
    assert key_text(shortcut) == printed


def test_a_key_that_is_held_acts_once(registry, window):
    """Ctrl+Z under a folder on the keyboard would else take back one act after the other."""
    registry.bind_all(window)
    assert not any(action.autoRepeat() for action in window.actions())
    assert window.actions()
