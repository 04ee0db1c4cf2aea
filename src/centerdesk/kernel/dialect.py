"""What the two databases need differently: the only place that tells SQLite and PostgreSQL apart (库的两种).

Everything else is written once for both. Opening a file stands in `db.py`, connecting to a server in
`server.py`, error codes in `dbfaults.py`; a test keeps the names of the two out of all other modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any, Protocol

from sqlalchemy import (
    DDL,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    FromClause,
    Integer,
    String,
    Table,
    TypeDecorator,
    Uuid,
    cast,
    event,
    func,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import LargeBinary, TypeEngine

SQLITE, POSTGRESQL = "sqlite", "postgresql"
CHANNEL = "journal"
"""What a desk on PostgreSQL listens to; channels are shared by a whole database, so the schema comes before it."""

BY_HAND: dict[str, list[str]] = {SQLITE: [], POSTGRESQL: []}
"""Statements per database that no table definition tells, in order; the first migration repeats them."""


def native_ids(dialect: Dialect) -> bool:
    """Whether the database has a type of its own for UUIDs."""
    return dialect.name == POSTGRESQL


def id_type(dialect: Dialect) -> TypeEngine[Any]:
    """The column type of a UUID; both sort in time order."""
    return Uuid() if native_ids(dialect) else LargeBinary(16)


def rowid_type() -> TypeEngine[Any]:
    """The column type of a key of up to 63 bits; SQLite takes a key for its own rowid by this name only."""
    return BigInteger().with_variant(Integer(), SQLITE)


def after_create(table: Table, database: str, *statements: str) -> None:
    """Run `statements` once `table` was made in a database of this kind, and name them for the migration."""
    BY_HAND[database] += statements
    for statement in statements:
        made = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # as SQLAlchemy ships it
        event.listen(table, "after_create", made.execute_if(dialect=database))


def append_only(table: FromClause) -> None:
    """Refuse UPDATE and DELETE by trigger; on PostgreSQL the desk's role has no right to them either (G23)."""
    assert isinstance(table, Table)
    name = table.name
    table.info["append_only"] = True
    refused = f"{name} is append-only"
    after_create(
        table,
        SQLITE,
        *(
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
    )
    after_create(
        table,
        POSTGRESQL,
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refused}' USING ERRCODE = '23000'; END $$",
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
    )


def announce(table: FromClause) -> None:
    """PostgreSQL: new rows wake the other desks once they are committed; those read the table themselves.

    By trigger: one statement less while everybody waits for the writers' lock.
    """
    assert isinstance(table, Table)
    name = table.name
    after_create(
        table,
        POSTGRESQL,
        f"CREATE FUNCTION {name}_announce() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.{CHANNEL}', ''); RETURN NULL; END $$",
        f"CREATE TRIGGER {name}_announce AFTER INSERT ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_announce()",
    )


# --- transactions -------------------------------------------------------------------------------------------


