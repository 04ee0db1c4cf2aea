"""The care card: whom to call for an elder, and what whoever knocks must know (爱心联系牌)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.commands import grid_of
from centerdesk.features.people.models import CareFact, Contact, Resident
from centerdesk.kernel import masking
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.phones import normal_phone
from centerdesk.kernel.record import record


@record
class ContactDraft:
    """One person to call; `phone` as typed, empty for none."""

    name: str
    relation: str = ""
    phone: str = ""
    has_key: bool = False
    minutes_away: int | None = None


@record
class SetCareCard(Command[None]):
    """写联系牌. Replaces contacts (in calling order) and care facts of one resident.

    `version` is the resident's when the card was opened; only a first card may be written without.
    """

    label: ClassVar[str] = "写联系牌"
    permission: ClassVar[str] = "people.write"
    resident_id: UUID
    contacts: tuple[ContactDraft, ...]
    key_place: str = ""
    illness: str = ""
    hearing: str = ""
    pets: str = ""
    dialect: str = ""
    version: int | None = None

    def execute(self, uow: UnitOfWork) -> None:
        resident = uow.get(Resident, self.resident_id, self.version)
        uow.actor.require_grid(self.permission, grid_of(uow, resident.household_id))
        phones = [normal_phone(c.phone) if c.phone.strip() else "" for c in self.contacts]
        for index, (contact, phone) in enumerate(zip(self.contacts, phones, strict=True)):
            if not contact.name.strip():
                raise ValidationError({f"contacts.{index}": "联系人要有姓名。"})
            if phone is None:
                raise ValidationError({f"contacts.{index}": "联系人的电话位数不对，请核对。"})
        self._replace_contacts(uow, [p or "" for p in phones])
        facts = uow.session.scalar(select(CareFact).where(CareFact.resident_id == self.resident_id))
        if self.version is None and facts is not None:
            raise ConflictError("这位已经有联系牌了，这次没有写进去。请打开现在的牌，对照后再存。")
        if facts is None:
            facts = CareFact(id=uuid7(), resident_id=self.resident_id)
            uow.session.add(facts)
        facts.key_place, facts.illness, facts.hearing = self.key_place, self.illness, self.hearing
        facts.pets, facts.dialect = self.pets, self.dialect
        uow.touch(resident)
        uow.about("resident", resident.id)

    def _replace_contacts(self, uow: UnitOfWork, phones: list[str]) -> None:
        for old in uow.session.scalars(select(Contact).where(Contact.resident_id == self.resident_id)).all():
            uow.session.delete(old)
        uow.session.flush()
        for ordinal, (contact, phone) in enumerate(zip(self.contacts, phones, strict=True)):
            contact_id = uuid7()
            uow.add(
                Contact(
                    id=contact_id,
                    resident_id=self.resident_id,
                    ordinal=ordinal,
                    name=contact.name.strip(),
                    relation=contact.relation,
                    phone_sealed=uow.cipher.seal(phone, contact_id, "phone") if phone else None,
                    phone_mask=masking.mask_phone(phone) if phone else "",
                    has_key=contact.has_key,
                    minutes_away=contact.minutes_away,
                )
            )
