"""Reading residents: the masked ledger and the palette."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Household, Resident, ResidentTag
from centerdesk.features.people.rules import BIN, PRESENT, SEXES, STALE_DAYS, age_on, age_tags, years_before
from centerdesk.features.places.models import Building, Compound, Dwelling, Grid
from centerdesk.kernel import search
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import SearchHit, Target
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


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """台账排序. `by` is name, age, door or verified; people of one value in the order of their ids."""

    by: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
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


def base(actor: Actor) -> Any:
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


_LINE = (
    Resident.id, Resident.version, Resident.sort_key, Resident.name, Resident.sex, Resident.birth_on,
    Resident.id_mask, Resident.phone_mask, Resident.residence, Resident.status, Resident.verified_on,
)  # fmt: skip
"""What a line of the ledger shows of a person: whole records would cost a page of them 10 ms."""


def _lines(actor: Actor, *more: ColumnElement[Any]) -> Any:
    """`base` with the columns of a line only."""
    doors = (Dwelling.door, Compound.name.label("compound"), Grid.name.label("grid"))
    return base(actor).with_only_columns(*_LINE, *doors, *more, maintain_column_froms=True)


def _conditions(wanted: LedgerFilter, day: date) -> list[ColumnElement[bool]]:
    """View and chips; the search is not among them."""
    found = [_view(wanted.view, day)]
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
            Resident.residence == "常住",
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
    return and_(present, _born_in_week(day)) if view == "birthday" else present


def _born_in_week(day: date) -> ColumnElement[bool]:
    """A birthday on one of the seven days from `day` on. The month is asked first: it rules nearly all out."""
    week: dict[int, list[int]] = {}
    for n in range(7):
        each = day + timedelta(days=n)
        week.setdefault(each.month, []).append(each.day)
    months, days = extract("month", Resident.birth_on), extract("day", Resident.birth_on)
    return or_(*(and_(months == month, days.in_(found)) for month, found in week.items()))


_ORDERS: dict[str, ColumnElement[Any]] = {
    "name": Resident.__table__.c.sort_key,
    "age": func.coalesce(Resident.birth_on, date.max),
    "door": func.coalesce(Dwelling.door_key, "\U0010ffff"),
    "verified": func.coalesce(Resident.verified_on, date.min),
}
"""What each column sorts by. Older people come first when ages rise, homes without a door last."""


def page_residents(
    session: Session,
    actor: Actor,
    clock: Clock,
    wanted: LedgerFilter,
    after: Key | None,
    limit: int,
    order: LedgerOrder = LedgerOrder(),
) -> Page[ResidentRow]:
    """One page of the ledger. With a search its hits come first, then the rest unless `narrow`.

    Keys are (rank, sort value, id): rank 0 holds the hits.
    """
    day = today(clock)
    found: list[tuple[Any, Key]] = []
    known: list[UUID] | None = None
    for rank, hits in _ranks(session, wanted):
        if (after is not None and after[0] > rank) or len(found) > limit:
            continue
        start, room = after[1:] if after is not None and after[0] == rank else None, limit + 1 - len(found)
        if hits is not None and rank == 0 and order.by == "name":
            early, start, known = _first_hits(
                session, actor, wanted, day, start, room, descending=order.descending
            )
            found += [(r, (rank, r.sort_value, r.id)) for r in early]
            room -= len(early)
            if start is None or room <= 0:
                continue
        asked = _conditions(wanted, day)
        if hits is not None and known is None:
            asked.append(hits)
        elif known:
            asked.append(Resident.id.not_in(known))
        stmt = _in_order(actor, wanted, order, asked, start, max(room, _FEWEST))
        found += [(r, (rank, r.sort_value, r.id)) for r in session.execute(stmt).fetchmany(room)]
    page = page_of(found, limit, lambda pair: pair[1])
    tags = tags_of(session, [r.id for r, _key in page.rows], day)
    searched = not search.is_blank(wanted.query)
    return Page(
        tuple(_line(r, r, tags, day, hit=searched and key[0] == 0) for r, key in page.rows), page.next_key
    )


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
    value = _ORDERS[order.by]
    keys = (value, Resident.__table__.c.id)
    lines = _lines(actor, value.label("sort_value"))
    if order.by == "name":
        return after_key(lines.where(*asked), keys, after, limit, descending=order.descending)
    narrow = _counting(actor, Resident.id, doors=order.by == "door" or bool(wanted.grids)).where(*asked)
    first = after_key(narrow, keys, after, limit, descending=order.descending)
    return after_key(lines.where(Resident.id.in_(first)), keys, None, limit, descending=order.descending)


_FEWEST = 20
"""SQLite sorts the whole ledger, 0.5 s of 100,000 people, where it is asked for one row and not for some more."""
_ROUNDS = (1, 4, 8)
"""Of so many pages of hits the people are looked at one by one; a view that holds few of them is asked as a whole."""


def _first_hits(
    session: Session,
    actor: Actor,
    wanted: LedgerFilter,
    day: date,
    after: Key | None,
    room: int,
    *,
    descending: bool,
) -> tuple[list[Any], Key | None, list[UUID] | None]:
    """People found, in the order of names, straight from the index; and where to go on, None when none is left.

    Only so a letter that every fourth name has costs no more than one page. Third: the ids of everything the
    search finds, where that was all looked at; None where it was not.
    """
    found: list[Any] = []
    first, seen = after is None, []
    for pages in _ROUNDS:
        size = min(pages * room + 8, 900)
        hits = search.in_order(session, "resident", wanted.query, after, size, descending=descending)
        stmt = _lines(actor, Resident.sort_key.label("sort_value")).where(
            Resident.id.in_([row_id for _key, row_id in hits]), *_conditions(wanted, day)
        )
        people = {r.id: r for r in session.execute(stmt)} if hits else {}
        found += [people[row_id] for _key, row_id in hits if row_id in people]
        seen += [row_id for _key, row_id in hits]
        if len(hits) < size:
            return found[:room], None, seen if first else None
        after = hits[-1]
        if len(found) >= room:
            break
    return found[:room], after, None


def _ranks(session: Session, wanted: LedgerFilter) -> list[tuple[int, ColumnElement[bool] | None]]:
    """Which people are listed one group after the other: hits, and the rest."""
    if search.is_blank(wanted.query):
        return [(0, None)]
    hits = Resident.id.in_(search.matching(session, "resident", wanted.query))
    return [(0, hits)] if wanted.narrow else [(0, hits), (1, ~hits)]


def count_residents(session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter) -> int:
    """How many view and chips hold, and with `narrow` the search too. Figures only need COUNT."""
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        stmt = select(func.count()).select_from(Resident).where(_view(wanted.view, today(clock)))
        return session.scalar(stmt) or 0
    stmt = _counting(actor, func.count(), doors=bool(wanted.grids)).where(*_conditions(wanted, today(clock)))
    if wanted.narrow and not search.is_blank(wanted.query):
        stmt = stmt.where(Resident.id.in_(search.matching(session, "resident", wanted.query)))
    return session.scalar(stmt) or 0


def _counting(actor: Actor, *figures: Any, doors: bool = False) -> Any:
    """Figures, or the ids, of the residents the actor may see. Doors are joined only where they decide.

    SQLite keeps a join nobody needs where it counts: five look-ups a person, a second for 100,000.
    """
    grids = actor.grids("people.find")
    stmt = select(*figures).select_from(Resident)
    if doors or grids is not None:
        stmt = stmt.outerjoin(Household, Household.id == Resident.household_id)
        stmt = stmt.outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
    return stmt if grids is None else stmt.where(Dwelling.grid_id.in_(grids))


def count_hits(session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter) -> int:
    """How many of view and chips the search finds; 0 for a blank search."""
    if search.is_blank(wanted.query):
        return 0
    return count_residents(session, actor, clock, replace(wanted, narrow=True))


def count_views(session: Session, actor: Actor, clock: Clock) -> dict[str, int]:
    """How many each view holds, for the list at the left; the ledger is walked once for all of them."""
    day = today(clock)
    figures = [func.count(case((_view(view, day), 1))) for view in VIEWS]
    if actor.require("people.find", Reach.COUNT) == Reach.COUNT:
        stmt: Any = select(*figures).select_from(Resident)
    else:
        stmt = _counting(actor, *figures)
    return dict(zip(VIEWS, session.execute(stmt).one(), strict=True))


def count_households(session: Session, actor: Actor) -> int:
    """Households with at least one present person."""
    stmt = _counting(actor, func.count(func.distinct(Resident.household_id)))
    return session.scalar(stmt.where(Resident.status == PRESENT)) or 0


def tags_of(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, list[tuple[str, date | None]]]:
    found: dict[UUID, list[tuple[str, date | None]]] = {}
    for start in range(0, len(ids), 500):
        stmt = select(ResidentTag.resident_id, ResidentTag.tag, ResidentTag.first_on).where(
            ResidentTag.resident_id.in_(ids[start : start + 500]),
            or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
            or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
        )
        for row in session.execute(stmt.order_by(ResidentTag.id)):
            found.setdefault(row.resident_id, []).append((row.tag, row.first_on))
    return found


def row_of(
    found: Any, tags: dict[UUID, list[tuple[str, date | None]]], day: date, *, hit: bool = False
) -> ResidentRow:
    """The masked line of a row of `base`."""
    return _line(found.Resident, found, tags, day, hit=hit)


def _line(
    r: Any, place: Any, tags: dict[UUID, list[tuple[str, date | None]]], day: date, *, hit: bool
) -> ResidentRow:
    limit = day - timedelta(days=STALE_DAYS)
    return ResidentRow(
        r.id, r.version, r.sort_key, r.name, SEXES.get(r.sex, "未知"), r.birth_on,
        age_on(r.birth_on, day), r.id_mask, r.phone_mask, place.compound or "", place.door or "",
        place.grid or "", r.residence, r.status,
        (*(t for t, _ in tags.get(r.id, ())), *age_tags(r.birth_on, day)), r.verified_on,
        r.verified_on is None or r.verified_on < limit, hit,
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
