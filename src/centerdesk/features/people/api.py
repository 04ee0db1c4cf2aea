"""What the features above may ask of people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import CareFact, Contact, Household, Resident, ResidentTag
from centerdesk.features.people.rules import PRESENT, age_on, years_before
from centerdesk.features.people.rules_proposals import ENROL, PAUSE, WITHDRAW
from centerdesk.features.places import api as places
from centerdesk.kernel import search
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.record import record

__all__ = [
    "ENROL",
    "PAUSE",
    "PRESENT",
    "WITHDRAW",
    "CareFactRow",
    "ContactRow",
    "PersonRow",
    "age_on",
    "alone_elders",
    "care_facts",
    "contacts",
    "count_indexed",
    "count_residents",
    "count_strayed",
    "find_by_id_no",
    "find_many_by_id_no",
    "persons",
]


@record
class PersonRow:
    """A person as other features show them; numbers masked."""

    id: UUID
    name: str
    sex: int
    birth_on: date | None
    status: str
    residence: str
    household_id: UUID | None
    dwelling_id: UUID | None
    compound: str
    building_id: UUID | None
    building: str
    unit: str
    floor: str
    room: str
    door: str
    door_key: str
    grid_id: UUID | None
    tags: tuple[str, ...]
    id_mask: str
    phone_mask: str


@record
class ContactRow:
    """联系人. In calling order; the number is masked."""

    name: str
    relation: str
    phone_mask: str
    has_key: bool
    minutes_away: int | None


@record
class CareFactRow:
    """照护要点. What whoever knocks must know."""

    key_place: str
    illness: str
    hearing: str
    pets: str
    dialect: str


def persons(session: Session, ids: Collection[UUID], day: date) -> dict[UUID, PersonRow]:
    """Persons by id, with their doors and the tags they hold on `day`. The caller checks the rights."""
    wanted = list(ids)
    found: dict[UUID, PersonRow] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = session.execute(
            select(Resident, Household.dwelling_id)
            .outerjoin(Household, Household.id == Resident.household_id)
            .where(Resident.id.in_(chunk))
        ).all()
        doors = places.door_labels(session, {r.dwelling_id for r in rows if r.dwelling_id})
        tags = _tags(session, chunk, day)
        for r, dwelling_id in rows:
            found[r.id] = _person(r, doors.get(dwelling_id) if dwelling_id else None, tags.get(r.id, ()))
    return found


def _tags(session: Session, ids: Collection[UUID], day: date) -> dict[UUID, tuple[str, ...]]:
    stmt = select(ResidentTag.resident_id, ResidentTag.tag).where(
        ResidentTag.resident_id.in_(ids),
        or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
        or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for resident_id, tag in session.execute(stmt.order_by(ResidentTag.id)):
        found[resident_id] = (*found.get(resident_id, ()), tag)
    return found


def _person(r: Resident, d: places.DoorRow | None, tags: tuple[str, ...]) -> PersonRow:
    return PersonRow(
        id=r.id, name=r.name, sex=r.sex, birth_on=r.birth_on, status=r.status, residence=r.residence,
        household_id=r.household_id, dwelling_id=d.dwelling_id if d else None, compound=d.compound if d else "",
        building_id=d.building_id if d else None, building=d.building if d else "", unit=d.unit if d else "",
        floor=d.floor if d else "", room=d.room if d else "", door=d.door if d else "",
        door_key=d.door_key if d else "", grid_id=d.grid_id if d else None, tags=tags, id_mask=r.id_mask,
        phone_mask=r.phone_mask,
    )  # fmt: skip


def find_by_id_no(session: Session, ring: KeyRing, id_no: str) -> UUID | None:
    """The resident with this canonical 18-character number."""
    return find_many_by_id_no(session, ring, [id_no]).get(id_no)


def find_many_by_id_no(session: Session, ring: KeyRing, numbers: Collection[str]) -> dict[str, UUID]:
    """Residents by number; numbers nobody has are left out."""
    digests = {ring.cipher.digest(n, "id_no"): n for n in numbers}
    found: dict[str, UUID] = {}
    keys = list(digests)
    for start in range(0, len(keys), 500):
        stmt = select(Resident.id_digest, Resident.id).where(
            Resident.id_digest.in_(keys[start : start + 500])
        )
        found |= {digests[digest]: resident_id for digest, resident_id in session.execute(stmt) if digest}
    return found


def contacts(session: Session, resident_id: UUID) -> tuple[ContactRow, ...]:
    """Whom to call for an elder, in order."""
    stmt = select(Contact).where(Contact.resident_id == resident_id).order_by(Contact.ordinal)
    return tuple(
        ContactRow(c.name, c.relation, c.phone_mask, c.has_key, c.minutes_away) for c in session.scalars(stmt)
    )


def care_facts(session: Session, resident_id: UUID) -> CareFactRow | None:
    """The care facts of an elder; None when nobody wrote any down."""
    c = session.scalar(select(CareFact).where(CareFact.resident_id == resident_id))
    return None if c is None else CareFactRow(c.key_place, c.illness, c.hearing, c.pets, c.dialect)


def alone_elders(session: Session, day: date) -> frozenset[UUID]:
    """独居老人: present on `day`, 常住, sixty or older, with the tag 独居 on that day. The one definition."""
    stmt = (
        select(Resident.id)
        .join(ResidentTag, ResidentTag.resident_id == Resident.id)
        .where(
            Resident.status == PRESENT,
            Resident.residence == "常住",
            Resident.birth_on <= years_before(day, 60),
            ResidentTag.tag == "独居",
            or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
            or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
        )
    )
    return frozenset(session.scalars(stmt))


def count_residents(session: Session) -> int:
    """Rows of the ledger, those who left or were removed among them: a figure of the station, not of a grid."""
    return session.scalar(select(func.count()).select_from(Resident)) or 0


def count_indexed(session: Session) -> int:
    """Residents that the search index knows; in a sound station as many as there are."""
    assert Resident.search_kind is not None
    return search.count_entries(session, Resident.search_kind)


def count_strayed(session: Session) -> int:
    """Residents whose household is gone; in a sound station none."""
    stmt = (
        select(func.count())
        .select_from(Resident)
        .outerjoin(Household, Household.id == Resident.household_id)
        .where(Resident.household_id.is_not(None), Household.id.is_(None))
    )
    return session.scalar(stmt) or 0
