"""Booking tries to sign in: wrong passwords slow the name and the desk they were typed at (RELIABILITY G35)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from centerdesk.features.staff.models import Account, SignInGuard
from centerdesk.features.staff.queries import guard_of
from centerdesk.features.staff.rules import Guard, Ticks, after_failure, after_success, restarted, waiting
from centerdesk.kernel.cipher import FieldCipher
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command, Site, UnitOfWork
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.record import record

SIGN_IN = "station.sign_in"
"""Permission of the system actor that records sign-ins; no role has it."""


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


def name_guard(cipher: FieldCipher, login: str) -> str:
    """Under which key the tries of a name are counted; the name itself is not kept."""
    return cipher.digest(login.casefold(), "sign_in_guard").hex()


def desk_guard(cipher: FieldCipher, desk: str) -> str:
    """The same for everything typed at one desk, whatever the name."""
    return cipher.digest(desk, "sign_in_desk").hex()


def must_wait(session: Session, site: Site, key: str) -> timedelta | None:
    """How long the name under `key` must wait at this desk; None when it may try now."""
    now, day, ticks = site.clock.now(), today(site.clock), ticks_of(site)
    waits = [
        waiting(guard_of(session, key), now, day, ticks),
        waiting(guard_of(session, desk_guard(site.ring.cipher, site.desk)), now, day, ticks, daily=False),
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def ticks_of(site: Site) -> Ticks:
    """The steady clock of this machine."""
    return Ticks(site.desk, site.clock.monotonic())


def was_restarted(session: Session, site: Site, key: str) -> bool:
    """Whether a lock was written before this machine was started, so that it must be counted anew."""
    now, ticks = site.clock.now(), ticks_of(site)
    keys = (key, desk_guard(site.ring.cipher, site.desk))
    return any(restarted(guard_of(session, each), now, ticks) is not None for each in keys)


def forget_tries(uow: UnitOfWork, login: str, *, desk: bool = False) -> None:
    """The name may be tried again at once: its password was set anew by somebody who may. `desk`: here too."""
    keys = [name_guard(uow.cipher, login), *([desk_guard(uow.cipher, uow.site.desk)] if desk else [])]
    uow.session.execute(delete(SignInGuard).where(SignInGuard.login.in_(keys)))


@record
class RecordSignIn(Command[bool]):
    """登录记录. Book one try in the guards and the journal; False when the name is locked after all.

    The password was checked before, outside the transaction: the write lane never waits for Argon2.
    """

    label: ClassVar[str] = "登录"
    permission: ClassVar[str] = SIGN_IN
    undoable: ClassVar[bool] = False
    guard_key: str
    account_id: UUID | None
    right: bool
    new_hash: str | None = None

    def execute(self, uow: UnitOfWork) -> bool:
        if must_wait(uow.session, uow.site, self.guard_key) is not None:
            return False
        if self.right and self.account_id is not None:
            account = uow.get(Account, self.account_id)
            account.last_sign_in_at = uow.now
            if self.new_hash is not None:
                account.password_hash = self.new_hash
        if self.account_id is not None:
            uow.about("account", self.account_id, "登录" if self.right else "密码不对")
        book_try(uow, self.guard_key, right=self.right and self.account_id is not None)
        return True


def book_try(uow: UnitOfWork, key: str, *, right: bool) -> None:
    """Count a password that was typed, under the name's `key` and at this desk."""
    ticks = ticks_of(uow.site)
    for each in (key, desk_guard(uow.cipher, uow.site.desk)):
        guard = guard_of(uow.session, each)
        if right:
            after = after_success(guard, uow.now, ticks)
        else:
            after = after_failure(guard, uow.now, today(uow.clock), ticks)
        if after is not None:
            _store(uow, each, after)


@record
class CountLockAnew(Command[None]):
    """重新计时. The machine was restarted while a lock held; how long it was off nobody can tell."""

    label: ClassVar[str] = "重启后重新计时"
    permission: ClassVar[str] = SIGN_IN
    undoable: ClassVar[bool] = False
    guard_key: str

    def execute(self, uow: UnitOfWork) -> None:
        for key in (self.guard_key, desk_guard(uow.cipher, uow.site.desk)):
            again = restarted(guard_of(uow.session, key), uow.now, ticks_of(uow.site))
            if again is not None:
                _store(uow, key, again)


def _store(uow: UnitOfWork, key: str, guard: Guard) -> None:
    row = uow.session.get(SignInGuard, key)
    if row is None:
        row = SignInGuard(login=key)
        uow.session.add(row)
    row.failures, row.locked_until, row.day = guard.failures, guard.locked_until, guard.day
    row.tries_today, row.high_water = guard.tries_today, guard.high_water
    row.desk = guard.ticks.desk if guard.ticks is not None else ""
    row.ticks = guard.ticks.seconds if guard.ticks is not None else None
