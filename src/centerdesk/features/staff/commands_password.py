"""One's own password: the old one is asked for again, and a wrong one counts like any other (RELIABILITY G35)."""

from __future__ import annotations

from typing import ClassVar

from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands import store_password
from centerdesk.features.staff.commands_sign_in import SignInRefused, book_try, must_wait, name_guard
from centerdesk.features.staff.models import Account
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.record import record


@record
class ChangeOwnPassword(Command[bool]):
    """改自己的密码. Needs the present one; False when that was wrong, and the try is booked.

    Raises SignInRefused while the name must wait.
    """

    label: ClassVar[str] = "改密码"
    permission: ClassVar[str] = "desk.use"
    undoable: ClassVar[bool] = False
    old: str
    new: str

    def execute(self, uow: UnitOfWork) -> bool:
        if uow.actor.account_id is None:
            raise ConflictError("没有人登录，改不了密码。请先登录。")
        account = uow.get(Account, uow.actor.account_id)
        key = name_guard(uow.cipher, account.login)
        if (wait := must_wait(uow.session, uow.site, key)) is not None:
            raise SignInRefused(wait)
        right = passwords.verify_password(account.password_hash, self.old)
        uow.about("account", account.id, "" if right else "密码不对")
        book_try(uow, key, right=right)
        if not right:
            return False
        if self.new == self.old:
            raise ValidationError({"new": "新密码和旧的一样，换一个。"})
        store_password(account, self.new, must_change=False, field="new")
        return True
