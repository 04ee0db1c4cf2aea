"""The search index (搜索): any stretch of a name, pinyin, initials, last fours and doors, asked by phrase.

Text is stored as single characters and words in one contentless FTS5 table, because trigrams find nothing for
two characters and say nothing (RELIABILITY F7). Next to it stands `search_entry` (order, kind). The rowid of both
begins with the place of the sort key, so the first of many hits are read without the others (ADR 9). The index is
written in the transaction of the row it describes. How a database keeps and asks the text stands in `dialect.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from centerdesk.kernel.bulk import insert_many
from centerdesk.kernel.chinese import KEY_LENGTH, arabic, fold, initials, key_place, name_key, readings
from centerdesk.kernel.dialect import Clause, Phrase, SearchText, Word, make_search, rowid_type, search_text
from centerdesk.kernel.orm import Base, Guid
from centerdesk.kernel.paging import Key, Page, after_key, page_of
from centerdesk.kernel.record import record

CHUNK, FRESH = 500, 16_000
"""Rows put into the index at once, known and new ones: FTS5 writes what it has gathered at every statement, and
merges what it has written. More than sixteen thousand are more values than a statement may have."""
STARTS, SOUNDS = 12, 1000
"""Syllables of a name that pinyin search reaches; letters of readings after which rarer ones are left out."""

SHARE_BITS = 20
"""Bits of a rowid that tell apart the rows of one place (`chinese.key_place`)."""
SHARE, _NO_END = 1 << SHARE_BITS, (1 << 63) - 1
MARK = "ǀ"
"""A letter nobody types: joins the numbers of a door, stands before a character's number, and before the letter a
sort key begins with."""

ENTRY = Table(
    "search_entry",
    Base.metadata,
    Column("rowid", rowid_type(), primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("row_id", Guid, nullable=False),
    Column("sort_key", String(KEY_LENGTH), nullable=False),
    UniqueConstraint("row_id", "kind"),
)

make_search(ENTRY)


@record
class Entry:
    """What the index keeps of one row: `text` is made by `search_tokens`, `sort_key` by `name_key`."""

    row_id: UUID
    sort_key: str
    text: str
    low: int = field(init=False, compare=False)
    """The first rowid of its place, found by whatever thread makes the entry."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", key_place(self.sort_key) << SHARE_BITS)


_SYMBOLS = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]")
_PART = "(?:[0-9]+[a-z]?|[a-z][0-9]*)"
_MARK = "(?:号楼|栋|幢|座|楼|门|单元|层|室|户|号|[-#/.])"
_DOOR = re.compile(f"{_PART}(?:{_MARK}+{_PART})+{_MARK}?|[0-9]+{_MARK}?")


def search_tokens(
    name: str,
    *,
    id_last4: str = "",
    phones_last4: Iterable[str] = (),
    doors: Iterable[str] = (),
    words: Iterable[str] = (),
) -> str:
    """The index text of one row: blank-separated tokens.

    The name gives its characters one by one, each reading from every syllable on (`zhangxiaoming xiaoming
    ming`) and their initials. `doors` (“3-2-301”) give their numbers; `words` (slip numbers, former names)
    are taken as written. Nothing else of a person belongs here.
    """
    tokens = [*_characters(name), *_sounds(name), fold(id_last4), *map(fold, phones_last4)]
    for door in doors:
        tokens.extend(_door_tokens(door))
    for word in words:
        tokens.extend(_word_tokens(word))
    return " ".join(filter(None, tokens))


@lru_cache(maxsize=8192)
def _door_tokens(door: str) -> tuple[str, ...]:
    return _from_each(re.findall(r"[a-z0-9]+", arabic(fold(door))))


def _from_each(numbers: Sequence[str]) -> tuple[str, ...]:
    """`3 2 301` as three words, from each number on: a stretch of a door is the beginning of one of them."""
    return tuple(MARK.join(numbers[start:]) for start in range(len(numbers)))


