"""The connections that read a file: one keeps many pages, and whoever walks a ledger leaves it alone (读的连接)."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Queue

_aside: ContextVar[bool] = ContextVar("aside", default=False)


def aside(session: Session) -> None:
    """Let the session read where nobody waits: not on the warm connection. Before its first question.

    A count looks at up to ten thousand people; on the warm connection it drove out every page the next key needs.
    """
    token = _aside.set(True)
    try:
        with suppress(NoneFree):  # then on whichever comes free
            session.connection()
    finally:
        _aside.reset(token)


class _WarmFirst(Queue[Any]):
    """Connections at rest: the warm one at the right end, from where they are handed out; `aside` takes the left."""

    def _put(self, item: Any) -> None:
        put = self.queue.append if item.info.get("warm") else self.queue.appendleft
        put(item)

    def _get(self) -> Any:
        return self.queue.popleft() if _aside.get() else self.queue.pop()

    def _empty(self) -> bool:
        """For `aside` the warm one alone is none; another is opened while there may be more."""
        return not self.queue or (_aside.get() and bool(self.queue[0].info.get("warm")))


class Readers(QueuePool):
    """Of several readers the first made is warm: one large cache costs less memory than four middling ones."""

    _queue_class = _WarmFirst
