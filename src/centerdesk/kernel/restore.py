"""Going back to a backup, on this machine or on a new one; and rehearsing it beside the live database."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from centerdesk.kernel import anchors, keyslots
from centerdesk.kernel.backup import check_content
from centerdesk.kernel.backupfile import (
    Backup,
    Manifest,
    check_bytes,
    check_signature,
    copy_hashed,
    read_backup,
    writing_fault,
)
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.db import Database, connect, key_fits, sqlite
from centerdesk.kernel.dbfaults import sqlite_code
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, Unavailable, WrongKey
from centerdesk.kernel.files import fsync_folder
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir, ensure_private, refuse_shared_storage, write_private
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.soundness import Check, CheckResult, Watch
from centerdesk.kernel.station import is_there

_NOT_DONE = "没有退回"
_log = logging.getLogger(__name__)


@record
class Restored:
    """What a restore did: the keys of the database now in place, and where the former one was put."""

    manifest: Manifest
    ring: KeyRing
    aside: Path | None
    checks: tuple[CheckResult, ...]


@record
class Rehearsal:
    """A restore into a temporary folder: how long it took and what the checks found."""

    seconds: float
    checks: tuple[CheckResult, ...]

    @property
    def good(self) -> bool:
        return all(check.ok for check in self.checks)


def restore(
    path: Path,
    target: DataDir,
    clock: Clock,
    *,
    ring: KeyRing | None = None,
    code: RecoveryCode | None = None,
    held: DeskLock | None = None,
    checks: Sequence[Check] = (),
    watch: Watch | None = None,
) -> Restored:
    """Put the backup at `path` in the place of the database of `target`, which may be an empty folder.

    Keys come from `code`, else `ring`, else this machine's slot. The backup is copied and verified first;
    then the present database is set aside under a dated name and replaced in one step. Nobody may have it
    open (`held` is the caller's own lock, else one is taken). Afterwards the caller writes the RESTORE entry and
    takes `target.restoring` away.
    Raises EnvironmentFault and kinds, Cancelled; the present database is untouched then.
    """
    watch = watch or Watch()
    refuse_shared_storage(target.database)
    if is_there(target) and not target.database.exists():
        raise EnvironmentFault(
            "这个站的库在服务器上，没有动它：文件的备份放不回去。请服务器的管理员用那里的备份退回；"
            "要看这份备份，另选一个空文件夹。"
        )
    ensure_private(target.root)
    with ExitStack() as stack:
        if held is None:
            stack.enter_context(DeskLock.acquire(target.lock_file, clock))
        backup = read_backup(path)
        keys = _keys(backup, target, ring, code)
        check_signature(backup, keys)
        partial = target.database.with_name(target.database.name + ".restoring.partial")
        stack.callback(partial.unlink, missing_ok=True)
        try:
            found = _bring(backup, partial, keys, checks, watch)
            watch.step("换上", 0, 1)  # the last moment to stop
            aside = _set_aside(target, keys, clock)
            _install_keys(backup, target, keys, clock)
            anchors.note_restore(target, keys, backup.manifest.head)
            partial.replace(target.database)
            fsync_folder(target.root)
        except OSError as exc:
            raise writing_fault(exc, _NOT_DONE, "现在的库没有动，备份也在。", backup.manifest.size) from exc
        if backup.manifest.station and not target.station_file.exists():
            write_private(target.station_file, backup.manifest.station.encode())
    _log.info("restored a backup, good %s, former database kept %s", backup.manifest.good, aside is not None)
    return Restored(backup.manifest, keys, aside, tuple(found))


def _keys(backup: Backup, target: DataDir, ring: KeyRing | None, code: RecoveryCode | None) -> KeyRing:
    if code is not None:
        return KeyRing(keyslots.open_file_with_recovery(_slots_for(backup, target), code))
    if ring is not None:
        return ring
    try:
        key = keyslots.open_file_with_machine(_slots_for(backup, target), target.machine_key)
    except WrongKey as exc:
        raise WrongKey(
            "这台电脑的本机钥匙打不开这份备份，多半是换了电脑。什么都没有动；请拿恢复单来，再退回一次。"
        ) from exc
    return KeyRing(key)


def _slots_for(backup: Backup, target: DataDir) -> Path:
    """The key-slot file beside the backup; the target's own when that one is lost and it is the same key."""
    try:
        keyslots.read(backup.keys_file)
    except EnvironmentFault:
        if target.keyslots.exists() and keyslots.read(target.keyslots).key == backup.manifest.key:
            return target.keyslots
        raise
    return backup.keys_file


def _bring(
    backup: Backup, partial: Path, keys: KeyRing, checks: Sequence[Check], watch: Watch
) -> list[CheckResult]:
    """Copy the backup to this disk and verify the copy."""
    free = shutil.disk_usage(partial.parent).free
    if free < backup.manifest.size + 5_000_000:
        missing = (backup.manifest.size + 5_000_000 - free) // 1_000_000 + 1
        raise EnvironmentFault(
            f"{_NOT_DONE}：磁盘不够，还差 {missing} MB。现在的库没有动，备份也在。请清出空间再退回。"
        )
    check_bytes(backup, *copy_hashed(backup.path, partial, watch, "拷回备份"))
    return check_content(backup, partial, keys, checks, watch)


def _set_aside(target: DataDir, keys: KeyRing, clock: Clock) -> Path | None:
    """Keep the present database under a dated name, by a second link, so that no moment is without one."""
    if not target.database.exists():
        return None
    _settle(target.database, keys)
    ensure_private(target.aside)
    stem, number = f"{local(clock.now()):%Y-%m-%d_%H%M%S}", 2
    folder = target.aside / stem
    while folder.exists():
        folder, number = target.aside / f"{stem}-{number}", number + 1
    ensure_private(folder)
    for suffix in (
        "-wal",
        "-shm",
        "-journal",
    ):  # only where the file could not be settled; never left to the new one
        left = target.database.with_name(target.database.name + suffix)
        if left.exists():
            left.replace(folder / left.name)
    try:
        os.link(target.database, folder / target.database.name)
    except OSError:  # a disk without links: a moment without a database, but never without its file
        target.database.replace(folder / target.database.name)
    if target.keyslots.exists():
        shutil.copyfile(target.keyslots, folder / target.keyslots.name)
        (folder / target.keyslots.name).chmod(0o600)
    fsync_folder(folder)
    return folder


def _settle(database: Path, keys: KeyRing) -> None:
    """Bring the log into the file and make sure nobody else has it open.

    Leaving WAL mode needs the file alone, so it fails while any process holds it. A file that these keys do
    not open, or that is damaged, is set aside as it is, with its log.
    """
    if not key_fits(database, keys.database_key):
        return
    connection = connect(database, keys.database_key, mode="rw")
    try:
        connection.execute("PRAGMA busy_timeout=2000")
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite.Error as exc:
        if sqlite_code(exc) in (5, 6):
            raise Unavailable(
                f"{_NOT_DONE}：还有窗口或看护程序开着这个库。什么都没有动；请全部关掉，再退回一次。"
            ) from exc
        _log.warning("the database set aside could not be settled: code %s", sqlite_code(exc))
    finally:
        connection.close()


def _install_keys(backup: Backup, target: DataDir, keys: KeyRing, clock: Clock) -> None:
    """Make the target's key slots fit the backup, with a slot for this machine.

    Slots of the same key stay as they are: the sheet in the safe may be newer than the backup.
    """
    if not _same_key(target, keys):
        write_private(target.keyslots, _slots_for(backup, target).read_bytes())
    try:
        keyslots.open_with_machine(target)
    except WrongKey:
        keyslots.new_machine_slot(target, keys.data_key, clock)


def _same_key(target: DataDir, keys: KeyRing) -> bool:
    try:
        return keyslots.read(target.keyslots).key == keys.fingerprint
    except (WrongKey, DamagedDatabase):  # none there, or not readable any more
        return False


def rehearse(
    backup: Backup,
    ring: KeyRing,
    where: DataDir,
    clock: Clock,
    *,
    checks: Sequence[Check] = (),
    watch: Watch | None = None,
) -> Rehearsal:
    """Restore into a temporary folder of the data directory, open it as the desk would, run every check.

    The live database is not touched. Raises what `restore` raises.
    """
    began = clock.monotonic()
    watch = watch or Watch()
    check_signature(backup, ring)
    ensure_private(where.spool)
    try:
        with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=where.spool) as folder:
            place = DataDir(Path(folder))
            found = _bring(backup, place.database, ring, checks, watch)
            Database.open(place.database, ring).close()
    except OSError as exc:
        raise writing_fault(exc, "演练没做完", "库和备份都没有动。", backup.manifest.size) from exc
    return Rehearsal(clock.monotonic() - began, tuple(found))
