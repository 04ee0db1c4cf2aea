"""The commands that change settings of the site and of one's own account."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import NOBODY, Scope, Setting, SettingRow


@record
class ChangeSetting(Command[None]):
    """Set a value for the whole site; None puts the default back."""

    label: ClassVar[str] = "改设置"
    permission: ClassVar[str] = "desk.use"
    setting: Setting[Any]
    value: object

    def execute(self, uow: UnitOfWork) -> None:
        _require_scope(self.setting, Scope.SITE)
        uow.actor.require(self.setting.permission)
        _store(uow, self.setting, NOBODY, self.value)


@record
class ChangeOwnSetting(Command[None]):
    """Set a value for the account that is signed in; None puts the default back."""

    label: ClassVar[str] = "改自己的设置"
    permission: ClassVar[str] = "desk.use"
    setting: Setting[Any]
    value: object

    def execute(self, uow: UnitOfWork) -> None:
        _require_scope(self.setting, Scope.USER)
        if uow.actor.account_id is None:
            raise ValidationError({self.setting.key: "系统没有自己的设置。请用一个账号登录后再改。"})
        _store(uow, self.setting, uow.actor.account_id, self.value)


def _require_scope(setting: Setting[Any], scope: Scope) -> None:
    if setting.scope is not scope:
        raise ValueError(f"{setting.key} is a setting of scope {setting.scope.value}")


def _store(uow: UnitOfWork, setting: Setting[Any], owner: UUID, value: object) -> None:
    where = {"scope": setting.scope.value, "owner": owner, "key": setting.key}
    row = uow.session.scalar(select(SettingRow).filter_by(**where))
    if value is None or value == setting.default:
        if row is not None:
            uow.about("setting", row.id, setting.key[:60])
            uow.session.delete(row)
        return
    raw = list(value) if isinstance(value, tuple) else value
    if setting.accept(raw) is None:
        raise ValidationError(
            {setting.key: f"“{setting.title}”不能这样填。{setting.hint or '请照原来的样子填。'}"}
        )
    if row is None:
        row = uow.add(SettingRow(**where, value=raw))
    else:
        row.value = raw
    uow.about("setting", row.id, setting.key[:60])
