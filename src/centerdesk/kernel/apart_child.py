"""The worker's side of heavy acts: it takes orders until nobody gives any (另开的进程里).

It believes the desk only in what is to be done: who acts, and what they may, it reads in the database.
"""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from centerdesk.kernel.apart_pipe import (
    Answered,
    Begun,
    Moved,
    Order,
    Part,
    Refused,
    Stop,
    Wire,
    receive,
    send,
)
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.identity import Actor

KEEP_S = 60.0
"""How long a worker without orders stays: a roster is tried first and booked once somebody has looked at it."""


class Workplace(Protocol):
    """An open station, as a worker needs it."""

    def bus(self, clock: Clock) -> CommandBus:
        """Its bus, by the desk's clock."""
        ...

    def actor(self, account_id: UUID) -> Actor:
        """The account as it is today. Raises UserError when it may not act any more."""
        ...

    def close(self) -> None: ...


class Worker:
    """办事的进程. One thread works, one listens for more. `report` writes a bug down and answers its code."""

    def __init__(
        self,
        orders: BinaryIO,
        answers: Wire,
        open_station: Callable[[Clock], Workplace],
        report: Callable[[BaseException], str],
        *,
        keep: float = KEEP_S,
    ) -> None:
        self._orders, self._answers, self._open, self._report = orders, answers, open_station, report
        self._keep = keep
        self._heard: queue.SimpleQueue[Part | Order | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._long: dict[str, list[Any]] = {}
        self._place: Workplace | None = None

    def run(self) -> None:
        """Until the desk is gone or has had nothing to do for a while. Blocking; main thread."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        usual = gc.isenabled()
        gc.disable()  # what an act makes stays until it is done: looking through it finds nothing
        try:
            while (message := self._next()) is not None:
                if isinstance(message, Part):
                    self._take(message)
                elif not self._do(message):
                    return
                else:
                    gc.collect()
        except BrokenPipeError:
            return
        finally:
            if usual:
                gc.enable()
            if self._place is not None:
                self._place.close()

    def _next(self) -> Part | Order | None:
        try:
            return self._heard.get(timeout=self._keep)
        except queue.Empty:
            return None

    def _listen(self) -> None:
        while (message := receive(self._orders)) is not None:
            if isinstance(message, Stop):
                self._stop.set()
                continue
            if isinstance(message, Order):
                self._stop.clear()  # a stop that came too late for the order before
            self._heard.put(message)
        self._stop.set()  # nobody would hear how it ended
        self._heard.put(None)

    def _take(self, part: Part) -> None:
        if part.first:
            self._long[part.field] = []
        self._long[part.field] += part.members

    def _do(self, order: Order) -> bool:
        """False: the station cannot be opened, the desk must see for itself."""
        try:
            place = self._opened(order.clock)
        except UserError:
            return False
        try:
            outcome = self._outcome(place, order)
        except UserError as exc:
            send(self._answers, Refused.of(exc))
        except BrokenPipeError:  # the desk is gone
            return False
        except MemoryError:
            return False  # nothing can be told any more: the desk asks the database
        except Exception as exc:  # noqa: BLE001 - the boundary: messages may hold a person and stay here
            send(self._answers, Refused(code=self._report(exc)))
        else:
            send(self._answers, Answered(outcome))
        return True

    def _opened(self, clock: Clock) -> Workplace:
        if self._place is None:
            self._place = self._open(clock)
        return self._place

    def _outcome(self, place: Workplace, order: Order) -> Any:
        actor = place.actor(order.account_id)
        second = place.actor(order.second_id) if order.second_id is not None else None
        long = {name: tuple(self._long[name]) for name in order.long}
        command = replace(order.command, **long)  # type: ignore[type-var]  # every command is a dataclass
        send(self._answers, Begun())
        return place.bus(order.clock).run(
            command,
            key=order.key,
            actor=actor,
            second=second,
            progress=lambda done, total: send(self._answers, Moved(done, total)),
            cancel=self._stop.is_set,
        )
