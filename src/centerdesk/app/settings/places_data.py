"""Grids with who answers for them, compounds, and buildings with their layout, for the settings page."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record

POSTS = ("A", "B")
"""First, and who stands in."""


@record
class GridLine:
    """One grid: who answers for it (A), who stands in (B), how many doors."""

    id: UUID
    name: str
    duties: tuple[UUID | None, UUID | None]
    doors: int


@record
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
    doors = places.doors_by_grid(session)
    held = places.grid_duties(session, day)
    buildings = places.all_buildings(session)
    houses = Counter(row.compound_id for row in buildings)
    workers = tuple(
        (row.id, row.name)
        for row in staff.list_accounts(session)
        if set(row.roles) & {"grid_worker", "secretary", "front_desk"}
    )
    return PlacesView(
        tuple(
            GridLine(g.id, g.name, (posts.get("A"), posts.get("B")), doors.get(g.id, 0))
            for g in places.grids(session)
            for posts in [held.get(g.id, {})]
        ),
        tuple((c.id, c.name, houses[c.id]) for c in places.compounds(session)),
        buildings,
        workers,
        sum(doors.values()),
    )
