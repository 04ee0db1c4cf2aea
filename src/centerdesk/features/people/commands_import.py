"""Booking a roster: one operation, one batch, all or nothing; the same file again changes nothing (G3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.commands import search_text, set_id, stored_phones
from centerdesk.features.people.importing_result import RosterPerson
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries_import import Comparison, Match, compare, plain_values
from centerdesk.features.places import api as places
from centerdesk.kernel import masking, search
from centerdesk.kernel.ahead import Ahead
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.commands import Command, ReadyRows, UnitOfWork
from centerdesk.kernel.errors import PermissionDenied, ValidationError
from centerdesk.kernel.orm import uuid7

FRONT_DESK_ROWS = 500
"""RELIABILITY 3.5: the front desk imports up to this many rows, larger files are the secretary's."""
BACKUP_ABOVE = 100
"""RELIABILITY 3.8: more rows than this are preceded by a backup; whoever runs the command makes it."""
HEAVY_FROM = 1_000
"""Persons a roster is tried and booked with in a process of its own: starting one costs a second."""
_BATCH = search.FRESH
"""People made and handed over at once: as many as the search index takes at once, it costs less so."""


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

    def heavy(self) -> bool:
        return len(self.persons) >= HEAVY_FROM

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


@dataclass(frozen=True, slots=True)
class _New:
    """Somebody the ledger does not know, and the id they get."""

    id: UUID
    person: RosterPerson
    dwelling_id: UUID | None


_SEX = {"男": 1, "女": 2}
Rows = dict[type[Any], list[dict[str, Any]]]
"""By table, parents first."""


