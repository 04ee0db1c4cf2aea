"""Pure rules of alarms: when a look opens or changes one, what closes it (FEATURES 3.1, RELIABILITY G17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from centerdesk.features.checkins.rules import HELP, OK, TROUBLE, UNSEEN
from centerdesk.features.checkins.rules_ladder import Course, opening
from centerdesk.kernel.record import record

FORGOT, AWAY, UNWELL, HOSPITAL = "忘拉", "外出未报备", "身体不适", "住院"
ACCIDENT, DEATH, REFUSED, MISREAD = "意外", "去世", "拒访", "误看"
SEEN_LATER, BOOKED_LATER = "补看", "补录"

OUTCOMES = (FORGOT, AWAY, UNWELL, HOSPITAL, ACCIDENT, DEATH, REFUSED, MISREAD)
"""Closing codes (结案代码) of FEATURES 3.1, in the order they are offered."""
FALSE_ALARMS = frozenset((FORGOT, AWAY, MISREAD))
"""The numerator of 误报率."""

IN_PERSON, BY_PHONE, BY_LOOK, TOLD = "in_person", "by_phone", "by_look", "told"
SIGHTINGS = {
    IN_PERSON: "见到本人",
    BY_PHONE: "电话里听到本人",
    BY_LOOK: "再看了窗",
    TOLD: "医院、家人或民警告知",
}

_ALLOWED = {
    FORGOT: (IN_PERSON, BY_PHONE),
    AWAY: (IN_PERSON, BY_PHONE),
    UNWELL: (IN_PERSON, BY_PHONE),
    HOSPITAL: (IN_PERSON, BY_PHONE, TOLD),
    ACCIDENT: (IN_PERSON,),
    DEATH: (IN_PERSON, TOLD),
    REFUSED: (IN_PERSON, BY_PHONE),
    MISREAD: (IN_PERSON, BY_PHONE, BY_LOOK),
    SEEN_LATER: (IN_PERSON, BY_PHONE, BY_LOOK),
}


def close_problem(outcome: str, sighting: str, seen_by: str, state: str, opened_as: str) -> dict[str, str]:
    """Why the alarm cannot be closed so, by field; empty when it can. `state` is what the window shows now.

    Only a first-hand sighting or a call answered by the elder closes as safe; looking at the window again
    answers a misreading, not a missing person.
    """
    problems: dict[str, str] = {}
    allowed = _ALLOWED.get(outcome)
    if allowed is None or (outcome == SEEN_LATER and opened_as != UNSEEN):
        problems["outcome"] = "请从列出的结案代码里选一个。"
    elif sighting not in allowed:
        said = "、".join(SIGHTINGS[s] for s in allowed)
        problems["sighting"] = f"按“{outcome}”结案，要{said}才行；邻居说没事不算。"
    elif sighting == BY_LOOK and state != OK:
        problems["sighting"] = "窗现在记的不是平安，再看窗还不能结案。请先补记一次看窗，或见到本人。"
    if not seen_by.strip():
        problems["seen_by"] = "请写谁见到或听到了老人。"
    return problems


@record
class Alarming:
    """An alarm as the rules see it."""

    course: Course
    escalated: bool = False
    late_look_at: datetime | None = None
    closed: bool = False


def after_look(alarm: Alarming | None, state: str, at: datetime, due_at: datetime) -> Alarming | None:
    """The alarm after a person looked, None when there is none. Never a second alarm for the same window.

    A first bad look opens one; a later one changes the ladder in place, a call for help jumps to the door but
    never back from it; a closed one is opened again. A good late look settles an 未看 that nobody is on yet.
    """
    if alarm is None:
        return Alarming(Course(state, state, at, opening(state, at))) if state in TROUBLE else None
    late = alarm.late_look_at
    if alarm.course.opened_as == UNSEEN and late is None and at > due_at:
        late = at
    if state in TROUBLE:
        return replace(_worse(alarm, state, at), late_look_at=late)
    settled = alarm.course.kind == UNSEEN
    return replace(alarm, late_look_at=late, closed=alarm.closed or settled)


def _worse(alarm: Alarming, state: str, at: datetime) -> Alarming:
    old = alarm.course
    if alarm.closed or old.kind == UNSEEN:
        return replace(alarm, course=replace(old, kind=state, ladder_from=opening(state, at)), closed=False)
    if state == HELP and old.kind != HELP:
        return replace(
            alarm, course=replace(old, kind=HELP, ladder_from=min(old.ladder_from, opening(HELP, at)))
        )
    return alarm
