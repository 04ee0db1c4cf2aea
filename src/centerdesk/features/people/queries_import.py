"""Comparing a roster with the ledger: who is new, who changed and in what, who is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.rules import BIN
from centerdesk.features.places import api as places
from centerdesk.kernel.cipher import FieldCipher
from centerdesk.kernel.record import record

CHUNK = 500

FIELDS = {
    "name": "姓名",
    "relation": "与户主关系",
    "ethnic": "民族",
    "political": "政治面貌",
    "residence": "人户情况",
    "move_in_on": "迁入日期",
    "remark": "备注",
    "tags_free": "其他标签",
    "phones": "电话",
    "tags": "标签",
    "door": "门牌",
}
"""What an import may change, and what people call it."""


@record
class Match:
    """A person of the file who is in the ledger already; `fields` would change (empty: the same)."""

    resident_id: UUID
    household_id: UUID | None
    fields: tuple[str, ...]


@dataclass
class Comparison:
    """By index into the persons taken. Whoever is in no match is new."""

    matches: dict[int, Match] = field(default_factory=dict)
    persons: int = 0
    doors: dict[str, Address] = field(default_factory=dict)
    """Household of the file → where it lives: the first door written for it that can be booked."""

    @property
    def counts(self) -> dict[str, int]:
        changed = sum(1 for m in self.matches.values() if m.fields)
        same = len(self.matches) - changed
        return {"new": self.persons - len(self.matches), "changed": changed, "same": same}


def compare(session: Session, cipher: FieldCipher, persons: Sequence[RosterPerson]) -> Comparison:
    """Match by ID number; without one by name, birth date and door. Nothing is written. The caller checks rights.

    Empty cells never count as a change, and tags are only ever added: a file that lacks a column, or leaves
    it blank, takes nothing away. A door in a compound that the station does not know is as good as none: nobody
    can be moved there.
    """
    known = frozenset(c.name for c in places.compounds(session))
    result = Comparison(persons=len(persons), doors=_doors(persons, known))
    if session.scalar(select(Resident.id).limit(1)) is None:
        return result
    stored = _stored_by_id(session, cipher, persons)
    unnumbered = [i for i, p in enumerate(persons) if p.id is None]
    stored |= _stored_by_name(session, unnumbered, persons, result.doors)
    ids = [r.id for r in stored.values()]
    phones, tags = _phones(session, ids), _tags(session, ids)
    homes = _dwellings(session, [r.household_id for r in stored.values() if r.household_id])
    doors = places.door_labels(session, {d for d in homes.values() if d})
    for index, row in stored.items():
        person = persons[index]
        dwelling_id = homes.get(row.household_id) if row.household_id else None
        door = doors.get(dwelling_id) if dwelling_id else None
        changed = [*_plain_changes(person, row)]
        wanted = [cipher.digest(p, "phone") for p in person.phones]
        if wanted and wanted != phones.get(row.id, []):
            changed.append("phones")
        if set(person.tags) - tags.get(row.id, set()):
            changed.append("tags")
        if _door_differs(result.doors.get(person.household), door):
            changed.append("door")
        result.matches[index] = Match(row.id, row.household_id, tuple(changed))
    return result


def _stored_by_id(
    session: Session, cipher: FieldCipher, persons: Sequence[RosterPerson]
) -> dict[int, Resident]:
    wanted = {cipher.digest(p.id, "id_no"): i for i, p in enumerate(persons) if p.id}
    found: dict[int, Resident] = {}
    keys = list(wanted)
    for start in range(0, len(keys), CHUNK):
        stmt = select(Resident).where(Resident.id_digest.in_(keys[start : start + CHUNK]))
        for row in session.scalars(stmt):
            if row.id_digest is not None:
                found[wanted[row.id_digest]] = row
    return found


def _stored_by_name(
    session: Session, indexes: Sequence[int], persons: Sequence[RosterPerson], wanted: Mapping[str, Address]
) -> dict[int, Resident]:
    found: dict[int, Resident] = {}
    names = {persons[i].name or "" for i in indexes}
    stmt = select(Resident).where(
        Resident.name.in_(names), Resident.id_digest.is_(None), Resident.status != BIN
    )
    candidates = list(session.scalars(stmt)) if names else []
    homes = _dwellings(session, [r.household_id for r in candidates if r.household_id])
    doors = places.door_labels(session, {d for d in homes.values() if d})
    for index in indexes:
        person = persons[index]
        for row in candidates:
            dwelling_id = homes.get(row.household_id) if row.household_id else None
            door = doors.get(dwelling_id) if dwelling_id else None
            same = (row.name, row.birth_on) == (person.name, person.birth)
            if same and row not in found.values() and not _door_differs(wanted.get(person.household), door):
                found[index] = row
                break
    return found


def _plain_changes(person: RosterPerson, row: Resident) -> list[str]:
    wanted: dict[str, Any] = plain_values(person)
    return [key for key, value in wanted.items() if value and getattr(row, key) != value]


def plain_values(person: RosterPerson) -> dict[str, Any]:
    """Columns of `Resident` that are taken as they stand in the file; None or "" where it says nothing."""
    return {
        "name": person.name,
        "relation": person.relation,
        "ethnic": person.ethnic,
        "political": person.political,
        "residence": person.residence,
        "move_in_on": person.move_in,
        "remark": person.remark,
        "tags_free": "、".join(person.tags_free),
    }


def _doors(persons: Sequence[RosterPerson], compounds: frozenset[str]) -> dict[str, Address]:
    """A household has one door: whoever is written at another one of its doors can be booked at the first only."""
    found: dict[str, Address] = {}
    for person in persons:
        if person.address.compound in compounds and person.address.door.building is not None:
            found.setdefault(person.household, person.address)
    return found


def _door_differs(address: Address | None, door: places.DoorRow | None) -> bool:
    if address is None:
        return False
    if door is None:
        return True
    d = address.door
    theirs = (address.compound, d.building, d.unit or "", d.floor or "", d.room or "")
    return theirs != (door.compound, door.building, door.unit, door.floor, door.room)


def _phones(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[bytes]]:
    found: dict[UUID, list[bytes]] = {}
    for start in range(0, len(ids), CHUNK):
        stmt = select(ResidentPhone.resident_id, ResidentPhone.digest).where(
            ResidentPhone.resident_id.in_(ids[start : start + CHUNK])
        )
        for resident_id, digest in session.execute(
            stmt.order_by(ResidentPhone.resident_id, ResidentPhone.ordinal)
        ):
            found.setdefault(resident_id, []).append(digest)
    return found


def _tags(session: Session, ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for start in range(0, len(ids), CHUNK):
        stmt = select(ResidentTag.resident_id, ResidentTag.tag).where(
            ResidentTag.resident_id.in_(ids[start : start + CHUNK]), ResidentTag.last_on.is_(None)
        )
        for resident_id, tag in session.execute(stmt):
            found.setdefault(resident_id, set()).add(tag)
    return found


def _dwellings(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    found: dict[UUID, UUID | None] = {}
    for start in range(0, len(ids), CHUNK):
        stmt = select(Household.id, Household.dwelling_id).where(Household.id.in_(ids[start : start + CHUNK]))
        found |= {row.id: row.dwelling_id for row in session.execute(stmt)}
    return found
