"""The state rule of proposals: a table of what people meet, and everything else by Hypothesis."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.people.rules_proposals import (
    ACCEPTED,
    DECLINED,
    KINDS,
    NO,
    OPEN,
    RIGHTS,
    WORDS,
    YES,
    after,
    decision_problem,
    proposal_problem,
)

A, B = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("state", "proposer", "decider", "accept", "word", "why"),
    [
        (OPEN, A, B, True, "同意", None),
        (OPEN, A, B, False, "资料不全", None),
        (OPEN, A, A, True, "同意", "自己提的"),
        (OPEN, A, A, False, "先核实", "自己提的"),
        (OPEN, A, None, True, "同意", "自己提的"),
        (OPEN, A, B, True, "资料不全", "答复"),
        (OPEN, A, B, False, "同意", "答复"),
        (OPEN, A, B, True, "", "答复"),
        (ACCEPTED, A, B, False, "先核实", "定过了"),
        (DECLINED, A, B, True, "同意", "定过了"),
    ],
)
def test_who_may_decide_and_how(state, proposer, decider, accept, word, why):
    found = decision_problem(state, proposer, decider, accept=accept, word=word)
    assert found is None if why is None else why in (found or "")


@given(
    st.sampled_from((OPEN, ACCEPTED, DECLINED)),
    st.uuids(),
    st.none() | st.uuids(),
    st.booleans(),
    st.sampled_from((*YES, *NO, "")),
)
def test_a_decision_needs_an_open_proposal_another_person_and_a_fitting_word(
    state, proposer, decider, accept, word
):
    allowed = decision_problem(state, proposer, decider, accept=accept, word=word) is None
    fitting = word in (YES if accept else NO)
    assert allowed == (state == OPEN and decider is not None and decider != proposer and fitting)
    assert after(accept=accept) != OPEN, "what was decided is not open any more"


@given(st.uuids(), st.booleans(), st.sampled_from((*YES, *NO)))
def test_nobody_decides_their_own(person, accept, word):
    assert decision_problem(OPEN, person, person, accept=accept, word=word) is not None


def test_every_kind_has_a_right_and_words_that_fit_their_columns():
    assert set(KINDS) == set(RIGHTS) == set(WORDS)
    assert all(0 < len(word) <= 20 for words in (*WORDS.values(), YES, NO) for word in words)
    for kind, words in WORDS.items():
        assert all(proposal_problem(kind, word) is None for word in words)
        assert proposal_problem(kind, "随便写一句") is not None
    assert proposal_problem("别的", "同意") is not None
