"""Booking a roster: one operation, one batch, all or nothing; the same file again changes nothing (G3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.commands import search_text, set_id, stored_phones
from centerdesk.features.people.importing_result import RosterPerson
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries_import import Comparison, Match, compare, plain_values
from centerdesk.features.people.rules import PRESENT
from centerdesk.features.places import api as places
from centerdesk.kernel import masking
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import PermissionDenied, ValidationError
from centerdesk.kernel.orm import uuid7

FRONT_DESK_ROWS = 500
"""RELIABILITY 3.5: the front desk imports up to this many rows, larger files are the secretary's."""


@dataclass(frozen=True, slots=True)
class ImportRoster(Command[dict[str, int]]):
    """导入居民表. Takes the accepted persons of a reading; answers new, changed, same.

    `persons` in file order; equal `household` means one household. Grids and compounds must exist, a person
    whose compound is unknown is kept without a door.
    """

    label: ClassVar[str] = "导入居民表"
    permission: ClassVar[str] = "people.import"
    undoable: ClassVar[bool] = False  # withdrawn as a batch instead
    persons: tuple[RosterPerson, ...]

    def execute(self, uow: UnitOfWork) -> dict[str, int]:
        if not self.persons:
            raise ValidationError({"": "这张表里没有能收下的人，台账没有变。请看问题清单，改好再导。"})
        if "secretary" not in uow.actor.roles and len(self.persons) > FRONT_DESK_ROWS:
            raise PermissionDenied(
                self.permission,
                f"前台一次最多导 {FRONT_DESK_ROWS} 行，这张表有 {len(self.persons)} 行。请书记来导。",
            )
        found = compare(uow.session, uow.cipher, self.persons)
        _Intake(uow, self.persons, found).write()
        uow.count(**found.counts)
        return found.counts


