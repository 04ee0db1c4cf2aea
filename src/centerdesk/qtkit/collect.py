"""Garbage collection of the desk (ARCHITECTURE 3): never automatic, never on a worker thread."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from math import inf

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from centerdesk.qtkit.hands import Hands


class Collector(QObject):
    """Collects young objects on a timer, everything when nobody touches the window. GUI thread.

    A cycle found by a worker could hold a QObject, whose C++ side must die on the GUI thread; and a full
    collection while rows arrive stalls the event loop (measured: 190 ms against 42 ms). So the interpreter's
    own trigger is off between `start` and `stop`.

    A crowd that comes at once, a roster on the table, is set aside unseen: looking through it holds the window
    for 0.3 s and finds it alive. It needs no collector to go; what was set aside with it is looked through once
    it is gone, or when nobody has been at the desk for a while.
    """

    TICK_MS = 1000
    YOUNG = 700  # allocations since the last young collection worth a look
    CROWD = 50_000  # so many at once are a crowd
    IDLE_MS = 3000  # no key, no pointer for so long: the window is idle
    AWAY_MS = 300_000  # for so long: nobody is there who would wait for it
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
        self._since_look = QElapsedTimer()  # through what was set aside
        self._usual = 0  # blocks of memory in use when the first window stood
        self._look_below = 0.0  # when fewer are in use, what was set aside is looked through

    def start(self) -> None:
        """Take over. Call once the first window stands.

        What lives now is taken to live until the end. It is looked through when nobody touches the window: at
        once, that would keep the first page from being painted (0.1 s).
        """
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._usual, self._look_below = sys.getallocatedblocks(), inf
        for since in (self._since_input, self._since_full, self._since_look):
            since.start()
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
        if gc.get_count()[0] > self.CROWD:
            self._set_aside()
            return None
        if self._is_look_due():
            self._look_through()
        elif self.idle and self._since_full.elapsed() >= self.FULL_EVERY_MS:
            gc.collect()
        else:
            return self._collect_young()
        self._since_full.restart()
        self._young_rounds = 0
        return 2

    def _collect_young(self) -> int | None:
        if gc.get_count()[0] < self.YOUNG:
            return None
        self._young_rounds += 1
        generation = 1 if self._young_rounds % 10 == 0 else 0
        gc.collect(generation)
        return generation

    def _set_aside(self) -> None:
        """All there is, unseen: no round looks through it. At once, however much it is."""
        gc.freeze()
        self._look_below = (self._usual + sys.getallocatedblocks()) / 2

    def _is_look_due(self) -> bool:
        """Shall what was set aside be looked through? Most of a crowd is gone, or nobody is there: once an absence."""
        if not self.idle:
            return False
        away = self._since_input.elapsed() - self.AWAY_MS
        return sys.getallocatedblocks() < self._look_below or 0 <= away < self._since_look.elapsed()

    def _look_through(self) -> None:
        """Everything, also what was set aside; what is left goes back there, and no later round looks at it."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._look_below = 0
        self._since_look.restart()

    def _on_hands(self) -> None:
        self._since_input.restart()
