"""Schema changes: Alembic, linear, forced backup first (RELIABILITY G9). Imported only when there is work to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import centerdesk.migrations
from centerdesk.kernel.db import Database


def _config() -> Config:
    config = Config()
    folder = Path(centerdesk.migrations.__file__).parent
    config.set_main_option("script_location", str(folder))
    return config


def head() -> str:
    """The newest revision this program knows, read from the scripts."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise RuntimeError("no migration scripts in this installation")
    return found


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision` in one transaction. The caller has made a verified backup before."""
    with database.rw.begin() as connection:
        upgrade_connection(connection, revision)


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """The same inside a transaction that is already open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
