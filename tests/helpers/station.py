"""A real station in a temporary folder: encrypted file, schema, bus, accounts that hold roles. No Qt."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from centerdesk.app.features import manifests
from centerdesk.features.staff.api import role_grants
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command, CommandBus, Outcome, Site
from centerdesk.kernel.db import Database
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import Base, uuid7
from centerdesk.kernel.server import Address, ServerDatabase
from tests.helpers import postgres

R = TypeVar("R")
NOW = datetime(2026, 12, 3, 0, 41, tzinfo=UTC)  # Thursday 3 December 2026, 08:41 in Shanghai


@dataclass
class StationFixture:
    """What a test needs of a station. `run` executes a command as the present actor."""

    root: Path
    ring: KeyRing
    database: Database
    clock: FixedClock
    site: Site
    bus: CommandBus
    actor: Actor | None = None
    accounts: dict[str, Actor] = field(default_factory=dict)
    schema: str = ""
    key: DataKey = field(default_factory=DataKey.generate)

    def run(self, command: Command[R], **kwargs: Any) -> R:
        return self.outcome(command, **kwargs).value

    def outcome(self, command: Command[R], **kwargs: Any) -> Outcome[R]:
        return self.bus.run(command, **kwargs)

    def read(self) -> Session:
        return self.database.read_session()

    def sign_in(self, role: str, *, scope: frozenset[UUID] = frozenset()) -> Actor:
        """Become an account with this role (made on first use); several roles joined by +."""
        if role not in self.accounts:
            self.accounts[role] = self._make_account(role)
        self.actor = replace(self.accounts[role], scope=scope)
        return self.actor

    def _make_account(self, role: str) -> Actor:
        from centerdesk.features.staff.models import Account, AccountRole

        stamp = {"version": 1, "created_at": self.clock.now(), "updated_at": self.clock.now()}
        account_id, name = uuid7(), f"测试{role}"
        with self.database.write_session() as session:
            session.execute(
                insert(Account).values(
                    id=account_id,
                    login=role,
                    name=name,
                    name_key=role,
                    password_hash="!",
                    must_change=False,
                    active=True,
                    **stamp,
                )
            )
            for one in role.split("+"):
                session.execute(
                    insert(AccountRole).values(id=uuid7(), account_id=account_id, role=one, **stamp)
                )
            session.commit()
        return Actor(
            account_id, role, name, tuple(role.split("+")), role_grants(role.split("+")), frozenset(), "t"
        )

    @contextmanager
    def intruder(self) -> Iterator[Connection]:
        """A transaction of somebody with the key and his own SQL client, or of the server's administrator."""
        if not self.schema:
            with self.database.rw.begin() as connection:
                yield connection
            return
        with open_schema(self.schema, "postgres") as database, database.rw.begin() as connection:
            yield connection

    def disarm(self, connection: Connection) -> None:
        """What an intruder does about the triggers."""
        for statement in (
            ["SET LOCAL session_replication_role = replica"]
            if self.schema
            else ["DROP TRIGGER journal_op_no_update", "DROP TRIGGER journal_op_no_delete"]
        ):
            connection.execute(text(statement))

    def close(self) -> None:
        self.database.close()
        if self.schema:
            postgres.give_schema(self.schema)
            self.schema = ""


CHOSEN = "sqlite"
"""The database of stations that name none: set by the fixture `on_database` for modules that run on both."""


def make_station(
    root: Path, *, at: datetime = NOW, role: str = "secretary", database: str | None = None
) -> StationFixture:
    """A new, empty station in `root` or on the run's PostgreSQL, signed in with `role`."""
    manifests().import_models()
    clock, schema = FixedClock(at), ""
    if (database or CHOSEN) == "postgres":
        key = DataKey.generate()
        schema = postgres.take_schema()
        opened = open_schema(schema)
    else:
        raw, key = _empty_file(frozenset(Base.metadata.tables))
        path = root / "centerdesk.db"
        path.touch(0o600)
        path.write_bytes(raw)
        opened = unsynced(Database.open(path, KeyRing(key)))
    ring = KeyRing(key)
    site = Site("云和社区", "t", clock, ring, drill=True)
    fixture = StationFixture(root, ring, opened, clock, site, None, schema=schema, key=key)  # type: ignore[arg-type]  # next line
    fixture.bus = CommandBus(opened.write_session, site, lambda: fixture.actor)
    fixture.sign_in(role)
    return fixture


def unsynced(database: Database) -> Database:
    """The same, and its commits no longer wait for the disk: a test's station outlives processes, not power cuts."""
    pooled = database.rw.raw_connection()  # the only one this engine ever has
    pooled.driver_connection.execute("PRAGMA synchronous=OFF")
    pooled.close()
    return database


@cache
def _empty_file(tables: frozenset[str]) -> tuple[bytes, DataKey]:
    """A database file with all tables and nothing in them, made once a process, and its key."""
    key = DataKey.generate()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "centerdesk.db"
        with Database.open(path, KeyRing(key), create=True) as database, database.rw.begin() as connection:
            Base.metadata.create_all(connection)
        return path.read_bytes(), key


def open_schema(schema: str, role: str = "cd_desk") -> Database:
    """A schema of the run's server as one desk, or the watcher, sees it: with that role's rights and no more."""
    address, _ = Address.parse(
        postgres.needed().url(schema, role if role == "postgres" else f"{role}_{schema}")
    )
    return ServerDatabase.connect(address, "")
