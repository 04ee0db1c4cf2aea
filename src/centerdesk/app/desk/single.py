"""One desk for one station on one machine: a second start brings the first window to the front (G8).

QtNetwork is imported when the desk stands, and by a second start: 9 ms that no window waits for.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal

from centerdesk.kernel.paths import DataDir

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

LISTENS_AFTER_MS = 1500
"""The window stands by then."""

PATIENCE_MS = 2 * LISTENS_AFTER_MS
"""How long a second start asks one that may have begun just before it."""

_WAIT_MS, _PAUSE_MS = 1000, 50
_RAISE = b"raise"


def server_name(data: DataDir) -> str:
    """A name of the folder that tells nothing about it."""
    return f"centerdesk-{hashlib.sha256(str(data.root.resolve()).encode()).hexdigest()[:24]}"


def raise_other(data: DataDir, patience_ms: int = 0) -> bool:
    """Ask a running desk of this station to come to the front; False when none answers. Blocks so long, at most.

    A desk that answers may take another second.
    """
    from PySide6.QtNetwork import QLocalSocket

    end, socket = QDeadlineTimer(patience_ms), QLocalSocket()
    socket.connectToServer(server_name(data))
    while not socket.waitForConnected(_WAIT_MS):
        if end.hasExpired():
            return False
        QThread.msleep(_PAUSE_MS)
        socket.connectToServer(server_name(data))
    socket.write(_RAISE)
    socket.waitForBytesWritten(_WAIT_MS)
    socket.disconnectFromServer()
    return True


class FirstDesk(QObject):
    """先开的那个. Listens for second starts, soon; `wanted` when one asks for the window."""

    wanted = Signal()

    def __init__(self, data: DataDir, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._server: QLocalServer | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.listen)
        self._soon.start(LISTENS_AFTER_MS)

    @property
    def listening(self) -> bool:
        """Whether a second start can reach this one."""
        return self._server is not None and self._server.isListening()

    def listen(self) -> None:
        """Now; nothing where it does already."""
        from PySide6.QtNetwork import QLocalServer

        self._soon.stop()
        if self._server is not None:
            return
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = server_name(self._data)
        QLocalServer.removeServer(name)  # what a killed desk left behind; the lock says who is first
        self._server.listen(name)

    def close(self) -> None:
        self._soon.stop()
        if self._server is not None:
            self._server.close()

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.wanted.emit()
