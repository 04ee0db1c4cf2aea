"""The curtain page left open over the turn of the day: the round on show is the present one."""

from __future__ import annotations

from datetime import date

import pytest

from centerdesk.features.checkins.commands_watch import EnsureExpected, watcher
from centerdesk.features.checkins.ui.pages import READ_EVERY
from tests.features.checkins_page import Desk, desk

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
