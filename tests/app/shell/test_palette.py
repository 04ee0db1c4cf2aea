"""Ctrl+K by keyboard alone: people, commands, what can be done with one, nothing kept."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from centerdesk.app.palette.panel import Asking, Palette
from centerdesk.app.palette.rows import ACTS, TEN, RowKind
from centerdesk.kernel.manifest import SearchHit, Target
from centerdesk.qtkit.actions import DeskAction
from tests.helpers.desk import type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking


@pytest.fixture
def window(morning):
    return morning.open()


@pytest.fixture
def ask(morning, window):
    """Open the palette with its key and type; everything that was asked for has come."""

    def typed(text: str) -> Palette:
        morning.qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
        made = window.findChild(Palette, "palette")
        type_text(made.field, text)
        morning.settle()
        return made

    return typed


def titles(palette: Palette, kind: RowKind) -> list[str]:
    return [row.title for row in palette.model.rows if row.kind is kind]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lgl", ["黎广龄", "李桂兰", "李国梁"]),
        ("李桂", ["李桂兰"]),
        ("3-2-501", ["李桂兰"]),
        ("liguilan", ["李桂兰"]),
    ],
)
def test_people_by_letters_characters_and_door(ask, text, found):
    assert titles(ask(text), RowKind.PERSON) == found


def test_letters_that_matched_are_lit(ask):
    row = next(r for r in ask("lgl").model.rows if r.title == "李桂兰")
    assert row.marks == (0, 1, 2)


def test_commands_by_pinyin_and_the_first_is_chosen(ask):
    palette = ask("suop")
    assert titles(palette, RowKind.COMMAND) == ["锁屏"]
    assert palette.chosen.title == "锁屏"


def test_only_commands_behind_the_sign(ask):
    palette = ask(">l")
    assert not titles(palette, RowKind.PERSON)
    assert "锁屏" not in titles(palette, RowKind.COMMAND)  # l is no letter of it
    assert titles(palette, RowKind.COMMAND)


def test_at_most_ten_results(ask):
    rows = ask("").model.rows
    assert sum(row.kind is not RowKind.HEAD for row in rows) == TEN


def test_arrows_walk_over_headings_and_round(ask, morning):
    palette = ask("lgl")
    seen = [palette.chosen.title]
    can = [row.title for row in palette.model.rows if row.kind is not RowKind.HEAD]
    for _ in can:
        morning.qtbot.keyClick(palette.field, Qt.Key.Key_Down)
        seen.append(palette.chosen.title)
    assert seen == [*can, "黎广龄"]
    assert seen[:3] == ["黎广龄", "李桂兰", "李国梁"]
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.chosen.title == can[-1]


def test_enter_opens_the_person(ask, morning, window, monkeypatch):
    went = []
    monkeypatch.setattr(window, "go", lambda page_id, row_id=None: went.append((page_id, row_id)))
    palette = ask("李桂兰")
    target = palette.chosen.target
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert went == [("people", target.row_id)]
    assert window.findChild(Palette, "palette") is None


def test_enter_does_the_command(ask, morning, window):
    palette = ask(">suop")
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.guard.locked


def test_a_click_opens_too_and_a_click_beside_closes(ask, morning, window):
    palette = ask(">suop")
    index = palette.model.index(1)
    morning.qtbot.mouseClick(
        palette.list.viewport(), Qt.MouseButton.LeftButton, pos=palette.list.visualRect(index).center()
    )
    assert window.guard.locked


def test_escape_forgets_everything(ask, morning, window):
    before = QApplication.focusWidget()
    palette = ask("李桂兰")
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert window.findChild(Palette, "palette") is None
    assert palette.field.text() == ""
    assert palette._hits == ()
    assert QApplication.focusWidget() is before
    assert all("李桂兰" not in str(morning.desk.memory.get(key)) for key in ("people", "window"))


def test_nothing_found_says_what_else_to_try(ask):
    palette = ask("查无此人某")
    nothing = palette.findChild(QLabel, "palette_nothing")
    assert nothing.isVisible()
    assert "查无此人某" in nothing.text()


def test_the_windows_keys_sleep_below_it(ask, morning, window):
    palette = ask("x")
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_L, CONTROL)
    assert not window.guard.locked


def test_the_newest_text_wins(ask, morning, window, monkeypatch):
    """An answer to an older text that comes late is not shown."""
    slow, held = threading.Event(), Asking.__call__

    def search(self, session, text):
        if text == "李":
            assert slow.wait(10)
        return held(self, session, text)

    monkeypatch.setattr(Asking, "__call__", search)
    morning.qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window.findChild(Palette, "palette")
    type_text(palette.field, "李")
    palette.field.clear()
    type_text(palette.field, "曾繁树")
    slow.set()
    morning.settle()
    assert titles(palette, RowKind.PERSON) == ["曾繁树"]


def test_tab_lists_what_can_be_done_with_the_person(ask, morning, window):
    done: list[UUID] = []
    window.registry.add(DeskAction("people.call", "拨打联系人", done.append, on="resident"))
    palette = ask("李桂兰")
    assert len(titles(palette, RowKind.ACT)) == ACTS
    target = palette.chosen.target
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    morning.settle()
    acts = titles(palette, RowKind.ACT)
    assert {row.kind for row in palette.model.rows} == {RowKind.HEAD, RowKind.ACT}
    assert acts == [
        "拨打联系人", "看这家的窗", "暂停看窗", "看这家这个月的记录", "改这位的资料", "核实，没变化", "登记迁出或去世"
    ]  # fmt: skip
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == [target.row_id]


def test_escape_goes_back_from_the_person_first(ask, morning, window):
    palette = ask("李桂兰")
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    morning.settle()
    morning.qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    morning.settle()
    assert titles(palette, RowKind.PERSON) == ["李桂兰"]


def test_letters_on_the_search_field_of_the_head_open_it_with_them(morning, window):
    search = window.frame.head.search
    search.setFocus()
    morning.qtbot.keyClicks(search, "l")
    assert window.findChild(Palette, "palette").field.text() == "l"


def test_what_a_person_may_not_find_is_not_found(desk):
    desk.fixture.sign_in("administrator")
    window = desk.open()
    palette = Palette.over(window, "lgl")
    desk.settle()
    assert not titles(palette, RowKind.PERSON)
    assert isinstance(window.findChild(QLineEdit, "palette_field"), QLineEdit)
    palette.leave()


def test_hits_keep_the_heading_their_feature_gave_them():
    from centerdesk.app.palette.rows import person_rows

    hits = [SearchHit("居民", "甲", "", Target("people")), SearchHit("户", "3-2-501", "", Target("people"))]
    assert [r.title for r in person_rows(hits, "x") if r.kind is RowKind.HEAD] == ["居民", "户"]
