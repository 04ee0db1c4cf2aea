"""Seeing a number while somebody is needed: the open alarm is the reason, the journal keeps it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.checkins.commands_alarm import ACKNOWLEDGE
from centerdesk.features.checkins.commands_duty import require_reach
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck
from centerdesk.features.people.models import Contact, ResidentPhone
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, NotFound
from centerdesk.kernel.record import record

OWN_PHONE = -1
"""`ordinal` of the elder's own number."""


@record
class ShowNumber(Command[str]):
    """拨打. The whole number of one contact (`ordinal` from 0) or of the elder, while the alarm is open.

    Returns "" where no number was left. Every look is in the journal; nothing is changed.
    """

    label: ClassVar[str] = "看联系电话"
    permission: ClassVar[str] = ACKNOWLEDGE
    undoable: ClassVar[bool] = False
    alarm_id: UUID
    ordinal: int

    def execute(self, uow: UnitOfWork) -> str:
        alarm = uow.session.get(Alarm, self.alarm_id)
        if alarm is None:
            raise NotFound("没有这个报警。请刷新后再看。")
        check = uow.get(ExpectedCheck, alarm.check_id)
        require_reach(uow.session, uow.actor, check, ACKNOWLEDGE, uow.now)
        if alarm.closed_at is not None:
            raise ConflictError("这个报警已经结案，电话不再显示。要看号码，请到居民页按住查看。")
        resident_id = uow.get(Enrolment, check.enrolment_id).resident_id
        uow.about("alarm", alarm.id, "own" if self.ordinal == OWN_PHONE else "contact")
        return self._number(uow, resident_id)

    def _number(self, uow: UnitOfWork, resident_id: UUID) -> str:
        if self.ordinal == OWN_PHONE:
            phone = uow.session.scalar(
                select(ResidentPhone)
                .where(ResidentPhone.resident_id == resident_id)
                .order_by(ResidentPhone.ordinal)
                .limit(1)
            )
            return "" if phone is None else uow.cipher.open(phone.sealed, phone.id, "phone")
        row = uow.session.scalar(
            select(Contact).where(Contact.resident_id == resident_id, Contact.ordinal == self.ordinal)
        )
        if row is None or row.phone_sealed is None:
            return ""
        return uow.cipher.open(row.phone_sealed, row.id, "phone")
