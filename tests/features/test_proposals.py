"""Proposals through the bus: who may ask, who may answer, and that an accepted one is the real act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from centerdesk.features.checkins.commands_enrol import EnrolElder, WithdrawElder
from centerdesk.features.checkins.commands_proposals import (
    DecideEnrolProposal,
    DecideWithdrawProposal,
    ProposeEnrol,
    ProposePause,
    ProposeWithdraw,
)
from centerdesk.features.checkins.models import Enrolment, Pause
from centerdesk.features.people.commands_proposals import (
    DecideRecordProposal,
    ProposeMerge,
    ProposeRemoval,
)
from centerdesk.features.people.models import Proposal, Resident
from centerdesk.features.people.queries_proposals import proposals, today_card, waiting_count
from centerdesk.features.people.rules import BIN, PRESENT
from centerdesk.kernel.errors import ConflictError, PermissionDenied, ValidationError
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.undo import UndoOperation

pytestmark = [pytest.mark.db, pytest.mark.databases]
DAY = date(2026, 12, 3)


@pytest.fixture
def elder(town):
    return town.add("李桂兰")


def _worker(town):
    return town.station.sign_in("grid_worker", scope=frozenset({town.grid_a}))


def _proposed(town, command, role="grid_worker"):
    """The proposal's id and version; the secretary sits at the desk afterwards."""
    town.station.sign_in(role, scope=frozenset({town.grid_a}))
    proposal = town.station.run(command)
    town.station.sign_in("secretary")
    return proposal, 1


def _rows(town):
    with town.station.read() as session:
        return proposals(session, town.station.actor)


@pytest.mark.parametrize("role", ["grid_worker", "front_desk"])
def test_an_accepted_removal_is_the_removal(town, elder, role):
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"), role)
    assert town.row(Resident, elder).status == PRESENT, "asking changes nothing"
    town.station.run(DecideRecordProposal(proposal, version, True, "情况属实"))
    assert town.row(Resident, elder).status == BIN
    row = town.row(Proposal, proposal)
    assert (row.state, row.answer, row.decided_by) == ("accepted", "情况属实", town.station.actor.account_id)
    assert row.proposed_by != row.decided_by


def test_a_declined_one_changes_nothing_but_its_answer(town, elder):
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"))
    town.station.run(DecideRecordProposal(proposal, version, False, "先核实"))
    assert (town.row(Resident, elder).status, town.row(Proposal, proposal).state) == (PRESENT, "declined")
    with pytest.raises(ConflictError, match="定过了"):
        town.station.run(DecideRecordProposal(proposal, version + 1, True, "同意"))


def test_nobody_accepts_their_own(town, elder):
    town.station.sign_in("secretary+grid_worker")
    proposal = town.station.run(ProposeRemoval(elder, "登记重了"))
    with pytest.raises(PermissionDenied, match="自己提的"):
        town.station.run(DecideRecordProposal(proposal, 1, True, "同意"))
    assert [row.decides for row in _rows(town)] == [False]
    town.station.sign_in("secretary")
    assert [row.decides for row in _rows(town)] == [True]


def test_who_may_only_ask_cannot_answer(town, elder):
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"))
    for role in ("front_desk", "grid_worker", "administrator"):
        town.station.sign_in(role, scope=frozenset({town.grid_a}))
        with pytest.raises(PermissionDenied):
            town.station.run(DecideRecordProposal(proposal, version, True, "同意"))


def test_a_decision_is_for_its_own_kind_of_proposal(town, elder):
    """Front desk may enrol, not delete: the enrolment's decision does not open the way to the bin."""
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"))
    town.station.sign_in("front_desk")
    with pytest.raises(PermissionDenied):
        town.station.run(DecideEnrolProposal(proposal, version, True, "同意"))
    assert town.row(Resident, elder).status == PRESENT


def test_only_about_whom_one_sees_once_and_in_words_of_the_list(town, elder):
    other = town.add("李国梁", door="5-1-402")
    _worker(town)
    with pytest.raises(PermissionDenied, match="网格"):
        town.station.run(ProposeRemoval(other, "登记重了"))
    with pytest.raises(ValidationError):
        town.station.run(ProposeRemoval(elder, "她自己说不想登了"))
    town.station.run(ProposeRemoval(elder, "登记重了"))
    with pytest.raises(ConflictError, match="提过"):
        town.station.run(ProposeRemoval(elder, "登记错了"))
    town.station.sign_in("grid_worker", scope=frozenset({town.grid_b}))
    assert _rows(town) == (), "a worker of another grid reads nothing of it"


def test_a_proposed_merge_keeps_its_choices(town, elder):
    other = town.add("李桂蘭", remark="腿脚不便", door="3-2-502")
    proposal, version = _proposed(town, ProposeMerge(elder, other, ("remark",), "同一个人"))
    row = _rows(town)[0]
    assert (row.title, row.name, row.by, row.word) == (
        "合并两条记录",
        "李桂蘭",
        "测试grid_worker",
        "同一个人",
    )
    assert row.facts == "并到 李桂兰 3-2-501，备注用这条的"
    town.station.run(DecideRecordProposal(proposal, version, True, "同意"))
    assert (town.row(Resident, elder).remark, town.row(Resident, other).status) == ("腿脚不便", BIN)


