"""Houses of the board from the façade as it was read: windows with number and words, lettered pins. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from centerdesk.features.checkins.queries import FacadeRow, RoundRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.ui.words import door_words, glyph, house_words, row_words
from centerdesk.qtkit.painted.house import BuildingView, WindowView

_WORST_FIRST = (HELP, NOT_OK, UNSEEN, UNCLEAR, DUE, PAUSED, OK)
"""Which state a door shows behind which two elders are enrolled."""


@dataclass(frozen=True)
class Houses:
    """楼面 of one route. `window_of`: the window that stands for a check, where two share a door."""

    views: tuple[BuildingView, ...]
    window_of: Mapping[UUID, UUID]
    pin_of: Mapping[UUID, str]

    def page_names(self) -> tuple[str, ...]:
        return tuple(view.name for view in self.views)


def build(
    facades: Sequence[FacadeRow], rows: Sequence[RoundRow], numbers: Mapping[UUID, str], slot: str
) -> Houses:
    """The houses that hold windows of these rows, in the order of the walk."""
    fresh = {row.check_id: row for row in rows}
    order = list(dict.fromkeys(row.building_id for row in rows))
    by_id = {house.building_id: house for house in facades}
    many = len({row.compound for row in rows}) > 1
    pins: dict[str, str] = {}
    views: list[BuildingView] = []
    window_of: dict[UUID, UUID] = {}
    pin_of: dict[UUID, str] = {}
    for building_id in order:
        house = by_id.get(building_id) if building_id is not None else None
        if house is None:
            continue
        stand = next((r.stand for r in rows if r.building_id == building_id and r.stand), "")
        pin = pins.setdefault(stand or str(building_id), chr(ord("A") + len(pins) % 26))
        windows = list(_windows(house, fresh, numbers, slot, window_of))
        pin_of |= {check: pin for check, row in fresh.items() if row.building_id == building_id}
        views.append(_view(house, tuple(windows), pin, many))
    return Houses(tuple(views), window_of, pin_of)


def _view(house: FacadeRow, windows: tuple[WindowView, ...], pin: str, many: bool) -> BuildingView:
    name = house_words(house.building)
    return BuildingView(
        f"{house.compound} {name}" if many else name,
        house.floors,
        house.units,
        house.doors_per_unit,
        windows,
        pin,
        house.mirrored,
    )


def _windows(
    house: FacadeRow,
    fresh: Mapping[UUID, RoundRow],
    numbers: Mapping[UUID, str],
    slot: str,
    window_of: dict[UUID, UUID],
) -> Iterable[WindowView]:
    cells: dict[tuple[int, int, int], list[RoundRow]] = {}
    for cell in house.cells:
        if (row := fresh.get(cell.row.check_id)) is not None:
            cells.setdefault((cell.floor, cell.unit, cell.place), []).append(row)
    for (floor, unit, place), shared in cells.items():
        shown = shared[0].check_id
        window_of.update((row.check_id, shown) for row in shared)
        worst = min(shared, key=lambda row: _WORST_FIRST.index(row.state))
        yield WindowView(
            shown,
            floor,
            unit,
            place,
            glyph(worst.state, slot),
            numbers.get(worst.check_id, ""),
            door_words(worst.building, worst.unit, worst.room, worst.door),
            "；".join(row_words(row, slot, numbers.get(row.check_id, "")) for row in shared),
        )
