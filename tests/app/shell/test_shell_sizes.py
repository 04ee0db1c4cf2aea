"""The shell at every size of window and type: nothing grows over the screen, lies over another or is cut."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.alarm.words import AlarmWords, Bar, StepWords
from centerdesk.app.desk.closing import ClosingSheet
from centerdesk.app.desk.window import SMALLEST
from centerdesk.app.palette.panel import Palette
from centerdesk.qtkit import notify
from centerdesk.qtkit.notify import Answer, Question
from centerdesk.qtkit.painted.nav_rail import NavRail, RailEntry
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusItem
from centerdesk.qtkit.sheet import Sheet
from centerdesk.qtkit.theme import Theme
from tests.helpers.fits import boxes, elided, lasting_misfits

LOOKS = (
    {"name": "light"},
    {"name": "contrast"},
    {"name": "light", "large": True},
    {"name": "light", "zoom": 150},
    {"name": "light", "zoom": 200},
    {"name": "contrast", "zoom": 200, "large": True},
)
LONG = Question(
    "把这一户从今天早上的看窗单里拿掉，明天再放回来？",
    "楼长说这户人去了女儿家，年后才回来，钥匙在对门。拿掉以后今天不看、不算漏看，也不报警；要在走之前写上回来的日子。",
    (Answer("今天拿掉，明天放回来", "out", urgent=True), Answer("先不拿", "stay")),
)
AT = datetime(2026, 12, 3, 0, 51, 46, tzinfo=UTC)
ALARM = AlarmWords(
    UUID(int=1),
    "早间窗帘 · 到点没人看 · 另有 12 户",
    "望江苑 11 栋　欧阳** 家",
    "unseen",
    AT,
    "100:46",
    ("后还没见到人", "自动转给 欧阳**（楼栋长）"),
    ("现在该带人入户的人：", "欧阳**", "，08:38 已应答"),
    tuple(
        StepWords(title, time, bar)
        for title, time, bar in (
            ("复看", "08:24", Bar.DONE),
            ("电话", "没人接", Bar.MISSED),
            ("敲门", "现在", Bar.NOW),
            ("联系人与钥匙", "08:52", Bar.AHEAD),
            ("入户（两人见证）", "09:07", Bar.AHEAD),
            ("报街道值班", "10:17", Bar.AHEAD),
        )
    ),
    ("接了之后输密码看联系牌，铃声停 2 分钟。", "没人接，08:52 照样往下转，不会停在这里。"),
    "看护程序没在跑，铃由服务台响",
    "08:41",
)
SIZES = ((1440, 868), (SMALLEST.width(), SMALLEST.height()))


@pytest.fixture
def wear(qapp):
    """Put on another look; the next test finds the usual one."""

    def put(name: str, **look: object) -> None:
        Theme.load(name, bundled_fonts=True, **look).apply(qapp)

    return put


def place(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_shell_and_today_hold_at_this_size(morning, qtbot, wear, look, size):
    window = morning.open(size)
    wear(**look)
    window.refresh_page()
    morning.settle()
    assert lasting_misfits(window) == []
    assert window.size() == QSize(*size)
    inside = window.rect()
    rail, bar = morning.find(NavRail, "nav_rail"), morning.find(StatusBar, "status_bar")
    entries = [e for e in rail.findChildren(RailEntry) if e.isVisible()]
    assert all(inside.contains(place(part, window)) for part in (rail, bar, window.frame, *entries))
    items = sorted((i for i in bar.findChildren(StatusItem) if i.isVisible()), key=lambda i: i.x())
    assert all(one.geometry().right() < other.x() for one, other in itertools.pairwise(items))
    assert inside.contains(place(items[-1], window))
    scroll = morning.find(QScrollArea, "today_scroll")
    assert scroll.widget().width() <= scroll.viewport().width()
    assert boxes(window) == []


def test_what_counts_is_never_cut_by_dots(morning, qtbot, wear):
    """A home in trouble says all it has to say: dots would hide what is the matter."""
    window = morning.open(SIZES[1])
    wear("light", large=True, zoom=150)
    window.refresh_page()
    morning.settle()
    assert elided(morning.find(QWidget, "card_alarms")) == []
    assert elided(morning.find(StatusBar, "status_bar")) == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_what_lies_over_the_window_holds_too(morning, qtbot, wear, look):
    """The palette full, a question with long words, a second person, the last backup."""
    window = morning.open(SIZES[1])
    wear(**look)
    palette = Palette.over(window, "lgl")
    morning.settle()
    assert lasting_misfits(palette) == []
    assert window.rect().contains(place(palette.findChild(QFrame, "palette_card"), window))
    palette.leave()
    notify.ask(window, LONG, lambda _key: None)
    window.host.second_person(window.frame.page, "people.merge", LONG.text, lambda _actor: None)
    ClosingSheet(window, window.desk).rise(window)
    for sheet in window.findChildren(Sheet):
        sheet.rise(sheet.buttons[0])
        assert lasting_misfits(sheet) == []
        assert all(window.rect().contains(place(button, window)) for button in sheet.buttons)


@pytest.mark.parametrize("size", [(1024, 768), (1440, 900), (1920, 1080), (2560, 1080)], ids=str)
def test_the_alarm_says_all_of_it_on_every_screen(qtbot, size):
    screen = AlarmScreen(motion=False)
    qtbot.addWidget(screen)
    screen.resize(*size)
    screen.show()
    screen.show_alarm(ALARM)
    assert elided(screen) == []
    assert screen.rect().contains(screen.findChild(QPushButton).geometry())
