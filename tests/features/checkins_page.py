"""What the tests of the curtain page share: a town at 08:41, the page in a window, keys and what the database says."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from centerdesk.features.checkins.models import Alarm, ExpectedCheck
from centerdesk.features.checkins.ui.pages import RoundPage
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.db import Database
from tests.helpers import curtain
from tests.helpers.elders import Town
from tests.helpers.pagehost import PageHostFixture, page_host, settle, show_page
from tests.helpers.station import StationFixture, make_station, unsynced


@dataclass
class Desk:
    """The page with everything around it."""

    qtbot: Any
    town: Town
    host: PageHostFixture
    page: RoundPage

    def settle(self) -> None:
        settle(self.qtbot, self.host)
        self.qtbot.wait(1)
        settle(self.qtbot, self.host)

    def press(
        self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """A key to whatever has the focus; then everything arrives."""
        target = QApplication.focusWidget() or self.page
        if isinstance(key, str) and not key.isascii():
            commit = QInputMethodEvent()  # what an input method hands over
            commit.setCommitString(key)
            QApplication.sendEvent(target, commit)
        elif isinstance(key, str):
            self.qtbot.keyClicks(target, key)
        else:
            self.qtbot.keyClick(target, key, modifiers)
        self.settle()

    def child(self, name: str) -> Any:
        found = self.page.window().findChildren(QWidget, name)
        assert found, f"no widget {name}"
        return next((w for w in found if w.isVisible()), found[0])

    def text(self, name: str) -> str:
        return self.child(name).text()

    @property
    def at(self) -> str:
        """Door of the home in hand."""
        row = self.page.walk.row()
        return row.door if row else ""

    def check(self, door: str, slot: str = "morning") -> ExpectedCheck:
        return curtain.row(self.town, ExpectedCheck, curtain.check_of(self.town, door, slot))

    def alarm(self, door: str, slot: str = "morning") -> Alarm:
        return curtain.alarm_of(self.town, door, slot)

    def id_of(self, door: str, slot: str = "morning") -> UUID:
        return curtain.check_of(self.town, door, slot)

    def toasts(self) -> list[str]:
        from centerdesk.qtkit.notify import toasts

        return [one.text for one in toasts(self.page.window())]


_built: dict[tuple[tuple[str, Any], ...], tuple[Path, StationFixture, Town]] = {}
"""Mornings that were lived through already: two hundred commands each, and every test begins with one."""


def station_at_morning(root: Path, **morning: Any) -> Town:
    """A station of its own, copied from one that has been through this morning."""
    key = tuple(sorted(morning.items()))
    if key not in _built:
        home = Path(tempfile.mkdtemp(prefix="curtain-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        made = make_station(home)
        _built[key] = home, made, curtain.morning(made, **morning)
        made.close()
    home, first, town = _built[key]
    shutil.copytree(home, root, dirs_exist_ok=True)
    clock = FixedClock(first.clock.now())
    site = replace(first.site, clock=clock)
    database = unsynced(Database.open(root / "centerdesk.db", first.ring))
    station = StationFixture(root, first.ring, database, clock, site, first.bus, None, dict(first.accounts))
    station.bus = CommandBus(database.write_session, site, lambda: station.actor)
    return replace(town, station=station)


@contextmanager
def desk(
    qtbot: Any, root: Path, *, size: tuple[int, int] = (1316, 792), who: str = "周敏", **morning: Any
) -> Iterator[Desk]:
    """The round page over a real station at 08:41 of the third of December."""
    town = station_at_morning(root, **morning)
    station = town.station
    try:
        if who == "secretary":
            station.sign_in("secretary")
        else:
            curtain.be(town, who)
        with page_host(station) as host:
            page = show_page(qtbot, RoundPage, host, size)
            made = Desk(qtbot, town, host, page)
            made.settle()
            page.route.list.setFocus()
            yield made
            made.settle()
    finally:
        station.close()
