"""A desk for tests: the real window on a real station, signed in, without a screen."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.features import manifests
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.db import Database
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station
from tests.helpers.station import StationFixture, unsynced


def as_open(fixture: StationFixture) -> OpenStation:
    """The station as the desk holds it; the fixture still owns database and clock."""
    data = DataDir(fixture.root)
    data.prepare()
    opened = OpenStation(
        data,
        Station(uuid7(), fixture.site.station, drill=True, device="t"),
        fixture.ring,
        fixture.database,
        manifests(),
        fixture.site,
    )
    opened.actor = fixture.actor
    return opened


def reopened(built: StationFixture, root: Path) -> StationFixture:
    """A copy of a closed station in `root`, with the same key, the same person and the clock where it stood."""
    shutil.copytree(built.root, root)
    clock = FixedClock(built.clock.now())
    site = replace(built.site, clock=clock)
    database = unsynced(Database.open(root / "centerdesk.db", built.ring))
    fixture = replace(
        built, root=root, database=database, clock=clock, site=site, accounts=dict(built.accounts)
    )
    fixture.bus = CommandBus(database.write_session, site, lambda: fixture.actor)
    return fixture


def type_text(field: QWidget, text: str) -> None:
    """Type as an input method does: QTest cannot press Chinese keys."""
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(field, event)
