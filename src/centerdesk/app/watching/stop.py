"""Letting the watcher go for a moment: while a database is replaced nobody may hold it open."""

from __future__ import annotations

import logging
import os
import signal
import threading

from sqlalchemy.orm import Session

from centerdesk.features.checkins.api import watch_state
from centerdesk.kernel.clock import Clock

_log = logging.getLogger(__name__)
PATIENCE_S = 15.0
"""How long the watcher gets to let go of the database; a sound that plays is not cut off."""


def living_watcher(session: Session, clock: Clock) -> int | None:
    """Process number of the watcher that looks now, None when nobody does. To be read before the station closes."""
    state = watch_state(session, clock.now())
    return None if state.silent else state.pid


def send_away(pid: int | None) -> None:
    """Ask the watcher to end and wait for it; the desk starts another one afterwards. Blocking."""
    if pid is None or pid in (0, os.getpid()):
        return
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError as exc:  # ended meanwhile, or another account's: then the restore itself says so
        _log.warning("the watcher could not be asked to end: %s", type(exc).__name__)
        return
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.1)):
        if not _lives(pid):
            return
        pause.wait(0.1)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
