"""What can go wrong, sorted by who must act: a user error is told to the person, anything else is a bug.

Every message is Chinese and says what happened and what to do next. No message may hold a personal value:
messages reach logs and crash reports.
"""

from __future__ import annotations

from collections.abc import Mapping


class UserError(Exception):
    """Something the person in front of the screen can understand and act on."""


class ValidationError(UserError):
    """Input was refused. `fields` maps a field name to its sentence; "" is the form as a whole."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(fields.values()))
        self.fields = dict(fields)


class ConflictError(UserError):
    """Somebody else changed the record since it was read; nothing was written."""


class NotFound(UserError):
    """The record is gone or was never there."""


class PermissionDenied(UserError):
    """The actor's roles do not allow this act (RELIABILITY 3.5). `permission` is the name that was missing."""

    def __init__(
        self, permission: str, message: str = "您没有此项操作的权限，请找书记或管理员办理。"
    ) -> None:
        super().__init__(message)
        self.permission = permission


class SecondPersonNeeded(PermissionDenied):
    """The act wants two persons and only one was there (the “2” cells of RELIABILITY 3.5)."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission, "这件事要两个人办。请另一位有权限的同事也输一次密码。")


class Cancelled(UserError):
    """The person stopped a long act; nothing of it was kept."""


class EnvironmentFault(UserError):
    """Disk, lock, key, file or memory failed: the program is right, its surroundings are not. Exit code 3."""


class Unavailable(EnvironmentFault):
    """The database cannot be used just now (locked, disk full, server away); trying again later may work."""


class OutcomeUnknown(Unavailable):
    """The connection broke while committing: settled later by the idempotency key, never by a blind retry."""


class WrongKey(EnvironmentFault):
    """The key does not open this database or backup."""


class DamagedDatabase(EnvironmentFault):
    """The file opens but its pages are not what was written."""


class NewerDatabase(EnvironmentFault):
    """The file was written by a newer program."""
