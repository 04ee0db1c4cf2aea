"""The curtain page at its sizes and in its states: empty, narrow, month; enrolling and leaving the list."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from sqlalchemy import select

from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.queries_round import month_to_show
from centerdesk.features.checkins.ui.forms import read_span, windows_of
from centerdesk.features.checkins.ui.pages import RoundPage
from centerdesk.features.checkins.ui.words import door_words, lasting, long_door, minutes_words
from centerdesk.qtkit.theme import Theme
from tests.features.checkins_page import Desk, desk
from tests.helpers import curtain
from tests.helpers.elders import Town
from tests.helpers.pagehost import page_host, show_page
from tests.helpers.people import make_town
from tests.helpers.station import make_station

Key = Qt.Key


@pytest.fixture
def looks(qapp):
    return lambda name, **more: Theme.load(name, bundled_fonts=True, **more).apply(qapp)


# --- states -------------------------------------------------------------------------------------------------


def test_an_empty_station_says_what_belongs_here(qtbot, tmp_path) -> None:
    station = make_station(tmp_path)
    with page_host(station) as host:
        page = show_page(qtbot, RoundPage, host)
        made = Desk(qtbot, Town(station), host, page)
        made.settle()
        assert made.text("state_title") == "还没有登记的窗。"
        assert made.text("state_text") == "登记要本人同意。"
        made.child("enrol_first").click()
        made.settle()
        assert page.panel.form is not None
        assert made.child("enrol_find").isVisible()
        made.press(Key.Key_Escape)
    station.close()


def test_no_alarm_leaves_the_acts_for_the_mouse(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, looks=False) as d:
        assert d.text("quiet_title") == "没有要处置的"
        assert d.text("quiet_text") == "还有 20 户没看。现在看 3-1-201。"
        d.child("quiet_later").click()
        d.settle()
        assert d.at == "3-1-602"


def test_a_failed_reading_keeps_a_way_back(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.town.station.actor = None
        d.host.actor = lambda: curtain_reader(d)
        d.page.mark_dirty()
        d.settle()
        assert d.text("state_title") == "没办成"
        del d.host.actor
        curtain.be(d.town, "周敏")
        d.child("state_retry").click()
        d.settle()
        assert d.page.body.isVisible()


def curtain_reader(d: Desk):
    from centerdesk.kernel.identity import Actor

    return Actor(None, "nobody", "", (), {})


# --- sizes --------------------------------------------------------------------------------------------------


def test_a_wide_page_shows_four_houses(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        assert d.page.board.board.page_count == 1
        assert d.page.board.strip.isHidden()
        assert d.page.route.width() == 270


def test_a_narrow_low_page_folds_what_is_past(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, size=(1068, 600)) as d:
        page = d.page
        assert (page.route.width(), page.panel.width()) == (232, 340)
        assert page.board.board.page_count == 4
        assert [b.name for b in page.board.strip.buildings] == ["3 栋", "2 栋", "6 栋"]
        titles = [e.title for e in page.route.list.lines.entries if e.home is None]
        assert titles == ["3栋 · 6 户", "2栋 · 5 户", "5栋 · 站车棚口", "6栋 · 站小广场"]
        first = page.route.list.lines.entry(0)
        assert (first.note, first.quiet, first.folded) == ("未开 1", "5 已开", True)
        assert len(d.child("alarm_ladder").steps) == 4
        page.route.list.station_toggled.emit(("云和小区", "3", "南花坛"))
        assert page.route.list.lines.row_of(d.id_of("3-2-501")) > 0
        d.child("ladder_unfold").click()
        assert len(d.child("alarm_ladder").steps) == 6


def test_a_building_of_the_strip_is_turned_to(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, size=(1068, 600)) as d:
        board = d.page.board
        before = board.board.page
        board.strip.building_clicked.emit("6 栋")
        assert board.board.page != before
        assert "5 栋" in [b.name for b in board.strip.buildings]


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
@pytest.mark.parametrize("large", [False, True])
def test_every_look_paints_without_an_empty_pane(qtbot, tmp_path, looks, name, large) -> None:
    looks(name, large=large)
    with desk(qtbot, tmp_path, size=(1316, 792)) as d:
        picture = d.page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        for pane in (d.page.route, d.page.board, d.page.panel):
            part = picture.copy(pane.geometry())
            colours = {
                part.pixel(x, y) for x in range(0, part.width(), 7) for y in range(0, part.height(), 7)
            }
            assert len(colours) > 8, pane.objectName()


# --- month --------------------------------------------------------------------------------------------------


def test_the_month_shows_doors_and_rates_with_their_parts(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, history=14) as d:
        d.page.turn_to("month")
        d.settle()
        assert d.page.heading == "窗帘 · 月历"
        assert d.page.month.matrix.hasFocus()
        assert d.text("month_title") == "2026 年 11 月", (
            "in its first week a month is shown behind the last one"
        )
        row, day = d.page.month.matrix.cursor_cell
        assert (row.door, day) == ("3-1-201", date(2026, 12, 3))
        for _ in range(3):
            d.press(Key.Key_Left)
        assert d.page.month.matrix.cursor_cell[1] == date(2026, 11, 30)
        d.press(Key.Key_Down)
        assert d.page.month.matrix.cursor_cell[0].door == "3-1-602"
        words = d.page.month.matrix.accessibleDescription()
        assert words.startswith("3-1-602，11 月 ")
        shown = {w.text() for w in d.page.month_card.findChildren(type(d.child("month_title")))}
        desk_month = d.page._month_desk
        rates = desk_month.rates["morning"]
        assert f"{len(rates.seen)}/{len(rates.due)}" in shown
        assert len(rates.due) == 12 * 22  # 19 to 30 November, every home of the grid


def test_the_next_month_stands_alone_too(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, history=14) as d:
        d.page.turn_to("month")
        d.settle()
        d.press(Key.Key_PageDown)
        assert d.text("month_title") == "2026 年 12 月"
        assert d.page.month.matrix.cursor_cell[1] == date(2026, 12, 3)
        d.press(Key.Key_PageUp)
        d.press(Key.Key_PageUp)
        assert d.text("month_title") == "2026 年 10 月"


@pytest.mark.parametrize(
    ("day", "shown"), [(1, "2026-11"), (3, "2026-11"), (7, "2026-11"), (8, "2026-12"), (31, "2026-12")]
)
def test_which_month_one_wants_to_see(day, shown) -> None:
    assert str(month_to_show(date(2026, 12, day))) == shown


def test_an_alarm_stays_in_sight_beside_the_month(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.page.turn_to("month")
        d.settle()
        tile = d.child("month_tile")
        assert tile.accessibleName() == "报警 3 栋 2 单元 501 · 未开"
        tile.click()
        d.settle()
        assert d.page.board.view == "facade"
        assert d.page.item.lead.door == curtain.LEAD


def test_a_month_without_records_says_so(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.page.turn_to("month")
        d.settle()
        d.press(Key.Key_PageUp)
        assert d.child("month_empty").isVisible()


# --- enrolling ----------------------------------------------------------------------------------------------


def test_an_elder_is_enrolled_with_consent(qtbot, tmp_path) -> None:
    station = make_station(tmp_path)
    town = make_town(station)
    resident = town.add("李桂兰", id_no="")
    worker = Town(station).worker("周敏")
    with page_host(station) as host:
        page = show_page(qtbot, RoundPage, host)
        d = Desk(qtbot, Town(station), host, page)
        d.settle()
        page.home_acts.enrol()
        d.settle()
        d.press("李桂")
        qtbot.waitUntil(lambda: d.child("enrol_found").isVisible(), timeout=20_000)
        d.press(Key.Key_Return)
        assert d.text("enrol_who").startswith("李桂兰")
        d.child("evening").setFocus()
        d.child("evening").clear()
        d.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        with station.read() as session:
            row = session.scalars(select(Enrolment)).one()
        assert (row.resident_id, row.worker_id, row.consent_on) == (resident, worker, date(2026, 12, 3))
        d.settle()
        assert [r.door for r in page.walk.rows] == ["3-2-501"]
    station.close()


def test_enrolling_without_a_resident_asks_for_one(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.page.home_acts.enrol()
        d.settle()
        d.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert "先选登记谁" in d.text("enrol_who_error")


def test_a_home_leaves_the_list(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.page.go_to(d.id_of("6-3-501"))
        assert d.host.actions.trigger("checkins.withdraw")
        d.settle()
        d.press(Key.Key_Return)
        with d.town.station.read() as session:
            stmt = select(Enrolment).where(Enrolment.resident_id == d.town.residents["老人6-3-501"])
            assert session.scalars(stmt).one().last_on == date(2026, 12, 3)


def test_a_record_from_elsewhere_is_taken_in_hand(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path, who="secretary") as d:
        d.page.focus_record(
            d.id_of("9-1-602") if "9-1-602" in d.town.doors else d.page.walk.desk.view.rows[-1].check_id
        )
        assert d.page.walk.row().worker_id == d.town.workers["陈嘉禾"]
        d.page.focus_record(d.alarm(curtain.UNCLEAR).id)
        d.settle()
        assert d.page.item.lead.door == curtain.UNCLEAR


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("door", "said"),
    [
        ("3-2-501", "3 栋 2 单元 501"),
        ("3-501", "3 栋 501"),
        ("门牌待补", "门牌待补"),
        ("老院东屋", "老院东屋"),
    ],
)
def test_a_door_is_said_in_full(door, said) -> None:
    assert long_door(door) == said


def test_a_house_without_a_number_keeps_its_name() -> None:
    assert door_words("教工楼", "2", "501", "") == "教工楼 2 单元 501"


def test_times_are_said_as_people_say_them() -> None:
    from datetime import timedelta as td

    assert [lasting(td(seconds=s)) for s in (646, 59, 4246, -5)] == ["10:46", "00:59", "1:10:46", "00:00"]
    said = [minutes_words(td(minutes=m)) for m in (19, 60, 110, 3000, 0)]
    assert said == ["19 分钟", "1 小时", "1 时 50 分", "2 天", "1 分钟"]


def test_windows_as_typed() -> None:
    assert [w[0] for w in windows_of("07:30–09:00", "")] == ["morning"]
    assert read_span("7：30 至 9：00")[1].hour == 9
    with pytest.raises(ValueError, match="07:30–09:00"):
        read_span("早上")
    with pytest.raises(ValueError, match="没有这个钟点"):
        read_span("25:00-26:00")
