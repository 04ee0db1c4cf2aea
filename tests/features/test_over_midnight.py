"""The curtain page left open over the turn of the day: the round on show is the present one."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt

from centerdesk.features.checkins.commands_enrol import AssignWorker
from centerdesk.features.checkins.commands_watch import EnsureExpected, watcher
from centerdesk.features.checkins.ui.pages import READ_EVERY
from tests.features.checkins_page import Desk, desk
from tests.helpers import curtain

DAY, NEXT = date(2026, 12, 3), date(2026, 12, 4)


def stand_until(d: Desk, text: str) -> None:
    """Nobody touches the page meanwhile; then it reads as it does every ten seconds."""
    d.town.at(text)
    for _ in range(READ_EVERY):
        d.page.beat()
    d.settle()


def on_show(d: Desk) -> tuple[date, str]:
    shown = d.page.walk.desk
    assert shown is not None
    return shown.view.day, shown.view.slot


@pytest.mark.parametrize(
    ("until", "shown"),
    [
        ("2026-12-03 23:59", (DAY, "morning")),
        ("2026-12-04 00:01", (DAY, "morning")),
        ("2026-12-04 05:00", (NEXT, "morning")),
        ("2026-12-04 08:00", (NEXT, "morning")),
    ],
)
def test_the_morning_chosen_in_the_evening_is_not_taken_for_the_next_days(qtbot, tmp_path, until, shown):
    """In the morning nothing leads back from an older round: its open curtains would stand for today's."""
    with desk(qtbot, tmp_path) as d:
        stand_until(d, "2026-12-03 18:00")
        d.town.station.run(EnsureExpected(), actor=watcher("t"))
        d.page.board.slot_chosen.emit("morning")
        d.settle()
        assert on_show(d) == (DAY, "morning")
        stand_until(d, until)
        assert on_show(d) == shown


def test_a_key_meant_for_the_round_before_ticks_nothing_of_the_next(qtbot, tmp_path):
    """The round turned under the finger: the first press says which home it is now, the second one counts."""
    with desk(qtbot, tmp_path) as d:
        d.town.station.run(EnsureExpected(), actor=watcher("t"))
        stand_until(d, "2026-12-03 17:00")
        home = d.at
        d.press(Qt.Key.Key_Space)
        assert d.check(home, "evening").state == "due"
        assert d.toasts()[-1] == f"名单刚变了，现在是 {home}。看清了再按一次。"
        d.press(Qt.Key.Key_Space)
        assert d.check(home, "evening").state == "ok"


@pytest.mark.parametrize("chosen", [False, True])
def test_a_home_that_left_the_list_is_not_answered_for_by_the_next(qtbot, tmp_path, chosen):
    """5-2-101 was given to a colleague while somebody looked at it; who chose a home anew meant that one."""
    with desk(qtbot, tmp_path) as d:
        d.town.station.sign_in("secretary")
        given = AssignWorker(d.check("5-2-101").enrolment_id, 1, d.town.workers["陈嘉禾"])
        d.town.station.run(given)
        curtain.be(d.town, "周敏")
        assert d.at == "5-2-101"
        d.page.mark_dirty()
        d.settle()
        if chosen:
            d.press(Qt.Key.Key_Down)
        home = d.at
        assert home != "5-2-101"
        d.press(Qt.Key.Key_Space)
        assert d.check(home).state == ("ok" if chosen else "due")