def test_the_proposal_holds_no_personal_value(town, elder):
    other = town.add("李桂蘭", remark="腿脚不便", door="3-2-502", phones="13812345678")
    proposal, _version = _proposed(town, ProposeMerge(elder, other, ("remark",), "同一个人"))
    row = town.row(Proposal, proposal)
    assert not any(word in row.payload for word in ("李", "腿脚", "138"))
    with town.station.read() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "ProposeMerge")).one()
    assert (op.object_id, op.reason) == (other, "同一个人")


def test_a_decision_is_undone_with_what_it_did(town, elder):
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"))
    out = town.station.outcome(DecideRecordProposal(proposal, version, True, "同意"))
    town.station.run(UndoOperation(out.changes.op_id))
    assert (town.row(Resident, elder).status, town.row(Proposal, proposal).state) == (PRESENT, "open")


def test_a_proposal_is_taken_back_by_undoing_it(town, elder):
    _worker(town)
    out = town.station.outcome(ProposeRemoval(elder, "登记重了"))
    town.station.run(UndoOperation(out.changes.op_id))
    assert _rows(town) == ()


def test_what_became_impossible_stays_open_and_says_why(town, elder):
    proposal, version = _proposed(town, ProposeRemoval(elder, "登记重了"))
    town.station.run(EnrolElder(elder, town.station.actor.account_id, DAY, DAY))
    with pytest.raises(ConflictError, match="看窗登记"):
        town.station.run(DecideRecordProposal(proposal, version, True, "同意"))
    assert town.row(Proposal, proposal).state == "open"


def test_enrolment_pause_and_withdrawal_of_a_worker(town, elder):
    worker = _worker(town).account_id
    enrol, version = _proposed(town, ProposeEnrol(elder, worker, DAY, DAY))
    town.station.clock.advance(timedelta(days=1))
    town.station.sign_in("front_desk")
    town.station.run(DecideEnrolProposal(enrol, version, True, "同意"))
    with town.station.read() as session:
        row = session.scalars(select(Enrolment)).one()
    assert (row.worker_id, row.consent_on, row.first_on) == (worker, DAY, date(2026, 12, 4)), "from today on"

    pause, version = _proposed(town, ProposePause(row.id, date(2026, 12, 6), date(2026, 12, 9), "住院"))
    town.station.run(DecideEnrolProposal(pause, version, True, "情况属实"))
    with town.station.read() as session:
        made = session.scalars(select(Pause)).one()
    assert (made.first_on, made.last_on, made.reason) == (date(2026, 12, 6), date(2026, 12, 9), "住院")

    leave, version = _proposed(town, ProposeWithdraw(row.id, date(2026, 12, 10), "搬走了"))
    town.station.sign_in("front_desk")
    with pytest.raises(PermissionDenied):
        town.station.run(DecideWithdrawProposal(leave, version, True, "同意"))
    town.station.sign_in("secretary")
    town.station.run(DecideWithdrawProposal(leave, version, True, "同意"))
    assert town.row(Enrolment, row.id).last_on == date(2026, 12, 10)


def test_nothing_is_proposed_about_a_home_of_another_grid(town, elder):
    worker = _worker(town).account_id
    town.station.sign_in("secretary")
    enrolment = town.station.run(EnrolElder(elder, worker, DAY, DAY))
    other = town.add("孟昭远")
    town.station.sign_in("grid_worker", scope=frozenset({town.grid_b}))
    for command in (
        ProposeEnrol(other, worker, DAY, DAY),
        ProposePause(enrolment, date(2026, 12, 6), date(2026, 12, 9), "住院"),
        ProposeWithdraw(enrolment, date(2026, 12, 10), "搬走了"),
    ):
        with pytest.raises(PermissionDenied):
            town.station.run(command)


def test_a_home_that_was_withdrawn_is_not_proposed_again(town, elder):
    worker = _worker(town).account_id
    town.station.sign_in("secretary")
    enrolment = town.station.run(EnrolElder(elder, worker, DAY, DAY))
    town.station.run(WithdrawElder(enrolment, town.row(Enrolment, enrolment).version, DAY))
    town.station.clock.advance(timedelta(days=1))
    _worker(town)
    with pytest.raises(ConflictError, match="撤销登记"):
        town.station.run(ProposeWithdraw(enrolment, date(2026, 12, 10), "搬走了"))


def test_today_tells_whoever_has_to_answer(town, elder):
    _proposed(town, ProposeRemoval(elder, "登记重了"))
    with town.station.read() as session:
        actor = town.station.actor
        assert waiting_count(session, actor) == 1
        assert today_card(session, actor, town.station.clock)[0].value == "1"
        worker = _worker(town)
        assert today_card(session, worker, town.station.clock) == ()
        assert waiting_count(session, town.station.sign_in("administrator")) == 0
