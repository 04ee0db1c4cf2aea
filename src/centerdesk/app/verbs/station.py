"""Verbs of a station as a whole: setting up, watching, verify, migrate."""

from __future__ import annotations

import argparse
import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from centerdesk.app import checks
from centerdesk.app.bootstrap import OpenStation, create_station
from centerdesk.app.cli import DONE, REFUSED, Console, clock_for, data_dir
from centerdesk.app.verbs.session import open_it, opened, password
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.anchors import Anchor, of_paper
from centerdesk.kernel.errors import EnvironmentFault, ValidationError
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.soundness import Check, CheckResult, file_checks
from centerdesk.kernel.station import is_there

if TYPE_CHECKING:
    from centerdesk.app.servers import Plan

NAME_LENGTH = 40
OWNER_PASSWORD = "CENTERDESK_OWNER_PASSWORD"
"""Environment variable: password of the login that may make tables on a server (`--owner`)."""


def init_verb(args: argparse.Namespace, console: Console) -> int:
    """Set a station up: keys, database, places, accounts; prints the recovery sheet once. All or nothing."""
    accounts = [_account(text) for text in args.account]
    _check_names(args, [name for name, _role, _grid in accounts])
    secret = password("CENTERDESK_PASSWORD", f"给 {args.admin} 定一个密码：")
    for name in (args.admin, *(name for name, _role, _grid in accounts)):
        if problem := staff.password_problem(secret, name, name):
            raise ValidationError({"password": problem})
    clock, data = clock_for(args, drill=args.drill), data_dir(args)
    plan = _plan(args)
    with _all_or_nothing(data, plan):
        station, code = create_station(data, args.station.strip(), clock, drill=args.drill, plan=plan)
        try:
            found = _Founder(station)
            found.places(args, [grid for _name, _role, grid in accounts if grid])
            found.accounts(args.admin, accounts, secret)
        finally:
            station.close()
    where = f"{data.root}，库在{plan.address.place}" if plan is not None else str(data.root)
    console.say(f"“{args.station.strip()}”设好了，在 {where}。")
    _print_sheet(code, console)
    return DONE


def _plan(args: argparse.Namespace) -> Plan | None:
    """Where `--database` says the station shall lie; None for a file here. Raises ValidationError."""
    if args.database is None:
        return None
    from centerdesk.app import servers
    from centerdesk.kernel.server import Address

    address, secret = Address.parse(args.database)
    own = secret or os.environ.get("PGPASSWORD", "")
    return servers.Plan(address, own, args.owner or "", os.environ.get(OWNER_PASSWORD, ""))


def join_verb(args: argparse.Namespace, console: Console) -> int:
    """Make this machine one more desk of a station on a server. All or nothing."""
    from centerdesk.app import servers

    data, clock = data_dir(args), clock_for(args, drill=False)
    if is_there(data) or data.keyslots.exists():
        raise EnvironmentFault(f"“{data.root}”里已经有一个站，没有动它。要接服务器，请选一个空文件夹。")
    code = RecoveryCode.parse(password("CENTERDESK_RECOVERY", "恢复单（八组连着敲，空格随意）："))
    with _all_or_nothing(data, None):
        station = servers.join(data, args.folder, code, clock, os.environ.get("PGPASSWORD", ""))
    console.say(f"接上了“{station.name}”，这台电脑的文件夹是 {data.root}。")
    return DONE


def _account(text: str) -> tuple[str, str, str]:
    name, role, grid = (part.strip() for part in (text.replace("：", ":") + "::").split(":", 3)[:3])
    if not name or role not in staff.ROLES:
        roles = " ".join(staff.ROLES)
        raise ValidationError(
            {"account": f"--account 写成 名字:身份[:网格]，身份是 {roles} 之一。“{text}”看不懂，请改好再来。"}
        )
    return name, role, grid


def _check_names(args: argparse.Namespace, others: list[str]) -> None:
    """What can be told before anything is made. Raises ValidationError."""
    for name in (args.station, args.street, args.admin, *others, *args.grid, *args.compound):
        if any(unicodedata.category(c) == "Cc" for c in name):
            raise ValidationError({"name": "名字里有换行或别的看不见的字。什么都没有建，请改好再来。"})
    if len(args.street.strip()) > NAME_LENGTH:
        raise ValidationError({"street": f"街道名不超过 {NAME_LENGTH} 个字。什么都没有建，请改好再来。"})
    if not args.station.strip() or len(args.station.strip()) > NAME_LENGTH:
        raise ValidationError({"station": f"站名要写，不超过 {NAME_LENGTH} 个字。什么都没有建，请改好再来。"})
    names = [args.admin.strip(), *others]
    for name in names:
        if not name or len(name) > NAME_LENGTH:
            raise ValidationError(
                {"account": f"账号名要写，不超过 {NAME_LENGTH} 个字。什么都没有建，请改好再来。"}
            )
        if names.count(name) > 1:
            raise ValidationError(
                {"account": f"账号“{name}”写了两次。一个人一个账号；同名的加个字区分一下，再来一次。"}
            )


