"""Who is looked after: enrolling with consent, windows, pauses that end, leaving the list."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, or_, select

from centerdesk.features.checkins.commands_planning import pauses_of, replan, windows_of
from centerdesk.features.checkins.models import Alarm, Enrolment, EnrolmentWindow, ExpectedCheck, Pause
from centerdesk.features.checkins.rules import (
    DEFAULT_WINDOWS,
    KINDS,
    SLOTS,
    PauseSpan,
    WindowSpan,
    joined_to,
    pause_problem,
    prolonging_problem,
    slot_at,
    slot_order,
    window_problem,
)
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places.models import Dwelling
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record

ENROL, WITHDRAW, RULES = "checkins.enrol", "checkins.withdraw", "checkins.rules"

DEFAULTS = tuple((slot, *span) for slot, span in DEFAULT_WINDOWS.items())


@record
class EnrolElder(Command[UUID]):
    """登记一户. An elder who agreed is on the list from `first_on` on; the rows ahead are made at once.

    `windows`: (slot, from, to) each. `code` "" takes the next free 户代码.
    """

    label: ClassVar[str] = "登记看窗"
    permission: ClassVar[str] = ENROL
    resident_id: UUID
    worker_id: UUID
    consent_on: date
    first_on: date
    windows: tuple[tuple[str, time, time], ...] = DEFAULTS
    kind: str = "curtain"
    look_from: str = ""
    number: int = 0
    code: str = ""

    def execute(self, uow: UnitOfWork) -> UUID:
        today = local(uow.now).date()
        windows = [WindowSpan(*w) for w in self.windows]
        resident = uow.get(Resident, self.resident_id)
        grid_id = uow.session.scalar(
            select(Dwelling.grid_id).join(Household).where(Household.id == resident.household_id)
        )
        uow.actor.require_grid(ENROL, grid_id)
        problems = self._problems(uow, resident, today)
        if (wrong := window_problem(windows)) is not None:
            problems["windows"] = wrong
        if problems:
            raise ValidationError(problems)
        if active_enrolment(uow, resident.id, today) is not None:
            raise ConflictError("这位老人已经登记过，不用再登。")
        row = uow.add(
            Enrolment(
                resident_id=resident.id,
                code=self.code or next_code(uow),
                kind=self.kind,
                worker_id=self.worker_id,
                number=self.number or _next_number(uow, self.worker_id),
                look_from=self.look_from,
                consent_on=self.consent_on,
                first_on=self.first_on,
            )
        )
        for window in windows:
            uow.add(
                EnrolmentWindow(enrolment_id=row.id, slot=window.slot, starts=window.starts, ends=window.ends)
            )
        uow.about("enrolment", row.id)
        replan(uow, row.id)
        return row.id

    def _problems(self, uow: UnitOfWork, resident: Resident, today: date) -> dict[str, str]:
        problems: dict[str, str] = {}
        account = uow.session.get(Account, self.worker_id)
        if account is None or not account.active:
            problems["worker_id"] = "请选一位在用账号的同事负责看。"
        if self.consent_on > today:
            problems["consent_on"] = "同意日期还没到。要老人先同意，才能登记。"
        if self.first_on < today:
            problems["first_on"] = "登记从今天或以后开始：过去的日子没有人看过，不能补成应看。"
        if self.kind not in KINDS:
            problems["kind"] = "请选窗帘、门牌、小旗、垃圾袋或电话里的一种。"
        if resident.status != "在册":
            problems["resident_id"] = "这位居民已不在册，不能登记看窗。"
        elif resident.household_id is None or not _has_door(uow, resident.household_id):
            problems["resident_id"] = "这位居民还没有门牌，看窗要知道看哪一扇。请先补上门牌。"
        if self.code and uow.session.scalar(select(Enrolment.id).where(Enrolment.code == self.code)):
            problems["code"] = "这个户代码已经有人用，请换一个，或留空由系统编。"
        return problems


@record
class WithdrawElder(Command[None]):
    """撤销登记. The elder leaves the list after `last_on`; refused while an alarm is open (G17)."""

    label: ClassVar[str] = "撤销看窗登记"
    permission: ClassVar[str] = WITHDRAW
    enrolment_id: UUID
    version: int
    last_on: date

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Enrolment, self.enrolment_id, self.version)
        uow.actor.require_grid(WITHDRAW, grid_of(uow, row))
        today = local(uow.now).date()
        if self.last_on < today - timedelta(days=1):
            raise ValidationError({"last_on": "最早从昨天起撤：再早的日子已经照应看记下了。"})
        if row.last_on is not None and row.last_on <= today:
            raise ConflictError("这户已经撤销登记了。")
        if open_alarm_of(uow, row.id) is not None:
            raise ConflictError("这户还有没结案的报警，不能撤销登记。请先见到本人，给报警结案。")
        row.last_on = max(self.last_on, row.first_on)
        uow.about("enrolment", row.id)
        replan(uow, row.id)


@record
class SetPause(Command[UUID]):
    """设暂停. An approved absence of at most 30 days with its last slot; never without an end."""

    label: ClassVar[str] = "设暂停"
    permission: ClassVar[str] = ENROL
    enrolment_id: UUID
    first_on: date
    last_on: date
    reason: str
    first_slot: str = "morning"
    last_slot: str = "evening"

    def execute(self, uow: UnitOfWork) -> UUID:
        row = uow.get(Enrolment, self.enrolment_id)
        uow.actor.require_grid(ENROL, grid_of(uow, row))
        problems: dict[str, str] = {}
        if self.first_slot not in SLOTS or self.last_slot not in SLOTS:
            problems["first_slot"] = "请选早间、午间或晚间。"
        else:
            problems |= pause_problem(self._span, local(uow.now).date())
        if not self.reason.strip():
            problems["reason"] = "请写一句为什么暂停，例如住院、去女儿家。"
        if problems:
            raise ValidationError(problems)
        refuse_beside_others(uow, row.id, self._span)
        pause = uow.add(
            Pause(
                enrolment_id=row.id,
                first_on=self.first_on,
                first_slot=self.first_slot,
                last_on=self.last_on,
                last_slot=self.last_slot,
                reason=self.reason.strip()[:40],
                approved_by=uow.actor.account_id,
            )
        )
        uow.about("enrolment", row.id)
        replan(uow, row.id)
        return pause.id

    @property
    def _span(self) -> PauseSpan:
        return PauseSpan(self.first_on, self.first_slot, self.last_on, self.last_slot)


@record
class EndPause(Command[None]):
    """结束暂停. The elder is back: windows that are not over yet are to be looked at again.

    The pauses it was prolonged by go with it.
    """

    label: ClassVar[str] = "结束暂停"
    permission: ClassVar[str] = ENROL
    pause_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        pause = uow.get(Pause, self.pause_id, self.version)
        row = uow.get(Enrolment, pause.enrolment_id)
        uow.actor.require_grid(ENROL, grid_of(uow, row))
        day, slot = slot_at(local(uow.now))
        if (pause.last_on, slot_order(pause.last_slot)) < (day, slot_order(slot)):
            raise ConflictError("这段暂停已经到期了，不用再结束。")
        for prolonging in _prolonging(uow, pause):
            uow.session.delete(prolonging)
        if (pause.first_on, slot_order(pause.first_slot)) >= (day, slot_order(slot)):
            uow.session.delete(pause)
        else:
            pause.last_on, pause.last_slot = _slot_before(day, slot)
        uow.about("enrolment", row.id)
        replan(uow, row.id)


@record
class SetWindows(Command[None]):
    """改时段. Own windows of one elder; two persons, and windows that have begun keep their times."""

    label: ClassVar[str] = "改看窗时段"
    permission: ClassVar[str] = RULES
    reach: ClassVar[Reach] = Reach.ALL
    second: ClassVar[bool] = True
    enrolment_id: UUID
    windows: tuple[tuple[str, time, time], ...]

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Enrolment, self.enrolment_id)
        windows = {w[0]: WindowSpan(*w) for w in self.windows}
        if (wrong := window_problem([WindowSpan(*w) for w in self.windows])) is not None:
            raise ValidationError({"windows": wrong})
        present = uow.session.scalars(
            select(EnrolmentWindow).where(EnrolmentWindow.enrolment_id == row.id)
        ).all()
        for old in present:
            new = windows.pop(old.slot, None)
            if new is None:
                uow.session.delete(old)
            else:
                old.starts, old.ends = new.starts, new.ends
        for window in windows.values():
            uow.add(
                EnrolmentWindow(enrolment_id=row.id, slot=window.slot, starts=window.starts, ends=window.ends)
            )
        uow.about("enrolment", row.id)
        replan(uow, row.id)


@record
class AssignWorker(Command[None]):
    """换看窗人. Who walks to this home from the next window on, and its place in the walking order."""

    label: ClassVar[str] = "换看窗人"
    permission: ClassVar[str] = ENROL
    enrolment_id: UUID
    version: int
    worker_id: UUID
    number: int = 0
    look_from: str | None = None

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Enrolment, self.enrolment_id, self.version)
        uow.actor.require_grid(ENROL, grid_of(uow, row))
        account = uow.session.get(Account, self.worker_id)
        if account is None or not account.active:
            raise ValidationError({"worker_id": "请选一位在用账号的同事负责看。"})
        row.number = self.number or (
            row.number if row.worker_id == self.worker_id else _next_number(uow, self.worker_id)
        )
        row.worker_id = self.worker_id
        row.look_from = row.look_from if self.look_from is None else self.look_from
        uow.about("enrolment", row.id)
        replan(uow, row.id)


def refuse_beside_others(uow: UnitOfWork, enrolment_id: UUID, span: PauseSpan) -> None:
    """Hold a pause against those that are set. Raises ConflictError where they overlap, else ValidationError."""
    others = pauses_of(uow.session, [enrolment_id]).get(enrolment_id, ())
    if any(other.overlaps(span) for other in others):
        raise ConflictError("这几天已经设过暂停。请先结束原来的，或把日子错开。")
    if problems := prolonging_problem(span, others, _slots(uow, enrolment_id), local(uow.now).date()):
        raise ValidationError(problems)


def _prolonging(uow: UnitOfWork, pause: Pause) -> list[Pause]:
    stmt = select(Pause).where(Pause.enrolment_id == pause.enrolment_id, Pause.last_on >= pause.last_on)
    rows = {PauseSpan(p.first_on, p.first_slot, p.last_on, p.last_slot): p for p in uow.session.scalars(stmt)}
    span = PauseSpan(pause.first_on, pause.first_slot, pause.last_on, pause.last_slot)
    return [rows[joined] for joined in joined_to(span, rows, _slots(uow, pause.enrolment_id))]


def _slots(uow: UnitOfWork, enrolment_id: UUID) -> list[str]:
    return [window.slot for window in windows_of(uow.session, [enrolment_id]).get(enrolment_id, ())]


def active_enrolment(uow: UnitOfWork, resident_id: UUID, day: date) -> UUID | None:
    return uow.session.scalar(
        select(Enrolment.id).where(
            Enrolment.resident_id == resident_id, or_(Enrolment.last_on.is_(None), Enrolment.last_on >= day)
        )
    )


def open_alarm_of(uow: UnitOfWork, enrolment_id: UUID) -> UUID | None:
    return uow.session.scalar(
        select(Alarm.id)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .where(ExpectedCheck.enrolment_id == enrolment_id, Alarm.closed_at.is_(None))
        .limit(1)
    )


def grid_of(uow: UnitOfWork, row: Enrolment) -> UUID | None:
    """The grid the elder lives in today."""
    return uow.session.scalar(
        select(Dwelling.grid_id)
        .join(Household, Household.dwelling_id == Dwelling.id)
        .join(Resident, Resident.household_id == Household.id)
        .where(Resident.id == row.resident_id)
    )


def next_code(uow: UnitOfWork) -> str:
    """The next 户代码: E and at least two figures, after the highest that was ever given."""
    taken = uow.session.scalars(select(Enrolment.code).where(Enrolment.code.like("E%"))).all()
    numbers = [int(code[1:]) for code in taken if code[1:].isascii() and code[1:].isdigit()]
    return f"E{max(numbers, default=0) + 1:02d}"


def _next_number(uow: UnitOfWork, worker_id: UUID) -> int:
    last = uow.session.scalar(select(func.max(Enrolment.number)).where(Enrolment.worker_id == worker_id))
    return (last or 0) + 1


def _has_door(uow: UnitOfWork, household_id: UUID) -> bool:
    return uow.session.scalar(select(Household.dwelling_id).where(Household.id == household_id)) is not None


def _slot_before(day: date, slot: str) -> tuple[date, str]:
    if slot == "evening":
        return day, "noon"
    return day - timedelta(days=1), "evening"
