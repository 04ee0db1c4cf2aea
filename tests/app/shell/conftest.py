"""The real desk on a real station for each test, without a screen; its lanes are down afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.window import DeskWindow
from tests.app.conftest import PASSWORD
from tests.helpers.desk import as_open, reopened
from tests.helpers.station import StationFixture, make_station


@dataclass
class DeskFixture:
    """What a test needs of a desk. `open` makes the window for the present actor and shows it.

    `fixture` None: a station as `init` makes it, closed by its own fixture.
    """

    fixture: StationFixture | None
    qtbot: Any
    station: OpenStation
    crashes: list[BaseException] = field(default_factory=list)
    desk: DeskSession | None = None
    window: DeskWindow | None = None
    clock: Any = None
    rung: list[int] = field(default_factory=list)
    came: list[Any] = field(default_factory=list)

    def open(self, size: tuple[int, int] = (1440, 868)) -> DeskWindow:
        if self.fixture is not None:
            self.station.actor = self.fixture.actor
        self.desk = DeskSession.start(self.station, None, self._report)
        self.window = DeskWindow(self.desk)
        self.window.resize(QSize(*size))
        with self.qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.window.open_first()
        self.settle()
        return self.window

    def settle(self) -> None:
        """Everything that was asked for has been answered; several rounds, because an answer may ask again."""
        assert self.desk is not None
        runner = self.desk.runner
        for _ in range(3):
            self.qtbot.waitUntil(lambda: runner.idle, timeout=20_000)

    def find(self, kind: type, name: str) -> Any:
        """A widget by its objectName; the test fails when it is not there."""
        assert self.window is not None
        found = self.window.findChild(kind, name)
        assert found is not None, f"no {name} in the window"
        return found

    def close(self) -> None:
        if self.window is not None:
            self.window.leave()
        if self.desk is not None:
            self.desk.runner.shutdown()
            self.desk.runner.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if self.fixture is not None:
            self.fixture.close()

    def _report(self, exc: BaseException) -> str:
        self.crashes.append(exc)
        return "t-0000"


@pytest.fixture
def desk(tmp_path, qtbot) -> Iterator[DeskFixture]:
    """An empty station with a secretary at the desk; the test opens the window when its data stand."""
    fixture = make_station(tmp_path)
    made = DeskFixture(fixture, qtbot, as_open(fixture))
    yield made
    made.close()


@pytest.fixture(scope="session")
def scene_of_morning(tmp_path_factory):
    """The pictures' morning, built once and closed; tests work on copies of it."""
    from tests.shots.scene import morning as build

    found = build(tmp_path_factory.mktemp("morning"))
    found.close()
    return found


@pytest.fixture
def morning(tmp_path, qtbot, scene_of_morning) -> Iterator[DeskFixture]:
    """The morning of the design's pictures: forty windows, two homes in trouble; 08:41."""
    fixture = reopened(scene_of_morning.fixture, tmp_path / "station")
    made = DeskFixture(fixture, qtbot, as_open(fixture))
    yield made
    made.close()


@pytest.fixture
def founded_desk(made, clock, qtbot) -> Iterator[DeskFixture]:
    """A station with keys, files and real passwords; 高翔, the administrator, is at the desk."""
    station = made[0]
    station.sign_in("高翔", PASSWORD)
    found = DeskFixture(None, qtbot, station)
    yield found
    found.close()
