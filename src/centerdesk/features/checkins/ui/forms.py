"""The drafts and fields of what is done in the right pane: close, pause, enrol, withdraw, enter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from centerdesk.features.checkins.commands_alarm import CloseAlarm
from centerdesk.features.checkins.commands_enrol import EnrolElder, SetPause, WithdrawElder
from centerdesk.features.checkins.commands_proposals import ProposeEnrol, ProposePause, ProposeWithdraw
from centerdesk.features.checkins.queries_alarm import AlarmRow
from centerdesk.features.checkins.queries_round import Colleague
from centerdesk.features.checkins.rules import DEFAULT_WINDOWS, OK, PAUSE_DAYS, PROLONG_DAYS, UNSEEN
from centerdesk.features.checkins.rules_alarm import (
    BY_LOOK,
    IN_PERSON,
    OUTCOMES,
    SEEN_LATER,
    SIGHTINGS,
)
from centerdesk.features.checkins.ui.picks import PickEditor
from centerdesk.features.people.rules_proposals import PAUSE, WITHDRAW, WORDS
from centerdesk.kernel.clock import Clock, today
from centerdesk.qtkit.date_input import Lean
from centerdesk.qtkit.editors import ChoiceEditor, Editor, IntEditor, TextEditor
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.more_editors import DateEditor

CLOSE_DRAFT, PAUSE_DRAFT, ENROL_DRAFT, WITHDRAW_DRAFT = (
    f"checkins.{what}" for what in ("close", "pause", "enrol", "withdraw")
)
"""What each form is kept as over a crash."""

_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~到至]\s*(\d{1,2})[:：](\d{2})")


@dataclass(frozen=True)
class CloseDraft:
    """结案: what it was, how the elder was seen, by whom."""

    outcome: str = ""
    sighting: str = ""
    seen_by: str = ""

    def command(self, alarm: AlarmRow) -> CloseAlarm:
        return CloseAlarm(alarm.id, self.outcome or "", self.sighting or "", self.seen_by)


def close_form(alarm: AlarmRow) -> Form[CloseDraft]:
    """Outcome first: what is known at the door; then how the elder was seen, and by whom."""
    outcomes = [(code, code) for code in OUTCOMES]
    if alarm.opened_as == UNSEEN:
        outcomes.insert(0, (SEEN_LATER, SEEN_LATER))
    ways = [(way, words) for way, words in SIGHTINGS.items() if way != BY_LOOK or alarm.state == OK]
    return Form[CloseDraft](
        (
            Field("outcome", "怎么回事", lambda: PickEditor(outcomes), required=True, help="按数字键选。"),
            Field(
                "sighting",
                "怎么见到的",
                lambda: PickEditor(ways),
                required=True,
                help="电话里听到本人算；邻居说没事不算。",
            ),
            Field("seen_by", "谁见到或听到的", lambda: TextEditor(max_length=40), required=True),
        )
    )


def close_start(alarm: AlarmRow, me: str, *, by_phone: bool = False) -> CloseDraft:
    """What is known when the form opens: the person at the desk went, unless it is changed."""
    outcome = SEEN_LATER if alarm.opened_as == UNSEEN and alarm.kind == UNSEEN else ""
    return CloseDraft(outcome, "by_phone" if by_phone else IN_PERSON, me)


@dataclass(frozen=True)
class PauseDraft:
    """暂停: from when, when the elder is back, and why."""

    first_on: date | None = None
    back_on: date | None = None
    reason: str = ""

    def command(self, enrolment_id: UUID) -> SetPause:
        assert self.first_on is not None
        assert self.back_on is not None
        return SetPause(enrolment_id, self.first_on, self.back_on - timedelta(days=1), self.reason)

    def proposal(self, enrolment_id: UUID) -> ProposePause:
        assert self.first_on is not None
        assert self.back_on is not None
        last_on = self.back_on - timedelta(days=1)
        return ProposePause(enrolment_id, self.first_on, last_on, self.reason or "")


def pause_form(clock: Clock, first_on: date, *, proposes: bool = False) -> Form[PauseDraft]:
    """A pause always ends: the day the elder is back is asked first. A proposal takes its reason from a list.

    `first_on`: the day it is to begin; later than today where it prolongs another one.
    """

    def why() -> Editor:
        return _words(PAUSE) if proposes else TextEditor(max_length=40, placeholder="去女儿家、住院")

    def back(day: date) -> str:
        if day <= today(clock):
            return "回来的日子要在今天以后。"
        if (day - first_on).days > PAUSE_DAYS:
            return f"暂停最长 {PAUSE_DAYS} 天，最后 {PROLONG_DAYS} 天里可以再续。请写近一点的日子。"
        return ""

    return Form[PauseDraft](
        (
            Field(
                "back_on",
                "回来的日子",
                lambda: DateEditor(clock, lean=Lean.FUTURE, check=back),
                required=True,
                help="前一天晚间为止不看，回来当天早间起照常看。",
            ),
            Field("reason", "为什么", why, required=True),
            Field("first_on", "从哪天起", lambda: DateEditor(clock, lean=Lean.FUTURE), required=True),
        )
    )


@dataclass(frozen=True)
class WithdrawDraft:
    """撤销登记: the last day that counts."""

    last_on: date | None = None
    word: str | None = None

    def proposal(self, enrolment_id: UUID) -> ProposeWithdraw:
        assert self.last_on is not None
        return ProposeWithdraw(enrolment_id, self.last_on, self.word or "")

    def command(self, enrolment_id: UUID, version: int) -> WithdrawElder:
        assert self.last_on is not None
        return WithdrawElder(enrolment_id, version, self.last_on)


def _words(kind: str) -> ChoiceEditor:
    return ChoiceEditor([(word, word) for word in WORDS[kind]])


def withdraw_form(clock: Clock, *, proposes: bool = False) -> Form[WithdrawDraft]:
    """The last day that counts; a proposal says why."""
    why = (Field("word", "为什么", lambda: _words(WITHDRAW), required=True),) if proposes else ()
    return Form[WithdrawDraft](
        (
            *why,
            Field(
                "last_on",
                "看到哪天为止（含当天）",
                lambda: DateEditor(clock, lean=Lean.NEAR),
                required=True,
                help="以前看过的都留着，月报不变。",
            ),
        )
    )


@dataclass(frozen=True)
class EnrolDraft:
    """登记一户, beside who it is."""

    consent_on: date | None = None
    worker_id: UUID | None = None
    morning: str = ""
    evening: str = ""
    look_from: str = ""
    number: int | None = None
    first_on: date | None = None

    def proposal(self, resident_id: UUID) -> ProposeEnrol:
        done = self.command(resident_id)
        return ProposeEnrol(
            resident_id,
            done.worker_id,
            done.consent_on,
            done.first_on,
            done.windows,
            done.look_from,
            done.number,
        )

    def command(self, resident_id: UUID) -> EnrolElder:
        assert self.consent_on is not None
        assert self.first_on is not None
        assert self.worker_id is not None
        return EnrolElder(
            resident_id,
            self.worker_id,
            self.consent_on,
            self.first_on,
            windows=windows_of(self.morning, self.evening),
            look_from=self.look_from,
            number=self.number or 0,
        )


def windows_of(morning: str, evening: str) -> tuple[tuple[str, time, time], ...]:
    """The windows as typed; an empty one is not watched."""
    spans = (("morning", morning), ("evening", evening))
    return tuple((slot, *read_span(text)) for slot, text in spans if text.strip())


def read_span(text: str) -> tuple[time, time]:
    """07:30–09:00. Raises ValueError with the sentence to show."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError("时段要写成 07:30–09:00。不看这一窗就留空。")
    try:
        return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError:
        raise ValueError("没有这个钟点，请核对。") from None


