"""A desk for tests: the real window on a real station, signed in, without a screen."""

from __future__ import annotations

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.features import manifests
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station
from tests.helpers.station import StationFixture


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
