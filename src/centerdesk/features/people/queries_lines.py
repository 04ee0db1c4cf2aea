"""What the lines of the ledger are read from, and what view and chips ask of a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select

from centerdesk.features.people.models import Household, Resident, ResidentTag
from centerdesk.features.people.rules import BIN, PRESENT, STALE_DAYS, years_before
from centerdesk.features.places.models import Building, Compound, Dwelling, Grid
from centerdesk.kernel.identity import Actor

if TYPE_CHECKING:
    from centerdesk.features.people.queries import LedgerFilter

DOOR = (Dwelling.door, Compound.name.label("compound"), Grid.name.label("grid"))
LINE = (
    Resident.id, Resident.version, Resident.sort_key, Resident.name, Resident.sex, Resident.birth_on,
    Resident.id_mask, Resident.phone_mask, Resident.residence, Resident.status, Resident.verified_on,
)  # fmt: skip
"""What a line of the ledger shows of a person: whole records would cost a page of them 10 ms."""


def base(actor: Actor) -> Any:
    """Residents with their door, as far as the actor may see."""
    grids = actor.grids("people.find")
    stmt = with_doors(select(Resident, *DOOR))
    return stmt if grids is None else stmt.where(Dwelling.grid_id.in_(grids))


def with_doors(stmt: Any) -> Any:
    return (
        stmt.outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
        .outerjoin(Building, Building.id == Dwelling.building_id)
        .outerjoin(Compound, Compound.id == Building.compound_id)
        .outerjoin(Grid, Grid.id == Dwelling.grid_id)
    )


def conditions(wanted: LedgerFilter, day: date) -> list[ColumnElement[bool]]:
    """View and chips; the search is not among them."""
    found = [in_view(wanted.view, day)]
    if wanted.tags:
        found.append(Resident.id.in_(_tagged(wanted.tags, day)))
    if wanted.grids:
        found.append(Dwelling.grid_id.in_(wanted.grids))
    if wanted.min_age is not None:
        found.append(Resident.birth_on <= years_before(day, wanted.min_age))
    return found


def fitting(grids: frozenset[UUID] | None, asked: LedgerFilter, day: date) -> list[ColumnElement[bool]]:
    own = [] if grids is None else [Dwelling.grid_id.in_(grids)]
    return [*conditions(asked, day), *own]


def _tagged(tags: frozenset[str], day: date) -> Select[Any]:
    return select(ResidentTag.resident_id).where(
        ResidentTag.tag.in_(tags),
        or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
        or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
    )


def in_view(view: str, day: date) -> ColumnElement[bool]:
    if view == "bin":
        return Resident.status == BIN
    present = Resident.status == PRESENT
    if view == "alone":
        return and_(
            present,
            Resident.residence == "常住",
            Resident.birth_on <= years_before(day, 60),
            Resident.id.in_(_tagged(frozenset({"独居"}), day)),
        )
    if view == "aged80":
        return and_(present, Resident.birth_on <= years_before(day, 80))
    if view == "stale":
        limit = day - timedelta(days=STALE_DAYS)
        return and_(present, or_(Resident.verified_on.is_(None), Resident.verified_on < limit))
    if view == "separated":
        return and_(present, Resident.residence == "人户分离")
    if view == "moved_in":
        return and_(present, Resident.move_in_on >= day.replace(day=1), Resident.move_in_on <= day)
    return and_(present, _born_in_week(day)) if view == "birthday" else present


def _born_in_week(day: date) -> ColumnElement[bool]:
    """A birthday on one of the seven days from `day` on; as text, which costs two thirds of taking dates apart."""
    week = [f"{day + timedelta(days=n):%m-%d}" for n in range(7)]
    return func.substr(cast(Resident.birth_on, String), 6).in_(week)


ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Resident.__table__.c.sort_key,
    "age": func.coalesce(Resident.birth_on, date.max),
    "door": func.coalesce(Dwelling.door_key, "\U0010ffff"),
    "verified": func.coalesce(Resident.verified_on, date.min),
}
"""What each column sorts by. Older people come first when ages rise, homes without a door last."""
