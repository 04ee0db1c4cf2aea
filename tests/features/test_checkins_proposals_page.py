"""A grid worker at the windows asks for what the office does: enrolling, pausing, withdrawing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from centerdesk.features.checkins.models import Enrolment, Pause
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.models import Proposal
from tests.features.checkins_page import desk
from tests.helpers import curtain

pytestmark = [pytest.mark.gui, pytest.mark.db]
SAVE = (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def _proposals(d) -> list[Proposal]:
    with d.town.station.read() as session:
        return list(session.scalars(select(Proposal)))


def test_a_pause_is_asked_for_in_a_word_of_the_list(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.page.walk.to_number("16")
        d.page.show_now()
        d.press("p")
        form = d.page.panel.form
        assert form.save.text() == "提上去"
        form.form.editor("back_on").set_value("12-08")
        form.form.editor("reason").set_value("住院")
        d.press(*SAVE)
        (row,) = _proposals(d)
        assert (row.kind, row.word, row.state) == ("pause", "住院", "open")
        assert "等书记或前台来定" in d.toasts()[-1]
        with d.town.station.read() as session:
            assert session.scalar(select(Pause).where(Pause.enrolment_id == row.target_id)) is None


def test_withdrawing_is_asked_for(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.page.walk.to_number("16")
        d.page.show_now()
        assert d.host.actions.trigger("checkins.withdraw")
        d.settle()
        d.page.panel.form.form.editor("word").set_value("搬走了")
        d.press(*SAVE)
        (row,) = _proposals(d)
        assert (row.kind, row.word) == ("withdraw", "搬走了")
        with d.town.station.read() as session:
            assert session.get(Enrolment, row.target_id).last_on is None


def test_enrolling_is_asked_for(qtbot, tmp_path) -> None:
    with desk(qtbot, tmp_path) as d:
        d.town.station.sign_in("secretary")
        resident = d.town.station.run(
            AddResident(ResidentDraft(name="童俊", compound="云和小区", door="6-1-301"))
        )
        curtain.be(d.town, "周敏")
        assert d.host.actions.trigger("checkins.enrol")
        d.settle()
        d.press("童俊")
        qtbot.waitUntil(lambda: d.child("enrol_found").isVisible(), timeout=20_000)
        d.press(Qt.Key.Key_Return)
        d.press(*SAVE)
        (row,) = _proposals(d)
        assert (row.kind, row.resident_id) == ("enrol", resident)
        with d.town.station.read() as session:
            stmt = select(Enrolment).where(Enrolment.resident_id == row.resident_id)
            assert session.scalar(stmt) is None
