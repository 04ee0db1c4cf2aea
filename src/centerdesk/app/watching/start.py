"""Starting the watcher's own process when nobody watches: it outlives the desk and needs nothing of it (G15)."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import datetime, timedelta

from PySide6.QtCore import QObject

from centerdesk.app.pulse import Pulse
from centerdesk.kernel.paths import DataDir

_log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(seconds=60)
"""G16: a dead watcher is started again within a minute."""


def own_program() -> list[str]:
    """How this program starts itself; a packaged one is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "centerdesk"]


def command(data: DataDir) -> list[str]:
    """How this program starts its watcher."""
    return [*own_program(), "--data", str(data.root), "watch"]


def start_watcher(data: DataDir) -> bool:
    """A process of its own, no window, no pipe to the desk. False when it cannot be started."""
    flags = 0
    if sys.platform == "win32":  # pragma: no cover - after the documentation of CreateProcess, not run here
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    try:
        subprocess.Popen(
            command(data),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=flags,
        )
    except OSError as exc:
        _log.error("the watcher could not be started: %s", type(exc).__name__)
        return False
    _log.info("watcher started")
    return True


class WatchKeeper(QObject):
    """看着看护程序. Starts one when the pulse says that none runs, at most once a minute. GUI thread."""

    def __init__(self, data: DataDir, parent: QObject | None = None, *, real: bool = True) -> None:
        super().__init__(parent)
        self._data, self._real = data, real
        self.started_at: datetime | None = None

    def heed(self, pulse: Pulse) -> None:
        """`real` False: a desk whose clock was set by hand; the system's watcher would not follow it."""
        due = self.started_at is None or abs(pulse.at - self.started_at) >= AGAIN_AFTER  # a clock set back
        if pulse.silent and due and self._real:
            self.started_at = pulse.at
            start_watcher(self._data)
