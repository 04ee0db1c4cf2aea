"""The schema that migrations make is the one the models describe, and the file says which one it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from centerdesk.app.features import manifests
from centerdesk.kernel import migrate
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import Base
from centerdesk.migrations import HEAD, REVISIONS

pytestmark = pytest.mark.db


def fresh(tmp_path: Path) -> Database:
    manifests().import_models()
    return Database.open(tmp_path / "x.db", KeyRing(DataKey.generate()), create=True)


def test_the_program_names_the_newest_script() -> None:
    folder = Path(migrate.__file__).parents[1] / "migrations" / "versions"
    assert sorted(p.stem[:4] for p in folder.glob("0*.py")) == list(REVISIONS)
    assert migrate.head() == HEAD


def test_migrations_make_what_the_models_describe(tmp_path: Path) -> None:
    with fresh(tmp_path) as database:
        migrate.upgrade(database)
        with database.ro.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "include_object": lambda _o, name, kind, *_: (
                        not (kind == "table" and name.startswith("search_fts"))
                    )
                },
            )
            assert compare_metadata(context, Base.metadata) == []
        assert database.revision() == HEAD


def test_triggers_and_search_tables_are_those_of_the_models(tmp_path: Path) -> None:
    """What autogenerate cannot see: virtual tables, triggers, WITHOUT ROWID."""
    ask = text(
        "SELECT name, replace(replace(sql, char(10), ' '), char(9), '') FROM sqlite_schema WHERE sql LIKE :what"
    )
    found = []
    for folder, build in (("a", migrate.upgrade), ("b", None)):
        (tmp_path / folder).mkdir()
        with fresh(tmp_path / folder) as database:
            if build is not None:
                build(database)
            else:
                with database.rw.begin() as connection:
                    Base.metadata.create_all(connection)
            with database.ro.connect() as connection:
                rows = {
                    tuple(row)
                    for what in ("CREATE TRIGGER%", "CREATE VIRTUAL%")
                    for row in connection.execute(ask, {"what": what})
                }
                plain = connection.execute(
                    text(
                        "SELECT name FROM sqlite_schema "
                        "WHERE sql LIKE '%WITHOUT ROWID%' AND name NOT LIKE 'search_fts%'"
                    )
                )
                found.append((rows, {row[0] for row in plain}))
    assert found[0] == found[1]
    assert len(found[0][0]) >= 3
