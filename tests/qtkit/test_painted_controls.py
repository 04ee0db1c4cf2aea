"""Buttons with keys, chips, badges, rail, header and status bar."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import QListWidget, QToolButton, QWidget

from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.buttons import Chip, KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, CardKind
from centerdesk.qtkit.painted.keycap import key_words
from centerdesk.qtkit.painted.nav_rail import NavRail, RailItem
from centerdesk.qtkit.painted.page_header import PageHeader
from centerdesk.qtkit.painted.status_bar import Extent, StatusBar, StatusItem, StatusTone
from centerdesk.qtkit.segments import Segments
from centerdesk.qtkit.theme import Theme, theme

ITEMS = (
    RailItem("today", "今日", "today", "Ctrl 1"),
    RailItem("curtain", "窗帘", "curtain"),
    RailItem("people", "居民", "people"),
)


@pytest.mark.parametrize("zoom", [100, 200])
def test_a_list_in_a_card_keeps_off_its_rounded_corners_and_its_header(qtbot, qapp, zoom: int) -> None:
    card, rows = Card("备份", listed=True), QListWidget()
    card.body.addWidget(rows)
    qtbot.addWidget(card)
    Theme.load("light", zoom=zoom).apply(qapp)
    card.resize(400, 500)
    card.show()
    below = card.rect().bottom() - rows.geometry().bottom()
    radius, spacing = theme().size("radius-card"), card.body.spacing()
    Theme.load("light").apply(qapp)
    assert radius / 2 < below < radius
    assert spacing == 0, "a look put on later leaves no gaps either"


@pytest.mark.parametrize(("large", "zoom"), [(False, 100), (True, 100), (False, 200)])
def test_a_segment_and_a_tag_are_as_high_as_a_small_button(qtbot, qapp, large: bool, zoom: int) -> None:
    Theme.load("light", large=large, zoom=zoom).apply(qapp)
    segments = Segments("look_size", "字的大小", [(False, "平常"), (True, "长者")])
    tag = QToolButton()
    tag.setText("独居")
    tag.setProperty("chip", True)
    for each in (segments, tag):
        qtbot.addWidget(each)
        each.adjustSize()
    need = theme().size("control-small")
    low = theme().px(2)
    heights = (segments.first.height(), tag.height())
    Theme.load("light").apply(qapp)
    assert min(heights) >= need - low, heights


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("Ctrl+Return", "Ctrl Enter"),
        ("Space", "空格"),
        ("Alt+Up", "Alt ↑"),
        (QKeySequence("Ctrl+K"), "Ctrl K"),
        ("Ctrl++", "Ctrl +"),
        ("F2", "F2"),
    ],
)
def test_keys_are_printed_as_people_say_them(keys, words: str) -> None:
    assert key_words(keys) == words


def test_a_button_acts_by_mouse_space_and_enter(qtbot) -> None:
    button = KeyButton("记下", "Ctrl+Return", kind=Kind.PRIMARY)
    qtbot.addWidget(button)
    button.show()
    for act in (
        lambda: qtbot.mouseClick(button, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(button, Qt.Key.Key_Space),
        lambda: qtbot.keyClick(button, Qt.Key.Key_Return),
    ):
        with qtbot.waitSignal(button.clicked):
            act()
    assert button.accessibleDescription() == "快捷键 Ctrl Enter"


def test_a_button_that_lacks_something_says_so_and_does_not_act(qtbot) -> None:
    button = KeyButton("完成", "Ctrl+S", kind=Kind.PRIMARY)
    qtbot.addWidget(button)
    button.show()
    button.set_missing("还差 1 项")
    assert button.accessibleName() == "完成（还差 1 项）"
    with qtbot.assertNotEmitted(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClick(button, Qt.Key.Key_Space)
        qtbot.keyClick(button, Qt.Key.Key_Return)
    button.set_missing("")
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_cap_takes_room_and_the_fill_says_the_kind(qtbot) -> None:
    plain, keyed = KeyButton("打印"), KeyButton("打印", "Ctrl+P", kind=Kind.URGENT)
    for button in (plain, keyed):
        qtbot.addWidget(button)
        button.resize(button.sizeHint())
    assert keyed.sizeHint().width() > plain.sizeHint().width() + 30
    assert keyed.grab().toImage().pixelColor(6, 18) == theme().colour("redfill")
    assert plain.grab().toImage().pixelColor(6, 18) == theme().colour("surface")


def test_secondary_buttons_shrink_to_their_icon(qtbot) -> None:
    button = KeyButton("打印", "Ctrl+P", icon_name="print")
    qtbot.addWidget(button)
    wide = button.sizeHint().width()
    button.set_only_icon(True)
    assert button.sizeHint().width() == theme().size("control") < wide
    assert "打印" in button.toolTip()


def test_a_chip_is_removed_by_its_cross_and_by_backspace(qtbot) -> None:
    chip = Chip("独居")
    qtbot.addWidget(chip)
    narrow = chip.sizeHint().width()
    chip.setChecked(True)
    assert chip.sizeHint().width() > narrow
    assert chip.accessibleDescription() == "已选"
    chip.resize(chip.sizeHint())
    chip.show()
    with qtbot.waitSignal(chip.removed):
        qtbot.keyClick(chip, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(chip.removed):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 10, chip.height() // 2))


def test_a_badge_without_words_hides(qtbot) -> None:
    badge = Badge("黄牌 104%", Tone.YELLOW_CARD)
    qtbot.addWidget(badge)
    badge.show()
    badge.show_words("", Tone.PLAIN)
    assert not badge.isVisible()


@pytest.fixture
def rail(qtbot) -> NavRail:
    made = NavRail(ITEMS, (RailItem("settings", "设置", "settings"),))
    qtbot.addWidget(made)
    made.resize(made.sizeHint().width(), 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_rail_opens_and_leaves_the_mark_to_the_page(qtbot, rail: NavRail) -> None:
    rail.set_current("today")
    with qtbot.waitSignal(rail.opened) as opened:
        qtbot.mouseClick(rail.entry("people"), Qt.MouseButton.LeftButton)
    assert opened.args == ["people"]
    assert rail.entry("today").isChecked()
    assert not rail.entry("people").isChecked()


def test_arrows_move_in_the_rail_and_enter_opens(qtbot, rail: NavRail) -> None:
    rail.set_allowed({"today", "people", "settings"})
    qtbot.waitActive(rail)
    rail.entry("today").setFocus()
    qtbot.keyClick(rail.entry("today"), Qt.Key.Key_Down)
    assert rail.entry("people").hasFocus()
    with qtbot.waitSignal(rail.opened) as opened:
        qtbot.keyClick(rail.entry("people"), Qt.Key.Key_Return)
    assert opened.args == ["people"]


def test_badges_are_said(rail: NavRail) -> None:
    rail.set_badge("curtain", 2, alarm=True)
    rail.set_badge("people", 4)
    rail.set_badge("unknown", 1)
    assert rail.entry("curtain").accessibleDescription() == "2 户待处置"
    assert rail.entry("people").accessibleDescription() == "4 件待办"
    assert QAccessible.queryAccessibleInterface(rail.entry("people")).role() == QAccessible.Role.PageTab


def test_a_screen_reader_can_press_a_painted_entry_and_hears_which_is_chosen(rail: NavRail, qtbot) -> None:
    heard = QAccessible.queryAccessibleInterface(rail.entry("people"))
    act = heard.actionInterface()
    assert not heard.state().selected
    with qtbot.waitSignal(rail.entry("people").clicked):
        act.doAction(act.actionNames()[0])
    rail.entry("people").setChecked(True)
    assert heard.state().selected
    assert heard.role() == QAccessible.Role.PageTab


def test_twelve_entries_fit_a_low_window(qtbot) -> None:
    rail = NavRail(
        [RailItem(str(n), "窗帘", "curtain") for n in range(10)],
        [RailItem(n, "设置", "settings") for n in "ab"],
    )
    qtbot.addWidget(rail)
    rail.set_low(True)
    assert rail.minimumSizeHint().height() <= 628


def test_the_header_folds_to_one_line(qtbot) -> None:
    header = PageHeader("居民台账", "4,386 人 · 1,752 户")
    qtbot.addWidget(header)
    header.add_button(KeyButton("导入", icon_name="import"))
    header.add_button(KeyButton("新增居民", "Ctrl+N", kind=Kind.PRIMARY))
    assert header.height() == 64
    wide = header.search.sizeHint().width()
    header.set_narrow(True)
    assert header.height() == 54
    assert header.search.sizeHint().width() < wide
    with qtbot.waitSignal(header.search.clicked):
        qtbot.mouseClick(header.search, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(header.search.typed) as typed:
        qtbot.keyClick(header.search, Qt.Key.Key_L)
    assert typed.args == ["l"]


def test_status_items_open_their_page(qtbot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.add_item("backup", "save", right=True)
    bar.add_item("center", "building")
    bar.resize(900, 30)
    bar.show()
    bar.show_fact("backup", "备份 07:12 成功 · 两处", StatusTone.SOON, short="07:12")
    item = bar.findChild(QWidget, "status_backup")
    assert item is not None
    assert item.isVisible()
    with qtbot.waitSignal(bar.opened) as opened:
        qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    assert opened.args == ["backup"]
    bar.show_fact("backup", "")
    assert not item.isVisible()
    with pytest.raises(KeyError):
        bar.show_fact("weather", "雪")


def test_a_card_has_its_header_and_kind(qtbot) -> None:
    card = Card("待处置 2 户", icon_name="alert", token="red")
    qtbot.addWidget(card)
    card.set_kind(CardKind.WARNING)
    card.set_title("待处置 1 户")
    assert card.property("card") == "warning"
    assert card.accessibleName() == "待处置 1 户"


def test_painted_parts_follow_the_zoom(qtbot, qapp) -> None:
    parts = [KeyButton("打印", "Ctrl+P"), Chip("独居"), Badge("新"), NavRail(ITEMS)]
    for part in parts:
        qtbot.addWidget(part)
    before = [part.sizeHint().height() for part in parts]
    Theme.load("light", zoom=200).apply(qapp)
    try:
        after = [part.sizeHint().height() for part in parts]
    finally:
        Theme.load("light").apply(qapp)
    assert after[:3] == [2 * high for high in before[:3]]
    assert after[3] > 1.8 * before[3]


LOOKS = [{"zoom": 100}, {"zoom": 150}, {"zoom": 200}, {"large": True}, {"large": True, "zoom": 200}]


@pytest.fixture
def wear(qapp):
    """Put on another look; the next test finds the usual one."""
    return lambda **look: Theme.load("light", bundled_fonts=True, **look).apply(qapp)


@pytest.mark.parametrize("high", [628, 690, 870])
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_entry_of_a_full_rail_is_in_sight(qtbot, wear, look, high) -> None:
    """It never scrolls: ten pages, 导入 and 设置 at every size of type."""
    wear(**look)
    rail = NavRail(
        [RailItem(str(n), "窗帘", "curtain") for n in range(10)],
        [RailItem(n, "设置", "settings") for n in "ab"],
    )
    qtbot.addWidget(rail)
    rail.resize(rail.sizeHint().width(), high)
    rail.show()
    assert rail.height() == high
    places = [rail.entry(str(n)).geometry() for n in range(10)] + [rail.entry(n).geometry() for n in "ab"]
    assert all(rail.rect().contains(place) for place in places)
    assert all(above.bottom() < below.top() for above, below in itertools.pairwise(places))
    assert min(place.height() for place in places) >= 24


@pytest.mark.parametrize("wide", [1180, 1440])
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_status_items_never_lie_over_each_other(qtbot, wear, look, wide) -> None:
    wear(**look)
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.add_item("center", "building", rank=2)
    bar.add_item("person", "person", rank=3)
    bar.add_item("worst", "alert", rank=None)
    for name, rank in (("encrypted", 0), ("backup", 1), ("clock", 4)):
        bar.add_item(name, "clock", right=True, rank=rank)
    bar.add_item("lock", "lock", right=True, key="Ctrl+L", rank=2)
    bar.resize(wide, bar.sizeHint().height())
    bar.show()
    bar.show_fact("center", "望河街道云和社区党群服务中心", short="云和社区")
    bar.show_fact("person", "欧阳秀琴 · 书记、管理员", short="欧阳秀琴")
    bar.show_fact("worst", "12 户待处置", StatusTone.ALARM)
    bar.show_fact("encrypted", "数据已加密", short="")
    bar.show_fact("backup", "还没有备份，现在备份", StatusTone.SOON, short="没备份")
    bar.show_fact("clock", "08:41")
    bar.show_fact("lock", "锁屏")
    items = sorted(bar.findChildren(StatusItem), key=lambda item: item.x())
    bar.layout().activate()
    assert bar.width() == wide
    assert all(item.geometry().right() < after.x() for item, after in itertools.pairwise(items))
    assert all(item.width() >= item.sizeHint().width() for item in items)
    assert bar.rect().contains(items[-1].geometry())
    worst = next(item for item in items if item.item_id == "worst")
    assert worst.width() >= worst.wide_at(Extent.FULL)
    assert all(item.accessibleName() == item.text() for item in items)


def test_a_long_line_of_facts_ends_in_dots_and_is_said_whole(qtbot) -> None:
    facts = "5,928 人 · 2,543 户 · 最近一次改动 10-08 09:00 · 望河街道云和社区第一网格"
    header = PageHeader("居民台账", facts)
    qtbot.addWidget(header)
    header.add_button(KeyButton("新增居民", "Ctrl+N", kind=Kind.PRIMARY))
    header.set_narrow(True)
    header.resize(640, header.height())
    header.show()
    title, shown = header.findChild(OneLine, "page_title"), header.findChild(OneLine, "page_facts")
    assert title.text() == "居民台账"
    assert shown.text() == "5,928 人 · 2,543 户"  # whole facts, none cut in the middle
    assert shown.fontMetrics().horizontalAdvance(shown.text()) <= shown.width()
    assert shown.toolTip() == shown.accessibleName() == facts
