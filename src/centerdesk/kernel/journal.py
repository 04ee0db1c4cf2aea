"""The journal: who did what, when and why, in the transaction of the act itself (RELIABILITY 3.6).

`journal_op` is evidence: append-only, chained by HMAC, without a personal value. `journal_image` is history:
rows before and after, encrypted with the database, deletable under PIPL without breaking the chain.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Index,
    Integer,
    LargeBinary,
    String,
    event,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import NullType

from centerdesk.kernel.orm import Base, Guid, UtcDateTime

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
    fields: Mapped[Any] = mapped_column(JSON)
    counts: Mapped[Any] = mapped_column(JSON)
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


APPEND_ONLY = tuple(
    f"CREATE TRIGGER journal_op_no_{verb.lower()} BEFORE {verb} ON journal_op "
    f"BEGIN SELECT RAISE(ABORT, 'journal_op is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
for _ddl in APPEND_ONLY:
    event.listen(
        JournalOp.__table__,
        "after_create",
        DDL(_ddl).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]  # as SQLAlchemy ships it
    )


@dataclass(frozen=True, slots=True)
class Image:
    """One row's content before and after; `version` is the counter after the operation (None if removed)."""

    table: str
    row_id: UUID
    version: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


_TAGS: dict[type, tuple[str, Any]] = {
    UUID: ("u", lambda v: v.hex),
    datetime: ("t", lambda v: v.isoformat()),
    date: ("d", lambda v: v.isoformat()),
    time: ("h", lambda v: v.isoformat()),
    bytes: ("b", lambda v: base64.b64encode(v).decode("ascii")),
    Decimal: ("n", str),
}
_REVIVE: dict[str, Any] = {
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
    "b": base64.b64decode,
    "n": Decimal,
}


def _plain(value: Any) -> Any:
    tag = _TAGS.get(type(value))
    if tag is not None:
        return {f"${tag[0]}": tag[1](value)}
    raise TypeError(f"{type(value).__name__} cannot be journalled")


