"""Nobody is away for more than a month at a stretch on one decision (RELIABILITY G20)."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from centerdesk.features.checkins import rules as r
from centerdesk.features.checkins.commands_enrol import EndPause, SetPause, SetWindows
from centerdesk.features.checkins.commands_import import EnrolBatch, NewEnrolment
from centerdesk.features.checkins.commands_proposals import ProposePause
from centerdesk.features.checkins.models import Pause
from centerdesk.kernel.errors import ConflictError, ValidationError
from tests.features.test_checkins_commands import DAY, check, states, tick, town, undo

pytestmark = pytest.mark.db
on_both = pytest.mark.databases

__all__ = ["town"]

DAYS = ("morning", "evening")
MONTH = r.PauseSpan(DAY, "morning", DAY + timedelta(days=29), "evening")


def on(number: int) -> date:
    return DAY + timedelta(days=number)


def span(first: int, last: int, first_slot: str = "morning", last_slot: str = "evening") -> r.PauseSpan:
    return r.PauseSpan(on(first), first_slot, on(last), last_slot)


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later", "slots", "joined"),
    [
        (span(0, 29), span(30, 40), DAYS, True),
        (span(0, 29), span(31, 40), DAYS, False),  # a day in between
        (span(0, 29), span(30, 40, "evening"), DAYS, False),  # its morning
        (span(0, 29), span(30, 40, "evening"), ("evening",), True),  # nobody looks in the morning
        (span(0, 29, last_slot="morning"), span(30, 40), DAYS, False),  # the evening of the last day
        (span(0, 29, last_slot="morning"), span(29, 40, "evening"), DAYS, True),
        (span(0, 29, last_slot="morning"), span(29, 40, "evening"), r.SLOTS, False),  # a noon window
        (span(0, 29), span(29, 40), DAYS, False),  # that is an overlap, not a sequel
        (span(30, 40), span(0, 29), DAYS, False),  # the other way round
    ],
)
def test_one_pause_runs_into_another_where_no_window_lies_between(earlier, later, slots, joined):
    assert earlier.runs_into(later, slots) is joined


@pytest.mark.parametrize(
    ("wanted", "others", "day", "field"),
    [
        (span(30, 59), [MONTH], 22, "first_on"),
        (span(30, 59), [MONTH], 23, None),  # the last seven days, both ends counted
        (span(30, 59), [MONTH], 29, None),
        (span(31, 60), [MONTH], 0, None),  # a day is looked at
        (span(0, 29), [span(30, 59)], 0, "last_on"),  # the same two, booked in the other order
        (span(3, 4), [span(1, 2)], 0, "first_on"),  # a short one: not before it has begun
        (span(3, 4), [span(1, 2)], 1, None),
        (span(60, 89), [MONTH, span(30, 59)], 23, "first_on"),  # one at a time
        (span(25, 29), [span(30, 59)], 25, None),
    ],
)
def test_the_next_one_is_booked_in_the_last_days_of_the_one_before(wanted, others, day, field):
    problem = r.prolonging_problem(wanted, others, DAYS, on(day))
    assert list(problem) == ([field] if field else [])


def test_the_refusal_names_the_day():
    problem = r.prolonging_problem(span(30, 59), [MONTH], DAYS, DAY)
    assert "1 月 1 日" in problem["first_on"]  # until when the earlier one runs
    assert "12 月 26 日起" in problem["first_on"]


def first_day(where: str, ahead: int, length: int, booked: list[r.PauseSpan], now: int) -> int:
    """Where a booking begins: some day, right behind the last one, or so that it ends where another begins."""
    if where == "any" or not booked:
        return now + ahead
    if where == "behind":
        return (max(p.last_on for p in booked) - DAY).days + 1
    return (booked[-1].first_on - DAY).days - 1 - length


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(["any", "behind", "before"]), st.integers(0, 60),
            st.integers(0, 29), st.sampled_from(DAYS), st.sampled_from(DAYS),
        ),
        max_size=14,
    ),
    st.sampled_from([DAYS, ("morning",), ("evening",), r.SLOTS]),
)  # fmt: skip
def test_every_paused_day_beyond_the_first_month_was_decided_shortly_before(bookings, slots):
    """Whatever is tried in whatever order: in a run without a look, somebody decided within five weeks."""
    booked: list[tuple[int, r.PauseSpan]] = []
    now = 0
    for passed, where, ahead, length, first_slot, last_slot in bookings:
        now += passed
        others = [each for _, each in booked]
        first = first_day(where, ahead, length, others, now)
        wanted = span(first, first + length, first_slot, last_slot)
        if r.pause_problem(wanted, on(now)) or any(wanted.overlaps(o) for o in others):
            continue
        if not r.prolonging_problem(wanted, others, slots, on(now)):
            booked.append((now, wanted))
    run = 0
    for day in range(max([(p.last_on - DAY).days for _, p in booked], default=0) + 1):
        paused = all(any(p.covers(on(day), slot) for _, p in booked) for slot in slots)
        run = run + 1 if paused else 0
        if run > r.PAUSE_DAYS:
            here = [at for at, p in booked if p.last_on > on(day - run) and p.first_on <= on(day)]
            assert day - max(here) < r.PAUSE_DAYS + r.PROLONG_DAYS, (day, booked)


# --- at the desk ----------------------------------------------------------------------------------


def pauses(town):
    with town.station.read() as session:
        rows = session.scalars(select(Pause).order_by(Pause.first_on)).all()
        return [(p.first_on, p.last_on) for p in rows]


@on_both
def test_two_months_cannot_be_booked_at_once(town):
    enrolment = town.enrol("老人1", "甲")
    town.station.run(SetPause(enrolment, on(0), on(29), "住院"))
    with pytest.raises(ValidationError, match="12 月 26 日起") as refused:
        town.station.run(SetPause(enrolment, on(30), on(59), "住院"))
    assert list(refused.value.fields) == ["first_on"]
    town.at("2026-12-25 20:00")
    with pytest.raises(ValidationError):
        town.station.run(SetPause(enrolment, on(30), on(59), "住院"))
    town.at("2026-12-26 07:00")
    town.station.run(SetPause(enrolment, on(30), on(59), "住院"))
    assert pauses(town) == [(on(0), on(29)), (on(30), on(59))]


@on_both
def test_nor_the_later_one_first(town):
    enrolment = town.enrol("老人1", "甲")
    town.station.run(SetPause(enrolment, on(30), on(59), "住院"))
    with pytest.raises(ValidationError) as refused:
        town.station.run(SetPause(enrolment, on(0), on(29), "住院"))
    assert list(refused.value.fields) == ["last_on"]
    town.station.run(SetPause(enrolment, on(0), on(28), "住院"))  # a day in between is looked at


@on_both
def test_a_noon_window_that_is_looked_at_parts_them(town):
    enrolment = town.enrol("老人1", "甲")
    wanted = (*((s, *r.DEFAULT_WINDOWS[s]) for s in DAYS), ("noon", time(11, 30), time(13)))
    second = town.station.sign_in("secretary+front_desk")
    town.station.sign_in("secretary")
    town.station.run(SetPause(enrolment, on(1), on(5), "住院", last_slot="morning"))
    with pytest.raises(ValidationError):
        town.station.run(SetPause(enrolment, on(5), on(9), "住院", first_slot="evening"))
    town.station.run(SetWindows(enrolment, wanted), second=second)
    town.station.run(SetPause(enrolment, on(5), on(9), "住院", first_slot="evening"))


@on_both
def test_who_may_only_ask_is_told_the_day_too(town):
    enrolment = town.enrol("老人1", "甲")
    town.station.run(SetPause(enrolment, on(0), on(29), "住院"))
    town.act_as("甲", "一")
    with pytest.raises(ValidationError, match="12 月 26 日起"):
        town.station.run(ProposePause(enrolment, on(30), on(59), "住院"))
    with pytest.raises(ConflictError):
        town.station.run(ProposePause(enrolment, on(29), on(40), "住院"))
    town.at("2026-12-26 07:00")
    town.station.run(ProposePause(enrolment, on(30), on(59), "住院"))


@on_both
def test_who_is_back_is_looked_at_for_good(town):
    """Ending the pause that runs ends what prolongs it; one that begins after a look is another matter."""
    enrolment = town.enrol("老人1", "甲")
    first = town.station.run(SetPause(enrolment, on(0), on(5), "住院"))
    town.station.run(SetPause(enrolment, on(6), on(7), "住院"))
    town.station.run(SetPause(enrolment, on(9), on(10), "去女儿家"))
    town.at("2026-12-05 10:00")
    town.station.run(EndPause(first, 1))
    assert pauses(town) == [(on(0), on(1)), (on(9), on(10))]
    tick(town)
    assert check(town, "老人1", day=on(6)).state == "due"
    undo(town)
    assert pauses(town) == [(on(0), on(5)), (on(6), on(7)), (on(9), on(10))]
    assert check(town, "老人1", day=on(6)).state == "paused"
    assert "due" not in [s for d, _, s in states(town, "老人1") if on(2) <= d <= on(7)]


@on_both
@pytest.mark.parametrize(
    ("ahead", "refused"),
    [
        ([(-60, -1)], False),  # history
        ([(-60, 29)], False),
        ([(-60, 30)], True),
        ([(0, 29), (30, 59)], True),
        ([(0, 29), (31, 60)], False),
    ],
)
def test_a_list_that_is_taken_in_holds_to_it_from_today_on(town, ahead, refused):
    spans = tuple((on(a), "morning", on(b), "evening", "住院") for a, b in ahead)
    windows = tuple((s, *r.DEFAULT_WINDOWS[s]) for s in DAYS)
    line = NewEnrolment(town.residents["老人1"], "E77", town.workers["甲"], on(-90), None, windows, spans)
    if refused:
        with pytest.raises(ValidationError, match="E77"):
            town.station.run(EnrolBatch((line,)))
        assert pauses(town) == []
    else:
        town.station.run(EnrolBatch((line,)))
        assert len(pauses(town)) == len(ahead)