@contextmanager
def _all_or_nothing(data: DataDir, plan: Plan | None) -> Iterator[None]:
    """Take away what a set-up that failed has made: the sheet was never shown, so nobody could use it.

    Raises EnvironmentFault for a folder that holds something else: its rights would be changed.
    """
    ours = {path.name for path in (data.logs, data.backups, data.drafts, data.spool)}
    try:
        before = {path.name for path in data.root.iterdir()}
    except OSError:  # not there, or not a folder: who makes it will say so
        before = set()
    known = is_there(data) or data.keyslots.exists()
    if before - ours and not known:
        raise EnvironmentFault(
            f"“{data.root}”里放着别的东西，没有动它。请给新站换一个空文件夹（--data），再来一次。"
        )
    there = data.root.exists()
    try:
        yield
    except BaseException:
        if not known:
            _take_away(data.root, before, whole=not there)
        if plan is not None:
            with suppress(
                EnvironmentFault, DBAPIError
            ):  # the server that failed; its tables say so next time
                plan.take_away()
        raise


def _take_away(root: Path, before: set[str], *, whole: bool) -> None:
    with suppress(OSError):  # the disk that failed may fail here too; the next try says what is in the way
        for path in root.iterdir():
            if path.name not in before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if whole:
            root.rmdir()


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
            places.FoundPlaces(args.station.strip(), street=args.street, grids=grids, compounds=compounds),
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
    import gc

    from centerdesk.app import watcher

    if not args.once:
        gc.set_threshold(10_000)  # it runs for months: what it leaves behind must not gather
        watcher.watch(lambda: open_it(args))
        return DONE
    seen = watcher.watch_once(lambda: open_it(args))
    console.say(
        f"看了一遍：新报警 {len(seen.raised)} 件，没结的 {seen.open_alarms} 件，正在响 {len(seen.ringing)} 件。"
    )
    return DONE


def verify_verb(args: argparse.Namespace, console: Console) -> int:
    """Every check over the open database; exit code 1 when one fails."""
    papers = [of_paper(text) for text in args.paper]
    with opened(args) as station:
        found = all_checks(station, *papers)
    if args.json:
        console.answer(
            {
                "ok": all(check.ok for check in found),
                "checks": [{"name": c.name, "ok": c.ok, "counts": dict(c.counts)} for c in found],
            }
        )
    return _tell_checks(found, console)


def _tell_checks(found: Sequence[CheckResult], console: Console) -> int:
    for check in found:
        figures = "，".join(f"{key} {value}" for key, value in check.counts.items())
        console.say(f"{'好' if check.ok else '坏'}  {check.name}  {figures}  {check.note}".rstrip())
    return DONE if all(check.ok for check in found) else REFUSED


def all_checks(station: OpenStation, *papers: Anchor) -> list[CheckResult]:
    """The file's own checks and those of its content; what cannot be read is a check that failed.

    `papers`: where the chain stood when monthly returns were printed.
    """
    outside = checks.journal_anchors(station, *papers)
    if station.database.server:
        from centerdesk.kernel import server

        found = server.checks(station.database)
    else:
        with station.database.ro.connect() as connection:
            found = file_checks(connection.connection.driver_connection)
    for check in (*checks.content_checks(station.ring, station.clock), outside):
        found.append(_one_check(station, check))
    return found


def _one_check(station: OpenStation, check: Check) -> CheckResult:
    try:
        with station.database.read_session() as session:
            return check(session)
    except DBAPIError:
        name = getattr(check, "__name__", "content")
        return CheckResult(name, False, {}, "读不出来，没法核对。请不要再写，用最近的好备份退回。")


def migrate_verb(args: argparse.Namespace, console: Console) -> int:
    """Lift an older schema, after a forced backup, and check what it became."""
    owner = (args.owner or "", os.environ.get(OWNER_PASSWORD, ""))
    with opened(args, migrate=True, owner=owner) as station:
        console.say(f"库的版式是 {station.database.revision()}，是最新的。")
        return _tell_checks(all_checks(station), console)
