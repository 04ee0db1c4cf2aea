"""A station on a server: its address, who may do what there, what is refused, what comes back as it was put in."""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from centerdesk.app import servers
from centerdesk.features.checkins.commands_watching import Watch
from centerdesk.features.places.commands import AddCompound, AddGrid
from centerdesk.features.places.models import Compound, Grid
from centerdesk.kernel import server
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command, CommandBus, UnitOfWork
from centerdesk.kernel.errors import (
    EnvironmentFault,
    NewerDatabase,
    Unavailable,
    ValidationError,
    WrongKey,
)
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.machinekey import new_machine_key
from centerdesk.kernel.orm import Base, uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.server import Address, ServerDatabase
from centerdesk.migrations import HEAD, REVISIONS
from tests.helpers import postgres
from tests.helpers.elders import at, small_town
from tests.helpers.people import id_number, make_town
from tests.helpers.station import NOW, StationFixture, make_station, open_schema

pytestmark = pytest.mark.db


# --- addresses and passwords: no server needed --------------------------------------------------------------


def test_an_address_holds_no_password() -> None:
    address, secret = Address.parse("postgresql://cd_desk_yunhe:a%40b@127.0.0.1:5433/district?schema=yunhe")
    assert (address.schema, secret, address.user) == ("yunhe", "a@b", "cd_desk_yunhe")
    assert address.url == "postgresql://cd_desk_yunhe@127.0.0.1:5433/district"
    assert "a@b" not in repr(address) + address.place
    assert address.as_user("x").url == "postgresql://x@127.0.0.1:5433/district"


@pytest.mark.parametrize(
    "given",
    ["", "district", "mysql://a@b/c", "postgresql://h/c", "postgresql://a@h", "postgresql://a@h/c?schema=A-1",
     "postgresql://a@h/c?schema=x;drop", "postgresql://a@h:port/c"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_form(given: str) -> None:
    with pytest.raises(ValidationError, match="postgresql://账号@主机"):
        Address.parse(given)


@pytest.mark.parametrize(
    ("host", "mode"), [("127.0.0.1", ""), ("localhost", ""), ("", ""), ("db.example.cn", "verify-full")]
)
def test_other_machines_are_only_spoken_to_over_tls_that_proves_them(host: str, mode: str) -> None:
    address, _ = Address.parse(f"postgresql://a@{host}/c")
    assert ("sslmode=" + mode in address.url) is bool(mode)


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca"])
def test_weaker_tls_is_refused(mode: str) -> None:
    with pytest.raises(EnvironmentFault, match="verify-full"):
        Address.parse(f"postgresql://a@10.1.2.3/c?sslmode={mode}")


def test_the_password_is_sealed_for_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    data = DataDir(tmp_path)
    assert server.password_for(data) == ""
    new_machine_key(data.machine_key)
    server.keep_password(data, "窗明-1")
    assert server.password_for(data) == "窗明-1"
    assert "窗明-1".encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    monkeypatch.setenv("PGPASSWORD", "given")
    assert server.password_for(data) == "given"
    monkeypatch.delenv("PGPASSWORD")
    new_machine_key(data.machine_key)
    with pytest.raises(WrongKey, match="centerdesk join"):
        server.password_for(data)


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    address, _ = Address.parse("postgresql://a@127.0.0.1:1/c")
    with pytest.raises(Unavailable, match="连不上服务器"):
        ServerDatabase.connect(address, "secret")


def test_a_station_in_a_file_loads_no_driver() -> None:
    script = (
        "import sys, centerdesk.app.bootstrap, centerdesk.kernel.server; "
        "print({'psycopg', 'sqlalchemy.dialects.postgresql'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_without_a_server_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "program", lambda _name: None)
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL server is installed here"):
        postgres.needed()


# --- on the run's server ------------------------------------------------------------------------------------


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path, database="postgres")
    yield made
    made.close()


@pytest.mark.postgres
def test_migrations_make_there_what_the_models_describe(station: StationFixture) -> None:
    with station.database.ro.connect() as connection:
        ours = {"include_object": lambda _o, name, kind, *_: (kind, name) != ("table", "search_fts")}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, Base.metadata) == []
    assert station.database.revision() == HEAD


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("role", "statement", "allowed"),
    [
        ("cd_desk", "UPDATE grid SET name = name", True),
        ("cd_desk", "DELETE FROM grid", True),
        ("cd_desk", "UPDATE journal_op SET label = 'x'", False),
        ("cd_desk", "DELETE FROM journal_op", False),
        ("cd_desk", "TRUNCATE journal_op", False),
        ("cd_desk", "DROP TABLE grid", False),
        ("cd_desk", "ALTER TABLE journal_op DISABLE TRIGGER ALL", False),
        ("cd_desk", "SET session_replication_role = replica", False),
        ("cd_desk", "UPDATE alembic_version SET version_num = 'x'", False),
        ("cd_watch", "UPDATE grid SET name = name", True),
        ("cd_watch", "DELETE FROM grid", False),
        ("cd_watch", "DELETE FROM journal_op", False),
    ],
)
def test_each_role_has_its_rights_and_no_more(
    station: StationFixture, role: str, statement: str, allowed: bool
) -> None:
    with open_schema(station.schema, role) as database, database.rw.connect() as connection:
        if allowed:
            connection.execute(text(statement))
        else:
            with pytest.raises(DBAPIError) as refused:
                connection.execute(text(statement))
            assert refused.value.orig is not None
            assert refused.value.orig.sqlstate == "42501"  # type: ignore[attr-defined]  # psycopg's
        connection.rollback()


