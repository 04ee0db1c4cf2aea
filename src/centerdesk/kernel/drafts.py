"""Unfinished forms on the disk (RELIABILITY G37): sealed with the station's key, one small file each, no Qt.

A file's name tells neither the account nor the form. It opens only with the data key of its own database, so a
copied folder is of no use, and another station's drafts are passed over.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from centerdesk.kernel.cipher import seal, unseal
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import DamagedDatabase, WrongKey
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import write_private
from centerdesk.kernel.record import record

_log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=14)
"""After this nobody remembers what it was about, and it holds personal data."""
_PLAIN = (bool, int, float, str)
_TAGGED = {"date": date.fromisoformat, "at": datetime.fromisoformat, "time": time.fromisoformat, "id": UUID}


@record
class DraftName:
    """Which form it is: its kind, and the record it was about (None: a new one)."""

    kind: str
    record: UUID | None = None


@record
class KeptDraft:
    """草稿. What was typed and not saved: only the fields that had been changed."""

    name: DraftName
    at: datetime
    values: Mapping[str, Any]
    key: UUID | None = None
    """Under which it would have been booked; None where its form has no key of its own."""


class DraftStore:
    """The folder of drafts. Any thread, one at a time; raises EnvironmentFault where the disk refuses."""

    def __init__(self, folder: Path, ring: KeyRing, clock: Clock) -> None:
        self._folder, self._ring, self._clock = folder, ring, clock
        self._key = ring.derive("drafts")

    def keep(
        self, account_id: UUID | None, name: DraftName, values: Mapping[str, Any], key: UUID | None = None
    ) -> None:
        """Write it down in place of the last one of this form; values of unknown types are left out."""
        path = self._path(account_id, name)
        inside = {
            "account": str(account_id),
            "kind": name.kind,
            "record": str(name.record) if name.record else "",
            "at": self._clock.now().isoformat(),
            "values": {k: _written(v) for k, v in values.items() if _can_write(v)},
            "key": str(key) if key else "",
        }
        plain = json.dumps(inside, ensure_ascii=False).encode()
        write_private(path, seal(self._key, plain, path.name.encode()))

    def drop(self, account_id: UUID | None, name: DraftName) -> None:
        """It was saved, or given up."""
        self._path(account_id, name).unlink(missing_ok=True)

    def found(self, account_id: UUID | None) -> tuple[KeptDraft, ...]:
        """What this account left, newest first; what is too old goes."""
        kept: list[KeptDraft] = []
        for path in self._folder.glob("*.draft"):
            inside = self._read(path)
            if inside is None:
                continue
            at = datetime.fromisoformat(inside["at"])
            if self._clock.now() - at > KEPT_FOR:
                path.unlink(missing_ok=True)
            elif inside["account"] == str(account_id):
                record = UUID(inside["record"]) if inside["record"] else None
                values = {k: _read_back(v) for k, v in inside["values"].items()}
                key = UUID(inside["key"]) if inside.get("key") else None
                kept.append(KeptDraft(DraftName(inside["kind"], record), at, values, key))
        return tuple(sorted(kept, key=lambda draft: draft.at, reverse=True))

    def _path(self, account_id: UUID | None, name: DraftName) -> Path:
        whole = f"{account_id}/{name.kind}/{name.record or ''}".encode()
        return self._folder / f"{self._ring.sign('draft name', whole)[:32]}.draft"

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            plain = unseal(self._key, path.read_bytes(), path.name.encode())
        except (OSError, WrongKey, DamagedDatabase) as exc:
            _log.warning("a draft was passed over: %s", type(exc).__name__)
            return None
        inside: dict[str, Any] = json.loads(plain)
        return inside


def _can_write(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(isinstance(each, _PLAIN) for each in value)
    return value is None or isinstance(value, (*_PLAIN, date, time, UUID))


def _written(value: Any) -> Any:
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case UUID():
            return {"id": str(value)}
        case tuple():
            return {"row": list(value)}
        case frozenset():
            return {"set": sorted(value)}
        case _:
            return value


def _read_back(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((tag, inside),) = value.items()
    if tag == "row":
        return tuple(inside)
    if tag == "set":
        return frozenset(inside)
    return _TAGGED[tag](inside)
