"""Tables of people: households, residents, their numbers, tags and contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from centerdesk.kernel.orm import Base, Tracked, batch_index, mapped_column


class Household(Tracked, Base):
    """户. The people who live behind one door together; at most one head (户主) among the present ones."""

    __tablename__ = "household"
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwelling.id"))
    head_id: Mapped[UUID | None] = (
        mapped_column()
    )  # a resident; no constraint: the two tables point at each other
    verified_on: Mapped[date | None] = mapped_column()
    verified_by: Mapped[UUID | None] = mapped_column()
    __table_args__ = (Index(None, "dwelling_id"), batch_index("household"))


_COUNTED = Index(
    "ix_resident_counted", "birth_on", "status", "residence", "verified_on", "move_in_on", "household_id", "id",
)  # fmt: skip
"""What counts and orders of the ledger ask of a person: they read a tenth of the pages. `birth_on` stands first,
so that a question for one status does not go through it person by person."""


class Resident(Tracked, Base):
    """居民. One person known to the center; leaving is a status, not a delete.

    The ID number is sealed per field; `id_digest` is a keyed HMAC for exact search and duplicates, `id_mask`
    what lists show (6+4). `status`: 在册 迁出 死亡 回收站. `residence`: 常住 人户分离 流动 空挂户.
    """

    __tablename__ = "resident"
    search_kind: ClassVar[str | None] = "resident"
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"))
    name: Mapped[str] = mapped_column(String(60))
    sort_key: Mapped[str] = mapped_column(String(160))  # pinyin with surname readings, kernel/chinese.py
    search_text: Mapped[str] = mapped_column(String(2000))
    id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    id_mask: Mapped[str] = mapped_column(String(18), default="")
    birth_on: Mapped[date | None] = mapped_column()
    sex: Mapped[int] = mapped_column(default=0)  # GB/T 2261.1
    ethnic: Mapped[str] = mapped_column(String(20), default="")
    political: Mapped[str] = mapped_column(String(20), default="")
    residence: Mapped[str] = mapped_column(String(10), default="常住")
    relation: Mapped[str] = mapped_column(String(20), default="")
    relation_code: Mapped[str] = mapped_column(String(2), default="")  # GB/T 4761
    phone_mask: Mapped[str] = mapped_column(String(40), default="")  # of the first number
    move_in_on: Mapped[date | None] = mapped_column()
    remark: Mapped[str] = mapped_column(String(500), default="")
    tags_free: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default="在册")
    status_before: Mapped[str] = mapped_column(String(10), default="")  # what 从回收站找回 brings back
    left_on: Mapped[date | None] = mapped_column()
    verified_on: Mapped[date | None] = mapped_column()
    deleted_at: Mapped[datetime | None] = mapped_column()
    merged_into: Mapped[UUID | None] = mapped_column()  # the record that took this one over
    __table_args__ = (
        Index(None, "sort_key", "id"),
        Index(None, "household_id", "status"),
        Index("uq_resident_id_digest", "id_digest", unique=True),
        _COUNTED,
        batch_index("resident"),
    )


class ResidentPhone(Tracked, Base):
    """电话. One number of a resident, in the order they are to be tried (`ordinal` from 0)."""

    __tablename__ = "resident_phone"
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"))
    ordinal: Mapped[int] = mapped_column()
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    mask: Mapped[str] = mapped_column(String(30))
    __table_args__ = (UniqueConstraint("resident_id", "ordinal"), batch_index("resident_phone"))


class ResidentTag(Tracked, Base):
    """标签. A special-group tag with its days, both inclusive; `first_on` None = since before anybody wrote it down.

    Age tags are derived from the birth date, never stored.
    """

    __tablename__ = "resident_tag"
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"))
    tag: Mapped[str] = mapped_column(String(20))
    first_on: Mapped[date | None] = mapped_column()
    last_on: Mapped[date | None] = mapped_column()
    evidence: Mapped[str] = mapped_column(String(100), default="")
    __table_args__ = (
        Index(None, "tag", "resident_id"),
        Index(None, "resident_id"),
        batch_index("resident_tag"),
    )


class Contact(Tracked, Base):
    """联系人. Whom to call for an elder, in calling order; the care card prints from here."""

    __tablename__ = "contact"
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"))
    ordinal: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[str] = mapped_column(String(20), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_mask: Mapped[str] = mapped_column(String(30), default="")
    has_key: Mapped[bool] = mapped_column(default=False)
    minutes_away: Mapped[int | None] = mapped_column()
    __table_args__ = (UniqueConstraint("resident_id", "ordinal"),)


class Proposal(Tracked, Base):
    """提议. Something one person asks for and another with the right decides (RELIABILITY 3.5).

    `kind`: remove merge enrol pause withdraw. `state`: open accepted declined. `payload` holds ids, days and
    codes only (`kernel.canonical.dumps`); `word` and `answer` are words of a list. No personal value stands here.
    """

    __tablename__ = "proposal"
    kind: Mapped[str] = mapped_column(String(12))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"))
    target_id: Mapped[UUID] = mapped_column()  # what is acted on: the resident, or one of its registrations
    payload: Mapped[str] = mapped_column(String(2000), default="{}")
    word: Mapped[str] = mapped_column(String(20))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[UUID | None] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column()
    answer: Mapped[str] = mapped_column(String(20), default="")
    __table_args__ = (Index(None, "state", "proposed_at"), Index(None, "target_id"))


class CareFact(Tracked, Base):
    """照护要点. What whoever knocks must know: key place, illness, hearing, pets, dialect. Sensitive (PIPL 28)."""

    __tablename__ = "care_fact"
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"), unique=True)
    key_place: Mapped[str] = mapped_column(String(60), default="")
    illness: Mapped[str] = mapped_column(String(100), default="")
    hearing: Mapped[str] = mapped_column(String(60), default="")
    pets: Mapped[str] = mapped_column(String(60), default="")
    dialect: Mapped[str] = mapped_column(String(40), default="")
