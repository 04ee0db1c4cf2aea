"""Merging two records of one person: field by field, undoable, and what hangs on the one follows the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from centerdesk.features.people.commands import (
    leave_head,
    other_head,
    replace_phones,
    search_text,
    set_id,
    stored_phones,
)
from centerdesk.features.people.models import CareFact, Contact, Household, Resident, ResidentTag
from centerdesk.features.people.rules import BIN
from centerdesk.features.people.rules_proposals import MERGE_FIELDS
from centerdesk.features.places import api as places
from centerdesk.kernel import masking
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.orm import Base, Tracked
from centerdesk.kernel.record import record

_PLAIN = ("residence", "ethnic", "political", "move_in_on", "remark")


def check_fields(keep_id: UUID, drop_id: UUID, take: tuple[str, ...]) -> None:
    """Raises ValidationError for one record taken twice, or a field that cannot be chosen."""
    if keep_id == drop_id:
        raise ValidationError({"drop_id": "两条要不一样。请再勾一位。"})
    if set(take) - set(MERGE_FIELDS):
        raise ValidationError({"take": "有一项不能选。请刷新后再来。"})


def running_registration(uow: UnitOfWork, resident_id: UUID) -> str:
    """What the person is registered for in a feature above and has not left (看窗登记); "" for nothing."""
    for model, column in _followers():
        if (end := column.info.get("runs_until")) is None:
            continue
        last: Any = getattr(model, end)
        stmt = select(model.id).where(column == resident_id, or_(last.is_(None), last >= today(uow.clock)))
        if uow.session.scalar(stmt.limit(1)) is not None:
            return str(column.info["called"])
    return ""


@record
class MergeResidents(Command[UUID]):
    """合并两条记录. Two persons. `take` names the fields whose value comes from the record that goes.

    The record that goes waits in the bin; registrations, looks and alarms, tags, contacts and telephone numbers
    follow the one that stays.
    """

    label: ClassVar[str] = "合并两条记录"
    permission: ClassVar[str] = "people.merge"
    second: ClassVar[bool] = True
    keep_id: UUID
    keep_version: int
    drop_id: UUID
    drop_version: int
    take: tuple[str, ...] = ()

    def execute(self, uow: UnitOfWork) -> UUID:
        check_fields(self.keep_id, self.drop_id, self.take)
        keep = uow.get(Resident, self.keep_id, self.keep_version)
        drop = uow.get(Resident, self.drop_id, self.drop_version)
        if BIN in (keep.status, drop.status):
            raise ConflictError("有一条已经在回收站里了。要合并，先把它找回来。")
        both = running_registration(uow, keep.id)
        if both and both == running_registration(uow, drop.id):
            raise ConflictError(f"两条记录都有没结束的{both}。先撤销其中一条的，再来合并。")
        own = stored_phones(uow, keep.id)
        phones = _phones(own, stored_phones(uow, drop.id), first="phones" in self.take)
        number = uow.cipher.open(drop.id_sealed, drop.id, "id_no") if drop.id_sealed else ""
        _put_away(uow, keep, drop, give_number="id_no" in self.take and bool(number))
        _take(uow, keep, drop, frozenset(self.take), number)
        if phones != own:
            replace_phones(uow, keep, phones)
        _join_tags(uow, keep.id, drop.id)
        _join_care(uow, keep.id, drop.id)
        for model, column in _followers():
            for row in uow.session.scalars(select(model).where(column == drop.id)).all():
                setattr(row, column.key or "", keep.id)
        uow.session.flush()
        _index(uow, keep, phones)
        uow.about("resident", keep.id)
        uow.count(taken=len(self.take))
        return keep.id


def _followers() -> Iterator[tuple[type[Tracked], Any]]:
    """Tables of the features above whose rows belong to a resident, with the column that says to whom."""
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if model.__module__ == Resident.__module__ or not issubclass(model, Tracked):
            continue
        for column in mapper.columns:
            if any(key.target_fullname == "resident.id" for key in column.foreign_keys):
                yield model, column


def _phones(own: list[str], other: list[str], *, first: bool) -> list[str]:
    """All numbers of both, each once; those of the record that goes first where that was chosen."""
    return list(dict.fromkeys(other + own if first else own + other))


def _put_away(uow: UnitOfWork, keep: Resident, drop: Resident, *, give_number: bool) -> None:
    """Into the bin; a number that moves is let go first, because no two records may hold it."""
    leave_head(uow, drop.id, drop.household_id)
    drop.status_before, drop.status, drop.deleted_at = drop.status, BIN, uow.now
    drop.merged_into = keep.id
    if give_number:
        drop.id_sealed, drop.id_digest = None, None
    uow.session.flush()


def _take(uow: UnitOfWork, keep: Resident, drop: Resident, take: frozenset[str], number: str) -> None:
    if "name" in take:
        keep.name, keep.sort_key = drop.name, drop.sort_key
    if "id_no" in take:
        if number:
            set_id(uow, keep, number)
        keep.birth_on, keep.sex = drop.birth_on, drop.sex
    for field in _PLAIN:
        if field in take:
            setattr(keep, field, getattr(drop, field))
    if "home" in take:
        leave_head(uow, keep.id, keep.household_id)
        keep.household_id = drop.household_id
        keep.relation, keep.relation_code = drop.relation, drop.relation_code
        if keep.relation == "户主" and keep.household_id is not None:
            if other_head(uow, keep) is not None:
                raise ConflictError("那一户已经有别的户主了。先改好户主，再来合并。")
            uow.get(Household, keep.household_id).head_id = keep.id


def _join_tags(uow: UnitOfWork, keep_id: UUID, drop_id: UUID) -> None:
    """Every tag of either; one that both hold now holds since the earlier day."""
    here = {
        t.tag: t for t in _rows(uow, ResidentTag, ResidentTag.resident_id == keep_id) if t.last_on is None
    }
    for tag in _rows(uow, ResidentTag, ResidentTag.resident_id == drop_id):
        same = here.get(tag.tag) if tag.last_on is None else None
        if same is None:
            tag.resident_id = keep_id
        else:
            same.first_on = _earlier(same.first_on, tag.first_on)


def _earlier(one: date | None, other: date | None) -> date | None:
    """None is since before anybody wrote it down."""
    return None if one is None or other is None else min(one, other)


def _join_care(uow: UnitOfWork, keep_id: UUID, drop_id: UUID) -> None:
    """Contacts after those that stand already; care facts fill what is blank."""
    standing = len(_rows(uow, Contact, Contact.resident_id == keep_id))
    for contact in sorted(_rows(uow, Contact, Contact.resident_id == drop_id), key=lambda c: c.ordinal):
        contact.ordinal, contact.resident_id = standing, keep_id
        standing += 1
    own = _rows(uow, CareFact, CareFact.resident_id == keep_id)
    for facts in _rows(uow, CareFact, CareFact.resident_id == drop_id):
        if not own:
            facts.resident_id = keep_id
            continue
        for name in ("key_place", "illness", "hearing", "pets", "dialect"):
            setattr(own[0], name, getattr(own[0], name) or getattr(facts, name))


def _rows(uow: UnitOfWork, model: type[Any], where: ColumnElement[bool]) -> list[Any]:
    return list(uow.session.scalars(select(model).where(where)))


def _index(uow: UnitOfWork, keep: Resident, phones: list[str]) -> None:
    home = uow.session.get(Household, keep.household_id) if keep.household_id else None
    door = ""
    if home is not None and home.dwelling_id is not None:
        door = places.door_labels(uow.session, [home.dwelling_id])[home.dwelling_id].door
    id_no = uow.cipher.open(keep.id_sealed, keep.id, "id_no") if keep.id_sealed else None
    keep.phone_mask = masking.mask_phone(phones[0]) if phones else ""
    keep.search_text = search_text(keep.name, id_no, phones, door)
