"""A host for pages: a real station behind a real runner, without the desk's window around it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from centerdesk.app.features import manifests
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Manifests
from centerdesk.qtkit.actions import ActionRegistry
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.page import Page
from centerdesk.qtkit.runner import Runner
from tests.helpers.columns import MemoryStore
from tests.helpers.station import StationFixture


class PageHostFixture:
    """What the desk's window gives its pages. `errors` holds what nobody else was told, `went` where pages led."""

    def __init__(self, station: StationFixture) -> None:
        self.station = station
        self.errors: list[tuple[QObject, Exception]] = []
        self.went: list[tuple[str, Hashable | None]] = []
        self.backups = 0
        self.windows: list[QWidget] = []
        self.runner = Runner(station.bus, station.database.read_session, self._on_error)
        self.actions = ActionRegistry(lambda permission: self.actor().may(permission))
        self.columns = MemoryStore()
        self.manifests: Manifests = manifests()

    @property
    def clock(self) -> Clock:
        return self.station.clock

    def actor(self) -> Actor:
        assert self.station.actor is not None
        return self.station.actor

    def go(self, page_id: str, row_id: Hashable | None = None) -> None:
        self.went.append((page_id, row_id))

    def backup_before_import(self) -> None:
        self.backups += 1

    def _on_error(self, owner: QObject, exc: Exception) -> None:
        self.errors.append((owner, exc))
        present_error(owner, exc, lambda _exc: "T-0000")

    def close(self) -> None:
        self.runner.shutdown()
        for window in self.windows:
            if isValid(window):  # pytest-qt may have taken it away already
                window.close()
        self.runner.deleteLater()
        self.actions.deleteLater()


@contextmanager
def page_host(station: StationFixture) -> Iterator[PageHostFixture]:
    """A host for the length of a test; its lanes are down afterwards."""
    host = PageHostFixture(station)
    try:
        yield host
    finally:
        host.close()


def show_page(
    qtbot: Any,
    make: Callable[[PageHostFixture], Page],
    host: PageHostFixture,
    size: tuple[int, int] = (1316, 776),
) -> Page:
    """Put a page into a window of its own and show it; everything it asked for has been answered."""
    window = QWidget()
    box = QVBoxLayout(window)
    box.setContentsMargins(0, 0, 0, 0)
    page = make(host)
    box.addWidget(page)
    window.resize(*size)
    host.windows.append(window)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    settle(qtbot, host)
    return page


def settle(qtbot: Any, host: PageHostFixture) -> None:
    """Let everything that is under way arrive: several rounds, because an answer may ask again."""
    qtbot.waitUntil(lambda: host.runner.idle, timeout=20_000)
