"""Reading accounts, roles, leaves and sign-in guards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.staff.models import Account, AccountRole, Leave, SignInGuard
from centerdesk.features.staff.rules import Guard, Ticks, stand_ins
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.record import record

AT_WORK = ("front_desk", "grid_worker", "secretary")
"""Roles that look after residents; whoever holds none of them can take nothing over."""


@record
class AccountRow:
    """An account as lists show it."""

    id: UUID
    version: int
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool
    must_change: bool
    last_sign_in_at: datetime | None


def list_accounts(session: Session, *, active_only: bool = True) -> tuple[AccountRow, ...]:
    """All accounts in the order of their names."""
    own, held = Account.__table__.c, AccountRole.__table__.c
    roles: dict[UUID, list[str]] = {}
    for account_id, role in session.execute(select(held.account_id, held.role)):
        roles.setdefault(account_id, []).append(role)
    stmt: Any = select(
        own.id, own.version, own.login, own.name, own.active, own.must_change, own.last_sign_in_at
    ).order_by(own.name_key, own.id)
    if active_only:
        stmt = stmt.where(own.active)
    return tuple(
        AccountRow(
            a.id,
            a.version,
            a.login,
            a.name,
            tuple(sorted(roles.get(a.id, ()))),
            a.active,
            a.must_change,
            a.last_sign_in_at,
        )
        for a in session.execute(stmt)
    )


def manage_accounts(session: Session, actor: Actor) -> tuple[AccountRow, ...]:
    """The accounts page: everybody, for those who manage or approve."""
    if not actor.may("staff.manage"):
        actor.require("staff.approve")
    return list_accounts(session, active_only=False)


def account_names(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by account id; ids that are no account are left out."""
    if not ids:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


def holders(session: Session, role: str) -> tuple[UUID, ...]:
    """Active accounts that hold `role`, oldest first."""
    stmt = (
        select(Account.id)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == role, Account.active)
        .order_by(Account.id)
    )
    return tuple(session.scalars(stmt))


def deputies(session: Session, day: date) -> dict[UUID, UUID]:
    """Who is not here on `day`, and who stands in (AB 顶岗).

    Accounts that are switched off, or hold no role any more that works with residents, are never here.
    """
    return deputies_on(session, (day,))[day]


def deputies_on(session: Session, days: Collection[date]) -> dict[date, dict[UUID, UUID]]:
    """The same for several days. Of two leaves of one account the one booked last counts."""
    leaves = session.execute(
        select(Leave.account_id, Leave.deputy_id, Leave.first_on, Leave.last_on)
        .where(Leave.first_on <= max(days), Leave.last_on >= min(days))
        .order_by(Leave.created_at, Leave.id)
    ).all()
    works = select(AccountRole.account_id).where(AccountRole.role.in_(AT_WORK))
    left = tuple(session.scalars(select(Account.id).where(or_(~Account.active, Account.id.not_in(works)))))
    secretaries = holders(session, "secretary")
    return {
        day: stand_ins(
            {x.account_id: x.deputy_id for x in leaves if x.first_on <= day <= x.last_on}, left, secretaries
        )
        for day in days
    }


@record
class LeaveRow:
    """请假, both days inclusive, and who stands in."""

    account_id: UUID
    deputy_id: UUID
    first_on: date
    last_on: date


def leaves_from(session: Session, day: date) -> tuple[LeaveRow, ...]:
    """Leaves that are on at `day` or come later, the nearest first."""
    stmt = select(Leave).where(Leave.last_on >= day).order_by(Leave.first_on, Leave.id)
    return tuple(
        LeaveRow(row.account_id, row.deputy_id, row.first_on, row.last_on) for row in session.scalars(stmt)
    )


def signed_in_here(session: Session, desk: str) -> tuple[UUID, ...]:
    """Accounts that ever signed in at this desk, newest first."""
    op = JournalOp.__table__.c
    stmt = (
        select(op.object_id)
        .where(op.action == "RecordSignIn", op.desk == desk, op.reason == "登录", op.object_id.is_not(None))
        .group_by(op.object_id)
        .order_by(func.max(op.seq).desc())
    )
    return tuple(key for key in session.scalars(stmt) if key is not None)


def guard_of(session: Session, key: str) -> Guard | None:
    """The wrong-password count kept under `key`."""
    own = SignInGuard.__table__.c
    row = session.execute(select(SignInGuard.__table__).where(own.login == key)).one_or_none()
    if row is None:
        return None
    ticks = Ticks(row.desk, row.ticks) if row.ticks is not None else None
    return Guard(row.failures, row.locked_until, row.day, row.tries_today, row.high_water, ticks)
