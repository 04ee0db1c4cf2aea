"""One worker of a desk: its process, its pipes, and the act that it does (另开的进程, ADR 10)."""

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
from collections.abc import Callable
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
from centerdesk.kernel.commands import Command, Outcome, Progress
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.record import record

R = TypeVar("R")
LOOK_S = 0.1
"""How often the lane looks whether the person asked to stop."""
PATIENCE_S = 15.0
"""How long an idle worker gets to close the station."""
_SECRET = re.compile(r"CENTERDESK_\w*(PASSWORD|RECOVERY)")
_log = logging.getLogger(__name__)


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


class NotBegun(Exception):
    """The worker is gone or cannot open the station; the database was not touched."""


class Lost(Exception):
    """The worker is gone and had begun."""


class WorkerProcess:
    """One process, and a thread that hears what it says: on Windows nothing waits for a pipe with a limit."""

    def __init__(self, command: list[str]) -> None:
        flags = 0
        if sys.platform == "win32":  # pragma: no cover - after Microsoft's documentation, not run here
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
        """Raises NotBegun, Lost, or what came of it."""
        try:
            self._hand_over(task)
        except OSError as exc:
            raise NotBegun from exc
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
                    raise Lost if begun else NotBegun

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
        self._let_go()

    def _let_go(self) -> None:
        """What a worker had that is gone is not kept for it; in parts, so that the window has its turn between two."""
        while self._sent:
            _name, value = self._sent.popitem()
            members = list(value)
            del value
            while members:
                del members[-PART:]
