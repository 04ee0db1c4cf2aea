"""A pair of hands for measuring: looks for what is on the screen and does what a person would do with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from tests.perf.account import LOGIN, PASSWORD
from tests.perf.figures import answer, began, resident_mb

QUIET = 100
"""Looks in a row at which nothing was asked for, until the desk is taken to be at rest."""


class Hands(QObject):
    """Signs in, waits for the Today page and tells when it was painted. GUI thread."""

    def __init__(self, *, settled: bool) -> None:
        super().__init__()
        self.failed = 1
        self._settled, self._quiet = settled, 0
        self._marks: dict[str, float] = {}
        self._window: Any = None
        self._page: Any = None
        self._step: Callable[[], None] = self._sign_in
        self._timer = QTimer(self)
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._step()

    def _front(self, name: str) -> Any:
        shown = (w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible())
        return next(shown, None)

    def _mark(self, name: str) -> None:
        self._marks[name] = round(time.perf_counter() - began(), 3)

    def _sign_in(self) -> None:
        page = self._front("login_page")
        if page is None:
            return
        self._mark("login")
        page.findChild(QWidget, "sign_in").who.other_wanted.emit(True)
        page.findChild(QLineEdit, "other_login").setText(LOGIN)
        page.findChild(QLineEdit, "password").setText(PASSWORD)
        page.findChild(QPushButton, "sign_in_button").click()
        self._step = self._wait_for_desk

    def _wait_for_desk(self) -> None:
        window = self._front("desk_window")
        if window is not None and window.frame is not None:
            self._mark("desk")
            self._window, self._page = window, window.frame.page
            self._step = self._wait_for_cards

    def _wait_for_cards(self) -> None:
        """Every card has its answer; what is painted now is the page."""
        if self._window.runner.idle:
            self._step = lambda: None
            self._page.installEventFilter(self)
            self._page.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        self._seconds, self._cpu = time.perf_counter() - began(), time.process_time()
        if self._settled:
            self._window.go("people")
            self._step = self._wait_for_rest
        else:
            self._tell()

    def _wait_for_rest(self) -> None:
        self._quiet = self._quiet + 1 if self._window.runner.idle else 0
        if self._quiet > QUIET:
            self._tell()

    def _tell(self) -> None:
        self._timer.stop()
        answer(seconds=self._seconds, cpu=self._cpu, mb=resident_mb(), marks=self._marks)
        self.failed = 0
        QApplication.exit()  # not `quit`: that asks the window, which would make a backup first
