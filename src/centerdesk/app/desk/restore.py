"""Going back to a backup from the desk: nothing of the station is open meanwhile, and the window says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from centerdesk.app.restoring import Order, carry_out
from centerdesk.app.watching.stop import send_away
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.db import DeskLock
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.soundness import Watch
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme


class RestoringWindow(QWidget):
    """正在退回. `done` when the backup stands in the place of the database, `failed` when all is as it was.

    The work is done on a thread of its own: the runner's lanes go down with the station, which `let_go` closes.
    """

    done = Signal(object)
    failed = Signal(object)
    _moved = Signal(str, int, int)

    def __init__(
        self,
        data: DataDir,
        order: Order,
        held: DeskLock | None,
        watcher: int | None,
        let_go: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setObjectName("restoring")
        self.setProperty("ground", "paper")
        self._data, self._order, self._held, self._watcher = data, order, held, watcher
        self._let_go = let_go
        self._thread = ThreadPoolExecutor(1, "restore")
        self._text = text_label(
            tr("现在的库先放到一边，再把备份搬过来。"), role="secondary", name="restoring_text"
        )
        self._bar = QProgressBar()
        self._bar.setObjectName("restoring_bar")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(theme().px(420))
        box = QVBoxLayout(self)
        box.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        box.addWidget(text_label(tr("正在退回，请不要关机"), role="card-title"), 0, centre)
        box.addWidget(self._text, 0, centre)
        box.addWidget(self._bar, 0, centre)
        box.addStretch(3)
        self._moved.connect(self._show_step, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Start; one of `done` and `failed` comes on the GUI thread."""
        self._thread.submit(self._work)

    def finish(self) -> None:
        """Wait for the thread; call it before the window goes."""
        self._thread.shutdown(wait=True)

    def _work(self) -> None:
        try:
            self._let_go()
            send_away(self._watcher)
            carry_out(self._order, self._data, SystemClock(), held=self._held, watch=Watch(self._told))
        except Exception as exc:  # noqa: BLE001 - carried to the GUI thread, which tells it
            self.failed.emit(exc)
        else:
            self.done.emit(self._order.proposer)

    def _told(self, text: str, done: int, of: int) -> None:
        self._moved.emit(text, done, of)

    def _show_step(self, text: str, done: int, of: int) -> None:
        self._text.setText(text)
        self._bar.setRange(0, of)
        self._bar.setValue(done)
