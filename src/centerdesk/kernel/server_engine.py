"""The two engines of a station on a server, and the connections they keep (服务器的连接).

A statement costs a way to the server and back, and an act makes its ways while every other desk waits for it. So a
transaction is begun as the connection is taken out of the pool: with the writers' lock, in one message, and that
message is the proof that the line still holds.
"""

from __future__ import annotations

import importlib.util
import uuid
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

from centerdesk.kernel.dialect import CHANNEL, begin_server
from centerdesk.kernel.errors import EnvironmentFault, Unavailable

_LOCK_WAIT_S, _ANSWER_S = 10, 10
"""How long the writer's lock is waited for, as on a file; after how many silent seconds a line counts as cut."""
_MORE_READERS = 3
"""Connections opened beside the reading one while it is busy, and closed again: as many as a file has readers."""
_IDLE, _LOCK_TIMEOUT = 0, "55P03"
"""psycopg's number for a connection in no transaction; SQLSTATE of a lock that was not got in time."""


def server_engine(url: str, schema: str, place: str, password: str, *, write: bool) -> Engine:
    """One engine of the pair, with one connection that stays. `place` is how a person is told where the server is."""
    if importlib.util.find_spec("psycopg") is None:
        raise EnvironmentFault("连服务器的组件没有装（psycopg）。请重新运行安装，再来一次。")
    name = f"centerdesk {'rw' if write else 'ro'} {uuid.uuid4().hex[:16]}"
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg", password=password or None),
        pool_size=1,
        max_overflow=0 if write else _MORE_READERS,
        hide_parameters=True,
        connect_args={
            "application_name": name,
            "autocommit": True,  # BEGIN is ours: the driver's own is a message for itself
            "options": _session_settings(schema, write=write),
            "connect_timeout": _ANSWER_S,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": _ANSWER_S * 1000,
        },
    )

    @event.listens_for(engine, "do_connect")
    def _do_connect(dialect: Any, _record: object, args: Any, settings: Any) -> Any:
        try:
            connection = dialect.loaded_dbapi.connect(*args, **settings)
        except dialect.loaded_dbapi.OperationalError as exc:
            raise Unavailable(
                f"连不上服务器（{place}）：机器没开、网不通，或账号密码不对。"
                "这一笔没有写进去，以前存好的都在；查好了再试。"
            ) from exc
        if write:
            _end_lost(connection, name)
        else:
            connection.execute(f'LISTEN "{schema}.{CHANNEL}"')
        return connection

    _begin_where_handed_out(engine, write=write)
    event.listen(engine, "handle_error", _without_values)
    if not write:
        event.listen(engine, "handle_error", _nothing_read)
    return engine


def _begin_where_handed_out(engine: Engine, *, write: bool) -> None:
    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _proxy: object) -> None:
        fresh = "used" not in record.info
        record.info["used"] = True
        try:
            _begin(engine, connection, write=write)
        except _Lost as exc:
            if fresh:
                raise
            raise DisconnectionError from exc  # it broke while it lay idle: the pool opens it anew

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.info.transaction_status == _IDLE:  # a second transaction on one connection
            _begin(engine, driver, write=write)


class _Lost(Unavailable):
    """The connection broke before anything was asked of it."""


def _begin(engine: Engine, connection: Any, *, write: bool) -> None:
    dialect: Any = engine.dialect
    try:
        begin_server(connection, write=write)
    except dialect.loaded_dbapi.OperationalError as exc:
        if connection.closed:
            raise _Lost("和服务器的连接断了，这一步没有办成。以前存好的都在；等连上后再试一次。") from exc
        if exc.sqlstate == _LOCK_TIMEOUT:
            raise Unavailable(
                f"另一台电脑正占着库，等了 {_LOCK_WAIT_S} 秒还没放，这一步没有办成。"
                "已填的内容还在，请等它办完再试。"
            ) from exc
        raise Unavailable(
            "服务器现在办不了（多半正在关或重启），这一步没有办成。以前存好的都在，过一会儿再试。"
        ) from exc


def _nothing_read(context: ExceptionContext) -> None:
    """A connection that broke under a question leaves nothing open: it is asked again."""
    if context.is_disconnect:
        raise Unavailable("和服务器的连接断了，没有读到。存着的都在；等连上后再试一次。")


def _without_values(context: ExceptionContext) -> None:
    """Take the rows out of the server's messages: it quotes the whole row that broke a constraint (G34)."""
    found = context.original_exception
    diagnosis = getattr(found, "diag", None)
    if diagnosis is None:
        return
    state = str(getattr(found, "sqlstate", None) or "")
    said = (diagnosis.message_primary or "") if state[:2] != "22" else ""  # those quote the value itself
    names = (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
    plain = " ".join(filter(None, (state, said, *names))) or type(found).__name__
    found.args = (plain,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (plain,)


def _session_settings(schema: str, *, write: bool) -> str:
    wanted = {"search_path": schema, "timezone": "UTC", "lock_timeout": f"{_LOCK_WAIT_S}s"}
    wanted["jit"] = "off"  # questions of a desk are short; compiling one costs more than asking it
    if not write:  # a reading transaction sees one moment, as it does on a file
        wanted |= {
            "default_transaction_isolation": r"repeatable\ read",
            "default_transaction_read_only": "on",
        }
    return " ".join(f"-c {name}={value}" for name, value in wanted.items())


def _end_lost(connection: Any, name: str) -> None:
    """End this engine's former connection if the server still holds it, and with it the writer's lock.

    A cable that was pulled is noticed there only after minutes. What it had not committed is undone; what it
    had stands: whoever then takes the lock sees which.
    """
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = %s AND usename = current_user AND pid <> pg_backend_pid()",
        (name,),
    )
