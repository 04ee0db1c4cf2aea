"""A set-up, a migration, a restore, each killed again and again: run as a program, it forks a child a round.

Arguments: folder, act (init|migrate|restore), kills, seed. The moments are spread evenly over the time the act takes
when nobody kills it; a round that ended before its moment is no kill and does not count. After each kill the folder
is looked at as the program finds it, in a second child that opens it and finishes the work. Prints one JSON object
(RELIABILITY G9).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from centerdesk.app import restoring
from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.app.features import manifests
from centerdesk.app.records import RESTORED
from centerdesk.app.verbs.station import all_checks
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots, migrate
from centerdesk.kernel.backup import list_backups, verify_backup
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.db import Database, connect, read_revision
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.restore import restore
from centerdesk.kernel.soundness import file_checks
from centerdesk.migrations import HEAD
from tests.helpers.hashing import cheapen

CLOCK = SystemClock()
NAME = "云和社区"
Schema = tuple[str | None, frozenset[str]]
"""Revision and the names of everything the schema holds."""

NOTHING: Schema = (None, frozenset())


# --- the acts -----------------------------------------------------------------------------------------------


def init(data: DataDir) -> None:
    create_station(data, NAME, CLOCK)[0].close()


def lift(data: DataDir) -> None:
    """Open an older schema: forced backup, then migration."""
    open_station(data, CLOCK, backup_before=_before).close()


def go_back(data: DataDir) -> None:
    """To the backup that was made before the migration."""
    restore(_before_migration(data), data, CLOCK)


def _before(station: OpenStation) -> None:
    back_up(station, Reason.MIGRATION)


def _before_migration(data: DataDir) -> Path:
    (found,) = (b for b in list_backups([data.backups]) if b.manifest.reason is Reason.MIGRATION)
    return found.path


ACTS: dict[str, Callable[[DataDir], None]] = {"init": init, "migrate": lift, "restore": go_back}


# --- where they begin ---------------------------------------------------------------------------------------


def template(act: str, folder: Path) -> Path | None:
    """A folder to begin each round with; None for an empty one."""
    if act == "init":
        return None
    data = DataDir(folder / "template")
    create_station(data, NAME, CLOCK)[0].close()
    data.database.unlink()
    ring = KeyRing(keyslots.open_with_machine(data))
    Database.open(data.database, ring, create=True).close()  # the oldest schema there is: none
    if act == "restore":
        station = open_station(data, CLOCK, backup_before=_before)
        actor = system_actor([staff.FOUND], station.site.desk)
        station.bus.run(places.FoundPlaces(NAME, street="", grids=("甲", "乙"), compounds=()), actor=actor)
        station.close()
    return data.root


# --- what is found ------------------------------------------------------------------------------------------


def schema(data: DataDir) -> Schema:
    """As it stands, without opening it the program's way. Raises what the driver raises."""
    connection = connect(data.database, _ring(data).database_key, mode="rw")
    try:
        names = connection.execute("SELECT type || ' ' || name FROM sqlite_schema").fetchall()
        sound = all(check.ok for check in file_checks(connection))
        if not sound:
            raise RuntimeError("damaged")
        return read_revision(connection), frozenset(name for (name,) in names)
    finally:
        connection.close()


def _ring(data: DataDir) -> KeyRing:
    return KeyRing(keyslots.open_with_machine(data))


def look(act: str, data: DataDir, whole: Schema) -> str:
    """Old, new, or what is wrong; then the work is finished, as the next start does it."""
    if not data.database.exists() or not data.database.stat().st_size:
        return "old" if act == "init" else "no database"
    try:
        found = schema(data)
    except EnvironmentFault as exc:
        return "old" if act == "init" and not data.station_file.exists() else f"locked out: {exc}"
    if found not in (NOTHING, whole):
        return f"between: {found[0]} with {len(found[1])} of {len(whole[1])}"
    new = found == whole
    if act == "migrate" and new and not _verified_before(data):
        return "migrated without a backup"
    grids = _grids(data) if new and act == "restore" else None
    if grids not in (None, 2):
        return f"{grids} grids of 2"
    station = open_station(data, CLOCK, backup_before=_before)
    try:
        if act == "restore" and not new:
            restoring.record(station, system_actor([RESTORED], station.site.desk))
        wrong = [check.name for check in all_checks(station) if not check.ok]
    finally:
        station.close()
    if wrong or schema(data) != whole:
        return f"not lifted afterwards: {wrong}"
    return "new" if new is (act != "restore") else "old"


def _verified_before(data: DataDir) -> bool:
    found = [b for b in list_backups([data.backups]) if b.manifest.reason is Reason.MIGRATION]
    return bool(found) and all(check.ok for check in verify_backup(found[0], _ring(data)))


def _grids(data: DataDir) -> int:
    with Database.open(data.database, _ring(data)) as database, database.read_session() as session:
        return int(session.scalar(text("SELECT count(*) FROM grid")) or 0)


# --- killing ------------------------------------------------------------------------------------------------


def forked(work: Callable[[], str], kill_after: float | None = None) -> tuple[str, bool]:
    """What the child answered, and whether it was killed before it could."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            answer = work()
        except BaseException as exc:  # noqa: BLE001 - said to the parent, which judges it
            answer = f"{type(exc).__name__}: {exc}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read().decode()
    return answer, os.WIFSIGNALED(status)


def one_act(act: str, data: DataDir) -> str:
    ACTS[act](data)
    return "done"


def fresh(base: Path | None, folder: Path) -> DataDir:
    shutil.rmtree(folder, ignore_errors=True)
    if base is not None:
        shutil.copytree(base, folder)
    return DataDir(folder)


def whole_schema(folder: Path) -> Schema:
    data = DataDir(folder / "whole")
    create_station(data, NAME, CLOCK)[0].close()
    return schema(data)


def main(folder: Path, act: str, rounds: int, seed: int) -> None:
    cheapen()
    manifests().import_models()
    assert migrate.head() == HEAD
    chance = random.Random(seed)
    base, whole = template(act, folder), whole_schema(folder)
    took = []
    for _ in range(3):
        data = fresh(base, folder / "round")
        began = time.monotonic()
        said, _killed = forked(lambda where=data: one_act(act, where))
        took.append(time.monotonic() - began)
        assert said == "done", said
    span, tries, killed, seen = sorted(took)[1], 0, 0, Counter[str]()
    while killed < rounds and tries < rounds * 5:
        tries += 1
        data = fresh(base, folder / "round")
        moment = (killed + chance.random()) / rounds * span
        said, dead = forked(lambda where=data: one_act(act, where), moment)
        span *= 1.01 if dead else 0.9  # the machine is not always as fast as when it was measured
        if said not in ("", "done"):
            seen[f"the act itself: {said}"] += 1
        if dead:
            killed += 1
            answer, _ = forked(lambda where=data: look(act, where, whole))
            seen[answer] += 1
    json.dump({"killed": killed, "tries": tries, "seconds": span, "seen": seen}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
