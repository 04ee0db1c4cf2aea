"""What verbs that open a station share: opening it, passwords, the person who acts."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from centerdesk.app import checks
from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.cli import clock_for, data_dir
from centerdesk.kernel.backup import make_backup
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.identity import Actor


@contextmanager
def opened(args: argparse.Namespace, *, migrate: bool = False) -> Iterator[OpenStation]:
    """The station of `--data`, closed again at the end. With `migrate` an older schema is backed up and lifted."""
    station = open_station(
        data_dir(args),
        lambda found: clock_for(args, drill=found.drill),
        backup_before=back_up_before_migration if migrate else None,
    )
    try:
        yield station
    finally:
        station.close()


def back_up_before_migration(station: OpenStation) -> None:
    """The forced verified backup before a schema change."""
    back_up(station, Reason.MIGRATION)


def back_up(station: OpenStation, reason: Reason) -> None:
    """A verified backup with the station's own checks."""
    make_backup(
        station.data,
        station.ring,
        station.clock,
        reason,
        checks=checks.content_checks(station.ring, station.clock),
        second_place=station.station.second_place,
    )


def password(variable: str, prompt: str) -> str:
    """A password from the environment variable or, at a terminal, from a prompt. Raises ValidationError."""
    found = os.environ.get(variable)
    if found is None and sys.stdin is not None and sys.stdin.isatty():
        found = getpass.getpass(prompt)
    if not found:
        raise ValidationError({"password": f"没有密码。请在终端里输，或放进环境变量 {variable}。"})
    return found


def sign_in(args: argparse.Namespace, station: OpenStation) -> Actor:
    """Become the account of `--as`. Raises ValidationError, SignInRefused."""
    if not args.login:
        raise ValidationError({"as": "这件事要有人来办：加上 --as 账号名。"})
    return station.sign_in(args.login, password("CENTERDESK_PASSWORD", f"{args.login} 的密码："))
