"""The frame of the desk with sky band, strip and board: `python -m tests.shots.frame OUT.png [theme] [low]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.qtkit.i18n import install_chinese
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Stat
from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.facade import FacadeBoard
from centerdesk.qtkit.painted.house import BuildingView, WindowView
from centerdesk.qtkit.painted.nav_rail import NavRail, RailItem
from centerdesk.qtkit.painted.page_header import PageHeader
from centerdesk.qtkit.painted.sky import SkyBand
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusTone
from centerdesk.qtkit.painted.window_glyph import WindowState
from centerdesk.qtkit.theme import Theme, theme
from centerdesk.qtkit.tokens import ThemeName

_STATE = {
    "o": WindowState.OPEN,
    "t": WindowState.TO_DO,
    "c": WindowState.CLOSED,
    "u": WindowState.UNCLEAR,
    "p": WindowState.PAUSED,
}
_HOMES = (
    ("2 栋", 3, "B", "162o 251o 332o 122p 331o"),
    ("3 栋", 3, "A", "121o 162o 251c 231o 341o 312o"),
    ("5 栋", 2, "C", "161o 122u 241o 232o 211t"),
    ("6 栋", 3, "D", "131t 152t 222t 261t 342p 351t"),
    ("8 栋", 3, "E", "111o 122o 231o 242o 351o 362o"),
    ("9 栋", 3, "F", "112o 121o 132o 241o 252o 361o 311o"),
    ("11 栋", 3, "G", "111o 122o 232o 241o 251t 362t 331t"),
)
_PAGES = (
    ("today", "今日", "today"),
    ("curtain", "窗帘", "curtain"),
    ("people", "居民", "people"),
    ("wishes", "心愿", "star"),
    ("whistle", "吹哨", "megaphone"),
    ("council", "议事", "chat"),
    ("events", "活动", "calendar"),
    ("visits", "走访", "home_heart"),
    ("points", "积分", "gift"),
    ("returns", "月报", "document_table"),
)


def buildings() -> tuple[BuildingView, ...]:
    """Seven fictional buildings with forty windows."""
    made, number = [], 0
    for name, units, point, homes in _HOMES:
        windows = []
        for home in homes.split():
            unit, floor, door, state = int(home[0]), int(home[1]), int(home[2]), _STATE[home[3]]
            number += 1
            label = f"{name} {unit} 单元 {floor}0{door}"
            windows.append(
                WindowView(f"{name}{unit}{floor}{door}", floor, unit, door, state, str(number), label)
            )
        made.append(BuildingView(name, 6, units, 2, tuple(windows), point))
    return tuple(made)


def band() -> QWidget:
    """The band of 今日."""
    look, sky = theme(), SkyBand()
    column = QVBoxLayout(sky)
    column.setContentsMargins(look.px(24), look.px(14), look.px(24), 0)
    column.setSpacing(0)
    head, words = QHBoxLayout(), QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(text_label("还有 9 扇窗没看，2 户要处置", role="headline"))
    words.addWidget(
        text_label("早间 07:30–09:00 · 离收窗 19 分钟 · 周敏在 5 栋，陈嘉禾去 3 栋敲门", role="secondary")
    )
    head.addLayout(words, 1)
    head.addWidget(Stat("31", "已看 / 应看", of="40"))
    head.addSpacing(look.px(16))
    head.addWidget(Stat("29", "已开平安"))
    head.addSpacing(look.px(16))
    head.addWidget(KeyButton("继续看窗", "F2", kind=Kind.PRIMARY, tall=True))
    column.addLayout(head)
    column.addStretch(1)
    strip = DayStrip()
    strip.set_buildings(buildings())
    column.addWidget(strip)
    return sky


def frame(low: bool) -> QWidget:
    """Rail, header, band, board, status bar."""
    look, window = theme(), QWidget()
    window.setProperty("ground", "paper")
    outer = QVBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    middle = QHBoxLayout()
    middle.setSpacing(0)
    items = [
        RailItem(key, title, icon, f"Ctrl {(i + 1) % 10}") for i, (key, title, icon) in enumerate(_PAGES)
    ]
    rail = NavRail(items, (RailItem("import", "导入", "import"), RailItem("settings", "设置", "settings")))
    rail.set_low(low)
    rail.set_current("today")
    rail.set_badge("curtain", 2, alarm=True)
    rail.set_badge("whistle", 4)
    rail.set_badge("visits", 6)
    middle.addWidget(rail)
    page = QVBoxLayout()
    margin = look.size("margin")
    page.setContentsMargins(margin, 0, margin, look.size("gap"))
    page.setSpacing(look.size("gap"))
    header = PageHeader("早上好，周敏", "12 月 3 日 星期四 · 农历十月廿五 · 日出 06:45 · 大雪还有 4 天")
    header.add_button(KeyButton("登记", "Ctrl+N", icon_name="add"))
    page.addWidget(header)
    page.addWidget(band())
    card = Card("待处置 2 户", icon_name="alert", token="red", padded=False)
    board = FacadeBoard()
    board.set_buildings(buildings())
    board.set_standing_point("C")
    board.set_single(low)
    board.set_page(2 if low else 0)
    board.set_current("5 栋211")
    card.body.addWidget(board)
    page.addWidget(card, 1)
    middle.addLayout(page, 1)
    outer.addLayout(middle, 1)
    outer.addWidget(status(low))
    return window


def status(narrow: bool) -> StatusBar:
    """The status bar of 08:41."""
    bar = StatusBar()
    for key, icon, text, right, short, tone in (
        ("center", "building", "云和社区党群服务中心", False, None, StatusTone.PLAIN),
        ("who", "person", "周敏 · 专职网格员", False, None, StatusTone.PLAIN),
        ("alarm", "alert", "2 户待处置", False, None, StatusTone.ALARM),
        ("lockdata", "lock", "数据已加密", True, "", StatusTone.PLAIN),
        ("backup", "save", "备份 07:12 成功 · 两处", True, "07:12", StatusTone.PLAIN),
        ("clock", "clock", "08:41", True, "08:41", StatusTone.PLAIN),
    ):
        bar.add_item(key, icon, right=right)
        bar.show_fact(key, text, tone, short=short)
    bar.add_item("desk_lock", "lock", right=True, key="Ctrl+L")
    bar.show_fact("desk_lock", "锁屏")
    bar.set_narrow(narrow)
    return bar


def main(arguments: Sequence[str]) -> int:
    """Draw the frame once."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    install_chinese(app)
    name: ThemeName = arguments[1] if len(arguments) > 1 else "light"  # type: ignore[assignment]  # checked by load
    low = len(arguments) > 2
    Theme.load(name).apply(app)
    window = frame(low)
    window.resize(*((1180, 720) if low else (1440, 868)))
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.grab().save(str(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
