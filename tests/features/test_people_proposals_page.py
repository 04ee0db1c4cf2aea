"""提议 and 合并 on the ledger's page: who asks, who answers, by keyboard and by name."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QRadioButton, QWidget

from centerdesk.features.people.commands import EditResident
from centerdesk.features.people.commands_proposals import DecideRecordProposal, ProposeMerge, ProposeRemoval
from centerdesk.features.people.models import Proposal, Resident
from centerdesk.features.people.ui.pages import LedgerPage
from centerdesk.qtkit.notify import toasts
from tests.helpers.pagehost import settle, show_page
from tests.helpers.people import draft, id_number

pytestmark = [pytest.mark.gui, pytest.mark.db]
NUMBER = id_number(date(1948, 4, 12), 24)


@pytest.fixture
def people(town):
    return {
        "李桂蘭": town.add("李桂蘭", remark="腿脚不便"),
        "李桂兰": town.add("李桂兰", door="3-2-502", id_no=NUMBER),
    }


def _named(root: QWidget, kind: type, name: str):
    found = root.findChild(kind, name)
    assert found is not None, name
    return found


def _choose(qtbot, host, page, name):
    page.table.setFocus()
    number = next(n for n, row in enumerate(page.model.rows()) if row.name == name)
    page.table.setCurrentIndex(page.model.index(number, 0))
    settle(qtbot, host)


def _pick(form, word):
    form.form.editor("word").set_value(word)


@pytest.mark.parametrize("role", ["front_desk", "grid_worker"])
def test_who_may_not_delete_proposes_it(qtbot, host, town, people, role):
    town.station.sign_in(role, scope=frozenset({town.grid_a}))
    page = show_page(qtbot, LedgerPage, host)
    assert not _named(page, QPushButton, "proposals_tray").isVisible()
    _choose(qtbot, host, page, "李桂蘭")
    host.actions.trigger("people.remove")
    form = page.proposing.removal_form
    form.save_button.click()
    assert _named(form, QLabel, "word_error").text(), "a word is wanted"
    _pick(form, "登记重了")
    QTest.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, host)
    assert "等书记来定" in toasts(page.window())[-1].text
    assert town.row(Resident, people["李桂蘭"]).status == "在册"
    tray = _named(page, QPushButton, "proposals_tray")
    assert (tray.text(), tray.isVisible()) == ("提议 1", True)
    tray.click()
    assert page.proposing.open
    assert _named(page, QLabel, "proposal_state_0").text() == "等书记来定。"
    assert page.findChild(QPushButton, "proposal_yes_0") is None, "nobody answers their own"
    toasts(page.window())[-1].take_back()
    settle(qtbot, host)
    assert not tray.isVisible()


@pytest.mark.parametrize(
    ("answer", "word", "state"), [("yes", "情况属实", "回收站"), ("no", "先核实", "在册")]
)
def test_the_secretary_answers_with_a_word(qtbot, host, town, people, answer, word, state):
    town.station.sign_in("front_desk")
    proposal = town.station.run(ProposeRemoval(people["李桂蘭"], "登记重了"))
    town.station.sign_in("secretary")
    page = show_page(qtbot, LedgerPage, host)
    tray = _named(page, QPushButton, "proposals_tray")
    assert tray.text() == "等您定的提议 1"
    host.actions.trigger("people.proposals")
    assert _named(page, QPushButton, "proposal_yes_0").hasFocus()
    menu = _named(page, QMenu, f"proposal_{answer}_menu_0")
    next(a for a in menu.actions() if a.text() == word).trigger()
    settle(qtbot, host)
    assert town.row(Resident, people["李桂蘭"]).status == state
    assert town.row(Proposal, proposal).answer == word
    assert _named(page, QLabel, "proposals_none").isVisible()
    QTest.keyClick(page.proposing.pane, Qt.Key.Key_Escape)
    assert not page.proposing.open
    assert page.table.hasFocus()


def test_the_worker_reads_what_became_of_it(qtbot, host, town, people):
    town.station.sign_in("grid_worker", scope=frozenset({town.grid_a}))
    proposal = town.station.run(ProposeMerge(people["李桂蘭"], people["李桂兰"], ("id_no",), "同一个人"))
    town.station.sign_in("secretary")
    town.station.run(DecideRecordProposal(proposal, 1, False, "不是同一位"))
    town.station.sign_in("grid_worker", scope=frozenset({town.grid_a}))
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.proposals")
    assert _named(page, QLabel, "proposal_state_0").text() == "没同意：不是同一位 · 测试secretary"


def _tick_both(qtbot, host, page):
    page.model.set_ticks([row.id for row in page.model.rows()], True)
    host.actions.trigger("people.merge")
    settle(qtbot, host)


def test_two_ticked_records_become_one_with_a_second_person(qtbot, host, town, people):
    one, other = town.station.actor, town.station.sign_in("secretary+front_desk")
    town.station.actor = one
    asked = []

    def second_person(_owner, permission, why, done):
        asked.append((permission, why))
        done(other)

    host.second_person = second_person
    page = show_page(qtbot, LedgerPage, host)
    host.actions.trigger("people.merge")
    assert "先在表里勾上两位" in toasts(page.window())[-1].text
    _tick_both(qtbot, host, page)
    form = page.proposing.merge_form
    assert page.editing.open_form is form
    assert form.findChild(QRadioButton, "merge_ethnic_own") is None, "what is the same is not asked"
    shown = _named(form, QRadioButton, "merge_id_no_other")
    assert shown.isChecked(), "a value wins over a blank"
    assert NUMBER not in shown.text()
    assert _named(form, QRadioButton, "merge_name_own").isChecked()
    _named(form, QRadioButton, "merge_name_other").click()
    form.save_button.click()
    settle(qtbot, host)
    assert asked == [("people.merge", "合并两条记录要两个人")]
    kept, gone = town.row(Resident, people["李桂蘭"]), town.row(Resident, people["李桂兰"])
    assert (kept.name, kept.id_mask[-4:], kept.remark, gone.status) == (
        "李桂兰",
        NUMBER[-4:],
        "腿脚不便",
        "回收站",
    )
    assert [row.name for row in page.model.rows()] == ["李桂兰"]
    toasts(page.window())[-1].take_back()
    settle(qtbot, host)
    assert len(page.model.rows()) == 2


def test_a_refusal_stays_in_the_form(qtbot, host, town, people):
    other = town.station.sign_in("secretary+front_desk")
    town.station.sign_in("secretary")
    host.second_person = lambda _owner, _permission, _why, done: done(other)
    page = show_page(qtbot, LedgerPage, host)
    _tick_both(qtbot, host, page)
    edit = EditResident(people["李桂蘭"], town.version(people["李桂蘭"]), draft("李桂蘭", remark="改过"))
    town.station.run(edit)
    form = page.proposing.merge_form
    form.save_button.click()
    settle(qtbot, host)
    assert "别人改过" in _named(form, QLabel, "form_banner_text").text()
    assert not form.busy
    assert len(page.model.rows()) == 2
