"""Reading residents: the masked ledger, one person, the palette."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.rules import BIN, PRESENT, SEXES, STALE_DAYS, age_on, age_tags, years_before
from centerdesk.features.places import api as places
from centerdesk.features.places.models import Building, Compound, Dwelling, Grid
from centerdesk.kernel import search
from centerdesk.kernel.clock import Clock, local, today
from centerdesk.kernel.errors import NotFound
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.manifest import SearchHit, Target, TimelineRow, Tone
from centerdesk.kernel.paging import Key, Page, after_key, page_of

VIEWS = {
    "all": "全部居民",
    "alone": "独居老人",
    "aged80": "80 岁以上",
    "stale": "60 天没核实",
    "separated": "人户分离",
    "moved_in": "本月新迁入",
    "birthday": "生日在本周",
    "bin": "回收站",
}
"""View id → title; the order is that of the page."""


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """台账筛选. Chips combine with “and”, inside one chip with “or”."""

    view: str = "all"
    query: str = ""
    tags: frozenset[str] = frozenset()
    grids: frozenset[UUID] = frozenset()
    min_age: int | None = None


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """One line of the ledger; numbers are masked."""

    id: UUID
    version: int
    sort_key: str
    name: str
    sex: str
    age: int | None
    id_mask: str
    phone_mask: str
    compound: str
    door: str
    grid: str
    residence: str
    status: str
    tags: tuple[str, ...]
    verified_on: date | None
    stale: bool


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Another person of the same household."""

    id: UUID
    name: str
    relation: str
    age: int | None
    residence: str
    status: str


@dataclass(frozen=True, slots=True)
class ResidentDetail:
    """一位居民. What the pane at the right shows; numbers masked."""

    row: ResidentRow
    birth_on: date | None
    relation: str
    relation_code: str
    ethnic: str
    political: str
    move_in_on: date | None
    left_on: date | None
    remark: str
    tags_free: str
    phones: tuple[str, ...]
    tag_since: tuple[tuple[str, date | None], ...]
    household_id: UUID | None
    members: tuple[HouseholdMember, ...] = field(default=())


def _base(actor: Actor) -> Any:
    """Residents with their door, as far as the actor may see."""
    grids = actor.grids("people.find")
    stmt = (
        select(Resident, Dwelling.door, Compound.name.label("compound"), Grid.name.label("grid"))
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
        .outerjoin(Building, Building.id == Dwelling.building_id)
        .outerjoin(Compound, Compound.id == Building.compound_id)
        .outerjoin(Grid, Grid.id == Dwelling.grid_id)
    )
    return stmt if grids is None else stmt.where(Dwelling.grid_id.in_(grids))


def _conditions(wanted: LedgerFilter, day: date) -> list[ColumnElement[bool]]:
    found = [_view(wanted.view, day)]
    if not search.is_blank(wanted.query):
        found.append(Resident.id.in_(search.matching("resident", wanted.query)))
    if wanted.tags:
        found.append(Resident.id.in_(_tagged(wanted.tags, day)))
    if wanted.grids:
        found.append(Dwelling.grid_id.in_(wanted.grids))
    if wanted.min_age is not None:
        found.append(Resident.birth_on <= years_before(day, wanted.min_age))
    return found


def _tagged(tags: frozenset[str], day: date) -> Select[Any]:
    return select(ResidentTag.resident_id).where(
        ResidentTag.tag.in_(tags),
        or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
        or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
    )


