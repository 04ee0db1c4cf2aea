"""试算: what booking a reading would change, without booking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.people.commands_import import HEAVY_FROM
from centerdesk.features.people.importing_result import RosterPerson
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries_import import FIELDS, Match, compare, plain_values
from centerdesk.features.people.rules import Change
from centerdesk.features.places import api as places
from centerdesk.kernel import masking
from centerdesk.kernel.commands import Command, UnitOfWork

SAMPLES = 12
"""Changes shown in words; the rest are counted."""


@dataclass(frozen=True, slots=True)
class NamedChange:
    """One field of one person who is in the ledger already, before and after, numbers masked."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class Trial:
    """试算结果. `fields` maps the index of a person handed in to the fields that would change ("" for new)."""

    new: int
    changed: int
    same: int
    fields: Mapping[int, tuple[str, ...]]
    samples: tuple[NamedChange, ...]

    def __repr__(self) -> str:
        return f"Trial(new={self.new}, changed={self.changed}, same={self.same})"  # samples are personal


@dataclass(frozen=True, slots=True)
class TryRoster(Command[Trial]):
    """试算导入. Compares with the ledger and writes nothing but the note that it was done."""

    label: ClassVar[str] = "试算导入"
    permission: ClassVar[str] = "people.import"
    undoable: ClassVar[bool] = False
    persons: tuple[RosterPerson, ...]

    def heavy(self) -> bool:
        return len(self.persons) >= HEAVY_FROM

    def execute(self, uow: UnitOfWork) -> Trial:
        found = compare(uow.session, uow.cipher, self.persons)
        changed = {index: match for index, match in found.matches.items() if match.fields}
        counts = found.counts
        uow.count(rows=len(self.persons), **counts)
        return Trial(
            counts["new"],
            counts["changed"],
            counts["same"],
            {index: match.fields for index, match in changed.items()},
            tuple(_samples(uow.session, self.persons, changed)),
        )


def _samples(
    session: Session, persons: Sequence[RosterPerson], changed: Mapping[int, Match]
) -> list[NamedChange]:
    found: list[NamedChange] = []
    for index, match in changed.items():
        if len(found) >= SAMPLES:
            break
        row = session.get(Resident, match.resident_id)
        assert row is not None, "compare() has just read it"
        before = _before(session, row)
        after = _after(persons[index], before["tags"])
        found += [
            NamedChange(row.name, Change(FIELDS[field], before[field], after[field]))
            for field in match.fields
        ]
    return found[:SAMPLES]


def _before(session: Session, row: Resident) -> dict[str, str]:
    values = {
        field: _text(getattr(row, field)) for field in FIELDS if field not in ("phones", "tags", "door")
    }
    phones = session.scalars(
        select(ResidentPhone.mask).where(ResidentPhone.resident_id == row.id).order_by(ResidentPhone.ordinal)
    )
    tags = session.scalars(
        select(ResidentTag.tag)
        .where(ResidentTag.resident_id == row.id, ResidentTag.last_on.is_(None))
        .order_by(ResidentTag.id)
    )
    return {
        **values,
        "phones": "、".join(phones),
        "tags": "、".join(tags),
        "door": _door(session, row.household_id),
    }


def _door(session: Session, household_id: UUID | None) -> str:
    home = session.get(Household, household_id) if household_id else None
    if home is None or home.dwelling_id is None:
        return ""
    door = places.door_labels(session, [home.dwelling_id])[home.dwelling_id]
    return f"{door.compound} {door.door}"


def _after(person: RosterPerson, tags_before: str) -> dict[str, str]:
    held = tags_before.split("、") if tags_before else []
    return {field: _text(value) for field, value in plain_values(person).items()} | {
        "phones": "、".join(map(masking.mask_phone, person.phones)),
        "tags": "、".join([*held, *(t for t in person.tags if t not in held)]),
        "door": f"{person.address.compound or ''} {person.address.door.text}".strip(),
    }


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
