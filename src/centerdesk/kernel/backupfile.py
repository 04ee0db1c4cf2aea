"""A finished backup on a disk: the encrypted copy, its signed manifest and its key-slot file, side by side.

The manifest is written last, so that a backup without one never counts.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, WrongKey
from centerdesk.kernel.files import fsync_folder
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import private_mode, write_private
from centerdesk.kernel.record import record
from centerdesk.kernel.soundness import CheckResult, Watch

FORMAT = 1
SUFFIX = ".cdbackup"
_SIGNED_FOR = "backup manifest"
_CHUNK = 1 << 20


class Reason(StrEnum):
    """Why a backup was made (为什么备)."""

    TIMED = "timed"
    CLOSE = "close"
    IMPORT = "import"
    MIGRATION = "migration"
    RESTORE = "restore"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        return {
            "timed": "有改动",
            "close": "关机前",
            "import": "导入之前",
            "migration": "升级之前",
            "restore": "退回之前",
            "manual": "手动",
        }[self.value]


@record
class Manifest:
    """What a backup claims to be (备份清单), signed with the database's key. Readable without it."""

    name: str
    made_at: datetime
    reason: Reason
    sha256: str
    size: int
    tables: Mapping[str, int]
    revision: str | None
    app_version: str
    key: str
    station: str
    """Text of station.toml, so that a new machine becomes the same station."""
    checks: tuple[CheckResult, ...]
    head: str = ""
    """Number and tag of the journal's last entry, as an anchor outside the database."""
    mac: str = ""

    @property
    def good(self) -> bool:
        """Whether every check held when it was made."""
        return all(check.ok for check in self.checks)

    def body(self) -> bytes:
        """What the tag covers."""
        plain = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        del plain["mac"]
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@record
class Backup:
    """One backup found on a disk (备份)."""

    path: Path
    manifest: Manifest

    @property
    def keys_file(self) -> Path:
        return keys_path(self.path)

    def describe(self) -> str:
        """`2026-12-03 18:15 关机前`, for sentences; those before an upgrade are kept for years."""
        return f"{local(self.manifest.made_at):%Y-%m-%d %H:%M} {self.manifest.reason.label}"


def manifest_path(path: Path) -> Path:
    return path.with_suffix(".json")


def keys_path(path: Path) -> Path:
    return path.with_suffix(".keys.json")


def write_manifest(path: Path, manifest: Manifest, ring: KeyRing) -> Manifest:
    """Sign and store the manifest beside the backup at `path`; gives the signed one."""
    body = manifest.body()
    tag = ring.sign(_SIGNED_FOR, body)
    whole = json.loads(body) | {"mac": tag}
    write_private(manifest_path(path), json.dumps(whole, indent=1, ensure_ascii=False).encode())
    return _manifest(whole)


def read_backup(path: Path) -> Backup:
    """The backup at `path` with its manifest, not yet verified. Raises EnvironmentFault, DamagedDatabase."""
    try:
        raw: Any = json.loads(manifest_path(path).read_bytes())
        if raw["format"] != FORMAT:
            raise EnvironmentFault("这份备份是更新的程序做的，这一版看不懂，没有动它。请升级程序。")
        manifest = _manifest(raw)
        if json.loads(manifest.body()) != {name: raw[name] for name in raw if name != "mac"}:
            raise ValueError("not as it was written")  # read leniently, it would pass for the signed one
        return Backup(path, manifest)
    except FileNotFoundError as exc:
        raise DamagedDatabase(f"“{path.name}”旁边没有清单，多半没有做完或没有拷全。请选另一份备份。") from exc
    except OSError as exc:
        raise EnvironmentFault("备份读不了：盘拔掉了，或没有权限。请插好盘再试，或换一份备份。") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise DamagedDatabase(f"“{path.name}”的清单坏了，这份备份不能用。请选另一份备份。") from exc


def _manifest(raw: Mapping[str, Any]) -> Manifest:
    made_at = datetime.fromisoformat(raw["made_at"])
    if made_at.tzinfo is None:
        raise ValueError("naive instant")
    checks = tuple(
        CheckResult(str(each["name"]), each["ok"] is True, dict(each["counts"]), str(each["note"]))
        for each in raw["checks"]
    )
    revision = raw["revision"]
    return Manifest(
        str(raw["name"]),
        made_at,
        Reason(raw["reason"]),
        str(raw["sha256"]),
        int(raw["size"]),
        {str(name): int(count) for name, count in raw["tables"].items()},
        None if revision is None else str(revision),
        str(raw["app_version"]),
        str(raw["key"]),
        str(raw["station"]),
        checks,
        str(raw.get("head", "")),
        str(raw["mac"]),
    )


