"""One desk for one station on one machine: a second start brings the first window to the front (G8)."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from centerdesk.kernel.paths import DataDir

_WAIT_MS = 1000
_RAISE = b"raise"


def server_name(data: DataDir) -> str:
    """A name of the folder that tells nothing about it."""
    return f"centerdesk-{hashlib.sha256(str(data.root.resolve()).encode()).hexdigest()[:24]}"


def raise_other(data: DataDir) -> bool:
    """Ask a running desk of this station to come to the front; False when there is none. Blocks up to 1 s."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(data))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(_RAISE)
    socket.waitForBytesWritten(_WAIT_MS)
    socket.disconnectFromServer()
    return True


class FirstDesk(QObject):
    """先开的那个. Listens for second starts; `wanted` when one asks for the window."""

    wanted = Signal()

    def __init__(self, data: DataDir, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = server_name(data)
        QLocalServer.removeServer(name)  # what a killed desk left behind; the lock says who is first
        self.listening = self._server.listen(name)

    def close(self) -> None:
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.wanted.emit()
