"""The encrypted database file: its two engines, opening and closing it.

The only module that imports a SQLite library (RELIABILITY 3.1); key and pragmas are set here and read back on
every connection. No key and no bound value is ever logged here.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import logging
import os
from collections.abc import Collection
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Self

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from centerdesk.kernel.dbfaults import Fault, classify, explain, sqlite_code
from centerdesk.kernel.desklock import DeskHeld, DeskLock, Holder
from centerdesk.kernel.dialect import begin_file
from centerdesk.kernel.errors import (
    DamagedDatabase,
    EnvironmentFault,
    NewerDatabase,
    Unavailable,
    WrongKey,
)
from centerdesk.kernel.filetrouble import held_by, watch_file
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import private_mode, refuse_shared_storage
from centerdesk.kernel.readers import Readers

__all__ = [
    "Database", "DeskHeld", "DeskLock", "Durability", "Fault", "Holder", "classify", "connect", "explain",
    "make_engine", "sqlite",
]  # fmt: skip

READERS = 4
WRITE_CACHE_KB, WARM_CACHE_KB, READ_CACHE_KB = 131_072, 15_360, 3_072
"""Pages kept open, at most, by the writer, by the reader that is taken first, and by each of the others. Below the
size of the indexes an import or a search touches, each row costs a decryption or ten."""
BUSY_MS = 10_000
_APPLICATION_ID = 0x43444B31  # "CDK1"
_PAGE, _RESERVED_HMAC, _SALT = 4096, 64, 16
_SAMPLED_PAGES = 256
_log = logging.getLogger(__name__)

# For a value of a type it was told nothing of, bytes and None too, the driver looks for two methods, raises and
# swallows an error for each: 1.3 µs a value instead of 0.2. An import hands over two million of them.
sqlite.register_adapter(bytes, bytes.__bytes__)
sqlite.register_adapter(type(None), lambda _: None)


class Durability(Enum):
    """How commits reach the disk: journal mode, and `synchronous` as SQLite numbers it."""

    WAL = ("wal", 2)
    ROLLBACK = ("delete", 3)
    """For libraries with the WAL-reset bug (F4): slower, readers wait, nothing is lost."""


def safe_durability(version: tuple[int, int, int]) -> Durability:
    """What a SQLite library of this version is trusted with. Source: sqlite.org/wal.html, WAL-reset bug."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return Durability.WAL if fixed else Durability.ROLLBACK


def default_durability() -> Durability:
    return safe_durability(tuple(sqlite.sqlite_version_info))


def _settings(durability: Durability, *, write: bool) -> dict[str, tuple[str, int | str]]:
    """Pragma → (value to set, value it must read back as), in the order they are set after the key."""
    journal, synchronous = durability.value
    cache = WRITE_CACHE_KB if write else READ_CACHE_KB
    return {
        "cipher_log_level": ("NONE", "NONE"),  # SQLCipher would write to stderr
        "busy_timeout": (str(BUSY_MS), BUSY_MS),
        "journal_mode": (journal, journal),
        "synchronous": (str(synchronous), synchronous),
        "foreign_keys": ("ON", 1),
        "recursive_triggers": ("ON", 1),  # else INSERT OR REPLACE walks past append-only triggers (F12)
        "secure_delete": ("ON", 1),
        "trusted_schema": ("OFF", 0),
        "cell_size_check": ("ON", 1),
        "temp_store": ("MEMORY", 2),
        "mmap_size": ("0", 0),
        "cache_size": (str(-cache), -cache),
        "query_only": ("OFF" if write else "ON", 0 if write else 1),  # last: it forbids some of the above
    }


def _unlock(connection: Any, key: bytes) -> None:
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")


def _configure(connection: Any, key: bytes, settings: dict[str, tuple[str, int | str]]) -> None:
    """Give the key, set every pragma, read each back. Raises EnvironmentFault for one that did not take."""
    connection.isolation_level = None  # BEGIN is ours (F1)
    _unlock(connection, key)
    for name, (value, _) in settings.items():
        connection.execute(f"PRAGMA {name}={value}")
    for name, (_, wanted) in settings.items():
        row = connection.execute(f"PRAGMA {name}").fetchone()
        if row is None or row[0] != wanted:
            raise EnvironmentFault(
                f"数据库的安全设置“{name}”没有生效，所以没有打开，资料没有动过。请重新安装程序，或联系维护的人。"
            )


