"""除了这几户都开着: what was on the list when somebody said so is booked, and nothing that came to it since."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_enrol import EndPause
from centerdesk.features.checkins.commands_watch import Tick, watcher
from centerdesk.features.checkins.models import ExpectedCheck, Pause
from centerdesk.features.staff.commands import TakeLeave
from tests.features.checkins_page import Desk, desk
from tests.helpers import curtain

DAY = date.fromisoformat(curtain.DAY)
PAUSED = "6-3-402"


@pytest.fixture
def listing(qtbot, tmp_path):
    """周敏 has the list of six homes before her."""
    with desk(qtbot, tmp_path) as d:
        d.page.home_acts.back_entry()
        d.settle()
        assert d.text("back_entry_save") == "记下 6 户"
        yield d


def meanwhile(d: Desk, *commands) -> None:
    """At another desk; this one does not hear of it before it writes."""
    d.town.station.sign_in("secretary")
    for command in commands:
        d.town.station.run(command)
    d.town.station.run(Tick(d.town.station.clock.now()), actor=watcher("t"))
    curtain.be(d.town, "周敏")


def states(d: Desk, worker: str) -> list[str]:
    """Of all windows this person should look at this morning."""
    with d.town.station.read() as session:
        return list(
            session.scalars(
                select(ExpectedCheck.state).where(
                    ExpectedCheck.worker_id == d.town.workers[worker],
                    ExpectedCheck.day == DAY,
                    ExpectedCheck.slot == "morning",
                )
            )
        )


def test_an_elder_who_came_back_meanwhile_was_not_looked_at(listing):
    with listing.town.station.read() as session:
        pause = session.scalars(
            select(Pause).where(Pause.first_on == DAY, Pause.last_on < date(2026, 12, 6))
        ).one()
    meanwhile(listing, EndPause(pause.id, pause.version))
    listing.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert listing.check("5-2-101").state == "ok"
    assert listing.check(PAUSED).state == "due"


def test_the_homes_of_a_colleague_who_went_on_leave_meanwhile_were_not_looked_at(listing):
    waiting = states(listing, "陈嘉禾").count("due")
    workers = listing.town.workers
    meanwhile(listing, TakeLeave(workers["陈嘉禾"], workers["周敏"], DAY, DAY))
    listing.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert listing.check("5-2-101").state == "ok"
    assert states(listing, "周敏").count("due") == waiting > 0


def test_who_goes_on_leave_with_the_list_still_writes_it_down(listing):
    workers = listing.town.workers
    meanwhile(listing, TakeLeave(workers["周敏"], workers["陈嘉禾"], DAY, DAY))
    listing.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert listing.check("5-2-101").state == "ok"


@pytest.mark.parametrize("sent", ["1203-1A", "A"])
def test_a_scanned_sheet_books_nothing_by_itself(qtbot, tmp_path, sent):
    """Scanned over the round and not over the palette: A opens the list, and Enter ends what a scanner sends."""
    with desk(qtbot, tmp_path) as d:
        for figure in sent:
            qtbot.keyClicks(QApplication.focusWidget(), figure)
        d.press(Qt.Key.Key_Return)
        assert d.child("back_entry").isVisible()
        assert states(d, "周敏").count("due") == 6


def test_what_somebody_saw_meanwhile_stays(listing):
    meanwhile(listing, RecordLook(listing.id_of("5-2-101"), "help"))
    listing.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (listing.check("5-2-101").state, listing.check("5-2-101").looks) == ("help", 1)
    assert listing.check("6-3-501").state == "ok"
