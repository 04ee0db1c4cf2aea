"""Whether somebody is at the desk: the raw input of every window of the program."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class Hands(QObject):
    """手. `moved` at each key, press, move, turn of the wheel or touch. GUI thread.

    Filters sit on the windows as they get the focus: one on the application would see every event, one on a
    widget only what its children leave over.
    """

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._windows: list[QWindow] = []
        self._on = False

    def start(self) -> None:
        """Look at the window that has the focus, and at every one that gets it."""
        app = QGuiApplication.instance()
        if not self._on and isinstance(app, QGuiApplication):
            self._on = True
            app.focusWindowChanged.connect(self._watch)
            self._watch(QGuiApplication.focusWindow())

    def stop(self) -> None:
        """Look no more."""
        app = QGuiApplication.instance()
        if self._on and isinstance(app, QGuiApplication):
            app.focusWindowChanged.disconnect(self._watch)
        self._on = False
        for window in self._windows:
            window.removeEventFilter(self)
        self._windows.clear()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None and window not in self._windows:
            self._windows.append(window)
            window.destroyed.connect(self._forget)
            window.installEventFilter(self)

    def _forget(self, window: QObject) -> None:
        self._windows = [w for w in self._windows if w is not window]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self.moved.emit()
        return False
