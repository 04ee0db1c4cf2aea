"""What can be done with places; and the book that finds or makes doors for an import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import func, select

from centerdesk.features.places.models import (
    Building,
    Community,
    Compound,
    Dwelling,
    Grid,
    GridDuty,
    GridDwelling,
)
from centerdesk.features.places.rules import Door
from centerdesk.features.staff.api import FOUND
from centerdesk.kernel.chinese import name_key, natural_key
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record

BEGINNING = date(1900, 1, 1)
"""From-date of what was so before anybody wrote it down: imported doors belong to their grid since then."""


def add_grid(uow: UnitOfWork, name: str) -> UUID:
    """The grid of this name, made when there is none. Raises ValidationError."""
    name = name.strip()
    if not name or len(name) > 40:
        raise ValidationError({"name": "请填网格名，不超过 40 个字。"})
    found = uow.session.scalar(select(Grid.id).where(Grid.name == name))
    if found is not None:
        return found
    last = uow.session.scalar(select(func.max(Grid.ordinal))) or 0
    return uow.add(Grid(name=name, ordinal=last + 1, kind="城市", active=True)).id


def add_compound(uow: UnitOfWork, name: str) -> UUID:
    """The compound of this name, made when there is none. Raises ValidationError."""
    name = name.strip()
    if not name or len(name) > 40:
        raise ValidationError({"name": "请填小区名，不超过 40 个字。"})
    found = uow.session.scalar(select(Compound.id).where(Compound.name == name))
    return found or uow.add(Compound(name=name, name_key=name_key(name))).id


def assign_grid(uow: UnitOfWork, grid_id: UUID, account_id: UUID, post: str = "A") -> UUID:
    """Make an account answer for a grid from today; whoever held the post until now ends yesterday."""
    day = today(uow.clock)
    for old in uow.session.scalars(
        select(GridDuty).where(GridDuty.grid_id == grid_id, GridDuty.post == post, GridDuty.last_on.is_(None))
    ).all():
        if old.account_id == account_id:
            return old.id
        old.last_on = date.fromordinal(day.toordinal() - 1)
    return uow.add(GridDuty(grid_id=grid_id, account_id=account_id, post=post, first_on=day)).id


@record
class FoundPlaces(Command[None]):
    """建站地方. Community, grids and compounds named at set-up; names that exist already are left alone."""

    label: ClassVar[str] = "建社区和网格"
    permission: ClassVar[str] = FOUND
    undoable: ClassVar[bool] = False
    community: str
    street: str = ""
    area_code: str = ""
    grids: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.session.scalar(select(Community).limit(1))
        if row is None:
            uow.add(Community(name=self.community, street=self.street, area_code=self.area_code))
        else:
            row.name, row.street, row.area_code = self.community, self.street, self.area_code
        for grid in self.grids:
            add_grid(uow, grid)
        for compound in self.compounds:
            add_compound(uow, compound)


@record
class FoundDuty(Command[UUID]):
    """建站责任. Who answers for a grid, named at set-up."""

    label: ClassVar[str] = "定网格责任人"
    permission: ClassVar[str] = FOUND
    undoable: ClassVar[bool] = False
    grid_id: UUID
    account_id: UUID
    post: str = "A"

    def execute(self, uow: UnitOfWork) -> UUID:
        return assign_grid(uow, self.grid_id, self.account_id, self.post)


@record
class AddGrid(Command[UUID]):
    """新网格."""

    label: ClassVar[str] = "新增网格"
    permission: ClassVar[str] = "places.write"
    name: str

    def execute(self, uow: UnitOfWork) -> UUID:
        return add_grid(uow, self.name)


@record
class AddCompound(Command[UUID]):
    """新小区."""

    label: ClassVar[str] = "新增小区"
    permission: ClassVar[str] = "places.write"
    name: str

    def execute(self, uow: UnitOfWork) -> UUID:
        return add_compound(uow, self.name)


@record
class AssignGrid(Command[UUID]):
    """定责任人. From today; the previous holder's duty ends yesterday."""

    label: ClassVar[str] = "定网格责任人"
    permission: ClassVar[str] = "places.write"
    grid_id: UUID
    account_id: UUID
    post: str = "A"

    def execute(self, uow: UnitOfWork) -> UUID:
        return assign_grid(uow, self.grid_id, self.account_id, self.post)


