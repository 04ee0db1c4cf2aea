"""What can be done with residents, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.rules import (
    BIN,
    PRESENT,
    RELATIONS,
    RESIDENCES,
    TAGS,
)
from centerdesk.features.places import api as places
from centerdesk.kernel import masking, search
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.idnumber import IdNumber, IdProblem, parse
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.phones import last_four, parse_phones
from centerdesk.kernel.record import record


@record
class ResidentDraft:
    """居民表单. What the form holds, as text people type; checked by the command, field by field."""

    name: str = ""
    id_no: str = ""  # "" keeps the stored number when editing, and means none when adding
    birth_on: date | None = None
    sex: int = 0
    phones: str = ""  # "" keeps the stored numbers when editing
    compound: str = ""
    door: str = ""
    relation: str = ""
    ethnic: str = "汉族"
    political: str = "群众"
    residence: str = "常住"
    move_in_on: date | None = None
    tags: tuple[str, ...] = ()
    remark: str = ""


class DuplicateResident(ValidationError):
    """The ID number belongs to somebody else already. `resident_id` says to whom; no value in the words."""

    def __init__(self, resident_id: UUID, others: Mapping[str, str]) -> None:
        super().__init__(
            {**others, "id_no": "这个证件号已经在台账里了。请先看看是不是同一位，不要登记两次。"}
        )
        self.resident_id = resident_id


@record
class _Checked:
    id_no: IdNumber | None
    phones: list[str]
    door: places.DoorRow | None


def search_text(name: str, id_no: str | None, phones: Sequence[str], door: str) -> str:
    """The index words of a resident."""
    return search.search_tokens(
        name,
        id_last4=id_no[-4:] if id_no else "",
        phones_last4=[last_four(p) for p in phones],
        doors=[door] if door else [],
    )


@record
class AddResident(Command[UUID]):
    """新增居民. Joins the household behind the door, or founds one."""

    label: ClassVar[str] = "新增居民"
    permission: ClassVar[str] = "people.write"
    draft: ResidentDraft

    def execute(self, uow: UnitOfWork) -> UUID:
        checked = _check(uow, self.draft, None, None)
        row = Resident(id=uuid7(), status=PRESENT, verified_on=today(uow.clock))
        _fill(uow, row, self.draft, checked)
        uow.add(row)
        _add_phones(uow, row, checked.phones)
        for tag in self.draft.tags:
            uow.add(ResidentTag(resident_id=row.id, tag=tag, first_on=row.verified_on))
        _head(uow, row)
        uow.about("resident", row.id)
        return row.id


@record
class EditResident(Command[UUID]):
    """修改居民. Empty number and telephone fields keep what is stored: the form shows masks only."""

    label: ClassVar[str] = "修改居民"
    permission: ClassVar[str] = "people.write"
    resident_id: UUID
    version: int
    draft: ResidentDraft

    def execute(self, uow: UnitOfWork) -> UUID:
        row = uow.get(Resident, self.resident_id, self.version)
        home = uow.session.get(Household, row.household_id) if row.household_id else None
        door = _door(uow, home.dwelling_id if home else None)
        uow.actor.require_grid(self.permission, door.grid_id if door else None)
        if row.status == BIN:
            raise ConflictError("这位在回收站里，没有写进去。请先从回收站找回，再来改。")
        checked = _check(uow, self.draft, row, door)
        phones = checked.phones if self.draft.phones.strip() else stored_phones(uow, row.id)
        uow.touch(row)
        _fill(uow, row, self.draft, _Checked(checked.id_no, phones, checked.door))
        if self.draft.phones.strip():
            replace_phones(uow, row, phones)
        _set_tags(uow, row.id, self.draft.tags)
        if home is not None and (row.relation != "户主" or home.id != row.household_id):
            leave_head(uow, row.id, home.id)
        _head(uow, row)
        uow.about("resident", row.id)
        return row.id


def grid_of(uow: UnitOfWork, household_id: UUID | None) -> UUID | None:
    """The grid of a household's door today."""
    dwelling_id = household_id and uow.session.scalar(
        select(Household.dwelling_id).where(Household.id == household_id)
    )
    door = _door(uow, dwelling_id)
    return door.grid_id if door else None


def _door(uow: UnitOfWork, dwelling_id: UUID | None) -> places.DoorRow | None:
    if dwelling_id is None:
        return None
    return places.door_labels(uow.session, [dwelling_id]).get(dwelling_id)


def stored_phones(uow: UnitOfWork, resident_id: UUID) -> list[str]:
    """The telephone numbers in clear, in calling order."""
    rows = uow.session.scalars(
        select(ResidentPhone).where(ResidentPhone.resident_id == resident_id).order_by(ResidentPhone.ordinal)
    )
    return [uow.cipher.open(r.sealed, r.id, "phone") for r in rows]


