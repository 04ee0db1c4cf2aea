"""The shell at every size of window and type: nothing grows over the screen, lies over another or is cut."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from centerdesk.app.desk.window import SMALLEST
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.painted.nav_rail import NavRail, RailEntry
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusItem
from centerdesk.qtkit.theme import Theme
from tests.helpers.qt import dress

LOOKS = (
    {"name": "light"},
    {"name": "dark"},
    {"name": "contrast"},
    {"name": "light", "large": True},
    {"name": "light", "zoom": 150},
    {"name": "light", "zoom": 200},
    {"name": "contrast", "zoom": 200, "large": True},
)
SIZES = ((1440, 868), (SMALLEST.width(), SMALLEST.height()))


@pytest.fixture
def wear(qapp):
    """Put on another look; the usual one is back afterwards."""

    def put(name: str, **look: object) -> None:
        Theme.load(name, bundled_fonts=True, **look).apply(qapp)

    yield put
    dress(qapp)


def place(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def cut(root: QWidget) -> list[str]:
    """Labels and buttons below `root` that show less than they say, without saying so by dots."""
    found = []
    for label in root.findChildren(TextLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            short = label.height() < label.heightForWidth(label.width())
        else:
            short = label.width() < label.fontMetrics().horizontalAdvance(label.text())
        if short:
            found.append(f"label {label.objectName()} {label.text()!r} {label.size().toTuple()}")
    for button in root.findChildren(QAbstractButton):
        if button.isVisible() and button.text() and button.width() < button.sizeHint().width():
            found.append(f"button {button.objectName()} {button.text()!r}")
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_shell_and_today_hold_at_this_size(morning, qtbot, wear, look, size):
    window = morning.open(size)
    wear(**look)
    qtbot.waitUntil(lambda: window.size() == QSize(*size), timeout=5000)
    window.refresh_page()
    morning.settle()
    qtbot.waitUntil(lambda: not cut(window), timeout=5000)
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
    for label in window.frame.findChildren(QLabel):
        if label.isVisible():
            box = label.parentWidget()
            assert box.rect().contains(label.geometry()), f"{label.text()!r} is cut by its box"


def test_the_kind_of_trouble_is_never_cut(morning, qtbot, wear):
    """「5 栋 1 单元 202 · 看不清」 wraps; dots would hide what is the matter."""
    window = morning.open(SIZES[1])
    wear("light", large=True, zoom=150)
    window.refresh_page()
    morning.settle()
    title = morning.find(TextLabel, "alarm_title")
    qtbot.waitUntil(lambda: title.height() >= title.heightForWidth(title.width()), timeout=5000)
    assert title.text().replace("\u2060", "").endswith(("看不清", "未开"))
