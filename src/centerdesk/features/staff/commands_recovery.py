"""Getting in again when nobody can: the recovery sheet resets the password of one administrator."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands_sign_in import forget_tries
from centerdesk.features.staff.models import Account, AccountRole
from centerdesk.features.staff.rules import password_problem
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record

RECOVER = "station.recover"
"""Permission of the system actor that acts for whoever holds the recovery sheet; no role has it."""


@record
class ResetByRecovery(Command[None]):
    """用恢复单重设. A new password for one administrator; the caller has tried the sheet against the key slots.

    The count of wrong passwords under that name and at this desk is cleared too.
    """

    label: ClassVar[str] = "用恢复单重设密码"
    permission: ClassVar[str] = RECOVER
    undoable: ClassVar[bool] = False
    account_id: UUID
    password: str

    def execute(self, uow: UnitOfWork) -> None:
        account = uow.get(Account, self.account_id)
        held = uow.session.scalar(
            select(AccountRole.id).where(
                AccountRole.account_id == account.id, AccountRole.role == "administrator"
            )
        )
        if held is None or not account.active:
            raise ValidationError({"account": "恢复单只能重设管理员的密码。请选一位管理员，别人的由他来设。"})
        if problem := password_problem(self.password, account.login, account.name):
            raise ValidationError({"password": problem})
        account.password_hash = passwords.hash_password(self.password)
        account.must_change = False
        forget_tries(uow, account.login, desk=True)
        uow.about("account", account.id, "恢复单")