@pytest.mark.postgres
def test_the_watcher_raises_alarms_with_its_own_few_rights(tmp_path: Path) -> None:
    station = make_station(tmp_path, at=at("2026-12-03 07:00"), database="postgres")
    try:
        town = small_town(station, homes=2)
        for name in ("老人1", "老人2"):
            town.enrol(name, "甲")
        with open_schema(station.schema, "cd_watch") as database:
            bus = CommandBus(database.write_session, station.site, lambda: None)
            watch = Watch(database.read_session, database.write_session, bus, 4711)
            watch.look()
            station.clock.set(at("2026-12-03 12:00"))
            assert len(watch.look().raised) == 2
    finally:
        station.close()


@pytest.mark.postgres
def test_one_station_sees_nothing_of_another(station: StationFixture, tmp_path: Path) -> None:
    other = make_station(tmp_path / "other", database="postgres")
    try:
        assert other.schema != station.schema
        station.run(AddGrid("一"))
        with other.read() as session:
            assert session.scalars(select(Grid.name)).all() == []
            with pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(f'TABLE "{station.schema}".grid'))
    finally:
        other.close()


@pytest.mark.postgres
def test_the_reader_cannot_write_and_sees_one_moment(station: StationFixture) -> None:
    station.run(AddGrid("一"))
    with station.read() as session:
        assert session.scalars(select(Grid.name)).all() == ["一"]
        station.run(AddGrid("二"))
        assert session.scalars(select(Grid.name)).all() == ["一"]
        with pytest.raises(DBAPIError, match="read-only"):
            session.execute(text("DELETE FROM grid"))


@pytest.mark.postgres
def test_a_connection_that_breaks_while_reading_is_told_and_the_next_question_is_answered(
    station: StationFixture,
) -> None:
    station.run(AddGrid("一"))
    with station.read() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with station.intruder() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(Unavailable, match="没有读到"):
            session.scalars(select(Grid.name)).all()
    with station.read() as session:
        assert session.scalars(select(Grid.name)).all() == ["一"]


@pytest.mark.postgres
def test_values_come_back_as_they_were_put_in(station: StationFixture) -> None:
    """UUIDs native, instants in UTC whatever the zone, text by code point, JSON with its types."""
    at = datetime(2026, 12, 3, 8, 41, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    row_id = uuid7()
    stamp = {"version": 1, "created_at": at, "updated_at": at}
    with station.database.write_session.begin() as session:
        session.execute(insert(Grid).values(id=row_id, name="𬺈网格 '%", ordinal=1, **stamp))
    with station.read() as session:
        grid = session.get(Grid, row_id)
        assert grid is not None
        assert (grid.id, grid.name, grid.created_at) == (row_id, "𬺈网格 '%", at)
        assert grid.created_at.tzinfo == UTC
        assert session.scalar(text("SELECT pg_typeof(id)::text FROM grid")) == "uuid"


@pytest.mark.postgres
def test_names_sort_by_code_point_as_in_a_file(station: StationFixture) -> None:
    names = ["Z", "a", "B", "-", "2", "10", "一", "丁", "￥", "é"]
    for name in names:
        station.run(AddCompound(name))
    with station.read() as session:
        assert session.scalars(select(Compound.name).order_by(Compound.name)).all() == sorted(names)


@dataclass(frozen=True, slots=True)
class Clumsy(Command[None]):
    """Test command: one good row, and one that the database refuses."""

    label: ClassVar[str] = "粗心"
    permission: ClassVar[str] = "places.write"

    def execute(self, uow: UnitOfWork) -> None:
        grid = uow.add(Grid(name="好的", ordinal=1))
        stamp = {"version": 1, "created_at": uow.now, "updated_at": uow.now}
        uow.session.execute(insert(Grid).values(id=grid.id, name="李桂兰 19900001234", ordinal=2, **stamp))


@pytest.mark.postgres
def test_a_failed_statement_leaves_nothing_and_the_desk_goes_on(station: StationFixture) -> None:
    with pytest.raises(IntegrityError):
        station.run(Clumsy())
    station.run(AddGrid("二"))
    with station.read() as session:
        assert session.scalars(select(Grid.name)).all() == ["二"]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "values",
    [
        {"name": "李桂兰 19900001234", "ordinal": None},
        {"name": "李桂兰 19900001234" * 20, "ordinal": 1},
        {"name": "李桂兰 19900001234", "ordinal": "李桂兰 19900001234"},
    ],
)
def test_what_the_server_says_about_a_bad_row_holds_nothing_of_it(
    station: StationFixture, values: dict[str, object]
) -> None:
    """Its DETAIL quotes the whole row, whatever SQLAlchemy hides."""
    stamp = {"version": 1, "created_at": NOW, "updated_at": NOW}
    with pytest.raises(DBAPIError) as refused, station.database.write_session.begin() as session:
        session.execute(insert(Grid).values(id=uuid7(), **values, **stamp))
    said = "".join(traceback.format_exception(refused.value)) + repr(refused.value.orig)
    assert "李桂兰" not in said
    assert "19900001234" not in said


