"""`station.toml`: what belongs to this machine and not to the shared database (scope STATION).

No secrets and no personal data: the file is readable without the key, before the database is open.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import DataDir, write_private
from centerdesk.kernel.record import record

FORMAT = 1
T = TypeVar("T")
Value = str | int | float | bool


def center_name(name: str) -> str:
    """云和社区 → 云和社区党群服务中心; a name that already says what the house is stays."""
    return name if name.endswith(("中心", "服务站")) else f"{name}党群服务中心"


@record
class Station:
    """One centre's desk on this machine (站点)."""

    station_id: UUID
    name: str
    drill: bool = False
    """A station for exercises: verbs may be given another instant by `--now`."""
    second_place: Path | None = None
    """Folder for the second copy of each backup: a stick or a share."""
    device: str = ""
    """Name of this machine as people call it (前台一号)."""
    schema: str = ""
    """Schema of the station on a server; empty for a database in a file."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Further settings of scope STATION, by their dotted names."""
    database: str = ""
    """Address of the server, without password; empty for a database in a file."""

    @property
    def center(self) -> str:
        """The name of the house itself, where the station was called after its community alone."""
        return center_name(self.name)

    def with_setting(self, name: str, value: Value) -> Station:
        return replace(self, settings={**self.settings, name: value})

    def save(self, path: Path) -> None:
        """Replace the file as a whole. Raises EnvironmentFault."""
        top: dict[str, Value] = {
            "format": FORMAT,
            "station_id": str(self.station_id),
            "name": self.name,
            "drill": self.drill,
            "second_place": str(self.second_place or ""),
            "device": self.device,
            "schema": self.schema,
            "database": self.database,
        }
        lines = ["# 这台机器的设置。改之前请先关掉程序。", *_lines(top), "", "[settings]"]
        lines += _lines(dict(sorted(self.settings.items())))
        write_private(path, ("\n".join(lines) + "\n").encode())

    @classmethod
    def load(cls, path: Path) -> Station:
        """Read the file. Raises EnvironmentFault with what to do when it is absent, damaged or newer."""
        try:
            raw = tomllib.loads(path.read_text("utf-8-sig"))  # Windows editors put a BOM before it
            return cls._from(raw)
        except FileNotFoundError as exc:
            raise EnvironmentFault(
                f"“{path.parent}”里还没有站点，什么都没有动。请先做第一次设置（centerdesk init），或换成正确的文件夹。"
            ) from exc
        except OSError as exc:
            raise EnvironmentFault(
                f"站点文件“{path}”读不了：没有权限或盘有问题。资料没有动过；请管理员放开权限后再开。"
            ) from exc
        except (
            ValueError,
            KeyError,
            TypeError,
        ) as exc:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
            raise EnvironmentFault(
                f"站点文件“{path}”写坏了，看不懂。库没有动过；请把改动退回去，或从备份里取回这个文件。"
            ) from exc

    @classmethod
    def _from(cls, raw: Mapping[str, Any]) -> Station:
        if raw["format"] > FORMAT:
            raise EnvironmentFault("站点文件是更新的程序写的，这一版看不懂，没有动它。请升级程序。")
        second = _typed(raw.get("second_place", ""), str)
        settings = _typed(raw.get("settings", {}), dict)
        if not all(isinstance(value, Value) for value in settings.values()):
            raise TypeError("a setting is a plain value")
        return cls(
            UUID(raw["station_id"]),
            _typed(raw["name"], str),
            _typed(raw.get("drill", False), bool),
            Path(second) if second else None,
            _typed(raw.get("device", ""), str),
            _typed(raw.get("schema", ""), str),
            settings,
            _typed(raw.get("database", ""), str),
        )


def is_there(data: DataDir) -> bool:
    """Whether a station's database is known here: its file, or a server that a readable record names."""
    if data.database.exists():
        return True
    try:
        return data.station_file.exists() and bool(Station.load(data.station_file).database)
    except EnvironmentFault:  # who opens the station says what is wrong with its record
        return False


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} wanted")
    return value


def _lines(values: Mapping[str, Value]) -> list[str]:
    return [f"{_quoted(key)} = {_literal(value)}" for key, value in values.items()]


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's once DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
