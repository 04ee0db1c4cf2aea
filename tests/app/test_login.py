"""The login page over a real station: signing in, waiting, a password of one's own, the recovery sheet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from sqlalchemy import select

from centerdesk.app.login.card import WaitField, WhoField, wait_words
from centerdesk.app.login.facts import headline, read_login
from centerdesk.app.login.page import LoginPage
from centerdesk.app.recovery.acts import SHEET_USED
from centerdesk.app.recovery.fields import GroupField, GroupFields
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.features.checkins.api import NextRound
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands import ResetPassword
from centerdesk.features.staff.models import Account
from centerdesk.kernel import keyslots
from centerdesk.kernel.errors import PermissionDenied, ValidationError, WrongKey
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station
from tests.app.conftest import PASSWORD

pytestmark = pytest.mark.gui


@pytest.fixture
def page(qtbot, station, runner):
    made = LoginPage(station, runner)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.findChild(QWidget, "login_headline").text() != "")
    return made


def child(page: QWidget, name: str, kind: type = QWidget):
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def type_in(qtbot, page, name: str, text: str) -> None:
    field = child(page, name, QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, text)


def sign_in(qtbot, page, login: str, password: str) -> None:
    who = child(page, "who", WhoField)
    who.setCurrentIndex(who.count() - 1)
    child(page, "other_login", QLineEdit).setText(login)
    child(page, "password", QLineEdit).setText(password)
    qtbot.mouseClick(child(page, "sign_in_button"), Qt.MouseButton.LeftButton)


def test_the_right_password_puts_the_person_at_the_desk(qtbot, page, station):
    with qtbot.waitSignal(page.signed_in) as told:
        sign_in(qtbot, page, "周敏", PASSWORD)
    actor = told.args[0]
    assert (actor.name, actor.roles) == ("周敏", ("grid_worker",))
    assert station.actor is actor
    assert len(actor.scope) == 1
    assert child(page, "password", QLineEdit).text() == ""


def test_a_wrong_password_is_told_in_brown_and_signs_nobody_in(qtbot, page, station):
    sign_in(qtbot, page, "周敏", "not-the-password")
    qtbot.waitUntil(lambda: child(page, "sign_in_warning_title").text() != "")
    assert "不对" in child(page, "sign_in_warning_title").text()
    assert child(page, "sign_in_warning_title").property("ink") == "dawn-ink"
    assert station.actor is None


def test_an_unknown_name_gets_the_same_words_and_the_same_wait(qtbot, page):
    told = {}
    for login in ("周敏", "没有这个人"):
        for _ in range(5):
            sign_in(qtbot, page, login, "not-the-password")
            qtbot.waitUntil(lambda: not page.sign_in._busy)
        told[login] = (page.sign_in.band.text, child(page, "wait_field", WaitField).text)
    assert told["周敏"] == told["没有这个人"]
    assert told["周敏"][1] == "01:00"


def test_five_wrong_ones_count_down_in_the_field_and_then_let_the_name_in(qtbot, page, clock):
    for _ in range(5):
        sign_in(qtbot, page, "周敏", "not-the-password")
        qtbot.waitUntil(lambda: not page.sign_in._busy)
    button = child(page, "sign_in_button", QPushButton)
    assert "输错 5 次，停 1 分钟" in page.sign_in.band.text
    assert child(page, "password", QLineEdit).isHidden()
    clock.advance(timedelta(seconds=18))
    page.tick()
    assert child(page, "wait_field", WaitField).text == "00:42"
    assert button.missing == "还要等 42 秒"
    clock.advance(timedelta(seconds=42))
    page.tick()
    assert child(page, "wait_field").isHidden()
    assert button.missing == ""
    with qtbot.waitSignal(page.signed_in):
        sign_in(qtbot, page, "周敏", PASSWORD)


def test_the_wait_belongs_to_the_desk_whatever_the_name(qtbot, page, clock):
    for _ in range(5):
        sign_in(qtbot, page, "周敏", "not-the-password")
        qtbot.waitUntil(lambda: not page.sign_in._busy)
    child(page, "other_login", QLineEdit).setText("许文静")
    page.tick()
    assert not child(page, "wait_field").isHidden()
    assert "停 1 分钟" in page.sign_in.band.text
    clock.advance(timedelta(seconds=61))
    page.tick()
    assert child(page, "wait_field").isHidden()
    with qtbot.waitSignal(page.signed_in):
        sign_in(qtbot, page, "许文静", PASSWORD)


def test_those_who_used_this_desk_are_offered_newest_first(qtbot, page, station):
    for name in ("高翔", "周敏"):
        station.authenticate(name, PASSWORD)
    page.refresh()
    who = child(page, "who", WhoField)
    qtbot.waitUntil(lambda: who.count() == 3)
    assert [who.itemText(n).split()[0] for n in range(3)] == ["周敏", "高翔", "别的账号…"]


def read_again(qtbot, page, runner) -> None:
    page.refresh()
    qtbot.waitUntil(lambda: runner.idle)


def test_what_is_being_typed_stays_when_the_page_reads_again(qtbot, page, station, runner):
    """It does so every half minute; and the first answer may come after the first keys."""
    type_in(qtbot, page, "password", "first")
    station.authenticate("周敏", PASSWORD)
    read_again(qtbot, page, runner)
    assert child(page, "password", QLineEdit).text() == "first"
    type_in(qtbot, page, "password", "and-second")
    read_again(qtbot, page, runner)
    assert child(page, "password", QLineEdit).text() == "firstand-second"


def test_a_name_that_is_being_typed_stays_when_the_page_reads_again(qtbot, page, station, runner):
    station.authenticate("周敏", PASSWORD)
    read_again(qtbot, page, runner)
    who = child(page, "who", WhoField)
    who.setCurrentIndex(who.count() - 1)
    type_in(qtbot, page, "other_login", "gao")
    type_in(qtbot, page, "password", "half-way")
    read_again(qtbot, page, runner)
    assert (page.sign_in.login, child(page, "password", QLineEdit).text()) == ("gao", "half-way")


def test_another_persons_password_does_not_stay_in_the_field(qtbot, page, station, runner):
    for name in ("高翔", "周敏"):
        station.authenticate(name, PASSWORD)
    read_again(qtbot, page, runner)
    type_in(qtbot, page, "password", "half-way")
    who = child(page, "who", WhoField)
    who.setCurrentIndex(1 - who.currentIndex())
    assert child(page, "password", QLineEdit).text() == ""


@pytest.fixture
def reset_account(qtbot, page, station):
    """赵雪 signs in with the password the administrator gave her, and is asked for one of her own."""
    admin = station.authenticate("高翔", PASSWORD)
    with station.database.read_session() as session:
        account = session.scalar(select(Account).where(Account.login == "赵雪"))
    station.bus.run(ResetPassword(account.id, "头一次-用的-密码"), actor=admin)
    sign_in(qtbot, page, "赵雪", "头一次-用的-密码")
    qtbot.waitUntil(lambda: child(page, "new_password_panel").isVisible())
    return account.id


def test_a_reset_password_must_be_changed_before_anything_else(qtbot, page, station, reset_account):
    assert station.actor is None
    type_in(qtbot, page, "new_password", "abc")
    type_in(qtbot, page, "new_password_again", "abc")
    child(page, "new_password_button", QPushButton).click()
    qtbot.waitUntil(lambda: "至少 8 位" in child(page, "new_password_warning_title").text())
    for name in ("new_password", "new_password_again"):
        child(page, name, QLineEdit).setText("门前-三棵-枣树")
    with qtbot.waitSignal(page.signed_in):
        child(page, "new_password_button", QPushButton).click()
    with station.database.read_session() as session:
        assert not staff.must_change_password(session, reset_account)
    assert station.authenticate("赵雪", "门前-三棵-枣树").name == "赵雪"


@pytest.mark.usefixtures("reset_account")
def test_whoever_must_change_a_password_may_go_back_and_leaves_nothing(qtbot, page):
    type_in(qtbot, page, "new_password", "three-trees")
    child(page, "new_password_back", QPushButton).click()
    assert child(page, "sign_in").isVisible()
    assert child(page, "new_password", QLineEdit).text() == ""
    with qtbot.waitSignal(page.signed_in):
        sign_in(qtbot, page, "许文静", PASSWORD)


def test_two_different_new_passwords_are_not_stored(qtbot, page, station):
    page.new_password.first.setText("门前-三棵-枣树")
    page.new_password.again.setText("门前-三棵-枣村")
    with qtbot.assertNotEmitted(page.new_password.submitted):
        page.new_password.go.click()
    assert "两遍不一样" in page.new_password.band.text


def open_sheet(qtbot, page) -> GroupFields:
    child(page, "use_sheet", QPushButton).click()
    qtbot.waitUntil(lambda: child(page, "recovery_panel").isVisible())
    return child(page, "groups", GroupFields)


def type_code(qtbot, fields: GroupFields, code: RecoveryCode) -> None:
    for field, group in zip(fields.fields, code.groups, strict=True):
        qtbot.keyClicks(field, group.lower())


def test_the_recovery_sheet_resets_an_administrator_and_leaves_its_trace(qtbot, page, made):
    station, code = made
    fields = open_sheet(qtbot, page)
    type_code(qtbot, fields, code)
    qtbot.waitUntil(lambda: child(page, "recovery_account").isVisible())
    for name in ("recovery_password", "recovery_password_again"):
        child(page, name, QLineEdit).setText("新来的-扫帚-一把")
    with qtbot.waitSignal(page.signed_in) as told:
        child(page, "recovery_button", QPushButton).click()
    assert told.args[0].name == "高翔"
    with station.database.read_session() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "ResetByRecovery"))
        assert (op.actor, op.reason, op.actor_id) == ("system", "恢复单", None)
    assert SHEET_USED in Station.load(station.data.station_file).settings
    assert fields.text == ""


def test_a_sheet_of_another_station_opens_nothing(qtbot, page):
    fields = open_sheet(qtbot, page)
    page.recovery.groups.start(None)  # as on a station without tags: only the whole can be judged
    type_code(qtbot, fields, RecoveryCode.generate())
    qtbot.waitUntil(lambda: "恢复单打不开" in fields.hint)
    assert fields.done == 0
    assert child(page, "recovery_account").isHidden() or not child(page, "recovery_account").isVisible()


def test_a_right_group_is_covered_and_a_wrong_one_named_and_cleared(qtbot, page, made):
    _station, code = made
    fields = open_sheet(qtbot, page)
    qtbot.keyClicks(fields.fields[0], code.groups[0])
    assert fields.fields[0].covered
    assert fields.fields[0].text() == "•••••"
    assert code.groups[0] not in fields.fields[0].text()
    assert fields.fields[1].hasFocus()
    wrong = "".join("2" if c != "2" else "3" for c in code.groups[1])
    qtbot.keyClicks(fields.fields[1], wrong)
    assert fields.fields[1].text() == ""
    assert fields.hint.startswith("第 2 组和纸上不一样")
    assert fields.fields[0].covered


def test_the_pair_of_letters_that_was_mistaken_is_named(made):
    station, _code = made
    code = RecoveryCode("8" + "A" * 39)
    from centerdesk.app.recovery.tags import remember

    kept = remember(station.data, station.station, station.ring, code)
    groups = SheetGroups.of(station.data, kept, station.ring)
    assert groups.problem(0, "BAAAA") == "第 1 组和纸上不一样，多半是 8 和 B。"
    assert groups.problem(0, "8AAAA") == ""
    assert groups.problem(0, "8AAA") == "第 1 组还差 1 个字。大小写都行。"
    assert "0" in groups.problem(0, "8AAA0")


def test_tags_of_an_older_sheet_judge_nothing(made, clock):
    station, _code = made
    keyslots.new_recovery(station.data, station.ring.data_key, clock)
    groups = SheetGroups.of(station.data, station.station, station.ring)
    assert not groups.checkable
    assert groups.name == "RS-02"
    assert groups.problem(0, "ZZZZZ") == ""


def test_nothing_is_pasted_into_a_group(qtbot, page, made):
    _station, code = made
    fields = open_sheet(qtbot, page)
    QGuiApplication.clipboard().setText(code.groups[0])
    field: GroupField = fields.fields[0]
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    assert field.text() == ""


def test_capitals_without_shift_are_told_before_the_password_is_blamed(qtbot, page):
    field = child(page, "password", QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, "b")
    assert child(page, "keyboard_hint").text() == ""
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "AB")
    assert child(page, "keyboard_hint").text() == "大写锁定开着"
    field.textEdited.emit("密码")
    assert "输入法" in child(page, "keyboard_hint").text()


def test_the_page_says_no_name_of_a_resident(station):
    with station.database.read_session() as session:
        view = read_login(session, station)
    words = [view.headline, *(f"{i.title}{i.detail}" for i in (view.watcher, view.windows, view.sound))]
    assert words[0] == "今天没有要看的窗"
    assert {u.name for u in view.administrators} == {"高翔"}


def test_only_the_system_actor_may_reset_by_the_sheet(station):
    from centerdesk.features.staff.commands_recovery import RECOVER, ResetByRecovery
    from centerdesk.kernel.identity import system_actor

    admin = station.authenticate("高翔", PASSWORD)
    with station.database.read_session() as session:
        clerk = session.scalar(select(Account).where(Account.login == "赵雪"))
    with pytest.raises(PermissionDenied):
        station.bus.run(ResetByRecovery(admin.account_id, "新来的-扫帚-一把"), actor=admin)
    with pytest.raises(ValidationError):
        station.bus.run(ResetByRecovery(clerk.id, "新来的-扫帚-一把"), actor=system_actor([RECOVER]))


def test_another_stations_sheet_is_a_wrong_key(station):
    with pytest.raises(WrongKey):
        keyslots.open_with_recovery(station.data, RecoveryCode.generate())


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=42), "42 秒"),
        (timedelta(seconds=41.2), "42 秒"),
        (timedelta(seconds=185), "3 分 5 秒"),
        (timedelta(days=1), "到明天"),
    ],
)
def test_waiting_in_words(left, words):
    assert wait_words(left) == words


@pytest.mark.parametrize(
    ("minutes", "ahead", "sentence"),
    [
        (4, 0, "再过 4 分钟，早间看窗开始"),
        (0.5, 0, "再过 1 分钟，早间看窗开始"),
        (120, 0, "早间看窗 09:26 开始"),
        (1444, 1, "明天早间看窗 07:30 开始"),
        (-1, 0, "早间看窗正在看，08:55 收"),
    ],
)
def test_what_comes_next_is_one_sentence(clock, minutes, ahead, sentence):
    opens = clock.now() + timedelta(minutes=minutes)
    slot = NextRound(ahead, "早间", opens, opens + timedelta(minutes=90), 40, 0)
    assert headline(slot, clock.now()) == sentence
    assert headline(None, clock.now()) == "今天没有要看的窗"