def _view(view: str, day: date) -> ColumnElement[bool]:
    if view == "bin":
        return Resident.status == BIN
    present = Resident.status == PRESENT
    if view == "alone":
        return and_(
            present,
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
    if view == "birthday":
        week = [day + timedelta(days=n) for n in range(7)]
        months, days = extract("month", Resident.birth_on), extract("day", Resident.birth_on)
        return and_(present, or_(*(and_(months == d.month, days == d.day) for d in week)))
    return present


def page_residents(
    session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter, after: Key | None, limit: int
) -> Page[ResidentRow]:
    """One page of the ledger in the order of the names."""
    day = today(clock)
    stmt = _base(actor).where(*_conditions(wanted, day))
    stmt = after_key(stmt, (Resident.__table__.c.sort_key, Resident.__table__.c.id), after, limit + 1)
    rows = session.execute(stmt).all()
    tags = _tags_of(session, [r.Resident.id for r in rows], day)
    return page_of([_row(r, tags, day) for r in rows], limit, lambda r: (r.sort_key, r.id))


def count_residents(session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter) -> int:
    """How many the filter holds. Figures only need COUNT: administrators see no persons."""
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        stmt = select(func.count()).select_from(Resident).where(_view(wanted.view, today(clock)))
        return session.scalar(stmt) or 0
    inner = _base(actor).where(*_conditions(wanted, today(clock))).with_only_columns(Resident.id).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def count_views(session: Session, actor: Actor, clock: Clock) -> dict[str, int]:
    """How many each view holds, for the list at the left."""
    return {view: count_residents(session, actor, clock, LedgerFilter(view)) for view in VIEWS}


def count_households(session: Session, actor: Actor) -> int:
    """Households with at least one present person."""
    grids = actor.grids("people.find")
    stmt = (
        select(func.count(func.distinct(Resident.household_id)))
        .join(Household, Household.id == Resident.household_id)
        .outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
        .where(Resident.status == PRESENT)
    )
    return session.scalar(stmt if grids is None else stmt.where(Dwelling.grid_id.in_(grids))) or 0


def _tags_of(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, list[tuple[str, date | None]]]:
    found: dict[UUID, list[tuple[str, date | None]]] = {}
    for start in range(0, len(ids), 500):
        stmt = select(ResidentTag.resident_id, ResidentTag.tag, ResidentTag.first_on).where(
            ResidentTag.resident_id.in_(ids[start : start + 500]),
            or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
        )
        for row in session.execute(stmt.order_by(ResidentTag.id)):
            found.setdefault(row.resident_id, []).append((row.tag, row.first_on))
    return found


def _row(found: Any, tags: dict[UUID, list[tuple[str, date | None]]], day: date) -> ResidentRow:
    r: Resident = found.Resident
    limit = day - timedelta(days=STALE_DAYS)
    return ResidentRow(
        r.id, r.version, r.sort_key, r.name, SEXES.get(r.sex, "未知"), age_on(r.birth_on, day), r.id_mask,
        r.phone_mask, found.compound or "", found.door or "", found.grid or "", r.residence, r.status,
        (*(t for t, _ in tags.get(r.id, ())), *age_tags(r.birth_on, day)), r.verified_on,
        r.verified_on is None or r.verified_on < limit,
    )  # fmt: skip


def get_resident(session: Session, actor: Actor, clock: Clock, resident_id: UUID) -> ResidentDetail:
    """One person with household. Raises NotFound, also for somebody outside the actor's grids."""
    day = today(clock)
    found = session.execute(_base(actor).where(Resident.id == resident_id)).one_or_none()
    if found is None:
        raise NotFound("台账里找不到这位居民，也许在别的网格或回收站里。")
    r: Resident = found.Resident
    tags = _tags_of(session, [r.id], day)
    phones = session.scalars(
        select(ResidentPhone.mask).where(ResidentPhone.resident_id == r.id).order_by(ResidentPhone.ordinal)
    )
    return ResidentDetail(
        _row(found, tags, day), r.birth_on, r.relation, r.relation_code, r.ethnic, r.political, r.move_in_on,
        r.left_on, r.remark, r.tags_free, tuple(phones), tuple(tags.get(r.id, ())), r.household_id,
        _members(session, r, day),
    )  # fmt: skip


def _members(session: Session, r: Resident, day: date) -> tuple[HouseholdMember, ...]:
    if r.household_id is None:
        return ()
    stmt = (
        select(Resident)
        .where(Resident.household_id == r.household_id, Resident.id != r.id, Resident.status != BIN)
        .order_by(Resident.relation_code, Resident.id)
    )
    return tuple(
        HouseholdMember(m.id, m.name, m.relation, age_on(m.birth_on, day), m.residence, m.status)
        for m in session.scalars(stmt)
    )


def search_people(session: Session, actor: Actor, query: str, limit: int) -> Sequence[SearchHit]:
    """Palette hits: name, sex, age, door and first tag; the reader's own day is today's UTC+8."""
    if not actor.may("people.find") or search.is_blank(query):
        return ()
    stmt = _base(actor).where(Resident.status == PRESENT, Resident.id.in_(search.matching("resident", query)))
    rows = session.execute(stmt.order_by(Resident.sort_key, Resident.id).limit(limit)).all()
    return [
        SearchHit(
            "居民",
            r.Resident.name,
            " · ".join(p for p in (SEXES.get(r.Resident.sex, ""), r.door or "", r.grid or "") if p),
            Target("people", r.Resident.id),
        )
        for r in rows
    ]


def timeline(
    session: Session, actor: Actor, kind: str, row_id: UUID, before: datetime | None, limit: int
) -> Sequence[TimelineRow]:
    """What was done with a resident's record, newest first, out of the journal."""
    if kind != "resident":
        return ()
    actor.require("people.find")
    stmt = select(JournalOp.at, JournalOp.label, JournalOp.actor).where(
        JournalOp.object_type == "resident", JournalOp.object_id == row_id
    )
    if before is not None:
        stmt = stmt.where(JournalOp.at < before)
    rows = session.execute(stmt.order_by(JournalOp.seq.desc()).limit(limit))
    return [TimelineRow(r.at, "record", r.label, f"{local(r.at):%H:%M}", Tone.PLAIN) for r in rows]


def ledger_places(session: Session, actor: Actor) -> tuple[places.GridRow, ...]:
    """Grids the filter chip offers: those the actor may see."""
    scope = actor.grids("people.find")
    return tuple(g for g in places.grids(session) if scope is None or g.id in scope)