def _sounds(name: str) -> Iterable[str]:
    """Pinyin and initials of a name from each syllable on, bounded: column and index are, names are not."""
    found: dict[str, None] = {}
    if len(letters := initials(name)[:STARTS]) > 1:
        found[letters] = None
    for syllables in readings(name):
        firsts = "".join([s[0] for s in syllables])
        for start in range(min(len(syllables), STARTS)):
            found["".join(syllables[start : start + STARTS])] = None
            if len(letters := firsts[start : start + STARTS]) > 1:
                found[letters] = None
        if sum(map(len, found)) > SOUNDS:
            break
    return found


def _characters(name: str) -> list[str]:
    known = [_plain_token(c) for c in name]
    return known if all(known) else [token for c in fold(name) if (token := _token_of(c))]


@cache
def _plain_token(char: str) -> str:
    """The token of a common Chinese character, which folds by itself; "" for any other."""
    return _token_of(fold(char)) if "\u4e00" <= char <= "\u9fa5" else ""


def _word_tokens(word: str) -> list[str]:
    found: list[str] = []
    for plain, parts in groupby(_SYMBOLS.findall(fold(word)), str.isascii):
        if plain:
            numbers = [part for part in parts if part.isalnum()]
            found += dict.fromkeys([*numbers, *_from_each(numbers)])
        else:
            found += [_token(part) for part in parts if _counts(part)]
    return found


def _counts(char: str) -> bool:
    """Whether a character is searched for at all: letters, digits, marks and private ones; no punctuation."""
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc", "Co"}


@lru_cache(maxsize=8192)
def _token_of(char: str) -> str:
    """The token of a character of a name; "" for one that is not searched for."""
    return _token(char) if _counts(char) else ""


def _token(char: str) -> str:
    """The index token of one character. unicode61 knows Unicode 6.1 only: later ones are spelt by number."""
    return char if char.isascii() or "\u4e00" <= char <= "\u9fa5" else f"{MARK}{ord(char):x}"


def index_rows(session: Session, kind: str, rows: Sequence[Entry], *, fresh: bool = False) -> None:
    """Put rows into the index, replacing what it held of them. Safe inside a flush; write lane.

    `fresh`: all of them are new, so nothing is looked up.
    """
    connection = session.connection()
    step = FRESH if fresh else CHUNK
    for start in range(0, len(rows), step):
        chunk = list({row.row_id.int: row for row in rows[start : start + step]}.values())
        if not fresh:
            _forget(connection, kind, [row.row_id for row in chunk])
        numbered = _numbered(connection, chunk)
        entries = [{"rowid": n, "row_id": row.row_id, "sort_key": row.sort_key} for n, row in numbered]
        insert_many(connection, ENTRY, entries, {"kind": kind})
        search_text(connection).add(connection, [(n, _text(row)) for n, row in numbered])


def _numbered(connection: Connection, rows: Sequence[Entry]) -> list[tuple[int, Entry]]:
    """Rows with the rowids they get, in their order: within its place each has the next that nobody has."""
    placed = sorted(rows, key=attrgetter("low"))
    lows = ", ".join(f"({low})" for low in dict.fromkeys(row.low for row in placed))
    last = connection.exec_driver_sql(
        f"WITH place (low) AS (VALUES {lows}) SELECT low, (SELECT max(rowid) FROM search_entry "  # noqa: S608 - numbers
        f"WHERE rowid >= low AND rowid < low + {SHARE}) FROM place"
    )
    taken = {low: low if highest is None else highest + 1 for low, highest in last}
    found = []
    for row in placed:
        found.append((taken[row.low], row))
        taken[row.low] += 1
    return found


def _text(row: Entry) -> str:
    """What is indexed of a row: its tokens, and the letter its sort key begins with."""
    first = row.sort_key[:1]
    return f"{row.text} {MARK}{first}" if first.isascii() and first.isalpha() else row.text


def remove(session: Session, kind: str, *row_ids: UUID) -> None:
    """Take rows, at most `CHUNK`, out of the index, if they are there. Safe inside a flush; write lane."""
    _forget(session.connection(), kind, row_ids)


