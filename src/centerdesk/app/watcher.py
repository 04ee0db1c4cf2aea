"""The watcher: its own process, no window, no account, so that nothing the desk does can stop an alarm (G15).

`centerdesk --data D watch` runs it; the desk and the system's scheduler both start it. It opens the station with
the machine's slot, looks every ten seconds, and outlives whatever goes wrong: an error is logged and the next
look comes all the same.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from centerdesk.app.alarm.sound import play_alarm
from centerdesk.features.checkins.commands_watching import Seen, Watch
from centerdesk.features.checkins.rules_watch import RING_SECONDS, TICK_SECONDS
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import UserError

log = logging.getLogger(__name__)

REOPEN_AFTER = 3
"""Failures in a row after which the station is closed and opened again: the file may have been replaced."""


class WatchedStation(Protocol):
    """What the watcher needs of an open station."""

    @property
    def database(self) -> Database: ...

    @property
    def bus(self) -> CommandBus: ...

    def close(self) -> None: ...


class Watcher:
    """看护程序. Looks at one station until told to stop. One thread; the sound plays in its own.

    `open_station` opens it with the machine's slot and may fail and be called again. `play` sounds once and
    says whether a device took it.
    """

    def __init__(
        self,
        open_station: Callable[[], WatchedStation],
        *,
        play: Callable[[], bool] = play_alarm,
    ) -> None:
        self._open, self._play = open_station, play
        self._station: WatchedStation | None = None
        self._watch: Watch | None = None
        self._failures = 0
        self._rang_at: float | None = None
        self._sounding: threading.Thread | None = None

    def once(self) -> Seen:
        """One look. Raises whatever went wrong; the station is opened when it is not."""
        watch = self._ready()
        seen = watch.look()
        self._test_sound(watch, seen)
        if seen.ringing:
            self._ring()
        return seen

    def tick(self) -> Seen | None:
        """One look that never raises: None when it failed. The failure is in the log, never silent (G16)."""
        try:
            seen = self.once()
        except Exception as exc:
            self._failures += 1
            log.exception("look %d failed: %s", self._failures, type(exc).__name__)
            if self._failures % REOPEN_AFTER == 0:
                self._close_station()
            return None
        if self._failures:
            log.warning("looking again after %d failures", self._failures)
        self._failures = 0
        if seen.raised:
            log.warning("%d alarms raised", len(seen.raised))
        if seen.gap is not None:
            log.warning("not watched: %s, %s to %s", seen.gap.cause, seen.gap.from_at, seen.gap.to_at)
        return seen

    def run(self, stop: threading.Event, every: float = TICK_SECONDS) -> None:
        """Look until `stop` is set; the first look at once, before anybody signs in (G12)."""
        log.info("watching, pid %d", os.getpid())
        while True:
            self.tick()
            if stop.wait(every):
                break
        self.close()
        log.info("watching ended")

    def close(self) -> None:
        """Let the sound end and close the station."""
        if self._sounding is not None:
            self._sounding.join()
        self._close_station()

    def _ready(self) -> Watch:
        if self._watch is None or self._station is None:
            self._station = self._open()
            database = self._station.database
            self._watch = Watch(database.read_session, database.write_session, self._station.bus, os.getpid())
        return self._watch

    def _close_station(self) -> None:
        station, self._station = self._station, None
        self._watch = None
        if station is None:
            return
        try:
            station.close()
        except (UserError, OSError):
            log.exception("the station did not close")

    @property
    def _clock(self) -> Clock:
        assert self._station is not None
        return self._station.bus.site.clock

    def _test_sound(self, watch: Watch, seen: Seen) -> None:
        """Once a Shanghai day, and kept: silence is proved (G19). A real alarm is a test as well."""
        if watch.sound_tested_on() == local(seen.at).date():
            return
        ok = self._play()
        watch.note_sound(ok)
        if not ok:
            log.error("the sound test failed: no player or no device")

    def _ring(self) -> None:
        now = self._clock.monotonic()
        if self._rang_at is not None and now - self._rang_at < RING_SECONDS:
            return
        if self._sounding is None or not self._sounding.is_alive():
            self._rang_at = now
            self._sounding = threading.Thread(target=self._play, name="alarm sound", daemon=True)
            self._sounding.start()


def watch(
    open_station: Callable[[], WatchedStation],
    *,
    stop: threading.Event | None = None,
    play: Callable[[], bool] = play_alarm,
) -> None:
    """Run a watcher until a signal or `stop` ends it. For the command line; blocking, main thread."""
    ended = stop or threading.Event()

    def _on_signal(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, _on_signal)
    Watcher(open_station, play=play).run(ended)


def watch_once(open_station: Callable[[], WatchedStation], *, play: Callable[[], bool] = play_alarm) -> Seen:
    """One look and done (`watch --once`). Raises EnvironmentFault and its kinds when the station is not usable."""
    watcher = Watcher(open_station, play=play)
    try:
        return watcher.once()
    finally:
        watcher.close()
