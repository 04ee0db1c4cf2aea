"""Tables of monthly returns: what was built, and the rows behind each number."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from centerdesk.kernel.orm import Base, Tracked, mapped_column


class ReturnEdition(Tracked, Base):
    """报表版本. One built edition of one return and month. `state`: 编制 完成; a finished one never changes.

    `figures` is the snapshot of every number with n and d; `sha256` covers it and the row ids.
    """

    __tablename__ = "return_edition"
    code: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(7))
    edition: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="编制")
    definition: Mapped[str] = mapped_column(String(12))
    as_of: Mapped[datetime] = mapped_column()
    built_by: Mapped[UUID | None] = mapped_column()
    signed_by: Mapped[UUID | None] = mapped_column()
    figures: Mapped[Any] = mapped_column(JSON)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (UniqueConstraint("code", "period", "edition"),)


class FigureRows(Base):
    """明细. The ids of the records behind one number of an edition: 16 bytes each, in the order shown."""

    __tablename__ = "figure_rows"
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("return_edition.id"), primary_key=True)
    figure: Mapped[str] = mapped_column(String(60), primary_key=True)
    row_ids: Mapped[bytes] = mapped_column(LargeBinary)
