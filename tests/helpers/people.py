"""Made-up people: numbers are computed, names put together; nobody living is described."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.places import api as places
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.idnumber import CHECK_CHARACTERS, WEIGHTS
from tests.helpers.station import StationFixture

COMPOUND = "云和里"


def id_number(birth: date, serial: int = 1, sex: int = 2, area: str = "230811") -> str:
    """A number that adds up; `sex` 1 or 2."""
    digits = f"{area}{birth:%Y%m%d}{serial:02d}{sex:d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + CHECK_CHARACTERS[total % 11]


@dataclass(frozen=True)
class Town:
    """Two grids of one compound: building 3 belongs to the first, building 5 to the second."""

    station: StationFixture
    grid_a: UUID
    grid_b: UUID

    def add(self, name: str = "李桂兰", **values: Any) -> UUID:
        """Register somebody in 3-2-501 unless told otherwise."""
        return self.station.run(AddResident(draft(name, **values)))

    def version(self, resident_id: UUID) -> int:
        from centerdesk.features.people.models import Resident

        return self.row(Resident, resident_id).version

    def row(self, model: Any, row_id: UUID) -> Any:
        with self.station.read() as session:
            found = session.get(model, row_id)
            assert found is not None
            return found


def draft(name: str = "李桂兰", **values: Any) -> ResidentDraft:
    defaults: dict[str, Any] = {"compound": COMPOUND, "door": "3-2-501"}
    return ResidentDraft(name=name, **{**defaults, **values})


def make_town(station: StationFixture) -> Town:
    """Grids, a compound and two buildings whose doors have a grid."""
    station.sign_in("secretary")
    grid_a, grid_b = (station.run(places.AddGrid(name)) for name in ("云和一网格", "云和二网格"))
    station.run(places.AddCompound(COMPOUND))
    station.run(LayOutDoors(((COMPOUND, "3", grid_a), (COMPOUND, "5", grid_b))))
    return Town(station, grid_a, grid_b)


@dataclass(frozen=True, slots=True)
class LayOutDoors(Command[None]):
    """One door of each building, so that the building has a grid."""

    label: ClassVar[str] = "试：排门牌"
    permission: ClassVar[str] = "places.write"
    buildings: tuple[tuple[str, str, UUID], ...]

    def execute(self, uow: UnitOfWork) -> None:
        book = places.PlaceBook(uow)
        for compound, building, grid_id in self.buildings:
            book.dwelling(compound, building, "1", "1", "101", grid_id)
        book.flush()
