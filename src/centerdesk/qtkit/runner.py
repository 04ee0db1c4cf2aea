"""The only door from the GUI thread to the database and to slow work (ARCHITECTURE 4.4).

Lanes: one thread writes, three read, one does slow work without the database lock (reading a workbook,
building a return). Answers come back on the GUI thread by a queued signal, never inside the call that asks.

A worker never frees what a page handed in: the GUI side keeps every parcel until its answer was delivered and
empties it there, so a QObject caught in a closure cannot die on a foreign thread.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import count
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.record import record
from centerdesk.qtkit.turns import under_way

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from centerdesk.kernel.commands import Command, Outcome
    from centerdesk.kernel.identity import Actor

R = TypeVar("R")

Progress = Callable[[int, int], None]
"""`progress(done, total)`; a total of 0 means nobody knows."""
IsCancelled = Callable[[], bool]
Failed = Callable[[Exception], None]


class Bus(Protocol):
    """What the write lane needs of `kernel.commands.CommandBus`. Blocking."""

    def as_asked(self) -> Bus: ...
    def run(
        self,
        command: Command[R],
        *,
        key: UUID | None = None,
        second: Actor | None = None,
        progress: Progress | None = None,
        cancel: IsCancelled | None = None,
    ) -> Outcome[R]: ...


class Reader(Protocol):
    """Opens a read-only session for the length of a `with`."""

    def __call__(self) -> AbstractContextManager[Session]: ...


class Ticket:
    """What a caller holds of work it asked for. Any thread."""

    def __init__(self) -> None:
        self._cancelled = Event()
        self._stopping = Event()

    def cancel(self) -> None:
        """Give up: stop if possible and deliver nothing. A write that was committed is still announced."""
        self._cancelled.set()
        self._stopping.set()

    def stop(self) -> None:
        """Ask to stop (停下) and be told how it ended: `failed(Cancelled())`, or `done` if too late."""
        self._stopping.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()


@record
class Act:
    """One act that has been running for more than a second: what a 停下 bar shows."""

    label: str
    done: int
    total: int  # 0: unknown
    ticket: Ticket


class _Parcel:
    """Everything of one job. Filled on the GUI thread, answered on a lane, emptied on the GUI thread."""

    __slots__ = (
        "announced", "answered", "clock", "done", "error", "failed", "job", "label", "on_progress",
        "owner", "progress", "slow", "ticket", "value", "writes",
    )  # fmt: skip

    def __init__(self, owner: QObject, label: str, *, writes: bool) -> None:
        self.ticket = Ticket()
        self.owner: weakref.ref[QObject] = weakref.ref(owner)
        self.label = label  # empty: not an act, never shown as busy
        self.writes = writes
        self.job: Callable[[], Any] | None = None
        self.done: Callable[[Any], None] | None = None
        self.failed: Failed | None = None
        self.on_progress: Progress | None = None
        self.value: Any = None
        self.error: BaseException | None = None
        self.answered = False
        self.progress = (0, 0)
        self.announced = False  # a progress event is on its way; further ones only update the numbers
        self.slow = False
        self.clock = QElapsedTimer()
        self.clock.start()

    def living_owner(self) -> QObject | None:
        """The page that asked, if it still stands and still wants to know."""
        owner = self.owner()
        if self.ticket.cancelled or owner is None or not shiboken6.isValid(owner):
            return None
        return owner

    def empty(self) -> None:
        """Drop every reference into pages and frames. GUI thread only."""
        self.job = self.done = self.failed = self.on_progress = self.value = self.error = None


class Runner(QObject):
    """Runs commands, queries and slow work off the GUI thread and answers on it. GUI thread, but for `wait`."""

    SLOW_MS = 1000
    READERS = 3

    changed = Signal(object)
    """`Changes` after a commit, its `origin` the page that asked, even when that page is gone."""
    acts_changed = Signal()
    """What `acts()` answers has changed."""
    _arrived = Signal(int)
    _moved = Signal(int)

    def __init__(
        self,
        bus: Bus,
        reader: Reader,
        on_error: Callable[[QObject, Exception], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bus, self.reader, self._on_error = bus, reader, on_error
        self._lanes = {
            "write": ThreadPoolExecutor(1, "db-write"),
            "read": ThreadPoolExecutor(self.READERS, "db-read"),
            "slow": ThreadPoolExecutor(1, "slow"),
        }
        self._pending: dict[int, _Parcel] = {}
        self._serial = count(1)
        self._progress_lock = Lock()
        self._closed = False
        self._slow_timer = QTimer(self)
        self._slow_timer.setSingleShot(True)
        self._slow_timer.timeout.connect(self._mark_slow)
        # Queued even when the job was done before we attached: `done` never runs inside execute().
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self._report_progress, Qt.ConnectionType.QueuedConnection)

    # --- asking ---------------------------------------------------------------------------------------------

    def execute(
        self,
        owner: QObject,
        command: Command[R],
        done: Callable[[R], None] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
        *,
        key: UUID | None = None,
        second: Actor | None = None,
    ) -> Ticket:
        """Run one command on the write lane; `done(value)`. Without `failed` the owner is shown the error."""

        def run(bus: Any, tell: Progress, stopped: IsCancelled) -> Outcome[R]:
            answer: Outcome[R] = bus.run(command, key=key, second=second, progress=tell, cancel=stopped)
            return answer

        return self.write(owner, run, done, failed, progress, label=command.label)

    def write(
        self,
        owner: QObject,
        fn: Callable[[Any, Progress, IsCancelled], Outcome[R]],
        done: Callable[[R], None] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
        *,
        label: str,
    ) -> Ticket:
        """`fn(bus, progress, cancelled)` on the write lane: undo, redo, whatever answers an `Outcome`."""
        parcel = _Parcel(owner, label, writes=True)
        bus = self._bus.as_asked()  # it may wait until somebody else is at the desk
        return self._submit(
            "write",
            parcel,
            lambda serial: lambda: fn(bus, self._teller(serial), lambda: parcel.ticket.stopping),
            done,
            failed,
            progress,
        )

    def query(
        self,
        owner: QObject,
        fn: Callable[[Session], R],
        done: Callable[[R], None],
        failed: Failed | None = None,
    ) -> Ticket:
        """`done(fn(session))`; `fn` runs on a read lane and answers plain values only."""
        reader = self.reader

        def job() -> R:
            with reader() as session:
                return fn(session)

        return self._submit("read", _Parcel(owner, "", writes=False), lambda _serial: job, done, failed, None)

    def run(
        self,
        owner: QObject,
        fn: Callable[[Progress, IsCancelled], R],
        done: Callable[[R], None],
        failed: Failed | None = None,
        progress: Progress | None = None,
        *,
        label: str = "正在办",
    ) -> Ticket:
        """Slow work: read a workbook, build a PDF, count a month through `reader`. One at a time, in order."""
        parcel = _Parcel(owner, label, writes=False)
        return self._submit(
            "slow",
            parcel,
            lambda serial: lambda: fn(self._teller(serial), lambda: parcel.ticket.stopping),
            done,
            failed,
            progress,
        )

    def acts(self) -> tuple[Act, ...]:
        """Acts running for longer than `SLOW_MS`, oldest first."""
        return tuple(Act(p.label, *p.progress, p.ticket) for p in self._pending.values() if p.slow)

    @property
    def writing(self) -> bool:
        """Is any write on its way? A window asks before it closes."""
        return any(p.writes for p in self._pending.values())

    @property
    def idle(self) -> bool:
        """Is all answered that was asked for, and all of it shown? Pictures and tests wait for it."""
        return not self._pending and not under_way()

    def hang_up(self) -> None:
        """Take nothing more, drop reads not begun, ask slow work to stop; writes go on. Returns at once."""
        self._closed = True
        for parcel in self._pending.values():
            if not parcel.writes:
                parcel.ticket.cancel()

    def wait(self) -> None:
        """Until the lanes have ended, after `hang_up`. Blocking; any thread."""
        for name, lane in self._lanes.items():
            lane.shutdown(wait=True, cancel_futures=name != "write")

    def shutdown(self) -> None:
        """Hang up, wait, and announce what was written meanwhile."""
        self.hang_up()
        self.wait()
        for serial in [s for s, p in self._pending.items() if p.writes]:
            self._deliver(serial)  # a commit is announced even at the very end
        for parcel in self._pending.values():
            parcel.empty()
        self._pending.clear()
        self._slow_timer.stop()

    # --- lanes ----------------------------------------------------------------------------------------------

    def _submit(
        self,
        lane: str,
        parcel: _Parcel,
        make_job: Callable[[int], Callable[[], Any]],
        done: Callable[[Any], None] | None,
        failed: Failed | None,
        progress: Progress | None,
    ) -> Ticket:
        if self._closed:
            parcel.ticket.cancel()
            return parcel.ticket
        serial = next(self._serial)
        parcel.job, parcel.done, parcel.failed, parcel.on_progress = make_job(serial), done, failed, progress
        self._pending[serial] = parcel
        if parcel.label and not self._slow_timer.isActive():
            self._slow_timer.start(self.SLOW_MS)
        self._lanes[lane].submit(self._work, serial, parcel)
        return parcel.ticket

    def _work(self, serial: int, parcel: _Parcel) -> None:
        """On a lane. Holds nothing but the parcel when it signals."""
        try:
            if parcel.job is not None and (parcel.writes or not parcel.ticket.cancelled):
                parcel.value = parcel.job()
        except BaseException as exc:  # noqa: BLE001 - carried to the GUI thread, which presents or re-raises it
            parcel.error = exc
        parcel.answered = True
        self._arrived.emit(serial)

    def _teller(self, serial: int) -> Progress:
        """A `progress` for a lane: keeps the newest numbers and lets one event at a time be under way."""

        def tell(done: int, total: int) -> None:
            with self._progress_lock:
                parcel = self._pending.get(serial)
                if parcel is None:
                    return
                parcel.progress = (done, total)
                if parcel.announced:
                    return
                parcel.announced = True
            self._moved.emit(serial)

        return tell

    # --- answers, on the GUI thread -------------------------------------------------------------------------

    @Slot(int)
    def _deliver(self, serial: int) -> None:
        parcel = self._pending.pop(serial, None)
        if parcel is None:
            return
        try:
            self._answer(parcel)
        finally:
            parcel.empty()
            if parcel.slow:
                self.acts_changed.emit()

    def _answer(self, parcel: _Parcel) -> None:
        error, value = parcel.error, parcel.value
        if parcel.writes and error is None and value is not None:
            self.changed.emit(replace(value.changes, origin=parcel.owner()))
            value = value.value
        owner = parcel.living_owner()
        if error is None:
            if owner is not None and parcel.done is not None:
                parcel.done(value)
        elif not isinstance(error, Exception):
            raise error  # SystemExit, KeyboardInterrupt: not ours to hide
        elif owner is None:
            self._error_without_owner(parcel, error)
        elif parcel.failed is not None:
            parcel.failed(error)
        else:
            self._on_error(owner, error)

    def _error_without_owner(self, parcel: _Parcel, error: Exception) -> None:
        """A write that failed after its page was closed is still told to somebody; a dead read is not."""
        if parcel.writes and not isinstance(error, Cancelled):
            self._on_error(self, error)

    @Slot(int)
    def _report_progress(self, serial: int) -> None:
        with self._progress_lock:
            parcel = self._pending.get(serial)
            if parcel is None:
                return
            parcel.announced = False
            numbers = parcel.progress
        if parcel.on_progress is not None and parcel.living_owner() is not None:
            parcel.on_progress(*numbers)
        if parcel.slow:
            self.acts_changed.emit()

    @Slot()
    def _mark_slow(self) -> None:
        waiting = [p for p in self._pending.values() if p.label and not p.slow]
        late = [p for p in waiting if p.clock.elapsed() >= self.SLOW_MS]
        for parcel in late:
            parcel.slow = True
        if young := [self.SLOW_MS - p.clock.elapsed() for p in waiting if not p.slow]:
            self._slow_timer.start(max(1, min(young)))
        if late:
            self.acts_changed.emit()
