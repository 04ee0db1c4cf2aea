"""What makes a database file good: checks of the file itself, and those its owners add (chain, balance).

`verify`, backup, restore and rehearsal all run the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from centerdesk.kernel.db import connect, sqlite
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.orm import Base
from centerdesk.kernel.record import record


@record
class CheckResult:
    """One check (核对) with its numbers: n / n, never just a tick (UI 19). No personal values."""

    name: str
    """Stable English name, for example `journal_chain`."""
    ok: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    """Chinese, what is wrong and where; empty when all is well."""


Check = Callable[[Session], CheckResult]
"""Reads a database and judges one thing in it; the session cannot write."""


@record
class Watch:
    """Whom a long act tells how far it is, and who may stop it. Called on the working thread."""

    told: Callable[[str, int, int], None] | None = None
    """Step in Chinese, done, of how many."""
    stopped: Callable[[], bool] | None = None

    def step(self, text: str, done: int, of: int) -> None:
        """Tell the step. Raises Cancelled when the person has stopped it."""
        if self.stopped and self.stopped():
            raise Cancelled("已停下。没做完的部分已经清掉，库没有动过。")
        if self.told:
            self.told(text, done, of)


def file_checks(connection: Any) -> list[CheckResult]:
    """Pages, structure and references, on a driver connection. Raises no error for a damaged file."""
    return [_integrity(connection), _foreign_keys(connection)]


def _integrity(connection: Any) -> CheckResult:
    try:
        pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
        bad_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        answer = connection.execute("PRAGMA integrity_check(100)").fetchall()
    except sqlite.Error:
        return CheckResult("integrity", False, {}, "文件有损坏，读到一半读不下去。")
    faults = len(bad_pages) + (0 if answer == [("ok",)] else len(answer))
    note = f"{faults} 处和写进去时不一样。" if faults else ""
    return CheckResult("integrity", not faults, {"pages": pages, "faults": faults}, note)


def _foreign_keys(connection: Any) -> CheckResult:
    try:
        rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite.Error:
        return CheckResult("foreign_keys", False, {}, "文件有损坏，读到一半读不下去。")
    tables = "、".join(sorted({str(row[0]) for row in rows}))
    note = f"{len(rows)} 条记录指向的东西不在了（表 {tables}）。" if rows else ""
    return CheckResult("foreign_keys", not rows, {"orphans": len(rows)}, note)


def row_counts(connection: Any) -> dict[str, int]:
    """Rows of every ordinary table, by name; search tables and their shadows are rebuilt, so not counted."""
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE type='table' AND schema='main' AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    return {
        # the name comes out of the schema itself
        name: connection.execute(f'SELECT count(*) FROM "{name.replace(chr(34), chr(34) * 2)}"').fetchone()[0]  # noqa: S608
        for (name,) in sorted(names)
    }


def count_rows(session: Session, table: str) -> int:
    """Rows of one of the program's own tables. Raises DBAPIError where it cannot be read."""
    return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0


@contextmanager
def frozen_session(path: Path, key: bytes) -> Iterator[Session]:
    """A reading session on a finished file that nobody writes; leaves nothing beside it."""
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path, key, mode="frozen"), module=sqlite, poolclass=NullPool,
        hide_parameters=True,
    )  # fmt: skip
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def check_frozen(path: Path, key: bytes, checks: Sequence[Check], watch: Watch) -> list[CheckResult]:
    """Every check on a finished file, the file's own first; stops after those when the file is damaged."""
    watch.step("核对文件各页", 0, len(checks) + 1)
    connection = connect(path, key, mode="frozen")
    try:
        found = file_checks(connection)
    finally:
        connection.close()
    if not found[0].ok:
        return found
    with frozen_session(path, key) as session:
        for number, check in enumerate(checks, 1):
            watch.step("核对内容", number, len(checks) + 1)
            found.append(check(session))
            session.rollback()
    return found
