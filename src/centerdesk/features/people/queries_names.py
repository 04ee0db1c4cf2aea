"""The ledger in the order of names: what a search finds, and everybody. Asked at every key of a search.

Statements are made once for each question's shape and kept: making one costs as much as reading a page.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import String, and_, bindparam, case, select, tuple_
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Resident
from centerdesk.features.people.queries_lines import DOOR, LINE, ORDERS, fitting, with_doors
from centerdesk.kernel import search
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.paging import Key

if TYPE_CHECKING:
    from centerdesk.features.people.queries import LedgerFilter

FEWEST = 20
"""SQLite sorts the whole ledger, 0.5 s of 100,000 people, where it is asked for one row and not for some more."""
_ROUNDS, _SPARE, _MOST = 4, 8, 900
"""So often hits are looked at one by one; a view that holds few of them is asked as a whole."""


def first_hits(
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

    Only so a letter that every fourth name has costs no more than one page; a person more costs four pages of the
    file, so at first nobody is read but those there is room for. Third: the ids of everything the search finds,
    where that was all looked at; None where it was not.
    """
    found: list[Any] = []
    first, seen, size = after is None, [], room
    asked, ask = replace(wanted, query="", narrow=False), session.connection().execute
    for _ in range(_ROUNDS):
        hits, values = search.first(session, "resident", wanted.query, after, size, descending=descending)
        rows = ask(_hit_lines(hits, actor.grids("people.find"), asked, day), values).all()
        rows = sorted(rows, key=lambda r: (r.sort_value, r.id), reverse=descending)
        found += [r for r in rows if r.fits]
        seen += [r.id for r in rows]
        if len(rows) < size:
            return found[:room], None, seen if first else None
        after = (rows[-1].sort_value, rows[-1].id)
        if len(found) >= room:
            break
        # twice as many as it takes if the next fit as often as those seen
        likely = 2 * (room - len(found)) * len(seen) // max(len(found), 1)
        size = min(likely, _SPARE * room, _MOST - _SPARE) + _SPARE
    return found[:room], after, None


@lru_cache(maxsize=32)
def _hit_lines(hits: Any, grids: frozenset[UUID] | None, asked: LedgerFilter, day: date) -> Any:
    """Lines of all that `hits` selects, in no order; `fits` tells whether view, chips and `grids` hold them."""
    fits = case((and_(*fitting(grids, asked, day)), 1)).label("fits")
    table = hits.subquery()
    stmt = select(*LINE, *DOOR, table.c.sort_key.label("sort_value"), fits).select_from(table)
    return with_doors(stmt.join(Resident, Resident.id == table.c.row_id))


def by_name(
    session: Session,
    actor: Actor,
    wanted: LedgerFilter,
    day: date,
    after: Key | None,
    room: int,
    without: Set[UUID],
    *,
    descending: bool,
) -> list[Any]:
    """The next lines in the order of names, without some people."""
    asked, grids, size = (
        replace(wanted, query="", narrow=False),
        actor.grids("people.find"),
        max(room, FEWEST),
    )
    found: list[Any] = []
    while True:
        stmt = _named(grids, asked, day, following=after is not None, descending=descending)
        values = {"most": size} | ({} if after is None else {"key": after[0], "id": after[1]})
        read = 0
        with session.connection().execute(stmt, values) as rows:
            # SQLite reads a person when the row is fetched, and `without` leaves out few of them
            while len(found) < room and (some := rows.fetchmany(room - len(found))):
                read += len(some)
                found += [r for r in some if r.id not in without]
                after = (some[-1].sort_value, some[-1].id)
        if len(found) >= room or read < size:
            return found


@lru_cache(maxsize=32)
def _named(
    grids: frozenset[UUID] | None, asked: LedgerFilter, day: date, *, following: bool, descending: bool
) -> Any:
    """`most` lines in the order of names, after `key` and `id` when `following`."""
    keys = (ORDERS["name"], Resident.__table__.c.id)
    stmt = with_doors(select(*LINE, *DOOR, keys[0].label("sort_value"))).where(*fitting(grids, asked, day))
    if following:
        last = tuple_(bindparam("key", type_=String()), bindparam("id", type_=keys[1].type))
        stmt = stmt.where(tuple_(*keys) < last if descending else tuple_(*keys) > last)
    return stmt.order_by(*(key.desc() if descending else key for key in keys)).limit(bindparam("most"))