def begin_file(connection: Connection, *, write: bool) -> None:
    """SQLite: the writer's lock is taken as the transaction begins (F1)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def begin_server(connection: Any, *, write: bool) -> None:
    """PostgreSQL, on a driver connection that begins nothing itself; one message to the server.

    One writer a station, as on SQLite: the journal is one chain, and a chain has one end. The lock is the first
    statement, so what follows sees all that was committed before it; it is released when the transaction ends,
    whatever becomes of the client.
    """
    lock = "; SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 0))" if write else ""
    connection.execute("BEGIN" + lock)


def lock_station(connection: Connection, schema: str) -> None:
    """The same lock for a schema that was not there when the transaction began."""
    stmt = text("SELECT pg_advisory_xact_lock(hashtextextended(:schema, 0))")
    connection.execute(stmt, {"schema": schema})


# --- the journal --------------------------------------------------------------------------------------------


def json_line(bind: Session | Connection, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any] | None:
    """One JSON array of these values in UTF-8, made by the database itself; None where it does not write it so.

    SQLite: letters are escaped as Python's `json` does with `ensure_ascii=False`, and blobs come quoted (X'00').
    A blob where text or a number belongs is an error of the statement.
    """
    if _name(bind) != SQLITE:
        return None
    quoted = (func.quote(c) if isinstance(_plain_type(c), LargeBinary) else c for c in columns)
    return cast(func.json_array(*quoted), LargeBinary)


def _plain_type(column: ColumnElement[Any]) -> TypeEngine[Any]:
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


# --- search -------------------------------------------------------------------------------------------------


class SearchText(Protocol):
    """The full-text half of the search index (`search.py`), as one database does it.

    A query is a list of words, each a list of options of which one must hold; an option is a list of phrases
    that must all stand in the text. A phrase is tokens in a row; `begins`: the last may go on.
    """

    def add(self, connection: Connection, rows: Sequence[tuple[int, str]]) -> None: ...
    def discard(self, connection: Connection, rowid: int) -> None: ...
    def compact(self, connection: Connection) -> None: ...

    by_rowid: bool
    """Whether hits come in the order of `rowid`, so that the first of them are read without the others."""

    def __hash__(self) -> int: ...
    def match(self, words: Sequence[Word]) -> str: ...
    def hits(self, id_column: TypeEngine[Any]) -> Any:
        """Rows of one `:kind` found by a `:match`: rowid, sort_key, row_id."""


Phrase = tuple[tuple[str, ...], bool]
"""Tokens in a row, and whether the last may be the beginning of a longer one."""
Clause = tuple[tuple[Phrase, ...], ...]
"""Of these runs each must be found; of the phrases of one run any."""
Word = tuple[Clause, ...]
"""Of these options any."""


def search_text(bind: Session | Connection) -> SearchText:
    """How the database behind `bind` keeps the index text."""
    return _SEARCH[_name(bind)]


def make_search(entry: Table) -> None:
    """The index beside `entry`: FTS5 without contents; PostgreSQL a tsvector, never its own word splitting."""
    after_create(
        entry,
        SQLITE,
        "CREATE VIRTUAL TABLE search_fts USING fts5(text, content='', contentless_delete=1, "
        "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5')",
        # gathered in memory before it is written and merged; of ten thousand people all fits in
        "INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', 16777216)",
    )
    after_create(
        entry,
        POSTGRESQL,
        "CREATE TABLE search_fts (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_fts_words ON search_fts USING gin (words) WITH (fastupdate = off)",
    )
    dropped = DDL("DROP TABLE IF EXISTS search_fts")  # type: ignore[no-untyped-call]  # as above
    event.listen(entry, "before_drop", dropped)


class _Fts5:
    """SQLite's FTS5."""

    by_rowid = True

    def add(self, connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
        """One statement for all: between two FTS5 writes out what it has gathered. 16,000 rows at most."""
        places = ", ".join(repeat("(?, ?)", len(rows)))
        values = tuple(chain.from_iterable(rows))
        connection.exec_driver_sql(f"INSERT INTO search_fts (rowid, text) VALUES {places}", values)  # noqa: S608

    def discard(self, connection: Connection, rowid: int) -> None:
        connection.execute(text("DELETE FROM search_fts WHERE rowid = :rowid"), {"rowid": rowid})

    def compact(self, connection: Connection) -> None:
        connection.execute(text("INSERT INTO search_fts (search_fts) VALUES ('optimize')"))

    def match(self, words: Sequence[Word]) -> str:
        return _query(words, _quoted_phrase, " AND ", " OR ")

    def hits(self, id_column: TypeEngine[Any]) -> Any:
        """From the index outward, which gives its rows by rowid: the planner would walk all entries instead."""
        stmt = text(
            "SELECT search_fts.rowid AS rowid, e.sort_key, e.row_id FROM search_fts CROSS JOIN search_entry AS e "
            "ON e.rowid = search_fts.rowid WHERE search_fts MATCH :match AND e.kind = :kind"
        )
        return stmt.columns(rowid=BigInteger(), sort_key=String(), row_id=id_column)


def _quoted_phrase(phrase: Phrase) -> str:
    """Each token quoted: no character has a meaning of its own."""
    tokens, begins = phrase
    return '"' + " ".join(tokens) + '"' + (" *" if begins else "")


class _Tsvector:
    """PostgreSQL. Vectors and queries are written out token by token, so no configuration of a server splits them."""

    by_rowid = False

    def add(self, connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
        connection.execute(
            text("INSERT INTO search_fts (rowid, words) VALUES (:rowid, CAST(:words AS tsvector))"),
            [{"rowid": rowid, "words": _vector(words.split())} for rowid, words in rows],
        )

    def discard(self, connection: Connection, rowid: int) -> None:
        connection.execute(text("DELETE FROM search_fts WHERE rowid = :rowid"), {"rowid": rowid})

    def compact(self, connection: Connection) -> None:
        """Nothing: what VACUUM does is the server's, and it keeps no removed row for longer than that."""

    def match(self, words: Sequence[Word]) -> str:
        return _query(words, _lexeme_phrase, " & ", " | ")

    def hits(self, id_column: TypeEngine[Any]) -> Any:
        """From the index outward: OFFSET keeps the planner from looking up the words of all entries instead."""
        stmt = text(
            "SELECT e.rowid, e.sort_key, e.row_id "
            "FROM (SELECT rowid FROM search_fts WHERE words @@ CAST(:match AS tsquery) OFFSET 0) AS found "
            "JOIN search_entry AS e ON e.rowid = found.rowid WHERE e.kind = :kind"
        )
        return stmt.columns(rowid=BigInteger(), sort_key=String(), row_id=id_column)


def _vector(tokens: Iterable[str]) -> str:
    return " ".join(f"{_lexeme(token)}:{place}" for place, token in enumerate(tokens, 1))


def _lexeme_phrase(phrase: Phrase) -> str:
    tokens, begins = phrase
    return "(" + " <-> ".join(map(_lexeme, tokens)) + (":*" if begins else "") + ")"


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _query(words: Sequence[Word], phrase: Any, both: str, either: str) -> str:
    def clause(runs: Clause) -> str:
        return "(" + both.join("(" + either.join(map(phrase, run)) + ")" for run in runs) + ")"

    return both.join("(" + either.join(map(clause, word)) + ")" for word in words)


_SEARCH: dict[str, SearchText] = {SQLITE: _Fts5(), POSTGRESQL: _Tsvector()}


def _name(bind: Session | Connection | Engine) -> str:
    if isinstance(bind, Session):
        bind = bind.get_bind()
    return bind.dialect.name
