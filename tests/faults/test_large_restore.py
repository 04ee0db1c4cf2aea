"""G45: going back to a backup of a large town takes a machine less than a minute, checks and opening included."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import open_station
from centerdesk.app.restoring import finish
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Resident
from centerdesk.features.places.rules import Door
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.restore import restore
from tests.perf.stations import make_empty, opened

FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"
RESIDENTS = 100_000 if FULL else 2_000
BATCH = 10_000
SECONDS = 60

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def persons(first: int, count: int) -> tuple[RosterPerson, ...]:
    """Fictional people, two to a home."""
    return tuple(
        RosterPerson(
            name=f"居民{n}", id=None, birth=date(1950, 1, 1 + n % 28), sex="男" if n % 2 else "女",
            phones=(f"199{n:08}",), household=f"H{n // 2}", relation=None, relation_code=None,
            address=Address("云和小区", Door(f"{n // 600}", f"{n % 3 + 1}", f"{n % 20 + 1}", f"{n // 2}")),
            grid=None, tags=("独居",) if n % 9 == 0 else (),
        )
        for n in range(first, first + count)
    )  # fmt: skip


def test_a_town_is_back_within_a_minute(tmp_path: Path) -> None:
    where = DataDir(tmp_path / "station")
    make_empty(where.root, RESIDENTS)
    station = opened(where.root)
    for first in range(0, RESIDENTS, BATCH):
        station.bus.run(ImportRoster(persons(first, min(BATCH, RESIDENTS - first))))
    backup = back_up(station, Reason.MANUAL).backup
    station.close()
    where.database.write_bytes(b"\0" * 4096)  # the disk went bad
    began = time.perf_counter()
    restore(backup.path, where, SystemClock())
    station = open_station(where, SystemClock())
    finish(station)
    with station.database.read_session() as session:
        there = session.scalar(select(func.count()).select_from(Resident))
    took = time.perf_counter() - began
    station.close()
    assert there == RESIDENTS
    assert took <= SECONDS, f"{took:.1f} s"
