"""The journal: who did what, when and why, in the transaction of the act itself (RELIABILITY 3.6).

`journal_op` is evidence: append-only, chained by HMAC, without a personal value. `journal_image` is history:
rows before and after, encrypted with the database, deletable under PIPL without breaking the chain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Index,
    LargeBinary,
    String,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session
from sqlalchemy.types import NullType

from centerdesk.kernel.canonical import Canonical, dumps
from centerdesk.kernel.cipher import tagger
from centerdesk.kernel.dbfaults import Fault, classify
from centerdesk.kernel.dialect import announce, append_only, json_line
from centerdesk.kernel.orm import Base, Guid, UtcDateTime, mapped_column
from centerdesk.kernel.record import record

GENESIS = b"\0" * 32
"""The tag before the first entry of a station's chain."""


class JournalOp(Base):
    """操作记录. One entry a command: no personal values, never changed, never deleted."""

    __tablename__ = "journal_op"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column()
    station: Mapped[str] = mapped_column(String(64))
    desk: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[UUID | None] = mapped_column()
    actor: Mapped[str] = mapped_column(String(40))
    roles: Mapped[str] = mapped_column(String(120))
    second_id: Mapped[UUID | None] = mapped_column()
    action: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[UUID | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(60))
    fields: Mapped[Any] = mapped_column(Canonical)
    counts: Mapped[Any] = mapped_column(Canonical)
    undoable: Mapped[bool] = mapped_column()
    undoes: Mapped[UUID | None] = mapped_column()
    idem_key: Mapped[UUID | None] = mapped_column(unique=True)
    result: Mapped[str | None] = mapped_column()
    images_mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (
        Index(None, "actor_id", "seq"),
        Index(None, "object_id", "seq"),
        Index(None, "action", "seq"),
    )


class JournalImage(Base):
    """前后对照. One row of one table before and after an operation; None before = made, None after = removed."""

    __tablename__ = "journal_image"
    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int | None] = mapped_column()
    before: Mapped[str | None] = mapped_column()
    after: Mapped[str | None] = mapped_column()


append_only(JournalOp.__table__)
announce(JournalOp.__table__)


@record
class Image:
    """One row's content before and after; `version` is the counter after the operation (None if removed)."""

    table: str
    row_id: UUID
    version: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


_SEALED = tuple(c for c in JournalOp.__table__.columns if c.key != "mac")
"""What the tag of an entry covers; the tag before it is the last."""


def _literal(value: Any) -> str:
    """A blob as SQLite quotes it: no text, and not the absence of one, can be taken for it."""
    if value is None:
        return "NULL"
    return f"X'{(value.bytes if isinstance(value, UUID) else value).hex().upper()}'"


def _instant(value: datetime) -> str:
    """As SQLite stores an instant."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


_FORMS: dict[type[Any], Callable[[Any], Any]] = {
    Guid: _literal, LargeBinary: _literal, UtcDateTime: _instant, Boolean: int,
    Canonical: lambda value: value if isinstance(value, str) else dumps(value),
}  # fmt: skip
_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _line_of(columns: Sequence[Any], values: Iterable[Any]) -> bytes:
    """One JSON array of these values as SQLite stores them, blobs as it quotes them: what a tag covers.

    `dialect.json_line` makes the same inside the database. A million entries are walked in ten seconds only so.
    """
    forms = [_FORMS.get(type(c.type)) for c in columns]
    return _line([form(v) if form else v for form, v in zip(forms, values, strict=True)]).encode()


_IMAGE = tuple(
    JournalImage.__table__.c[name] for name in ("ordinal", "table", "row_id", "version", "before", "after")
)
"""What the tag over an entry's images covers of each, after the entry's id."""


def _images_body(op_id: Any, lines: Iterable[bytes]) -> bytes:
    """Binds the images to their entry, so that an edited history is found; a deleted one is allowed."""
    return b"\n".join([_literal(op_id).encode(), *lines])


End: TypeAlias = tuple[int, bytes]
"""Number and tag of the last entry; (0, GENESIS) for a new station."""


def head(session: Session) -> End:
    """The end of the chain."""
    return look_up(session, None)[0]


_TABLE = JournalOp.__table__.c
_LOOK_UP = select(
    _TABLE.seq, _TABLE.mac, _TABLE.idem_key, _TABLE.id, _TABLE.label, _TABLE.undoable, _TABLE.result
).where(
    or_(
        _TABLE.seq == select(func.max(JournalOp.seq)).scalar_subquery(),
        _TABLE.idem_key == bindparam("key", type_=_TABLE.idem_key.type),
    )
)


def look_up(session: Session, key: UUID | None) -> tuple[End, Any]:
    """The end of the chain, and what is known of the entry with this key (None: nothing), in one question."""
    end, known = (0, GENESIS), None
    for row in session.connection().execute(_LOOK_UP, {"key": key}):
        end = max(end, (row.seq, row.mac))
        if key is not None and row.idem_key == key:
            known = row
    return end, known


def count_acts(session: Session, action: str, begin: datetime, end: datetime) -> int:
    """Acts whose name starts with `action`, from `begin` until before `end`."""
    op = JournalOp
    stmt = select(func.count()).where(
        op.action.startswith(action, autoescape=True), op.at >= begin, op.at < end
    )
    return session.scalar(stmt) or 0


def acts_after(session: Session, seq: int) -> tuple[tuple[str, int], ...]:
    """What was done after this entry: labels and how often, the most frequent first."""
    op, count = JournalOp, func.count()
    stmt = select(op.label, count).where(op.seq > seq).group_by(op.label).order_by(count.desc(), op.label)
    return tuple((label, times) for label, times in session.execute(stmt))


def append(session: Session, key: bytes, end: End, entry: JournalOp, images: Iterable[Image]) -> None:
    """Chain the entry to the `end` that this transaction found, and write it with its images."""
    rows = chain(key, end, entry, images)
    connection = session.connection()
    connection.execute(insert(JournalOp), {c.key: getattr(entry, c.key) for c in _TABLE})
    if rows:
        names = [c.key for c in _IMAGE]
        connection.execute(
            insert(JournalImage),
            [{"op_id": entry.id, **dict(zip(names, row, strict=True))} for row in rows],
        )


def chain(key: bytes, end: End, entry: JournalOp, images: Iterable[Image]) -> list[Sequence[Any]]:
    """Number the entry and give it its tags; its images as they are stored."""
    entry.seq, entry.prev = end[0] + 1, end[1]
    rows: list[Sequence[Any]] = [
        (
            n,
            i.table,
            i.row_id,
            i.version,
            None if i.before is None else dumps(i.before),
            None if i.after is None else dumps(i.after),
        )
        for n, i in enumerate(images)
    ]
    tag = tagger(key)
    entry.images_mac = tag(_images_body(entry.id, [_line_of(_IMAGE, row) for row in rows]))
    entry.mac = tag(_line_of(_SEALED, [getattr(entry, c.key) for c in _SEALED]))
    return rows


@record
class ChainReport:
    """What a walk over the chain found. `broken_at` is the first bad entry's number, None when sound."""

    entries: int
    broken_at: int | None
    bad_images: int
    head: bytes

    @property
    def ok(self) -> bool:
        return self.broken_at is None and self.bad_images == 0


