"""What can be done with accounts. Who may do what: RELIABILITY 3.5; two-person acts name the second's right."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands_sign_in import forget_tries
from centerdesk.features.staff.models import Account, AccountRole, Leave
from centerdesk.features.staff.rules import ROLES, password_problem
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record

FOUND = "station.found"
"""Permission of the system actor while a station is being set up; no role has it."""


def create_account(
    uow: UnitOfWork, login: str, name: str, password: str, roles: tuple[str, ...], *, must_change: bool = True
) -> UUID:
    """Make an account inside the open unit of work. Raises ValidationError naming the field.

    A role of the two leading ones leaves the account that held both until now (RELIABILITY 3.5).
    """
    login, name = login.strip(), name.strip()
    problems = _problems(uow, login, name, password, roles)
    if problems:
        raise ValidationError(problems)
    _take_over(uow, roles)
    account = uow.add(
        Account(
            login=login,
            name=name,
            name_key=name_key(name),
            password_hash=passwords.hash_password(password),
            must_change=must_change,
            active=True,
        )
    )
    for role in roles:
        uow.add(AccountRole(account_id=account.id, role=role))
    uow.about("account", account.id)
    return account.id


def _problems(
    uow: UnitOfWork, login: str, name: str, password: str, roles: tuple[str, ...]
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not login or len(login) > 40:
        problems["login"] = "请填账号名，不超过 40 个字。"
    elif uow.session.scalar(select(Account.id).where(Account.login == login)) is not None:
        problems["login"] = "这个账号名已经有人用了。加个字区分一下。"
    if not name or len(name) > 40:
        problems["name"] = "请填姓名，不超过 40 个字。"
    if not roles or not set(roles) <= set(ROLES):
        problems["roles"] = "请选身份：前台、网格员、书记、管理员。"
    if problem := password_problem(password, login, name):
        problems["password"] = problem
    return problems


def _take_over(uow: UnitOfWork, roles: tuple[str, ...]) -> None:
    taken = set(roles) & {"secretary", "administrator"}
    if len(taken) != 1:
        return
    held: dict[UUID, dict[str, AccountRole]] = {}
    for row in uow.session.scalars(
        select(AccountRole).where(AccountRole.role.in_(("secretary", "administrator")))
    ):
        held.setdefault(row.account_id, {})[row.role] = row
    for account_id, both in held.items():
        if len(both) == 2:
            uow.session.delete(both[taken.copy().pop()])
            uow.touch(uow.get(Account, account_id))
    uow.session.flush()


@record
class FoundAccount(Command[UUID]):
    """建站账号. An account made while the station is set up, before anybody could sign in."""

    label: ClassVar[str] = "建账号"
    permission: ClassVar[str] = FOUND
    undoable: ClassVar[bool] = False
    login: str
    name: str
    password: str
    roles: tuple[str, ...]
    must_change: bool = True

    def execute(self, uow: UnitOfWork) -> UUID:
        return create_account(
            uow, self.login, self.name, self.password, self.roles, must_change=self.must_change
        )


@record
class CreateAccount(Command[UUID]):
    """新账号. Proposed by the administrator, approved by the secretary at the same desk."""

    label: ClassVar[str] = "建账号"
    permission: ClassVar[str] = "staff.manage"
    second: ClassVar[bool] = True
    second_permission: ClassVar[str | None] = "staff.approve"
    undoable: ClassVar[bool] = False
    login: str
    name: str
    password: str
    roles: tuple[str, ...]

    def execute(self, uow: UnitOfWork) -> UUID:
        return create_account(uow, self.login, self.name, self.password, self.roles)


@record
class SetRoles(Command[None]):
    """改身份. Replaces the roles of an account; the last secretary and the last administrator keep theirs."""

    label: ClassVar[str] = "改身份"
    permission: ClassVar[str] = "staff.manage"
    second: ClassVar[bool] = True
    second_permission: ClassVar[str | None] = "staff.approve"
    undoable: ClassVar[bool] = False
    account_id: UUID
    version: int
    roles: tuple[str, ...]

    def execute(self, uow: UnitOfWork) -> None:
        account = uow.get(Account, self.account_id, self.version)
        if not self.roles or not set(self.roles) <= set(ROLES):
            raise ValidationError({"roles": "请至少选一个身份。"})
        rows = {
            r.role: r
            for r in uow.session.scalars(select(AccountRole).where(AccountRole.account_id == self.account_id))
        }
        for role in rows.keys() - set(self.roles):
            _refuse_last(uow, self.account_id, role)
            uow.session.delete(rows[role])
        for role in set(self.roles) - rows.keys():
            uow.add(AccountRole(account_id=self.account_id, role=role))
        uow.touch(account)
        uow.about("account", account.id)


def _refuse_last(uow: UnitOfWork, account_id: UUID, role: str) -> None:
    if role not in ("secretary", "administrator"):
        return
    others = uow.session.scalar(
        select(AccountRole.id)
        .join(Account, Account.id == AccountRole.account_id)
        .where(AccountRole.role == role, AccountRole.account_id != account_id, Account.active)
        .limit(1)
    )
    if others is None:
        raise ConflictError(f"站里只剩这一位{ROLES[role]}，不能去掉。先让另一位接上，再来改。")


@record
class DeactivateAccount(Command[None]):
    """停用账号. The person left; what was done under the name stays."""

    label: ClassVar[str] = "停用账号"
    permission: ClassVar[str] = "staff.manage"
    second: ClassVar[bool] = True
    second_permission: ClassVar[str | None] = "staff.approve"
    undoable: ClassVar[bool] = False
    account_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        account = uow.get(Account, self.account_id, self.version)
        for role in uow.session.scalars(
            select(AccountRole.role).where(AccountRole.account_id == self.account_id)
        ).all():
            _refuse_last(uow, self.account_id, role)
        account.active = False
        uow.about("account", account.id)


@record
class ResetPassword(Command[None]):
    """重设密码. A first password from the administrator; the person must change it at the next sign-in.

    Whoever had guessed too often may sign in at once with it.
    """

    label: ClassVar[str] = "重设密码"
    permission: ClassVar[str] = "staff.manage"
    undoable: ClassVar[bool] = False
    account_id: UUID
    password: str

    def execute(self, uow: UnitOfWork) -> None:
        account = uow.get(Account, self.account_id)
        store_password(account, self.password, must_change=True)
        forget_tries(uow, account.login)
        uow.about("account", account.id)


def store_password(account: Account, password: str, *, must_change: bool, field: str = "password") -> None:
    """Keep a password that will do. Raises ValidationError naming `field`."""
    if problem := password_problem(password, account.login, account.name):
        raise ValidationError({field: problem})
    account.password_hash = passwords.hash_password(password)
    account.must_change = must_change


@record
class TakeLeave(Command[UUID]):
    """请假. Names who stands in; both days inclusive. Approved by the secretary who books it."""

    label: ClassVar[str] = "登记请假"
    permission: ClassVar[str] = "staff.approve"
    reach: ClassVar[Reach] = Reach.ALL
    account_id: UUID
    deputy_id: UUID
    first_on: date
    last_on: date

    def execute(self, uow: UnitOfWork) -> UUID:
        if self.account_id == self.deputy_id:
            raise ValidationError({"deputy_id": "顶岗的要是另一位同事。"})
        if self.last_on < self.first_on:
            raise ValidationError({"last_on": "回来的日子在走的日子前面了，请改。"})
        uow.get(Account, self.account_id)
        self._refuse_absent(uow)
        row = uow.add(
            Leave(
                account_id=self.account_id,
                deputy_id=self.deputy_id,
                first_on=self.first_on,
                last_on=self.last_on,
            )
        )
        uow.about("leave", row.id)
        return row.id

    def _refuse_absent(self, uow: UnitOfWork) -> None:
        if not uow.get(Account, self.deputy_id).active:
            raise ValidationError({"deputy_id": "顶岗的账号已经停用了。请选一位还在的同事。"})
        away = uow.session.scalar(
            select(Leave.id)
            .where(
                Leave.account_id == self.deputy_id,
                Leave.first_on <= self.last_on,
                Leave.last_on >= self.first_on,
            )
            .limit(1)
        )
        if away is not None:
            raise ValidationError({"deputy_id": "顶岗的这几天自己也请了假。请换一位同事。"})


@record
class EndLeave(Command[None]):
    """销假. The account is here again from today on; where no leave is on today, those booked ahead are given up.

    Days that are over stay as they were.
    """

    label: ClassVar[str] = "销假"
    permission: ClassVar[str] = "staff.approve"
    reach: ClassVar[Reach] = Reach.ALL
    account_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        today = local(uow.now).date()
        rows = uow.session.scalars(
            select(Leave).where(Leave.account_id == self.account_id, Leave.last_on >= today)
        ).all()
        if not rows:
            raise ConflictError("这位同事今天和以后都没有请假，不用销。")
        for row in [row for row in rows if row.first_on <= today] or rows:
            if row.first_on >= today:
                uow.session.delete(row)
            else:
                row.last_on = today - timedelta(days=1)
        uow.about("account", self.account_id)
