"""G10: one changed bit, anywhere in the database or in a backup, is noticed; the newest good backup is offered."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from centerdesk.app.features import manifests
from centerdesk.kernel.backup import (
    Backup,
    Reason,
    list_backups,
    make_backup,
    newest_good,
    read_backup,
    verify_backup,
)
from centerdesk.kernel.backupfile import keys_path, manifest_path
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, WrongKey
from centerdesk.kernel.restore import restore
from centerdesk.kernel.soundness import file_checks
from tests.e2e.program import Program
from tests.helpers.storage import Place, make_place

pytestmark = [pytest.mark.faults, pytest.mark.db]

PLACES = 200


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A station with about a megabyte in it, closed."""
    made = make_place(tmp_path / "站")
    made.add(*(f"愿望{number}，很长的一段话" * 20 for number in range(1500)))
    yield made
    made.database.close()


def flipped(path: Path, seed: int, seen: Callable[[], bool]) -> list[int]:
    """Change one bit at a time at places drawn from the seed; those that `seen` did not see."""
    good, draw, missed = path.read_bytes(), random.Random(seed), []
    step = len(good) / PLACES
    for number in range(PLACES):  # one in each two-hundredth of the file
        at = int(number * step + draw.random() * step)
        raw = bytearray(good)
        raw[at] ^= 1 << draw.randrange(8)
        path.write_bytes(raw)
        if not seen():
            missed.append(at)
    path.write_bytes(good)
    return missed


def test_in_the_database(station: Program) -> None:
    """By opening it, or by the check that `verify`, the settings and every backup run."""
    manifests().import_models()
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(2**32)))
    with station.inside() as opened:
        ring = opened.ring
    path = station.where.database

    def seen() -> bool:
        try:
            with station.inside() as opened, opened.database.ro.connect() as connection:
                return not file_checks(connection.connection.driver_connection)[0].ok
        except (WrongKey, DamagedDatabase):
            return True
        finally:
            for beside in path.parent.glob("centerdesk.db-*"):
                beside.unlink()

    assert flipped(path, seed, seen) == [], f"seed {seed}"
    assert not seen()
    Database.open(path, ring).close()


def test_no_backup_is_made_of_a_rotten_database(place: Place) -> None:
    """A backup takes over no damage unseen: it fails, or it is whole, because the page was a free one."""
    place.database.close()
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(2**32)))

    def seen() -> bool:
        place.clock.advance(timedelta(seconds=1))
        try:
            made = make_backup(place.where, place.ring, place.clock, Reason.TIMED).backup
        except EnvironmentFault:
            return True
        return (
            all(check.ok for check in verify_backup(made, place.ring))
            and made.manifest.tables["wish"] == 1503
        )

    assert flipped(place.where.database, seed, seen) == [], f"seed {seed}"


def three(place: Place) -> list[Backup]:
    found = []
    for number in range(3):
        place.clock.advance(timedelta(minutes=30))
        found.append(make_backup(place.where, place.ring, place.clock, Reason.TIMED).backup)
        place.add(f"又一个{number}")
    return found


@pytest.mark.parametrize("part", ["copy", "manifest", "keys"])
def test_in_a_backup(place: Place, part: str) -> None:
    """In the copy and in the two small files beside it; the one before is offered where it is of no use."""
    _first, second, newest = three(place)
    path = {"copy": newest.path, "manifest": manifest_path(newest.path), "keys": keys_path(newest.path)}[part]
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(2**32)))

    def offered() -> Path:
        found, _refused = newest_good([place.where.backups], place.ring)
        assert found is not None
        return found.path

    def passed_over() -> bool:
        return offered() == second.path

    def told() -> bool:
        """With rotten keys beside it the copy itself is good: this machine can still go back to it."""
        return [c.name for c in verify_backup(read_backup(newest.path), place.ring) if not c.ok] == ["keys"]

    assert flipped(path, seed, told if part == "keys" else passed_over) == [], f"seed {seed}"
    assert all(check.ok for check in verify_backup(read_backup(newest.path), place.ring))
    assert offered() == newest.path


def test_two_rotten_ones_in_a_row(place: Place) -> None:
    """What is offered is what a person goes back to."""
    first, second, newest = three(place)
    for each in (second, newest):
        raw = bytearray(each.path.read_bytes())
        raw[len(raw) // 3] ^= 16
        each.path.write_bytes(raw)
    found, refused = newest_good([place.where.backups], place.ring)
    assert found is not None
    assert found.path == first.path
    assert [each.path for each, _sentence in refused] == [newest.path, second.path]
    place.database.close()
    restore(found.path, place.where, place.clock)
    assert len(place.words()) == 1503
    assert len(list_backups([place.where.backups])) == 3