def _span_problem(text: str) -> str:
    try:
        read_span(text)
    except ValueError as exc:
        return str(exc)
    return ""


def enrol_form(clock: Clock, workers: Sequence[Colleague]) -> Form[EnrolDraft]:
    """Consent first; nothing is enrolled without it."""

    def agreed(day: date) -> str:
        return "同意日期还没到。要老人先同意，才能登记。" if day > today(clock) else ""

    names = [(c.id, c.name) for c in workers]
    return Form[EnrolDraft](
        (
            Field(
                "consent_on",
                "本人哪天同意的",
                lambda: DateEditor(clock, lean=Lean.PAST, check=agreed),
                required=True,
                help="没有本人同意，不登记。",
                wide=True,
            ),
            Field("worker_id", "谁去看", lambda: ChoiceEditor(names), required=True, wide=True),
            Field("morning", "早间时段", lambda: TextEditor(max_length=20, check=_span_problem)),
            Field("evening", "晚间时段", lambda: TextEditor(max_length=20, check=_span_problem)),
            Field("look_from", "站在哪里看", lambda: TextEditor(max_length=60, placeholder="南花坛")),
            Field("number", "走的次序", lambda: IntEditor(1, 999), help="不填就排在最后。"),
            Field("first_on", "从哪天起看", lambda: DateEditor(clock, lean=Lean.FUTURE), required=True),
        ),
        columns=2,
    )


def enrol_start(clock: Clock, worker: UUID | None) -> EnrolDraft:
    """The usual windows, from today on."""

    def span(slot: str) -> str:
        starts, ends = DEFAULT_WINDOWS[slot]
        return f"{starts:%H:%M}–{ends:%H:%M}"

    day = today(clock)
    return EnrolDraft(day, worker, span("morning"), span("evening"), "", None, day)
