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


class IdleLines:
    """闲着的线. The sockets of reading connections that lie in their pool, and who is told of what they get.

    Hooked to the engine once, before a connection is made: the hooks of an engine that threads use are not changed.
    """

    def __init__(self, reader: Engine) -> None:
        """`reader` is the reading engine of a `ServerDatabase`."""
        self.sockets: dict[int, int] = {}
        """Socket by `id` of each connection that lies in the pool."""
        self.ear: ServerEar | None = None
        for target, handler in (
            ("checkin", self._put_back),
            ("checkout", self._taken),
            ("close", self._taken_away),
        ):
            event.listen(reader, target, handler, insert=True)  # before anything is asked of a connection

    def _put_back(self, connection: Any, _record: object) -> None:
        if connection is not None and not connection.closed:
            self.sockets[id(connection)] = connection.fileno()
        if self.ear is not None:
            self.ear.wake()

    def _taken(self, connection: Any, record: Any, _proxy: object) -> None:
        self._taken_away(connection, record)
        if not record.info.get("heard"):
            record.info["heard"] = True
            connection.add_notify_handler(self._notice)

    def _taken_away(self, connection: Any, _record: object) -> None:
        self.sockets.pop(id(connection), None)

    def _notice(self, _notice: object) -> None:
        if self.ear is not None:
            self.ear.hear()


class ServerEar:
    """The ear of a database on a server, one at a time. What is heard while a query runs counts as well."""

    def __init__(self, lines: IdleLines) -> None:
        self._lines = lines
        self._poke, self._poked = socket.socketpair()
        self._heard = self._stopped = False
        lines.ear = self

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
        sockets = self._lines.sockets
        try:
            watched: list[Any] = [self._poked, *list(sockets.values())]
            ready, _, _ = select.select(watched, [], [], seconds)
        except (OSError, ValueError):  # closed a moment ago: look, and a new one is opened
            sockets.clear()
            return True
        if self._poked in ready:
            self._poked.recv(4096)
            return False
        # not again until it was used and put back: what lies unread would be heard for ever
        heard = [number for number, socket_ in list(sockets.items()) if socket_ in ready]
        for number in heard:
            sockets.pop(number, None)
        return bool(heard)

    def hear(self) -> None:
        """Something came while a connection was in use. Any thread."""
        self._heard = True
        self.wake()

    def wake(self) -> None:
        """Look anew at what lies in the pool. Any thread."""
        with suppress(OSError):
            self._poke.send(b".")

    def stop(self) -> None:
        self._stopped = True
        self._lines.ear = None
        self.wake()

    def close(self) -> None:
        """After `stop`, once nobody waits any more."""
        self._poke.close()
        self._poked.close()
