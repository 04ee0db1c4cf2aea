"""Declared settings (设置): each has a key, a default and a scope, and reading one never fails.

Features declare theirs as data and name them in the manifest; the settings pages, their defaults and the help
come from the declarations. Changing one is a command (`change_setting.py`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import JSON, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session

from centerdesk.kernel.orm import Base, Tracked, mapped_column

V = TypeVar("V")
"""bool, int, float, str or tuple[str, ...]: what JSON and TOML both can hold."""
_log = logging.getLogger(__name__)

NOBODY = UUID(int=0)
"""Owner of settings of the whole site: NULL would not be unique."""


class Scope(StrEnum):
    """Where a setting lives: this machine (`station.toml`), all desks of the site, or one account."""

    STATION = "station"
    SITE = "site"
    USER = "user"


@dataclass(frozen=True)  # no slots: `Setting[…](…)` would fail on 3.11 (typing sets __orig_class__)
class Setting(Generic[V]):
    """设置项. The default decides the type; `check` says what else a value must be, `hint` how to write it.

    Raises ValueError at declaration when the default itself is refused.
    """

    key: str
    default: V
    scope: Scope
    title: str
    check: Callable[[V], bool] | None = None
    hint: str = ""
    permission: str = "settings.change"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", self.key):
            raise ValueError(f"a setting's key has the form feature.name: {self.key!r}")
        if self.accept(self.to_json(self.default)) is None:
            raise ValueError(f"the default of {self.key} is no value of it")

    def accept(self, raw: object) -> V | None:
        """The value that `raw` (from JSON or TOML) stands for, None when it is none."""
        value = tuple(raw) if isinstance(raw, list) else raw
        if type(self.default) is float and type(value) is int:
            value = float(value)
        if type(value) is not type(self.default):
            return None
        if isinstance(value, tuple) and not all(isinstance(item, str) for item in value):
            return None
        return value if self.check is None or self.check(value) else None

    def to_json(self, value: V) -> Any:
        """`value` as it is stored."""
        return list(value) if isinstance(value, tuple) else value


class SettingRow(Tracked, Base):
    """设置. One value that differs from its default; `owner` is the account, NOBODY for the site."""

    __tablename__ = "setting"
    scope: Mapped[str] = mapped_column(String(8))
    owner: Mapped[UUID] = mapped_column()
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("scope", "owner", "key"),)


class SettingsReader:
    """Values for one session: the site's, this account's, this machine's. Reads the table once."""

    def __init__(
        self, session: Session, *, account: UUID | None = None, station: Mapping[str, Any] | None = None
    ) -> None:
        self._session, self._account, self._station = session, account, station or {}
        self._stored: dict[tuple[str, str], object] | None = None

    def get(self, setting: Setting[V]) -> V:
        """The value in force; the default when none is stored or the stored one is bad (logged, by key)."""
        raw = self._raw(setting)
        if raw is None:
            return setting.default
        value = setting.accept(raw)
        if value is None:
            _log.warning("setting %s holds a bad value, its default is used", setting.key)
            return setting.default
        return value

    def _raw(self, setting: Setting[Any]) -> object:
        if setting.scope is Scope.STATION:
            return self._station.get(setting.key)
        if self._stored is None:
            self._stored = self._load()
        return self._stored.get((setting.scope.value, setting.key))

    def _load(self) -> dict[tuple[str, str], object]:
        own = (SettingRow.scope == Scope.USER.value) & (SettingRow.owner == (self._account or NOBODY))
        site = (SettingRow.scope == Scope.SITE.value) & (SettingRow.owner == NOBODY)
        rows = self._session.execute(
            select(SettingRow.scope, SettingRow.key, SettingRow.value).where(or_(site, own))
        )
        return {(scope, key): value for scope, key, value in rows}


def is_clock_time(text: str) -> bool:
    """Whether `text` is a time of day as settings hold it: `09:00`, 00:00 to 23:59."""
    return re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text) is not None


def between(low: float, high: float) -> Callable[[Any], bool]:
    """A check for numbers from `low` to `high`, both allowed."""
    return lambda value: low <= value <= high


def one_of(*allowed: str) -> Callable[[str], bool]:
    """A check for a fixed list of words."""
    return lambda value: value in allowed
