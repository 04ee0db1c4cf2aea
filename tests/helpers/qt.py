"""What tests of widgets share: the dressed application, the leak hunt, a runner over plain functions."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

PATIENCE_S = 5.0
"""How long a leftover thread gets to end by itself; a bound for broken tests, not a delay of good ones."""
ALLOWED_THREADS = ("pydevd", "execnet", "MainThread")


class LeakHunt:
    """Remembers what stands before a test and names what stands too much after it."""

    def __init__(self, *, qt: bool) -> None:
        self._qt = qt
        self._threads = set(threading.enumerate())
        self._widgets = {id(w) for w in _top_levels()} if qt else set()

    def left_behind(self) -> list[str]:
        """Leaks in words; empty when the test was clean."""
        left = [f"thread {t.name}" for t in self._new_threads() if _still_running(t)]
        if self._qt:
            left += self._windows()
            left += [f"running timer of {name}" for name in _running_timers()]
        return left

    def _new_threads(self) -> list[threading.Thread]:
        return [
            t
            for t in threading.enumerate()
            if t not in self._threads and not t.name.startswith(ALLOWED_THREADS)
        ]

    def _windows(self) -> list[str]:
        flush_deletes()
        gc.collect()
        flush_deletes()
        return [
            f"window {type(w).__name__} {w.objectName()!r}"
            for w in _top_levels()
            if id(w) not in self._widgets and not _belongs_to_qt(w)
        ]


def _still_running(thread: threading.Thread) -> bool:
    thread.join(PATIENCE_S)
    return thread.is_alive()


def _top_levels() -> list[Any]:
    from PySide6.QtWidgets import QApplication

    return [w for w in QApplication.topLevelWidgets() if w.parentWidget() is None]


def _belongs_to_qt(widget: Any) -> bool:
    """Qt keeps one tooltip label and the popup of its own style; they are nobody's leak."""
    return widget.metaObject().className() in ("QTipLabel", "QComboBoxPrivateContainer")


def _running_timers() -> list[str]:
    """Active QTimers whose owner is no window of a later test: a timer outlives its page or has no owner."""
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    kinds = set(_kinds_of(QTimer))  # of fifty thousand objects each is asked; isinstance takes twice as long
    return [
        f"{type(t.parent()).__name__ if t.parent() else 'nobody'} ({t.interval()} ms)"
        for t in gc.get_objects()
        if type(t) in kinds and isValid(t) and t.isActive() and not _in_a_window(t)
    ]


def _kinds_of(kind: type) -> Iterator[type]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds_of(narrower)


def _in_a_window(timer: Any) -> bool:
    from PySide6.QtWidgets import QWidget

    owner = timer.parent()
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return owner is not None


def flush_deletes() -> None:
    """Let every deleteLater() happen now, without running an event loop."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@cache
def _usual() -> Any:
    from centerdesk.qtkit.theme import Theme

    return Theme.load("light", bundled_fonts=True)


def dress(app: Any) -> None:
    """The look of the desk with the bundled face, unless it is on: every widget alive is measured anew for it."""
    from centerdesk.qtkit.look import theme

    if theme() != _usual() or not app.styleSheet():
        _usual().apply(app)


@dataclass(frozen=True)
class FakeRow:
    """A row of a list that never was in a database."""

    id: int
    name: str
    note: str = ""


@dataclass
class CountingReader:
    """A reader whose sessions are numbered: enough for queries that are plain functions.

    Not a stand-in for the database: tests of queries use a real file.
    """

    opened: int = 0
    threads: set[str] = field(default_factory=set)

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        self.opened += 1
        self.threads.add(threading.current_thread().name)
        yield self.opened


@dataclass(frozen=True)
class FunctionCommand:
    """A command that is a function; the bus below runs it."""

    run: Callable[[Callable[[int, int], None] | None, Callable[[], bool] | None], Any]
    label: ClassVar[str] = "试办一件"
    permission: ClassVar[str] = "test"


class FunctionBus:
    """Runs `FunctionCommand`s and answers real Outcomes, so that the runner's lanes can be tried alone."""

    def as_asked(self) -> FunctionBus:
        return self

    def run(
        self,
        command: FunctionCommand,
        *,
        key: UUID | None = None,
        second: Any = None,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Any:
        from centerdesk.kernel.commands import Changes, Outcome

        value = command.run(progress, cancel)
        return Outcome(value, Changes(None, command.label, True, frozenset(), frozenset({"resident"})))


def pages_of(rows: list[Any]) -> Callable[[Any, Any, int], Any]:
    """A `load` over a list in memory: what a keyset query answers, without a query."""
    from centerdesk.kernel.paging import Page

    def load(_session: Any, after: Any, limit: int) -> Any:
        start = after[0] if after else 0
        chunk = tuple(rows[start : start + limit])
        end = start + len(chunk)
        return Page(chunk, (end,) if end < len(rows) else None)

    return load