_LIMITS = {"relation": 20, "ethnic": 20, "political": 20, "remark": 500}


def _check(
    uow: UnitOfWork, draft: ResidentDraft, row: Resident | None, present: places.DoorRow | None
) -> _Checked:
    """`present`: the door that `row` has now."""
    problems = _check_words(draft, today(uow.clock))
    id_no = _check_id(uow, draft, problems)
    phones, bad = parse_phones(draft.phones)
    if bad:
        problems["phones"] = "有一个号码位数不对。手机 11 位，座机带区号，几个号用顿号隔开。"
    door = _check_door(uow, draft, present, problems)
    if id_no is not None and (other := _holder(uow, id_no, row)) is not None:
        raise DuplicateResident(other, problems)
    if problems:
        raise ValidationError(problems)
    return _Checked(id_no, phones, door)


def _check_words(draft: ResidentDraft, day: date) -> dict[str, str]:
    problems = {
        name: f"最多 {limit} 个字，请删短一些。"
        for name, limit in _LIMITS.items()
        if len(getattr(draft, name)) > limit
    }
    if not draft.name.strip() or len(draft.name) > 60:
        problems["name"] = "请填姓名，照证件上的写，不超过 60 个字。"
    if draft.residence not in RESIDENCES:
        problems["residence"] = "请选常住、人户分离、流动或空挂户。"
    if unknown := [t for t in draft.tags if t not in TAGS]:
        problems["tags"] = f"没有“{unknown[0]}”这个标签，请从列表里选。"
    if draft.birth_on is not None and draft.birth_on > day:
        problems["birth_on"] = "生日在今天以后，请核对。"
    if draft.move_in_on is not None and draft.move_in_on > day:
        problems["move_in_on"] = "迁入日期在今天以后，请核对。"
    return problems


def _check_id(uow: UnitOfWork, draft: ResidentDraft, problems: dict[str, str]) -> IdNumber | None:
    if not draft.id_no.strip():
        return None
    found = parse(draft.id_no, today(uow.clock))
    if isinstance(found, IdProblem):
        problems["id_no"] = found.message
        return None
    return found


def _holder(uow: UnitOfWork, id_no: IdNumber, row: Resident | None) -> UUID | None:
    """Who else has this number, wherever they live and whatever became of them."""
    digest = uow.cipher.digest(id_no.canonical, "id_no")
    stmt = select(Resident.id).where(Resident.id_digest == digest)
    return uow.session.scalar(stmt if row is None else stmt.where(Resident.id != row.id))


def _check_door(
    uow: UnitOfWork, draft: ResidentDraft, present: places.DoorRow | None, problems: dict[str, str]
) -> places.DoorRow | None:
    if not draft.door.strip():
        if uow.actor.reach("people.write") < Reach.ALL:
            problems["door"] = "请填门牌：您登记的要在自己的网格里。"
        return None
    if present is not None and (present.compound, present.door) == (
        draft.compound.strip(),
        draft.door.strip(),
    ):
        return present  # an odd one need not be readable again
    door = places.parse_door(draft.door)
    if door is None or door.building is None:
        problems["door"] = "门牌看不懂。写成 3-2-501，或 3号楼2单元501。"
        return None
    words = (door.building, door.unit or "", door.floor or "", door.room or "")
    known = _known_door(uow, draft.compound.strip(), *words)
    if known is None:
        problems["compound"] = "没有这个小区。请从列表里选，或先在设置里添上。"
        return None
    uow.actor.require_grid("people.write", known.grid_id)
    return known


def _known_door(
    uow: UnitOfWork, compound: str, building: str, unit: str, floor: str, room: str
) -> places.DoorRow | None:
    """The door of this name, written down now where it was not; None when there is no such compound."""
    known = places.door_named(uow.session, compound, building, unit, floor, room)
    if known is not None and known.grid_id is not None:
        return known
    grid_id = _grid_of_building(uow, compound, building)
    book = places.PlaceBook(uow, (compound, building))
    dwelling_id = book.dwelling(compound, building, unit, floor, room, grid_id)
    book.flush()
    return _door(uow, dwelling_id)


def _grid_of_building(uow: UnitOfWork, compound: str, building: str) -> UUID | None:
    """The grid a door nobody wrote down yet belongs to: that of its building, where there is only one."""
    found = next(
        (b for b in places.all_buildings(uow.session) if (b.compound, b.name) == (compound, building)), None
    )
    grids = places.grids_of_building(uow.session, found.id) if found is not None else frozenset()
    return next(iter(grids)) if len(grids) == 1 else None


