"""The search index (搜索): any stretch of a name, pinyin, initials, last fours and doors, asked by phrase.

Text is stored as single characters and words in one contentless FTS5 table, because trigrams find nothing for
two characters and say nothing (RELIABILITY F7). Next to it stand `search_entry` (order, kind) and
`search_char`, an ordered table for questions of one character. The index is written in the transaction of the
row it describes. How a database keeps and asks the text stands in `dialect.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from centerdesk.kernel.bulk import insert_many
from centerdesk.kernel.chinese import KEY_LENGTH, arabic, fold, initials, name_key, readings
from centerdesk.kernel.dialect import Clause, Phrase, Word, make_search, search_text
from centerdesk.kernel.orm import Base, Guid
from centerdesk.kernel.paging import Key, Page, after_key, page_of

CHUNK = 500
STARTS, SOUNDS = 12, 1000
"""Syllables of a name that pinyin search reaches; letters of readings after which rarer ones are left out."""

ENTRY = Table(
    "search_entry",
    Base.metadata,
    Column("rowid", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("row_id", Guid, nullable=False),
    Column("sort_key", String(KEY_LENGTH), nullable=False),
    Column("heads", String(80), nullable=False),  # characters under which the row stands in search_char
    UniqueConstraint("row_id", "kind"),
    Index(None, "kind", "sort_key", "row_id"),
)
CHAR = Table(
    "search_char",
    Base.metadata,
    Column("kind", String(20), primary_key=True),
    Column("char", String(1), primary_key=True),
    Column("sort_key", String(KEY_LENGTH), primary_key=True),
    Column("row_id", Guid, primary_key=True),
    sqlite_with_rowid=False,
)

make_search(ENTRY)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one row: `text` is made by `search_tokens`, `sort_key` by `name_key`."""

    row_id: UUID
    sort_key: str
    text: str


_SYMBOLS = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]")
_NUMBERED = re.compile(r"\b0x([0-9a-f]+)\b")
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
        tokens.extend(_numbers(door))
    for word in words:
        tokens.extend(_word_tokens(word))
    return " ".join(filter(None, tokens))


