"""What verbs that open a station share: opening it, passwords, the person who acts."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from centerdesk.app import restoring
from centerdesk.app.backups import back_up_before
from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.cli import clock_for, data_dir
from centerdesk.kernel.backupfile import Reason, list_backups
from centerdesk.kernel.errors import DamagedDatabase, ValidationError
from centerdesk.kernel.identity import Actor


@contextmanager
def opened(
    args: argparse.Namespace,
    *,
    migrate: bool = False,
    owner: tuple[str, str] | None = None,
    restored: bool = False,
) -> Iterator[OpenStation]:
    """The station of `--data`, closed again at the end. With `migrate` an older schema is backed up and lifted.

    `restored`: the caller has just put a backup in place and writes the entry itself. Raises what `open_station`
    raises; damage names the newest backup.
    """
    station = open_it(args, migrate=migrate, owner=owner, restored=restored)
    try:
        yield station
    finally:
        station.close()


def open_it(
    args: argparse.Namespace,
    *,
    migrate: bool = False,
    owner: tuple[str, str] | None = None,
    restored: bool = False,
) -> OpenStation:
    """The same for a caller that closes it itself."""
    data = data_dir(args)
    try:
        station = open_station(
            data,
            lambda found: clock_for(args, drill=found.drill),
            backup_before=_before_migration if migrate else None,
            owner=owner,
        )
    except DamagedDatabase as exc:
        newest = next(iter(list_backups([data.backups])), None)
        if newest is None:
            raise
        raise type(exc)(f"{exc}最近的一份是 {newest.describe()}；退回用 centerdesk restore。") from exc
    if not restored:
        restoring.finish(station)
    return station


def _before_migration(station: OpenStation) -> None:
    """Even an empty file: whoever asks for a migration by its verb finds what was there before."""
    back_up_before(station, Reason.MIGRATION)


def password(variable: str, prompt: str) -> str:
    """A password from the environment variable or, at a terminal, from a prompt. Raises ValidationError."""
    found = os.environ.get(variable) or asked(prompt)
    if not found:
        raise ValidationError({"password": f"没有密码。请在终端里输，或放进环境变量 {variable}。"})
    if not found.isprintable():
        raise ValidationError({"password": "密码里有认不出的字，多半是终端的编码不对。请换成 UTF-8 再输。"})
    return found


def asked(prompt: str) -> str:
    """What a person types without seeing it; nothing where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    try:
        return getpass.getpass(prompt)
    except EOFError:  # Ctrl+D
        return ""


def sign_in(args: argparse.Namespace, station: OpenStation) -> Actor:
    """Become the account of `--as`. Raises ValidationError, SignInRefused."""
    if not args.login:
        raise ValidationError({"as": "这件事要有人来办：加上 --as 账号名。"})
    return station.sign_in(args.login, password("CENTERDESK_PASSWORD", f"{args.login} 的密码："))
