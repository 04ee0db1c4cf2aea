"""What the rest of the program may ask of staff: signing in, names, roles, who stands in for whom."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands import FOUND, FoundAccount, create_account
from centerdesk.features.staff.commands_sign_in import (
    SIGN_IN,
    CountLockAnew,
    RecordSignIn,
    must_wait,
    name_guard,
    was_restarted,
)
from centerdesk.features.staff.models import Account, AccountRole
from centerdesk.features.staff.queries import (
    AccountRow,
    account_names,
    deputies,
    deputies_on,
    holders,
    list_accounts,
)
from centerdesk.features.staff.rules import ROLES, password_problem
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.identity import Actor, Reach, system_actor
from centerdesk.kernel.paths import resource

__all__ = [
    "FOUND",
    "ROLES",
    "AccountRow",
    "FoundAccount",
    "SignInRefused",
    "account_names",
    "actor_for",
    "create_account",
    "deputies",
    "deputies_on",
    "holders",
    "identify",
    "list_accounts",
    "must_change_password",
    "password_problem",
    "role_grants",
    "sign_in",
]


class SignInRefused(UserError):
    """Name or password is wrong, or the name must wait. The same words for an unknown name (G35)."""

    def __init__(self, wait: timedelta | None = None) -> None:
        super().__init__()
        self.wait = wait

    def __str__(self) -> str:
        if self.wait is None:
            return "账号或密码不对。看看大写锁定开着没有，再输一遍。"
        seconds = max(1, int(self.wait.total_seconds()))
        if self.wait >= timedelta(days=1):
            return "今天输错太多次了，这个账号明天再试。急用请管理员重设密码。"
        return (
            f"输错太多次，先歇 {seconds // 60} 分 {seconds % 60} 秒再输。忘了密码请管理员重设，数据不会丢。"
        )


@lru_cache(maxsize=1)
def _seed() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resource("seed", "roles.toml").read_text("utf-8"))


def role_grants(roles: Iterable[str]) -> dict[str, Reach]:
    """What these roles may do: the furthest reach of each permission. Unknown roles give nothing."""
    grants: dict[str, Reach] = {}
    for role in roles:
        for permission, reach in _seed().get(role, {}).items():
            if permission != "title":
                grants[permission] = max(grants.get(permission, Reach.NONE), Reach[reach.upper()])
    return grants


def actor_for(session: Session, account_id: UUID, scope: frozenset[UUID], desk: str = "") -> Actor:
    """The account as the command bus sees it today. Raises SignInRefused when it is gone or switched off."""
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise SignInRefused()
    roles = tuple(
        sorted(session.scalars(select(AccountRole.role).where(AccountRole.account_id == account_id)))
    )
    return Actor(account.id, account.login, account.name, roles, role_grants(roles), scope, desk)


def sign_in(
    read: sessionmaker[Session],
    bus: CommandBus,
    login: str,
    password: str,
    scope_of: Callable[[Session, UUID], frozenset[UUID]],
) -> Actor:
    """Check a password and book the try. Blocking, about 0.1 s; never on the GUI thread.

    `scope_of` answers which grids the account is responsible for today. Raises SignInRefused.
    """
    folded = unicodedata.normalize("NFKC", login).strip()
    site = bus.site
    key = name_guard(site.ring.cipher, folded)
    system = system_actor([SIGN_IN], site.desk)
    with read() as session:
        again = was_restarted(session, site, key)
        wait = must_wait(session, site, key)
        account = session.scalar(select(Account).where(Account.login == folded))
    if again:
        bus.run(CountLockAnew(key), actor=system)
    if wait is not None:
        raise SignInRefused(wait)
    usable = account is not None and account.active
    right = (
        passwords.verify_password(account.password_hash, password)
        if account is not None and usable
        else passwords.pretend(password)
    )
    fresh = passwords.renewed(account.password_hash, password) if right and account is not None else None
    booked = bus.run(
        RecordSignIn(key, account.id if account is not None else None, right, fresh), actor=system
    ).value
    with read() as session:
        if not (right and booked) or account is None:
            raise SignInRefused(must_wait(session, site, key))
        return actor_for(session, account.id, scope_of(session, account.id), site.desk)


def identify(session: Session, login: str, password: str) -> Actor:
    """Check a password against a database that cannot be written (a backup). Raises SignInRefused."""
    folded = unicodedata.normalize("NFKC", login).strip()
    account = session.scalar(select(Account).where(Account.login == folded, Account.active))
    if account is None:
        passwords.pretend(password)
        raise SignInRefused()
    if not passwords.verify_password(account.password_hash, password):
        raise SignInRefused()
    return actor_for(session, account.id, frozenset())


def must_change_password(session: Session, account_id: UUID) -> bool:
    """Whether the desk asks for a new password before anything else."""
    return bool(session.scalar(select(Account.must_change).where(Account.id == account_id)))
