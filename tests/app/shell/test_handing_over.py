"""Somebody signs out while the database is busy: what was asked for before is done, and by whom it was asked."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import select

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.models import Alarm, ExpectedCheck, Look
from centerdesk.kernel.errors import Cancelled

pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def busy(morning):
    """The desk of 周敏 with a write lane that waits; `free` lets it go on."""
    window = morning.open()
    morning.free = Event()

    def wait(_bus, _progress, _cancelled):
        assert morning.free.wait(20)
        raise Cancelled()

    window.runner.write(window, wait, failed=lambda _exc: None, label="")
    yield morning
    morning.free.set()


@pytest.mark.parametrize("next_one", ["nobody", "somebody"])
def test_a_look_that_still_waits_is_booked_for_whoever_looked(busy, next_one):
    me = busy.window.actor()
    with busy.fixture.read() as session:
        home = session.scalar(select(ExpectedCheck.id).where(ExpectedCheck.state == "due").limit(1))
    busy.window.runner.execute(busy.window, RecordLook(home, "help"))
    busy.window.leave()
    busy.window = None
    somebody = replace(busy.fixture.sign_in("front_desk"), grants={})
    busy.station.actor = somebody if next_one == "somebody" else None
    busy.free.set()
    busy.settle()
    with busy.fixture.read() as session:
        assert session.scalar(select(Look.by_id).where(Look.check_id == home)) == me.account_id
        assert session.scalar(select(Alarm.kind).where(Alarm.check_id == home)) == "help"
