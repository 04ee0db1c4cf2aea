"""Proposals about the curtain signal: a grid worker asks to enrol, pause or withdraw, the office answers."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from centerdesk.features.checkins.commands_enrol import (
    DEFAULTS,
    ENROL,
    WITHDRAW,
    EnrolElder,
    SetPause,
    WithdrawElder,
    active_enrolment,
    refuse_beside_others,
)
from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.rules import PauseSpan, WindowSpan, pause_problem, window_problem
from centerdesk.features.people import api as people
from centerdesk.features.people.commands_proposals import decide, propose
from centerdesk.features.people.models import Resident
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record


@record
class ProposeEnrol(Command[UUID]):
    """提议登记. What the form held, until somebody with the right answers; `look_from` names a place."""

    label: ClassVar[str] = "提议登记看窗"
    permission: ClassVar[str] = ENROL
    reach: ClassVar[Reach] = Reach.PROPOSE
    resident_id: UUID
    worker_id: UUID
    consent_on: date
    first_on: date
    windows: tuple[tuple[str, time, time], ...] = DEFAULTS
    look_from: str = ""
    number: int = 0
    word: str = "本人同意"

    def execute(self, uow: UnitOfWork) -> UUID:
        resident = uow.get(Resident, self.resident_id)
        today = local(uow.now).date()
        if (wrong := window_problem([WindowSpan(*w) for w in self.windows])) is not None:
            raise ValidationError({"windows": wrong})
        if self.consent_on > today:
            raise ValidationError({"consent_on": "同意日期还没到。要老人先同意，才能提议登记。"})
        if active_enrolment(uow, resident.id, today) is not None:
            raise ConflictError("这位老人已经登记过，不用再提。")
        payload = _payload(self, "resident_id")
        return propose(uow, people.ENROL, resident, resident.id, payload, self.word)


@record
class ProposePause(Command[UUID]):
    """提议暂停. The word says why:住院, 去家人家, 外出."""

    label: ClassVar[str] = "提议暂停"
    permission: ClassVar[str] = ENROL
    reach: ClassVar[Reach] = Reach.PROPOSE
    enrolment_id: UUID
    first_on: date
    last_on: date
    word: str

    def execute(self, uow: UnitOfWork) -> UUID:
        row = uow.get(Enrolment, self.enrolment_id)
        span = PauseSpan(self.first_on, "morning", self.last_on, "evening")
        if problems := pause_problem(span, local(uow.now).date()):
            raise ValidationError(problems)
        refuse_beside_others(uow, row.id, span)
        resident = uow.get(Resident, row.resident_id)
        return propose(uow, people.PAUSE, resident, row.id, _payload(self, "enrolment_id"), self.word)


@record
class ProposeWithdraw(Command[UUID]):
    """提议撤销登记."""

    label: ClassVar[str] = "提议撤销看窗登记"
    permission: ClassVar[str] = WITHDRAW
    reach: ClassVar[Reach] = Reach.PROPOSE
    enrolment_id: UUID
    last_on: date
    word: str

    def execute(self, uow: UnitOfWork) -> UUID:
        row = uow.get(Enrolment, self.enrolment_id)
        if row.last_on is not None and row.last_on <= local(uow.now).date():
            raise ConflictError("这户已经撤销登记了。")
        resident = uow.get(Resident, row.resident_id)
        return propose(uow, people.WITHDRAW, resident, row.id, _payload(self, "enrolment_id"), self.word)


@record
class DecideEnrolProposal(Command[None]):
    """定提议：登记、暂停. An accepted one is carried out at once, from today on where its day has passed."""

    label: ClassVar[str] = "定提议（登记、暂停）"
    permission: ClassVar[str] = ENROL
    reach: ClassVar[Reach] = Reach.ALL
    proposal_id: UUID
    version: int
    accept: bool
    word: str

    def execute(self, uow: UnitOfWork) -> None:
        today = local(uow.now).date()

        def enrol(target: UUID, payload: dict[str, Any]) -> Command[Any]:
            windows = tuple((slot, starts, ends) for slot, starts, ends in payload["windows"])
            return EnrolElder(
                target,
                payload["worker_id"],
                payload["consent_on"],
                max(payload["first_on"], today),
                windows=windows,
                look_from=payload["look_from"],
                number=payload["number"],
            )

        def pause(target: UUID, payload: dict[str, Any]) -> Command[Any]:
            first = max(payload["first_on"], today)
            return SetPause(target, first, payload["last_on"], payload["word"])

        acts = {people.ENROL: enrol, people.PAUSE: pause}
        decide(uow, self.proposal_id, self.version, accept=self.accept, word=self.word, acts=acts)


@record
class DecideWithdrawProposal(Command[None]):
    """定提议：撤销登记."""

    label: ClassVar[str] = "定提议（撤销登记）"
    permission: ClassVar[str] = WITHDRAW
    reach: ClassVar[Reach] = Reach.ALL
    proposal_id: UUID
    version: int
    accept: bool
    word: str

    def execute(self, uow: UnitOfWork) -> None:
        today = local(uow.now).date()

        def withdraw(target: UUID, payload: dict[str, Any]) -> Command[Any]:
            last = max(payload["last_on"], today)
            return WithdrawElder(target, uow.get(Enrolment, target).version, last)

        acts = {people.WITHDRAW: withdraw}
        decide(uow, self.proposal_id, self.version, accept=self.accept, word=self.word, acts=acts)


def _payload(command: Any, target: str) -> dict[str, Any]:
    """The command's values beside its target: days, ids, places to stand, and a word of a list."""
    return {f.name: getattr(command, f.name) for f in fields(command) if f.name != target}
