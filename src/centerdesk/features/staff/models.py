"""Tables of accounts, rights and sign-in."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from centerdesk.kernel.orm import Base, Tracked, mapped_column


class Account(Tracked, Base):
    """账号. One person who signs in. Leaving is a status, not a delete."""

    __tablename__ = "account"
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    last_sign_in_at: Mapped[datetime | None] = mapped_column()


class AccountRole(Tracked, Base):
    """身份. A role an account holds (RELIABILITY 3.5): front_desk, grid_worker, secretary, administrator."""

    __tablename__ = "account_role"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(20))
    __table_args__ = (UniqueConstraint("account_id", "role"),)


class SignInGuard(Base):
    """输错计数. Wrong passwords of one login name or at one desk, under a digest of either; RELIABILITY G35.

    `ticks`: the steady clock of `desk` when it was written, seconds.
    """

    __tablename__ = "sign_in_guard"
    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column()
    day: Mapped[date] = mapped_column()
    tries_today: Mapped[int] = mapped_column(default=0)
    high_water: Mapped[datetime] = mapped_column()
    desk: Mapped[str] = mapped_column(String(80), default="")
    ticks: Mapped[float | None] = mapped_column()


class Leave(Tracked, Base):
    """请假. Days an account is away, both inclusive, and who stands in (AB 顶岗)."""

    __tablename__ = "leave"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date] = mapped_column()
    __table_args__ = (Index(None, "account_id", "last_on"),)