_CHUNK = 1000


def verify_chain(session: Session, key: bytes, *, images: bool = True) -> ChainReport:
    """Recompute every tag. Finds a changed, deleted, inserted or reordered entry and an edited image.

    A cut tail and an older file are chains that hold: only anchors kept elsewhere find those (`anchors`).
    """
    prev, count, bad, seen, tag = GENESIS, 0, 0, 0, tagger(key)
    first = session.scalar(select(func.min(JournalOp.seq)))
    if first is not None and first != 1:
        return ChainReport(0, first, 0, GENESIS)
    while rows := _entries_after(session, count, _CHUNK):
        begun = count
        for seq, before, own, body in rows:
            count += 1
            if seq != count or before != prev or own != tag(body):
                return ChainReport(count, seq, bad, prev)
            prev = own
        if images:
            found = _judge_images(session, tag, begun, count)
            seen, bad = seen + found[0], bad + found[1]
    if images:  # those left over hang on no entry: moved there to hide what an act had changed
        bad += (session.scalar(select(func.count()).select_from(JournalImage)) or 0) - seen
    return ChainReport(count, None, bad, prev)


def _lines(
    session: Session, columns: Sequence[Any], others: Sequence[Any], narrow: Callable[[Any], Any]
) -> Sequence[Sequence[Any]]:
    """Rows of `others` and, last, what a tag covers of `columns`; `narrow` adds the rest of the statement.

    All as the driver gives it: a million rows pass here. Raises DBAPIError for a kind of value that no program of
    ours writes.
    """
    line = json_line(session, columns)
    asked = [*others, *(columns if line is None else [line])]
    stmt = narrow(select(*(type_coerce(column, NullType()) for column in asked)))
    connection = session.connection()
    cursor: Any = connection.execute(stmt).cursor
    try:
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as exc:
        raise DBAPIError(None, None, exc) from exc
    if line is not None:
        return rows
    some = len(others)
    return [(*row[:some], _line_of(columns, row[some:])) for row in rows]


def _entries_after(session: Session, after: int, limit: int) -> Sequence[Sequence[Any]]:
    """Number, tag before it, own tag and what that covers of the next entries.

    One that holds a kind of value no program of ours writes comes alone and without a tag.
    """
    ops = JournalOp.__table__.c
    try:
        return _lines(
            session,
            _SEALED,
            (ops.seq, ops.prev, ops.mac),
            lambda stmt: stmt.where(ops.seq > after).order_by(ops.seq).limit(limit),
        )
    except DBAPIError as exc:
        if classify(exc) is not Fault.BUG:
            raise
        if limit > 1:
            return _entries_after(session, after, 1)
        seq = session.scalar(select(func.min(JournalOp.seq)).where(JournalOp.seq > after))
        return [(seq, None, None, b"")]


def _judge_images(session: Session, tag: Callable[[bytes], bytes], after: int, until: int) -> tuple[int, int]:
    """How many images these entries have, and how many entries have others than were journalled.

    Having none is allowed: they were removed.
    """
    image, op = JournalImage.__table__.c, JournalOp.__table__.c
    try:
        found = _lines(
            session,
            _IMAGE,
            (image.op_id, op.images_mac),
            lambda stmt: (
                stmt.join(JournalOp, op.id == image.op_id)
                .where(op.seq > after, op.seq <= until)
                .order_by(op.seq, image.ordinal)
            ),
        )
    except DBAPIError as exc:
        if classify(exc) is not Fault.BUG:
            raise
        if until - after > 1:
            each = [_judge_images(session, tag, n, n + 1) for n in range(after, until)]
            return sum(seen for seen, _bad in each), sum(bad for _seen, bad in each)
        hanging = select(func.count()).select_from(JournalImage).join(JournalOp, op.id == image.op_id)
        return session.scalar(hanging.where(op.seq == until)) or 0, 1
    bad = 0
    for (op_id, own), rows in groupby(found, itemgetter(0, 1)):
        bad += own != tag(_images_body(op_id, [row[2] for row in rows]))
    return len(found), bad
