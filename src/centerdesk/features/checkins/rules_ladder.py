"""The ladder of an alarm, from the wall clock alone (处置阶梯, FEATURES 3.1). Pure.

Nothing waits here: the rung that is due follows from the instants, so a desk that was off or asleep is at
once where the clock says. What people did can only take an alarm further than the clock, never hold it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from centerdesk.features.checkins.rules import HELP, NOT_OK, UNSEEN
from centerdesk.kernel.record import record


class Rung(NamedTuple):
    """One step: its stored name, minutes after T, what it is called, who is asked, and its name in a word."""

    step: str
    minutes: int
    title: str
    role: str
    short: str


LOOK_LADDER = (
    Rung("recheck", 0, "复看", "worker", "复看"),
    Rung("phone", 10, "电话", "deputy", "电话"),
    Rung("knock", 20, "敲门", "nearest", "敲门"),
    Rung("contacts", 35, "联系人与钥匙", "contact", "联系人"),
    Rung("entry", 50, "入户（两人见证）", "secretary", "入户"),
    Rung("street", 120, "报街道值班", "street", "街道"),
)
UNSEEN_LADDER = (
    Rung("call_a", 0, "响铃，叫 A 岗", "worker", "叫 A 岗"),
    Rung("pass_b", 10, "名单转 B 岗", "deputy", "转 B 岗"),
    Rung("start_b", 20, "B 岗没开始，叫书记", "secretary", "叫书记"),
    Rung("assign", 35, "书记指派在岗的人", "secretary", "指派"),
    Rung("turn", 50, "还没看的变「未开」", "secretary", "变未开"),
    Rung("street", 120, "今天不能签收，报街道值班", "street", "街道"),
)
KNOCK = timedelta(minutes=20)
TURN = timedelta(minutes=50)
"""After this an 未看 is a 未开 of its own, from knocking."""
STREET = timedelta(minutes=120)


class Status(StrEnum):
    """How a rung stands: taken by somebody, passed by the clock, the present one, ahead, never asked."""

    DONE = "done"
    MISSED = "missed"
    CURRENT = "current"
    AHEAD = "ahead"
    SKIPPED = "skipped"


class Act(StrEnum):
    """What a person at an open alarm can write down (AdvanceAlarm)."""

    STILL_SHUT = "still_shut"
    NO_ANSWER_PHONE = "phone_none"
    ANSWERED_PHONE = "phone_other"
    GOING = "going"
    NO_ANSWER_DOOR = "no_answer"
    SEEN = "seen"
    CONTACT_GOES = "contact_goes"
    NO_CONTACT = "contact_none"
    ENTRY = "entry"
    STREET = "street"
    ASSIGN = "assign"


@record
class Effect:
    """What an act does: the rung it belongs to (None: the present one), and the rung it leads to at least."""

    step: str | None
    then: str | None
    result: str


ACTS: Mapping[Act, Effect] = {
    Act.STILL_SHUT: Effect("recheck", "phone", "回程再看，仍未开"),
    Act.NO_ANSWER_PHONE: Effect("phone", "knock", "电话无人接"),
    Act.ANSWERED_PHONE: Effect("phone", None, "电话通了，没听到本人"),
    Act.GOING: Effect(None, None, "已出发"),
    Act.NO_ANSWER_DOOR: Effect("knock", "contacts", "敲门无人应"),
    Act.SEEN: Effect(None, None, "见到本人"),
    Act.CONTACT_GOES: Effect("contacts", None, "联系人答应去"),
    Act.NO_CONTACT: Effect("contacts", "entry", "联系人都没联系上"),
    Act.ENTRY: Effect("entry", "entry", "入户"),
    Act.STREET: Effect("street", "street", "已报街道"),
    Act.ASSIGN: Effect(None, None, "指派"),
}


class Action(NamedTuple):
    """One thing that was written down at the alarm; `at` None: the rung was reached and nobody took it."""

    step: str
    at: datetime | None
    by: str
    result: str
    act: str = ""


@record
class LadderStep:
    """One rung as it is drawn."""

    step: str
    title: str
    short: str
    who: str
    planned_at: datetime
    status: Status
    taken_at: datetime | None = None
    taken_by: str = ""
    result: str = ""


@record
class LadderView:
    """The ladder at one instant. Exactly one step is current; `passes_at` is when it goes on by itself.

    `next_who` is the named next person, "" at the top rung.
    """

    steps: tuple[LadderStep, ...]
    current: int
    passes_at: datetime | None
    now_who: str
    next_who: str

    @property
    def step(self) -> LadderStep:
        return self.steps[self.current]

    @property
    def next(self) -> LadderStep | None:
        return self.steps[self.current + 1] if self.current + 1 < len(self.steps) else None


@record
class Course:
    """What the ladder of one alarm depends on, apart from the clock."""

    opened_as: str
    kind: str
    raised_at: datetime
    ladder_from: datetime

    @property
    def rungs(self) -> tuple[Rung, ...]:
        return UNSEEN_LADDER if self.kind == UNSEEN else LOOK_LADDER

    @property
    def turned(self) -> bool:
        """An 未看 that nobody answered and that became a 未开 by the clock."""
        return self.opened_as == UNSEEN and self.ladder_from == turned_from(self.raised_at)

    @property
    def from_knock(self) -> bool:
        return self.kind == HELP or self.turned

    def planned(self, rung: Rung) -> datetime:
        if rung.step == "street" and self.turned:
            return self.raised_at + STREET  # the evening's own limit, not counted again from the turn
        return self.ladder_from + timedelta(minutes=rung.minutes)


def opening(kind: str, at: datetime) -> datetime:
    """T of a new ladder: `at`, or before it where the kind goes straight to the door."""
    return at - KNOCK if kind == HELP else at


def turned_from(raised_at: datetime) -> datetime:
    """T of the 未开 ladder that an 未看 of `raised_at` goes over to, so that knocking is due at the turn."""
    return raised_at + TURN - KNOCK


def by_clock(course: Course, now: datetime) -> Course:
    """The course after what the clock alone does to it: an 未看 turns into a 未开."""
    if course.kind == UNSEEN and now >= course.raised_at + TURN:
        return Course(course.opened_as, NOT_OK, course.raised_at, turned_from(course.raised_at))
    return course


def position(course: Course, now: datetime, actions: Sequence[Action] = ()) -> int:
    """Index of the present rung: the furthest that clock or acts reached, never before knocking for 求助."""
    rungs = course.rungs
    names = [r.step for r in rungs]
    here = names.index("knock") if course.from_knock else 0
    for index, rung in enumerate(rungs):
        if course.planned(rung) <= now:
            here = max(here, index)
    for action in actions:
        effect = ACTS.get(Act(action.act)) if action.act else None
        if effect is not None and effect.then in names:
            here = max(here, names.index(effect.then))
    return here


def reached(course: Course, now: datetime, actions: Sequence[Action] = ()) -> tuple[Rung, ...]:
    """The rungs reached so far, in order, without those that are skipped."""
    start = [r.step for r in course.rungs].index("knock") if course.from_knock else 0
    return course.rungs[start : position(course, now, actions) + 1]


def passes_at(course: Course, now: datetime, actions: Sequence[Action] = ()) -> datetime | None:
    """When the present rung goes over to the next by itself; None at the top."""
    here = position(course, now, actions)
    if here + 1 >= len(course.rungs):
        return None
    return course.planned(course.rungs[here + 1])


def ladder(
    opened_as: str,
    kind: str,
    raised_at: datetime,
    ladder_from: datetime,
    now: datetime,
    actions: Sequence[Action] = (),
    people: Mapping[str, str] | None = None,
) -> LadderView:
    """The whole ladder as it stands at `now`. `people` names who holds each role of a rung."""
    course = by_clock(Course(opened_as, kind, raised_at, ladder_from), now)
    here = position(course, now, actions)
    names = people or {}
    start = [r.step for r in course.rungs].index("knock") if course.from_knock else 0
    taken = {a.step: a for a in actions if a.at is not None}
    steps = tuple(
        _step(rung, index, here, start, course, names, taken.get(rung.step))
        for index, rung in enumerate(course.rungs)
    )
    nxt = steps[here + 1].who if here + 1 < len(steps) else ""
    return LadderView(steps, here, passes_at(course, now, actions), steps[here].who, nxt)


def _step(
    rung: Rung,
    index: int,
    here: int,
    start: int,
    course: Course,
    people: Mapping[str, str],
    taken: Action | None,
) -> LadderStep:
    if index == here:
        status = Status.CURRENT
    elif index > here:
        status = Status.AHEAD
    elif taken is not None:
        status = Status.DONE
    else:
        status = Status.SKIPPED if index < start else Status.MISSED
    return LadderStep(
        rung.step, rung.title, rung.short, people.get(rung.role, ""), course.planned(rung), status,
        taken.at if taken else None, taken.by if taken else "", taken.result if taken else "",
    )  # fmt: skip
