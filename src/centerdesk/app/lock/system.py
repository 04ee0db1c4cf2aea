"""The system's own lock, sleep and change of user, so that the desk goes dark with the screen (G37).

Where the system does not speak, the desk's own minutes and the gap between two clocks remain.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from centerdesk.app.lock.linux import BusEars
    from centerdesk.app.lock.windows import WindowsEars


class SystemLock(QObject):
    """系统锁屏. `locking` when the system locks, goes to sleep, or lets another person in. GUI thread."""

    locking = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ears: BusEars | WindowsEars | None = None

    def start(self) -> None:
        """Listen to whatever speaks on this machine; nothing where nothing does."""
        self._ears = _ears(self)
        if self._ears is not None:
            self._ears.heard.connect(self.locking)
            self._ears.open()

    def stop(self) -> None:
        """Listen no longer."""
        if self._ears is not None:
            self._ears.close()
            self._ears.deleteLater()
            self._ears = None


def _ears(owner: QObject) -> BusEars | WindowsEars | None:
    if sys.platform == "win32":
        from centerdesk.app.lock.windows import WindowsEars

        return WindowsEars()
    if sys.platform.startswith("linux") and find_spec("PySide6.QtDBus") is not None:
        from centerdesk.app.lock.linux import BusEars

        return BusEars(owner)
    return None
