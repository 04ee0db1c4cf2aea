"""Making the next while the last is being written: one thread ahead of another (先行一步)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
_LOOK_S = 0.2
"""How often a maker that waits for room looks whether anybody still wants what it made."""


class Ahead(Generic[T]):
    """Runs an iterable in a thread of its own, at most `depth` items in front of whoever takes them.

    Worth it where the taker waits for something that lets the interpreter go, as the database does. What the
    iterable raises comes out where the next item would. Its code must touch no session. Leaving the block, by
    whatever way, ends the thread after the item it is making.
    """

    def __init__(self, items: Iterable[T], *, depth: int = 4) -> None:
        self._items = items
        self._made: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(depth)
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unwanted.set()
        self._thread.join()

    def __iter__(self) -> Iterator[T]:
        while (found := self._made.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found[0]

    def _make(self) -> None:
        try:
            for item in self._items:
                if not self._put((item,)):
                    return
            self._put(None)
        except BaseException as exc:  # noqa: BLE001 - handed to the thread that waits for the item
            self._put(exc)

    def _put(self, found: tuple[T] | BaseException | None) -> bool:
        while not self._unwanted.is_set():
            try:
                self._made.put(found, timeout=_LOOK_S)
            except queue.Full:
                continue
            return True
        return False
