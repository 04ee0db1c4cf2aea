"""Reading grids, compounds, buildings and doors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.places.models import (
    Building,
    Community,
    Compound,
    Dwelling,
    Grid,
    GridDuty,
    GridDwelling,
)
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record


@record
class GridRow:
    """A grid as lists show it."""

    id: UUID
    name: str
    ordinal: int
    active: bool


@record
class CompoundRow:
    """A compound as lists show it."""

    id: UUID
    name: str


@record
class BuildingRow:
    """A building with its layout; zeros where nobody recorded it."""

    id: UUID
    compound_id: UUID
    compound: str
    name: str
    sort_key: str
    floors: int
    units: int
    doors_per_unit: int
    mirrored: bool
    standing_point: str
    route_order: int


@record
class DoorRow:
    """One door. `door` is how people say it (3-2-501), `door_key` its natural order, `stand` from where one looks."""

    dwelling_id: UUID
    building_id: UUID
    compound: str
    building: str
    unit: str
    floor: str
    room: str
    door: str
    door_key: str
    grid_id: UUID | None
    stand: str


@record
class CommunityRow:
    """The station's community."""

    id: UUID
    version: int
    name: str
    street: str
    area_code: str


def community(session: Session) -> CommunityRow | None:
    """The station's own community; None before set-up named it."""
    row = session.scalar(select(Community).limit(1))
    if row is None:
        return None
    return CommunityRow(row.id, row.version, row.name, row.street, row.area_code)


def grids(session: Session, *, active_only: bool = True) -> tuple[GridRow, ...]:
    """Grids in their natural order."""
    stmt = select(Grid).order_by(Grid.ordinal, Grid.name)
    if active_only:
        stmt = stmt.where(Grid.active)
    return tuple(GridRow(g.id, g.name, g.ordinal, g.active) for g in session.scalars(stmt))


def compounds(session: Session) -> tuple[CompoundRow, ...]:
    """Compounds in the order of their names."""
    stmt = select(Compound).order_by(Compound.name_key, Compound.id)
    return tuple(CompoundRow(c.id, c.name) for c in session.scalars(stmt))


def buildings(session: Session, actor: Actor) -> tuple[BuildingRow, ...]:
    """All buildings, by compound and number."""
    actor.require("places.read")
    return all_buildings(session)


def all_buildings(session: Session) -> tuple[BuildingRow, ...]:
    """The same for code that has checked the rights itself."""
    stmt = (
        select(Building, Compound.name)
        .join(Compound, Compound.id == Building.compound_id)
        .order_by(Building.route_order, Compound.name_key, Building.sort_key, Building.id)
    )
    return tuple(
        BuildingRow(
            b.id,
            b.compound_id,
            compound,
            b.name,
            b.sort_key,
            b.floors,
            b.units,
            b.doors_per_unit,
            b.mirrored,
            b.standing_point,
            b.route_order,
        )
        for b, compound in session.execute(stmt)
    )


_DOOR = (
    select(
        Dwelling.id, Dwelling.building_id, Compound.name, Building.name, Dwelling.unit, Dwelling.floor, Dwelling.room,
        Dwelling.door, Dwelling.door_key, Dwelling.grid_id, Building.standing_point,
    )
    .join(Building, Building.id == Dwelling.building_id)
    .join(Compound, Compound.id == Building.compound_id)
)  # fmt: skip
"""The columns of a `DoorRow`, in its order."""


def door_labels(session: Session, dwelling_ids: Collection[UUID]) -> dict[UUID, DoorRow]:
    """Doors by dwelling id."""
    found: dict[UUID, DoorRow] = {}
    wanted = list(dwelling_ids)
    for start in range(0, len(wanted), 500):
        stmt = _DOOR.where(Dwelling.id.in_(wanted[start : start + 500]))
        found |= {row[0]: DoorRow(*row) for row in session.execute(stmt)}
    return found


def door_named(
    session: Session, compound: str, building: str, unit: str, floor: str, room: str
) -> DoorRow | None:
    """The door of this name; None when nobody has written it down yet."""
    row = session.execute(
        _DOOR.where(
            Compound.name == compound,
            Building.name == building,
            Dwelling.unit == unit,
            Dwelling.floor == floor,
            Dwelling.room == room,
        )
    ).one_or_none()
    return None if row is None else DoorRow(*row)


def grid_workers(session: Session, day: date) -> dict[UUID, UUID]:
    """Who answers for each grid on `day`: the A post."""
    stmt = select(GridDuty.grid_id, GridDuty.account_id).where(GridDuty.post == "A", *_on(day))
    return {row.grid_id: row.account_id for row in session.execute(stmt)}


def grid_duties(session: Session, day: date) -> dict[UUID, dict[str, UUID]]:
    """Who holds the posts A and B of each grid on `day`."""
    found: dict[UUID, dict[str, UUID]] = {}
    stmt = select(GridDuty.grid_id, GridDuty.post, GridDuty.account_id).where(*_on(day))
    for grid_id, post, account_id in session.execute(stmt):
        found.setdefault(grid_id, {})[post] = account_id
    return found


def grids_of_workers(session: Session) -> dict[UUID, tuple[str, ...]]:
    """Names of the grids that each account answers for until further notice, in their natural order."""
    found: dict[UUID, tuple[str, ...]] = {}
    stmt = (
        select(GridDuty.account_id, Grid.name)
        .join(Grid, Grid.id == GridDuty.grid_id)
        .where(GridDuty.last_on.is_(None))
        .order_by(Grid.ordinal)
    )
    for account_id, name in session.execute(stmt):
        found[account_id] = (*found.get(account_id, ()), name)
    return found


def doors_by_grid(session: Session) -> dict[UUID | None, int]:
    """How many doors each grid has; under None those that belong to no grid."""
    stmt = select(Dwelling.grid_id, func.count()).group_by(Dwelling.grid_id)
    return {grid_id: int(count) for grid_id, count in session.execute(stmt)}


def grid_scope(
    session: Session, account_id: UUID, day: date, deputies: Mapping[UUID, UUID]
) -> frozenset[UUID]:
    """Grids an account answers for on `day`: its own, and those of whom it stands in for."""
    for_whom = [account_id, *(away for away, deputy in deputies.items() if deputy == account_id)]
    stmt = select(GridDuty.grid_id).where(GridDuty.account_id.in_(for_whom), *_on(day))
    return frozenset(session.scalars(stmt))


def _on(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return GridDuty.first_on <= day, or_(GridDuty.last_on.is_(None), GridDuty.last_on >= day)


def counts(session: Session) -> dict[str, int]:
    """How many grids, compounds, buildings and doors there are."""
    return {
        model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Grid, Compound, Building, Dwelling)
    }


def grid_spans(session: Session) -> Sequence[tuple[UUID, UUID, date, date | None]]:
    """Door, its grid, first and last day (None: still): to which grid each door ever belonged."""
    d = GridDwelling
    return session.execute(select(d.dwelling_id, d.grid_id, d.first_on, d.last_on)).all()


def grids_of_building(session: Session, building_id: UUID) -> frozenset[UUID]:
    """The grids that doors of this building belong to; more than one where a grid's edge runs through it."""
    stmt = select(Dwelling.grid_id).where(Dwelling.building_id == building_id, Dwelling.grid_id.is_not(None))
    return frozenset(grid_id for grid_id in session.scalars(stmt.distinct()) if grid_id is not None)
