"""Hearing that somebody else has committed, on the reading connection that is there anyway (ear, 耳朵).

A desk has one reading and one writing connection, and none only for this: the reading one listens, and while it
lies idle in its pool its socket is watched. Where several questions are asked at once, each of theirs is.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event


class ServerEar:
    """The ear of a database on a server. What is heard while a query runs counts as well."""

    def __init__(self, reader: Engine) -> None:
        """`reader` is the reading engine of a `ServerDatabase`."""
        self._reader = reader
        self._poke, self._poked = socket.socketpair()
        self._idle: dict[int, int] = {}
        """Socket by `id` of each connection that lies in the pool."""
        self._heard = self._stopped = False
        for target, handler in self._hooks():
            event.listen(reader, target, handler, insert=True)  # before anything is asked of a connection

    def wait(self, seconds: float) -> bool:
        """At most `seconds`, less when something was heard; False once it was stopped. One thread waits."""
        until = time.monotonic() + seconds
        while not self._stopped and not self._heard:
            left = until - time.monotonic()
            if left <= 0:
                break
            if self._listened(left):
                break
        self._heard = False
        return not self._stopped

    def _listened(self, seconds: float) -> bool:
        """Whether an idle connection got something; False also when one was taken or put back meanwhile."""
        try:
            watched: list[Any] = [self._poked, *list(self._idle.values())]
            ready, _, _ = select.select(watched, [], [], seconds)
        except (OSError, ValueError):  # closed a moment ago: look, and a new one is opened
            self._idle.clear()
            return True
        if self._poked in ready:
            self._poked.recv(4096)
            return False
        # not again until it was used and put back: what lies unread would be heard for ever
        heard = [number for number, socket_ in list(self._idle.items()) if socket_ in ready]
        for number in heard:
            self._idle.pop(number, None)
        return bool(heard)

    def close(self) -> None:
        """After `stop`, once nobody waits any more."""
        self._poke.close()
        self._poked.close()

    def stop(self) -> None:
        self._stopped = True
        for target, handler in self._hooks():
            if event.contains(self._reader, target, handler):
                event.remove(self._reader, target, handler)
        self._wake()

    def _hooks(self) -> tuple[tuple[str, Any], ...]:
        return ("checkin", self._put_back), ("checkout", self._taken), ("close", self._taken_away)

    def _put_back(self, connection: Any, _record: object) -> None:
        if connection is not None and not connection.closed:
            self._idle[id(connection)] = connection.fileno()
        self._wake()

    def _taken(self, connection: Any, record: Any, _proxy: object) -> None:
        self._taken_away(connection, record)
        if not record.info.get("heard"):
            record.info["heard"] = True
            connection.add_notify_handler(self._hear)

    def _taken_away(self, connection: Any, _record: object) -> None:
        self._idle.pop(id(connection), None)

    def _hear(self, _notice: object) -> None:
        self._heard = True
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):
            self._poke.send(b".")
