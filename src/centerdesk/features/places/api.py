"""What the rest of the program may ask of places. Rules and commands load with the first of them: a start reads."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from centerdesk.features.places.queries import (
    BuildingRow,
    CommunityRow,
    CompoundRow,
    DoorRow,
    GridRow,
    all_buildings,
    community,
    compounds,
    counts,
    door_labels,
    door_named,
    doors_by_grid,
    grid_duties,
    grid_scope,
    grid_spans,
    grid_workers,
    grids,
    grids_of_building,
    grids_of_workers,
)

if TYPE_CHECKING:
    from centerdesk.features.places.commands import (
        AddCompound,
        AddGrid,
        FoundDuty,
        FoundPlaces,
        LayOutBuilding,
        PlaceBook,
        add_compound,
        add_grid,
    )
    from centerdesk.features.places.rules import Door, parse_door

__all__ = [
    "AddCompound",
    "AddGrid",
    "BuildingRow",
    "CommunityRow",
    "CompoundRow",
    "Door",
    "DoorRow",
    "FoundDuty",
    "FoundPlaces",
    "GridRow",
    "LayOutBuilding",
    "PlaceBook",
    "add_compound",
    "add_grid",
    "all_buildings",
    "community",
    "compounds",
    "counts",
    "door_labels",
    "door_named",
    "doors_by_grid",
    "grid_duties",
    "grid_scope",
    "grid_spans",
    "grid_workers",
    "grids",
    "grids_of_building",
    "grids_of_workers",
    "parse_door",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(name)
        module = "rules" if name in ("Door", "parse_door") else "commands"
        return getattr(import_module(f"centerdesk.features.places.{module}"), name)
