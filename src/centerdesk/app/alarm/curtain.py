"""The alarm screens of a desk that nobody is at: up while something is to be taken, hushed for two minutes after."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.alarm.sound import play_alarm
from centerdesk.app.alarm.words import alarm_words, worst
from centerdesk.app.pulse import Pulse
from centerdesk.features.checkins.rules_watch import QUIET, RING_SECONDS
from centerdesk.kernel.clock import Clock


class AlarmCurtain(QObject):
    """报警幕. One screen of alarm for each screen of the desk. `taken` with the id when somebody says 我来接."""

    taken = Signal(object)

    def __init__(self, clock: Clock, parent: QObject | None = None, *, motion: bool = True) -> None:
        super().__init__(parent)
        self._clock, self.motion = clock, motion
        self._pulse: Pulse | None = None
        self._hushed: dict[UUID, float] = {}  # until, in ticks of the clock nobody can set back
        self._rang_at: float | None = None
        self.screens: list[AlarmScreen] = []

    def heed(self, pulse: Pulse, *, covering: bool) -> None:
        """A new pulse; the screens come up only over a desk that is `covering` its content."""
        self._pulse = pulse
        self._show(covering=covering)

    def tick(self, *, covering: bool) -> None:
        """Each second: count down, end hushes, sound if nobody else does."""
        now = self._clock.now()
        for screen in self.screens:
            screen.tick(now)
        ticks = self._clock.monotonic()
        self._hushed = {key: until for key, until in self._hushed.items() if until > ticks}
        if self._pulse is not None:
            self._show(covering=covering)
            self._sound(self._pulse, now)

    def lower(self) -> None:
        """Take the screens away."""
        for screen in self.screens:
            screen.leave()
        self.screens = []

    def _show(self, *, covering: bool) -> None:
        pulse = self._pulse
        now = self._clock.now()
        chosen = None
        if covering and pulse is not None:
            quiet = {a.alarm_id for a in pulse.alarms if quiet_now(a.acknowledged_at, now)}
            chosen = worst(pulse.alarms, frozenset(self._hushed) | quiet)
        if chosen is None or pulse is None:
            self.lower()
            return
        words = alarm_words(chosen, len(pulse.alarms) - 1, now, silent=pulse.silent)
        fresh = not self.screens
        if fresh:
            for screen in QGuiApplication.screens():
                made = AlarmScreen(screen, motion=self.motion)
                made.taken.connect(self._take)
                self.screens.append(made)
        for shown in self.screens:
            shown.show_alarm(words)
            if fresh:
                shown.rise()

    def _take(self, alarm_id: UUID) -> None:
        self._hushed[alarm_id] = self._clock.monotonic() + QUIET.total_seconds()
        self.lower()
        self.taken.emit(alarm_id)

    def _sound(self, pulse: Pulse, now: datetime) -> None:
        """The watcher sounds; where it does not run, the desk does, on a thread that blocks nobody."""
        loud = [
            a
            for a in pulse.alarms
            if not quiet_now(a.acknowledged_at, now) and a.alarm_id not in self._hushed
        ]
        ticks = self._clock.monotonic()
        due = self._rang_at is None or ticks - self._rang_at >= RING_SECONDS
        if pulse.silent and loud and due:
            self._rang_at = ticks
            threading.Thread(target=play_alarm, name="alarm sound", daemon=True).start()


def quiet_now(acknowledged_at: datetime | None, now: datetime) -> bool:
    """Whether somebody took it within the last two minutes; a clock set back hushes nothing."""
    return acknowledged_at is not None and timedelta() <= now - acknowledged_at < QUIET
