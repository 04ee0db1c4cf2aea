"""Verbs of backups: making one now, going back to one."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from centerdesk.app import restoring
from centerdesk.app.backups import back_up
from centerdesk.app.cli import DONE, ENVIRONMENT, Console, clock_for, data_dir
from centerdesk.app.records import RESTORED
from centerdesk.app.verbs.session import asked, opened, password
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import newest_good, verify_backup
from centerdesk.kernel.backupfile import Reason, list_backups, read_backup
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, ValidationError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.restore import restore
from centerdesk.kernel.soundness import frozen_session
from centerdesk.kernel.station import Station


def backup_verb(args: argparse.Namespace, console: Console) -> int:
    """A verified backup now, and its copy in the second place where there is one."""
    with opened(args) as station:
        if args.to is not None:
            station.station = replace(station.station, second_place=args.to)
        done = back_up(station, Reason.MANUAL)
    console.say(f"备份好了：{done.backup.path}")
    if not done.backup.manifest.good:
        console.complain("备份时发现库里有对不上的地方。请运行 centerdesk verify 看是哪一项。")
    if done.second is None:
        return DONE
    if done.second.path is None:
        console.complain(done.second.problem)
        return ENVIRONMENT
    console.say(f"另存一份：{done.second.path}")
    return DONE


def restore_verb(args: argparse.Namespace, console: Console) -> int:
    """Go back to a backup: two accounts, or the recovery sheet. The present database is put aside."""
    data = data_dir(args)
    if args.list:
        return _list(data, console)
    clock, code = _clock(args, data), _recovery_code(args)
    path = args.backup if args.backup is not None else _newest(data, code, console)
    try:
        who = None if code is not None else _two_persons(args, path)
        done = restore(path, data, clock, code=code)
    except DamagedDatabase as exc:
        raise _with_next_good(exc, path, data, code) from exc
    with opened(args, migrate=True, restored=True) as station:
        restoring.record(station, who or system_actor([RESTORED], station.site.desk))
    console.say(f"已退回到 {path.name}。")
    console.say(f"原来的库放在 {done.aside}。" if done.aside else "这里原来没有库。")
    return DONE


def _list(data: DataDir, console: Console) -> int:
    found = list_backups(_folders(data))
    for backup in found:
        console.say(
            f"{backup.path}  {backup.describe()}{'' if backup.manifest.good else '  （做的时候有疑点）'}"
        )
    if not found:
        console.say(f"“{data.backups}”里还没有备份。插上备份盘，在命令后面写明是哪一份。")
    return DONE


def _clock(args: argparse.Namespace, data: DataDir) -> Clock:
    """`--now` is judged before anything is replaced. A new folder is no drill station."""
    return clock_for(args, drill=data.station_file.exists() and Station.load(data.station_file).drill)


def _recovery_code(args: argparse.Namespace) -> RecoveryCode | None:
    """The sheet: from CENTERDESK_RECOVERY, or asked for where no account is named. Raises ValidationError."""
    typed = os.environ.get("CENTERDESK_RECOVERY")
    if not typed and not args.login:
        typed = asked("恢复单（8 组字，可以带空格）：")
    return RecoveryCode.parse(typed) if typed else None


def _folders(data: DataDir) -> list[Path]:
    """Where backups of this station may lie: here, and in the second place it names."""
    folders = [data.backups]
    with suppress(EnvironmentFault):  # no station file, or a bad one: the folder itself is left
        second = Station.load(data.station_file).second_place
        folders += [second] if second is not None else []
    return folders


def _ring(data: DataDir, code: RecoveryCode | None) -> KeyRing:
    return KeyRing(keyslots.open_with_recovery(data, code) if code else keyslots.open_with_machine(data))


def _newest(data: DataDir, code: RecoveryCode | None, console: Console) -> Path:
    """The newest backup that verifies; those passed over are named. Raises EnvironmentFault when there is none."""
    if not list_backups(_folders(data)):
        raise EnvironmentFault(
            f"“{data.backups}”里没有备份，什么都没有动。请插上备份盘，在命令后面写明是哪一份，再来一次。"
        )
    found, refused = newest_good(_folders(data), _ring(data, code))
    for _backup, sentence in refused:
        console.complain(sentence)
    if found is None:
        raise EnvironmentFault("这些备份一份也不能用，什么都没有动。请插上备份盘，在命令后面写明是哪一份。")
    if refused:
        console.complain(f"改用再早一份好的：{found.path.name}（{found.describe()}）。")
    return found.path


def _with_next_good(
    exc: DamagedDatabase, path: Path, data: DataDir, code: RecoveryCode | None
) -> EnvironmentFault:
    """The same refusal with the backup to take instead."""
    try:
        found, _refused = newest_good(_folders(data), _ring(data, code))
    except EnvironmentFault:  # no key in this folder yet: the caller knows where the backups lie
        found = None
    if found is None or found.path == path:
        return exc
    return DamagedDatabase(f"{exc}现在的库没有动。好的一份是 {found.path}（{found.describe()}）。")


def _two_persons(args: argparse.Namespace, path: Path) -> Actor:
    """Both accounts, checked against the database, or against the backup when that cannot be opened."""
    if not args.login or not args.second or args.login == args.second:
        raise ValidationError(
            {
                "second": "退回要两个人办：--as 和 --second 各写一个账号。只有恢复单，就把它放进 CENTERDESK_RECOVERY。"
            }
        )
    names = (args.login, args.second)
    secrets = (
        password("CENTERDESK_PASSWORD", f"{args.login} 的密码："),
        password("CENTERDESK_SECOND_PASSWORD", f"{args.second} 的密码："),
    )
    try:
        with opened(args) as station:
            first, other = (station.authenticate(n, s) for n, s in zip(names, secrets, strict=True))
    except EnvironmentFault:
        ring = KeyRing(keyslots.open_with_machine(data_dir(args)))
        verify_backup(read_backup(path), ring)
        with frozen_session(path, ring.database_key) as session:
            first, other = (staff.identify(session, n, s) for n, s in zip(names, secrets, strict=True))
    return restoring.two_persons(first, other)[0]