def compact(session: Session) -> None:
    """Merge the index so that nothing of removed rows stays in it (PIPL deletion; yearly clean-up)."""
    search_text(session).compact(session.connection())


def _forget(connection: Connection, kind: str, row_ids: Sequence[UUID]) -> None:
    mine = select(ENTRY.c.rowid).where(ENTRY.c.row_id.in_(row_ids), ENTRY.c.kind == kind)
    for rowid in connection.scalars(mine).all():
        connection.execute(delete(ENTRY).where(ENTRY.c.rowid == rowid))
        search_text(connection).discard(connection, rowid)


def is_blank(query: str) -> bool:
    """Whether the query holds nothing to search for; a list then shows all its rows."""
    return not _words(query)


def find(session: Session, kind: str, query: str, after: Key | None, limit: int) -> Page[UUID]:
    """Rows of `kind` that hold every word of `query`, persons of exactly this name first, then by sort key.

    A word is a stretch of a name, (a beginning of) pinyin or initials from any syllable on, a door, or last
    four digits. A blank query finds nothing. `after` is the `next_key` of the page before.
    """
    exact = name_key(query)
    found: list[tuple[int, str, UUID]] = []
    for rank, same in enumerate((True, False)):
        if (after is not None and after[0] > rank) or len(found) > limit:
            continue
        start = after[1:] if after is not None and after[0] == rank else None
        hits = _hits(session, kind, query).subquery()
        stmt = select(hits.c.sort_key, hits.c.row_id)
        stmt = stmt.where(hits.c.sort_key == exact if same else hits.c.sort_key != exact)
        stmt = after_key(stmt, (hits.c.sort_key, hits.c.row_id), start, limit + 1 - len(found))
        found += [(rank, row.sort_key, row.row_id) for row in session.execute(stmt)]
    page = page_of(found, limit, lambda row: row)
    return Page(tuple(row[2] for row in page.rows), page.next_key)


def first(
    session: Session, kind: str, query: str, after: Key | None, limit: int, *, descending: bool = False
) -> tuple[Select[Any], dict[str, Any]]:
    """A select of sort_key and row_id, and the values it wants: at most `limit` rows the query finds, by sort key,
    after such a pair. A blank query is no question.

    The select is the same object for all queries asked alike, so that what is built around it can be kept.
    """
    database = search_text(session)
    low = 0 if after is None else key_place(after[0]) << SHARE_BITS
    values = {
        "match": database.match(_matched(_words(query))),
        "kind": kind,
        "most": limit,
        "but_one": limit - 1,
    }
    values |= (
        {} if after is None else {"key": after[0], "id": after[1], "edge": low + descending * (SHARE - 1)}
    )
    return _first(database, following=after is not None, descending=descending), values


@lru_cache(maxsize=16)
def _first(database: SearchText, *, following: bool, descending: bool) -> Select[Any]:
    """Rowids are in the order of places, so hits are read up to the end of the last place wanted and no further."""
    wanted = _after(database, following=following, descending=descending)
    rowid, *keys = wanted.selected_columns
    if database.by_rowid:
        counted = _after(database, following=following, descending=descending)
        end = _last_rowid(counted, descending=descending)
        if descending:
            wanted = wanted.where(rowid >= func.coalesce(end.bitwise_and(-SHARE), 0))
        else:
            wanted = wanted.where(rowid <= func.coalesce(end.bitwise_or(SHARE - 1), _NO_END))
    order = [key.desc() for key in keys] if descending else keys
    return wanted.with_only_columns(*keys).order_by(*order).limit(bindparam("most", type_=BigInteger()))


def _last_rowid(hits: Select[Any], *, descending: bool) -> Any:
    rowid = hits.selected_columns.rowid
    last = hits.order_by(rowid.desc() if descending else rowid).limit(1)
    return last.with_only_columns(rowid).offset(bindparam("but_one", type_=BigInteger())).scalar_subquery()


