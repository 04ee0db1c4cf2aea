"""Commands, the unit of work and the bus: the only way anything is written (ARCHITECTURE 4.3)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from centerdesk.kernel import journal, search
from centerdesk.kernel.bulk import Statement, statements
from centerdesk.kernel.canonical import dumps, loads
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.db import Fault, classify, explain
from centerdesk.kernel.errors import (
    Cancelled,
    ConflictError,
    NotFound,
    PermissionDenied,
    SecondPersonNeeded,
    Unavailable,
)
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.orm import Tracked, uuid7
from centerdesk.kernel.record import record
from centerdesk.kernel.recorder import Recorder

if TYPE_CHECKING:
    from centerdesk.kernel.apart import Apart

R = TypeVar("R")
T = TypeVar("T", bound=Tracked)
Progress = Callable[[int, int], None]
"""Called with (done, total); total 0 means unknown. Any thread."""

CHUNK = 500
"""Rows a bulk statement carries: larger ones stall the event loop through the interpreter lock."""


SETTLE_S = 10.0
"""How long a lost connection is tried again to learn whether the last act was written (G27)."""


@record
class Changes:
    """What a committed operation touched; pages ask it whether they must refresh."""

    op_id: UUID | None
    label: str
    undoable: bool
    touched: frozenset[tuple[str, UUID]]
    tables: frozenset[str]
    origin: object | None = None

    def hits(self, *tables: str) -> bool:
        return not self.tables.isdisjoint(tables)


@record
class Outcome(Generic[R]):
    """A command's value and what it changed. `repeated`: the key was known, nothing was done again."""

    value: R
    changes: Changes
    repeated: bool = False


@record
class Site:
    """What every unit of work needs of the station: its names, its clock, its keys."""

    station: str
    desk: str
    clock: Clock
    ring: KeyRing
    drill: bool = False
    anchor: Callable[[int, bytes], None] | None = None
    """Told number and tag of each committed journal entry, so that a cut tail is found (G33)."""


class Command(Generic[R]):
    """A user intent. Subclasses are frozen dataclasses of plain values: no ORM rows, no widgets."""

    label: ClassVar[str]
    """Chinese, shown as 撤销“…”; holds no personal value because the journal keeps it."""
    permission: ClassVar[str]
    reach: ClassVar[Reach] = Reach.OWN
    """The least reach that may run it at all; `execute` checks the grid where OWN is enough."""
    undoable: ClassVar[bool] = True
    offline_safe: ClassVar[bool] = False
    second: ClassVar[bool] = False
    """True where RELIABILITY 3.5 says “2”: another account must be there, and must hold `second_permission`."""
    second_permission: ClassVar[str | None] = None
    """What the second person must be allowed; None means the same as the first."""

    def heavy(self) -> bool:
        """Whether it is so much that a desk has it done in a process of its own (`apart.py`)."""
        return False

    def execute(self, uow: UnitOfWork) -> R:
        """Do it inside the open transaction. Raises UserError to refuse; nothing is kept then."""
        raise NotImplementedError


@record
class ReadyRows:
    """备好待写的行. New rows of one table as the driver takes them, and what the search index takes of them."""

    model: type[Tracked]
    count: int
    statements: tuple[Statement, ...]
    entries: tuple[search.Entry, ...]


