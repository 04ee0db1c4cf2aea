"""Carrying out an order to go back, once the desk has closed everything: watcher, database, entry, windows."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

from sqlalchemy import select

from centerdesk.app import restoring
from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.restoring import Order
from centerdesk.features.checkins.api import watch_state
from centerdesk.features.checkins.models import WatcherBeat
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station

_log = logging.getLogger(__name__)
PATIENCE_S = 15.0
"""How long the watcher gets to let go of the database; a sound that plays is not cut off."""


def living_watcher(station: OpenStation) -> int | None:
    """Process number of the watcher that looks now, None when nobody does. To be read before the station closes."""
    with station.database.read_session() as session:
        if watch_state(session, station.clock.now()).silent:
            return None
        return session.scalar(select(WatcherBeat.pid))


def send_away(pid: int | None) -> None:
    """Ask the watcher to end and wait for it; the desk starts another one afterwards. Blocking."""
    if pid is None or pid in (0, os.getpid()):
        return
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError as exc:  # ended meanwhile, or another account's: then the restore itself says so
        _log.warning("the watcher could not be asked to end: %s", type(exc).__name__)
        return
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.1)):
        if not _lives(pid):
            return
        pause.wait(0.1)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def go_back(
    order: Order, data: DataDir, clock_of: Callable[[Station], Clock], lock: DeskLock | None, pid: int | None
) -> OpenStation:
    """Replace the closed database, open it, write the entry and make the windows anew. Blocking, no GUI thread.

    `lock` is the desk's own, `pid` the watcher's. Raises EnvironmentFault and kinds; nothing was replaced then.
    """
    send_away(pid)
    restoring.carry_out(order, data, clock_of(Station.load(data.station_file)), held=lock)
    station = open_station(data, clock_of, backup_before=_own_backup)
    try:
        restoring.record(station, order.proposer)
    except BaseException:
        station.close()
        raise
    return station


def _own_backup(_station: OpenStation) -> None:
    """A backup of an older program is lifted to the newest schema; what was restored lies untouched beside."""