class _Intake:
    """Writes one comparison into the open unit of work."""

    def __init__(self, uow: UnitOfWork, persons: tuple[RosterPerson, ...], found: Comparison) -> None:
        self._uow, self._persons, self._found = uow, persons, found
        self._book = places.PlaceBook(uow)
        self._grids = {g.name: g.id for g in places.grids(uow.session)}
        self._doors: dict[UUID | None, str] = {}
        self._at: dict[tuple[str, str | None], UUID | None] = {}
        self._homes = self._known_homes()

    def write(self) -> None:
        dwellings = [self._dwelling(p) for p in self._persons]
        new = [
            _New(uuid7(), person, dwelling_id)
            for index, (person, dwelling_id) in enumerate(zip(self._persons, dwellings, strict=True))
            if index not in self._found.matches
        ]
        households = self._found_households(new)
        done, total = 0, len(self._persons)
        with Ahead(self._made(new), depth=1) as batches:  # made while doors and households are written
            self._book.flush()
            self._insert({Household: households})
            for batch in batches:
                for rows in batch:
                    self._uow.insert_ready(rows)
                done += batch[0].count
                self._uow.checkpoint(done, total)
        for index, match in self._found.matches.items():
            if match.fields:
                self._change(self._persons[index], match, dwellings[index])
        self._uow.checkpoint(total, total)

    def _insert(self, rows: Rows) -> None:
        for model, some in rows.items():
            if some:
                self._uow.bulk_insert(model, some)

    def _known_homes(self) -> dict[str, UUID]:
        """Household of the file → household of the ledger, where one of its people is known already."""
        homes: dict[str, UUID] = {}
        for index, match in self._found.matches.items():
            if match.household_id is not None and "door" not in match.fields:
                homes.setdefault(self._persons[index].household, match.household_id)
        return homes

    def _dwelling(self, person: RosterPerson) -> UUID | None:
        """The door of the person's household, asked once for each grid its rows name."""
        key = person.household, person.grid
        if key not in self._at:
            self._at[key] = self._found_dwelling(person)
        return self._at[key]

    def _found_dwelling(self, person: RosterPerson) -> UUID | None:
        address = self._found.doors.get(person.household)
        if address is None or address.compound is None:
            return None
        d = address.door
        grid_id = self._grids.get(person.grid or "")
        found = self._book.dwelling(
            address.compound, d.building or "", d.unit or "", d.floor or "", d.room or "", grid_id
        )
        if found not in self._doors:
            self._doors[found] = d.text
        return found

    def _found_households(self, new: Sequence[_New]) -> list[dict[str, Any]]:
        """Homes for those whose household nobody knows yet; the first 户主 among them is its head."""
        founded: dict[UUID, dict[str, Any]] = {}
        for one in new:
            home = self._homes.get(one.person.household)
            if home is None:
                home = self._homes[one.person.household] = uuid7()
                founded[home] = {
                    "id": home,
                    "dwelling_id": one.dwelling_id,
                    "head_id": None,
                }
            if one.person.relation == "户主" and home in founded and founded[home]["head_id"] is None:
                founded[home]["head_id"] = one.id
        return list(founded.values())

    def _made(self, new: Sequence[_New]) -> Iterator[list[ReadyRows]]:
        """What new people are written as, some thousands at a time. Touches no session: another thread runs it."""
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            phones = [row for one in some for row in self._phones(one.id, one.person)]
            tags = [row for one in some for row in _tags(one.id, one.person.tags)]
            yield [
                self._uow.ready(Resident, [self._resident(one) for one in some]),
                self._uow.ready(ResidentPhone, phones),
                self._uow.ready(ResidentTag, tags),
            ]

    def _resident(self, new: _New) -> dict[str, Any]:
        person, cipher = new.person, self._uow.cipher
        name, number, phones = person.name or "", person.id, person.phones
        return {
            "id": new.id,
            "household_id": self._homes[person.household],
            "name": name,
            "sort_key": name_key(name),
            "search_text": search_text(name, number, phones, self._doors.get(new.dwelling_id, "")),
            "id_sealed": cipher.seal(number, new.id, "id_no") if number else None,
            "id_digest": cipher.digest(number, "id_no") if number else None,
            "id_mask": masking.mask_id(number) if number else "",
            "birth_on": person.birth,
            "sex": _SEX.get(person.sex or "", 0),
            "ethnic": person.ethnic or "",
            "political": person.political or "",
            "residence": person.residence or "常住",
            "relation": person.relation or "",
            "relation_code": person.relation_code or "",
            "phone_mask": masking.mask_phone(phones[0]) if phones else "",
            "move_in_on": person.move_in,
            "remark": person.remark or "",
            "tags_free": "、".join(person.tags_free),
        }

    def _phones(self, row_id: UUID, person: RosterPerson) -> list[dict[str, Any]]:
        cipher, found = self._uow.cipher, []
        for ordinal, phone in enumerate(person.phones):
            phone_id = uuid7()
            found.append(
                {
                    "id": phone_id,
                    "resident_id": row_id,
                    "ordinal": ordinal,
                    "sealed": cipher.seal(phone, phone_id, "phone"),
                    "digest": cipher.digest(phone, "phone"),
                    "mask": masking.mask_phone(phone),
                }
            )
        return found

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
            self._insert({ResidentPhone: self._phones(row.id, person)})
            row.phone_mask = masking.mask_phone(person.phones[0])
        if "tags" in match.fields:
            held = set(
                uow.session.scalars(
                    select(ResidentTag.tag).where(
                        ResidentTag.resident_id == row.id, ResidentTag.last_on.is_(None)
                    )
                )
            )
            self._insert({ResidentTag: _tags(row.id, [t for t in person.tags if t not in held])})
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


def _tags(row_id: UUID, tags: Iterable[str]) -> list[dict[str, Any]]:
    return [{"id": uuid7(), "resident_id": row_id, "tag": tag, "evidence": "导入台账"} for tag in tags]


@dataclass(frozen=True, slots=True)
class DiscloseRows(Command[None]):
    """试算带全号输出. The caller's own file was repeated in full; the journal keeps how many rows."""

    label: ClassVar[str] = "试算并输出全部行"
    permission: ClassVar[str] = "people.import"
    undoable: ClassVar[bool] = False
    rows: int

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(rows=self.rows)
