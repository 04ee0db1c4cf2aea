"""Garbage collection of the desk (ARCHITECTURE 3): never automatic, never on a worker thread."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from centerdesk.qtkit.hands import Hands


class Collector(QObject):
    """Collects young objects on a timer, everything when nobody touches the window. GUI thread.

    A cycle found by a worker could hold a QObject, whose C++ side must die on the GUI thread; and a full
    collection while rows arrive stalls the event loop (measured: 190 ms against 42 ms). So the interpreter's
    own trigger is off between `start` and `stop`.
    """

    TICK_MS = 1000
    YOUNG = 700  # allocations since the last young collection worth a look
    CROWD = 50_000  # so many at once are looked through only when nobody touches the window
    IDLE_MS = 3000  # no key, no pointer for so long: the window is idle
    FULL_EVERY_MS = 60_000

    def __init__(self, parent: QObject | None = None, busy: Callable[[], bool] = lambda: False) -> None:
        """`busy`: work is under way elsewhere. Its objects are many and nearly all alive: nothing is collected."""
        super().__init__(parent)
        self._busy = busy
        self._timer = QTimer(self)
        self._timer.setInterval(self.TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._since_input = QElapsedTimer()
        self._since_full = QElapsedTimer()
        self._young_rounds = 0
        self._hands = Hands(self)
        self._hands.moved.connect(self._on_hands)
        self._was_enabled = True
        self._sorted = False

    def start(self) -> None:
        """Take over. Call once the first window stands.

        What lives now is taken to live until the end. It is looked through when nobody touches the window: at
        once, that would keep the first page from being painted (0.1 s).
        """
        self._was_enabled = gc.isenabled()
        self._sorted = False
        gc.disable()
        gc.freeze()
        self._since_input.start()
        self._since_full.start()
        self._hands.start()
        self._timer.start()

    def stop(self) -> None:
        """Hand back to the interpreter; for the end of the program and for tests."""
        self._timer.stop()
        self._hands.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @property
    def running(self) -> bool:
        """Has it taken over from the interpreter?"""
        return self._timer.isActive()

    @property
    def idle(self) -> bool:
        """Has nobody touched a window for `IDLE_MS`?"""
        return self._since_input.elapsed() >= self.IDLE_MS

    def tick(self) -> int | None:
        """One round: the generation that was collected, or None."""
        if self._busy():
            return None
        if self.idle and (not self._sorted or self._since_full.elapsed() >= self.FULL_EVERY_MS):
            self._collect_all()
            self._since_full.restart()
            self._young_rounds = 0
            return 2
        young = gc.get_count()[0]
        if young < self.YOUNG or (young > self.CROWD and not self.idle):
            return None
        self._young_rounds += 1
        generation = 1 if self._young_rounds % 10 == 0 else 0
        gc.collect(generation)
        return generation

    def _collect_all(self) -> None:
        """Everything; the first time what the start left behind too, which no later round looks at again."""
        if not self._sorted:
            gc.unfreeze()
        gc.collect()
        if not self._sorted:
            gc.freeze()
            self._sorted = True

    def _on_hands(self) -> None:
        self._since_input.restart()
