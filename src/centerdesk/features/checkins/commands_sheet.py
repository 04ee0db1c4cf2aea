"""Booking that a route sheet went onto paper, so that two of one round are told apart."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from centerdesk.features.checkins.commands import RECORD
from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.checkins.rules_sheet import sheet_id
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import NotFound, PermissionDenied
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.record import record


@record
class PrintRouteSheet(Command[int]):
    """印路线单. Answers which copy of this round's sheet it is, from 1; an earlier one is void then."""

    label: ClassVar[str] = "印路线单"
    permission: ClassVar[str] = RECORD
    undoable: ClassVar[bool] = False
    day: date
    slot: str
    worker_id: UUID

    def execute(self, uow: UnitOfWork) -> int:
        if uow.actor.reach(RECORD) < Reach.ALL and uow.actor.account_id != self.worker_id:
            raise PermissionDenied(RECORD, "只能印自己的路线单。别人的，请那位同事或书记来印。")
        homes = uow.session.scalar(
            select(func.count()).where(
                ExpectedCheck.day == self.day,
                ExpectedCheck.slot == self.slot,
                ExpectedCheck.worker_id == self.worker_id,
            )
        )
        if not homes:
            raise NotFound("这一轮没有这条路线。请刷新后再印。")
        number = sheet_id(self.worker_id, self.day, self.slot)
        stmt = select(func.count()).where(
            JournalOp.action == type(self).__name__, JournalOp.object_id == number
        )
        copies = (uow.session.scalar(stmt) or 0) + 1
        uow.about("route_sheet", number)
        uow.count(copy=copies, homes=homes)
        return copies
