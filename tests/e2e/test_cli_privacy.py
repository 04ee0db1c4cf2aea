"""Fifty canaries go through a day of verbs; none of them sings where a person must not be (RELIABILITY 3.11).

Looked through, byte by byte: logs, crash files, stderr, station.toml, key slots, backups and their manifests,
the temporary folder, and the encrypted database with its log. Needles: name, identity number, telephone and door
in UTF-8, both UTF-16, GB 18030 and base64, and the name's sound as the search keeps it (tests/helpers/canaries).
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.e2e.program import (
    COMPOUNDS,
    ENVIRONMENT,
    GRIDS,
    REFUSED,
    SOURCE,
    Program,
    Said,
)
from tests.e2e.rosters import roster
from tests.helpers.canaries import Canary, canaries, look

pytestmark = pytest.mark.e2e


def listed(path: Path, persons: list[Canary]) -> Path:
    rows = [(c.name, c.id_no, "女", COMPOUNDS[0], c.door, GRIDS[0], c.phone) for c in persons]
    return roster(path, *rows)


SEARCHES = """
import gc, logging, os, sys, threading
from datetime import date
from pathlib import Path
from centerdesk.app.bootstrap import open_station
from centerdesk.features.people import commands_import, importing_roster, queries
from centerdesk.kernel import crash, logs
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.paths import DataDir
where, roster = DataDir(Path(sys.argv[1])), Path(sys.argv[2])
logs.start_logging(where.logs, "desk", logging.DEBUG)
crash.CrashReporter(where.logs, SystemClock())
station = open_station(where, SystemClock())
actor = station.sign_in("许文静", os.environ["CENTERDESK_PASSWORD"])
with station.database.read_session() as session:
    for query in sys.argv[3:]:
        assert queries.search_people(session, actor, query, 20), query
        assert queries.count_hits(session, actor, station.clock, queries.LedgerFilter(query=query)), query
    reading = importing_roster.read_roster_file(session, actor, roster, date(2026, 10, 2))
station.bus.run(commands_import.ImportRoster(tuple(row.person for row in reading.taken)))

def fail(words):
    raise ValueError(words)

class Dies:
    def __del__(self):
        fail(sys.argv[3])

thread = threading.Thread(target=fail, args=(sys.argv[3],))
thread.start()
thread.join()
Dies()
gc.collect()
try:
    fail(sys.argv[3])
except ValueError:
    logging.getLogger("centerdesk.test").exception("searching")
sys.excepthook(*(lambda e: (type(e), e, e.__traceback__))(ValueError(sys.argv[3])))
os._exit(9)
"""
"""Searches by name, sound and digits; an import; errors that hold a person; death with the log still full."""


@dataclass
class Session:
    """What the verbs said, apart from the one that was asked for the rows."""

    said: list[str] = field(default_factory=list)

    def keep(self, said: Said) -> Said:
        self.said.append(said.err)
        self.said.append(said.out)
        return said


def day(program: Program, folder: Path, persons: list[Canary]) -> tuple[Session, Said]:
    """Trial, import, change, errors of every kind, search, backup, death."""
    session = Session()
    keep = session.keep
    whole = listed(folder / "名册.xlsx", persons)
    shown = program("import", whole, "--dry-run", "--json", "--rows").ok()
    session.said.append(shown.err)
    keep(program("import", whole, "--json")).ok()
    (folder / "半.xlsx").write_bytes(whole.read_bytes()[:3000])
    keep(program("import", folder / "半.xlsx")).failed(REFUSED)
    keep(program("verify", login=persons[0].name)).ok()
    assert keep(program("import", whole, login=persons[1].name)).code == REFUSED
    wrong = listed(folder / "错.xlsx", [replace(c, id_no=c.id_no[:-1] + "#") for c in persons])
    keep(program("import", wrong, "--json")).ok()
    renamed = listed(folder / "新.xlsx", [replace(c, phone="19907770000") for c in persons[:5]])
    queries = [
        f(c) for c in persons[:5] for f in (lambda c: c.name, lambda c: c.sound, lambda c: c.phone[-4:])
    ]
    died = subprocess.run(
        [sys.executable, "-c", SEARCHES, str(program.data), str(renamed), *queries], env=program.environment(),
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert died.returncode == 9, died.stderr
    session.said += [died.stdout, died.stderr]
    return session, shown


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def caught(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}


def quotes_an_error(source: str) -> list[int]:
    """Lines where a log call gets a caught exception as a value."""
    tree = ast.parse(source)
    return [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and {name.id for name in call.args if isinstance(name, ast.Name)} & caught(tree)
    ]


def test_no_log_line_is_given_an_exception_to_quote() -> None:
    """Messages of errors hold persons; the formatter leaves them out, but only of `exc_info`."""
    found = {path.name: quotes_an_error(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert quotes_an_error("try:\n a()\nexcept E as exc:\n log.info('%s', exc)") == [4]


def test_no_canary_sings(station: Program, tmp_path: Path) -> None:
    persons = canaries()
    temporary = tmp_path / "temp"
    temporary.mkdir()
    program = station.given(TMPDIR=str(temporary), TEMP=str(temporary), TMP=str(temporary))
    folder = tmp_path / "桌面"
    folder.mkdir()
    session, shown = day(program, folder, persons)
    assert (
        len(look("", shown.out.encode(), persons)) == 50
    )  # where persons are asked for, the needles are found
    wal = program.where.database.with_name("centerdesk.db-wal")
    assert wal.stat().st_size > 20_000  # the killed process left its log
    logs = b"".join(path.read_bytes() for path in program.where.logs.glob("*.log"))
    assert b"ValueError" in logs
    crashes = list(program.where.logs.glob("crash-*.txt"))
    assert len(crashes) == 3
    held = [path for path in program.data.rglob("*") if path.is_file()]
    sung = [s for path in held for s in look(path.name, path.read_bytes(), persons)]
    sung += [s for text in session.said for s in look("a stream", text.encode(), persons)]
    sung += [
        s
        for path in temporary.rglob("*")
        if path.is_file()
        for s in look(path.name, path.read_bytes(), persons)
    ]
    sung += [
        s for path in (*held, *temporary.rglob("*")) for s in look("a name", str(path).encode(), persons)
    ]
    assert sung == []
    # what the killed process had committed is there, and still silent after a backup and an accident
    assert program.verified()["search_index"]["residents"] == 50
    said = program("backup").ok()
    with program.raw() as connection:
        assert connection.execute(
            "SELECT count(*) FROM resident WHERE search_text LIKE ?", (f"%{persons[0].sound}%",)
        ).fetchone() == (1,)
        connection.execute("ALTER TABLE resident_phone RENAME TO gone")
    crash = program("import", listed(folder / "再.xlsx", [replace(persons[0], name="欧阳犇犇")]))
    assert crash.code == ENVIRONMENT
    assert "没料到的错" in crash.sentence
    held = [path for path in program.data.rglob("*") if path.is_file()]
    assert {"json", "cdbackup"} <= {path.suffix[1:] for path in held if path.parent == program.where.backups}
    sung = [s for path in held for s in look(path.name, path.read_bytes(), persons)]
    sung += [s for text in (said.out, said.err, crash.err) for s in look("a stream", text.encode(), persons)]
    assert sung == []
