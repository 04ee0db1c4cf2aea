"""Which database errors may be tried again: by code, never by class (F23, ARCHITECTURE 4.3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from centerdesk.kernel.db import connect, sqlite
from centerdesk.kernel.dbfaults import Fault, classify, explain, sqlite_code
from centerdesk.kernel.errors import DamagedDatabase, OutcomeUnknown, Unavailable


class _Driver(Exception):
    """What a PostgreSQL driver raises, as far as classify looks at it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("driver text with a value")
        self.sqlstate = sqlstate


class _DriverOperational(_Driver):
    pass


_DriverOperational.__name__ = "OperationalError"


def _sqlite(code: int) -> sqlite.Error:
    exc = sqlite.OperationalError("x")
    exc.sqlite_errorcode = code
    return exc


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (5, Fault.RETRY),
        (5 | 2 << 8, Fault.RETRY),  # BUSY_SNAPSHOT (F13)
        (6, Fault.RETRY),
        (10 | 3 << 8, Fault.OUTAGE),  # IOERR_WRITE
        (13, Fault.OUTAGE),
        (8 | 6 << 8, Fault.OUTAGE),  # READONLY_DIRECTORY
        (11, Fault.OUTAGE),
        (26, Fault.OUTAGE),
        (14, Fault.OUTAGE),
        (7, Fault.OUTAGE),
        (1, Fault.BUG),
        (19, Fault.BUG),
        (21, Fault.BUG),
    ],
)
def test_sqlite_codes(code: int, fault: Fault) -> None:
    assert classify(_sqlite(code)) is fault
    assert classify(DBAPIError("SELECT 1", {}, _sqlite(code))) is fault


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("40001", Fault.RETRY),
        ("40P01", Fault.RETRY),
        ("55P03", Fault.RETRY),
        ("08006", Fault.UNKNOWN),
        ("57P01", Fault.UNKNOWN),
        ("08001", Fault.OUTAGE),
        ("53100", Fault.OUTAGE),
        ("57P03", Fault.OUTAGE),
        ("28P01", Fault.OUTAGE),
        ("23505", Fault.BUG),
        ("42P01", Fault.BUG),
    ],
)
def test_sqlstates(state: str, fault: Fault) -> None:
    assert classify(OperationalError("COMMIT", {}, _Driver(state))) is fault


def test_a_broken_connection_is_its_own_state() -> None:
    silent = OperationalError("COMMIT", {}, _DriverOperational(None))
    assert classify(silent) is Fault.UNKNOWN
    assert isinstance(explain(silent), OutcomeUnknown)
    assert classify(DBAPIError("x", {}, _Driver(None), connection_invalidated=True)) is Fault.UNKNOWN
    assert classify(IntegrityError("x", {}, _Driver(None))) is Fault.BUG
    assert classify(ValueError("x")) is Fault.BUG


def test_a_missing_table_is_a_bug_though_it_is_an_operational_error() -> None:
    engine = create_engine("sqlite://", module=sqlite)
    with pytest.raises(OperationalError) as caught, engine.connect() as connection:
        connection.execute(text("SELECT * FROM nothing"))
    engine.dispose()
    assert sqlite_code(caught.value.orig) == 1
    assert classify(caught.value) is Fault.BUG


def test_a_full_disk_is_an_outage_and_keeps_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.touch()
    connection = connect(path, bytes(32), mode="rw")
    connection.execute("CREATE TABLE t(a)")
    connection.execute("PRAGMA max_page_count=20")
    rows = [(bytes(3000),)] * 100
    with pytest.raises(sqlite.Error) as caught:
        connection.executemany("INSERT INTO t VALUES (?)", rows)
    kept = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    assert classify(caught.value) is Fault.OUTAGE
    assert "200 MB" in str(explain(caught.value))
    connection.execute("PRAGMA max_page_count=1000")
    connection.execute("INSERT INTO t VALUES (1)")  # goes on without a restart
    assert connection.execute("SELECT count(*) FROM t").fetchone()[0] == kept + 1
    connection.close()


@pytest.mark.parametrize("code", [3, 5, 7, 8, 10, 11, 13, 14, 15, 22, 26])
def test_each_sentence_says_what_to_do_and_holds_no_driver_text(code: int) -> None:
    told = explain(DBAPIError("SELECT 'secret'", {"a": "secret"}, _sqlite(code)))
    assert isinstance(told, DamagedDatabase if code in (11, 26) else Unavailable)
    assert "secret" not in str(told)
    assert "。" in str(told)
