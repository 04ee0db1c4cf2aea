"""What was typed in the settings is kept over a crash as well; a password never (G37)."""

from __future__ import annotations

import pytest

from centerdesk.features.staff import api as staff
from centerdesk.qtkit.forms import Form
from tests.app.conftest import PASSWORD
from tests.app.shell.keeping import Kept
from tests.helpers.desk import type_text

pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch):
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)


@pytest.fixture
def desk_of(founded_desk):
    """The desk for whoever is named."""

    def sit(who: str) -> Kept:
        founded_desk.station.sign_in(who, PASSWORD)
        return Kept(founded_desk)

    return sit


def section(kept: Kept, name: str):
    page = kept.go("settings")
    page.open_section(name)
    kept.fixture.settle()
    return page.current


def account(kept: Kept, name: str):
    with kept.fixture.station.database.read_session() as session:
        return next(row.id for row in staff.list_accounts(session) if row.name == name)


def test_the_calendar(desk_of):
    kept = desk_of("高翔")
    form = section(kept, "calendar").form
    before = form.loose_draft()
    type_text(form.editor("days_off").widget, "2026-12-24 停水")
    kept.go("today")
    section(kept, "look")  # another page, another section: nothing was given up
    kept.again()
    form = kept.go_on().current.form
    assert form.dirty
    assert form.loose_draft().days_off == before.days_off + "2026-12-24 停水"
    assert form.loose_draft().hours == before.hours
    form.load(before)
    kept.wait(0)


def test_a_new_account_without_its_password(desk_of):
    kept = desk_of("高翔")
    found = section(kept, "accounts")
    found.show_new()
    type_text(found.form.editor("name").widget, "韩雪梅")
    type_text(found.form.editor("password").widget, PASSWORD)
    kept.qtbot.waitUntil(lambda: "韩雪梅" in kept.text(), timeout=5000)
    assert PASSWORD not in kept.text()
    kept.again()
    draft = kept.go_on().current.form.loose_draft()
    assert (draft.name, draft.password) == ("韩雪梅", "")


def test_a_leave_of_the_account_it_was_for(desk_of):
    kept = desk_of("许文静")
    found = section(kept, "accounts")
    found.show_account(account(kept, "周敏"))
    type_text(found.leave.form.editor("first_on").widget, "12.9")
    kept.again()
    found = kept.go_on().current
    assert found.table.key == account(kept, "周敏")
    assert f"{found.leave.form.loose_draft().first_on:%m-%d}" == "12-09"