def list_backups(folders: Iterable[Path]) -> list[Backup]:
    """Finished backups in the folders and in `centerdesk-…` below them, newest first, each name once.

    Unreadable folders and unfinished backups are left out; nothing is verified.
    """
    found: dict[str, Backup] = {}
    for folder in folders:
        with suppress(OSError):  # an unplugged stick holds no backups
            for place in (folder, *sorted(folder.glob("centerdesk-*"))):
                for path in place.glob(f"*{SUFFIX}"):
                    with suppress(EnvironmentFault):  # not finished, or not ours: not a backup
                        found.setdefault(path.name, read_backup(path))
    return sorted(found.values(), key=lambda each: (each.manifest.made_at, each.path.name), reverse=True)


def check_signature(backup: Backup, ring: KeyRing) -> None:
    """Raise WrongKey for a backup of another key, DamagedDatabase for one whose manifest was altered."""
    manifest = backup.manifest
    if manifest.key != ring.fingerprint:
        raise WrongKey(
            f"备份“{backup.describe()}”是用另一把钥匙做的。请用那个站、那个时候的恢复单打开，或换一份备份。"
        )
    if manifest.name != backup.path.name or not ring.signed(_SIGNED_FOR, manifest.body(), manifest.mac):
        raise DamagedDatabase(f"备份“{backup.describe()}”的清单被改过，不能用。请选另一份备份。")


def check_bytes(backup: Backup, digest: str, size: int) -> None:
    """Raise DamagedDatabase when what was read is not what the manifest says."""
    if (size, digest) != (backup.manifest.size, backup.manifest.sha256):
        raise DamagedDatabase(
            f"备份“{backup.describe()}”读出来和做的时候不一样，盘可能坏了，不能用。请选另一份备份。"
        )


def hash_file(path: Path, watch: Watch, text: str) -> tuple[str, int]:
    """SHA-256 as hex and size, from the disk and not from memory where that can be asked. Raises OSError."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        total = os.fstat(file.fileno()).st_size
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            watch.step(text, done, total)
    return digest.hexdigest(), done


def copy_hashed(source: Path, partial: Path, watch: Watch, text: str) -> tuple[str, int]:
    """Copy to a new private file, flushed to disk; SHA-256 and size of what was read. Raises OSError."""
    digest, done = hashlib.sha256(), 0
    partial.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(partial, flags, private_mode(partial.parent))
    with source.open("rb") as file, os.fdopen(descriptor, "wb") as out:
        total = os.fstat(file.fileno()).st_size
        while chunk := file.read(_CHUNK):
            out.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            watch.step(text, done, total)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), done


def flush(path: Path) -> None:
    """Make the bytes of a finished file durable. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def remove(backup: Backup) -> None:
    """Delete a backup, its manifest first, so that a half-removed one no longer counts. Raises OSError."""
    for path in (manifest_path(backup.path), backup.path, backup.keys_file):
        path.unlink(missing_ok=True)
    fsync_folder(backup.path.parent)


def writing_fault(exc: OSError, what: str, safe: str, need: int = 0) -> EnvironmentFault:
    """One sentence for a failed write: `what` was not done, why, `safe` stays, what to do next."""
    size = f"至少 {need // 1_000_000 + 1} MB" if need else "一些"
    why, then = {
        errno.ENOSPC: ("磁盘满了", f"请清出{size}空间再试"),
        errno.EDQUOT: ("这个账户的磁盘配额用完了", f"请清出{size}空间再试"),
        errno.EFBIG: ("文件超过了这个盘或账户的大小限制", "请换一个盘再试"),
        errno.EROFS: ("那个盘是只读的", "请拨开写保护，或换一个盘再试"),
        errno.EACCES: ("没有权限写到那里", "请管理员放开权限，或换一个文件夹再试"),
        errno.EPERM: ("没有权限写到那里", "请管理员放开权限，或换一个文件夹再试"),
        errno.ENOENT: ("那个文件夹不在了，可能盘拔掉了", "请插好盘再试"),
    }.get(exc.errno or 0, ("盘读写出错", "请检查盘是否插好，或换一个盘再试"))
    return EnvironmentFault(f"{what}：{why}。{safe}{then}。")


def totals(checks: Sequence[CheckResult]) -> str:
    """`六项都对` or what is wrong, for lists and logs."""
    wrong = [check for check in checks if not check.ok]
    if not wrong:
        return f"{len(checks)} 项都对"
    return "；".join(f"{check.name}：{check.note or '不对'}" for check in wrong)