class _Intake:
    """Writes one comparison into the open unit of work."""

    def __init__(self, uow: UnitOfWork, persons: tuple[RosterPerson, ...], found: Comparison) -> None:
        self._uow, self._persons, self._found = uow, persons, found
        self._book = places.PlaceBook(uow)
        self._grids = {g.name: g.id for g in places.grids(uow.session)}
        self._day = today(uow.clock)
        self._doors: dict[UUID | None, str] = {}
        self._homes = self._known_homes()
        self._founded: dict[UUID, dict[str, Any]] = {}
        self._rows: dict[type[Any], list[dict[str, Any]]] = {
            Household: [], Resident: [], ResidentPhone: [], ResidentTag: [],
        }  # fmt: skip

    def write(self) -> None:
        dwellings = [self._dwelling(p) for p in self._persons]
        self._book.flush()
        total = len(self._persons)
        for index, person in enumerate(self._persons):
            if index not in self._found.matches:
                self._new(person, dwellings[index])
            if index % 500 == 0:
                self._uow.checkpoint(index, total)
        self._insert()
        for index, match in self._found.matches.items():
            if match.fields:
                self._change(self._persons[index], match, dwellings[index])
        self._insert()
        self._uow.checkpoint(total, total)

    def _insert(self) -> None:
        """Write what has gathered, parents first."""
        for model, rows in self._rows.items():
            if rows:
                self._uow.bulk_insert(model, rows)
                rows.clear()

    def _known_homes(self) -> dict[str, UUID]:
        """Household of the file → household of the ledger, where one of its people is known already."""
        homes: dict[str, UUID] = {}
        for index, match in self._found.matches.items():
            if match.household_id is not None and "door" not in match.fields:
                homes.setdefault(self._persons[index].household, match.household_id)
        return homes

    def _dwelling(self, person: RosterPerson) -> UUID | None:
        address = person.address
        if address.compound is None or address.door.building is None:
            return None
        d = address.door
        grid_id = self._grids.get(person.grid or "")
        found = self._book.dwelling(
            address.compound, d.building or "", d.unit or "", d.floor or "", d.room or "", grid_id
        )
        self._doors[found] = d.text
        return found

    def _household(self, person: RosterPerson, dwelling_id: UUID | None) -> UUID:
        home = self._homes.get(person.household)
        if home is None:
            home = self._homes[person.household] = uuid7()
            self._founded[home] = {
                "id": home,
                "dwelling_id": dwelling_id,
                "head_id": None,
                "verified_on": None,
                "verified_by": None,
            }
            self._rows[Household].append(self._founded[home])
        return home

    def _new(self, person: RosterPerson, dwelling_id: UUID | None) -> None:
        row_id, cipher = uuid7(), self._uow.cipher
        household_id = self._household(person, dwelling_id)
        if person.relation == "户主" and self._founded.get(household_id, {}).get("head_id", row_id) is None:
            self._founded[household_id]["head_id"] = row_id
        name = person.name or ""
        values = {key: value or "" for key, value in plain_values(person).items() if key != "move_in_on"}
        self._rows[Resident].append(
            values
            | {
                "id": row_id,
                "household_id": household_id,
                "sort_key": name_key(name),
                "search_text": search_text(
                    name, person.id, list(person.phones), self._doors.get(dwelling_id, "")
                ),
                "id_sealed": cipher.seal(person.id, row_id, "id_no") if person.id else None,
                "id_digest": cipher.digest(person.id, "id_no") if person.id else None,
                "id_mask": masking.mask_id(person.id) if person.id else "",
                "birth_on": person.birth,
                "sex": {"男": 1, "女": 2}.get(person.sex or "", 0),
                "residence": person.residence or "常住",
                "relation_code": person.relation_code or "",
                "phone_mask": masking.mask_phone(person.phones[0]) if person.phones else "",
                "move_in_on": person.move_in,
                "status": PRESENT,
                "left_on": None,
                "verified_on": None,
                "deleted_at": None,
            }
        )
        self._phones(row_id, person)
        self._tags(row_id, person.tags)

    def _phones(self, row_id: UUID, person: RosterPerson) -> None:
        for ordinal, phone in enumerate(person.phones):
            phone_id = uuid7()
            self._rows[ResidentPhone].append(
                {
                    "id": phone_id,
                    "resident_id": row_id,
                    "ordinal": ordinal,
                    "sealed": self._uow.cipher.seal(phone, phone_id, "phone"),
                    "digest": self._uow.cipher.digest(phone, "phone"),
                    "mask": masking.mask_phone(phone),
                }
            )

    def _tags(self, row_id: UUID, tags: tuple[str, ...]) -> None:
        self._rows[ResidentTag].extend(
            {"resident_id": row_id, "tag": tag, "first_on": None, "last_on": None, "evidence": "导入台账"}
            for tag in tags
        )

    def _change(self, person: RosterPerson, match: Match, dwelling_id: UUID | None) -> None:
        uow = self._uow
        row = uow.get(Resident, match.resident_id)
        for key, value in plain_values(person).items():
            if key in match.fields:
                setattr(row, key, value)
        if "relation" in match.fields:
            row.relation_code = person.relation_code or ""
        if person.id and row.id_sealed is None:
            set_id(uow, row, person.id)
        if "phones" in match.fields:
            for old in uow.session.scalars(
                select(ResidentPhone).where(ResidentPhone.resident_id == row.id)
            ).all():
                uow.session.delete(old)
            uow.session.flush()
            self._phones(row.id, person)
            row.phone_mask = masking.mask_phone(person.phones[0])
        if "tags" in match.fields:
            held = set(
                uow.session.scalars(
                    select(ResidentTag.tag).where(
                        ResidentTag.resident_id == row.id, ResidentTag.last_on.is_(None)
                    )
                )
            )
            self._tags(row.id, tuple(t for t in person.tags if t not in held))
        if "door" in match.fields:
            self._move(row, person, dwelling_id)
        row.sort_key = name_key(row.name)
        phones = list(person.phones) or stored_phones(uow, row.id)
        row.search_text = search_text(row.name, person.id, phones, self._door_of(row, dwelling_id))

    def _move(self, row: Resident, person: RosterPerson, dwelling_id: UUID | None) -> None:
        home = self._homes.get(person.household)
        if home is None:
            home = self._uow.add(Household(dwelling_id=dwelling_id)).id
            self._homes[person.household] = home
        row.household_id = home

    def _door_of(self, row: Resident, dwelling_id: UUID | None) -> str:
        if dwelling_id is None and row.household_id is not None:
            dwelling_id = self._uow.session.scalar(
                select(Household.dwelling_id).where(Household.id == row.household_id)
            )
        if dwelling_id is not None and dwelling_id not in self._doors:
            known = places.door_labels(self._uow.session, [dwelling_id]).get(dwelling_id)
            self._doors[dwelling_id] = known.door if known else ""
        return self._doors.get(dwelling_id, "")


@dataclass(frozen=True, slots=True)
class DiscloseRows(Command[None]):
    """试算带全号输出. The caller's own file was repeated in full; the journal keeps how many rows."""

    label: ClassVar[str] = "试算并输出全部行"
    permission: ClassVar[str] = "people.import"
    undoable: ClassVar[bool] = False
    rows: int

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(rows=self.rows)
