"""Heavy acts in a process of their own: the window keeps its interpreter to itself (另开进程办, ADR 10).

The desk's bus hands a command that calls itself heavy to a worker, which runs it on a bus of its own in its own
transaction (`apart_child.py`). The write lane waits meanwhile, and announces the changes as if it had made them.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from centerdesk.kernel.apart_pipe import (
    PART,
    Answered,
    Begun,
    Moved,
    Order,
    Part,
    Refused,
    Stop,
    receive,
    send,
)
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.commands import Command, CommandBus, Outcome, Progress
from centerdesk.kernel.errors import Cancelled, OutcomeUnknown, Unavailable
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record

R = TypeVar("R")
LOOK_S = 0.1
"""How often the lane looks whether the person asked to stop."""
PATIENCE_S = 15.0
"""How long an idle worker gets to close the station."""
_SECRET = re.compile(r"CENTERDESK_\w*(PASSWORD|RECOVERY)")
_log = logging.getLogger(__name__)


class Apart:
    """另开的进程. At most one worker, started at the first heavy act and kept while there are more. Any thread.

    `command` starts it; it reads orders from its stdin and answers on its stdout.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

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
                except _NotBegun:
                    self._drop()
                except _Lost:
                    self._drop()
                    return _settled(bus, task)
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

    def _ready(self) -> _Worker:
        """The worker there is, else a new one. Raises _NotBegun when the system starts none."""
        if self._worker is None:
            try:
                self._worker = _Worker(self._command)
            except OSError as exc:
                _log.error("no worker could be started: %s", type(exc).__name__)
                raise _NotBegun from exc
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


@record
class Task(Generic[R]):
    """一件事. What the bus was asked to run."""

    command: Command[R]
    key: UUID | None
    account_id: UUID
    second_id: UUID | None
    clock: Clock
    progress: Progress
    stopped: Callable[[], bool]


class _NotBegun(Exception):
    """The worker is gone or cannot open the station; the database was not touched."""


class _Lost(Exception):
    """The worker is gone and had begun."""


class _Worker:
    """One process, and a thread that hears what it says: on Windows nothing waits for a pipe with a limit."""

    def __init__(self, command: list[str]) -> None:
        flags = 0
        if (
            sys.platform == "win32"
        ):  # pragma: no cover - after the documentation of CreateProcess, not run here
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        self.process = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a library complains of may hold a person
            env={k: v for k, v in os.environ.items() if not _SECRET.fullmatch(k)},
            start_new_session=True,  # Ctrl+C at a terminal is the desk's to hear
            creationflags=flags,
        )
        self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._sent: dict[str, tuple[Any, ...]] = {}
        self._listener = threading.Thread(target=self._listen, name="apart", daemon=True)
        self._listener.start()

    def do(self, task: Task[R]) -> Outcome[R]:
        """Raises _NotBegun, _Lost, or what came of it."""
        try:
            self._hand_over(task)
        except OSError as exc:
            raise _NotBegun from exc
        begun = stopping = False
        while True:
            if not stopping and task.stopped():
                stopping = True
                with contextlib.suppress(OSError):  # it is gone: that is heard below
                    self._send(Stop())
            try:
                said = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            match said:
                case Begun():
                    begun = True
                case Moved(done, total):
                    task.progress(done, total)
                case Answered(outcome):
                    return outcome
                case Refused():
                    raise said.error()
                case None:
                    raise _Lost if begun else _NotBegun

    def close(self) -> None:
        """Its stdin ends: what it does it gives up, then it closes the station and ends; else it is killed."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            _log.error("the worker did not end by itself")
            self.process.kill()
            self.process.wait()
        self._listener.join()

    def _hand_over(self, task: Task[Any]) -> None:
        """Long fields in parts, so that the window has its turn between two; what it still has is not sent again."""
        command, long = task.command, {}
        for field in fields(command):  # type: ignore[arg-type]  # every command is a dataclass
            value = getattr(command, field.name)
            if isinstance(value, tuple) and len(value) > PART:
                long[field.name] = value
        for name, value in long.items():
            if self._sent.get(name) is not value:
                self._sent.pop(name, None)
                self._send_parts(name, value, task.stopped)
                self._sent[name] = value
        short: Command[Any] = replace(command, **dict.fromkeys(long, ()))  # type: ignore[type-var]  # as above
        self._send(Order(short, tuple(long), task.key, task.account_id, task.second_id, task.clock))

    def _send_parts(self, name: str, value: tuple[Any, ...], stopped: Callable[[], bool]) -> None:
        for start in range(0, len(value), PART):
            if stopped():
                raise Cancelled("已停下，这次的改动一条也没有写进去。")
            self._send(Part(name, value[start : start + PART], start == 0))

    def _send(self, message: object) -> None:
        assert self.process.stdin is not None
        send(self.process.stdin, message)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with io.BufferedReader(self.process.stdout) as wire:  # type: ignore[type-var]  # raw, for bufsize=0
            while (said := receive(wire)) is not None:
                self._said.put(said)
        self._said.put(None)


def _settled(bus: CommandBus, task: Task[R]) -> Outcome[R]:
    """What became of an act whose worker died. The database knows; it answers once the dead one's lock is gone."""
    _log.error("the worker died over %s", type(task.command).__name__)
    unknown = OutcomeUnknown(
        "办这一笔的程序半路停了，不知道有没有写进去。请先别重复办，刷新后看一眼；没有再办一次。"
    )
    if task.key is None:
        raise unknown
    try:
        known = bus.known(task.key)
    except Unavailable as exc:
        raise unknown from exc
    if known is not None:
        return known
    raise Unavailable(
        "办这一笔的程序半路停了，多半是内存不够。这一笔一条也没有写进去，以前存好的都在。"
        "请关掉几个别的程序，再试一次。"
    )
