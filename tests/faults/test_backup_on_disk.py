"""A backup has its name only after it was read back and found whole, and only when its bytes are on the disk (F8).

What spoils the copy between its writing and its checking is done by the one who watches the steps: a stick that keeps
something else than it was given, seen through the same files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from centerdesk.kernel.backup import Reason, list_backups, make_backup
from centerdesk.kernel.backupfile import keys_path, manifest_path
from centerdesk.kernel.db import connect
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.soundness import Watch
from tests.faults.power_cut import build_recorder, read_log
from tests.helpers.storage import SOURCE, Place, flip, make_place

pytestmark = [pytest.mark.faults, pytest.mark.db]

MAKE = """
import sys
from pathlib import Path
from centerdesk.kernel.backup import Reason, make_backup
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.keyslots import open_with_machine
from centerdesk.kernel.paths import DataDir
where = DataDir(Path(sys.argv[1]))
make_backup(where, KeyRing(open_with_machine(where)), SystemClock(), Reason.TIMED)
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path / "站")
    made.add(*(f"愿望{number}，很长的一段话" * 20 for number in range(300)))
    yield made
    made.database.close()


def rot(_place: Place, copy: Path) -> None:
    flip(copy, copy.stat().st_size // 2)


def cut(_place: Place, copy: Path) -> None:
    os.truncate(copy, copy.stat().st_size // 4096 // 2 * 4096)


def lose_rows(place: Place, copy: Path) -> None:
    """Every page sound, and not all there."""
    connection = connect(copy, place.ring.database_key, mode="rw")
    connection.execute("DELETE FROM wish WHERE id > 100")
    connection.close()


@pytest.mark.parametrize("spoil", [rot, cut, lose_rows])
def test_a_copy_that_is_not_what_was_written_gets_no_name(
    place: Place, spoil: Callable[[Place, Path], None]
) -> None:
    met: list[str] = []

    def told(step: str, _done: int, _of: int) -> None:
        copies = list(place.where.backups.glob("*.partial"))
        if copies and not met:
            met.append(step)
            spoil(place, copies[0])

    with pytest.raises(EnvironmentFault, match="备份没做成"):
        make_backup(place.where, place.ring, place.clock, Reason.TIMED, watch=Watch(told))
    assert met
    assert [each.name for each in place.where.backups.iterdir()] == [".lock"]
    assert len(place.words()) == 303


@pytest.mark.skipif(sys.platform != "linux", reason="system calls are watched by a preloaded library")
def test_its_bytes_are_on_the_disk_before_it_counts(place: Place, tmp_path: Path) -> None:
    """The copy under its passing name, the keys beside it, the manifest, and at last the folder."""
    library = build_recorder(tmp_path)
    if library is None:
        pytest.skip("no C compiler for the preloaded library")
    log, folder = tmp_path / "events", place.where.backups
    watch = {"LD_PRELOAD": str(library), "DISK_LOG": str(log), "DISK_LOG_ROOT": str(folder)}
    subprocess.run(
        [sys.executable, "-c", MAKE, place.where.root],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **watch}, check=True, timeout=120,
    )  # fmt: skip
    (made,) = list_backups([folder])
    steps = [(event.op, Path(event.path).name) for event in read_log(log)]
    manifest = next(n for _op, n in steps if n.startswith(manifest_path(made.path).name))
    for name in (made.path.name + ".partial", manifest):
        written = max(n for n, step in enumerate(steps) if step == ("W", name))
        assert ("S", name) in steps[written:], name
    assert ("S", keys_path(made.path).name) in steps
    assert ("S", folder.name) in steps[steps.index(("S", manifest)) :]
