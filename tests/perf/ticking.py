"""How long the event loop of a window does not turn, and running it until something is so. GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

TICK_MS = 5


class Ticker(QObject):
    """Ticks every 5 ms while work goes on elsewhere; `longest` is the widest gap between two ticks, ms.

    `busiest` is the most processor time this program took between two ticks, ms: on a machine that has other
    things to do it tells a window that waits for its own threads from one that waits for its turn.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = self.busiest = 0.0
        self._last = self._used = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self.busiest, self._used = 0.0, time.process_time()
        self._timer.start()

    def stop(self) -> float:
        self._timer.stop()
        return self.longest

    def _tick(self) -> None:
        now, used = time.perf_counter(), time.process_time()
        self.longest = max(self.longest, (now - self._last) * 1000)
        self.busiest = max(self.busiest, (used - self._used) * 1000)
        self._last, self._used = now, used


def wait(until: Callable[[], bool], seconds: float = 180) -> None:
    """Run the event loop until something is so. Raises TimeoutError."""
    loop, end = QEventLoop(), time.perf_counter() + seconds
    timer, came = QTimer(), []

    def look() -> None:
        if until():
            came.append(True)
        if came or time.perf_counter() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(2)
    loop.exec()
    timer.stop()
    if not came:
        raise TimeoutError("the desk did not come to rest")
