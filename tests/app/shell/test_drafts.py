"""What was typed and not saved survives a killed desk and a locked one, sealed, for whoever typed it (G37)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from centerdesk.app.bootstrap import open_station
from centerdesk.features.people.commands import AddResident
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.forms import Form
from centerdesk.qtkit.notify import Notice
from tests.app.conftest import PASSWORD
from tests.app.shell.conftest import DeskFixture
from tests.app.shell.typing_desk import NAME
from tests.helpers.desk import type_text

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking


@pytest.fixture
def folder(tmp_path, founded) -> Path:
    return Path(shutil.copytree(founded[0].root, tmp_path / "station"))


@pytest.fixture
def sit_down(folder, clock, qtbot, monkeypatch):
    """Sign somebody in at a new desk over the folder, in the place of whoever was there."""
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)
    sat: list[DeskFixture] = []

    def get_up() -> None:
        while sat:
            desk = sat.pop()
            desk.close()
            desk.station.close()

    def sit(login: str) -> DeskFixture:
        get_up()
        station = open_station(DataDir(folder), clock)
        station.sign_in(login, PASSWORD)
        made = DeskFixture(None, qtbot, station)
        sat.append(made)
        made.open()
        return made

    yield sit
    get_up()


def begin(desk: DeskFixture, name: str = NAME) -> Form:
    """新增居民, with a name typed."""
    desk.window.go("people")
    desk.settle()
    desk.window.registry.trigger("people.new")
    form = desk.window.frame.page.editing.resident.form
    type_text(form.editor("name").widget, name)
    return form


def drafts(folder: Path) -> list[Path]:
    return list((folder / "drafts").glob("*.draft"))


def offered(desk: DeskFixture) -> Notice | None:
    """The question at the beginning, once the folder was read."""
    desk.qtbot.waitUntil(lambda: desk.window.drafts.looked, timeout=10_000)
    found = desk.window.findChild(Notice, "drafts")
    return found if isinstance(found, Notice) else None


def save(desk: DeskFixture) -> None:
    """记下."""
    desk.window.frame.page.editing.resident.save_button.click()
    desk.settle()


def press(desk: DeskFixture, name: str) -> None:
    desk.find(QPushButton, name).click()
    desk.settle()


def test_a_killed_desk_offers_what_was_typed_to_the_same_person(folder, sit_down, qtbot):
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.app.shell.typing_desk", str(folder), "许文静"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        assert desk.stdout.readline() == b"typed\n"
        qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=20_000)
    finally:
        with suppress(ProcessLookupError):
            os.kill(desk.pid, signal.SIGKILL)
        desk.wait(20)
        desk.stdout.close()
    assert offered(sit_down("周敏")) is None
    mine = sit_down("许文静")
    assert "居民登记表" in offered(mine).accessibleName()
    press(mine, "drafts_go_on")
    form = mine.window.frame.page.editing.resident.form
    assert form.loose_draft().name == NAME
    assert form.dirty


def test_what_was_saved_and_never_answered_is_not_offered_again(folder, sit_down, qtbot):
    """G24: the desk died between the commit and its answer; typed in once more it would be a second person."""
    desk = sit_down("许文静")
    begin(desk)
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    form = desk.window.frame.page.editing.resident
    desk.station.bus.run(AddResident(form.typed()), key=form.key)
    assert offered(sit_down("许文静")) is None
    assert drafts(folder) == []


def test_a_locked_desk_keeps_it_at_once(folder, sit_down, qtbot, monkeypatch):
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 60_000)
    desk = sit_down("许文静")
    form = begin(desk)
    assert drafts(folder) == []
    desk.window.lock()
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    assert NAME.encode() not in drafts(folder)[0].read_bytes()
    assert form.loose_draft().name == NAME


def test_giving_up_and_saving_take_it_away(folder, sit_down, qtbot):
    desk = sit_down("许文静")
    begin(desk)
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    desk.window.frame.page.editing.resident.leave_button.click()
    press(desk, "ask_drop")
    qtbot.waitUntil(lambda: drafts(folder) == [], timeout=5000)
    begin(desk)
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    save(desk)
    qtbot.waitUntil(lambda: drafts(folder) == [], timeout=5000)
    assert offered(sit_down("许文静")) is None


@pytest.mark.parametrize(("answer", "left"), [("drafts_drop", 0), ("drafts_later", 1)])
def test_it_can_be_thrown_away_or_put_off(folder, sit_down, qtbot, answer, left):
    desk = sit_down("许文静")
    begin(desk)
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    desk.window.lock()
    again = sit_down("许文静")
    assert offered(again) is not None
    press(again, answer)
    qtbot.waitUntil(lambda: len(drafts(folder)) == left, timeout=5000)
    assert again.window.frame.page_id == "today"


def test_only_what_was_changed_is_put_back_over_the_record_as_it_is_now(folder, sit_down, qtbot):
    """Somebody else's newer words in other fields are not overwritten by an old draft."""
    desk = sit_down("许文静")
    begin(desk)
    save(desk)
    page = desk.window.frame.page
    resident = page.detail.resident_id
    desk.window.registry.trigger("people.edit_this", resident)
    desk.settle()
    remark = page.editing.resident.form.editor("remark").widget
    type_text(remark, "钥匙在对门")
    qtbot.waitUntil(lambda: len(drafts(folder)) == 1, timeout=5000)
    desk.window.lock()
    other = sit_down("赵雪")
    other.window.registry.trigger("people.edit_this", resident)
    other.settle()
    field = other.window.frame.page.editing.resident.form.editor("ethnic").widget
    field.clear()
    type_text(field, "满族")
    save(other)
    again = sit_down("许文静")
    assert "新的" not in offered(again).findChild(QLabel, "drafts_text").text()
    press(again, "drafts_go_on")
    draft = again.window.frame.page.editing.resident.form.loose_draft()
    assert (draft.name, draft.ethnic, draft.remark) == (NAME, "满族", "钥匙在对门")
