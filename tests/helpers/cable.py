"""A network cable between a desk and the server, to be pulled: a relay on the loopback in a thread of its own."""

from __future__ import annotations

import selectors
import socket
import struct
from contextlib import suppress
from threading import Lock, Thread
from typing import Self

_RESET = struct.pack("ii", 1, 0)


class Cable:
    """Relays to `port` of the loopback until it is cut; new connections pass again at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._wake, self._woken = socket.socketpair()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._dangling: list[socket.socket] = []
        self._orders: list[str] = []
        self._lock = Lock()
        self._trap: tuple[bool, bool] | None = None
        self.broken = False
        self.refused = 0
        """Connections that were asked for while it was broken."""
        self._thread = Thread(target=self._relay, name="cable")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._order("end")
        self._thread.join()

    def cut(self) -> None:
        """Both ends notice at once."""
        self._order("cut")

    def pull(self) -> None:
        """The desk notices; the server goes on thinking that the desk is there."""
        self._order("pull")

    def break_at_commit(self, *, heard: bool, stays: bool) -> None:
        """Pull when the next COMMIT comes by, once the server has `heard` it or before; `stays`: until `mend`."""
        self._trap, self.broken = (heard, stays), False

    def mend(self) -> None:
        """Connections pass again."""
        self.broken = False

    def _order(self, what: str) -> None:
        with self._lock:
            self._orders.append(what)
        self._wake.send(b".")

    def _relay(self) -> None:
        with selectors.DefaultSelector() as watched:
            for sock in (self._listener, self._woken):
                watched.register(sock, selectors.EVENT_READ)
            while True:
                for key, _mask in watched.select():
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    if sock is self._listener:
                        self._accept(watched)
                    elif sock is self._woken:
                        if self._obey(watched, sock.recv(64)):
                            return
                    elif sock in self._pairs:
                        self._pass_on(watched, sock)

    def _accept(self, watched: selectors.BaseSelector) -> None:
        desk, _ = self._listener.accept()
        if self.broken:
            desk.close()
            self.refused += 1
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._port), 5)
        except OSError:
            desk.close()
            return
        self._pairs |= {desk: server, server: desk}
        for sock in (desk, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            watched.register(sock, selectors.EVENT_READ)

    def _pass_on(self, watched: selectors.BaseSelector, sock: socket.socket) -> None:
        try:
            data = sock.recv(65536)
            if self._trap is not None and b"COMMIT" in data and sock.getpeername()[1] != self._port:
                self._spring(watched, self._pairs[sock], data)
                return
            if data:
                self._pairs[sock].sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(watched, sock)

    def _spring(self, watched: selectors.BaseSelector, server: socket.socket, data: bytes) -> None:
        assert self._trap is not None
        (heard, self.broken), self._trap = self._trap, None
        if heard:
            server.sendall(data)
        self._cut(watched, server, pulled=True)

    def _drop(self, watched: selectors.BaseSelector, sock: socket.socket) -> None:
        for each in (sock, self._pairs.pop(sock)):
            self._pairs.pop(each, None)
            watched.unregister(each)
            each.close()

    def _obey(self, watched: selectors.BaseSelector, _noise: bytes) -> bool:
        with self._lock:
            orders, self._orders = self._orders, []
        for order in orders:
            for sock in list(self._pairs):
                if sock in self._pairs and (order != "pull" or sock.getpeername()[1] == self._port):
                    self._cut(watched, sock, pulled=order == "pull")
        if "end" not in orders:
            return False
        for sock in (*self._dangling, self._listener, self._wake, self._woken):
            sock.close()
        return True

    def _cut(self, watched: selectors.BaseSelector, sock: socket.socket, *, pulled: bool) -> None:
        """`sock` is the server's end when the cable was pulled; it is left open."""
        other = self._pairs.pop(sock)
        self._pairs.pop(other)
        for each in (sock, other):
            watched.unregister(each)
        with suppress(OSError):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        other.close()
        if pulled:
            self._dangling.append(sock)
        else:
            sock.close()
