"""Verbs of a station's care: setting up, watching, backup, restore, verify, migrate."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from centerdesk.app import checks
from centerdesk.app.bootstrap import OpenStation, create_station
from centerdesk.app.cli import DONE, REFUSED, Console, clock_for, data_dir
from centerdesk.app.cli_session import back_up, opened, password
from centerdesk.app.records import RESTORED, RecordRestore
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import newest_good
from centerdesk.kernel.backupfile import Reason, list_backups
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import EnvironmentFault, SecondPersonNeeded, ValidationError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.restore import restore
from centerdesk.kernel.soundness import CheckResult, file_checks, frozen_session


def init_verb(args: argparse.Namespace, console: Console) -> int:
    """Set a station up: keys, database, places, accounts; prints the recovery sheet once."""
    accounts = [_account(text) for text in args.account]
    secret = password("CENTERDESK_PASSWORD", f"给 {args.admin} 定一个密码：")
    problem = staff.password_problem(secret, args.admin)
    if problem:
        raise ValidationError({"password": problem})
    clock = clock_for(args, drill=args.drill)
    station, code = create_station(data_dir(args), args.station, clock, drill=args.drill)
    try:
        found = _Founder(station)
        found.places(args, [grid for _name, _role, grid in accounts if grid])
        found.accounts(args.admin, accounts, secret)
    finally:
        station.close()
    console.say(f"“{args.station}”设好了，在 {data_dir(args).root}。")
    _print_sheet(code, console)
    return DONE


def _account(text: str) -> tuple[str, str, str]:
    name, _, rest = text.partition(":")
    role, _, grid = rest.partition(":")
    if not name or role not in staff.ROLES:
        roles = " ".join(staff.ROLES)
        raise ValidationError(
            {"account": f"--account 写成 名字:身份[:网格]，身份是 {roles} 之一。“{text}”看不懂。"}
        )
    return name, role, grid


class _Founder:
    """The system actor that may write before anybody can sign in."""

    def __init__(self, station: OpenStation) -> None:
        self._bus = station.bus
        self._read = station.database.read_session
        self._actor = system_actor([staff.FOUND], station.site.desk)

    def places(self, args: argparse.Namespace, more_grids: list[str]) -> None:
        grids = tuple(dict.fromkeys([*args.grid, *more_grids]))
        compounds = tuple(dict.fromkeys(args.compound))
        self._bus.run(
            places.FoundPlaces(args.station, street=args.street, grids=grids, compounds=compounds),
            actor=self._actor,
        )

    def accounts(self, admin: str, others: list[tuple[str, str, str]], secret: str) -> None:
        self._bus.run(
            staff.FoundAccount(admin, admin, secret, ("administrator", "secretary"), must_change=False),
            actor=self._actor,
        )
        with self._read() as session:
            grids = {g.name: g.id for g in places.grids(session)}
        for name, role, grid in others:
            account_id = self._bus.run(
                staff.FoundAccount(name, name, secret, (role,)), actor=self._actor
            ).value
            if grid:
                self._bus.run(places.FoundDuty(grids[grid], account_id), actor=self._actor)


def _print_sheet(code: RecoveryCode, console: Console) -> None:
    console.say("")
    console.say("恢复单（只显示这一次，请抄在纸上，封进信封放保险柜）")
    for index, group in enumerate(code.groups, 1):
        console.say(f"  {index}  {group}")
    console.say(f"  校验  {code.check}")
    console.say("电脑坏了、管理员密码忘了，只有这张纸能打开备份。第一次打开服务台时会请您照纸敲一遍。")


def watch_verb(args: argparse.Namespace, console: Console) -> int:
    """The watcher: no account, the machine's key."""
    from centerdesk.app.watcher import run_watcher

    return run_watcher(
        data_dir(args), lambda drill: clock_for(args, drill=drill), once=args.once, say=console.say
    )


