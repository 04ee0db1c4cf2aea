"""Whether a finished backup is still what it was: its signature, its bytes, its content, the key file beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from centerdesk.kernel import keyslots
from centerdesk.kernel.backupfile import Backup, check_bytes, check_signature, hash_file, list_backups
from centerdesk.kernel.db import connect, sqlite
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.soundness import Check, CheckResult, Watch, check_frozen, row_counts


def verify_backup(
    backup: Backup, ring: KeyRing, *, checks: Sequence[Check] = (), watch: Watch | None = None
) -> list[CheckResult]:
    """Signature, hash, pages, references, row counts and `checks` of a finished backup.

    A key file beside it that is damaged or gone is one more check, `keys`, that failed: this machine can still go
    back to the backup, another one cannot.
    Raises WrongKey, DamagedDatabase or EnvironmentFault when it cannot be used; gives what the checks say.
    """
    watch = watch or Watch()
    check_signature(backup, ring)
    try:
        check_bytes(backup, *hash_file(backup.path, watch, "读备份"))
        return [*check_content(backup, backup.path, ring, checks, watch), *_keys_beside(backup, ring)]
    except OSError as exc:
        raise EnvironmentFault(
            f"备份“{backup.describe()}”读不了：盘拔掉了，或没有权限。请插好盘再试，或换一份备份。"
        ) from exc


def _keys_beside(backup: Backup, ring: KeyRing) -> list[CheckResult]:
    try:
        keyslots.check_file(backup.keys_file, ring)
    except EnvironmentFault:
        note = "旁边的钥匙文件坏了或不在：这台电脑还能退回，换一台就打不开。请再备一次。"
        return [CheckResult("keys", False, {}, note)]
    return []


def check_content(
    backup: Backup, path: Path, ring: KeyRing, checks: Sequence[Check], watch: Watch
) -> list[CheckResult]:
    """Open the bytes at `path` and compare them with the manifest of `backup`. Raises DamagedDatabase."""
    key = ring.database_key
    try:
        found = check_frozen(path, key, checks, watch)
        connection = connect(path, key, mode="frozen")
        try:
            same = row_counts(connection) == backup.manifest.tables
        finally:
            connection.close()
    except sqlite.Error as exc:
        raise DamagedDatabase(f"备份“{backup.describe()}”打不开，内容有损坏。请选另一份备份。") from exc
    if not (found[0].ok and same):
        raise DamagedDatabase(f"备份“{backup.describe()}”的内容和清单对不上，不能用。请选另一份备份。")
    return found


def newest_good(
    folders: Iterable[Path], ring: KeyRing, watch: Watch | None = None
) -> tuple[Backup | None, list[tuple[Backup, str]]]:
    """The newest backup that verifies now, and those before it that do not, each with its sentence.

    Verified are signature, hash and file; a copy of the same name in another folder is tried in its stead.
    """
    refused: list[tuple[Backup, str]] = []
    places = list(folders)
    tried = [each for folder in places for each in list_backups([folder])]
    for backup in sorted(tried, key=lambda each: (each.manifest.made_at, each.path.name), reverse=True):
        try:
            verify_backup(backup, ring, watch=watch)
        except EnvironmentFault as exc:
            refused.append((backup, str(exc)))
            continue
        return backup, refused
    return None, refused
