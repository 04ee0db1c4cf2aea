"""Reading residents: the masked ledger, a page at a time, its counts, and the palette."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Household, Resident
from centerdesk.features.people.queries_lines import DOOR, LINE, ORDERS, base, conditions, in_view
from centerdesk.features.people.queries_names import FEWEST, by_name, first_hits
from centerdesk.features.people.queries_tags import tags_of
from centerdesk.features.people.rules import PRESENT, SEXES, STALE_DAYS, age_on, age_tags
from centerdesk.features.places.models import Dwelling
from centerdesk.kernel import search
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import SearchHit, Target
from centerdesk.kernel.paging import Key, Page, after_key, page_of
from centerdesk.kernel.readers import aside
from centerdesk.kernel.record import record

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


@record
class LedgerFilter:
    """台账筛选. Chips combine with “and”, inside one chip with “or”.

    What `query` finds stands on top; with `narrow` nothing else is listed.
    """

    view: str = "all"
    query: str = ""
    tags: frozenset[str] = frozenset()
    grids: frozenset[UUID] = frozenset()
    min_age: int | None = None
    narrow: bool = False

    @property
    def chips(self) -> bool:
        """Is anything chosen beside the view and the search?"""
        return bool(self.tags or self.grids or self.min_age is not None)


@record
class LedgerOrder:
    """台账排序. `by` is name, age, door or verified; people of one value in the order of their ids."""

    by: str = "name"
    descending: bool = False


BY_NAME = LedgerOrder()


@record
class ResidentRow:
    """One line of the ledger; numbers are masked."""

    id: UUID
    version: int
    sort_key: str
    name: str
    sex: str
    birth_on: date | None
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
    hit: bool = False  # the search found this person


def page_residents(
    session: Session,
    actor: Actor,
    clock: Clock,
    wanted: LedgerFilter,
    after: Key | None,
    limit: int,
    order: LedgerOrder = BY_NAME,
) -> Page[ResidentRow]:
    """One page of the ledger. With a search its hits come first, then the rest unless `narrow`.

    Keys are (rank, sort value, id): rank 0 holds the hits.
    """
    day, searched = today(clock), not search.is_blank(wanted.query)
    found: list[tuple[Any, Key]] = []
    known: list[UUID] | None = None
    for rank in (0, 1) if searched and not wanted.narrow else (0,):
        if (after is not None and after[0] > rank) or len(found) > limit:
            continue
        start, room = after[1:] if after is not None and after[0] == rank else None, limit + 1 - len(found)
        if searched and rank == 0 and order.by == "name":
            early, start, known = first_hits(
                session, actor, wanted, day, start, room, descending=order.descending
            )
            found += [(r, (rank, r.sort_value, r.id)) for r in early]
            room -= len(early)
            if start is None or room <= 0:
                continue
        rows: Sequence[Any]
        if order.by == "name" and (known is not None or not searched):
            rows = by_name(
                session, actor, wanted, day, start, room, set(known or ()), descending=order.descending
            )
        else:
            hits = search.matching(session, "resident", wanted.query)
            asked = [Resident.id.not_in(hits) if rank else Resident.id.in_(hits)] if searched else []
            stmt = _in_order(
                actor, wanted, order, [*conditions(wanted, day), *asked], start, max(room, FEWEST)
            )
            rows = session.execute(stmt).fetchmany(room)
        found += [(r, (rank, r.sort_value, r.id)) for r in rows]
    page = page_of(found, limit, lambda pair: pair[1])
    tags = tags_of(session, [r.id for r, _key in page.rows], day)
    stale_from = _stale_from(day)
    lines = (
        _line(r, tags.get(r.id, ()), day, stale_from, hit=searched and key[0] == 0) for r, key in page.rows
    )
    return Page(tuple(lines), page.next_key)


def _in_order(
    actor: Actor,
    wanted: LedgerFilter,
    order: LedgerOrder,
    asked: Sequence[ColumnElement[bool]],
    after: Key | None,
    limit: int,
) -> Any:
    """Lines in the order asked for. Names stand in order in an index; for any other order everybody has to be
    sorted, and that is done with what `ix_resident_counted` holds before a single line is read.
    """
    value = ORDERS[order.by]
    keys = (value, Resident.__table__.c.id)
    lines = base(actor).with_only_columns(*LINE, *DOOR, value.label("sort_value"), maintain_column_froms=True)
    if order.by == "name":
        return after_key(lines.where(*asked), keys, after, limit, descending=order.descending)
    narrow = _counting(actor, Resident.id, doors=order.by == "door" or bool(wanted.grids)).where(*asked)
    first = after_key(narrow, keys, after, limit, descending=order.descending)
    return after_key(lines.where(Resident.id.in_(first)), keys, None, limit, descending=order.descending)


def count_residents(session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter) -> int:
    """How many view and chips hold, and with `narrow` the search too. Figures only need COUNT."""
    aside(session)
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        stmt = select(func.count()).select_from(Resident).where(in_view(wanted.view, today(clock)))
        return session.scalar(stmt) or 0
    stmt = _counting(actor, func.count(), doors=bool(wanted.grids)).where(*conditions(wanted, today(clock)))
    if wanted.narrow and not search.is_blank(wanted.query):
        stmt = stmt.where(Resident.id.in_(search.matching(session, "resident", wanted.query)))
    return session.scalar(stmt) or 0


def _counting(actor: Actor, *figures: Any, doors: bool = False, found: Any = None) -> Any:
    """Figures, or the ids, of the residents the actor may see. Doors are joined only where they decide.

    SQLite keeps a join nobody needs where it counts: five look-ups a person, a second for 100,000. `found`: a
    search's `row_id`s, one after the other.
    """
    grids = actor.grids("people.find")
    stmt = select(*figures).select_from(Resident)
    if found is not None:
        stmt = select(*figures).select_from(found).join(Resident, Resident.id == found.c.row_id)
    if doors or grids is not None:
        stmt = stmt.outerjoin(Household, Household.id == Resident.household_id)
        stmt = stmt.outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
    return stmt if grids is None else stmt.where(Dwelling.grid_id.in_(grids))


MOST_HITS = 9_999
"""Hits are counted so far and no further: beyond, every one more costs a look at a person nobody will see."""


def count_hits(session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter) -> int:
    """How many of view and chips the search finds, MOST_HITS + 1 when there are more; 0 for a blank search."""
    if search.is_blank(wanted.query):
        return 0
    aside(session)
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        return count_residents(session, actor, clock, wanted)
    hits = search.matching(session, "resident", wanted.query).subquery()
    people = _counting(actor, Resident.id, doors=bool(wanted.grids), found=hits)
    people = people.where(*conditions(wanted, today(clock))).limit(MOST_HITS + 1)
    return session.scalar(select(func.count()).select_from(people.subquery())) or 0


def count_views(session: Session, actor: Actor, clock: Clock) -> dict[str, int]:
    """How many each view holds, for the list at the left; the ledger is walked once for all of them."""
    day = today(clock)
    figures = [func.count(case((in_view(view, day), 1))) for view in VIEWS]
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        stmt: Any = select(*figures).select_from(Resident)
    else:
        stmt = _counting(actor, *figures)
    return dict(zip(VIEWS, session.execute(stmt).one(), strict=True))


def count_households(session: Session, actor: Actor) -> int:
    """Households with at least one present person."""
    stmt = _counting(actor, func.count(func.distinct(Resident.household_id)))
    return session.scalar(stmt.where(Resident.status == PRESENT)) or 0


def row_of(
    found: Any, tags: dict[UUID, list[tuple[str, date | None]]], day: date, *, hit: bool = False
) -> ResidentRow:
    """The masked line of a row of `base`."""
    shown = [
        *(getattr(found.Resident, column.key) for column in LINE),
        found.door,
        found.compound,
        found.grid,
    ]
    return _line(shown, tags.get(found.Resident.id, ()), day, _stale_from(day), hit=hit)


def _stale_from(day: date) -> date:
    return day - timedelta(days=STALE_DAYS)


def _line(
    shown: Sequence[Any], tags: Sequence[tuple[str, date | None]], day: date, stale_from: date, *, hit: bool
) -> ResidentRow:
    """`shown` begins with the values of LINE and DOOR."""
    (
        row_id, version, sort_key, name, sex, birth_on, id_mask, phone_mask, residence, status, verified_on,
        door, compound, grid,
    ) = shown[:14]  # fmt: skip
    return ResidentRow(
        row_id, version, sort_key, name, SEXES.get(sex, "未知"), birth_on, age_on(birth_on, day), id_mask,
        phone_mask, compound or "", door or "", grid or "", residence, status,
        (*(tag for tag, _ in tags), *age_tags(birth_on, day)), verified_on,
        verified_on is None or verified_on < stale_from, hit,
    )  # fmt: skip


def search_people(session: Session, actor: Actor, query: str, limit: int) -> Sequence[SearchHit]:
    """Palette hits: name, sex, age, door and first tag; the reader's own day is today's UTC+8."""
    if not actor.may("people.find") or search.is_blank(query):
        return ()
    stmt = base(actor).where(
        Resident.status == PRESENT, Resident.id.in_(search.matching(session, "resident", query))
    )
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
