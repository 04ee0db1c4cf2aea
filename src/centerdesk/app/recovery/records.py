"""What was done with a recovery sheet, in the journal: mostly by the administrator, with the secretary beside."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from centerdesk.features.staff.commands_recovery import RECOVER
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.record import record


@record
class RecordSheet(Command[None]):
    """恢复单记录. `act` is 新单 or 敲回; the code itself is nowhere in it."""

    label: ClassVar[str] = "恢复单"
    permission: ClassVar[str] = "staff.manage"
    second: ClassVar[bool] = True
    second_permission: ClassVar[str | None] = "staff.approve"
    undoable: ClassVar[bool] = False
    station_id: UUID
    number: int
    act: str

    def execute(self, uow: UnitOfWork) -> None:
        uow.about("recovery_sheet", self.station_id, self.act)
        uow.count(sheet=self.number)


@record
class HandleSheet(Command[None]):
    """恢复单经手. What one of the two may do alone: `act` is 作废, before a new one is made, or 抽查."""

    label: ClassVar[str] = "恢复单经手"
    permission: ClassVar[str] = "desk.use"
    undoable: ClassVar[bool] = False
    station_id: UUID
    number: int
    act: str

    def execute(self, uow: UnitOfWork) -> None:
        """Raises PermissionDenied for whoever is neither administrator nor secretary."""
        if not uow.actor.may("staff.manage"):
            uow.actor.require("staff.approve")
        uow.about("recovery_sheet", self.station_id, self.act)
        uow.count(sheet=self.number)


@record
class RecordOpening(Command[None]):
    """用恢复单打开. This machine was given its own key again; nobody was signed in yet."""

    label: ClassVar[str] = "用恢复单打开"
    permission: ClassVar[str] = RECOVER
    undoable: ClassVar[bool] = False
    station_id: UUID
    number: int

    def execute(self, uow: UnitOfWork) -> None:
        uow.about("recovery_sheet", self.station_id, "打开")
        uow.count(sheet=self.number)