def connect(path: Path, key: bytes, *, mode: Literal["rw", "ro", "frozen"]) -> Any:
    """A single keyed driver connection outside the pools, for backup, restore and checks.

    `frozen` reads a finished file that nobody writes, without leaving anything beside it. The file must
    exist. Raises driver errors.
    """
    query = {"rw": "mode=rw", "ro": "mode=ro", "frozen": "mode=ro&immutable=1"}[mode]
    connection = sqlite.connect(
        f"{path.resolve().as_uri()}?{query}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        _unlock(connection, key)
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
    except sqlite.Error:
        connection.close()
        raise
    return connection


def make_engine(
    path: Path, key: bytes, *, write: bool, size: int, durability: Durability | None = None
) -> Engine:
    """One engine of the pair: the writer takes the lock as a transaction begins, the reader is query_only.

    A missing file is an error, never an empty database. Sessions of it must not cross threads.
    """
    settings, made = _settings(durability or default_durability(), write=write), itertools.count()
    large = {} if write else {"cache_size": (str(-WARM_CACHE_KB), -WARM_CACHE_KB)}
    url = URL.create(
        "sqlite", database=path.resolve().as_uri(), query={"uri": "true", "mode": "rw"}
    )  # mode=rw: SQLite must not make a file of its own
    engine = create_engine(
        url,
        module=sqlite,
        poolclass=Readers,
        pool_size=size,
        max_overflow=0,
        pool_use_lifo=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect", insert=True)  # before SQLAlchemy's own first look at the file
    def _on_connect(connection: Any, record: Any) -> None:
        warm = record.info.setdefault("warm", next(made) == 0)
        try:
            _configure(connection, key, settings | large if warm else settings)
        except BaseException:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        begin_file(connection, write=write)

    watch_file(engine, path)
    return engine


class Database:
    """One station's open database (库): the writing engine, the reading engine and their sessions."""

    server = False
    """Whether it lies on a server (`server.py`) and not in a file of ours: no file to back up or to check."""

    def __init__(self, path: Path | None, rw: Engine, ro: Engine) -> None:
        self.path = path
        self._closed = False
        self.rw = rw
        self.ro = ro
        self.write_session: sessionmaker[Session] = sessionmaker(rw, expire_on_commit=False)
        self.read_session: sessionmaker[Session] = sessionmaker(ro, expire_on_commit=False)

    @classmethod
    def open(
        cls,
        path: Path,
        ring: KeyRing,
        *,
        create: bool = False,
        known_revisions: Collection[str] | None = None,
        durability: Durability | None = None,
    ) -> Database:
        """Open the file, or with `create` make a new one where none is.

        `known_revisions` are the schema revisions this program can read or migrate; None does not look.
        Raises EnvironmentFault and its kinds (WrongKey, DamagedDatabase, NewerDatabase, Unavailable), each
        with its sentence; the file is untouched then.
        """
        refuse_shared_storage(path)
        key = ring.database_key
        if create:
            _make_file(path)
        else:
            _look_at_file(path, key)
        chosen = durability or default_durability()
        database = cls(
            path,
            make_engine(path, key, write=True, size=1, durability=chosen),
            make_engine(path, key, write=False, size=READERS, durability=chosen),
        )
        try:
            _first_touch(path, key, chosen, create=create)
            if known_revisions is not None:
                database.require_revision(known_revisions)
        except BaseException:
            database.rw.dispose()
            database.ro.dispose()
            raise
        return database

    def revision(self) -> str | None:
        """The Alembic revision of the file; None before the first migration. Raises EnvironmentFault and kinds."""
        try:
            with self.ro.connect() as connection:
                return read_revision(connection.connection.driver_connection)
        except (sqlite.Error, DBAPIError) as exc:
            if classify(exc) is Fault.BUG:
                raise
            raise explain(exc) from exc

    def require_revision(self, known: Collection[str]) -> None:
        """Raise NewerDatabase when the file has a schema this program does not know."""
        found = self.revision()
        if found is not None and found not in known:
            raise NewerDatabase(
                f"这个库是更新的程序写的（版式 {found}），这一版看不懂，没有动它。请把程序升级到新版再开。"
            )

    def close(self) -> None:
        """Bring the log into the file and close every connection; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.ro.dispose()
        try:
            with self.rw.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (sqlite.Error, DBAPIError, OSError, EnvironmentFault) as exc:
            # the log stays beside the file and is read at the next opening: nothing is lost
            _log.warning("no checkpoint at close: %s", type(exc).__name__)
        finally:
            self.rw.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self.path.name if self.path else ''})"


def read_revision(connection: Any) -> str | None:
    """The Alembic revision on a driver connection; None before the first migration."""
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name='alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    return str(row[0]) if row else None


def _make_file(path: Path) -> None:
    """An empty file with the right mode; SQLite would make one after the umask."""
    if path.exists() and path.stat().st_size:
        raise EnvironmentFault(
            f"“{path.parent}”里已经有一个库，没有动它。要新设一个站，请选一个空文件夹；要用原来的，直接打开。"
        )
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, private_mode(path.parent)))
    except OSError as exc:
        raise EnvironmentFault(
            f"文件夹“{path.parent}”不在，或不能写，库建不了。请换一个能写的文件夹，或请管理员放开权限。"
        ) from exc


def _look_at_file(path: Path, key: bytes) -> None:
    """What can be told before SQLite opens the file: absent, empty, unreadable, another key."""
    try:
        size = path.stat().st_size
        right = size > 0 and key_fits(path, key)
    except FileNotFoundError as exc:
        raise EnvironmentFault(
            f"“{path.parent}”里没有库文件，什么都没有动。如果在移动盘上，请插好再开；换了电脑，请用备份和恢复单找回。"
        ) from exc
    except OSError as exc:
        raise EnvironmentFault(
            f"库文件“{path}”读不了：没有权限或盘有问题。资料没有动过；请管理员放开权限，或换回原来的账户。"
        ) from exc
    if not _may_write(path):
        raise _read_only(path)
    if size == 0:
        raise DamagedDatabase(
            "库文件是空的（0 字节），多半是拷贝时断了。没有把它当新库用；请用最近的好备份退回。"
        )
    if not right:
        raise WrongKey(
            "钥匙和这个库对不上，没有动它。请确认文件夹没有拿错；换了电脑，请用恢复单打开；"
            "都不是，就用最近的好备份退回。"
        )


def key_fits(path: Path, key: bytes) -> bool:
    """Whether any of up to 256 sampled pages carries this key's HMAC. Raises OSError.

    Done without SQLite: it reports a wrong key and a damaged first page alike, and must not touch the log of
    a file it cannot read. Source: SQLCipher 4 design, raw key, HMAC-SHA512 over content, IV, page number.
    """
    with path.open("rb") as file:
        salt = file.read(_SALT)
        mac_key = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
        pages = path.stat().st_size // _PAGE
        step = max(1, pages // _SAMPLED_PAGES)
        for number in range(1, pages + 1, step):
            file.seek((number - 1) * _PAGE)
            page = file.read(_PAGE)
            body = page[_SALT if number == 1 else 0 : -_RESERVED_HMAC] + number.to_bytes(4, "little")
            if hmac.compare_digest(hmac.digest(mac_key, body, "sha512"), page[-_RESERVED_HMAC:]):
                return True
    return False


def _first_touch(path: Path, key: bytes, durability: Durability, *, create: bool) -> None:
    """One keyed connection that must be able to read the schema and to take the writer's lock."""
    try:
        connection = connect(path, key, mode="rw")
    except sqlite.Error as exc:
        raise _opening_fault(exc, path) from exc
    try:
        _configure(connection, key, _settings(durability, write=True))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        # a write, for two reasons: SQLite opens a protected file read-only and says so only now, and a
        # database just made must have a first page
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute("COMMIT" if create else "ROLLBACK")
    except sqlite.Error as exc:
        raise _opening_fault(exc, path) from exc
    finally:
        connection.close()


def _opening_fault(exc: sqlite.Error, path: Path) -> EnvironmentFault:
    code = sqlite_code(exc)
    if code in (11, 26):
        return DamagedDatabase("台账打不开：钥匙对，但文件损坏。坏的这份没有动；请用最近的好备份退回。")
    if code in (5, 6):
        return Unavailable(f"{held_by(path)}正占着库，等了 10 秒还没放。资料没有动过，过一会儿再开。")
    return _read_only(path) if code in (3, 8, 14) else explain(exc)


def _may_write(path: Path) -> bool:
    """Asked before SQLite is: it would leave side files of the same rights behind, and these stay in the way."""
    beside = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
    return all(os.access(each, os.W_OK) for each in (path.parent, path, *filter(Path.exists, beside)))


def _read_only(path: Path) -> EnvironmentFault:
    return EnvironmentFault(
        f"库所在的文件夹“{path.parent}”或里面的库文件只能读不能写，所以没有打开，资料没有动过。"
        "请管理员放开写权限，或把盘的写保护拨开。"
    )