@pytest.mark.postgres
def test_no_number_stands_in_clear_on_the_server(station: StationFixture) -> None:
    number, phone = id_number(date(1948, 4, 12), 24), "19900001234"
    make_town(station).add("李桂兰", id_no=number, phones=phone)
    dump = subprocess.run(
        [str(postgres.program("pg_dump")), "-h", "127.0.0.1", "-p", str(postgres.needed().port), "-U", "postgres",
         "-n", station.schema, "--data-only", postgres.DATABASE],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "李桂兰" in dump
    assert number not in dump
    assert phone not in dump


@pytest.mark.postgres
def test_clocks_apart_are_told_and_kept(station: StationFixture) -> None:
    """The fixture's clock stands in December 2026; the server's does not."""
    site = station.site
    assert servers.warnings(station.database, station.bus, site) == station.database.warnings  # type: ignore[attr-defined]
    told = servers.warnings(station.database, station.bus, replace(site, drill=False))
    assert any("时钟比服务器" in sentence for sentence in told)
    with station.read() as session:
        kept = session.scalars(select(JournalOp.counts).where(JournalOp.action == "NoteClock")).one()
    assert abs(kept["seconds"]) > servers.CLOCK_LIMIT_S
    with station.database.ro.connect() as connection:
        now = connection.scalar(text("SELECT clock_timestamp()"))
    right = replace(site, drill=False, clock=FixedClock(now))
    assert servers.warnings(station.database, station.bus, right) == station.database.warnings  # type: ignore[attr-defined]


@pytest.mark.postgres
def test_what_makes_commits_unsafe_is_said_at_every_opening(station: StationFixture) -> None:
    told = "".join(station.database.warnings)  # type: ignore[attr-defined]
    for name in ("fsync", "full_page_writes", "synchronous_commit", "archive_mode"):
        assert name in told


@pytest.mark.postgres
def test_a_newer_schema_is_not_touched(station: StationFixture) -> None:
    with station.intruder() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(NewerDatabase, match="9999"):
            ServerDatabase.connect(station.database.address, "", known_revisions=REVISIONS)  # type: ignore[attr-defined]
    finally:
        with station.intruder() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


@pytest.mark.postgres
@pytest.mark.slow
def test_a_database_that_sorts_otherwise_is_refused() -> None:
    there = postgres.needed()
    name = f"sorted_{date(2026, 1, 1):%Y}_{uuid7().hex}"
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(
        f"host=127.0.0.1 port={there.port} user=postgres dbname=postgres", autocommit=True
    ) as own:
        found = own.execute(
            "SELECT collname FROM pg_collation WHERE collprovider = 'i' AND collname LIKE 'zh%' LIMIT 1"
        ).fetchone()
        if found is None:
            pytest.skip("this server was built without ICU")
        own.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C'"
        )
        try:
            address, _ = Address.parse(f"postgresql://postgres@127.0.0.1:{there.port}/{name}?schema=s")
            with pytest.raises(EnvironmentFault, match="字码"):
                ServerDatabase.connect(address, "")
        finally:
            own.execute(f"DROP DATABASE {name} WITH (FORCE)")
