"""What the palette offers on a person: only what can be done, by whom it may be done, on the right page and person."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from centerdesk.app.palette.panel import Palette
from centerdesk.app.palette.rows import RowKind
from centerdesk.features.checkins.ui.enrol_pane import FindResident
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.queries import search_people
from tests.helpers.desk import type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking

WATCHED = ["看这家的窗", "暂停看窗", "看这家这个月的记录"]
RECORD = ["改这位的资料", "核实，没变化", "登记迁出或去世"]


class Hand:
    """Drives the palette by keys alone."""

    def __init__(self, morning) -> None:
        self.morning, self.window = morning, morning.open()

    def acts(self, person: str) -> list[str]:
        """Ctrl K, the name, Tab: what is offered on the first person found."""
        qtbot = self.morning.qtbot
        qtbot.keyClick(self.window, Qt.Key.Key_K, CONTROL)
        self.palette = self.window.findChild(Palette, "palette")
        type_text(self.palette.field, person)
        self.morning.settle()
        qtbot.keyClick(self.palette.field, Qt.Key.Key_Tab)
        self.morning.settle()
        return [row.title for row in self.palette.model.rows if row.kind is RowKind.ACT]

    def do(self, person: str, act: str):
        """Choose an act with the arrows and Enter; answers the page that came."""
        for _ in range(self.acts(person).index(act)):
            self.morning.qtbot.keyClick(self.palette.field, Qt.Key.Key_Down)
        self.morning.qtbot.keyClick(self.palette.field, Qt.Key.Key_Return)
        self.morning.settle()
        return self.window.frame.page

    def resident(self, name: str):
        with self.morning.station.database.read_session() as session:
            return search_people(session, self.window.actor(), name, 1)[0].target.row_id


@pytest.fixture
def hand(morning):
    return Hand(morning)


def test_a_home_that_is_looked_at_offers_its_window(hand):
    assert hand.acts("李桂兰") == [*WATCHED, *RECORD]


@pytest.mark.parametrize(
    ("born", "door", "offered"),
    [
        ("230811194405120014", "3-1-601", ["登记看窗", *RECORD]),
        ("230811194405120014", "", RECORD),  # no window to look at without a door
        ("23081120160512001X", "3-1-601", RECORD),  # a child
    ],
)
def test_who_is_not_enrolled_can_be_when_there_is_a_window(morning, born, door, offered):
    compound = "云和小区" if door else ""
    draft = ResidentDraft(name="祁望春", id_no=_checked(born), compound=compound, door=door)
    morning.fixture.run(AddResident(draft))
    assert Hand(morning).acts("祁望春") == offered


def test_only_what_the_role_may(morning):
    morning.fixture.sign_in("front_desk")
    offered = Hand(morning).acts("李桂兰")
    actor = morning.fixture.actor
    assert ("看这家的窗" in offered) == actor.may("checkins.read")
    assert ("暂停看窗" in offered) == actor.may("checkins.enrol")
    assert ("改这位的资料" in offered) == actor.may("people.write")


def test_the_record_opens_for_editing(hand):
    page = hand.do("李桂兰", "改这位的资料")
    assert page.page_id == "people"
    assert page.editing.open_form is page.editing.resident
    assert page.editing.resident.form.loose_draft().name == "李桂兰"


def test_verified_at_once_and_told(hand):
    page = hand.do("李桂兰", "核实，没变化")
    assert page.detail.resident_id == hand.resident("李桂兰")
    assert "核实无变化" in hand.window.findChild(QLabel, "toast_text").text()


def test_the_departure_form_is_of_this_person(hand):
    page = hand.do("李桂兰", "登记迁出或去世")
    assert page.editing.open_form is page.editing.departure
    assert page.editing.departure.resident_id == hand.resident("李桂兰")


def test_the_home_comes_in_hand(hand):
    page = hand.do("单玉华", "看这家的窗")
    assert page.page_id == "checkins"
    assert page.walk.row().door == "8-1-101"


def test_the_pause_form_is_of_this_home_on_a_page_never_opened(hand):
    page = hand.do("单玉华", "暂停看窗")
    assert page.panel.form.objectName() == "pause"
    assert "8 栋 1 单元 101" in page.findChild(QLabel, "pause_text").text()


def test_the_month_stands_on_this_home(hand):
    page = hand.do("单玉华", "看这家这个月的记录")
    assert page.board.view == "month"
    row, _day = page.month.matrix.cursor_cell
    assert row.door == "8-1-101"


def test_enrolling_begins_with_the_person_chosen(morning):
    draft = ResidentDraft(
        name="祁望春", id_no=_checked("230811194405120014"), compound="云和小区", door="3-1-601"
    )
    morning.fixture.run(AddResident(draft))
    page = Hand(morning).do("祁望春", "登记看窗")
    assert page.panel.form.objectName() == "enrol"
    assert page.findChild(FindResident).chosen.name == "祁望春"


def test_a_page_with_unfinished_work_is_asked_before_the_act(hand):
    page = hand.do("李桂兰", "改这位的资料")
    type_text(page.editing.resident.form.editor("name").widget, "改")
    hand.do("单玉华", "看这家的窗")
    assert hand.window.frame.page is page
    assert "还没记下" in hand.window.findChild(QLabel, "ask_title").text()


def _checked(digits: str) -> str:
    """The number with the right last character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits[:17] + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11]
