"""Base classes and column types of every table. Nothing here opens a database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import UUID, SafeUUID

import uuid_utils
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
)
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from centerdesk.kernel.dialect import id_type, native_ids

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def uuid7() -> UUID:
    """A new key: time-ordered, made by the client, so that desks and stations can create rows apart."""
    return _next_key()


_blank: Any = UUID.__new__
_set_number, _set_safety = vars(UUID)["int"].__set__, vars(UUID)["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown


def _key_of(number: int) -> UUID:
    """`UUID(int=number)` without its checks: keys are a fifth of what building a return costs."""
    made: UUID = _blank(UUID)
    _set_number(made, number)
    _set_safety(made, _UNKNOWN)
    return made


def _new_key() -> UUID:
    return _key_of(uuid_utils.uuid7().int)


_next_key: Callable[[], UUID] = _new_key


@contextmanager
def repeatable_keys(seed: str, start: datetime) -> Iterator[None]:
    """Inside, uuid7() gives the same keys in the same order for one seed and start: what is made twice is equal.

    For the demo station only: two stations made so share their keys. One thread. Keys sort by their making.
    """
    global _next_key
    low = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big") >> 2
    milliseconds = int(start.timestamp() * 1000)
    count = 0

    def next_key() -> UUID:
        nonlocal count
        tick, rest = divmod(count, 1 << 12)  # the twelve bits after the version count within a millisecond
        count += 1
        return UUID(int=(milliseconds + tick) << 80 | 0x7 << 76 | rest << 64 | 0b10 << 62 | low)

    usual, _next_key = _next_key, next_key
    try:
        yield
    finally:
        _next_key = usual


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC in the database and from it, whichever it is. Naive input raises TypeError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise TypeError("naive datetime reached the database")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id_of(raw: bytes | None) -> UUID | None:
    return None if raw is None else _key_of(int.from_bytes(raw, "big"))


class Guid(TypeDecorator[UUID]):
    """A UUID, in the database's own type where it has one, else as 16 bytes; both sort in time order."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(id_type(dialect))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if native_ids(dialect):
            return None
        return lambda value: None if value is None else value.int.to_bytes(16, "big")

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:  # noqa: ARG002
        return None if native_ids(dialect) else _id_of

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value if value is None or native_ids(dialect) else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ARG002
        return UUID(bytes=value) if isinstance(value, bytes) else value


_KINDS: dict[str, TypeEngine[Any]] = {
    "str": String(), "int": Integer(), "bool": Boolean(), "float": Double(), "bytes": LargeBinary(),
    "date": Date(), "time": Time(), "datetime": UtcDateTime(), "UUID": Guid(),
}  # fmt: skip
"""The column type behind an annotation, by its text."""


class _Declared(NamedTuple):
    """A column as a class declares it: a mixin's is made anew for each table."""

    items: tuple[Any, ...]
    options: dict[str, Any]

    def column(self, name: str, annotation: str) -> Column[Any]:
        """Raises KeyError for an annotation that stands for no type."""
        kind = annotation.removeprefix("Mapped[").removesuffix("]")
        named = bool(self.items) and not isinstance(self.items[0], SchemaItem)
        empty = kind.endswith(" | None")
        items = self.items if named else (_KINDS[kind.removesuffix(" | None")], *self.items)
        return Column(name, *items, nullable=empty, **self.options)


def mapped_column(*items: Any, **options: Any) -> Any:
    """SQLAlchemy's function of this name, for what our tables use of it: the arguments of a `Column`.

    Type and NULL come from `Mapped[…]` beside it, where no type is given.
    """
    return _Declared(items, options)


class Base(DeclarativeBase):
    """Common metadata: every constraint has a name, because Alembic's batch mode needs one.

    A table is read off its class here: SQLAlchemy's own reading evaluates each annotation and copies a mixin's
    columns several times, a third of what 33 classes cost a start (ADR 13).
    """

    metadata = MetaData(naming_convention=NAMES)

    def __init_subclass__(cls, **_: Any) -> None:
        declared = [*_declared(cls)]
        for column in declared:
            delattr(cls, column.name)
        options: dict[str, Any] = {}
        if issubclass(cls, Tracked):
            first, version, *rest = _declared(Tracked)
            declared, options = [first, *declared, version, *rest], {"version_id_col": version}
        table = Table(cls.__tablename__, cls.metadata, *declared, *getattr(cls, "__table_args__", ()))
        cls.registry.map_imperatively(cls, table, **options)


def _declared(owner: type) -> Iterator[Column[Any]]:
    """New columns for what the class itself declares, in its order."""
    return (
        made.column(name, owner.__annotations__[name])
        for name, made in vars(owner).items()
        if isinstance(made, _Declared)
    )


class Tracked:
    """Mixin: stable id made by the client, optimistic-lock counter, UTC stamps; each flush is journalled.

    The stamps are written by the unit of work from its clock. `batch_id` names the bulk operation that made
    the row (None for rows made one by one): withdrawing a batch is deleting by it. A class that sets
    `search_kind` has a `search_text` and a `sort_key` column, which the unit of work keeps in the search index.
    """

    if TYPE_CHECKING:
        __tablename__: str

    search_kind: ClassVar[str | None] = None

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column()
    batch_id: Mapped[UUID | None] = mapped_column(default=None)


def batch_index(table: str) -> Index:
    """The partial index that makes withdrawing a batch quick; a class adds it to its `__table_args__`."""
    return Index(f"ix_{table}_batch_id", "batch_id")


STAMPS = frozenset({"version", "created_at", "updated_at"})
"""Columns that are not part of a record's content: left out of journal images."""
