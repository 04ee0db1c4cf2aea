"""The pure rules of the curtain signal: looks, slots, pauses, the plan of days, ladders, closing, time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.checkins import rules as r
from centerdesk.features.checkins import rules_ladder as ladders
from centerdesk.features.checkins.rules_alarm import (
    OUTCOMES,
    SIGHTINGS,
    Alarming,
    after_look,
    close_problem,
)
from centerdesk.features.checkins.rules_ladder import Act, Action, Status, ladder
from centerdesk.features.checkins.rules_rates import AlarmFact, CheckFact, rates, runs
from centerdesk.features.checkins.rules_watch import (
    Anchor,
    Gap,
    Pending,
    due_alarms,
    effective,
    gap_at_start,
    gap_while_running,
    rings,
)
from centerdesk.kernel.clock import SHANGHAI, instant

DAY = date(2026, 12, 3)
A, B, ELDER = UUID(int=1), UUID(int=2), UUID(int=9)
OPENS, DUE_AT = instant(DAY, time(7, 30)), instant(DAY, time(9, 0))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{text}").replace(tzinfo=SHANGHAI)


# --- looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "state", "in_time", "by"),
    [
        ([("03 07:30", "ok", A)], "ok", True, A),  # both ends belong to the window
        ([("03 09:00", "ok", A)], "ok", True, A),
        ([("03 07:29", "ok", A)], "ok", False, A),
        ([("03 09:01", "not_ok", A)], "not_ok", False, A),
        ([("03 08:00", "not_ok", A), ("03 08:20", "ok", B)], "ok", True, A),
        ([("03 08:00", "ok", A), ("03 10:20", "unclear", B)], "unclear", True, A),
        ([("03 10:20", "unclear", B), ("03 08:00", "ok", A)], "unclear", True, A),  # told in any order
    ],
)
def test_the_last_look_is_the_state_and_any_look_inside_is_in_time(looks, state, in_time, by):
    seen = r.Projection()
    for text, what, who in looks:
        seen = r.with_look(seen, r.Sight(wall(text), what, who), OPENS, DUE_AT)
    assert (seen.state, seen.in_time, seen.looked_by, seen.looks) == (state, in_time, by, len(looks))


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from(r.LOOK_STATES)), min_size=1, unique_by=lambda x: x[0]
    )
)
def test_the_order_in_which_looks_arrive_does_not_matter(looks):
    def fold(order):
        seen = r.Projection()
        for minute, state in order:
            sight = r.Sight(OPENS + timedelta(minutes=minute - 300), state, A)
            seen = r.with_look(seen, sight, OPENS, DUE_AT)
        return seen

    assert fold(looks) == fold(sorted(looks)) == fold(sorted(looks, reverse=True))


@pytest.mark.parametrize(
    ("text", "day", "slot"),
    [
        ("03 05:00", 3, "morning"),
        ("03 16:59", 3, "morning"),
        ("03 17:00", 3, "evening"),
        ("03 23:59", 3, "evening"),
        ("04 00:10", 3, "evening"),
        ("04 04:59", 3, "evening"),
    ],
)
def test_the_round_a_moment_belongs_to(text, day, slot):
    assert r.slot_at(wall(text)) == (date(2026, 12, day), slot)


def test_a_look_span_begins_where_the_other_ends():
    morning, evening = r.look_span(DAY, "morning"), r.look_span(DAY, "evening")
    assert morning[1] == evening[0]
    assert evening[1] == r.look_span(DAY + timedelta(days=1), "morning")[0]


# --- pauses and windows --------------------------------------------------------------------------


def test_a_pause_covers_from_slot_to_slot():
    pause = r.PauseSpan(DAY, "evening", DAY + timedelta(days=2), "morning")
    days = [DAY + timedelta(days=n) for n in range(-1, 4)]
    covered = [(d, s) for d in days for s in ("morning", "evening") if pause.covers(d, s)]
    assert covered == [
        (DAY, "evening"),
        (DAY + timedelta(days=1), "morning"),
        (DAY + timedelta(days=1), "evening"),
        (DAY + timedelta(days=2), "morning"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 5, "first_on"), (0, -1, "last_on"), (0, 30, "last_on"), (0, 29, None), (3, 3, None)],
)
def test_a_pause_has_an_end_within_thirty_days(first, last, field):
    span = r.PauseSpan(DAY + timedelta(days=first), "morning", DAY + timedelta(days=last), "evening")
    assert list(r.pause_problem(span, DAY)) == ([field] if field else [])


@pytest.mark.parametrize(
    ("windows", "good"),
    [
        ([("morning", time(6, 30), time(8, 0)), ("evening", time(17, 30), time(20, 0))], True),
        ([("noon", time(11, 0), time(13, 0))], True),
        ([], False),
        ([("morning", time(9, 0), time(8, 0))], False),
        ([("morning", time(4, 0), time(8, 0))], False),
        ([("morning", time(16, 0), time(17, 30))], False),
        ([("evening", time(16, 30), time(20, 0))], False),
        ([("night", time(18, 0), time(20, 0))], False),
        ([("morning", time(7, 0), time(8, 0)), ("morning", time(9, 0), time(10, 0))], False),
    ],
)
def test_windows(windows, good):
    assert (r.window_problem([r.WindowSpan(*w) for w in windows]) is None) is good


# --- the plan of the days ahead -------------------------------------------------------------------

TWO = (
    r.WindowSpan("morning", time(7, 30), time(9, 0)),
    r.WindowSpan("evening", time(17, 30), time(20, 0)),
)
STANDING = r.Standing(ELDER, A, DAY - timedelta(days=90), None, TWO, (), UUID(int=5), UUID(int=6))


def week(first: date = DAY) -> list[date]:
    return [first + timedelta(days=n) for n in range(8)]


def settle(standing, present, at, days=None, known_to=None, deputies=None):
    """Apply the plan; the rows as they stand afterwards."""
    make, change = r.reconcile(standing, present, known_to, at, days or week(), deputies or {})
    rows = dict(present)
    for n, row in enumerate(make):
        rows[row.key] = replace(row, id=UUID(int=1000 + len(rows) + n))
    for row in change:
        rows[row.key] = row
    return rows, len(make), len(change)


def test_the_plan_is_made_once_and_is_stable():
    at = wall("03 08:00")
    rows, made, changed = settle(STANDING, {}, at)
    assert (made, changed) == (16, 0)
    assert {row.state for row in rows.values()} == {r.DUE}
    assert settle(STANDING, rows, at, known_to=DAY) == (rows, 0, 0)


def test_a_newly_enrolled_elder_owes_nothing_of_windows_that_are_over():
    rows, made, _ = settle(STANDING, {}, wall("03 09:30"))
    assert made == 15
    assert (DAY, "morning") not in rows


def test_days_nobody_watched_are_made_up_and_are_overdue():
    known_to = DAY - timedelta(days=4)
    days = [known_to + timedelta(days=n) for n in range(1, 12)]
    rows, made, _ = settle(STANDING, {}, wall("03 08:00"), days=days, known_to=known_to)
    assert made == 2 * 11
    assert sum(row.due_at <= wall("03 08:00") for row in rows.values()) == 6


def test_a_pause_excuses_what_is_not_over_and_ends_by_itself():
    at = wall("03 09:30")
    rows, _, _ = settle(STANDING, {}, wall("03 08:00"))
    pause = r.PauseSpan(DAY, "morning", DAY + timedelta(days=1), "evening")
    rows, _, changed = settle(replace(STANDING, pauses=(pause,)), rows, at, known_to=DAY)
    assert changed == 3
    assert rows[DAY, "morning"].state == r.DUE  # it was over: it stays what it was
    assert rows[DAY, "evening"].state == rows[DAY + timedelta(days=1), "morning"].state == r.PAUSED
    rows, _, changed = settle(STANDING, rows, at, known_to=DAY)
    assert changed == 3
    assert all(row.state == r.DUE for row in rows.values())


def test_leaving_voids_the_future_and_coming_back_revives_it():
    at = wall("03 09:30")
    rows, _, _ = settle(STANDING, {}, wall("03 08:00"))
    gone, _, changed = settle(replace(STANDING, last_on=DAY), rows, at, known_to=DAY)
    assert changed == 14
    assert {row.state for (day, _), row in gone.items() if day > DAY} == {r.VOID}
    assert gone[DAY, "evening"].state == r.DUE
    back, _, _ = settle(STANDING, gone, at, known_to=DAY)
    assert back == rows


def test_a_window_that_began_keeps_its_times_and_a_seen_one_its_state():
    at = wall("03 08:00")
    rows, _, _ = settle(STANDING, {}, at)
    rows[DAY, "evening"] = replace(rows[DAY, "evening"], looks=1, state=r.OK)
    early = replace(STANDING, windows=(r.WindowSpan("morning", time(6, 0), time(8, 30)), TWO[1]), worker_id=B)
    rows, _, _ = settle(early, rows, at, known_to=DAY)
    assert rows[DAY, "morning"].due_at == DUE_AT
    assert rows[DAY + timedelta(days=1), "morning"].due_at == instant(DAY + timedelta(days=1), time(8, 30))
    assert rows[DAY, "evening"].state == r.OK
    assert {row.worker_id for row in rows.values()} == {B}


def test_a_leave_gives_the_list_to_the_deputy():
    rows, _, _ = settle(STANDING, {}, wall("03 08:00"), deputies={DAY + timedelta(days=1): {A: B}})
    assert {key for key, row in rows.items() if row.worker_id == B} == {
        (DAY + timedelta(days=1), "morning"),
        (DAY + timedelta(days=1), "evening"),
    }


# --- ladders -------------------------------------------------------------------------------------

SAW = wall("03 08:17")
PEOPLE = {
    "worker": "周敏",
    "deputy": "赵雪",
    "nearest": "陈嘉禾",
    "contact": "孙建国",
    "secretary": "许文静",
    "street": "街道值班",
}


def view(kind, at, now, *actions, opened_as=None, ladder_from=None):
    return ladder(opened_as or kind, kind, at, ladder_from or ladders.opening(kind, at), now, actions, PEOPLE)


@pytest.mark.parametrize(
    ("minutes", "step", "passes"),
    [
        (0, "recheck", 10), (9, "recheck", 10), (10, "phone", 20), (20, "knock", 35), (34, "knock", 35),
        (35, "contacts", 50), (50, "entry", 120), (119, "entry", 120), (120, "street", None), (9999, "street", None),
    ],
)  # fmt: skip
def test_a_shut_curtain_climbs_by_the_clock(minutes, step, passes):
    found = view("not_ok", SAW, SAW + timedelta(minutes=minutes))
    assert found.step.step == step
    assert found.passes_at == (None if passes is None else SAW + timedelta(minutes=passes))


@pytest.mark.parametrize(
    ("minutes", "step"),
    [(0, "call_a"), (10, "pass_b"), (20, "start_b"), (35, "assign"), (49, "assign")],
)
def test_an_unseen_window_climbs_its_own_ladder(minutes, step):
    assert view("unseen", DUE_AT, DUE_AT + timedelta(minutes=minutes)).step.step == step


@pytest.mark.parametrize(
    ("minutes", "step"), [(50, "knock"), (64, "knock"), (65, "contacts"), (80, "entry"), (120, "street")]
)
def test_after_fifty_minutes_an_unseen_home_is_knocked_at(minutes, step):
    found = view("unseen", DUE_AT, DUE_AT + timedelta(minutes=minutes))
    assert found.steps[0].step == "recheck"
    assert found.step.step == step
    assert found.steps[0].status is Status.SKIPPED


def test_a_call_for_help_is_at_the_door_at_once():
    found = view("help", SAW, SAW)
    assert found.step.step == "knock"
    assert found.passes_at == SAW + timedelta(minutes=15)
    assert [s.status for s in found.steps[:2]] == [Status.SKIPPED] * 2


def test_the_picture_of_the_design():
    """UI.md 02: looked at 08:17, at 08:41 the door is being knocked at until 08:52."""
    found = view(
        "not_ok",
        SAW,
        wall("03 08:41:14"),
        Action("recheck", wall("03 08:24"), "周敏", "回程再看，仍未开", Act.STILL_SHUT),
        Action("phone", wall("03 08:31"), "赵雪", "座机、手机均无人接", Act.NO_ANSWER_PHONE),
    )
    assert [s.status for s in found.steps] == [
        Status.DONE, Status.DONE, Status.CURRENT, Status.AHEAD, Status.AHEAD, Status.AHEAD,
    ]  # fmt: skip
    assert found.passes_at == wall("03 08:52")
    assert (found.now_who, found.next_who) == ("陈嘉禾", "孙建国")
    assert [f"{s.planned_at.astimezone(SHANGHAI):%H:%M}" for s in found.steps[3:]] == [
        "08:52",
        "09:07",
        "10:17",
    ]


@given(
    kind=st.sampled_from(["not_ok", "unclear", "help", "unseen"]),
    minutes=st.lists(st.integers(0, 300), min_size=2, max_size=6).map(sorted),
    acts=st.lists(st.tuples(st.integers(0, 300), st.sampled_from(list(Act))), max_size=4),
)
def test_exactly_one_step_is_current_and_it_never_goes_back(kind, minutes, acts):
    before = -1
    turned = False
    for minute in minutes:
        now = SAW + timedelta(minutes=minute)
        done = [
            Action(ladders.ACTS[act].step or "", SAW + timedelta(minutes=m), "某", "", act)
            for m, act in acts
            if m <= minute
        ]
        found = view(kind, SAW, now, *done)
        assert [s.status for s in found.steps].count(Status.CURRENT) == 1
        assert all(s.status is Status.AHEAD for s in found.steps[found.current + 1 :])
        if kind == "unseen" and minute >= 50 and not turned:
            turned, before = True, -1  # it is on the other ladder now
        assert found.current >= before
        before = found.current
        assert found.passes_at is None or found.passes_at > now or acts


def test_an_act_goes_ahead_of_the_clock_and_nothing_holds_it_back():
    now = SAW + timedelta(minutes=3)
    nobody = Action("knock", now, "陈嘉禾", "敲门无人应", Act.NO_ANSWER_DOOR)
    assert view("not_ok", SAW, now, nobody).step.step == "contacts"
    going = Action("recheck", now, "周敏", "", Act.GOING)
    assert view("not_ok", SAW, SAW + timedelta(minutes=60), going).step.step == "entry"


# --- alarms --------------------------------------------------------------------------------------


def unseen(at=DUE_AT):
    return Alarming(ladders.Course("unseen", "unseen", at, at))


def turned():
    """The same after fifty minutes of nobody."""
    return replace(unseen(), course=ladders.by_clock(unseen().course, DUE_AT + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("alarm", "state", "minutes", "kind", "closed"),
    [
        (None, "ok", 0, None, None),
        (None, "not_ok", 0, "not_ok", False),
        (None, "help", 0, "help", False),
        (unseen(), "ok", 30, "unseen", True),  # 迟看: a person looked, the 未看 is answered
        (unseen(), "not_ok", 30, "not_ok", False),
        (unseen(), "help", 30, "help", False),
        (after_look(None, "not_ok", SAW, DUE_AT), "ok", 20, "not_ok", False),  # ends by a person only
        (after_look(None, "unclear", SAW, DUE_AT), "not_ok", 20, "unclear", False),
        (after_look(None, "not_ok", SAW, DUE_AT), "help", 20, "help", False),
        (replace(after_look(None, "not_ok", SAW, DUE_AT), closed=True), "help", 20, "help", False),
        (replace(after_look(None, "not_ok", SAW, DUE_AT), closed=True), "ok", 20, "not_ok", True),
        (turned(), "ok", 70, "not_ok", False),
    ],
)  # fmt: skip
def test_what_a_look_does_to_the_alarm_of_its_window(alarm, state, minutes, kind, closed):
    found = after_look(alarm, state, DUE_AT + timedelta(minutes=minutes), DUE_AT)
    assert (found and found.course.kind, found and found.closed) == (kind, closed)


def test_help_never_takes_an_alarm_back_down_its_ladder():
    alarm = after_look(None, "not_ok", SAW, DUE_AT)
    late = SAW + timedelta(minutes=55)
    found = after_look(alarm, "help", late, DUE_AT)
    assert ladders.position(found.course, late) == ladders.position(alarm.course, late)


@pytest.mark.parametrize(
    ("outcome", "sighting", "seen_by", "state", "opened_as", "fields"),
    [
        ("忘拉", "in_person", "周敏", "ok", "not_ok", []),
        ("忘拉", "by_phone", "周敏", "not_ok", "not_ok", []),
        ("忘拉", "told", "邻居", "ok", "not_ok", ["sighting"]),  # 邻居说没事 does not count
        ("忘拉", "by_look", "周敏", "ok", "not_ok", ["sighting"]),
        ("误看", "by_look", "周敏", "ok", "not_ok", []),
        ("误看", "by_look", "周敏", "not_ok", "not_ok", ["sighting"]),
        ("住院", "told", "县医院", "not_ok", "not_ok", []),
        ("意外", "by_phone", "周敏", "not_ok", "not_ok", ["sighting"]),
        ("补看", "by_look", "周敏", "ok", "unseen", []),
        ("补看", "by_look", "周敏", "ok", "not_ok", ["outcome"]),
        ("没事", "in_person", "周敏", "ok", "not_ok", ["outcome"]),
        ("忘拉", "in_person", "  ", "ok", "not_ok", ["seen_by"]),
        ("", "", "", "ok", "not_ok", ["outcome", "seen_by"]),
    ],
)
def test_what_closes_an_alarm(outcome, sighting, seen_by, state, opened_as, fields):
    assert list(close_problem(outcome, sighting, seen_by, state, opened_as)) == fields


def test_every_closing_code_can_be_used_and_says_how_the_elder_was_seen():
    for outcome in OUTCOMES:
        assert any(not close_problem(outcome, s, "某人", "ok", "not_ok") for s in SIGHTINGS)
        assert close_problem(outcome, "", "某人", "ok", "not_ok")


# --- watching ------------------------------------------------------------------------------------


def test_overdue_is_found_over_any_gap_oldest_first():
    def pending(n, days, state="due", looks=0):
        return Pending(UUID(int=n), DUE_AT - timedelta(days=days), state, looks)

    checks = [
        pending(1, 0), pending(2, 400), pending(3, -1), pending(4, 3, "paused"), pending(5, 3, "ok", 1),
        pending(6, 3, "unseen"), pending(7, 3, "void"), pending(8, 2),
    ]  # fmt: skip
    assert [c.check_id.int for c in due_alarms(checks, DUE_AT)] == [2, 8, 1]


@pytest.mark.parametrize(
    ("wall_shift", "mono", "expected"),
    [
        (timedelta(minutes=1), 60, timedelta(minutes=1)),
        (timedelta(minutes=-5), 60, timedelta(minutes=1)),
        (timedelta(hours=-12), 3600, timedelta(hours=1)),
        (timedelta(days=-366 * 26), 60, timedelta(minutes=1)),  # the year 2000 of a dead battery
        (timedelta(hours=10), 30, timedelta(hours=10)),  # woke up after a night
    ],
)
def test_effective_time_never_runs_back(wall_shift, mono, expected):
    anchor = Anchor(DUE_AT, 100.0, DUE_AT)
    assert effective(anchor, DUE_AT + wall_shift, 100.0 + mono) == DUE_AT + expected


@pytest.mark.parametrize(
    ("wall_shift", "mono", "cause"),
    [
        (10, 10, None), (100, 100, None), (-100, 10, None), (-200, 10, "clock"), (700, 10, "clock"),
        (300, 300, "off"), (500, 10, "off"),
    ],
)  # fmt: skip
def test_a_jump_or_a_silence_is_owned_up_to(wall_shift, mono, cause):
    found = gap_while_running(Anchor(DUE_AT, 0.0, DUE_AT), DUE_AT + timedelta(seconds=wall_shift), mono)
    assert (found and found.cause) == cause


def test_a_start_owns_up_to_the_time_before():
    assert gap_at_start(None, None, DUE_AT) is None
    assert gap_at_start(DUE_AT, DUE_AT, DUE_AT + timedelta(seconds=90)) is None
    later = DUE_AT + timedelta(days=10)
    assert gap_at_start(DUE_AT, DUE_AT, later) == Gap(DUE_AT, later, "off")
    past = datetime(2000, 1, 1, tzinfo=UTC)
    assert gap_at_start(DUE_AT, DUE_AT, past) == Gap(past, DUE_AT, "clock")


@pytest.mark.parametrize(
    ("acknowledged", "acted", "taken", "sounds"),
    [
        (None, None, False, True),
        (0, None, False, False),
        (3, None, False, True),
        (9, 1, False, False),
        (9, 9, True, False),
    ],
)
def test_the_sound_stays_away_two_minutes_after_somebody_took_it(acknowledged, acted, taken, sounds):
    def ago(minutes):
        return None if minutes is None else DUE_AT - timedelta(minutes=minutes)

    assert rings(ago(acknowledged), ago(acted), taken, DUE_AT) is sounds


# --- figures -------------------------------------------------------------------------------------


def check(n, day, seen=True, state="ok", in_time=True):
    return CheckFact(
        UUID(int=n), DAY + timedelta(days=day), "morning", state, seen, in_time and seen, A, None
    )


def test_days_without_a_miss():
    days = [check(1, 0), check(2, 1, seen=False), check(3, 2), check(4, 3, False, "paused"), check(5, 5)]
    assert runs(days) == (3, 3)
    assert runs([*days, check(6, 6, seen=False)]) == (0, 3)
    assert runs([]) == (0, 0)


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(["ok", "paused", "not_ok"]), st.booleans()), max_size=40
    )
)
def test_seen_and_missed_are_what_was_due(facts):
    checks = [check(n, n % 5, seen, state, in_time) for n, (seen, state, in_time) in enumerate(facts)]
    found = rates(checks, [])
    assert len(found.seen) + len(found.missed) == len(found.due)
    assert len(found.in_time) + len(found.late) == len(found.seen)
    assert len(found.due) + len(found.paused) == len(checks)
    assert found.handling_median is None


def test_durations_are_of_closed_alarms_from_a_look():
    def alarm(n, opened_as, minutes, outcome=""):
        closed = None if minutes is None else SAW + timedelta(minutes=minutes)
        return AlarmFact(UUID(int=n), UUID(int=n), opened_as, SAW, closed, outcome, A, None)

    found = rates([], [
        alarm(1, "not_ok", 10, "忘拉"), alarm(2, "help", 30, "身体不适"), alarm(3, "unclear", None),
        alarm(4, "unseen", 500, "补看"),
    ])  # fmt: skip
    assert (found.handling_median, found.handling_max) == (20.0, 30.0)
    assert [
        len(x) for x in (found.look_alarms, found.unseen_alarms, found.false_alarms, found.open_alarms)
    ] == [3, 1, 1, 1]
