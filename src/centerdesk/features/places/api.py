"""What the rest of the program may ask of places."""

from centerdesk.features.places.commands import (
    FoundDuty,
    FoundPlaces,
    LayOutBuilding,
    PlaceBook,
    add_compound,
    add_grid,
)
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
    grid_scope,
    grid_workers,
    grids,
    grids_of_dwellings,
)
from centerdesk.features.places.rules import Door, parse_door

__all__ = [
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
    "grid_scope",
    "grid_workers",
    "grids",
    "grids_of_dwellings",
    "parse_door",
]
