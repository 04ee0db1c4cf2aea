"""The first set-up, step by step over real files: what is kept, where it resumes, what the last step wants."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from sqlalchemy import func, select

from centerdesk.app.first_run import state
from centerdesk.app.first_run.site import grid_name
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.first_run.wizard import FirstRun, needed
from centerdesk.app.recovery.acts import groups_of, new_sheet
from centerdesk.app.recovery.hand_copy import HandCopy
from centerdesk.features.people.models import Resident
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import list_backups, second_folder
from centerdesk.kernel.errors import WrongKey
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station
from tests.app.conftest import PASSWORD
from tests.helpers.set_up_child import TYPED

pytestmark = pytest.mark.gui
ROOT = Path(__file__).parents[2]
HEADER = ("姓名", "身份证号", "性别", "网格", "小区", "门牌号", "与户主关系", "联系电话")
ROWS = (
    ("李国梁", "110101194912310016", "男", "第一网格", "清河家园", "3-2-501", "户主", "13800002345"),
    ("王秀英", "110101195203080021", "女", "东风网格", "北门小区", "3-2-501", "配偶", ""),
    ("", "", "男", "第一网格", "清河家园", "3-2-502", "户主", ""),
)


@pytest.fixture
def data(tmp_path) -> DataDir:
    return DataDir(tmp_path / "new")


@pytest.fixture
def open_wizard(qtbot, clock, idle_runner):
    """Opens the set-up on a data directory and closes its station at the end."""
    opened: list[FirstRun] = []

    def open_it(data: DataDir) -> FirstRun:
        wizard = FirstRun(data, clock, idle_runner)
        qtbot.addWidget(wizard)
        wizard.resize(1440, 900)
        opened.append(wizard)
        with qtbot.waitExposed(wizard):
            wizard.show()
        settle(qtbot, wizard)
        return wizard

    yield open_it
    for wizard in opened:
        wizard.hide()
        settle(qtbot, wizard)
        wizard.shutdown()


def settle(qtbot, wizard: FirstRun) -> None:
    """Until nothing is under way: each act may start the next."""
    qtbot.waitUntil(lambda: not wizard.busy, timeout=30_000)


def child(wizard: QWidget, name: str, kind: type = QWidget):
    found = wizard.findChild(kind, name)
    assert found is not None, name
    return found


def press(qtbot, wizard, name: str) -> None:
    child(wizard, name, QPushButton).click()
    settle(qtbot, wizard)


def do_site(qtbot, wizard, name="清河社区") -> None:
    form = wizard.pages[Step.SITE].form
    for field, text in (("name", name), ("street", "望河街道"), ("device", "前台一号")):
        form.editor(field).widget.setText(text)
    press(qtbot, wizard, "site_next")


def do_grids(qtbot, wizard) -> None:
    child(wizard, "grid_count", QLineEdit).setText("2")
    press(qtbot, wizard, "grid_fill")
    wizard.pages[Step.GRIDS].form.editor("compounds").set_value("清河家园")
    press(qtbot, wizard, "grids_next")


def add_person(qtbot, wizard, name, *roles, grids=()) -> None:
    form = wizard.pages[Step.ACCOUNTS].form
    form.editor("name").set_value(name)
    form.editor("password").set_value(PASSWORD)
    form.editor("roles").set_value(roles)
    form.editor("grids").set_value(grids)
    press(qtbot, wizard, "person_add")


def do_accounts(qtbot, wizard) -> None:
    add_person(qtbot, wizard, "高翔", "administrator")
    add_person(qtbot, wizard, "方兰", "secretary")
    press(qtbot, wizard, "accounts_next")


def do_backup(qtbot, wizard, tmp_path) -> None:
    stick = tmp_path / "清河-1"
    stick.mkdir(exist_ok=True)
    wizard.pages[Step.BACKUP].take_place(str(stick))
    settle(qtbot, wizard)
    press(qtbot, wizard, "backup_next")


def to_the_sheet(qtbot, wizard, tmp_path) -> None:
    do_site(qtbot, wizard)
    do_grids(qtbot, wizard)
    do_accounts(qtbot, wizard)
    press(qtbot, wizard, "import_later")
    do_backup(qtbot, wizard, tmp_path)


def type_all(qtbot, wizard, code: RecoveryCode) -> None:
    for field, group in zip(wizard.pages[Step.SHEET].fields.fields, code.groups, strict=True):
        qtbot.keyClicks(field, group)
    settle(qtbot, wizard)


def both_people(qtbot, wizard) -> None:
    press(qtbot, wizard, "check_people_button")
    for name in ("administrator_password", "secretary_password"):
        child(wizard, name, QLineEdit).setText(PASSWORD)
    press(qtbot, wizard, "two_people_go")


def both_places(qtbot, wizard) -> None:
    press(qtbot, wizard, "check_places_button")
    child(wizard, "place_1", QLineEdit).setText("书记保险柜")
    child(wizard, "place_2", QLineEdit).setText("街道档案室")
    press(qtbot, wizard, "places_go")


def missing(wizard, name: str) -> str:
    return child(wizard, name, QPushButton).missing


# --- the way through ----------------------------------------------------------------------------------------


def test_from_nothing_to_a_station_that_is_set_up(qtbot, open_wizard, data, tmp_path):
    assert needed(data)
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    assert missing(wizard, "sheet_next") == "还差 4 样"
    code = wizard.code
    wizard.pages[Step.SHEET].paper.made.emit(False)  # what the printer says; there is none here
    settle(qtbot, wizard)
    type_all(qtbot, wizard, code)
    assert missing(wizard, "sheet_next") == "还差 2 样"
    both_people(qtbot, wizard)
    both_places(qtbot, wizard)
    assert missing(wizard, "sheet_next") == ""
    with qtbot.waitSignal(wizard.finished, timeout=30_000):
        child(wizard, "sheet_next", QPushButton).click()
    assert wizard.station is None
    assert wizard.code is None
    assert not needed(data)
    kept = Station.load(data.station_file)
    assert (kept.name, kept.device, kept.second_place) == ("清河社区", "前台一号", tmp_path / "清河-1")
    assert kept.settings[state.PLACES] == "书记保险柜 / 街道档案室"
    assert not [name for name in kept.settings if name.startswith("setup.")]
    assert keyslots.recovery_confirmed(data)


def test_what_was_done_with_the_sheet_is_in_the_journal_with_both_people(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    code, station = wizard.code, wizard.station
    wizard.pages[Step.SHEET].paper.made.emit(False)
    settle(qtbot, wizard)
    type_all(qtbot, wizard, code)
    both_people(qtbot, wizard)
    both_places(qtbot, wizard)
    with qtbot.waitSignal(wizard.finished, timeout=30_000):
        child(wizard, "sheet_next", QPushButton).click()
    from centerdesk.app.bootstrap import open_station

    with_entry = open_station(data, station.clock)
    with with_entry.database.read_session() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "RecordSheet"))
        names = staff.account_names(session, [op.actor_id, op.second_id])
    with_entry.close()
    assert [names[op.actor_id], names[op.second_id], op.reason] == ["高翔", "方兰", "敲回"]
    for group in code.groups:
        assert group not in data.station_file.read_text("utf-8")


def test_every_step_keeps_itself_and_a_later_start_resumes_there(qtbot, open_wizard, data, clock):
    wizard = open_wizard(data)
    do_site(qtbot, wizard)
    do_grids(qtbot, wizard)
    add_person(qtbot, wizard, "高翔", "administrator")
    wizard.hide()
    wizard.shutdown()
    clock.advance(timedelta(days=1))
    again = open_wizard(data)
    assert again.progress.at is Step.ACCOUNTS
    assert again.pages[Step.ACCOUNTS].isVisible()
    assert [p.name for p in again.progress.people] == ["高翔"]
    assert child(again, "first_run_resume").text() == "昨天 07:26 停在「账号」，现在接着来。"


def test_ctrl_enter_goes_on_as_the_button_does_and_not_while_something_is_missing(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    do_site(qtbot, wizard)
    field = child(wizard, "grid_count", QLineEdit)

    def go_on() -> None:
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle(qtbot, wizard)

    go_on()
    assert wizard.progress.at is Step.GRIDS
    field.setText("2")
    press(qtbot, wizard, "grid_fill")
    go_on()
    assert wizard.progress.at is Step.ACCOUNTS


@pytest.mark.parametrize("step", [Step.SITE, Step.GRIDS, Step.ACCOUNTS])
def test_a_killed_set_up_comes_back_at_its_step_with_what_was_typed(qtbot, open_wizard, data, step):
    wizard = open_wizard(data)
    for done, do in ((Step.SITE, do_site), (Step.GRIDS, do_grids)):
        if done.number < step.number:
            do(qtbot, wizard)
    wizard.hide()
    wizard.shutdown()
    command = [sys.executable, "-m", "tests.helpers.set_up_child", str(data.root), step.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child_process:
        assert child_process.stdout.readline() == "typed\n"
        child_process.kill()
    again = open_wizard(data)
    assert again.progress.at is step
    assert again.pages[step].isVisible()
    form = again.pages[step].form
    for field, value in TYPED[step].items():
        assert form.editor(field).value() == (None if field == "password" else value)
    if step is not Step.SITE:
        left = b"".join(path.read_bytes() for path in data.drafts.iterdir())
        assert not any(str(value).encode() in left for value in TYPED[step].values())


def test_a_window_closed_within_a_second_of_the_last_key_keeps_it(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    wizard.pages[Step.SITE].form.editor("name").set_value("清河社区")
    wizard.hide()
    wizard.shutdown()
    again = open_wizard(data)
    assert again.pages[Step.SITE].form.editor("name").value() == "清河社区"
    do_site(qtbot, again)
    assert [path.name for path in data.drafts.iterdir()] == []


def test_the_file_and_the_places_come_back_too(qtbot, open_wizard, data, tmp_path, roster):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    wizard.pages[Step.IMPORT].take_file(str(roster))
    wizard.hide()
    wizard.shutdown()
    again = open_wizard(data)
    assert child(again, "import_file").text() == "居民.xlsx"
    press(qtbot, again, "import_later")
    do_backup(qtbot, again, tmp_path)
    press(qtbot, again, "check_places_button")
    qtbot.keyClicks(child(again, "place_1", QLineEdit), "safe")
    again.hide()
    again.shutdown()
    third = open_wizard(data)
    assert third.progress.at is Step.SHEET
    assert child(third, "place_1", QLineEdit).text() == "safe"


def test_a_power_cut_within_step_one_starts_again_and_loses_nothing(qtbot, open_wizard, data, clock):
    data.prepare()
    keyslots.create(data, clock)  # cut off before the database was made
    wizard = open_wizard(data)
    assert wizard.progress.at is Step.SITE
    assert (data.aside / "cut-off" / "keyslots.json").exists()
    do_site(qtbot, wizard)
    assert wizard.progress.name == "清河社区"


def test_keys_beside_backups_are_never_put_aside(data, clock, founded):
    """A lost database with its backups still there is a restore, not a new station."""
    import shutil

    shutil.copytree(founded[0].root, data.root)
    from centerdesk.app.backups import back_up
    from centerdesk.app.bootstrap import open_station
    from centerdesk.kernel.backupfile import Reason

    station = open_station(data, clock)
    back_up(station, Reason.MANUAL)
    station.close()
    data.database.unlink()
    assert state.open_unfinished(data, clock) is None
    assert data.keyslots.exists()


def test_names_can_be_changed_while_setting_up(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    do_site(qtbot, wizard, "清和社区")
    press(qtbot, wizard, "grids_back")
    do_site(qtbot, wizard, "清河社区")
    assert wizard.progress.name == "清河社区"
    assert Station.load(data.station_file).name == "清河社区"


def test_secretary_and_administrator_must_be_two_people(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    do_site(qtbot, wizard)
    assert missing(wizard, "grids_next") == "还差网格"
    do_grids(qtbot, wizard)
    assert missing(wizard, "accounts_next") == "还差书记"
    add_person(qtbot, wizard, "高翔", "administrator", "secretary")
    assert missing(wizard, "accounts_next") == "书记和管理员要两个人"
    add_person(qtbot, wizard, "方兰", "secretary")
    assert missing(wizard, "accounts_next") == ""


def test_a_weak_password_is_told_at_its_field(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    do_site(qtbot, wizard)
    do_grids(qtbot, wizard)
    form = wizard.pages[Step.ACCOUNTS].form
    for field, value in (("name", "高翔"), ("password", "12345678"), ("roles", ("administrator",))):
        form.editor(field).set_value(value)
    press(qtbot, wizard, "person_add")
    assert "太多人用" in child(form, "password_error").text()
    assert wizard.progress.people == ()


# --- the import ---------------------------------------------------------------------------------------------


@pytest.fixture
def roster(tmp_path) -> Path:
    book = Workbook()
    sheet = book.active
    for row in (HEADER, *ROWS):
        sheet.append(row)
    book.save(tmp_path / "居民.xlsx")
    return tmp_path / "居民.xlsx"


def to_the_import(qtbot, wizard) -> None:
    do_site(qtbot, wizard)
    do_grids(qtbot, wizard)
    do_accounts(qtbot, wizard)


def test_a_roster_is_tried_its_places_made_and_then_written(qtbot, open_wizard, data, roster):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    child(wizard, "import_password", QLineEdit).setText(PASSWORD)
    wizard.pages[Step.IMPORT].take_file(str(roster))
    settle(qtbot, wizard)
    trial = wizard.pages[Step.IMPORT]._trial
    assert (trial.counts["rows"], trial.counts["new"], trial.counts["refused"]) == (3, 2, 1)
    assert (trial.unknown_grids, trial.unknown_compounds) == (("东风网格",), ("北门小区",))
    assert _residents(wizard) == 0
    press(qtbot, wizard, "import_create_places")
    assert "东风网格" in wizard.progress.grids
    press(qtbot, wizard, "import_write")
    assert (_residents(wizard), wizard.progress.residents, wizard.progress.refused_rows) == (2, 2, 1)
    assert missing(wizard, "import_next") == ""
    with wizard.station.database.read_session() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "ImportRoster"))
        assert op.actor == "方兰"


def _residents(wizard) -> int:
    with wizard.station.database.read_session() as session:
        return session.scalar(select(func.count()).select_from(Resident))


def test_the_import_wants_somebody_who_may(qtbot, open_wizard, data, roster):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    page = wizard.pages[Step.IMPORT]
    assert [page.who.itemText(n) for n in range(page.who.count())] == ["方兰（书记）"]
    child(wizard, "import_password", QLineEdit).setText("wrong-password")
    page.take_file(str(roster))
    settle(qtbot, wizard)
    assert "不对" in page.band.text
    assert page._trial is None


def test_a_file_that_is_no_table_is_told_in_one_sentence(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"not a workbook")
    child(wizard, "import_password", QLineEdit).setText(PASSWORD)
    wizard.pages[Step.IMPORT].take_file(str(bad))
    settle(qtbot, wizard)
    assert wizard.pages[Step.IMPORT].band.text
    assert missing(wizard, "import_try") == ""


# --- the backup ---------------------------------------------------------------------------------------------


def test_the_trial_backup_is_read_back_from_both_places(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    press(qtbot, wizard, "import_later")
    assert missing(wizard, "backup_next") == "还没试备一次"
    stick = tmp_path / "清河-1"
    stick.mkdir()
    wizard.pages[Step.BACKUP].take_place(str(stick))
    settle(qtbot, wizard)
    here = {b.path.name for b in list_backups([data.backups])}
    there = {b.path.name for b in list_backups([second_folder(stick, wizard.station.ring)])}
    assert here == there != set()
    assert missing(wizard, "backup_next") == ""


def test_the_second_place_may_wait_but_the_trial_may_not(qtbot, open_wizard, data):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    press(qtbot, wizard, "import_later")
    press(qtbot, wizard, "backup_later")
    assert wizard.progress.second_later
    assert wizard.progress.backup_at is not None
    assert missing(wizard, "backup_next") == ""


@pytest.mark.parametrize("place", ["station", "gone"])
def test_a_second_place_that_is_none_is_refused(qtbot, open_wizard, data, tmp_path, place):
    wizard = open_wizard(data)
    to_the_import(qtbot, wizard)
    press(qtbot, wizard, "import_later")
    chosen = data.backups if place == "station" else tmp_path / "gone"
    wizard.pages[Step.BACKUP].take_place(str(chosen))
    settle(qtbot, wizard)
    assert wizard.pages[Step.BACKUP].band.text
    assert wizard.progress.second_place is None


# --- the sheet ----------------------------------------------------------------------------------------------


def test_a_station_of_init_enters_at_the_last_step_and_nowhere_else(qtbot, open_wizard, founded, data):
    import shutil

    shutil.copytree(founded[0].root, data.root)
    assert needed(data)
    wizard = open_wizard(data)
    assert wizard.progress.only_sheet
    assert wizard.pages[Step.SHEET].isVisible()
    wizard.turn_to(Step.GRIDS)
    assert wizard.pages[Step.SHEET].isVisible()
    assert not child(wizard, "sheet_back").isVisible()
    type_all(qtbot, wizard, founded[1])
    both_people_of_init(qtbot, wizard)
    both_places(qtbot, wizard)
    with qtbot.waitSignal(wizard.finished, timeout=30_000):
        child(wizard, "sheet_next", QPushButton).click()
    assert not needed(data)


def both_people_of_init(qtbot, wizard) -> None:
    both_people(qtbot, wizard)
    assert "许文静" in child(wizard, "check_people_detail").text()


def test_typing_goes_on_after_a_restart_without_the_code_in_memory(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    code = wizard.code
    wizard.pages[Step.SHEET].paper.made.emit(False)
    settle(qtbot, wizard)
    wizard.hide()
    wizard.shutdown()
    again = open_wizard(data)
    assert again.code is None
    assert again.progress.printed_at is not None
    type_all(qtbot, again, code)
    assert again.pages[Step.SHEET].checks.typed.done


def test_not_clear_makes_a_new_code_and_the_old_one_opens_nothing(
    qtbot, open_wizard, data, tmp_path, monkeypatch
):
    from centerdesk.qtkit import notify

    monkeypatch.setattr(notify, "answer_with", lambda _question: "new")
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    old = wizard.code
    press(qtbot, wizard, "sheet_renew")
    assert wizard.code != old
    with pytest.raises(WrongKey):
        keyslots.open_with_recovery(data, old)
    keyslots.open_with_recovery(data, wizard.code)
    assert groups_of(wizard.station).name == "RS-02"


def test_without_a_printer_one_group_at_a_time_is_shown_and_then_none(
    qtbot, open_wizard, data, tmp_path, monkeypatch
):
    monkeypatch.setattr(HandCopy, "SHOW_MS", 1)
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    code, sheet = wizard.code, wizard.pages[Step.SHEET]
    press(qtbot, wizard, "sheet_by_hand")
    hand = sheet.paper.hand
    assert hand.shown == ""
    seen = []
    for _ in range(9):
        hand.show_next.click()
        seen.append(hand.shown)
        qtbot.waitUntil(lambda: hand.shown == "")
    settle(qtbot, wizard)
    assert seen == [*code.groups, code.check]
    assert wizard.progress.by_hand
    assert "手抄" in child(wizard, "sheet_said").text()


def test_a_printer_that_takes_nothing_is_told_and_the_sheet_is_not_on_paper(
    qtbot, open_wizard, data, tmp_path, qtlog
):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    sheet = wizard.pages[Step.SHEET]
    sheet.paper.show_printers(["不在了的打印机"])
    with qtlog.disabled(), qtbot.waitSignal(sheet.paper.failed):
        press(qtbot, wizard, "sheet_print")
    assert "码没有印出去" in sheet.checks.band.text
    assert wizard.progress.printed_at is None
    assert wizard.code is not None, "it can be printed again"


def test_five_idle_minutes_void_a_sheet_of_which_nothing_was_typed(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    code, sheet = wizard.code, wizard.pages[Step.SHEET]
    sheet.paper.made.emit(False)
    settle(qtbot, wizard)
    sheet.forget()
    settle(qtbot, wizard)
    assert wizard.code is None
    assert wizard.progress.printed_at is None
    with pytest.raises(WrongKey):
        keyslots.open_with_recovery(data, code)


def test_five_idle_minutes_keep_what_was_typed_but_want_both_people_again(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    code, sheet = wizard.code, wizard.pages[Step.SHEET]
    sheet.paper.made.emit(False)
    settle(qtbot, wizard)
    qtbot.keyClicks(sheet.fields.fields[0], code.groups[0])
    both_people(qtbot, wizard)
    assert sheet.checks.people.done
    sheet.forget()
    settle(qtbot, wizard)
    assert not sheet.checks.people.done
    assert sheet.fields.done == 1
    keyslots.open_with_recovery(data, code)


def test_whoever_types_into_a_field_is_somebody(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    sheet = wizard.pages[Step.SHEET]
    idle = sheet.findChild(QTimer, "sheet_idle")
    idle.start(60_000)
    sheet.fields.fields[0].setFocus()
    qtbot.keyClick(wizard.window().windowHandle(), Qt.Key.Key_A)
    assert sheet.fields.fields[0].text() != ""
    assert idle.remainingTime() > 200_000


def test_one_person_alone_cannot_be_both(qtbot, open_wizard, data, tmp_path):
    wizard = open_wizard(data)
    to_the_sheet(qtbot, wizard, tmp_path)
    sheet = wizard.pages[Step.SHEET]
    sheet.checks.people_given.emit("高翔", PASSWORD, "高翔", PASSWORD)
    settle(qtbot, wizard)
    assert "两个人" in sheet.checks.band.text
    assert not sheet.checks.people.done


# --- pure parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "第一网格"), (10, "第十网格"), (12, "第十二网格"), (20, "第二十网格"), (35, "第三十五网格")],
)
def test_grids_are_counted_as_people_count(number, name):
    assert grid_name(number) == name


def test_an_empty_station_is_at_its_first_step():
    assert Progress().first_open is Step.SITE
    assert [bool(Progress().missing(step)) for step in Step] == [True] * 6


def test_a_new_sheet_forgets_how_the_old_one_came_onto_paper(station):
    station.station = station.station.with_setting(state.PRINTED_AT, "2026-12-01T08:00:00+00:00")
    code, groups = new_sheet(station)
    assert state.PRINTED_AT not in Station.load(station.data.station_file).settings
    assert groups.problem(0, code.groups[0]) == ""
