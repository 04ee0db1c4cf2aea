"""The settings page on a real station: backups and going back, accounts by two people, places, calendar, look."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QToolButton, QWidget
from sqlalchemy import select

from centerdesk.app import restoring
from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import open_station
from centerdesk.app.desk.actions import DeskActions
from centerdesk.app.desk.host import DeskHost
from centerdesk.app.desk.second_person import SecondPerson
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.lock.lock import IDLE_MINUTES
from centerdesk.app.login.facts import read_login
from centerdesk.app.records import RESTORED, RecordLostEnd
from centerdesk.app.recovery.acts import PLACES, confirm, groups_of, new_sheet
from centerdesk.app.settings.calendar import as_value, problem_of, year_words
from centerdesk.app.settings.calendar_days import gap_words, holidays_of
from centerdesk.app.settings.pages import SettingsPage
from centerdesk.app.settings.rows import Head, RowsTable
from centerdesk.app.settings.safety_data import (
    check_words,
    head_code,
    loss_words,
    months_untested,
    read_safety_view,
)
from centerdesk.app.settings.safety_restore import acts_words
from centerdesk.features.places import api as places
from centerdesk.features.places.commands import PlaceBook
from centerdesk.features.places.models import GridDuty
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands import TakeLeave
from centerdesk.kernel import journal, keyslots, lost_end
from centerdesk.kernel.backup import list_backups, second_folder
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.calendar import DAYS_OFF, HOURS, LATITUDE, Calendar
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import PermissionDenied, SecondPersonNeeded
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.settings import SettingsReader
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit import notify
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import OneLine
from tests.app.conftest import PASSWORD

pytestmark = pytest.mark.gui


class Settings:
    """The page for one person, and what a test does with it."""

    def __init__(self, qtbot, station, who: str) -> None:
        self.qtbot, self.station = qtbot, station
        self.actor = station.sign_in(who, PASSWORD)
        self.desk = DeskSession.start(station)
        self.went: list[str] = []
        host = DeskHost(self.desk, DeskActions(self.actor.may), lambda page, _row: self.went.append(page))
        self.page = SettingsPage(host)
        qtbot.addWidget(self.page)
        self.page.resize(1300, 800)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.desk.runner.idle, timeout=30_000)

    def open(self, section: str) -> QWidget:
        self.page.open_section(section)
        self.settle()
        assert self.page.current.entry.id == section
        return self.page.current

    def child(self, name: str, kind: type = QWidget):
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def press(self, name: str) -> None:
        self.child(name, QPushButton).click()
        self.settle()

    def text(self, name: str) -> str:
        found = self.child(name)
        return found.full if isinstance(found, OneLine) else found.text()

    def second(self, name: str, password: str = PASSWORD) -> None:
        """The other person comes and types."""
        self.child("second_login", QLineEdit).setText(name)
        self.child("second_password", QLineEdit).setText(password)
        self.press("second_go")

    def close(self) -> None:
        self.page.hide()
        self.settle()
        self.desk.runner.shutdown()
        self.desk.runner.deleteLater()


@pytest.fixture
def settings(qtbot, station):
    """Opens the page for somebody; several in one test share the station."""
    opened: list[Settings] = []

    def open_for(who: str) -> Settings:
        made = Settings(qtbot, station, who)
        opened.append(made)
        return made

    yield open_for
    for made in opened:
        made.close()


@pytest.fixture
def answer(monkeypatch):
    """Answer every question with this key."""

    def with_key(key: str) -> None:
        monkeypatch.setattr(notify, "answer_with", lambda _question: key)

    return with_key


# --- who sees what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sections"),
    [
        ("高翔", ("calendar", "places", "accounts", "safety", "look")),
        ("许文静", ("places", "accounts", "safety", "look")),
        ("赵雪", ("safety", "look")),
        ("周敏", ("look",)),
    ],
)
def test_a_role_sees_its_own_sections_and_no_others(settings, who, sections):
    assert settings(who).page._list.ids == sections


def test_an_administrator_sees_counts_and_no_resident(settings, station):
    found = settings("高翔")
    words = []
    for section in found.page._list.ids:
        found.open(section)
        words += [
            w.text() for w in found.page.findChildren(QWidget) if hasattr(w, "text") and callable(w.text)
        ]
    assert "高翔 只管机器" in words
    assert not any("身份证" in word for word in words if isinstance(word, str))


# --- acts that are gone -------------------------------------------------------------------------------------


def lose_three(station) -> None:
    """What an opening books when three saved acts are gone from the end."""
    with station.database.read_session() as session:
        kept, _mac = journal.head(session)
    station.bus.run(RecordLostEnd(kept, kept + 3), actor=system_actor([RESTORED], station.site.desk))


def test_lost_acts_are_told_until_the_administrator_answers_for_having_heard_it(settings, station):
    lose_three(station)
    found = settings("高翔")
    found.open("safety")
    assert "办的 3 件事" in found.text("lost_end")
    found.press("lost_end_heard")
    assert not found.child("lost_end").isVisible()
    with station.database.read_session() as session:
        heard = session.scalars(select(JournalOp).where(JournalOp.action == lost_end.HEARD)).one()
        assert heard.actor_id == found.actor.account_id
        assert "件事" not in read_login(session, station).headline


def test_who_may_not_go_back_reads_of_lost_acts_and_cannot_silence_it(settings, station):
    lose_three(station)
    found = settings("赵雪")
    found.open("safety")
    assert "办的 3 件事" in found.text("lost_end")
    found.press("lost_end_heard")
    assert found.child("lost_end").isVisible()


def test_where_nothing_is_lost_nothing_is_said_of_it(settings):
    found = settings("高翔")
    found.open("safety")
    assert not found.child("lost_end").isVisible()


# --- backups ------------------------------------------------------------------------------------------------


def test_a_backup_now_is_made_checked_and_listed(settings):
    found = settings("赵雪")
    found.open("safety")
    assert found.text("loss_title") == "电脑现在坏了，就都没了"
    found.page._back_up()
    found.settle()
    section = found.page.current
    assert len(section.table.rows) == 1
    assert found.text("loss_title") == "电脑现在坏了，最多丢 1 分钟"
    assert section.table.rows[0].cells[5].text.endswith("项都对")


def test_the_second_place_is_chosen_and_filled_at_once(settings, station, tmp_path):
    stick = tmp_path / "云和-2"
    stick.mkdir()
    found = settings("高翔")
    section = found.open("safety")
    assert "没有第二处" in section.loss.findChild(QWidget, "place_there")._badge.text
    section.take_second(str(stick))
    found.settle()
    assert [b.path.name for b in list_backups([second_folder(stick, station.ring)])] == [
        b.path.name for b in list_backups([station.data.backups])
    ]
    assert "云和-2" in found.text("place_there_title")
    with station.database.read_session() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "RecordSecondPlace")).one()
    assert op.actor_id == found.actor.account_id


def test_another_second_place_is_refused_without_the_right_whatever_the_page_offers(
    settings, station, tmp_path
):
    before, found = station.station.second_place, settings("赵雪")
    found.open("safety").take_second(str(tmp_path))
    found.settle()
    assert station.station.second_place == before
    assert "没有此项操作的权限" in found.text("report_text")


def test_a_sheet_is_made_void_by_an_administrator_or_a_secretary_only(station):
    number = groups_of(station).number
    station.actor = station.authenticate("赵雪", PASSWORD)
    with pytest.raises(PermissionDenied):
        new_sheet(station)
    assert groups_of(station).number == number
    station.actor = station.authenticate("许文静", PASSWORD)
    new_sheet(station)
    with station.database.read_session() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "HandleSheet")).one()
    assert (op.actor_id, op.counts["sheet"]) == (station.actor.account_id, number)


def test_only_who_may_change_settings_is_offered_another_second_place(settings):
    found = settings("赵雪")
    found.open("safety")
    assert found.child("choose_second").isHidden()


def test_looking_at_a_backup_beside_touches_nothing(settings, station):
    back_up(station, Reason.MANUAL)
    found = settings("高翔")
    found.open("safety")
    with station.database.read_session() as session:
        before = journal.head(session)
    found.press("restore_look")
    assert "项都对" in found.text("restore_said")
    with station.database.read_session() as session:
        assert journal.head(session) == before


def test_a_backup_that_was_changed_is_told_and_cannot_be_used(settings, station):
    back_up(station, Reason.MANUAL)
    path = list_backups([station.data.backups])[0].path
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    found = settings("高翔")
    found.open("safety")
    found.press("restore_look")
    assert "不能用" in found.text("restore_said")


def test_what_going_back_would_undo_is_counted(settings, station, clock):
    back_up(station, Reason.MANUAL)
    clock.advance(timedelta(hours=1))
    for _ in range(3):
        station.authenticate("赵雪", PASSWORD)
    found = settings("高翔")
    section = found.open("safety")
    done = {loss.what: loss.less for loss in section.restore.losses}
    assert done["办过的事"] == 4  # three sign-ins, and the administrator's own
    assert done["居民"] == 0
    assert found.text("restore_since") == "这之后办过 4 件：登录 4"


def test_what_was_done_since_is_named_and_the_rare_summed_up():
    acts = [
        ("登录", 1204),
        ("看窗", 40),
        ("核实", 9),
        ("登记请假", 2),
        ("加网格", 1),
        ("改设置", 1),
        ("建账号", 1),
    ]
    assert (
        acts_words(acts) == "这之后办过 1,258 件：登录 1,204、看窗 40、核实 9、登记请假 2、加网格 1、别的 2"
    )
    assert acts_words(()) == ""


def test_going_back_wants_two_people_and_hands_the_order_on(settings, station, answer, qtbot):
    back_up(station, Reason.MANUAL)
    answer("back")
    found = settings("高翔")
    found.open("safety")
    found.press("restore_back")
    with qtbot.waitSignal(found.page.restore_ordered) as told:
        found.second("许文静")
    order = told.args[0]
    assert (order.proposer.name, order.approver.name) == ("高翔", "许文静")
    assert order.backup == list_backups([station.data.backups])[0].path


def test_a_wrong_second_password_orders_nothing(settings, station, answer, qtbot):
    back_up(station, Reason.MANUAL)
    answer("back")
    found = settings("高翔")
    found.open("safety")
    found.press("restore_back")
    with qtbot.assertNotEmitted(found.page.restore_ordered):
        found.second("许文静", "not-the-password")
    assert "不对" in found.text("second_problem")


def test_a_question_answered_with_no_goes_no_further(settings, station, answer):
    back_up(station, Reason.MANUAL)
    answer("no")
    found = settings("许文静")
    found.open("safety")
    found.press("restore_back")
    assert found.page.findChild(SecondPerson) is None


def test_the_order_brings_the_old_state_back_and_is_journalled(station, clock):
    """What the desk does once everything is closed."""
    proposer, approver = station.authenticate("高翔", PASSWORD), station.authenticate("许文静", PASSWORD)
    back_up(station, Reason.MANUAL)
    backup = list_backups([station.data.backups])[0].path
    clock.advance(timedelta(hours=1))
    from centerdesk.features.places.commands import AddGrid

    station.bus.run(AddGrid("第九网格"), actor=approver)
    station.close()
    restoring.carry_out(restoring.order(backup, proposer, approver), station.data, clock)
    restored = open_station(station.data, clock)
    try:
        restoring.record(restored, proposer)
        with restored.database.read_session() as session:
            assert "第九网格" not in {row.name for row in places.grids(session)}
            op = session.scalar(select(JournalOp).where(JournalOp.action == "RecordRestore"))
            assert op.actor == "高翔"
            assert journal.verify_chain(session, restored.ring.journal_key).ok
        assert any(station.data.aside.iterdir())
    finally:
        restored.close()


def test_one_person_or_two_who_may_not_give_no_order(station):
    admin, clerk = station.authenticate("高翔", PASSWORD), station.authenticate("赵雪", PASSWORD)
    for pair in ((admin, admin), (admin, clerk), (clerk, admin)):
        with pytest.raises(SecondPersonNeeded):
            restoring.two_persons(*pair)


# --- checks, keys, journal, idle ----------------------------------------------------------------------------


def test_checks_print_numbers_and_the_chain_is_walked(settings, station):
    found = settings("高翔")
    found.open("safety")
    found.press("checks_go")
    with station.database.read_session() as session:
        entries = journal.head(session)[0]
    assert found.text("check_journal_chain") == f"{entries:,}"
    assert "/" in found.text("check_integrity")
    assert found.text("journal_entries") == f"{entries:,} 条"


def test_two_groups_prove_that_the_paper_is_still_right(settings, made, qtbot, clock):
    station, code = made
    two = (station.authenticate("高翔", PASSWORD), station.authenticate("许文静", PASSWORD))
    confirm(station, code, two)
    clock.advance(timedelta(days=270))
    found = settings("高翔")
    section = found.open("safety")
    assert "9 个月没验" in found.child("key_sheet").badge.text
    found.press("sheet_try")
    panel = section.two_groups
    assert len(panel.fields) == 2
    first = panel.fields[0]
    qtbot.keyClicks(first, "22222" if code.groups[first.index] != "22222" else "33333")
    assert "不一样" in found.text("two_groups_words")
    for field in list(panel.fields):
        qtbot.keyClicks(field, code.groups[field.index])
    found.settle()
    assert panel.isHidden()
    assert found.child("key_sheet").badge.text == "在"
    with station.database.read_session() as session:
        assert session.scalar(select(JournalOp.actor_id).where(JournalOp.action == "HandleSheet"))


def test_a_new_sheet_makes_the_old_one_useless_and_is_typed_back(settings, made, answer, qtbot):
    station, old = made
    answer("renew")
    found = settings("高翔")
    section = found.open("safety")
    found.press("sheet_renew_start")
    step = section._renewal_box.itemAt(0).widget()
    code: RecoveryCode = step.wizard.code
    assert code != old
    assert not keyslots.recovery_confirmed(station.data)
    assert not step.checks.paper.done
    step.paper.made.emit(False)
    found.settle()
    for field, group in zip(step.fields.fields, code.groups, strict=True):
        qtbot.keyClicks(field, group)
    found.settle()
    step.checks.people_given.emit("高翔", PASSWORD, "许文静", PASSWORD)
    found.settle()
    step.checks.places_given.emit("书记保险柜 / 街道档案室")
    found.settle()
    found.press("sheet_next")
    assert keyslots.recovery_confirmed(station.data)
    assert station.station.settings[PLACES] == "书记保险柜 / 街道档案室"
    assert found.text("key_sheet_title") == "恢复单 RS-02"


def test_the_idle_minutes_are_a_setting_of_the_site(settings, station):
    found = settings("高翔")
    found.open("safety")
    found.child("idle_10", QToolButton).click()
    found.settle()
    with station.database.read_session() as session:
        assert SettingsReader(session).get(IDLE_MINUTES) == 10
    assert not settings("赵雪").page.section("safety").idle.minutes.isEnabled()


# --- accounts -----------------------------------------------------------------------------------------------


def test_an_account_is_made_by_two_people(settings, station):
    found = settings("高翔")
    section = found.open("accounts")
    found.press("account_new")
    for name, value in (("name", "陈嘉禾"), ("roles", ("grid_worker",)), ("password", PASSWORD)):
        section.form.editor(name).set_value(value)
    found.press("account_create")
    found.second("许文静")
    with station.database.read_session() as session:
        row = next(r for r in staff.list_accounts(session) if r.name == "陈嘉禾")
        op = session.scalar(select(JournalOp).where(JournalOp.action == "CreateAccount"))
        names = staff.account_names(session, [op.actor_id, op.second_id])
    assert (row.login, row.roles, row.must_change) == ("陈嘉禾", ("grid_worker",), True)
    assert (names[op.actor_id], names[op.second_id]) == ("高翔", "许文静")


def test_a_taken_account_name_is_told_at_its_field(settings):
    found = settings("高翔")
    section = found.open("accounts")
    found.press("account_new")
    for name, value in (("name", "周敏"), ("roles", ("front_desk",)), ("password", PASSWORD)):
        section.form.editor(name).set_value(value)
    found.press("account_create")
    found.second("许文静")
    assert "已经有人用" in section.form.findChild(QWidget, "login_error").text()


def test_a_consent_that_was_broken_off_is_none_to_the_next_question(settings, station):
    """Two questions, one after the other: the password typed for the first is still being checked."""
    found = settings("高翔")
    section = found.open("accounts")
    section.table.choose(next(r.id for r in section._rows if r.name == "赵雪"))
    found.press("account_stop")
    found.child("second_login", QLineEdit).setText("许文静")
    found.child("second_password", QLineEdit).setText(PASSWORD)
    found.child("second_go", QPushButton).click()  # not settled: the answer is on its way
    found.child("second_stop", QPushButton).click()
    section.table.choose(next(r.id for r in section._rows if r.name == "周敏"))
    found.press("account_stop")
    with station.database.read_session() as session:
        assert {"赵雪", "周敏"} <= {row.name for row in staff.list_accounts(session)}
    assert found.child("second_password", QLineEdit).isVisible()


def test_roles_change_and_the_last_secretary_stays(settings, station):
    found = settings("高翔")
    section = found.open("accounts")
    section.table.choose(next(r.id for r in section._rows if r.name == "赵雪"))
    section.roles.editor("roles").set_value(("front_desk", "grid_worker"))
    found.press("account_roles")
    found.second("许文静")
    with station.database.read_session() as session:
        roles = {r.name: r.roles for r in staff.list_accounts(session)}
    assert roles["赵雪"] == ("front_desk", "grid_worker")
    section.table.choose(next(r.id for r in section._rows if r.name == "许文静"))
    found.press("account_stop")
    found.second("许文静")
    assert "只剩这一位书记" in found.text("report_text")
    found.press("report_close")


def test_a_refresh_in_the_background_leaves_the_form_of_a_new_account_open(settings):
    found = settings("高翔")
    section = found.open("accounts")
    section.table.choose(next(r.id for r in section._rows if r.name == "赵雪"))
    found.press("account_new")
    section.form.editor("name").set_value("陈嘉禾")
    assert section.table.key is None
    section.refresh()
    found.settle()
    assert section.form.isVisible()
    assert section.form.loose_draft().name == "陈嘉禾"


def test_a_refresh_in_the_background_takes_nothing_away_that_is_typed(settings):
    found = settings("许文静")
    section = found.open("accounts")
    section.table.choose(next(r.id for r in section._rows if r.name == "周敏"))
    section.leave.form.editor("first_on").set_value("12.3")
    section.refresh()
    found.settle()
    assert section.leave.form.loose_draft().first_on == date(2026, 12, 3)


def test_a_reset_needs_no_second_and_must_be_changed_at_the_next_login(settings, station):
    found = settings("高翔")
    section = found.open("accounts")
    account = next(r for r in section._rows if r.name == "赵雪")
    section.table.choose(account.id)
    section.password.setText("12345678")
    found.press("account_reset")
    assert "太多人用" in found.text("reset_problem")
    section.password.setText("头一次-用的-密码")
    found.press("account_reset")
    with station.database.read_session() as session:
        assert staff.must_change_password(session, account.id)


def test_a_secretary_sees_the_accounts_and_proposes_nothing(settings):
    found = settings("许文静")
    section = found.open("accounts")
    section.table.choose(section._rows[0].id)
    assert found.child("account_new").isHidden()
    assert section._acts.isHidden()


def test_the_secretary_books_a_leave_and_names_who_stands_in(settings, station, clock):
    found = settings("许文静")
    section = found.open("accounts")
    who = {row.name: row.id for row in section._rows}
    section.table.choose(who["周敏"])
    for name, value in (("first_on", "12.3"), ("last_on", "12.8")):
        section.leave.form.editor(name).set_value(value)
    section.leave.form.editor("deputy_id").set_value(who["赵雪"])
    found.press("leave_book")
    with station.database.read_session() as session:
        assert staff.deputies(session, today(clock))[who["周敏"]] == who["赵雪"]
    assert found.text("leave_said") == "12-03 到 12-08 请假，赵雪顶岗"
    row = next(row for row in section.table.rows if row.key == who["周敏"])
    assert row.cells[-1].badge == "请假到 12-08"
    found.press("leave_end")
    assert found.text("leave_said") == "没有登记请假。"
    assert section.leave.end.isHidden()
    with station.database.read_session() as session:
        assert who["周敏"] not in staff.deputies(session, today(clock))


def test_a_leave_that_is_booked_elsewhere_comes_to_the_page(settings, station):
    found = settings("许文静")
    section = found.open("accounts")
    who = {row.name: row.id for row in section._rows}
    section.table.choose(who["周敏"])
    leave = TakeLeave(who["周敏"], who["赵雪"], date(2026, 12, 3), date(2026, 12, 8))
    found.desk.runner.execute(found.page.window(), leave)
    found.settle()
    assert found.text("leave_said") == "12-03 到 12-08 请假，赵雪顶岗"


def test_a_leave_that_ends_before_it_begins_is_told_at_its_field(settings):
    found = settings("许文静")
    section = found.open("accounts")
    who = {row.name: row.id for row in section._rows}
    section.table.choose(who["周敏"])
    for name, value in (("first_on", "2026-12-08"), ("last_on", "2026-12-03")):
        section.leave.form.editor(name).set_value(value)
    section.leave.form.editor("deputy_id").set_value(who["赵雪"])
    found.press("leave_book")
    assert "在走的日子前面" in section.leave.findChild(QWidget, "last_on_error").text()


def test_only_the_secretary_is_offered_leaves(settings):
    found = settings("高翔")
    section = found.open("accounts")
    section.table.choose(section._rows[0].id)
    assert section.leave.isHidden()


# --- places -------------------------------------------------------------------------------------------------


class LayDoors(Command[None]):
    """One door of one house, as an import makes it."""

    label = "试验"
    permission = "places.write"

    def execute(self, uow):
        book = PlaceBook(uow)
        book.dwelling("云和小区", "3", "2", "5", "501", None)
        book.flush()


def test_grids_are_added_and_given_to_people_from_today(settings, station, clock):
    found = settings("许文静")
    section = found.open("places")
    found.child("new_grid", QLineEdit).setText("第四网格")
    found.press("grid_add")
    grid = next(line for line in section._view.grids if line.name == "第四网格")
    section.grids.choose(grid.id)
    for post, name in (("A", "周敏"), ("B", "赵雪")):
        box = found.child(f"duty_{post}", QComboBox)
        box.setCurrentIndex([box.itemText(n) for n in range(box.count())].index(name))
    found.press("duty_save")
    with station.database.read_session() as session:
        duties = session.scalars(select(GridDuty).where(GridDuty.grid_id == grid.id)).all()
    assert {(d.post, d.first_on) for d in duties} == {("A", today(clock)), ("B", today(clock))}


def test_a_refresh_in_the_background_keeps_who_was_picked_for_a_grid(settings):
    found = settings("许文静")
    section = found.open("places")
    section.grids.choose(section._view.grids[1].id)
    found.child("duty_A", QComboBox).setCurrentIndex(1)
    section.refresh()
    found.settle()
    assert found.child("duty_A", QComboBox).currentIndex() == 1
    assert found.child("duty_card").isVisible()


def test_one_person_is_not_both_first_and_deputy(settings, station):
    found = settings("许文静")
    section = found.open("places")
    section.grids.choose(section._view.grids[1].id)
    for post in ("A", "B"):
        box = found.child(f"duty_{post}", QComboBox)
        box.setCurrentIndex(1)
    found.press("duty_save")
    with station.database.read_session() as session:
        assert not session.scalars(
            select(GridDuty).where(GridDuty.grid_id == section._view.grids[1].id)
        ).all()


def test_a_house_gets_its_layout_and_is_drawn_while_it_is_typed(settings, station):
    station.bus.run(LayDoors(), actor=station.authenticate("许文静", PASSWORD))
    found = settings("许文静")
    section = found.open("places")
    section.houses.choose(section._view.buildings[0].id)
    preview = found.child("house_preview")
    assert preview.accessibleDescription() == "还没填全"
    for name, value in (("floors", "6"), ("units", "3"), ("doors", "2"), ("standing_point", "南门")):
        section.house.form.editor(name).widget.setText(value)
    assert preview.accessibleDescription() == "6 层，3 单元，每层 2 户"
    found.press("house_save")
    with station.database.read_session() as session:
        row = places.all_buildings(session)[0]
    assert (row.floors, row.units, row.doors_per_unit, row.standing_point) == (6, 3, 2, "南门")


def test_a_compound_is_added_under_its_name(settings, station):
    found = settings("高翔")
    found.open("places")
    found.child("new_compound", QLineEdit).setText("清河家园")
    found.press("compound_add")
    with station.database.read_session() as session:
        assert "清河家园" in {row.name for row in places.compounds(session)}


# --- tables ---------------------------------------------------------------------------------------------------


def test_a_table_without_room_leaves_its_spare_columns_out(qtbot):
    table = RowsTable(
        "t", "试", (Head("名"), Head("甲", 100), Head("乙", 100, spare=True), Head("丙", 100, spare=True))
    )
    qtbot.addWidget(table)
    table.show()
    seen = {}
    for wide in (500, 360, 200):
        table.resize(wide, 200)
        seen[wide] = [table.isColumnHidden(n) for n in range(4)]
    assert seen == {
        500: [False, False, False, False],
        360: [False, False, False, True],
        200: [False, False, True, True],
    }


# --- calendar and look --------------------------------------------------------------------------------------


def test_the_calendar_is_changed_by_commands_and_only_where_it_differs(settings, station):
    found = settings("高翔")
    section = found.open("calendar")
    section.form.editor("days_off").set_value("2026-12-25 停电检修")
    section.form.editor("hours").set_value("09:00-12:00\n13:30-17:30")
    found.press("calendar_save")
    with station.database.read_session() as session:
        read = SettingsReader(session)
        assert read.get(DAYS_OFF) == ("2026-12-25 停电检修",)
        assert read.get(HOURS) == ("09:00-12:00", "13:30-17:30")
        changed = session.scalars(select(JournalOp.action).where(JournalOp.action == "ChangeSetting")).all()
    assert len(changed) == 2


def test_what_could_not_be_stored_may_be_sent_again(settings, station):
    found = settings("高翔")
    section = found.open("calendar")
    section.form.editor("days_off").set_value("2026-12-25 停电检修")
    station.actor = station.authenticate("周敏", PASSWORD)  # the role was taken away meanwhile
    found.press("calendar_save")
    found.press("report_close")
    station.actor = found.actor
    found.press("calendar_save")
    with station.database.read_session() as session:
        assert SettingsReader(session).get(DAYS_OFF) == ("2026-12-25 停电检修",)


def test_a_day_that_is_none_is_told_at_its_field(settings, station):
    found = settings("高翔")
    section = found.open("calendar")
    section.form.editor("days_off").set_value("明年元旦")
    found.press("calendar_save")
    assert "先日期后事由" in section.form.findChild(QWidget, "days_off_error").text()
    with station.database.read_session() as session:
        assert SettingsReader(session).get(DAYS_OFF) == ()


def test_the_holidays_of_the_year_are_listed_and_a_missing_year_is_warned(settings, station):
    found = settings("高翔")
    section = found.open("calendar")
    words = [label.text() for label in found.child("calendar_days").findChildren(TextLabel)]
    assert words[:2] == ["元旦", "1 月 1 日–3 日放 3 天，1 月 4 日上班"]
    assert "2027 年的放假安排还没有录" in found.text("calendar_gap")
    found.child("calendar_year_2027", QToolButton).click()
    days = found.child("calendar_days")
    found.qtbot.waitUntil(lambda: len(_shown(days)) == 1)
    assert "还没有录" in _shown(days)[0]
    section.form.editor("days_off").set_value("2027-01-01 元旦\n2027-01-02 元旦")
    section.form.editor("days_on").set_value("2027-01-10 元旦")
    section.form.editor("years").set_value("2027")
    found.press("calendar_save")
    found.qtbot.waitUntil(found.child("calendar_gap").isHidden)  # the page reads itself anew
    found.qtbot.waitUntil(lambda: len(_shown(days)) == 2)
    assert _shown(days) == ["元旦", "1 月 1 日–2 日放 2 天，1 月 10 日上班"]


def _shown(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if not label.isHidden()]


@pytest.mark.parametrize(
    ("day", "years", "named"),
    [
        (date(2026, 10, 31), {2026}, ""),
        (date(2026, 11, 1), {2026}, "2027"),
        (date(2026, 5, 1), {2025}, "2026"),
        (date(2026, 12, 1), set(), "2026、2027"),
        (date(2026, 12, 1), {2026, 2027}, ""),
    ],
)
def test_a_year_is_missed_once_its_announcement_is_due(day, years, named):
    words = gap_words(Calendar({}, frozenset(years)), day)
    assert words.startswith(f"{named} 年的放假安排") if named else words == ""


def test_a_holiday_over_two_months_is_one_stretch():
    days = {date(2027, 1, 31) + timedelta(days=n): (True, "春节") for n in range(3)}
    found = holidays_of(Calendar(days, frozenset({2027})), 2027)
    assert [each.words for each in found] == ["1 月 31 日–2 月 2 日放 3 天"]


def test_one_press_makes_everything_larger_and_any_other_size_leaves_no_press_down(settings):
    found = settings("周敏")
    section = found.open("look")
    found.child("zoom_150", QToolButton).click()
    assert (theme().zoom, found.desk.person().look.zoom) == (150, 150)
    found.child("zoom_less", QPushButton).click()
    assert (theme().zoom, section.sizes.value) == (140, None)


def test_the_look_is_put_on_at_once_and_kept_for_the_person(settings, station):
    found = settings("周敏")
    found.open("look")
    found.child("theme_dark", QToolButton).click()
    found.child("zoom_more", QPushButton).click()
    found.child("large_True", QToolButton).click()
    look = found.desk.person().look
    assert (look.theme, look.zoom, look.large) == ("dark", 110, True)
    assert (theme().name, theme().zoom, theme().large) == ("dark", 110, True)
    assert found.desk.memory.for_person(None).look.theme == "light"


# --- pure parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (None, "电脑现在坏了，就都没了"),
        (timedelta(0), "电脑现在坏了，最多丢 1 分钟"),
        (timedelta(minutes=11, seconds=1), "电脑现在坏了，最多丢 12 分钟"),
        (timedelta(hours=3), "电脑现在坏了，最多丢 3 小时"),
        (timedelta(days=3), "电脑现在坏了，最多丢 3 天"),
    ],
)
def test_how_much_would_be_lost(clock, ago, words):
    now = clock.now()
    assert loss_words(None if ago is None else now - ago, now) == words


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            CheckResult("integrity", True, {"pages": 48812, "faults": 0}),
            ("文件各页", "48,812 / 48,812", "没坏"),
        ),
        (CheckResult("integrity", False, {"pages": 10, "faults": 2}), ("文件各页", "8 / 10", "坏了")),
        (
            CheckResult("checkin_balance", True, {"expected": 1204, "seen": 1193, "missed": 9, "excused": 2}),
            ("该看的窗", "1,204 = 1,193+9+2", "看 漏 停"),
        ),
        (CheckResult("search_index", True, {"residents": 5, "entries": 5}), ("能找到人", "5 / 5", "人")),
        (CheckResult("foreign_keys", False, {"orphans": 3}), ("前后指得上", "3", "处断")),
    ],
)
def test_a_check_says_n_of_n(check, words):
    assert check_words(check) == words


def test_the_head_is_read_in_two_halves():
    assert head_code(bytes.fromhex("7f3a91c2") + b"\0" * 28) == "7F3A-91C2"


def test_a_sheet_is_old_after_six_months(station, clock):
    sheet = read_safety_view(station).sheet
    assert (sheet.name, sheet.confirmed, months_untested(sheet, clock.now())) == ("RS-01", False, -1)


@pytest.mark.parametrize(
    ("setting", "text", "good"),
    [
        (HOURS, "08:30-11:30\n13:30-17:00", True),
        (HOURS, "17:00-08:30", False),
        (DAYS_OFF, "", True),
        (LATITUDE, "46.8", True),
        (LATITUDE, "北边", False),
        (LATITUDE, "99", False),
    ],
)
def test_what_is_typed_is_judged_by_the_setting_itself(setting, text, good):
    assert (problem_of(setting, text) == "") is good
    if good:
        assert setting.accept(setting.to_json(as_value(setting, text))) is not None


@pytest.mark.parametrize(
    ("years", "words"),
    [((), "还没有"), ((2024, 2025, 2026), "2024–2026 年"), ((2024, 2026), "2024、2026 年")],
)
def test_years_are_said_as_a_span(years, words):
    assert year_words(years) == words
