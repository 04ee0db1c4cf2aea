"""Pages hear of what other desks and the watcher wrote, as they hear of this desk's own acts (消息)."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.commands import Changes
from centerdesk.kernel.feed import POLL_S, Feed


class FeedTaker(QObject):
    """Looks every two seconds, on a server also at once; announces through the runner. GUI thread."""

    _heard = Signal()

    def __init__(self, desk: DeskSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._feed = desk, Feed()
        self._busy, self._again = False, False
        self._timer = QTimer(self)
        self._timer.setInterval(round(POLL_S * 1000))
        self._timer.timeout.connect(self.look)
        self._heard.connect(self.look, Qt.ConnectionType.QueuedConnection)
        self._listening: Thread | None = None
        desk.runner.changed.connect(self._own)

    def start(self) -> None:
        """Begin where the journal ends now."""
        self._timer.start()
        database = self._desk.station.database
        if database.server:
            from centerdesk.kernel.server import ServerDatabase
            from centerdesk.kernel.server_ear import ServerEar

            assert isinstance(database, ServerDatabase)
            self._ear = ServerEar(database.lines)
            self._listening = Thread(target=self._listen, name="feed", daemon=True)
            self._listening.start()
        self.look()

    def stop(self) -> None:
        """Hear nothing more; waits for the listening thread."""
        self._timer.stop()
        if self._listening is not None:
            self._ear.stop()
            self._listening.join()
            self._ear.close()
            self._listening = None

    def look(self) -> None:
        """Read what is new; while a look is on its way the next one waits for it."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._desk.runner.query(self, self._feed.look, self._looked, self._failed)

    def _listen(self) -> None:
        while self._ear.wait(POLL_S):
            self._heard.emit()

    def _looked(self, changes: Changes | None) -> None:
        self._busy = False
        if changes is not None:
            self._desk.runner.changed.emit(changes)
        if self._again:
            self._again = False
            self.look()

    def _failed(self, _exc: Exception) -> None:
        """The next look asks again; a page that reads itself tells the error."""
        self._busy = self._again = False

    def _own(self, changes: Changes) -> None:
        if changes.op_id is not None:
            self._feed.own(changes.op_id)
