"""Grids with who answers for them, compounds, and buildings with their layout, for the settings page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.places import api as places
from centerdesk.features.places.models import Dwelling, GridDuty
from centerdesk.features.staff import api as staff
from centerdesk.kernel.identity import Actor

POSTS = ("A", "B")
"""First, and who stands in."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """One grid: who answers for it (A), who stands in (B), how many doors."""

    id: UUID
    name: str
    duties: tuple[UUID | None, UUID | None]
    doors: int


@dataclass(frozen=True, slots=True)
class PlacesView:
    """Everything of the section. `workers`: accounts that may hold a grid, in the order of their names."""

    grids: tuple[GridLine, ...]
    compounds: tuple[tuple[UUID, str, int], ...]
    buildings: tuple[places.BuildingRow, ...]
    workers: tuple[tuple[UUID, str], ...]
    doors: int

    def name_of(self, account_id: UUID | None) -> str:
        """Of a person who holds a grid; "" for nobody."""
        return next((name for key, name in self.workers if key == account_id), "")


def read_places(session: Session, actor: Actor, day: date) -> PlacesView:
    """Read lane. Raises PermissionDenied."""
    actor.require("places.read")
    duties = _duties(session, day)
    doors: Counter[UUID | None] = Counter()
    for grid_id, count in session.execute(select(Dwelling.grid_id, func.count()).group_by(Dwelling.grid_id)):
        doors[grid_id] = count
    buildings = places.all_buildings(session)
    houses = Counter(row.compound_id for row in buildings)
    workers = tuple(
        (row.id, row.name)
        for row in staff.list_accounts(session)
        if set(row.roles) & {"grid_worker", "secretary", "front_desk"}
    )
    return PlacesView(
        tuple(
            GridLine(g.id, g.name, (duties.get((g.id, "A")), duties.get((g.id, "B"))), doors[g.id])
            for g in places.grids(session)
        ),
        tuple((c.id, c.name, houses[c.id]) for c in places.compounds(session)),
        buildings,
        workers,
        sum(doors.values()),
    )


def _duties(session: Session, day: date) -> dict[tuple[UUID, str], UUID]:
    stmt = select(GridDuty.grid_id, GridDuty.post, GridDuty.account_id).where(
        GridDuty.first_on <= day, or_(GridDuty.last_on.is_(None), GridDuty.last_on >= day)
    )
    return {(grid, post): account for grid, post, account in session.execute(stmt)}
