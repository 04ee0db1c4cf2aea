"""Unexpected errors of the desk: written down without a personal value, and told with a code."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot
from PySide6.QtWidgets import QApplication

from centerdesk.kernel.clock import Clock
from centerdesk.kernel.crash import CrashReporter, frames_only
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit import notify
from centerdesk.qtkit.labels import tr


class DeskCrash(QObject):
    """崩溃的话. Hears of errors on any thread and tells of them on the GUI thread; one card at a time."""

    _happened = Signal(str, str)

    def __init__(self, data: DataDir, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._told: set[str] = set()
        self.reporter = CrashReporter(data.logs, clock, self._heard)

    def report(self, exc: BaseException) -> str:
        """Write an error down that is shown elsewhere; answers its code."""
        self._told.add("")  # the presenter shows a card itself: this one stays quiet
        try:
            return self.reporter.report(exc)
        finally:
            self._told.discard("")

    def close(self) -> None:
        """Put the former hooks back."""
        self.reporter.close()

    def _heard(self, code: str, exc: BaseException) -> None:
        """On the failing thread."""
        quiet = "" in self._told and QThread.currentThread() is self.thread()
        if not quiet:
            self._happened.emit(code, f"{code}\n{frames_only(exc)}")

    @Slot(str, str)
    def _show(self, code: str, details: str) -> None:
        window = QApplication.activeWindow()
        text = tr("这一步没有走完，做没做成请刷新后核对。库里的资料都在。再出一次，请把编号 {} 告诉管理员。")
        notify.report(window, tr("程序出错了"), text.format(code), copy_text=details)
