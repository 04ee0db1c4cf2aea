"""Work of the window in pieces, one a turn of the event loop, so that none of them holds it for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid


class Turns(QObject):
    """一步一步. What one piece changed is laid out and painted before the next one begins. GUI thread.

    Work is an iterator: what it does up to its next `yield` is a piece.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] = iter(())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._turn)
        _all.add(self)

    def begin(self, work: Iterable[None]) -> None:
        """The first piece in the next turn; what is left of other work is dropped."""
        self._work = iter(work)
        self._soon.start()

    def add(self, work: Iterable[None]) -> None:
        """This too, after what is left."""
        self.begin(chain(self._work, work))

    def stop(self) -> None:
        """Nothing more."""
        self._soon.stop()
        self._work = iter(())

    @property
    def waiting(self) -> bool:
        """Is there more to come?"""
        return self._soon.isActive()

    def _turn(self) -> None:
        for _piece in self._work:
            self._soon.start()
            break


_all: WeakSet[Turns] = WeakSet()


def under_way() -> bool:
    """Is any part of the window still being made in pieces?"""
    return any(isValid(turns) and turns.waiting for turns in _all)
