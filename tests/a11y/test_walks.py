"""Every page by keyboard alone, and through Qt's accessible interfaces, in each test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.app.shell.conftest import DeskFixture
from tests.helpers.accessible import heard, nameless
from tests.helpers.tabbing import out_of_order, unreached, walk

pytestmark = pytest.mark.gui

PAGES = ("today", "checkins", "people", "people.import", "returns", "settings")


class Windows(QObject):
    """Remembers every window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.fixture
def page(request: pytest.FixtureRequest, morning: DeskFixture) -> Iterator[DeskFixture]:
    window = morning.open()
    window.go(request.param)
    morning.settle()
    yield morning
    morning.settle()  # the walk went over fields that read when they are left


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_every_control_has_a_chinese_name(page: DeskFixture) -> None:
    assert page.window is not None
    assert len(heard(page.window)) > 20
    assert not nameless(page.window)


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_tab_reaches_everything_in_reading_order(page: DeskFixture) -> None:
    window = page.window
    assert window is not None
    walk(window)
    page.settle()  # a table that gets the focus chooses a row, and the row's form comes
    came = walk(window)
    assert not unreached(window, came)
    assert not out_of_order(window, came)


def test_no_part_of_a_page_flashes_up_as_a_window_of_its_own(morning: DeskFixture) -> None:
    """A part shown before it has a parent takes the focus and flickers."""
    window, seen = morning.open(), Windows()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(seen)
    for page_id in PAGES:
        window.go(page_id)
        morning.settle()
    app.removeEventFilter(seen)
    assert not seen.shown