def _revive(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        ((key, inner),) = value.items()
        if len(key) == 2 and key[0] == "$" and key[1] in _REVIVE:
            return _REVIVE[key[1]](inner)
    return value


def dumps(value: Any) -> str:
    """Canonical JSON (sorted keys, no spaces) of plain values, ids, dates, instants, bytes. Raises TypeError."""
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Any:
    """What `dumps` wrote, with its types."""
    return json.loads(text, object_hook=_revive)


_SEALED = tuple(c for c in JournalOp.__table__.columns if c.key not in ("mac", "prev"))
"""What the tag of an entry covers, besides the tag before it."""


def _hex(value: Any) -> str:
    """An id or bytes, typed or as the driver gives them."""
    if value is None:
        return "null"
    return f'"{(value.bytes if isinstance(value, UUID) else value).hex()}"'


def _word(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _instant(value: Any) -> str:
    """SQLite keeps an instant as this very text; elsewhere it comes typed."""
    return value if isinstance(value, str) else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


@lru_cache(maxsize=4096)
def _again(stored: str) -> str:
    return dumps(json.loads(stored))


def _plainly(value: Any) -> str:
    return _again(value) if isinstance(value, str) else dumps(value)


_FORMS: dict[type[Any], Callable[[Any], str]] = {
    Guid: _hex, LargeBinary: _hex, UtcDateTime: _instant, JSON: _plainly, String: _word, Boolean: lambda v: str(int(v)),
    Integer: str,
}  # fmt: skip
_WRITERS = tuple((c.key, _FORMS[type(c.type)]) for c in _SEALED)


def entry_mac(key: bytes, values: Sequence[Any], prev: bytes) -> bytes:
    """HMAC-SHA256 over an entry's values, in the order of its columns, and the tag before it.

    Typed values and those the driver gives without conversion make the same tag: a walk over a million entries
    has no time to build objects.
    """
    body = ",".join([form(value) for (_name, form), value in zip(_WRITERS, values, strict=True)])
    return hmac.digest(key, f"[{body}]".encode() + prev, "sha256")


ImageRow = tuple[int, str, UUID, int | None, str | None, str | None]
"""Ordinal, table, row id, version, before, after: as stored, and as the tag covers them."""


def images_mac(key: bytes, op_id: Any, images: Iterable[Sequence[Any]]) -> bytes:
    """Binds the images to their entry, so that an edited history is found; a deleted one is allowed."""
    lines = [_hex(op_id)]
    for ordinal, table, row_id, version, before, after in images:
        known = "null" if version is None else str(version)
        lines.append(f"[{ordinal},{_word(table)},{_hex(row_id)},{known},{_word(before)},{_word(after)}]")
    return hmac.digest(key, "\n".join(lines).encode(), "sha256")


def head(session: Session) -> tuple[int, bytes]:
    """Number and tag of the last entry; (0, GENESIS) for a new station."""
    row = session.execute(
        select(JournalOp.seq, JournalOp.mac).order_by(JournalOp.seq.desc()).limit(1)
    ).one_or_none()
    return (row.seq, row.mac) if row else (0, GENESIS)


def append(session: Session, key: bytes, entry: JournalOp, images: Iterable[Image]) -> None:
    """Number the entry, chain it and add it with its images to the open transaction."""
    seq, entry.prev = head(session)
    entry.seq = seq + 1
    rows: list[ImageRow] = [
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
    entry.images_mac = images_mac(key, entry.id, rows)
    entry.mac = entry_mac(key, [getattr(entry, name) for name, _form in _WRITERS], entry.prev)
    session.add(entry)
    if rows:
        names = ("ordinal", "table", "row_id", "version", "before", "after")
        session.execute(
            insert(JournalImage),
            [{"op_id": entry.id, **dict(zip(names, row, strict=True))} for row in rows],
        )


@dataclass(frozen=True, slots=True)
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


def _raw(columns: Iterable[Any]) -> list[Any]:
    """Columns as the driver gives them."""
    return [type_coerce(column, NullType()) for column in columns]


def verify_chain(session: Session, key: bytes, *, images: bool = True) -> ChainReport:
    """Recompute every tag. Finds a changed, deleted, inserted or reordered entry and an edited image.

    A cut tail and an older file are chains that hold: only anchors kept elsewhere find those (`anchors`).
    """
    table = JournalOp.__table__
    prev, count, bad = GENESIS, 0, 0
    stmt = select(*_raw([table.c.prev, table.c.mac, *_SEALED])).order_by(table.c.seq).limit(_CHUNK)
    numbers, ids = _SEALED.index(table.c.seq), _SEALED.index(table.c.id)
    first = session.scalar(select(func.min(JournalOp.seq)))
    if first is not None and first != 1:
        return ChainReport(0, first, 0, GENESIS)
    while rows := session.execute(stmt.where(table.c.seq > count)).all():
        tags: dict[Any, bytes] = {}
        for link, mac, *values in rows:
            count += 1
            if values[numbers] != count or link != prev or not _holds(mac, entry_mac, key, values, prev):
                return ChainReport(count, values[numbers], bad, prev)
            prev = mac
            tags[values[ids]] = values[_IMAGES]
        if images:
            bad += _bad_images(session, key, tags)
    return ChainReport(count, None, bad, prev)


_IMAGES = _SEALED.index(JournalOp.__table__.c.images_mac)


def _bad_images(session: Session, key: bytes, tags: Mapping[Any, bytes]) -> int:
    """How many of these entries have images that are not what was journalled; removed ones are allowed."""
    table = JournalImage.__table__
    names = ("op_id", "ordinal", "table", "row_id", "version", "before", "after")
    found: dict[Any, list[Sequence[Any]]] = {}
    stmt = select(*_raw(table.c[name] for name in names)).order_by(table.c.op_id, table.c.ordinal)
    for op_id, *row in session.execute(stmt.where(type_coerce(table.c.op_id, NullType()).in_(list(tags)))):
        found.setdefault(op_id, []).append(row)
    return sum(1 for op_id, rows in found.items() if not _holds(tags[op_id], images_mac, key, op_id, rows))


def _holds(tag: bytes, make: Callable[..., bytes], *values: Any) -> bool:
    """Whether `make` gives this tag; values of a kind that no program of ours writes give none."""
    try:
        return tag == make(*values)
    except (TypeError, ValueError, AttributeError):
        return False
