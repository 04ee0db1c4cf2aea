"""A station's database on a PostgreSQL server: address, password, the two engines, making the schema (服务器).

One schema a station; no table carries a station column. The driver is imported only when a station
says it lies on a server. No password is ever logged, stored in clear or put into an address.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, Engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from centerdesk.kernel.cipher import seal, stretch, unseal
from centerdesk.kernel.db import Database
from centerdesk.kernel.dialect import lock_station
from centerdesk.kernel.errors import EnvironmentFault, ValidationError, WrongKey
from centerdesk.kernel.machinekey import read_machine_key
from centerdesk.kernel.orm import Base
from centerdesk.kernel.paths import DataDir, write_private
from centerdesk.kernel.record import record
from centerdesk.kernel.server_ear import IdleLines
from centerdesk.kernel.server_engine import server_engine
from centerdesk.kernel.soundness import CheckResult

DEFAULT_SCHEMA = "centerdesk"
OLDEST = 130_000
"""PostgreSQL 13, as `server_version_num` says it."""

_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_LABEL, _BOUND = "server password", b"centerdesk server password"
_WRONG = (
    "服务器地址写成 postgresql://账号@主机:5432/库名?schema=站的拼音，schema 用小写字母、数字和下划线。"
    "什么都没有改，请改好再来。"
)
_log = logging.getLogger(__name__)


@record
class Address:
    """服务器地址. Where a station's schema lies and as whom; never with a password, so it may be stored and shown."""

    url: str
    schema: str

    @classmethod
    def parse(cls, given: str) -> tuple[Address, str]:
        """The address and the password that stood in it, if any. Raises ValidationError, EnvironmentFault."""
        try:
            url = make_url(given)
        except (ArgumentError, ValueError) as exc:
            raise ValidationError({"database": _WRONG}) from exc
        query = dict(url.query)
        schema = str(query.pop("schema", DEFAULT_SCHEMA))
        named = url.drivername in ("postgresql", "postgres") and url.username and url.database
        if not named or not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", schema):
            raise ValidationError({"database": _WRONG})
        secret = url.password or ""
        bare = URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, _with_tls(url, query)
        )
        return cls(bare.render_as_string(), schema), secret

    @property
    def user(self) -> str:
        return make_url(self.url).username or ""

    @property
    def place(self) -> str:
        """Server and schema as a person is told them."""
        url = make_url(self.url)
        return f"{url.host or '本机'} 的 {url.database}/{self.schema}"

    def as_user(self, name: str) -> Address:
        """The same place with another login."""
        return Address(make_url(self.url).set(username=name).render_as_string(), self.schema)


def _with_tls(url: URL, query: dict[str, Any]) -> dict[str, Any]:
    """Another machine is only spoken to over TLS that proves who it is (RELIABILITY 3.2)."""
    host = url.host or str(query.get("host", ""))
    if host in _LOCAL or host.startswith("/"):
        return query
    if query.setdefault("sslmode", "verify-full") != "verify-full":
        raise EnvironmentFault(
            "连别的机器要用 sslmode=verify-full：证书不核对，居民资料会被中途看走。请去掉 sslmode 再来。"
        )
    return query


def keep_password(data: DataDir, secret: str) -> None:
    """Seal the password for this machine, so that the watcher connects with nobody signed in."""
    key = stretch(read_machine_key(data.machine_key), _LABEL)
    write_private(_password_file(data), seal(key, secret.encode(), _BOUND))


def password_for(data: DataDir) -> str:
    """PGPASSWORD, else what was sealed for this machine; empty where the server asks for none. Raises WrongKey."""
    if given := os.environ.get("PGPASSWORD"):
        return given
    try:
        blob = _password_file(data).read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as exc:
        raise EnvironmentFault(
            "服务器的密码文件读不了：没有权限或盘有问题。请管理员放开权限后再开。"
        ) from exc
    try:
        return unseal(stretch(read_machine_key(data.machine_key), _LABEL), blob, _BOUND).decode()
    except WrongKey as exc:
        raise WrongKey(
            "存着的服务器密码在这台电脑上解不开。资料没有动过；请用 centerdesk join 再接一次服务器。"
        ) from exc


def _password_file(data: DataDir) -> Any:
    return data.root / "server.secret"


class ServerDatabase(Database):
    """服务器上的库. The same two engines over the network, one connection each; nothing is left in files."""

    server = True

    def __init__(self, address: Address, rw: Engine, ro: Engine) -> None:
        super().__init__(None, rw, ro)
        self.address = address
        self.lines = IdleLines(ro)
        self.warnings: tuple[str, ...] = ()
        """What the server's own settings endanger, in Chinese sentences; empty when all is well."""

    @classmethod
    def connect(
        cls, address: Address, password: str, *, known_revisions: Collection[str] | None = None
    ) -> ServerDatabase:
        """Connect and look at the server. Raises Unavailable, EnvironmentFault, NewerDatabase."""
        rw, ro = (
            server_engine(address.url, address.schema, address.place, password, write=write)
            for write in (True, False)
        )
        database = cls(address, rw, ro)
        try:
            with ro.connect() as connection:
                _refuse_unfit(connection)
                database.warnings = tuple(_weak_settings(connection))
            for sentence in database.warnings:
                _log.info("server: %s", sentence)
            if known_revisions is not None:
                database.require_revision(known_revisions)
        except BaseException:
            database.close()
            raise
        return database

    def revision(self) -> str | None:
        with self.ro.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found is not None else None

    def clock_offset(self, now: datetime) -> float:
        """Seconds by which the server's clock is ahead of `now`."""
        with self.ro.connect() as connection:
            there: datetime = connection.scalar(text("SELECT clock_timestamp()"))
        return (there - now).total_seconds()

    def close(self) -> None:
        self.ro.dispose()
        self.rw.dispose()

    def __repr__(self) -> str:
        return f"ServerDatabase({self.address.schema})"