@record
class LayOutBuilding(Command[None]):
    """录格局. Floors, units, doors a unit, and where one stands to look at the house."""

    label: ClassVar[str] = "录楼栋格局"
    permission: ClassVar[str] = "places.write"
    building_id: UUID
    floors: int
    units: int
    doors_per_unit: int
    standing_point: str = ""
    route_order: int = 0
    mirrored: bool = False

    def execute(self, uow: UnitOfWork) -> None:
        if not (1 <= self.floors <= 60 and 1 <= self.units <= 20 and 1 <= self.doors_per_unit <= 12):
            raise ValidationError({"floors": "层数 1–60，单元 1–20，每单元每层 1–12 户。请照实改。"})
        row = uow.get(Building, self.building_id)
        row.floors, row.units, row.doors_per_unit = self.floors, self.units, self.doors_per_unit
        row.standing_point, row.route_order = self.standing_point, self.route_order
        row.mirrored = self.mirrored
        uow.about("building", row.id)


@dataclass(slots=True)
class _Known:
    dwelling_id: UUID
    grid_id: UUID | None
    unwritten: dict[str, Any] | None = None


class PlaceBook:
    """Finds doors, and makes those that are missing, for one import; everything new goes in by `flush`.

    `only`: compound and building of the one house that will be asked for; without it all doors of the station
    are read. Compounds must exist. A door's grid is set when it had none; another grid than the known one is
    kept as it is, because a grid change is a decision with a date.
    """

    def __init__(self, uow: UnitOfWork, only: tuple[str, str] | None = None) -> None:
        self._uow = uow
        s = uow.session
        self._compounds = {name: cid for cid, name in s.execute(select(Compound.id, Compound.name))}
        self._buildings = {
            (b.compound_id, b.name): b.id
            for b in s.execute(select(Building.compound_id, Building.name, Building.id))
        }
        columns = (Dwelling.building_id, Dwelling.unit, Dwelling.floor, Dwelling.room)
        doors = select(*columns, Dwelling.id, Dwelling.grid_id)
        if only is not None:
            house = self._buildings.get((self._compounds.get(only[0]), only[1]))
            doors = doors.where(Dwelling.building_id == house)
        self._dwellings = {tuple(row[:4]): _Known(row[4], row[5]) for row in s.execute(doors)}
        self._new: dict[type[Any], list[dict[str, Any]]] = {Building: [], Dwelling: [], GridDwelling: []}

    def dwelling(
        self, compound: str, building: str, unit: str, floor: str, room: str, grid_id: UUID | None
    ) -> UUID | None:
        """The door's id; None when the compound is not known or no building is named."""
        compound_id = self._compounds.get(compound)
        if compound_id is None or not building:
            return None
        building_id = self._building(compound_id, building)
        known = self._dwellings.get((building_id, unit, floor, room))
        if known is None:
            known = self._make(compound, building, building_id, unit, floor, room, grid_id)
        elif known.grid_id is None and grid_id is not None:
            known.grid_id = grid_id
            if known.unwritten is not None:
                known.unwritten["grid_id"] = grid_id
            else:
                self._uow.get(Dwelling, known.dwelling_id).grid_id = grid_id
            self._belongs(known.dwelling_id, grid_id)
        return known.dwelling_id

    def _building(self, compound_id: UUID, name: str) -> UUID:
        building_id = self._buildings.get((compound_id, name))
        if building_id is None:
            building_id = self._buildings[compound_id, name] = uuid7()
            self._new[Building].append(
                {
                    "id": building_id,
                    "compound_id": compound_id,
                    "name": name,
                    "sort_key": natural_key(name),
                    "floors": 0,
                    "units": 0,
                    "doors_per_unit": 0,
                    "mirrored": False,
                    "standing_point": "",
                    "route_order": 0,
                }
            )
        return building_id

    def _make(
        self,
        compound: str,
        building: str,
        building_id: UUID,
        unit: str,
        floor: str,
        room: str,
        grid_id: UUID | None,
    ) -> _Known:
        door = Door(building, unit or None, floor or None, room or None)
        row: dict[str, Any] = {
            "id": uuid7(),
            "building_id": building_id,
            "unit": unit,
            "floor": floor,
            "room": room,
            "door": door.text,
            "door_key": f"{name_key(compound)} {door.sort_key}",
            "grid_id": grid_id,
        }
        self._new[Dwelling].append(row)
        known = self._dwellings[building_id, unit, floor, room] = _Known(row["id"], grid_id, row)
        if grid_id is not None:
            self._belongs(known.dwelling_id, grid_id)
        return known

    def _belongs(self, dwelling_id: UUID, grid_id: UUID) -> None:
        self._new[GridDwelling].append(
            {"dwelling_id": dwelling_id, "grid_id": grid_id, "first_on": BEGINNING, "last_on": None}
        )

    def flush(self) -> None:
        """Write what is new, parents first."""
        for model, rows in self._new.items():
            if rows:
                self._uow.bulk_insert(model, rows)
                rows.clear()
        for known in self._dwellings.values():
            known.unwritten = None