class UnitOfWork:
    """One command, one session, one transaction. Never leaves the thread that opened it."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        site: Site,
        *,
        second: Actor | None = None,
        progress: Progress | None = None,
        cancel: Callable[[], bool] | None = None,
        end: journal.End = (0, journal.GENESIS),
    ) -> None:
        """`end`: where the chain stands, asked once this transaction held the writers' lock."""
        self.session, self.actor, self.site, self.second = session, actor, site, second
        self.op_id = uuid7()
        self.now = site.clock.now()
        self.clock, self.ring, self.cipher = site.clock, site.ring, site.ring.cipher
        self.undoes: UUID | None = None
        self.end = end
        self._lasting = False
        self._object: tuple[str, UUID] | None = None
        self._reason = ""
        self._counts: dict[str, int] = {}
        self._progress, self._cancel = progress, cancel
        self._recorder = Recorder(session, self.now)
        self._dialect = session.get_bind().dialect

    def get(self, model: type[T], row_id: UUID, version: int | None = None) -> T:
        """The row, for changing it. Raises NotFound, or ConflictError when `version` is not the present one."""
        row = self.session.get(model, row_id)
        if row is None:
            raise NotFound("这条记录已经不在了。请刷新后再看。")
        if version is not None and row.version != version:
            raise ConflictError("这条记录刚被别人改过，您的改动没有写进去。请刷新，对照后再存。")
        return row

    def add(self, row: T) -> T:
        """Put a new row into the transaction and flush it, so that its id and version exist."""
        self.session.add(row)
        self.session.flush()
        return row

    def touch(self, row: Tracked) -> None:
        """Move the row's version on although only rows that hang on it change: an older form is refused then."""
        row.updated_at = self.now
        flag_modified(row, "updated_at")

    def about(self, object_type: str, object_id: UUID, reason: str = "") -> None:
        """Say in the journal what the act was about. `reason` is a code or a word of a list, never free text."""
        self._object, self._reason = (object_type, object_id), reason

    def lasting(self) -> None:
        """Say that this very act cannot be taken back, though its kind can: a look that raised an alarm."""
        self._lasting = True

    def count(self, **counts: int) -> None:
        """Figures for the journal entry, for example imported=118."""
        self._counts |= counts

    def bulk_insert(self, model: type[Tracked], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many new rows as part of this operation's batch; ids are filled in where missing.

        No image is kept of them: withdrawing the batch deletes by `batch_id`.
        """
        self.insert_ready(self.ready(model, rows))

    def ready(self, model: type[Tracked], rows: Sequence[Mapping[str, Any]]) -> ReadyRows:
        """The rows of a bulk insert as the driver takes them. Any thread: nothing is asked of the session."""
        stamp = {"version": 1, "created_at": self.now, "updated_at": self.now, "batch_id": self.op_id}
        known = [row if "id" in row else {"id": uuid7(), **row} for row in rows]
        table = inspect(model).local_table
        made = tuple(
            statement
            for start in range(0, len(known), CHUNK)
            for statement in statements(self._dialect, table, known[start : start + CHUNK], stamp)
        )
        entries = (
            tuple(search.Entry(row["id"], row["sort_key"], row["search_text"]) for row in known)
            if model.search_kind is not None
            else ()
        )
        return ReadyRows(model, len(known), made, entries)

    def insert_ready(self, rows: ReadyRows) -> None:
        """Insert what `ready` made."""
        self.session.flush()
        for sql, values in rows.statements:
            self.session.connection().exec_driver_sql(sql, values)
            self.checkpoint()
        if rows.entries:
            search.index_rows(self.session, rows.model.search_kind or "", rows.entries, fresh=True)
        table = rows.model.__tablename__
        self._recorder.tables.add(table)
        self._counts[table] = self._counts.get(table, 0) + rows.count

    def touches(self, table: str) -> None:
        """Say that rows of `table` were changed past the session, so that pages hear of it."""
        self._recorder.tables.add(table)

    def checkpoint(self, done: int | None = None, total: int = 0) -> None:
        """Report progress and stop here when the person asked to. Raises Cancelled."""
        if self._cancel is not None and self._cancel():
            raise Cancelled("已停下，这次的改动一条也没有写进去。")
        if done is not None and self._progress is not None:
            self._progress(done, total)

    def book(self, command: Command[Any], value: object, key: UUID | None) -> Changes:
        """Write the journal entry; only the commit is left. A result is stored when there is a key to repeat by."""
        self.session.flush()
        images = self._recorder.finish()
        tables = frozenset(self._recorder.tables)
        touched = frozenset((i.table, i.row_id) for i in images)
        undoable = command.undoable and not self._lasting and bool(images or self._counts)
        entry = journal.JournalOp(
            id=self.op_id,
            at=self.now,
            station=self.site.station,
            desk=self.site.desk,
            actor_id=self.actor.account_id,
            actor=self.actor.login,
            roles=",".join(self.actor.roles),
            second_id=self.second.account_id if self.second else None,
            action=type(command).__name__,
            label=command.label,
            object_type=self._object[0] if self._object else None,
            object_id=self._object[1] if self._object else None,
            reason=self._reason,
            fields=sorted(self._recorder.fields),
            counts=self._counts,
            undoable=undoable,
            undoes=self.undoes,
            idem_key=key,
            result=dumps(value) if key is not None else None,
        )
        journal.append(self.session, self.ring.journal_key, self.end, entry, images)
        self.end = entry.seq, entry.mac
        return Changes(self.op_id, command.label, undoable, touched, tables)


class CommandBus:
    """Checks rights, runs a command in one transaction, journals it, retries a lost lock. Blocking; write lane."""

    RETRIES = 5

    def __init__(
        self,
        factory: sessionmaker[Session],
        site: Site,
        actor: Callable[[], Actor | None],
    ) -> None:
        self._factory, self.site, self._actor = factory, site, actor
        self.apart: Apart | None = None
        """Where a desk has heavy commands done."""

    def as_asked(self) -> CommandBus:
        """The same bus for whoever is signed in at this moment: what waits is theirs, whoever comes next."""
        who, asked = self._actor(), copy(self)
        asked._actor = lambda: who
        return asked

    def run(
        self,
        command: Command[R],
        *,
        key: UUID | None = None,
        second: Actor | None = None,
        actor: Actor | None = None,
        progress: Progress | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Outcome[R]:
        """Execute and commit `command`.

        `key`: made when the form opened; a repeat returns the stored value and does nothing. `second`: the
        other person, already signed in. `actor` overrides the session's account (system work).
        Raises PermissionDenied, SecondPersonNeeded, any UserError of the command, ConflictError, Unavailable,
        OutcomeUnknown.
        """
        who = actor or self._actor()
        if who is None:
            raise PermissionDenied(command.permission, "没有人登录，不能办理。请先登录。")
        who.require(command.permission, command.reach)
        if command.second:
            _check_second(command, who, second)
        if self.apart is not None and command.heavy():
            done = self.apart.run(self, command, who, second, key, progress, cancel)
            if done is not None:
                return done
        for attempt in range(self.RETRIES):
            try:
                return self._once(command, who, key, second, progress, cancel)
            except StaleDataError as exc:
                raise ConflictError("这条记录刚被别人改过，您的改动没有写进去。请刷新，对照后再存。") from exc
            except DBAPIError as exc:
                fault = classify(exc)
                if fault is Fault.BUG:
                    raise
                if fault is Fault.OUTAGE or attempt + 1 == self.RETRIES:
                    raise _lost() if fault is Fault.UNKNOWN else explain(exc) from exc
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        raise AssertionError("unreachable")

    def _once(
        self,
        command: Command[R],
        who: Actor,
        key: UUID | None,
        second: Actor | None,
        progress: Progress | None,
        cancel: Callable[[], bool] | None,
    ) -> Outcome[R]:
        with self._factory() as session:
            end, known = journal.look_up(session, key)
            if known is not None:
                return _again(known)
            uow = UnitOfWork(
                session, who, self.site, second=second, progress=progress, cancel=cancel, end=end
            )
            value = command.execute(uow)
            changes = uow.book(command, value, key)
            try:
                session.commit()
            except DBAPIError as exc:
                if classify(exc) is not Fault.UNKNOWN or not self._was_written(uow.op_id, exc):
                    raise
            if self.site.anchor is not None:
                self.site.anchor(*uow.end)
            return Outcome(value, changes)

    def known(self, key: UUID) -> Outcome[Any] | None:
        """What an act with this key came to; None when it was not written. Settles an OutcomeUnknown. Blocking.

        Asked as a writer: an old connection that still holds the lock is waited for, so that None is final.
        Raises Unavailable.
        """
        image, op = journal.JournalImage, journal.JournalOp
        with self._factory() as session:
            known = journal.look_up(session, key)[1]
            if known is None:
                return None
            tables = set(session.scalars(select(image.table).where(image.op_id == known.id).distinct()))
            tables |= set(session.scalar(select(op.counts).where(op.id == known.id)) or ())
        found = _again(known)
        return replace(found, changes=replace(found.changes, tables=frozenset(tables)))

    def _was_written(self, op_id: UUID, lost: DBAPIError) -> bool:
        """Whether the act whose COMMIT got no answer stands. Raises OutcomeUnknown when nobody can be asked."""
        give_up = time.monotonic() + SETTLE_S
        while True:
            try:
                with self._factory() as session:
                    stmt = select(journal.JournalOp.id).where(journal.JournalOp.id == op_id)
                    return session.scalar(stmt) is not None
            except (Unavailable, DBAPIError) as exc:
                if isinstance(exc, DBAPIError) and classify(exc) is Fault.BUG:
                    raise
                if time.monotonic() > give_up:
                    raise explain(lost) from exc
                time.sleep(0.2)


def _lost() -> Unavailable:
    return Unavailable("和数据库的连接断了，这一笔没有写进去，以前存好的都在。已填的内容还在，请再试一次。")


def _check_second(command: Command[Any], who: Actor, second: Actor | None) -> None:
    if second is None or second.account_id is None or second.account_id == who.account_id:
        raise SecondPersonNeeded(command.permission)
    second.require(command.second_permission or command.permission, command.reach)


def _again(known: Any) -> Outcome[Any]:
    changes = Changes(known.id, known.label, known.undoable, frozenset(), frozenset())
    return Outcome(loads(known.result or "null"), changes, repeated=True)
