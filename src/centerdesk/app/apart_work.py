"""The process that does heavy acts: pipes, log, and the station as it opens it (另开的进程)."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from centerdesk.app.bootstrap import open_station
from centerdesk.features.staff import api as staff
from centerdesk.kernel import logs
from centerdesk.kernel.apart_child import Worker
from centerdesk.kernel.clock import Clock, SystemClock
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.crash import CrashReporter
from centerdesk.kernel.errors import PermissionDenied
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.paths import DataDir


def work(root: str) -> None:
    """Do what the desk sends until it has no more. Its stdin and stdout are the desk's pipes. Blocking."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)  # whatever a library prints is no answer
    sys.setswitchinterval(0.001)  # who writes waits for who makes the next rows 1 ms at most, not 5
    data = DataDir(Path(root))
    handler = logs.start_logging(data.logs, "apart")
    try:
        with CrashReporter(data.logs, SystemClock()) as reporter:
            Worker(orders, answers, lambda clock: _Place(data, clock), reporter.report).run()
    finally:
        logs.stop_logging(handler)


class _Place:
    """The station, opened by the machine's key like the watcher's."""

    def __init__(self, data: DataDir, clock: Clock) -> None:
        self._station = open_station(data, clock)

    def bus(self, clock: Clock) -> CommandBus:
        """Its bus, by the desk's clock."""
        station = self._station
        station.site = station.bus.site = replace(station.site, clock=clock)
        return station.bus

    def actor(self, account_id: UUID) -> Actor:
        """The account as it is today. Raises PermissionDenied when it is gone or switched off."""
        station = self._station
        with station.database.read_session() as session:
            scope = station.scope_of(session, account_id)
            try:
                return staff.actor_for(session, account_id, scope, station.site.desk)
            except staff.SignInRefused as exc:
                raise PermissionDenied(
                    "", "这个账号已经停用，这一笔没有写进去。要办，请管理员先放开账号。"
                ) from exc

    def close(self) -> None:
        self._station.close()
