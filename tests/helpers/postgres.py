"""A real PostgreSQL for the tests: one server a run, one schema a station, gone when the run is, whatever happens.

The first test that needs it starts it (a small process of its own keeps it, drops root's rights, and ends it
when the run's process is gone). Where no server is installed the tests are skipped with the reason.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = "CENTERDESK_TEST_POSTGRES"
"""Environment variable: the folder of this run's server, the same for all workers."""
DATABASE = "district"
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
"""For what the program says and stores; faults are tested on a server that keeps its promises."""


@dataclass(frozen=True)
class Server:
    """A running server. Everybody on the loopback is let in: the machine is the test's own."""

    port: int
    folder: str

    def url(self, schema: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{DATABASE}?schema={schema}"


@cache
def program(name: str) -> str | None:
    """A program of the server: on the path, or where Debian keeps it."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if os.name == "nt":
        return "no PostgreSQL server is looked for on Windows"
    missing = [name for name in ("initdb", "postgres", "psql") if program(name) is None]
    if missing:
        return f"no PostgreSQL server is installed here (missing: {', '.join(missing)})"
    if os.geteuid() == 0 and _account() is None:
        return "PostgreSQL refuses root and there is no other account to drop to"
    return ""


def needed() -> Server:
    """The run's server, started by whoever comes first. Skips the test where there is none."""
    if reason := why_not():
        pytest.skip(reason)
    return _started()


@cache
def _started() -> Server:
    import fcntl

    folder = Path(os.environ[RUN])
    folder.mkdir(mode=0o711, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "server.json"
        if not told.exists():
            _keep(folder, int(folder.name.rsplit("-", 1)[1]))
        return Server(**json.loads(told.read_text()))


def _keep(folder: Path, owner: int) -> None:
    """Start the keeper and wait for its word that the server answers."""
    told, tell = os.pipe()
    os.posix_spawn(  # a Popen would complain that its process outlives it, which is the point
        sys.executable,
        [sys.executable, "-m", "tests.helpers.postgres", str(folder), str(owner)],
        {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        file_actions=[(os.POSIX_SPAWN_DUP2, tell, 1), (os.POSIX_SPAWN_CLOSE, told)],
        setsid=True,
    )
    os.close(tell)
    with os.fdopen(told) as words:
        said = words.readline()
    assert said == "ready\n", f"the server did not start, see {folder}"


_free: list[str] = []
_made = 0
WORTH_TRUNCATING = 65_536
"""Bytes of a table from which on its deleted rows, which nobody sweeps here, would slow the next tests down."""


def take_schema() -> str:
    """An empty station schema of this process, made by the migrations; give it back with `give_schema`."""
    global _made
    if _free:
        schema = _free.pop()
        _empty(schema)
        return schema
    _made += 1
    schema = f"s{os.getpid()}_{_made}"
    _make(schema)
    return schema


def give_schema(schema: str) -> None:
    """The schema may be used again."""
    _free.append(schema)


def _make(schema: str) -> None:
    from centerdesk.kernel import migrate, server

    there = needed()
    with _as_owner() as connection:
        for role in ("cd_desk", "cd_watch"):
            connection.execute(f'CREATE ROLE "{role}_{schema}" LOGIN')
    address, _ = server.Address.parse(there.url(schema))
    with server.making(address, "") as connection:
        migrate.upgrade_connection(connection)


def _empty(schema: str) -> None:
    """Rows of tables that have some are deleted; to truncate is to make every table and index anew, at 20 ms."""
    with _as_owner() as connection:
        tables = connection.execute(
            "SELECT c.oid::regclass::text, 'DELETE FROM ' || c.oid::regclass, pg_relation_size(c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname <> 'alembic_version'",
            (schema,),
        ).fetchall()
        connection.execute("SET session_replication_role = replica")  # no trigger and no reference may object
        if max(size for _name, _delete, size in tables) > WORTH_TRUNCATING:
            connection.execute(f"TRUNCATE {', '.join(name for name, _delete, _size in tables)}")
        else:
            connection.execute("; ".join(delete for _name, delete, size in tables if size))


def _as_owner() -> Any:
    import psycopg

    return psycopg.connect(f"host=127.0.0.1 port={needed().port} user=postgres dbname={DATABASE}")


def begin_run() -> None:
    """Called by the run's first process: names the folder, makes nothing."""
    os.environ[RUN] = str(_base() / f"centerdesk-pg-{os.getpid()}")


def end_run() -> None:
    """Called by the same process at its end: the server goes, and its folder. Quick where none was started."""
    folder = Path(os.environ[RUN])
    told = folder / "server.json"
    if told.exists():
        (folder / "stop").touch()
        keeper = int((folder / "keeper").read_text())
        deadline = time.monotonic() + 20
        while _lives(keeper) and time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(keeper, os.WNOHANG)
            time.sleep(0.05)  # the keeper is no child of ours when a worker started it: nothing to wait on
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(*settings: str) -> Iterator[Own]:
    """A server of one test's own, to be broken. Without `settings` it keeps every promise."""
    if reason := why_not():
        pytest.skip(reason)
    folder = Path(
        tempfile.mkdtemp(prefix="centerdesk-pg-", dir=_base())
    )  # not in pytest's folder: that is root's alone
    made = Own(folder, settings)
    try:
        made.start()
        made.make_database()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Own:
    """One cluster in a folder: start, stop in each way, address."""

    def __init__(self, folder: Path, settings: tuple[str, ...]) -> None:
        self.folder, self.settings = folder, settings
        self.account = _account() if os.geteuid() == 0 else None
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip

    @property
    def server(self) -> Server:
        return Server(self.port, str(self.folder))

    def start(self) -> None:
        """Start and wait until it answers."""
        settings = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=",
                    "max_connections=150", "logging_collector=off", *self.settings)  # fmt: skip
        arguments = [part for each in settings for part in ("-c", each)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(program("postgres")), "-D", str(self.folder / "data"), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_end_with_parent, **self._rights(),
            )  # fmt: skip
        self.until_it_answers()

    def until_it_answers(self) -> None:
        """After a start, or after it has recovered by itself."""
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)  # a server has no way to say that it is ready but to answer

    def make_database(self) -> None:
        self.sql("postgres", f"CREATE DATABASE {DATABASE} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")

    def ask_for_passwords(self) -> None:
        """From now on everybody but the administrator needs one."""
        rules = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)
        self.sql("postgres", "SELECT pg_reload_conf()")

    def stop(self, how: str = "fast") -> None:
        """`fast` rolls everything back and leaves; `immediate` leaves as if the power had gone."""
        assert self.process is not None
        self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how])
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            raise AssertionError((self.folder / "log").read_text()[-3000:]) from None
        self.process = None

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop("immediate")

    def sql(self, database: str, statement: str) -> str:
        done = subprocess.run(
            [str(program("psql")), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
             "-U", "postgres", "-d", database, "-c", statement],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(
                f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres connect_timeout=2"
            ).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(program(name)), *arguments], capture_output=True, text=True, check=False, **self._rights()
        )
        assert done.returncode == 0, done.stderr

    def _rights(self) -> dict[str, object]:
        rights: dict[str, object] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
        if self.account:
            rights |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return rights


def _base() -> Path:
    """The run's temporary folder, where the server's account may pass through to it."""
    chosen = Path(tempfile.gettempdir())
    if (
        os.name == "nt"
        or os.geteuid() != 0
        or all(p.stat().st_mode & 0o001 for p in (chosen, *chosen.parents))
    ):
        return chosen
    return Path("/tmp")


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Between fork and exec, after the rights were dropped: a server does not outlive a killed test run."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGQUIT)


def _account() -> Any:
    """The account a root drops to: the server's own where Debian made it, else nobody."""
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _keeper(folder: Path, owner: int) -> None:
    """Run the server as long as the run's process lives and nobody asks to stop."""
    own = Own(folder / "server", QUICK)
    try:
        own.start()
        own.make_database()
        (folder / "keeper").write_text(str(os.getpid()))
        (folder / "server.json").write_text(json.dumps(own.server.__dict__))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdout.close()
        while _lives(owner) and not (folder / "stop").exists():
            time.sleep(0.1)
    finally:
        own.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _keeper(Path(sys.argv[1]), int(sys.argv[2]))