def backup_verb(args: argparse.Namespace, console: Console) -> int:
    """A verified backup now."""
    with opened(args) as station:
        if args.to is not None:
            station.station = _with_second(station, args.to)
        back_up(station, Reason.MANUAL)
        found, _refused = newest_good([station.data.backups], station.ring)
    console.say(f"备份好了：{found.path if found else station.data.backups}")
    return DONE


def _with_second(station: OpenStation, place: Path) -> Any:
    from dataclasses import replace

    return replace(station.station, second_place=place)


def restore_verb(args: argparse.Namespace, console: Console) -> int:
    """Go back to a backup: two accounts, or the recovery sheet. The present database is put aside."""
    data = data_dir(args)
    if args.list:
        for backup in list_backups([data.backups]):
            console.say(f"{backup.path}  {backup.describe()}")
        return DONE
    typed = os.environ.get("CENTERDESK_RECOVERY")
    code = RecoveryCode.parse(typed) if typed else None
    path, who = args.backup or _newest(data, code), None
    if code is None:
        who = _two_persons(args, path)
    done = restore(path, data, SystemClock(), code=code)
    with opened(args, migrate=True) as station:
        station.bus.run(RecordRestore(), actor=who or system_actor([RESTORED], station.site.desk))
    console.say(f"已退回到 {path.name}。原来的放在 {done.aside or '（原来没有库）'}。")
    return DONE


def _newest(data: DataDir, code: RecoveryCode | None) -> Path:
    key = keyslots.open_with_recovery(data, code) if code else keyslots.open_with_machine(data)
    found, refused = newest_good([data.backups], KeyRing(key))
    if found is None:
        doubts = "".join(f"\n{sentence}" for _backup, sentence in refused)
        raise EnvironmentFault(
            f"“{data.backups}”里没有能用的备份。请插上备份盘，在命令后面写明是哪一份。{doubts}"
        )
    return found.path


def _two_persons(args: argparse.Namespace, path: Path) -> Actor:
    """Both accounts, checked against the database, or against the backup when that cannot be opened."""
    if not args.login or not args.second or args.login == args.second:
        raise SecondPersonNeeded("backup.restore")
    names = (args.login, args.second)
    secrets = (
        password("CENTERDESK_PASSWORD", f"{args.login} 的密码："),
        password("CENTERDESK_SECOND_PASSWORD", f"{args.second} 的密码："),
    )
    try:
        with opened(args) as station:
            people = [station.authenticate(n, s) for n, s in zip(names, secrets, strict=True)]
    except EnvironmentFault:
        ring = KeyRing(keyslots.open_with_machine(data_dir(args)))
        with frozen_session(path, ring.database_key) as session:
            people = [staff.identify(session, n, s) for n, s in zip(names, secrets, strict=True)]
    for first, other in (people, reversed(people)):
        if first.may("backup.restore") and other.may("backup.approve"):
            return first
    raise SecondPersonNeeded("backup.restore")


def verify_verb(args: argparse.Namespace, console: Console) -> int:
    """Every check over the open database; exit code 1 when one fails."""
    with opened(args) as station:
        found = all_checks(station)
    ok = all(check.ok for check in found)
    if args.json:
        console.answer(
            {"ok": ok, "checks": [{"name": c.name, "ok": c.ok, "counts": dict(c.counts)} for c in found]}
        )
    for check in found:
        figures = "，".join(f"{key} {value}" for key, value in check.counts.items())
        console.say(f"{'好' if check.ok else '坏'}  {check.name}  {figures}  {check.note}".rstrip())
    return DONE if ok else REFUSED


def all_checks(station: OpenStation) -> list[CheckResult]:
    """The file's own checks and those of its content."""
    with station.database.ro.connect() as connection:
        found = file_checks(connection.connection.driver_connection)
    with station.database.read_session() as session:
        found.extend(check(session) for check in checks.content_checks(station.ring, station.clock))
    return found


def migrate_verb(args: argparse.Namespace, console: Console) -> int:
    """Lift an older schema, after a forced backup."""
    with opened(args, migrate=True) as station:
        console.say(f"库的版式是 {station.database.revision()}，是最新的。")
    return DONE
