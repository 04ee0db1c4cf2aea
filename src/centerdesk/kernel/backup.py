"""Backups: made by `VACUUM INTO`, opened and checked before they get their name, copied to a second place.

Restoring and rehearsing one: `restore`. A live database is never copied as a file (F9).
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from centerdesk.kernel.backupcheck import check_content, newest_good, verify_backup
from centerdesk.kernel.backupfile import (
    SUFFIX,
    Backup,
    Manifest,
    Reason,
    check_bytes,
    copy_hashed,
    flush,
    hash_file,
    keys_path,
    list_backups,
    manifest_path,
    read_backup,
    remove,
    write_manifest,
    writing_fault,
)
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.db import connect, read_revision, sqlite
from centerdesk.kernel.dbfaults import explain, sqlite_code
from centerdesk.kernel.desklock import DeskHeld, DeskLock
from centerdesk.kernel.errors import Cancelled, DamagedDatabase, EnvironmentFault, Unavailable
from centerdesk.kernel.files import fsync_folder
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir, ensure_private, private_mode
from centerdesk.kernel.record import record
from centerdesk.kernel.retention import Kept, obsolete
from centerdesk.kernel.soundness import Check, Watch, check_frozen, row_counts

_NOT_MADE = "备份没做成"
_SAFE = "库里的资料都在，没有受影响；以前的备份也在。"
_PROGRESS_STEPS = 10_000
_log = logging.getLogger(__name__)


@record
class SecondCopy:
    """How the copy in the second place went: the file there, or the sentence why not."""

    path: Path | None
    problem: str = ""


@record
class BackupResult:
    """A new backup, and its second copy where a second place is set."""

    backup: Backup
    second: SecondCopy | None


def make_backup(
    where: DataDir,
    ring: KeyRing,
    clock: Clock,
    reason: Reason,
    *,
    checks: Sequence[Check] = (),
    second_place: Path | None = None,
    watch: Watch | None = None,
) -> BackupResult:
    """Make, check and name one backup, copy it to the second place, then thin out the old ones.

    The database may be in use. A failing check of `checks` is kept in the manifest (`good` is False) and the
    backup stays: a doubtful copy is better than none. A damaged file gives no backup at all. Trouble in the
    second place is told in the result. Blocking. Raises EnvironmentFault and kinds, Cancelled.
    """
    watch = watch or Watch()
    with _only_one(where, clock):
        backup = _make(where, ring, clock, reason, checks, watch)
        second = copy_to_second_place(backup, second_place, ring, watch) if second_place else None
        thin_out(where.backups, ring, clock)
        if second and second.path:
            thin_out(second.path.parent, ring, clock)
    _log.info("backup made: %s, %d bytes, good %s", reason.value, backup.manifest.size, backup.manifest.good)
    return BackupResult(backup, second)


@contextmanager
def _only_one(where: DataDir, clock: Clock) -> Iterator[None]:
    """Desk and watcher may both want a backup; leftovers of a killed one are cleared under the lock."""
    ensure_private(where.backups)
    try:
        lock = DeskLock.acquire(where.backups / ".lock", clock)
    except DeskHeld as exc:
        raise Unavailable("另一个窗口正在备份。库里的资料都在；请等它做完再点一次。") from exc
    except Unavailable:  # the disk is full, and says so
        raise
    except EnvironmentFault as exc:
        raise EnvironmentFault(f"{_NOT_MADE}：备份文件夹不能写。{_SAFE}请管理员放开写权限再备一次。") from exc
    with lock:
        for left in where.backups.glob("*.partial*"):
            left.unlink(missing_ok=True)
        yield


def _make(
    where: DataDir, ring: KeyRing, clock: Clock, reason: Reason, checks: Sequence[Check], watch: Watch
) -> Backup:
    name = _free_name(where.backups, f"{local(clock.now()):%Y-%m-%d_%H%M%S}_{reason.value}")
    final = where.backups / name
    partial = final.with_name(name + ".partial")
    need = _need(where)
    try:
        _require_space(where.backups, need)
        source = _vacuum_into(where.database, ring.database_key, partial, watch)
        manifest = _examine(where, partial, ring, clock, reason, checks, watch, name)
        if source is not None and source != manifest.tables:
            raise DamagedDatabase(f"{_NOT_MADE}：备出来的行数和库里不一样。{_SAFE}请再备一次。")
        flush(partial)
        partial.replace(final)
        shutil.copyfile(where.keyslots, keys_path(final))
        keys_path(final).chmod(private_mode(where.backups))
        flush(keys_path(final))
        fsync_folder(where.backups)
        return Backup(final, write_manifest(final, manifest, ring))
    except OSError as exc:
        raise writing_fault(exc, _NOT_MADE, _SAFE, need) from exc
    except sqlite.Error as exc:
        if sqlite_code(exc) in (10, 13):  # I/O error or full: SQLite tells a full disk either way
            raise EnvironmentFault(
                f"{_NOT_MADE}：磁盘满了，或盘读写出错。{_SAFE}请清出至少 {need // 1_000_000 + 1} MB 再试。"
            ) from exc
        raise explain(exc) from exc
    finally:
        for left in where.backups.glob(name + ".partial*"):
            with suppress(OSError):  # the disk that failed may fail here too; the next backup clears it
                left.unlink()
        if not manifest_path(final).exists():
            for left in (final, keys_path(final)):
                with suppress(OSError):
                    left.unlink(missing_ok=True)


def _need(where: DataDir) -> int:
    try:
        return int(where.database.stat().st_size * 1.1) + 5_000_000
    except OSError:
        return 0


def _require_space(folder: Path, need: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < need:
        missing = (need - free) // 1_000_000 + 1
        raise EnvironmentFault(f"{_NOT_MADE}：磁盘快满了，还差 {missing} MB。{_SAFE}请清出空间再备一次。")


def _free_name(folder: Path, stem: str) -> str:
    """Two backups within one second get different names."""
    name, number = stem + SUFFIX, 2
    while (folder / name).exists():
        name, number = f"{stem}-{number}{SUFFIX}", number + 1
    return name


def _vacuum_into(database: Path, key: bytes, partial: Path, watch: Watch) -> dict[str, int] | None:
    """Write the copy. Gives the row counts of the source when nobody wrote meanwhile, else None."""
    watch.step("写备份", 0, 1)
    connection = connect(database, key, mode="rw")
    try:
        connection.set_progress_handler(lambda: bool(watch.stopped and watch.stopped()), _PROGRESS_STEPS)
        before = _version(connection)
        counts = row_counts(connection)
        connection.execute("VACUUM INTO ?", (str(partial),))
        connection.set_progress_handler(None, 0)
        return counts if _version(connection) == before else None
    except sqlite.Error as exc:
        if sqlite_code(exc) == 9:  # interrupted
            raise Cancelled("备份已停下，没做完的已经清掉，库没有动过。") from exc
        raise
    finally:
        connection.close()


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _examine(
    where: DataDir,
    partial: Path,
    ring: KeyRing,
    clock: Clock,
    reason: Reason,
    checks: Sequence[Check],
    watch: Watch,
    name: str,
) -> Manifest:
    """Open the copy with the key, run every check, and put down what it is."""
    partial.chmod(private_mode(partial.parent))
    key = ring.database_key
    found = check_frozen(partial, key, checks, watch)
    if not found[0].ok:
        raise DamagedDatabase(
            f"{_NOT_MADE}：库文件有损坏（{found[0].note}）。以前的备份都在；请不要再写，用最近的好备份退回。"
        )
    connection = connect(partial, key, mode="frozen")
    try:
        tables, revision = row_counts(connection), read_revision(connection)
        head = _journal_head(connection) if "journal_op" in tables else ""
    finally:
        connection.close()
    digest, size = hash_file(partial, watch, "读回核对")
    station = where.station_file.read_text("utf-8") if where.station_file.exists() else ""
    return Manifest(
        name,
        clock.now(),
        reason,
        digest,
        size,
        tables,
        revision,
        _app_version(),
        ring.fingerprint,
        station,
        tuple(found),
        head,
    )


def _journal_head(connection: Any) -> str:
    row = connection.execute("SELECT seq, mac FROM journal_op ORDER BY seq DESC LIMIT 1").fetchone()
    return f"{row[0]} {row[1].hex()}" if row else ""


def _app_version() -> str:
    try:
        return version("centerdesk")
    except PackageNotFoundError:  # run from a checkout
        return "source"


def second_folder(place: Path, ring: KeyRing) -> Path:
    """The folder of this station in the second place: one stick may serve two stations."""
    return place / f"centerdesk-{ring.fingerprint[:8]}"


def copy_to_second_place(
    backup: Backup, place: Path, ring: KeyRing, watch: Watch | None = None
) -> SecondCopy:
    """Copy a finished backup, read it back, compare. Trouble comes back as a sentence. Raises Cancelled."""
    watch = watch or Watch()
    if not _is_there(place):
        return SecondCopy(None, "第二处没插盘，或文件夹不在。本机这份已备好；插好盘再备一次。")
    folder = second_folder(place, ring)
    target = folder / backup.path.name
    partial = target.with_name(target.name + ".partial")
    try:
        folder.mkdir(exist_ok=True)
        for left in folder.glob("*.partial*"):
            left.unlink()
        digest, size = copy_hashed(backup.path, partial, watch, "拷到第二处")
        check_bytes(backup, digest, size)
        partial.replace(target)
        shutil.copyfile(backup.keys_file, keys_path(target))
        check_bytes(Backup(target, backup.manifest), *hash_file(target, watch, "从第二处读回"))
        write_manifest(target, backup.manifest, ring)
    except OSError as exc:
        fault: EnvironmentFault = writing_fault(exc, "第二处没备成", "本机这份已备好。", backup.manifest.size)
    except DamagedDatabase:
        fault = EnvironmentFault(
            "第二处读回来和写的不一样，那个盘靠不住。本机这份已备好；请换一个盘再备一次。"
        )
    except Cancelled:
        raise
    except EnvironmentFault as exc:
        fault = exc
    else:
        return SecondCopy(target)
    finally:
        with suppress(OSError):  # the stick may be gone; the next copy clears leftovers
            partial.unlink(missing_ok=True)
    _discard(target)
    return SecondCopy(None, str(fault))


def _is_there(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a share that hangs, a folder we may not look into
        return False


def _discard(target: Path) -> None:
    """Take back a second copy that did not read back; one without a manifest does not count anyway."""
    for path in (manifest_path(target), target, keys_path(target)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def thin_out(folder: Path, ring: KeyRing, clock: Clock) -> list[str]:
    """Remove what the retention rule does not keep; gives the names. Only backups of this key are touched."""
    mine = {each.path.name: each for each in list_backups([folder]) if each.manifest.key == ring.fingerprint}
    going = obsolete(
        [
            Kept(name, each.manifest.made_at, each.manifest.reason is Reason.MIGRATION, each.manifest.good)
            for name, each in mine.items()
        ],
        clock.now(),
    )
    gone = []
    for name in going:
        try:
            remove(mine[name])
        except OSError as exc:  # a write-protected stick: the backup just made is not worth less for it
            _log.warning("old backup stays: %s", type(exc).__name__)
            continue
        gone.append(name)
    return gone


__all__ = [
    "Backup",
    "BackupResult",
    "Manifest",
    "Reason",
    "SecondCopy",
    "Watch",
    "check_content",
    "copy_to_second_place",
    "list_backups",
    "make_backup",
    "newest_good",
    "read_backup",
    "second_folder",
    "thin_out",
    "verify_backup",
]
