"""Alarms while nobody is signed in: the login page is covered like a locked desk (UI 15, 17)."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from centerdesk.app.alarm.curtain import AlarmCurtain
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.status import PulseTaker
from centerdesk.app.pulse import Pulse


class LoginWatch(QObject):
    """登录前的看护. Lives while the login page stands; `stop` answers the alarm somebody said to take, if any."""

    taken = Signal()

    def __init__(self, desk: DeskSession, parent: QObject) -> None:
        super().__init__(parent)
        self.pulses = PulseTaker(desk, self)
        self.curtain = AlarmCurtain(desk.station.clock, self, motion=desk.person().look.motion)
        self._wanted: UUID | None = None
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)
        self.pulses.taken.connect(self._heed)
        self.curtain.taken.connect(self._take)

    def start(self) -> None:
        self.pulses.start()
        self._second.start()

    def stop(self) -> UUID | None:
        """Nothing is watched from here any more."""
        self._second.stop()
        self.pulses.stop()
        self.curtain.lower()
        return self._wanted

    def tick(self) -> None:
        self.curtain.tick(covering=True)

    def _heed(self, pulse: Pulse) -> None:
        self.curtain.heed(pulse, covering=True)

    def _take(self, alarm_id: UUID) -> None:
        """我来接: whoever signs in next is led to it."""
        self._wanted = alarm_id
        self.taken.emit()
