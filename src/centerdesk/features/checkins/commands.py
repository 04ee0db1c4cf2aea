"""Looking at windows: one tick, a whole route by exception, and signing a round off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.checkins.commands_alarming import keep_alarm
from centerdesk.features.checkins.commands_duty import require_reach
from centerdesk.features.checkins.models import Alarm, ExpectedCheck, Look, RoundSignOff
from centerdesk.features.checkins.rules import (
    DUE,
    LOOK_STATES,
    OK,
    PAUSED,
    SLOT_TITLES,
    UNSEEN,
    VOID,
    Projection,
    Sight,
    look_span,
    slot_at,
    with_look,
)
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, NotFound, PermissionDenied, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record

RECORD = "checkins.record"


@record
class RecordLook(Command[UUID | None]):
    """看窗. One person looked at one window now; returns the alarm that concerns it, None when there is none.

    Can be taken back unless it raised an alarm: that one is closed as 误看. Several looks may be recorded;
    the last one is the state. A look after the window's end is a 迟看: seen, not in time.
    """

    label: ClassVar[str] = "看窗"
    permission: ClassVar[str] = RECORD
    check_id: UUID
    state: str
    note: str = ""

    def execute(self, uow: UnitOfWork) -> UUID | None:
        if self.state not in LOOK_STATES:
            raise ValidationError({"state": "看到的只能是已开、未开、看不清或求助。"})
        check = uow.get(ExpectedCheck, self.check_id)
        require_reach(uow.session, uow.actor, check, RECORD, uow.now)
        uow.about("expected_check", check.id, self.state)
        return book_look(uow, check, self.state, self.note)


@record
class RecordRound(Command[int]):
    """按例外补录. The homes of a list that still wait are open, except those named.

    `homes` are those that stood on the list: what came to the round since then, an elder who is back or the homes
    of an absent colleague, nobody looked at. `exceptions` gives one of them another state, or None for “not looked
    at”, which leaves it as it is. A paused home and one that was looked at stay untouched. `worker_id` and `slot`
    say whose round it was. Returns how many were booked.
    """

    label: ClassVar[str] = "整轮补录"
    permission: ClassVar[str] = RECORD
    worker_id: UUID
    slot: str
    homes: tuple[UUID, ...]
    exceptions: tuple[tuple[UUID, str | None], ...] = ()

    def execute(self, uow: UnitOfWork) -> int:
        rows = list(
            uow.session.scalars(
                select(ExpectedCheck)
                .where(ExpectedCheck.id.in_(self.homes), ExpectedCheck.state.in_((DUE, UNSEEN)))
                .order_by(ExpectedCheck.id)
            )
        )
        states = self._states({row.id for row in rows})
        booked = 0
        for row in rows:
            state = states.get(row.id, OK)
            if state is not None:
                require_reach(uow.session, uow.actor, row, RECORD, uow.now)
                book_look(uow, row, state, "")
                booked += 1
        uow.about("account", self.worker_id, self.slot)
        uow.count(looks=booked)
        return booked

    def _states(self, known: set[UUID]) -> Mapping[UUID, str | None]:
        states = dict(self.exceptions)
        if any(s is not None and s not in LOOK_STATES for s in states.values()):
            raise ValidationError({"exceptions": "例外只能是未开、看不清、求助，或者没看。"})
        if not known.issuperset(states):
            raise ConflictError("例外里有一户已经看过，或不在这一轮。请刷新后再记。")
        return states


@record
class SignOffRound(Command[UUID]):
    """本轮签收. A worker's round is closed: nothing waits, and no alarm of it is unanswered."""

    label: ClassVar[str] = "本轮签收"
    permission: ClassVar[str] = RECORD
    undoable: ClassVar[bool] = False
    day: date
    slot: str
    worker_id: UUID

    def execute(self, uow: UnitOfWork) -> UUID:
        own = self.worker_id == uow.actor.account_id
        if not own and uow.actor.reach(RECORD) < Reach.ALL:
            raise PermissionDenied(RECORD, "这是别人的一轮，请本人或书记签收。")
        missing = signoff_gaps(uow, self.day, self.slot, self.worker_id)
        if missing:
            raise ValidationError({"": missing})
        known = uow.session.scalar(
            select(RoundSignOff.id).where(
                RoundSignOff.day == self.day,
                RoundSignOff.slot == self.slot,
                RoundSignOff.worker_id == self.worker_id,
            )
        )
        if known is not None:
            raise ConflictError("这一轮已经签收过了。")
        row = uow.add(RoundSignOff(day=self.day, slot=self.slot, worker_id=self.worker_id, at=uow.now))
        uow.about("round_sign_off", row.id, self.slot)
        return row.id


def signoff_gaps(uow: UnitOfWork, day: date, slot: str, worker_id: UUID) -> str:
    """What is missing before this round can be signed off, as a sentence; "" when nothing is."""
    stmt = (
        select(ExpectedCheck.state, Alarm.id, Alarm.acknowledged_at, Alarm.closed_at)
        .outerjoin(Alarm, Alarm.check_id == ExpectedCheck.id)
        .where(ExpectedCheck.day == day, ExpectedCheck.slot == slot, ExpectedCheck.worker_id == worker_id)
    )
    rows = uow.session.execute(stmt).all()
    if not any(r.state != VOID for r in rows):
        return "这一轮没有要看的窗，不用签收。"
    waiting = sum(1 for r in rows if r.state == DUE)
    unseen = sum(1 for r in rows if r.state == UNSEEN and r.id is not None and r.closed_at is None)
    unanswered = sum(
        1 for r in rows if r.id is not None and r.closed_at is None and r.acknowledged_at is None
    )
    parts = []
    if waiting:
        parts.append(f"{waiting} 户待看")
    if unseen:
        parts.append(f"{unseen} 户没人看")
    if unanswered:
        parts.append(f"{unanswered} 个报警没人接")
    return f"还不能签收：{'、'.join(parts)}。" if parts else ""


def book_look(uow: UnitOfWork, check: ExpectedCheck, state: str, note: str) -> UUID | None:
    """Put one look of this moment into the transaction: the fact, the window's state, the alarm."""
    _refuse(check, uow.now)
    uow.add(Look(check_id=check.id, at=uow.now, state=state, by_id=uow.actor.account_id, note=note[:200]))
    project(check, Sight(uow.now, state, uow.actor.account_id))
    return keep_alarm(uow, check, state)


def project(check: ExpectedCheck, look: Sight) -> None:
    """Fold one more look into the window's row."""
    before = Projection(
        check.state, check.looks, check.in_time, check.first_look_at, check.last_look_at, check.looked_by
    )
    after = with_look(before, look, check.opens_at, check.due_at)
    check.state, check.looks, check.in_time = after.state, after.looks, after.in_time
    check.first_look_at, check.last_look_at = after.first_look_at, after.last_look_at
    check.looked_by = after.looked_by


def _refuse(check: ExpectedCheck, now: datetime) -> None:
    if check.state == PAUSED:
        raise ConflictError("这户在暂停，看了不算。人已经回来的，请先结束暂停再记。")
    if check.state == VOID:
        raise NotFound("这户已经不在这一轮的名单里。请刷新。")
    first, end = look_span(check.day, check.slot)
    if now < first:
        raise ValidationError({"": "还没到这一轮，现在记不了。"})
    if now >= end:
        _, slot = slot_at(local(now))
        raise ValidationError({"": f"这一轮早就过了，现在看到的请记到{SLOT_TITLES[slot]}那一轮。"})
