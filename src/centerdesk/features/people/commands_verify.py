"""核实 for many households at once: a grid worker's day of visits, booked from one list."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.models import Household, Resident
from centerdesk.features.people.rules import PRESENT
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import CHUNK, Command, UnitOfWork
from centerdesk.kernel.record import record


@record
class VerifyHouseholds(Command[int]):
    """多户核实无变化. Everybody present in these households was asked today; answers how many persons."""

    label: ClassVar[str] = "多户核实无变化"
    permission: ClassVar[str] = "people.write"
    household_ids: tuple[UUID, ...]

    def execute(self, uow: UnitOfWork) -> int:
        day, count = today(uow.clock), 0
        for start in range(0, len(self.household_ids), CHUNK):
            chunk = self.household_ids[start : start + CHUNK]
            households = uow.session.scalars(select(Household).where(Household.id.in_(chunk))).all()
            doors = places.door_labels(uow.session, {h.dwelling_id for h in households if h.dwelling_id})
            for household in households:
                door = doors.get(household.dwelling_id) if household.dwelling_id else None
                uow.actor.require_grid(self.permission, door.grid_id if door else None)
                household.verified_on, household.verified_by = day, uow.actor.account_id
            residents = uow.session.scalars(
                select(Resident).where(Resident.household_id.in_(chunk), Resident.status == PRESENT)
            ).all()
            for resident in residents:
                resident.verified_on = day
            count += len(residents)
            uow.checkpoint(start + len(chunk), len(self.household_ids))
        uow.count(verified=count)
        return count
