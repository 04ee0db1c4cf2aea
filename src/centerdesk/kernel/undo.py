"""Undo and redo over the journal: a command like any other, that writes before-images back (撤销, 恢复)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from centerdesk.kernel import search
from centerdesk.kernel.canonical import loads
from centerdesk.kernel.clock import Clock, day_bounds, today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, NotFound, PermissionDenied
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.journal import JournalImage, JournalOp
from centerdesk.kernel.orm import Base, Tracked
from centerdesk.kernel.record import record
from centerdesk.kernel.recorder import content

DEPTH = 20
"""Operations a person can take back: the last twenty of the Shanghai day."""

BATCH_DAYS = 30
"""How long an import batch can be withdrawn."""
HEAVY_FROM = 1_000
"""Records from which on a batch is withdrawn in a process of its own: starting one costs a second."""
_CHUNK = 500
"""Rows between two looks whether the person wants to stop."""


@record
class Step:
    """One operation that can be taken back or done again."""

    op_id: UUID
    label: str


def _history(session: Session, actor: Actor, clock: Clock) -> list[JournalOp]:
    start, _ = day_bounds(today(clock))
    stmt = (
        select(JournalOp)
        .where(JournalOp.actor_id == actor.account_id, JournalOp.at >= start)
        .order_by(JournalOp.seq.desc())
        .limit(DEPTH * 4)
    )
    return list(session.scalars(stmt))


def next_undo(session: Session, actor: Actor, clock: Clock) -> Step | None:
    """The newest operation of this person today that still stands and can be taken back."""
    return _newest(_history(session, actor, clock), redo=False)


def next_redo(session: Session, actor: Actor, clock: Clock) -> Step | None:
    """The undo that would be undone next; None once something new was done after it."""
    return _newest(_history(session, actor, clock), redo=True)


def _newest(ops: list[JournalOp], *, redo: bool) -> Step | None:
    by_id = {op.id: op for op in ops}
    gone: set[UUID] = set()
    seen = 0
    for op in ops:
        if op.undoes is not None:
            gone.add(op.undoes)
        if op.id in gone:
            continue
        depth, label = _root(op, by_id)
        if depth % 2 == 1:
            if redo:
                return Step(op.id, label)
            continue
        if redo and op.undoes is None and op.undoable:
            return None
        if op.undoable:
            seen += 1
            if not redo:
                return Step(op.id, label)
        if seen >= DEPTH:
            break
    return None


def _root(op: JournalOp, by_id: dict[UUID, JournalOp]) -> tuple[int, str]:
    """How often the act was taken back and done again (odd: it is taken back now), and the act's own label."""
    depth = 0
    while op.undoes is not None:
        depth += 1
        target = by_id.get(op.undoes)
        if target is None:
            break
        op = target
    return depth, op.label


def _models() -> dict[str, type[Tracked]]:
    return {m.class_.__tablename__: m.class_ for m in Base.registry.mappers if issubclass(m.class_, Tracked)}


@record
class UndoOperation(Command[None]):
    """撤销. Write the before-images of one operation back; an undo of an undo is a redo.

    Raises ConflictError when any row was changed since: it never overwrites a colleague.
    """

    label: ClassVar[str] = "撤销"
    permission: ClassVar[str] = "desk.use"
    op_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        op = uow.session.scalar(select(JournalOp).where(JournalOp.id == self.op_id))
        if op is None or not op.undoable:
            raise NotFound("这一步撤不回来了。要改，请直接改这条记录。")
        if op.actor_id != uow.actor.account_id:
            raise PermissionDenied(self.permission, "别人做的事，请那位同事自己撤销。")
        if uow.session.scalar(select(JournalOp.id).where(JournalOp.undoes == op.id)) is not None:
            raise ConflictError("这一步已经撤过了。")
        revert(uow, op)


