"""Acts on one resident: seeing the full numbers, verifying, leaving, the recycle bin."""

from __future__ import annotations

import base64
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from centerdesk.features.people.commands import grid_of, leave_head, other_head, stored_phones
from centerdesk.features.people.commands_merge import running_registration
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.people.queries import VIEWS, LedgerFilter
from centerdesk.features.people.queries_detail import reveal_reason
from centerdesk.features.people.rules import (
    BIN,
    DEAD,
    LEFT,
    PRESENT,
    REVEAL_REASONS,
    TAGS,
    may_leave,
    reveal_limit,
)
from centerdesk.kernel.clock import day_bounds, today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, PermissionDenied, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.record import record
from centerdesk.kernel.search import is_blank


@record
class Revealed:
    """Full numbers for thirty seconds. Never journalled, never logged."""

    id_no: str
    phones: tuple[str, ...]

    def __repr__(self) -> str:
        return "Revealed(…)"


@record
class RevealResident(Command[Revealed]):
    """看全号. Counted against the day's limit, kept in the journal with its reason; no image.

    The reason comes from the list; it may be left out when the same person gave one for this record today.
    """

    label: ClassVar[str] = "看全号"
    permission: ClassVar[str] = "people.reveal"
    undoable: ClassVar[bool] = False
    resident_id: UUID
    reason: str

    def execute(self, uow: UnitOfWork) -> Revealed:
        row = uow.get(Resident, self.resident_id)
        uow.actor.require_grid(self.permission, grid_of(uow, row.household_id))
        reason = self.reason or reveal_reason(uow.session, uow.actor, uow.clock, row.id)
        if reason not in REVEAL_REASONS:
            raise ValidationError({"reason": "请选看全号的事由。"})
        limit = reveal_limit(uow.actor.roles)
        if limit is not None and _reveals_today(uow) >= limit:
            raise PermissionDenied(
                self.permission, f"今天已经看了 {limit} 次全号，到限了。还要看，请书记来看。"
            )
        uow.about("resident", row.id, reason)
        id_no = uow.cipher.open(row.id_sealed, row.id, "id_no") if row.id_sealed else ""
        return Revealed(id_no, tuple(stored_phones(uow, row.id)))


def _reveals_today(uow: UnitOfWork) -> int:
    start, end = day_bounds(today(uow.clock))
    stmt = select(func.count()).where(
        JournalOp.actor_id == uow.actor.account_id,
        JournalOp.action == "RevealResident",
        JournalOp.at >= start,
        JournalOp.at < end,
    )
    return uow.session.scalar(stmt) or 0


@record
class VerifyUnchanged(Command[None]):
    """核实无变化. The household was asked today and nothing changed."""

    label: ClassVar[str] = "核实无变化"
    permission: ClassVar[str] = "people.write"
    resident_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Resident, self.resident_id)
        uow.actor.require_grid(self.permission, grid_of(uow, row.household_id))
        if row.status != PRESENT:
            raise ConflictError("这位已经不在册了，不用核实。要改，请打开这位的记录。")
        row.verified_on = today(uow.clock)
        if row.household_id is not None:
            household = uow.get(Household, row.household_id)
            household.verified_on, household.verified_by = row.verified_on, uow.actor.account_id
        uow.about("resident", row.id)


@record
class RecordDeparture(Command[None]):
    """迁出、死亡. The person stays in the ledger with the day it happened."""

    label: ClassVar[str] = "登记迁出或死亡"
    permission: ClassVar[str] = "people.write"
    resident_id: UUID
    version: int
    status: str
    left_on: date

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Resident, self.resident_id, self.version)
        uow.actor.require_grid(self.permission, grid_of(uow, row.household_id))
        if self.status not in (LEFT, DEAD):
            raise ValidationError({"status": "请选迁出或死亡。"})
        if problem := may_leave(row.status, self.left_on, row.move_in_on, today(uow.clock)):
            raise ValidationError({"left_on": problem})
        row.status, row.left_on = self.status, self.left_on
        leave_head(uow, row.id, row.household_id)
        uow.about("resident", row.id)


@record
class RemoveResident(Command[None]):
    """删到回收站. Two persons; waits there thirty days."""

    label: ClassVar[str] = "删到回收站"
    permission: ClassVar[str] = "people.merge"
    second: ClassVar[bool] = True
    resident_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Resident, self.resident_id, self.version)
        if row.status == BIN:
            raise ConflictError("这位已经在回收站里了。")
        if what := running_registration(uow, row.id):
            raise ConflictError(f"这位还有没结束的{what}。先撤销{what}，再删到回收站。")
        row.status_before, row.status, row.deleted_at = row.status, BIN, uow.now
        leave_head(uow, row.id, row.household_id)
        uow.about("resident", row.id)


@record
class RestoreResident(Command[None]):
    """从回收站找回. Back to what the person was before; a household with a new head keeps that one."""

    label: ClassVar[str] = "从回收站找回"
    permission: ClassVar[str] = "people.merge"
    reach: ClassVar[Reach] = Reach.ALL
    resident_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(Resident, self.resident_id, self.version)
        if row.status != BIN:
            raise ConflictError("这位不在回收站里。")
        row.status, row.status_before, row.deleted_at = row.status_before or PRESENT, "", None
        row.merged_into = None
        if row.relation == "户主" and row.status == PRESENT and row.household_id is not None:
            if other_head(uow, row) is not None:
                raise ConflictError("这一户现在有别的户主了。先把那位改成别的关系，再找回这位。")
            uow.get(Household, row.household_id).head_id = row.id
        uow.about("resident", row.id)


@record
class ExportList(Command[None]):
    """导出名单（打码）. Books that a masked list left the ledger; the file itself is written by the page.

    `sha256` is that of the finished file (32 bytes). The journal keeps the number of rows, which view and chips
    were chosen and that something was searched for; never the words that were searched.
    """

    label: ClassVar[str] = "导出名单（打码）"
    permission: ClassVar[str] = "people.export"
    undoable: ClassVar[bool] = False
    rows: int
    wanted: LedgerFilter
    sha256: bytes

    def execute(self, uow: UnitOfWork) -> None:
        if len(self.sha256) != 32:
            raise ValueError("sha256 has 32 bytes")
        view = self.wanted.view if self.wanted.view in VIEWS else "?"
        chips = {f"tag:{tag}": 1 for tag in sorted(self.wanted.tags) if tag in TAGS}
        chips |= {"grids": len(self.wanted.grids), "min_age": self.wanted.min_age or 0}
        digest = base64.urlsafe_b64encode(self.sha256).decode("ascii").rstrip("=")
        uow.about("export", uow.op_id, f"sha256 {digest}")
        uow.count(
            rows=self.rows,
            masked=1,
            searched=int(not is_blank(self.wanted.query)),
            **{f"view:{view}": 1},
            **chips,
        )
