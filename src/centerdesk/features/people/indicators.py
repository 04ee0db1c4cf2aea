"""What the ledger puts into a monthly return: population, households, special groups, movements.

One base for all: persons present by event date (moved in, born, left, died) on the last day of the span,
whenever that was registered. Special groups count 常住 only, as the street's forms do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Household, Resident, ResidentTag
from centerdesk.features.people.rules import BIN, DEAD, LEFT, TAGS, age_on
from centerdesk.features.places import api as places
from centerdesk.kernel.indicators import Cumulate, Indicator, Measure, Measures, Span

GROUP = "居民"
SPECIAL = "特殊群体"
MOVES = "人口变动"


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    household_id: UUID | None
    grid_id: UUID | None
    birth_on: date | None
    sex: int
    residence: str
    status: str
    move_in_on: date | None
    left_on: date | None
    tags: frozenset[str]

    def present(self, day: date) -> bool:
        arrived = (self.move_in_on is None or self.move_in_on <= day) and (
            self.birth_on is None or self.birth_on <= day
        )
        return arrived and (self.left_on is None or self.left_on > day)


def _people(session: Session, day: date) -> tuple[_Person, ...]:
    """Everybody known, with grid and tags as they were on `day`; read once a session and day."""
    cache: dict[date, tuple[_Person, ...]] = session.info.setdefault("people.indicators", {})
    if day not in cache:
        cache[day] = tuple(_load(session, day))
    return cache[day]


def _present(session: Session, day: date) -> tuple[_Person, ...]:
    """Who of them was there on `day`: forty figures begin with it."""
    cache: dict[date, tuple[_Person, ...]] = session.info.setdefault("people.indicators.present", {})
    if day not in cache:
        cache[day] = tuple(p for p in _people(session, day) if p.present(day))
    return cache[day]


def _load(session: Session, day: date) -> Iterable[_Person]:
    tags: dict[UUID, set[str]] = {}
    held = select(ResidentTag.resident_id, ResidentTag.tag).where(
        or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= day),
        or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= day),
    )
    for resident_id, tag in session.execute(held):
        tags.setdefault(resident_id, set()).add(tag)
    grids = places.grids_of_dwellings(session, day)
    for r in _records(session):
        yield _Person(
            r.id, r.household_id, grids.get(r.dwelling_id), r.birth_on, r.sex, r.residence, r.status,
            r.move_in_on, r.left_on, frozenset(tags.get(r.id, ())),
        )  # fmt: skip


def _records(session: Session) -> Sequence[Any]:
    """What of a person is the same on every day; read once a session."""
    known: Sequence[Any] | None = session.info.get("people.indicators.records")
    if known is not None:
        return known
    stmt = (
        select(
            Resident.id, Resident.household_id, Household.dwelling_id, Resident.birth_on, Resident.sex,
            Resident.residence, Resident.status, Resident.move_in_on, Resident.left_on,
        )
        .outerjoin(Household, Household.id == Resident.household_id)
        .where(Resident.status != BIN)
        .order_by(Resident.sort_key, Resident.id)
    )  # fmt: skip
    found: Sequence[Any] = session.execute(stmt).all()
    session.info["people.indicators.records"] = found
    return found


def _persons_by_grid(session: Session, people: Iterable[_Person]) -> Measures:
    """Counts by grid and for the station of people who stand once each."""
    found: dict[UUID | None, list[UUID]] = {None: []} | {grid.id: [] for grid in places.grids(session)}
    for p in people:
        found[None].append(p.id)
        if p.grid_id is not None and p.grid_id in found:
            found[p.grid_id].append(p.id)
    return {grid_id: Measure(len(ids), tuple(ids)) for grid_id, ids in found.items()}


def _by_grid(session: Session, rows: Iterable[tuple[UUID | None, UUID]]) -> Measures:
    """Counts by grid and for the station; a record that stands twice counts once."""
    found: dict[UUID | None, dict[UUID, None]] = {None: {}}
    for grid in places.grids(session):
        found[grid.id] = {}
    for grid_id, row_id in rows:
        found[None][row_id] = None
        if grid_id in found and grid_id is not None:
            found[grid_id][row_id] = None
    return {grid_id: Measure(len(ids), tuple(ids)) for grid_id, ids in found.items()}


def _stock(test: Callable[[_Person, date], bool]) -> Callable[[Session, Span], Measures]:
    def measure(session: Session, span: Span) -> Measures:
        day = span.last
        return _persons_by_grid(session, (p for p in _present(session, day) if test(p, day)))

    return measure


def _households(session: Session, span: Span) -> Measures:
    day = span.last
    return _by_grid(
        session,
        (
            (p.grid_id, p.household_id)
            for p in _present(session, day)
            if p.household_id is not None and p.residence == "常住"
        ),
    )


def _moved(test: Callable[[_Person, Span], bool]) -> Callable[[Session, Span], Measures]:
    def measure(session: Session, span: Span) -> Measures:
        return _persons_by_grid(session, (p for p in _people(session, span.last) if test(p, span)))

    return measure


def _aged(p: _Person, day: date, least: int) -> bool:
    return p.residence == "常住" and (age_on(p.birth_on, day) or 0) >= least


def _resident(
    code: str,
    title: str,
    definition: str,
    test: Callable[[_Person, date], bool],
    *,
    group: str = GROUP,
    part_of: str | None = None,
) -> Indicator:
    return Indicator(
        f"people.{code}", title, "人", group, definition, "resident", _stock(test), Cumulate.LAST, part_of
    )


def _of_sex(sex: int) -> Callable[[_Person, date], bool]:
    return lambda p, _day: p.residence == "常住" and p.sex == sex


def _living(residence: str) -> Callable[[_Person, date], bool]:
    return lambda p, _day: p.residence == residence


def _tagged(tag: str) -> Callable[[_Person, date], bool]:
    return lambda p, _day: p.residence == "常住" and tag in p.tags


_END = "期末在册、居住情况为“{}”的人数；以迁入、出生、迁出、死亡的日子为准，不论何时登记。"

INDICATORS = (
    Indicator(
        "people.households",
        "户数",
        "户",
        GROUP,
        "期末至少有一位常住居民的户数。",
        "household",
        _households,
        Cumulate.LAST,
    ),
    _resident("residents", "常住人口", _END.format("常住"), _living("常住")),
    _resident("male", "男", "常住人口中性别为男的人数。", _of_sex(1), part_of="people.residents"),
    _resident("female", "女", "常住人口中性别为女的人数。", _of_sex(2), part_of="people.residents"),
    _resident("separated", "人户分离", _END.format("人户分离"), _living("人户分离")),
    _resident("floating", "流动人口", _END.format("流动"), _living("流动")),
    _resident("nominal", "空挂户", _END.format("空挂户"), _living("空挂户")),
    _resident(
        "aged60",
        "60 周岁及以上",
        "常住人口中期末满 60 周岁的人数，年龄按出生日期算到期末日。",
        lambda p, day: _aged(p, day, 60),
        group=SPECIAL,
    ),
    _resident(
        "aged80",
        "80 周岁及以上",
        "常住人口中期末满 80 周岁的人数。",
        lambda p, day: _aged(p, day, 80),
        group=SPECIAL,
        part_of="people.aged60",
    ),
    _resident(
        "alone60",
        "独居老人",
        "60 周岁及以上常住人口中期末带“独居”标签的人数；标签起始日不详的按一直有算。",
        lambda p, day: _aged(p, day, 60) and "独居" in p.tags,
        group=SPECIAL,
        part_of="people.aged60",
    ),
    *(
        _resident(f"tag.{tag}", tag, f"常住人口中期末带“{tag}”标签的人数。", _tagged(tag), group=SPECIAL)
        for tag in TAGS
        if tag != "独居"
    ),
    Indicator(
        "people.moved_in",
        "迁入",
        "人",
        MOVES,
        "迁入日期在期内的人数，不论何时登记。",
        "resident",
        _moved(lambda p, s: p.move_in_on is not None and s.first <= p.move_in_on <= s.last),
    ),
    Indicator(
        "people.moved_out",
        "迁出",
        "人",
        MOVES,
        "迁出日期在期内的人数。",
        "resident",
        _moved(lambda p, s: p.status == LEFT and p.left_on is not None and s.first <= p.left_on <= s.last),
    ),
    Indicator(
        "people.died",
        "死亡",
        "人",
        MOVES,
        "死亡日期在期内的人数。",
        "resident",
        _moved(lambda p, s: p.status == DEAD and p.left_on is not None and s.first <= p.left_on <= s.last),
    ),
)