def _refuse_unfit(connection: Connection) -> None:
    """Raise EnvironmentFault for a server that would sort, store or understand differently."""
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < OLDEST:
        raise EnvironmentFault("服务器的 PostgreSQL 太旧，要 13 或更新的。什么都没有动，请升级服务器。")
    encoding = connection.scalar(text("SHOW server_encoding"))
    letters = ["-", "2", "B", "a", "z", "一", "丁", "￥"]
    stmt = text("SELECT array_agg(word ORDER BY word) FROM unnest(CAST(:words AS text[])) AS word")
    if encoding != "UTF8" or connection.scalar(stmt, {"words": letters}) != sorted(letters):
        raise EnvironmentFault(
            "服务器上的这个库不按字码排序，名单和翻页会乱。什么都没有动；"
            "请照 installers/postgres 的说明用 LC_COLLATE 'C' 另建一个库。"
        )


def _weak_settings(connection: Connection) -> Iterator[str]:
    """What makes a commit less than safe, or a lost server final (RELIABILITY 3.8)."""
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield f"服务器关着 {name}，一停电刚存好的就可能没了。请管理员打开它。"
    if connection.scalar(text("SHOW archive_mode")) == "off":
        yield "服务器没有开归档（archive_mode），坏了盘只能退到昨夜的备份。请照 installers/postgres 的说明打开。"


Making: TypeAlias = AbstractContextManager[Connection]


@contextmanager
def making(address: Address, password: str, *, rights: bool = True) -> Iterator[Connection]:
    """One transaction of the owner in which the schema is made or lifted, under the writers' lock.

    On the way out the rights of the station's roles are set. Raises Unavailable, EnvironmentFault.
    """
    database = ServerDatabase.connect(address, password)
    try:
        with database.rw.begin() as connection:
            if connection.scalar(text("SELECT current_schema()")) is None:
                lock_station(connection, address.schema)  # the first lock was taken under no name
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{address.schema}"'))
            yield connection
            if rights:
                grant(connection, address.schema)
    except DBAPIError as exc:
        if getattr(exc.orig, "sqlstate", None) == "42501":
            raise EnvironmentFault(
                f"账号 {address.user} 没有权限在服务器上建表。什么都没有建；"
                "请用 installers/postgres 建的 cd_migrate 账号（--owner）。"
            ) from exc
        raise
    finally:
        database.close()


def grant(connection: Connection, schema: str) -> None:
    """Give the station's own roles what they need and no more; roles that do not exist are left out.

    `cd_desk_…` may not change or remove what is append-only; `cd_watch_…` removes nothing at all.
    """
    booked = [t.name for t in Base.metadata.sorted_tables if t.info.get("append_only")]
    for role, rights in (
        ("cd_desk", "SELECT, INSERT, UPDATE, DELETE"),
        ("cd_watch", "SELECT, INSERT, UPDATE"),
    ):
        name = f"{role}_{schema}"
        if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None:
            continue
        for statement in (
            f'GRANT USAGE ON SCHEMA "{schema}" TO "{name}"',
            f'GRANT {rights} ON ALL TABLES IN SCHEMA "{schema}" TO "{name}"',
            *(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{schema}"."{table}" FROM "{name}"' for table in booked),
            f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{schema}".alembic_version FROM "{name}"',
        ):
            connection.execute(text(statement))


def empty(connection: Connection, schema: str) -> None:
    """Remove every table of the schema: what a set-up that failed has left. The schema itself stays."""
    found = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = :schema")
    for name in connection.scalars(found, {"schema": schema}).all():
        connection.execute(text(f'DROP TABLE "{schema}".{name} CASCADE'))
    found = text(
        "SELECT quote_ident(proname) FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)"
    )
    for name in connection.scalars(found, {"schema": schema}).all():
        connection.execute(text(f'DROP FUNCTION "{schema}".{name}'))


def refuse_occupied(connection: Connection, schema: str) -> None:
    """Raise EnvironmentFault when the schema already holds a station."""
    if inspect(connection).has_table("alembic_version", schema=schema):
        raise EnvironmentFault(
            f"服务器的 {schema} 里已经有一个站，没有动它。要新设一个站，请换一个 schema；"
            "要接上原来的，用 centerdesk join。"
        )


def checks(database: Database) -> list[CheckResult]:
    """What stands for the checks of a file: every row can be read, every reference is enforced."""
    with database.ro.connect() as connection:
        return [_rows(connection), _references(connection)]


def _rows(connection: Connection) -> CheckResult:
    names = connection.scalars(
        text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
    ).all()
    rows = 0
    for name in names:  # comes quoted out of the catalogue itself
        rows += connection.scalar(text(f"SELECT count(t.*) FROM {name} AS t")) or 0  # noqa: S608
    return CheckResult("integrity", bool(names), {"tables": len(names), "rows": rows})


def _references(connection: Connection) -> CheckResult:
    found = connection.execute(
        text(
            "SELECT count(*), count(*) FILTER (WHERE NOT convalidated) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)"
        )
    ).one()
    note = f"{found[1]} 条约束没有核过。请服务器的管理员看一下。" if found[1] else ""
    return CheckResult("foreign_keys", not found[1], {"constraints": found[0], "orphans": found[1]}, note)
