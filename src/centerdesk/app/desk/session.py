"""What the desk's window stands on: an open station, its runner, the memory of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session

from centerdesk.app.apart import beside
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.desk.memory import DeskMemory, LookChoice, PersonMemory
from centerdesk.kernel.calendar import LATITUDE, LONGITUDE, sun_times
from centerdesk.kernel.clock import today
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.settings import SettingsReader
from centerdesk.qtkit.errors import Report, present_error, write_down
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.theme import Theme

PROGRAM = "窗明 · 党群服务台"
SMALLEST = QSize(1180, 720)
"""The smallest window, at 100 %, px."""


@dataclass
class DeskSession:
    """服务台. One open station in one process; `report` writes a bug down and answers its code."""

    station: OpenStation
    runner: Runner
    memory: DeskMemory
    report: Report = write_down
    _place: tuple[float, float] = (LATITUDE.default, LONGITUDE.default)
    _look: LookChoice | None = None

    @classmethod
    def start(
        cls,
        station: OpenStation,
        parent: QObject | None = None,
        report: Report = write_down,
        memory: DeskMemory | None = None,
    ) -> DeskSession:
        """Lanes up. `close` takes them down again. `memory`: what the run has read already."""
        runner = Runner(beside(station).bus, station.database.read_session, _presenter(report), parent)
        return cls(station, runner, memory or DeskMemory(station.data), report)

    @property
    def actor(self) -> Actor | None:
        return self.station.actor

    def person(self) -> PersonMemory:
        """The memory of whoever is signed in."""
        return self.memory.for_person(self.actor.account_id if self.actor else None)

    def dress(self, app: QApplication, choice: LookChoice | None = None) -> None:
        """Put the person's look on the whole program; one that follows the sun asks where the station lies."""
        look = self._look = choice or self.person().look
        self._wear(app, look)
        if look.theme == "sun":

            def known(place: tuple[float, float]) -> None:
                moved, self._place = place != self._place, place
                if moved and self._look is look:
                    self._wear(app, look)

            self.runner.query(app, _place_of, known)

    def change_look(self, look: LookChoice) -> None:
        """Keep what the person chose, and put it on."""
        self.person().keep_look(look)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.dress(app, look)

    def _wear(self, app: QApplication, look: LookChoice) -> None:
        name = look.name(after_sunset=look.theme == "sun" and self._after_sunset())
        Theme.load(name, large=look.large, zoom=look.zoom).apply(app)

    def _after_sunset(self) -> bool:
        sun = sun_times(today(self.station.clock), *self._place)
        return not sun.rise <= self.station.clock.now() <= sun.set

    def close(self) -> None:
        """Writes finish, reads are dropped, the database is closed. Blocking."""
        self.runner.shutdown()
        self.let_go()

    def let_go(self) -> None:
        """The same once the runner was told to hang up. Blocking; any thread."""
        self.runner.wait()
        self.memory.finish()
        self.station.close()


def _place_of(session: Session) -> tuple[float, float]:
    """Latitude and longitude of the station, degrees. Read lane."""
    settings = SettingsReader(session)
    return settings.get(LATITUDE), settings.get(LONGITUDE)


def _presenter(report: Report) -> Callable[[QObject, Exception], None]:
    def present(owner: QObject, exc: Exception) -> None:
        present_error(owner, exc, report)

    return present
