"""Each way a database file can be wrong, and the sentence for it (G6, G7, G10)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from centerdesk.kernel.db import Database, make_engine, sqlite
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, NewerDatabase, WrongKey
from centerdesk.kernel.keys import DataKey, KeyRing
from tests.helpers.storage import SOURCE, Place, as_nobody, make_place

pytestmark = pytest.mark.db


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "台 账")
    yield made
    made.database.close()


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that an account without rights can get to; pytest's own is root's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_missing_file_is_not_made_up(place: Place, tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    with pytest.raises(EnvironmentFault, match="没有库文件"):
        Database.open(missing, place.ring)
    engine = make_engine(missing, place.ring.database_key, write=True, size=1)
    with pytest.raises(OperationalError, match="unable to open"):
        engine.connect()
    assert not missing.exists()


def test_an_empty_file_is_not_an_empty_database(place: Place, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(DamagedDatabase, match="0 字节"):
        Database.open(empty, place.ring)
    assert empty.stat().st_size == 0


def test_a_new_database_has_pages_at_once_and_is_never_overwritten(place: Place, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    Database.open(new, place.ring, create=True).close()
    assert new.stat().st_size >= 4096
    Database.open(new, place.ring).close()
    with pytest.raises(EnvironmentFault, match="已经有一个库"):
        Database.open(new, place.ring, create=True)
    if os.name != "nt":
        assert new.stat().st_mode & 0o777 == 0o600


def test_a_wrong_key_is_told_from_damage_and_touches_nothing(place: Place) -> None:
    place.database.close()
    before = place.where.database.read_bytes()
    with pytest.raises(WrongKey, match="恢复单"):
        Database.open(place.where.database, KeyRing(DataKey.generate()))
    assert place.where.database.read_bytes() == before
    assert sorted(each.name for each in place.where.root.glob("*.db*")) == ["centerdesk.db"]


def test_a_wrong_key_does_not_lose_what_is_still_in_the_log(place: Place) -> None:
    script = """
import os, sys
from pathlib import Path
from centerdesk.kernel.db import Database
from centerdesk.kernel.keyslots import open_with_machine
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from sqlalchemy import text
where = DataDir(Path(sys.argv[1]))
database = Database.open(where.database, KeyRing(open_with_machine(where)))
with database.write_session.begin() as session:
    session.execute(text("INSERT INTO wish(words) VALUES ('断电前')"))
os._exit(9)
"""
    place.database.close()
    _python(script, str(place.where.root), check=False)
    assert (place.where.root / "centerdesk.db-wal").stat().st_size > 0
    with pytest.raises(WrongKey):
        Database.open(place.where.database, KeyRing(DataKey.generate()))
    assert place.words()[-1] == "断电前"


def test_a_damaged_file_is_named_as_such(place: Place) -> None:
    with place.database.rw.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE big AS SELECT randomblob(3000) FROM pragma_function_list")
    place.database.close()
    raw = bytearray(place.where.database.read_bytes())
    raw[100] ^= 1  # in the first page, behind the salt
    place.where.database.write_bytes(raw)
    with pytest.raises(DamagedDatabase, match="最近的好备份"):
        Database.open(place.where.database, place.ring)


def test_one_flipped_bit_anywhere_is_found(place: Place) -> None:
    """G10 on a small file: 40 places from a printed seed, each found by one of key, page or structure."""
    place.add(*("愿望" * 40 for _ in range(400)))
    place.database.close()
    good = place.where.database.read_bytes()
    seed = random.randrange(2**32)
    draw, found = random.Random(seed), 0
    for _ in range(40):
        raw = bytearray(good)
        raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        place.where.database.write_bytes(raw)
        found += _is_found(place)
    place.where.database.write_bytes(good)
    assert found == 40, f"seed {seed}"
    assert not _is_found(place)


def _is_found(place: Place) -> bool:
    try:
        with Database.open(place.where.database, place.ring) as database, database.ro.connect() as connection:
            return bool(connection.exec_driver_sql("PRAGMA cipher_integrity_check").all())
    except (WrongKey, DamagedDatabase, DBAPIError, sqlite.Error):
        return True


@pytest.mark.parametrize("content", [b"x", b"not a database " * 1000, bytes(9000)])
def test_something_else_under_the_name_is_refused(place: Place, tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(content)
    with pytest.raises((WrongKey, DamagedDatabase)):
        Database.open(other, place.ring)
    assert other.read_bytes() == content


def test_a_newer_database_is_refused_by_name(place: Place) -> None:
    assert place.database.revision() == "0001"
    place.database.close()
    Database.open(place.where.database, place.ring, known_revisions={"0001", "0002"}).close()
    with pytest.raises(NewerDatabase, match=r"0001.*升级到新版"):
        Database.open(place.where.database, place.ring, known_revisions={"0000"})


def test_before_the_first_migration_there_is_no_revision(place: Place, tmp_path: Path) -> None:
    with Database.open(tmp_path / "new.db", place.ring, create=True, known_revisions={"x"}) as database:
        assert database.revision() is None


def test_a_shared_place_is_refused(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "坚果云"
    folder.mkdir()
    with pytest.raises(EnvironmentFault, match="同步"):
        Database.open(folder / "centerdesk.db", place.ring, create=True)
    assert not list(folder.iterdir())


OPEN_AS_NOBODY = """
import sys
from pathlib import Path
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.keys import DataKey, KeyRing
try:
    Database.open(Path(sys.argv[1]), KeyRing(DataKey(bytes.fromhex(sys.argv[2]))))
except EnvironmentFault as exc:
    print(type(exc).__name__, exc)
else:
    print("opened")
"""


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "sentence"),
    [
        (0o777, 0o666, "opened"),
        (0o555, 0o666, "只能读不能写"),
        (0o777, 0o444, "只能读不能写"),
        (0o777, 0o000, "没有权限"),
        (0o000, 0o666, "没有权限"),
    ],
)
def test_folders_and_files_without_rights(
    place: Place, reachable: Path, folder_mode: int, file_mode: int, sentence: str
) -> None:
    place.database.close()
    folder = reachable / "d"
    folder.mkdir()
    path = folder / "centerdesk.db"
    path.write_bytes(place.where.database.read_bytes())
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    done = as_nobody(OPEN_AS_NOBODY, str(path), place.ring.data_key.expose().hex())
    folder.chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert sentence in done.stdout
    assert path.read_bytes() == place.where.database.read_bytes()


def _python(script: str, *arguments: str, check: bool = True) -> None:
    subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        check=check,
        timeout=60,
    )