@record
class WithdrawBatch(Command[int]):
    """整批撤回. Take a bulk operation back within 30 days; rows changed since stop it, by count.

    Only what somebody took in: no other act is undone by this right, and no alarm that the watcher raised.
    `about`: how many records it is said to be; that decides in which process it is done, and nothing else.
    """

    label: ClassVar[str] = "撤回整批导入"
    permission: ClassVar[str] = "people.import"
    reach: ClassVar[Reach] = Reach.OWN
    op_id: UUID
    about: int = 0

    def heavy(self) -> bool:
        return self.about >= HEAVY_FROM

    def execute(self, uow: UnitOfWork) -> int:
        op = uow.session.scalar(select(JournalOp).where(JournalOp.id == self.op_id))
        if op is None or (uow.now - op.at).days >= BATCH_DAYS:
            raise NotFound("这一批已经过了 30 天，不能整批撤回。请逐条改。")
        if op.actor_id is None or not _tables(op):
            raise NotFound("这不是一批导入，不能整批撤回。请打开记录直接改。")
        if uow.session.scalar(select(JournalOp.id).where(JournalOp.undoes == op.id)) is not None:
            raise ConflictError("这一批已经撤回过了。")
        return revert(uow, op)


def revert(uow: UnitOfWork, op: JournalOp) -> int:
    """Undo `op` inside the open unit of work; returns how many rows went back. Raises ConflictError, Cancelled."""
    models, tables = _models(), _tables(op)
    uow.undoes = op.id
    uow.about("journal_op", op.id)
    images = uow.session.scalars(
        select(JournalImage).where(JournalImage.op_id == op.id).order_by(JournalImage.ordinal.desc())
    ).all()
    total = len(images) + sum(op.counts[table] for table in tables)
    for done, image in enumerate(images):
        if done % _CHUNK == 0:
            uow.checkpoint(done, total)
        _write_back(uow, models[image.table], image)
        with _nothing_hangs_on_it():
            uow.session.flush()
    gone = len(images)
    for table in reversed(tables):
        uow.checkpoint(gone, total)
        gone += _remove_batch(uow, models[table], op.id, gone, total)
    uow.checkpoint(gone, total)
    return gone


def _tables(op: JournalOp) -> list[str]:
    """The tables the operation put many rows into, parents first."""
    models = _models()
    return [table for table in op.counts if table in models]


@contextmanager
def _nothing_hangs_on_it() -> Iterator[None]:
    """Rows made since that need the one that would go are told, whichever statement meets them."""
    try:
        yield
    except IntegrityError as exc:
        raise ConflictError(
            "后来又有记录用到了它，撤销会让那些记录落空，所以没有撤。请打开记录直接改。"
        ) from exc


def _write_back(uow: UnitOfWork, model: type[Tracked], image: JournalImage) -> None:
    row = uow.session.get(model, image.row_id)
    before = loads(image.before) if image.before else None
    left = loads(image.after) if image.after else None
    if (content(row) if row is not None else None) != left:
        # by content, not by counter: a second undo finds the counter moved on by the first
        raise ConflictError("这条记录后来又改过，撤销会盖掉别人的改动，所以没有撤。请打开记录直接改。")
    if before is None:
        uow.session.delete(row)
    elif row is None:
        make: Any = model
        uow.session.add(make(id=image.row_id, **before))
    else:
        for key, value in before.items():
            setattr(row, key, value)


def _remove_batch(uow: UnitOfWork, model: type[Tracked], batch_id: UUID, before: int, total: int) -> int:
    """Remove what the batch put into one table; how many rows. `before` of `total` are gone already."""
    mine: Any = model.batch_id == batch_id
    edited = uow.session.scalar(select(func.count()).select_from(model).where(mine, model.version > 1))
    if edited:
        raise ConflictError(f"这一批里有 {edited} 条后来改过，不能整批撤回。请先核对这几条。")
    if model.search_kind is not None:
        ids = uow.session.scalars(select(model.id).where(mine)).all()
        for start in range(0, len(ids), _CHUNK):
            search.remove(uow.session, model.search_kind, *ids[start : start + _CHUNK])
            uow.checkpoint(before + min(start + _CHUNK, len(ids)), total)
    whole = uow.session.scalar(select(func.count()).select_from(model).where(mine)) or 0
    with _nothing_hangs_on_it():
        result: Any = uow.session.execute(delete(model).where(mine, model.version == 1))
    if result.rowcount != whole:
        raise ConflictError("这一批里刚有人改了，没有撤。请先核对后来改的几条。")
    if whole:
        uow.touches(model.__tablename__)
    return whole
