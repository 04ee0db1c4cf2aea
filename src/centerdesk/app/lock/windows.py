"""What Windows says of its lock, its sleep and a change of user, heard by a window that is never shown."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QWidget

WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
_POWER = frozenset({0x0004, 0x0007, 0x0012})
"""Suspend; resumed by a person; resumed by itself."""
_SESSION = frozenset({0x2, 0x4, 0x6, 0x7})
"""Console left, remote session left, log-off, lock."""
MESSAGE = b"windows_generic_MSG"


def says_away(message: int, what: int) -> bool:
    """Does this window message tell that nobody of ours is before the screen any more?"""
    told = {WM_POWERBROADCAST: _POWER, WM_WTSSESSION_CHANGE: _SESSION}
    return what in told.get(message, frozenset())


class WindowsEars(QWidget):
    """Windows 的锁屏消息. Its own hidden window: a filter on the program would see every mouse move. GUI thread."""

    heard = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("windows_ears")

    def open(self) -> None:
        """Make the window, and ask for the session's messages; those of power come to every window."""
        handle = int(self.winId())
        if sys.platform == "win32":
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(handle, 0)  # 0: this session only

    def close(self) -> bool:
        """Ask for no more."""
        if sys.platform == "win32":
            ctypes.windll.wtsapi32.WTSUnRegisterSessionNotification(int(self.winId()))
        return super().close()

    def nativeEvent(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        """One message of Windows."""
        if QByteArray(kind).data() == MESSAGE:
            found = wintypes.MSG.from_address(int(message))
            if says_away(int(found.message), int(found.wParam)):
                self.heard.emit()
        return False, 0