def _after(database: SearchText, *, following: bool, descending: bool) -> Select[Any]:
    """Hits, beyond a pair of sort key and row id when `following`; each call selects from a table of its own."""
    table = database.hits(Guid()).subquery()
    stmt = select(table)
    if not following:
        return stmt
    pair = tuple_(bindparam("key", type_=String()), bindparam("id", type_=Guid()))
    keys, edge = tuple_(table.c.sort_key, table.c.row_id), bindparam("edge", type_=BigInteger())
    if descending:
        return stmt.where(keys < pair, table.c.rowid <= edge)
    return stmt.where(keys > pair, table.c.rowid >= edge)


def matching(session: Session, kind: str, query: str) -> Select[Any]:
    """A select of the ids that `query` finds, for `Model.id.in_(…)` in lists that filter further."""
    hits = _hits(session, kind, query).subquery()
    return select(hits.c.row_id)


def count(session: Session, kind: str, query: str) -> int:
    """How many rows `query` finds."""
    return session.scalar(select(func.count()).select_from(_hits(session, kind, query).subquery())) or 0


def _hits(session: Session, kind: str, query: str) -> Any:
    """A select of rowid, sort_key and row_id."""
    if not (words := _words(query)):
        return select(ENTRY.c.rowid, ENTRY.c.sort_key, ENTRY.c.row_id).where(text("1 = 0"))
    database = search_text(session)
    return database.hits(Guid()).bindparams(match=database.match(_matched(words)), kind=kind)


def _matched(words: Sequence[_Word]) -> list[Word]:
    """Words as the index is asked for them. A letter alone is one of a name, or the first of its sort key."""
    match words:
        case [_Word((run,), "")] if len(run) == 1 and run.isascii() and run.isalpha():
            return [(((((run,), False), ((MARK + run,), False)),),)]
        case _:
            return [_asked(word) for word in words]


@record
class _Word:
    """One word of a query: runs of one script that must all be found, or else the numbers of a door."""

    runs: tuple[str, ...]
    door: str


def _words(query: str) -> list[_Word]:
    words = map(_word, fold(query).split())
    return list(dict.fromkeys(word for word in words if word.runs or word.door))


def _word(word: str) -> _Word:
    """`3-2-301` is a door and nothing else: its numbers one by one would find every third home."""
    door = _door(word)
    return _Word(() if " " in door and word.isascii() else _runs(word), door)


def _door(word: str) -> str:
    """`3-2-501`, `3号楼2单元501`, `三栋二单元五零一` as `3 2 501`; "" for what cannot be a door."""
    plain = arabic(word)
    if len(plain) < 2 or plain.isalpha() or not _DOOR.fullmatch(plain):
        return ""
    return " ".join(re.findall("[a-z0-9]+", plain))


def _runs(word: str) -> tuple[str, ...]:
    """A word cut where Chinese, Latin letters and digits meet; dots within a name do not cut it.

    `242x`, the end of an identity number, is one run: so it stands in the index.
    """
    plain = "".join(c if _counts(c) else " " for c in word)
    runs = re.findall(r"[0-9]+x(?![a-z0-9])|[a-z]+|[0-9]+|[^a-z0-9 ](?: *[^a-z0-9 ])*", plain)
    return tuple(run.replace(" ", "") for run in runs)


def _asked(word: _Word) -> Word:
    """One word as the index is asked for it: its runs together, or else the numbers of a door in a row."""
    options: list[Clause] = [tuple(map(_stretches, word.runs))] if word.runs else []
    if word.door and (word.door,) != word.runs:
        digits = tuple(word.door.replace(" ", ""))
        options += [((((MARK.join(word.door.split()),), True),),), (((digits, False),),)]
    return tuple(options)


def _stretches(run: str) -> tuple[Phrase, ...]:
    """Characters in a row; Latin letters and digits also as the beginning of a longer token."""
    characters = (tuple(map(_token, run)), False)
    return (((run,), True), characters) if run.isascii() else (characters,)


def count_entries(session: Session, kind: str) -> int:
    """Rows of one kind that stand in the index."""
    return session.scalar(select(func.count()).select_from(ENTRY).where(ENTRY.c.kind == kind)) or 0
