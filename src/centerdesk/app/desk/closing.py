"""The last thing a desk does: a verified backup with its progress, and a way past it (RELIABILITY 3.8)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy, QWidget

from centerdesk.app.backups import back_up, step_text, watch_through
from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.backup import BackupResult
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.errors import Cancelled
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.sheet import Sheet


class ClosingSheet(Sheet):
    """关门前备一份. Covers the window; `done` when the desk may go, `stayed` when somebody wants it back."""

    done = Signal()
    stayed = Signal()

    def __init__(self, window: QWidget, desk: DeskSession) -> None:
        super().__init__(window, "closing")
        self._desk = desk
        self._ticket: Ticket | None = None
        self._skipping = False
        self._title = text_label(tr("关门前备一份"), role="card-title", name="closing_title", wrap=True)
        self._text = text_label(
            tr("正在备份，读回来核对过就关。"), role="secondary", name="closing_text", wrap=True
        )
        self._bar = QProgressBar()
        self._bar.setObjectName("closing_bar")
        self._bar.setAccessibleName(tr("备份做到哪儿了"))
        self._bar.setTextVisible(False)
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._bar.setMinimumHeight(6)  # what the style sheet draws; Qt's hint has room for words
        for widget in (self._title, self._text, self._bar):
            self.body.addWidget(widget)
        self._skip = self._offer(tr("不备了，直接关"), "closing_skip", self._on_skip)
        self._stay = self._offer(tr("先不关"), "closing_stay", self._on_stay)

    def _offer(self, text: str, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(act)
        self.add_button(button)
        return button

    def begin(self) -> None:
        """Show, and start the backup on the slow lane."""
        self.rise(self._stay)
        announce(self, f"{self._title.text()} {self._text.text()}")
        station = self._desk.station

        def make(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> BackupResult:
            return back_up(station, Reason.CLOSE, watch_through(progress, cancelled))

        self._ticket = self._desk.runner.run(
            self, make, self._made, self._failed, self._moved, label=tr("正在备份")
        )

    def _moved(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._text.setText(tr("正在备份：{}").format(step_text(done)))

    def _made(self, result: BackupResult) -> None:
        second = result.second
        if second is not None and second.path is None:
            self._say(tr("本机备好了，第二处没有"), second.problem)
        else:
            self._leave(self.done)

    def _failed(self, exc: Exception) -> None:
        if isinstance(exc, Cancelled):
            self._leave(self.done if self._skipping else self.stayed)
            return
        text = tell(exc, self._desk.report).text
        self._say(tr("备份没做成"), text)

    def _say(self, title: str, text: str) -> None:
        """Trouble stays until somebody has read it: the desk is not closed over it."""
        self._title.setText(title)
        self._text.setText(text)
        announce(self, f"{title} {text}")
        self._bar.hide()
        self._skip.setText(tr("知道了，关掉"))
        self._ticket = None

    def _on_skip(self) -> None:
        self._skipping = True
        if self._ticket is None:
            self._leave(self.done)
        else:
            self._skip.setEnabled(False)
            self._ticket.stop()

    def _on_stay(self) -> None:
        if self._ticket is None:
            self._leave(self.stayed)
        else:
            self._stay.setEnabled(False)
            self._ticket.stop()

    def _leave(self, told: SignalInstance) -> None:
        self.leave()
        told.emit()
