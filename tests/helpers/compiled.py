"""Statements compiled for one station serve all later ones of the process.

A desk compiles a statement once and lives for days; a test's station lives for a tenth of a second, and a fifth of
that went into compiling the same statements anew. Dialects of one class compile alike here: one driver, one server.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

ROOM = 2_000


def share() -> None:
    """For every engine made from now on in this process."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        _share_of(dialect, LRUCache(ROOM))


def _share_of(dialect: Any, kept: LRUCache[Any, Any]) -> None:
    def made(_cls: Any, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=kept)

    dialect.engine_created = classmethod(made)
    dialect.__eq__ = lambda self, other: type(self) is type(other)
    dialect.__hash__ = lambda self: hash(type(self))
