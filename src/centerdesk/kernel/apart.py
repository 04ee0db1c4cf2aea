"""Heavy acts in a process of their own: the window keeps its interpreter to itself (另开进程办, ADR 10).

The desk's bus hands a command that calls itself heavy to a worker, which runs it on a bus of its own in its own
transaction (`apart_child.py`). The write lane waits meanwhile, and announces the changes as if it had made them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from centerdesk.kernel.commands import Command, CommandBus, Outcome, Progress
from centerdesk.kernel.errors import OutcomeUnknown, Unavailable
from centerdesk.kernel.identity import Actor

if TYPE_CHECKING:
    from centerdesk.kernel.apart_process import WorkerProcess

R = TypeVar("R")
_log = logging.getLogger(__name__)


class Apart:
    """另开的进程. At most one worker, started at the first heavy act and kept while there are more. Any thread.

    `command` starts it; it reads orders from its stdin and answers on its stdout.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None

    def run(
        self,
        bus: CommandBus,
        command: Command[R],
        who: Actor,
        second: Actor | None,
        key: UUID | None,
        progress: Progress | None,
        cancel: Callable[[], bool] | None,
    ) -> Outcome[R] | None:
        """Have it done; None where no worker could be had and nothing was begun. Blocking.

        Raises what the bus of the worker raised, WorkerBug for an error nobody foresaw, Unavailable when the
        worker died and nothing was written, OutcomeUnknown when nobody can tell.
        """
        if who.account_id is None:
            return None
        from centerdesk.kernel.apart_process import Lost, NotBegun, Task  # hardly a start needs them

        second_id = second.account_id if second is not None else None
        task = Task(
            command,
            key,
            who.account_id,
            second_id,
            bus.site.clock,
            progress or (lambda _done, _total: None),
            cancel or (lambda: False),
        )
        with self._lock:
            tries = 1 if self._worker is None else 2  # a kept one may have gone to rest just now
            for _ in range(tries):
                try:
                    return self._ready().do(task)
                except NotBegun:
                    self._drop()
                except Lost:
                    self._drop()
                    return _settled(bus, command, key)
        _log.warning("no worker for %s", type(command).__name__)
        return None

    def close(self) -> None:
        """Let the worker go and wait until it has closed the station. Blocking."""
        with self._lock:
            self._drop()

    @property
    def pid(self) -> int | None:
        """The worker's process, if there is one."""
        return self._worker.process.pid if self._worker is not None else None

    def _ready(self) -> WorkerProcess:
        """The worker there is, else a new one. Raises NotBegun when the system starts none."""
        from centerdesk.kernel.apart_process import NotBegun, WorkerProcess

        if self._worker is None:
            try:
                self._worker = WorkerProcess(self._command)
            except OSError as exc:
                _log.error("no worker could be started: %s", type(exc).__name__)
                raise NotBegun from exc
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _settled(bus: CommandBus, command: Command[R], key: UUID | None) -> Outcome[R]:
    """What became of an act whose worker died. The database knows; it answers once the dead one's lock is gone."""
    _log.error("the worker died over %s", type(command).__name__)
    unknown = OutcomeUnknown(
        "办这一笔的程序半路停了，不知道有没有写进去。请先别重复办，刷新后看一眼；没有再办一次。"
    )
    if key is None:
        raise unknown
    try:
        known = bus.known(key)
    except Unavailable as exc:
        raise unknown from exc
    if known is not None:
        return known
    raise Unavailable(
        "办这一笔的程序半路停了，多半是内存不够。这一笔一条也没有写进去，以前存好的都在。"
        "请关掉几个别的程序，再试一次。"
    )
