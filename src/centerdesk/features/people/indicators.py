"""What the ledger puts into a monthly return: population, households, special groups, movements.

One base for all: persons present by event date (moved in, born, left, died) on the last day of the span,
whenever that was registered. Special groups count 常住 only, as the street's forms do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import compress
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Household, Resident, ResidentTag
from centerdesk.features.people.rules import BIN, DEAD, LEFT, TAGS, age_on
from centerdesk.features.places import api as places
from centerdesk.kernel.indicators import Cumulate, Indicator, Measure, Measures, Span
from centerdesk.kernel.record import record

GROUP = "居民"
SPECIAL = "特殊群体"
MOVES = "人口变动"


class _Person(NamedTuple):
    """What of a person is the same on every day. A plain tuple: a frozen record takes ten times as long to make.

    `household` is the number its id is, 0 for none; `home` counts the homes from 0, -1 for none: a UUID that is
    looked up calls Python, a number does not.
    """

    id: UUID
    household: int
    home: int
    birth_on: date | None
    sex: int
    residence: str
    status: str
    move_in_on: date | None
    left_on: date | None


@record
class _Records:
    """Everybody known, in the order of names; which tags they hold and to which grids their homes belong, and when.

    `tags`: tag, place in `people`, first and last day. `parts`: home, its grid, first and last day.
    """

    people: Sequence[_Person]
    tags: Sequence[tuple[str, int, date | None, date | None]]
    parts: Sequence[tuple[int, UUID, date, date | None]]


@record
class _Town:
    """The station on one day. `part_of`: place in `grids` of each home's grid, one behind them for homes in none."""

    records: _Records
    grids: Sequence[UUID]
    part_of: Sequence[int]
    present: Sequence[_Person]
    holders: Mapping[str, Sequence[_Person]]


def _town(session: Session, day: date) -> _Town:
    """Read once a session and day: forty figures begin with it."""
    cache: dict[date, _Town] = session.info.setdefault("people.indicators", {})
    if day not in cache:
        cache[day] = _on(_records(session), [grid.id for grid in places.grids(session)], day)
    return cache[day]


def _on(records: _Records, grids: Sequence[UUID], day: date) -> _Town:
    numbers = {grid: n for n, grid in enumerate(grids)}
    part_of = [len(grids)] * (len(records.people) + 1)
    for home, grid_id, first, last in records.parts:
        if first <= day and (last is None or last >= day):
            part_of[home] = numbers.get(grid_id, len(grids))
    here = [
        (p.move_in_on is None or p.move_in_on <= day)
        and (p.birth_on is None or p.birth_on <= day)
        and (p.left_on is None or p.left_on > day)
        for p in records.people
    ]
    held: dict[str, set[int]] = {}
    for tag, number, since, until in records.tags:
        if here[number] and (since is None or since <= day) and (until is None or until >= day):
            held.setdefault(tag, set()).add(number)
    holders = {tag: [records.people[n] for n in sorted(those)] for tag, those in held.items()}
    return _Town(records, grids, part_of, list(compress(records.people, here)), holders)


def _records(session: Session) -> _Records:
    """Read once a session."""
    known: _Records | None = session.info.get("people.indicators.records")
    if known is not None:
        return known
    r = Resident
    stmt = (
        select(
            r.id, r.household_id, Household.dwelling_id, r.birth_on, r.sex, r.residence, r.status, r.move_in_on,
            r.left_on,
        )
        .outerjoin(Household, Household.id == r.household_id)
        .where(r.status != BIN)
        .order_by(r.sort_key, r.id)
    )  # fmt: skip
    homes: dict[int, int] = {}
    people: list[_Person] = []
    for row_id, household_id, dwelling_id, born, sex, residence, status, moved_in, left in session.execute(
        stmt
    ):
        household = household_id.int if household_id is not None else 0
        home = homes.setdefault(dwelling_id.int, len(homes)) if dwelling_id is not None else -1
        people.append(_Person(row_id, household, home, born, sex, residence, status, moved_in, left))
    numbers = {p.id.int: n for n, p in enumerate(people)}
    tag = ResidentTag
    tags = [
        (name, numbers[row_id.int], first, last)
        for name, row_id, first, last in session.execute(
            select(tag.tag, tag.resident_id, tag.first_on, tag.last_on)
        )
        if row_id.int in numbers
    ]
    parts = [
        (homes[dwelling_id.int], grid_id, first, last)
        for dwelling_id, grid_id, first, last in places.grid_spans(session)
        if dwelling_id.int in homes
    ]
    found = session.info["people.indicators.records"] = _Records(people, tags, parts)
    return found


def _by_grid(town: _Town, rows: Iterable[tuple[int, UUID]]) -> Measures:
    """Counts by grid and for the station of records that stand once each, with their home."""
    whole: list[UUID] = []
    parts: list[list[UUID]] = [[] for _ in range(len(town.grids) + 1)]
    for home, row_id in rows:
        whole.append(row_id)
        parts[town.part_of[home]].append(row_id)
    of_grids = zip(town.grids, parts, strict=False)  # who is in no grid counts for the station only
    return {None: Measure(len(whole), tuple(whole))} | {g: Measure(len(i), tuple(i)) for g, i in of_grids}


def _stock(
    test: Callable[[_Person, date], bool], tag: str | None = None
) -> Callable[[Session, Span], Measures]:
    """Who was present at the end, of those with `tag` where one is named."""

    def measure(session: Session, span: Span) -> Measures:
        day = span.last
        town = _town(session, day)
        people = town.present if tag is None else town.holders.get(tag, ())
        return _by_grid(town, [(p.home, p.id) for p in people if test(p, day)])

    return measure


def _households(session: Session, span: Span) -> Measures:
    """Everybody of a household lives behind one door, and so in one grid."""
    town = _town(session, span.last)
    home_of = {p.household: p.home for p in town.present if p.household and p.residence == "常住"}
    return _by_grid(town, [(home, UUID(int=household)) for household, home in home_of.items()])


def _moved(test: Callable[[_Person, Span], bool]) -> Callable[[Session, Span], Measures]:
    def measure(session: Session, span: Span) -> Measures:
        town = _town(session, span.last)
        return _by_grid(town, [(p.home, p.id) for p in town.records.people if test(p, span)])

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
    tag: str | None = None,
) -> Indicator:
    return Indicator(
        f"people.{code}",
        title,
        "人",
        group,
        definition,
        "resident",
        _stock(test, tag),
        Cumulate.LAST,
        part_of,
    )


def _of_sex(sex: int) -> Callable[[_Person, date], bool]:
    return lambda p, _day: p.residence == "常住" and p.sex == sex


def _living(residence: str) -> Callable[[_Person, date], bool]:
    return lambda p, _day: p.residence == residence


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
        lambda p, day: _aged(p, day, 60),
        group=SPECIAL,
        part_of="people.aged60",
        tag="独居",
    ),
    *(
        _resident(
            f"tag.{tag}", tag, f"常住人口中期末带“{tag}”标签的人数。", _living("常住"), group=SPECIAL, tag=tag
        )
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
