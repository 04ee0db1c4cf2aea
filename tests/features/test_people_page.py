"""居民台账 by its object names: a real station behind a real runner."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QMenu, QPushButton, QWidget
from sqlalchemy import select

from centerdesk.features.people.commands import EditResident
from centerdesk.features.people.commands_acts import VerifyUnchanged
from centerdesk.features.people.models import Resident, ResidentTag
from centerdesk.features.people.queries import MOST_HITS
from centerdesk.features.people.ui.pages import LedgerPage
from centerdesk.kernel.journal import JournalOp
from centerdesk.qtkit import notify
from centerdesk.qtkit.notify import toasts
from tests.golden.pdfprobe import opened
from tests.helpers.pagehost import settle, show_page
from tests.helpers.people import draft, id_number

pytestmark = [pytest.mark.gui, pytest.mark.db]
MENUS = pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)
"""The offscreen platform says so whenever a menu opens."""
BORN = date(1948, 4, 12)
NUMBER = id_number(BORN, 24)


@pytest.fixture
def people(town):
    """Three people in two homes of the first grid and one of the second."""
    return {
        "李桂兰": town.add("李桂兰", id_no=NUMBER, phones="13812345678", relation="户主", tags=("独居",)),
        "李强": town.add("李强", relation="子", birth_on=date(1974, 1, 1), residence="人户分离"),
        "李国梁": town.add("李国梁", door="5-1-402", birth_on=date(1955, 1, 1), phones="13912347702"),
    }


def _named(root: QWidget, kind: type, name: str):
    found = root.findChild(kind, name)
    assert found is not None, name
    return found


def _text(page, name) -> str:
    return _named(page, QLabel, name).text()


def _names(page) -> list[str]:
    return [row.name for row in page.model.rows()]


def _choose(qtbot, host, page, name):
    page.table.setFocus()
    number = next(n for n, row in enumerate(page.model.rows()) if row.name == name)
    page.table.setCurrentIndex(page.model.index(number, 0))
    settle(qtbot, host)


def test_an_empty_ledger_says_what_belongs_here(qtbot, town, host):
    page = show_page(qtbot, LedgerPage, host)
    assert "还没有居民" in _text(page.table, "state_title")
    _named(page, QPushButton, "empty_import").click()
    assert host.went == [("people.import", None)]
    _named(page, QPushButton, "empty_new").click()
    assert page.editing.open_form is page.editing.resident


def test_the_list_is_masked_and_counted(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    assert set(_names(page)) == {"李强", "李国梁", "李桂兰"}
    assert page.facts.startswith("3 人 · 2 户")
    shown = [str(page.model.index(r, c).data()) for r in range(3) for c in range(page.model.columnCount())]
    assert f"230811********{NUMBER[-4:]}" in shown
    assert not any(NUMBER in text or "13812345678" in text for text in shown)
    views = _named(page, QListWidget, "views")
    counts = {
        views.item(n).text(): views.item(n).data(Qt.ItemDataRole.UserRole + 1) for n in range(views.count())
    }
    assert (counts["全部居民"], counts["独居老人"], counts["人户分离"], counts["回收站"]) == (3, 1, 1, 0)


def test_views_chips_and_an_empty_filter_with_its_ways_out(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    page.views.choose("separated")
    settle(qtbot, host)
    assert _names(page) == ["李强"]
    _named(page, QWidget, "chip_elder").click()
    settle(qtbot, host)
    assert _names(page) == []
    assert _text(page.table, "state_title") == "这样筛没有人。"
    _named(page, QPushButton, "drop_0").click()
    settle(qtbot, host)
    assert _names(page) == ["李强"]
    _named(page, QWidget, "chip_alone").click()
    settle(qtbot, host)
    _named(page, QPushButton, "clear_all").click()
    settle(qtbot, host)
    assert len(_names(page)) == 3


@MENUS
@pytest.mark.parametrize(
    ("chip", "pick", "left"), [("chip_grids", "云和二网格", ["李国梁"]), ("chip_tags", "低保", [])]
)
def test_lists_of_values_become_chips_that_go_away_again(qtbot, host, people, chip, pick, left):
    page = show_page(qtbot, LedgerPage, host)
    _named(page, QWidget, chip).click()
    menu = _named(page, QMenu, f"{chip}_menu")
    next(a for a in menu.actions() if a.text() == pick).trigger()
    menu.close()
    settle(qtbot, host)
    assert _names(page) == left
    QTest.keyClick(_named(page, QWidget, f"chip_{pick}"), Qt.Key.Key_Backspace)
    settle(qtbot, host)
    assert len(_names(page)) == 3


def test_search_moves_hits_up_enter_narrows_and_escape_goes_back(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    field = _named(page, QLineEdit, "ledger_search")
    field.setFocus()
    QTest.keyClicks(field, "lgu")
    QTest.keyClicks(field, "\b")
    qtbot.waitUntil(lambda: page.wanted.query == "lg" and page.model.shown == 3 and page.model.row(0).hit)
    settle(qtbot, host)
    assert [row.hit for row in page.model.rows()] == [True, True, False]
    assert "找到 2 人，排在最前" in _text(page, "foot_found")
    assert "视图内 3 人" in _text(page, "foot_view")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, host)
    assert set(_names(page)) == {"李国梁", "李桂兰"}
    assert page.table.hasFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Escape)
    settle(qtbot, host)
    assert (field.text(), len(_names(page))) == ("", 3)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert page.table.hasFocus()


def test_more_hits_than_are_counted_are_said_to_be_more(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    page.foot.show_facts("zh", MOST_HITS, None, 0, narrow=False)
    assert "找到 9,999 人" in _text(page, "foot_found")
    page.foot.show_facts("zh", MOST_HITS + 1, None, 0, narrow=False)
    assert "找到 9,999+ 人" in _text(page, "foot_found")


def test_letters_in_the_table_search_and_v_verifies(qtbot, host, town, people):
    town.station.clock.advance(timedelta(days=90))
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李国梁")
    assert "逾期" in _text(page, "detail_verified")
    QTest.keyClick(page.table, Qt.Key.Key_V)
    settle(qtbot, host)
    assert town.row(Resident, people["李国梁"]).verified_on == date(2027, 3, 3)
    assert _text(page, "detail_verified").startswith("03-03 测试secretary")
    assert page.table.current_row().name == "李国梁", "the place is kept"
    QTest.keyClick(page.table, Qt.Key.Key_L)
    field = _named(page, QLineEdit, "ledger_search")
    assert (field.text(), field.hasFocus()) == ("l", True)


def test_a_toast_takes_the_verification_back(qtbot, host, town, people):
    town.station.clock.advance(timedelta(days=1))
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李国梁")
    before = town.row(Resident, people["李国梁"]).verified_on
    _named(page, QPushButton, "verify").click()
    settle(qtbot, host)
    assert town.row(Resident, people["李国梁"]).verified_on == before + timedelta(days=1)
    toasts(page.window())[-1].take_back()
    settle(qtbot, host)
    assert town.row(Resident, people["李国梁"]).verified_on == before


def test_the_pane_shows_person_household_and_story(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    assert _text(page, "detail_name") == "李桂兰"
    assert _text(page, "detail_who") == "女 · 78 岁"
    assert _text(page, "detail_where") == "云和里 3-2-501 · 云和一网格"
    assert page.detail.tags.words() == ("独居 2026-12 起",)
    assert _text(page, "home_title") == "一户 · 户主 李桂兰"
    assert _text(page, "detail_phones") == "138****5678"
    story = page.detail.story.accessibleDescription()
    assert "新增居民 · 李桂兰" in story
    assert "新增居民 · 李强" in story, "the home's story is that of everybody in it"
    _named(page, QPushButton, "member_0").click()
    settle(qtbot, host)
    assert _text(page, "detail_name") == "李强"
    assert page.detail.tags.words() == ("人户分离",)


def _hold(qtbot, page):
    button = _named(page, QPushButton, "reveal_button")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    return button


@MENUS
def test_holding_reveals_with_a_reason_once_then_without(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    button = _hold(qtbot, page)
    qtbot.waitUntil(lambda: page.window().findChild(QMenu, "reveal_reasons") is not None)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert _text(page, "reveal_text") == f"230811********{NUMBER[-4:]}"
    menu = _named(page, QMenu, "reveal_reasons")
    next(a for a in menu.actions() if a.text() == "核对证件").trigger()
    menu.close()
    settle(qtbot, host)
    assert _text(page, "reveal_text").replace(" ", "") == NUMBER
    assert _text(page, "detail_phones") == "13812345678"
    assert "已记下" in _text(page, "reveal_note")
    _choose(qtbot, host, page, "李国梁")
    assert "13812345678" not in _text(page, "detail_phones"), "another person: masked again at once"
    _choose(qtbot, host, page, "李桂兰")
    button = _hold(qtbot, page)
    qtbot.waitUntil(lambda: _text(page, "reveal_text").replace(" ", "") == NUMBER)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    with town.station.read() as session:
        reasons = session.scalars(select(JournalOp.reason).where(JournalOp.action == "RevealResident")).all()
    assert reasons == ["核对证件", "核对证件"]
    page.detail.reveal.hide_value()
    assert _text(page, "detail_phones") == "138****5678"


def test_a_short_press_reveals_nothing(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    _named(page, QPushButton, "reveal_button").click()
    assert page.window().findChild(QMenu, "reveal_reasons") is None
    with town.station.read() as session:
        assert session.scalar(select(JournalOp.id).where(JournalOp.action == "RevealResident")) is None


def _fill(page, **texts):
    for name, text in texts.items():
        page.editing.resident.form.editor(name).set_value(text)


def test_a_new_resident_from_the_keyboard_alone(qtbot, host, town):
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.new")
    assert page.editing.resident.form.editor("name").widget.hasFocus()
    name = page.editing.resident.form.editor("name").widget
    name.insert("任桂英")  # an input method, not keys, writes Chinese
    _fill(page, id_no=NUMBER, phones="13812345678", compound="云和里", door="3号楼2单元501", tags=("独居",))
    assert "女 · 1948-04-12 生 · 78 岁" in _text(page, "id_no_note")
    assert _text(page, "door_note") == "3 栋 2 单元 501"
    QTest.keyClick(name, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, host)
    assert _names(page) == ["任桂英"]
    assert _text(page, "detail_name") == "任桂英"
    assert page.editing.open_form is None
    assert "已记下：任桂英" in toasts(page.window())[-1].text


def test_one_opening_of_the_form_is_one_booking(qtbot, host, town):
    """G24: under the key that was made as the form opened, however often Ctrl+S and the button are pressed."""
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.new")
    form, key = page.editing.resident, page.editing.resident.key
    _fill(page, name="任桂英", compound="云和里", door="3-2-501")
    for _ in range(3):
        QTest.keyClick(form.form.editor("name").widget, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        form.save_button.click()
    settle(qtbot, host)
    with town.station.read() as session:
        booked = select(JournalOp.idem_key).where(JournalOp.action == "AddResident")
        assert session.scalars(booked).all() == [key]
    assert len(toasts(page.window())) == 1
    host.actions.trigger("people.new")
    assert form.key != key


def test_errors_stand_at_their_fields_and_the_words_stay(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.new")
    form = page.editing.resident
    _fill(page, id_no=NUMBER[:-1] + "5", phones="138123", door="三楼那家", compound="云和里")
    form.save_button.click()
    assert form.form.problems == 4
    assert "姓名" in _text(page, "name_error")
    assert "校验码" in _text(page, "id_no_error")
    assert "3-2-501" in _text(page, "door_error")
    _fill(page, name="新人", id_no="", phones="", door="9-9-101", compound=None)
    form.save_button.click()
    settle(qtbot, host)
    assert "没有这个小区" in _text(page, "compound_error"), (
        "what only the command can know comes back to its field"
    )
    assert form.form.editor("name").value() == "新人"
    assert not form.busy


def test_a_number_that_is_known_leads_to_its_owner(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.new")
    _fill(page, name="李桂蘭", id_no=NUMBER, compound="云和里", door="3-2-502")
    page.editing.resident.save_button.click()
    settle(qtbot, host)
    assert "李桂兰 · 云和里 3-2-501" in _text(page.editing.resident, "form_banner_text")
    notify.answer_with = lambda _question: "drop"
    try:
        _named(page, QPushButton, "show_duplicate").click()
    finally:
        notify.answer_with = None
    settle(qtbot, host)
    assert (_text(page, "detail_name"), page.editing.open_form) == ("李桂兰", None)


def test_editing_shows_masks_only_and_keeps_what_is_not_touched(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    host.actions.trigger("people.edit")
    line = page.editing.resident.form.editor("id_no").widget
    assert (line.text(), line.placeholderText()) == ("", f"230811********{NUMBER[-4:]}（不改就空着）")
    _fill(page, remark="腿脚不便", tags=("独居", "低保"))
    page.editing.resident.save_button.click()
    settle(qtbot, host)
    row = town.row(Resident, people["李桂兰"])
    assert (row.remark, row.id_mask[-4:], row.phone_mask, row.relation) == (
        "腿脚不便",
        NUMBER[-4:],
        "138****5678",
        "户主",
    )
    with town.station.read() as session:
        tags = session.scalars(select(ResidentTag.tag).where(ResidentTag.resident_id == row.id)).all()
    assert sorted(tags) == ["低保", "独居"]


def _edit_behind(town, people):
    """A colleague changes the same person meanwhile."""
    town.station.run(
        EditResident(
            people["李桂兰"],
            town.version(people["李桂兰"]),
            draft("李桂兰", relation="户主", tags=("独居",), ethnic="回族"),
        )
    )


def test_a_conflict_keeps_the_words_and_offers_both(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    host.actions.trigger("people.edit")
    _fill(page, remark="我写的")
    _edit_behind(town, people)
    page.editing.resident.save_button.click()
    settle(qtbot, host)
    assert "08:41 改了这位：民族" in _text(page.editing.resident, "form_banner_text")
    assert page.editing.resident.form.editor("remark").value() == "我写的"
    assert town.row(Resident, people["李桂兰"]).remark == ""
    _named(page, QPushButton, "conflict_merge").click()
    page.editing.resident.save_button.click()
    settle(qtbot, host)
    row = town.row(Resident, people["李桂兰"])
    assert (row.remark, row.ethnic) == ("我写的", "回族")


def test_a_conflict_can_also_be_given_up(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    host.actions.trigger("people.edit")
    _fill(page, remark="我写的")
    _edit_behind(town, people)
    page.editing.resident.save_button.click()
    settle(qtbot, host)
    _named(page, QPushButton, "conflict_theirs").click()
    assert page.editing.resident.form.editor("remark").value() is None
    assert page.editing.resident.form.editor("ethnic").value() == "回族"


def test_leaving_a_form_with_words_in_it_asks_first(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.new")
    _fill(page, name="半个名字")
    asked, left = [], []

    def answer(question):
        asked.append(question.title)
        return ["stay", "drop"][len(asked) - 1]

    notify.answer_with = answer
    try:
        page.can_leave(lambda: left.append(1))
        assert (left, page.editing.resident.form.editor("name").value()) == ([], "半个名字")
        page.can_leave(lambda: left.append(1))
    finally:
        notify.answer_with = None
    assert (left, len(asked), page.editing.open_form) == ([1], 2, None)


def test_a_departure_is_booked_with_its_day(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李国梁")
    host.actions.trigger("people.depart")
    form = page.editing.departure
    form.form.editor("left_on").set_value("明天")
    form.save_button.click()
    settle(qtbot, host)
    assert "不能晚于今天" in _text(page, "left_on_error")
    form.form.editor("left_on").set_value("昨天")
    form.save_button.click()
    settle(qtbot, host)
    row = town.row(Resident, people["李国梁"])
    assert (row.status, row.left_on) == ("迁出", date(2026, 12, 2))
    assert "李国梁" not in _names(page)
    assert page.detail.tags.words()[0] == "迁出 2026-12", "the pane still shows the person"


def test_removing_asks_the_second_person_at_this_desk(qtbot, host, town, people):
    station = town.station
    one, other = station.actor, station.sign_in("secretary+front_desk")
    station.actor = one
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李国梁")
    asked = []

    def second_person(owner, permission, why, done):
        asked.append(permission)
        done(other)

    host.second_person = second_person
    host.actions.trigger("people.remove")
    settle(qtbot, host)
    assert asked == ["people.merge"]
    assert town.row(Resident, people["李国梁"]).status == "回收站"
    page.views.choose("bin")
    settle(qtbot, host)
    _choose(qtbot, host, page, "李国梁")
    _named(page, QPushButton, "restore").click()
    settle(qtbot, host)
    assert town.row(Resident, people["李国梁"]).status == "在册"


def test_copying_is_masked(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    page.table.setFocus()
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert (text.count("\n"), NUMBER in text, "********" in text) == (2, False, True)
    assert "已复制 3 行" in toasts(page.window())[-1].text


def test_exporting_writes_the_masked_filter_and_books_it(qtbot, host, town, people, tmp_path):
    page = show_page(qtbot, LedgerPage, host)
    page.filters.search.set_text("lg")
    settle(qtbot, host)
    target = tmp_path / "名单.xlsx"
    page.acts.save_file = lambda _owner, _title, _name, chosen: chosen(target)
    host.actions.trigger("people.export")
    settle(qtbot, host)
    sheet = load_workbook(target).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"李桂兰", "李国梁", "李强"} <= set(cells)
    assert f"230811********{NUMBER[-4:]}" in cells
    assert not any(NUMBER in cell for cell in cells)
    with town.station.read() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "ExportList"))
    assert op.counts["rows"] == 3
    assert [p.name for p in tmp_path.glob("*.xlsx")] == ["名单.xlsx"]
    assert [p.name for p in tmp_path.glob(".*xlsx")] == []


def test_the_list_on_paper_is_masked_and_opened_to_be_printed(qtbot, host, town, people, tmp_path):
    page = show_page(qtbot, LedgerPage, host)
    target, opened_files = tmp_path / "名单.pdf", []
    page.acts.save_file = lambda _owner, _title, name, chosen: (
        chosen(target) if name.endswith(".pdf") else None
    )
    page.acts.open_file = opened_files.append
    _named(page, QPushButton, "foot_print").click()
    qtbot.waitUntil(lambda: opened_files == [target], timeout=15_000)
    with opened(target) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert all(name in text for name in people)
    assert f"230811********{NUMBER[-4:]}" in text
    assert NUMBER not in text
    assert "138" not in text, "no telephone number leaves on paper"
    with town.station.read() as session:
        assert session.scalar(select(JournalOp.counts).where(JournalOp.action == "ExportList"))["rows"] == 3


def test_an_export_that_may_not_be_booked_leaves_no_file(qtbot, host, town, people, tmp_path):
    page = show_page(qtbot, LedgerPage, host)
    target = tmp_path / "名单.xlsx"

    def chosen_then_logged_out(owner, title, name, chosen):
        chosen(target)
        town.station.sign_in("administrator")

    page.acts.save_file = chosen_then_logged_out
    host.actions.trigger("people.export")
    settle(qtbot, host)
    town.station.sign_in("secretary")
    assert list(tmp_path.glob("*.xlsx")) == []
    assert list(tmp_path.glob(".*xlsx")) == []


def test_changes_made_elsewhere_arrive_and_the_place_is_kept(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李国梁")
    town.station.clock.advance(timedelta(days=1))
    host.runner.execute(page, VerifyUnchanged(people["李国梁"]))
    settle(qtbot, host)
    assert page.table.current_row().name == "李国梁"
    assert page.table.current_row().verified_on == date(2026, 12, 4)
    assert _text(page, "detail_verified").startswith("12-04")


def test_a_narrow_window_puts_the_pane_into_a_drawer(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host, (1068, 616))
    side = page.side
    assert (side.drawer, side.isVisible()) == (True, False)
    _choose(qtbot, host, page, "李国梁")
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert side.isVisible()
    assert side.geometry().right() <= page.body.width()
    QTest.keyClick(page.table, Qt.Key.Key_Escape)
    assert not side.isVisible()
    host.actions.trigger("people.detail")
    assert side.isVisible()
    page.window().resize(1400, 800)
    qtbot.waitUntil(lambda: not side.drawer)
    assert side.isVisible()


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            "front_desk",
            {"people.new", "people.edit", "people.export", "people.to_import"},
            {"people.restore"},
        ),
        (
            "grid_worker",
            {"people.new", "people.edit", "people.export"},
            {"people.restore", "people.to_import"},
        ),
        ("secretary", {"people.new", "people.remove", "people.restore", "people.to_import"}, set()),
    ],
)
def test_what_a_role_is_offered(qtbot, host, town, people, role, shown, hidden):
    town.station.sign_in(role, scope=frozenset({town.grid_a}))
    show_page(qtbot, LedgerPage, host)
    offered = {action.id for action in host.actions.offered()}
    assert shown <= offered
    assert not hidden & offered


def test_the_palette_leads_to_a_person_outside_the_loaded_rows(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    page.views.choose("bin")
    settle(qtbot, host)
    page.focus_record(people["李国梁"])
    settle(qtbot, host)
    assert _text(page, "detail_name") == "李国梁"


def test_a_page_out_of_sight_gives_its_keys_back(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    assert host.actions.by_shortcut("Ctrl+N") is not None
    page.hide()
    assert host.actions.by_shortcut("Ctrl+N") is None


def test_a_list_that_cannot_be_read_says_so_and_tries_again(qtbot, host, town, people):
    page = show_page(qtbot, LedgerPage, host)
    town.station.sign_in("administrator")
    page.mark_dirty()
    settle(qtbot, host)
    assert not page.body.isVisible()
    assert "没办成" in page.findChild(QLabel, "state_title").text() or page.findChildren(
        QLabel, "state_title"
    )
    town.station.sign_in("secretary")
    for button in page.findChildren(QPushButton, "state_retry"):
        if button.isVisible():
            button.click()
            break
    settle(qtbot, host)
    assert len(_names(page)) == 3


def test_the_keys_themselves_reach_the_page(qtbot, host, people):
    page = show_page(qtbot, LedgerPage, host)
    _choose(qtbot, host, page, "李桂兰")
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    assert page.editing.open_form is page.editing.resident
    QTest.keyClick(page.editing.resident.form.editor("name").widget, Qt.Key.Key_Escape)
    assert page.editing.open_form is None
    QTest.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.editing.resident.resident_id is None
    assert page.editing.open_form is page.editing.resident
    QTest.keyClick(page.editing.resident.form.editor("name").widget, Qt.Key.Key_Escape)
    QTest.keyClick(page.table, Qt.Key.Key_F3)
    assert page.filters.search.hasFocus()
