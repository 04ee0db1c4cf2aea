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
from itertools import groupby
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Index,
    LargeBinary,
    String,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import NullType

from centerdesk.kernel.dialect import append_only, tell_others
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


append_only(JournalOp.__table__)


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


_SEALED = tuple(c for c in JournalOp.__table__.columns if c.key != "mac")
"""What the tag of an entry covers; the tag before it is the last."""


def _bytes(value: Any) -> bytes | None:
    return value.bytes if isinstance(value, UUID) else value


def _instant(value: Any) -> str:
    """As SQLite stores an instant."""
    return value if isinstance(value, str) else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


@lru_cache(maxsize=4096)
def _again(stored: str) -> str:
    return dumps(json.loads(stored))


def _sorted_json(value: Any) -> str:
    return _again(value) if isinstance(value, str) else dumps(value)


def _same(value: Any) -> Any:
    return value


_FORMS: dict[type[Any], Callable[[Any], Any]] = {
    Guid: _bytes, LargeBinary: _bytes, UtcDateTime: _instant, Boolean: int,
}  # fmt: skip
_PLAIN = tuple(_FORMS.get(type(c.type), _same) for c in _SEALED)


def _plain_values(values: Iterable[Any]) -> list[Any]:
    """Values of an entry as SQLite stores them, whichever database or object they come from."""
    return [form(value) for form, value in zip(_PLAIN, values, strict=True)]


def _entry_mac(key: bytes, plain: Iterable[Any]) -> bytes:
    """HMAC-SHA256 over the canonical entry; the last of its plain values is the tag before it.

    Written out by hand: a million entries are walked in ten seconds. Raises TypeError or its like for values
    of a kind that is never stored.
    """
    (seq, id_, at, station, desk, actor_id, actor, roles, second_id, action, label, object_type, object_id,
     reason, fields, counts, undoable, undoes, idem_key, result, images, prev) = plain  # fmt: skip
    word, nobody = encode_basestring, ""
    body = (
        f"[{seq:d},{id_.hex()},{word(at)},{word(station)},{word(desk)},{actor_id.hex() if actor_id else nobody},"
        f"{word(actor)},{word(roles)},{second_id.hex() if second_id else nobody},{word(action)},{word(label)},"
        f"{word(object_type) if object_type is not None else nobody},{object_id.hex() if object_id else nobody},"
        f"{word(reason)},{_sorted_json(fields)},{_sorted_json(counts)},{undoable:d},"
        f"{undoes.hex() if undoes else nobody},"
        f"{idem_key.hex() if idem_key else nobody},{word(result) if result is not None else nobody},"
        f"{images.hex()},{prev.hex()}]"
    )
    return hmac.digest(key, body.encode(), "sha256")


ImageRow = tuple[int, str, UUID, int | None, str | None, str | None]
"""Ordinal, table, row id, version, before, after: as stored, and as the tag covers them."""


def _images_mac(key: bytes, op_id: bytes, images: Iterable[Sequence[Any]]) -> bytes:
    """Binds the images to their entry, so that an edited history is found; a deleted one is allowed."""
    lines = [op_id.hex()]
    for ordinal, table, row_id, version, before, after in images:
        words = [encode_basestring(text) if text is not None else "" for text in (before, after)]
        known = "" if version is None else f"{version:d}"
        lines.append(
            f"[{ordinal:d},{encode_basestring(table)},{(_bytes(row_id) or b'').hex()},{known},{words[0]},{words[1]}]"
        )
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
    entry.images_mac = _images_mac(key, entry.id.bytes, rows)
    entry.mac = _entry_mac(key, _plain_values(getattr(entry, c.key) for c in _SEALED))
    session.add(entry)
    if rows:
        names = ("ordinal", "table", "row_id", "version", "before", "after")
        session.execute(
            insert(JournalImage),
            [{"op_id": entry.id, **dict(zip(names, row, strict=True))} for row in rows],
        )
    tell_others(session, entry.seq)


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
    ops = JournalOp.__table__
    prev, count, bad = GENESIS, 0, 0
    stmt = select(*_raw([*_SEALED, ops.c.mac])).order_by(ops.c.seq).limit(_CHUNK)
    first = session.scalar(select(func.min(JournalOp.seq)))
    if first is not None and first != 1:
        return ChainReport(0, first, 0, GENESIS)
    while rows := session.execute(stmt.where(ops.c.seq > count)).all():
        begun = count
        for row in rows:
            count += 1
            if row[0] != count or row[-2] != prev or not _holds(key, row):
                return ChainReport(count, row[0], bad, prev)
            prev = row[-1]
        if images:
            bad += _bad_images(session, key, begun, count)
    if images:
        bad += _strays(session)
    return ChainReport(count, None, bad, prev)


def _strays(session: Session) -> int:
    """Images that hang on no entry: moved there to hide what an act had changed."""
    known = select(JournalOp.id).where(JournalOp.id == JournalImage.op_id).exists()
    return session.scalar(select(func.count()).select_from(JournalImage).where(~known)) or 0


def _holds(key: bytes, row: Sequence[Any]) -> bool:
    """Whether the entry makes its tag; values of a kind that no program of ours writes make none."""
    try:
        values = row[:-1] if isinstance(row[1], bytes) else _plain_values(row[:-1])
        return bool(_entry_mac(key, values) == row[-1])
    except (TypeError, ValueError, AttributeError):
        return False


def _bad_images(session: Session, key: bytes, after: int, until: int) -> int:
    """How many of these entries have images that are not what was journalled; removed ones are allowed."""
    image, op = JournalImage.__table__.c, JournalOp.__table__.c
    names = ("ordinal", "table", "row_id", "version", "before", "after")
    stmt = (
        select(*_raw([image.op_id, op.images_mac, *(image[name] for name in names)]))
        .join(JournalOp, op.id == image.op_id)
        .where(op.seq > after, op.seq <= until)
        .order_by(op.seq, image.ordinal)
    )
    bad = 0
    for (op_id, tag), rows in groupby(session.execute(stmt), itemgetter(0, 1)):
        try:
            bad += tag != _images_mac(key, _bytes(op_id) or b"", [row[2:] for row in rows])
        except (TypeError, ValueError, AttributeError):
            bad += 1
    return bad
