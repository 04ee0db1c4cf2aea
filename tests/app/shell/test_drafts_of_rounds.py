"""What was typed in the panes of the round is kept over a crash as well (G37)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from centerdesk.features.checkins.commands_alarm import CloseAlarm
from centerdesk.features.checkins.models import Alarm
from centerdesk.features.checkins.queries_resident import candidate
from centerdesk.features.checkins.ui.enrol_pane import FindResident
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.models import Resident
from centerdesk.qtkit.forms import Form
from tests.app.shell.keeping import Kept
from tests.helpers.desk import type_text

pytestmark = pytest.mark.qt_log_ignore("does not support raise")  # the offscreen platform has no stacking
BACK = date(2026, 12, 9)


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch):
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)


@pytest.fixture
def rounds(morning):
    """周敏 at the desk of the morning, the round open."""
    return Kept(morning)


def one(rounds, model, *where):
    with rounds.fixture.station.database.read_session() as session:
        return session.scalars(select(model).where(*where)).first()


def test_an_outcome_that_was_begun(rounds):
    page = rounds.go("checkins")
    lead = page.item.lead
    page.alarm_acts.close(lead, by_phone=True)
    field = page.panel.form.form.editor("seen_by").widget
    field.clear()
    type_text(field, "楼栋长孙建国")
    rounds.again()
    page = rounds.go_on()
    draft = page.panel.form.form.loose_draft()
    assert page.panel.form.objectName() == "close_alarm"
    assert (draft.seen_by, draft.sighting) == ("楼栋长孙建国", "by_phone")  # not as the form opens by itself
    page.end_form()
    rounds.wait(0)


def test_an_alarm_that_was_closed_meanwhile_takes_its_draft_along(rounds):
    page = rounds.go("checkins")
    lead = page.item.lead
    page.alarm_acts.close(lead)
    type_text(page.panel.form.form.editor("seen_by").widget, "孙建国")
    rounds.again()
    rounds.fixture.station.bus.run(
        CloseAlarm(lead.id, "忘拉", "in_person", "周敏"), actor=rounds.window.actor()
    )
    page = rounds.go_on()
    assert page.panel.form is None
    assert one(rounds, Alarm, Alarm.id == lead.id).outcome == "忘拉"
    rounds.wait(0)


def test_a_pause_that_was_begun_on_this_home(rounds):
    page = rounds.go("checkins")
    row = page.walk.row()
    page.home_acts.pause()
    type_text(page.panel.form.form.editor("back_on").widget, "12.9")
    rounds.again()
    page = rounds.go_on()
    assert page.panel.form.objectName() == "pause"
    assert page.panel.form.form.loose_draft().back_on == BACK
    assert page.walk.row().enrolment_id == row.enrolment_id
    page.end_form()
    rounds.wait(0)


def test_leaving_the_list_that_was_begun(rounds):
    page = rounds.go("checkins")
    elder = page.walk.row().enrolment_id
    page.home_acts.withdraw()
    rounds.fixture.settle()
    field = page.panel.form.form.editor("last_on").widget
    field.clear()
    type_text(field, "12.9")
    rounds.again()
    page = rounds.go_on()
    assert page.panel.form.objectName() == "withdraw"
    assert page.panel.form.form.loose_draft().last_on == BACK
    assert page.walk.row().enrolment_id == elder


def test_who_is_to_be_enrolled_is_kept_with_the_form(rounds):
    chosen = [somebody(rounds, name, door) for name, door in (("祁望春", "3-1-601"), ("祁望秋", "3-1-602"))]
    page = rounds.go("checkins")
    page.home_acts.enrol()
    find = page.panel.findChild(FindResident)
    find.choose(chosen[0])
    type_text(page.panel.form.form.editor("look_from").widget, "南花坛")
    rounds.wait(1)
    find.choose(chosen[1])
    type_text(page.panel.form.form.editor("look_from").widget, "边")
    rounds.qtbot.waitUntil(lambda: "南花坛边" in rounds.text(), timeout=5000)
    rounds.again()
    page = rounds.go_on()
    assert page.panel.findChild(FindResident).chosen.name == "祁望秋"
    draft = page.panel.form.form.loose_draft()
    assert (draft.look_from, draft.morning) == ("南花坛边", "07:30–09:00")


def somebody(rounds, name: str, door: str):
    """A resident behind a door, as the form of enrolling takes one."""
    rounds.fixture.fixture.run(AddResident(ResidentDraft(name=name, compound="云和小区", door=door)))
    found = one(rounds, Resident, Resident.name == name)
    with rounds.fixture.station.database.read_session() as session:
        return candidate(session, rounds.window.actor(), found.id, rounds.fixture.station.clock)
