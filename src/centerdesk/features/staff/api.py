"""What the rest of the program may ask of staff: signing in, names, roles, who stands in for whom.

Commands load with the first of them that is asked for: a start signs in, and founds no account.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands_sign_in import (
    SIGN_IN,
    CountLockAnew,
    RecordSignIn,
    SignInRefused,
    must_wait,
    name_guard,
    was_restarted,
)
from centerdesk.features.staff.models import Account, AccountRole
from centerdesk.features.staff.queries import (
    AccountRow,
    LeaveRow,
    account_names,
    deputies,
    deputies_on,
    holders,
    leaves_from,
    list_accounts,
    signed_in_here,
)
from centerdesk.features.staff.rules import ROLES, password_problem
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.identity import Actor, Reach, system_actor
from centerdesk.kernel.paths import resource

if TYPE_CHECKING:
    from centerdesk.features.staff.commands import FOUND, FoundAccount, create_account

__all__ = [
    "FOUND",
    "ROLES",
    "AccountRow",
    "FoundAccount",
    "LeaveRow",
    "SignInRefused",
    "account_names",
    "actor_for",
    "change_password",
    "create_account",
    "deputies",
    "deputies_on",
    "holders",
    "identify",
    "leaves_from",
    "list_accounts",
    "must_change_password",
    "password_problem",
    "role_grants",
    "sign_in",
    "signed_in_here",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(name)
        return getattr(import_module("centerdesk.features.staff.commands"), name)


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


def change_password(bus: CommandBus, old: str, new: str, *, actor: Actor | None = None) -> None:
    """Give the person at the desk another password. Blocking, about 0.2 s; write lane.

    Raises SignInRefused while the name must wait, ValidationError naming `old` or `new`.
    """
    from centerdesk.features.staff.commands_password import ChangeOwnPassword

    if not bus.run(ChangeOwnPassword(old, new), actor=actor).value:
        raise ValidationError({"old": "现在的密码不对，再输一遍。"})


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