def _fill(uow: UnitOfWork, row: Resident, draft: ResidentDraft, checked: _Checked) -> None:
    row.name = draft.name.strip()
    row.sort_key = name_key(row.name)
    if checked.id_no is not None:
        set_id(uow, row, checked.id_no.canonical)
        row.birth_on, row.sex = checked.id_no.birth, checked.id_no.sex
    elif row.id_sealed is None:
        row.birth_on, row.sex = draft.birth_on, draft.sex
    row.ethnic, row.political = draft.ethnic.strip(), draft.political.strip()
    row.residence, row.move_in_on, row.remark = draft.residence, draft.move_in_on, draft.remark.strip()
    if (relation := draft.relation.strip()) != row.relation:
        row.relation, row.relation_code = relation, RELATIONS.get(relation, "")
    row.phone_mask = masking.mask_phone(checked.phones[0]) if checked.phones else ""
    door = checked.door
    row.household_id = _household(uow, row, door.dwelling_id if door else None)
    id_no = uow.cipher.open(row.id_sealed, row.id, "id_no") if row.id_sealed else None
    row.search_text = search_text(row.name, id_no, checked.phones, door.door if door else "")


def set_id(uow: UnitOfWork, row: Resident, id_no: str) -> None:
    """Seal an 18-character number into the row, with digest and mask."""
    row.id_sealed = uow.cipher.seal(id_no, row.id, "id_no")
    row.id_digest = uow.cipher.digest(id_no, "id_no")
    row.id_mask = masking.mask_id(id_no)


def _household(uow: UnitOfWork, row: Resident, dwelling_id: UUID | None) -> UUID:
    present = uow.session.get(Household, row.household_id) if row.household_id else None
    if present is not None and present.dwelling_id == dwelling_id:
        return present.id
    found = None
    if dwelling_id is not None:
        found = uow.session.scalar(
            select(Household.id).where(Household.dwelling_id == dwelling_id).order_by(Household.id).limit(1)
        )
    return found or uow.add(Household(dwelling_id=dwelling_id)).id


def leave_head(uow: UnitOfWork, resident_id: UUID, household_id: UUID | None) -> None:
    """The household has no head any more, if this person was it."""
    if household_id is not None:
        home = uow.get(Household, household_id)
        if home.head_id == resident_id:
            home.head_id = None


def _head(uow: UnitOfWork, row: Resident) -> None:
    """One head a household: refused when another present person is it."""
    if row.relation != "户主" or row.household_id is None:
        return
    if other_head(uow, row) is not None:
        raise ValidationError({"relation": "这一户已经有户主了。先把原来那位改成别的关系。"})
    uow.get(Household, row.household_id).head_id = row.id


def other_head(uow: UnitOfWork, row: Resident) -> UUID | None:
    """Another present person who is head of the same household."""
    return uow.session.scalar(
        select(Resident.id).where(
            Resident.household_id == row.household_id,
            Resident.relation == "户主",
            Resident.status == PRESENT,
            Resident.id != row.id,
        )
    )


def replace_phones(uow: UnitOfWork, row: Resident, phones: list[str]) -> None:
    """Put these numbers, in calling order, in place of the stored ones."""
    for old in uow.session.scalars(select(ResidentPhone).where(ResidentPhone.resident_id == row.id)).all():
        uow.session.delete(old)
    uow.session.flush()
    _add_phones(uow, row, phones)


def _add_phones(uow: UnitOfWork, row: Resident, phones: list[str]) -> None:
    for ordinal, phone in enumerate(phones):
        phone_id = uuid7()
        uow.add(
            ResidentPhone(
                id=phone_id,
                resident_id=row.id,
                ordinal=ordinal,
                sealed=uow.cipher.seal(phone, phone_id, "phone"),
                digest=uow.cipher.digest(phone, "phone"),
                mask=masking.mask_phone(phone),
            )
        )


def _set_tags(uow: UnitOfWork, resident_id: UUID, tags: tuple[str, ...]) -> None:
    day = today(uow.clock)
    open_rows = {
        r.tag: r
        for r in uow.session.scalars(
            select(ResidentTag).where(ResidentTag.resident_id == resident_id, ResidentTag.last_on.is_(None))
        )
    }
    for tag in open_rows.keys() - set(tags):
        if open_rows[tag].first_on == day:  # put on today by mistake: it never held
            uow.session.delete(open_rows[tag])
        else:
            open_rows[tag].last_on = date.fromordinal(day.toordinal() - 1)
    for tag in tags:
        if tag not in open_rows:
            uow.add(ResidentTag(resident_id=resident_id, tag=tag, first_on=day))
