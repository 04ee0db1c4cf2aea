"""Tables of places: 区→街道→社区→网格 and 小区→楼栋→单元→室."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from centerdesk.kernel.orm import Base, Tracked, batch_index, mapped_column


class Community(Tracked, Base):
    """社区. The station's own community with its street and district; exactly one row."""

    __tablename__ = "community"
    name: Mapped[str] = mapped_column(String(60))
    street: Mapped[str] = mapped_column(String(60))
    area_code: Mapped[str] = mapped_column(String(12))  # GB/T 2260, or the 9 or 12 digit statistical code


class Grid(Tracked, Base):
    """网格. The smallest unit somebody answers for. `kind`: 城市 农村 商业 专属."""

    __tablename__ = "grid"
    name: Mapped[str] = mapped_column(String(40), unique=True)
    ordinal: Mapped[int] = mapped_column()  # the natural order: 第二网格 before 第十网格
    kind: Mapped[str] = mapped_column(String(10), default="城市")
    active: Mapped[bool] = mapped_column(default=True)


class GridDuty(Tracked, Base):
    """责任人. Who answers for a grid, from/to inclusive; `post` A is the first, B stands in."""

    __tablename__ = "grid_duty"
    grid_id: Mapped[UUID] = mapped_column(ForeignKey("grid.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    post: Mapped[str] = mapped_column(String(1), default="A")
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date | None] = mapped_column()
    __table_args__ = (Index(None, "account_id"), Index(None, "grid_id", "post"))


class Compound(Tracked, Base):
    """小区. A housing estate."""

    __tablename__ = "compound"
    name: Mapped[str] = mapped_column(String(40), unique=True)
    name_key: Mapped[str] = mapped_column(String(80))


class Building(Tracked, Base):
    """楼栋. `floors`, `units`, `doors_per_unit` are its layout for the façade; 0 where not recorded yet.

    `mirrored`: unit 1 stands at the right as one sees the house from its standing point.
    """

    __tablename__ = "building"
    compound_id: Mapped[UUID] = mapped_column(ForeignKey("compound.id"))
    name: Mapped[str] = mapped_column(String(20))  # "3"
    sort_key: Mapped[str] = mapped_column(String(40))
    floors: Mapped[int] = mapped_column(default=0)
    units: Mapped[int] = mapped_column(default=0)
    doors_per_unit: Mapped[int] = mapped_column(default=0)
    mirrored: Mapped[bool] = mapped_column(default=False)
    standing_point: Mapped[str] = mapped_column(String(40), default="")
    route_order: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("compound_id", "name"), batch_index("building"))


class Dwelling(Tracked, Base):
    """房屋. One door. `door` is how people say it: 3-2-501; `floor` is text because 5楼西 has no number."""

    __tablename__ = "dwelling"
    building_id: Mapped[UUID] = mapped_column(ForeignKey("building.id"))
    unit: Mapped[str] = mapped_column(String(10), default="")
    floor: Mapped[str] = mapped_column(String(10), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    door: Mapped[str] = mapped_column(String(60))
    door_key: Mapped[str] = mapped_column(String(80))  # natural order within the station
    grid_id: Mapped[UUID | None] = mapped_column(ForeignKey("grid.id"))  # today's row of grid_dwelling
    __table_args__ = (
        UniqueConstraint("building_id", "unit", "floor", "room"),
        Index(None, "door_key", "id"),
        Index(None, "grid_id"),
        batch_index("dwelling"),
    )


class GridDwelling(Tracked, Base):
    """网格归属. Which grid a door belongs to, from/to inclusive: a split keeps the old months reproducible."""

    __tablename__ = "grid_dwelling"
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwelling.id"))
    grid_id: Mapped[UUID] = mapped_column(ForeignKey("grid.id"))
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date | None] = mapped_column()
    __table_args__ = (
        Index(None, "dwelling_id", "first_on"),
        Index(None, "grid_id"),
        batch_index("grid_dwelling"),
    )