@lru_cache(maxsize=8192)
def _numbers(door: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", arabic(fold(door))))


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
    return [token for c in fold(name) if (token := _token_of(c))]


def _word_tokens(word: str) -> list[str]:
    found = []
    for part in _SYMBOLS.findall(fold(word)):
        if part.isascii():
            found.extend([part] if part.isalnum() else [])
        elif _counts(part):
            found.append(_token(part))
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
    return char if char.isascii() or "\u4e00" <= char <= "\u9fa5" else f"0x{ord(char):x}"


def index_rows(session: Session, kind: str, rows: Sequence[Entry], *, fresh: bool = False) -> None:
    """Put rows into the index, replacing what it held of them. Safe inside a flush; write lane.

    `fresh`: all of them are new, so nothing is looked up.
    """
    connection = session.connection()
    for start in range(0, len(rows), CHUNK):
        chunk = list({row.row_id: row for row in rows[start : start + CHUNK]}.values())
        if not fresh:
            _forget(connection, kind, [row.row_id for row in chunk])
        first = (connection.scalar(select(func.max(ENTRY.c.rowid))) or 0) + 1
        heads = [_heads(row) for row in chunk]
        insert_many(
            connection,
            ENTRY,
            [
                {"rowid": n, "row_id": row.row_id, "sort_key": row.sort_key, "heads": own}
                for n, (row, own) in enumerate(zip(chunk, heads, strict=True), first)
            ],
            {"kind": kind},
        )
        places = [
            {"char": char, "sort_key": row.sort_key, "row_id": row.row_id}
            for row, own in zip(chunk, heads, strict=True)
            for char in own
            if not char.isdecimal()
        ]
        insert_many(connection, CHAR, places, {"kind": kind})
        search_text(connection).add(connection, [(n, row.text) for n, row in enumerate(chunk, first)])


def remove(session: Session, kind: str, row_id: UUID) -> None:
    """Take one row out of the index, if it is there. Safe inside a flush; write lane."""
    _forget(session.connection(), kind, [row_id])


def compact(session: Session) -> None:
    """Merge the index so that nothing of removed rows stays in it (PIPL deletion; yearly clean-up)."""
    search_text(session).compact(session.connection())


def _forget(connection: Connection, kind: str, row_ids: Sequence[UUID]) -> None:
    known = connection.execute(select(ENTRY).where(ENTRY.c.row_id.in_(row_ids), ENTRY.c.kind == kind)).all()
    for row in known:
        connection.execute(
            delete(CHAR).where(
                CHAR.c.kind == kind,
                CHAR.c.char.in_(list(row.heads)),
                CHAR.c.sort_key == row.sort_key,
                CHAR.c.row_id == row.row_id,
            )
        )
        connection.execute(delete(ENTRY).where(ENTRY.c.rowid == row.rowid))
        search_text(connection).discard(connection, row.rowid)


def _heads(row: Entry) -> str:
    """Characters that find the row alone: those of the name, and the letter its sort key begins with.

    Digits a number begins with come first. They stand here only: every second row has each, so a walk over the
    entries in order finds a page of them at once.
    """
    tokens = row.text.split()
    numbered = _NUMBERED.findall(row.text) if "0x" in row.text else []
    spelt = {f"0x{number}" for number in numbered}
    found = dict.fromkeys([t[0] for t in tokens if "0" <= t[0] <= "9" and t not in spelt])
    found |= dict.fromkeys([t for t in tokens if len(t) == 1 and not t.isdigit()])
    found |= dict.fromkeys([chr(int(number, 16)) for number in numbered])
    first = row.sort_key[:1]
    if first.isascii() and first.isalpha():
        found[first] = None
    return "".join(found)[:80]


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


def in_order(
    session: Session, kind: str, query: str, after: Key | None, limit: int, *, descending: bool = False
) -> list[tuple[str, UUID]]:
    """(sort key, row id) of at most `limit` rows the query finds, by sort key, after such a pair (None: the first)."""
    hits = _hits(session, kind, query).subquery()
    stmt = select(hits.c.sort_key, hits.c.row_id)
    stmt = after_key(stmt, (hits.c.sort_key, hits.c.row_id), after, limit, descending=descending)
    return [(row.sort_key, row.row_id) for row in session.execute(stmt)]


def matching(session: Session, kind: str, query: str) -> Select[Any]:
    """A select of the ids that `query` finds, for `Model.id.in_(…)` in lists that filter further."""
    hits = _hits(session, kind, query).subquery()
    return select(hits.c.row_id)


def count(session: Session, kind: str, query: str) -> int:
    """How many rows `query` finds."""
    return session.scalar(select(func.count()).select_from(_hits(session, kind, query).subquery())) or 0


def _hits(session: Session, kind: str, query: str) -> Any:
    words = _words(query)
    match words:
        case []:
            return select(ENTRY.c.sort_key, ENTRY.c.row_id).where(text("1 = 0"))
        case [_Word((run,), "")] if len(run) == 1 and not run.isdecimal():
            return select(CHAR.c.sort_key, CHAR.c.row_id).where(CHAR.c.kind == kind, CHAR.c.char == run)
        case [_Word((run,), door)] if len(run) == 1 and door in ("", run):
            return select(ENTRY.c.sort_key, ENTRY.c.row_id).where(
                ENTRY.c.kind == kind, ENTRY.c.heads.contains(run)
            )
        case _:
            return search_text(session).hits(kind, [_asked(word) for word in words], Guid())


@dataclass(frozen=True, slots=True)
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
        options += [(((tuple(word.door.split()), True),),), (((digits, False),),)]
    return tuple(options)


def _stretches(run: str) -> tuple[Phrase, ...]:
    """Characters in a row; Latin letters and digits also as the beginning of a longer token."""
    characters = (tuple(map(_token, run)), False)
    return (((run,), True), characters) if run.isascii() else (characters,)
