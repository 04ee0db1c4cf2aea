"""A desk whose disk is full again and again, in one process: run as a program by `test_full_disk`.

Arguments: folder, times, seed. Full is either a limit on the size of a file (`RLIMIT_FSIZE`, what the system says
for a quota too) or SQLite's own limit on pages. Each point: no room, an act is refused with a sentence; room again,
and the same act with the same key succeeds in the same process. Prints one JSON object (RELIABILITY G4).
"""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.app.verbs.station import all_checks
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.models import Resident
from centerdesk.features.places.commands import AddCompound
from centerdesk.features.returns import api as returns
from centerdesk.kernel import journal, keyslots, lost_end
from centerdesk.kernel.backup import list_backups, verify_backup
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.restore import restore
from tests.faults.killed_desk import ALL, IMPORT, NOW, persons

R = TypeVar("R")
PLAIN = re.compile(r"[\u4e00-\u9fff].*(至少|还差) \d+ MB|大小限制.*请换一个盘")
"""A plain sentence with the room that is needed, or what else to do where room is not what is missing."""
SAFE = re.compile("没有写进去|都在|没有动|没有丢|没有写成|没有受影响")
TRIES = 400
"""Acts until one meets the limit. Many: pages the index has freed are written again before the file grows."""


class Scene:
    """The station, what it has acknowledged, and what it said when there was no room."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.station = create_station(DataDir(folder / "station"), "小盘", FixedClock(NOW), drill=True)[0]
        rights = dict.fromkeys((*ALL, "returns.draft", "returns.read"), Reach.ALL)
        self.actor = Actor(None, "full", "满", ("secretary",), rights)
        self.acked: set[UUID] = set()
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.bus(AddCompound("云和小区"))

    def bus(self, command: Command[R], key: UUID | None = None) -> R:
        own = key or uuid7()
        value = self.station.bus.run(command, actor=self.actor, key=own).value
        self.acked.add(own)
        return value

    def point(
        self, name: str, full: Callable[[], AbstractContextManager[None]], act: Callable[[UUID], None]
    ) -> None:
        """No room: some try is refused. Room again: the very same try succeeds."""
        for _ in range(TRIES):
            key = uuid7()
            try:
                with full():
                    act(key)
            except EnvironmentFault as exc:
                self.refused[name] += 1
                self.judge(name, str(exc))
                self.look_for_lost(name)
                act(key)
                return
        self.wrong.append(f"{name}: never refused")

    def judge(self, name: str, sentence: str) -> None:
        if not (PLAIN.search(sentence) and SAFE.search(sentence)):
            self.wrong.append(f"{name}: {sentence}")

    def look_for_lost(self, name: str) -> None:
        """What was refused was never saved: the machine's anchor must not name it, or it would be told as lost."""
        station = self.station
        with station.database.read_session() as session:
            if lost_end.look(session, station.data, station.ring) is not None:
                self.wrong.append(f"{name}: told as lost")

    # --- no room ----------------------------------------------------------------------------------------------

    @contextmanager
    def no_file_beyond(self, size: int) -> Iterator[None]:
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)

    @contextmanager
    def no_page_beyond(self, pages: int) -> Iterator[None]:
        self.pragma(f"max_page_count={pages}")
        try:
            yield
        finally:
            self.pragma(f"max_page_count={1 << 30}")

    def pragma(self, statement: str) -> int:
        """On the one connection that writes."""
        with self.station.database.rw.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            return int(driver.execute(f"PRAGMA {statement}").fetchone()[0])

    def small_log(self) -> None:
        """An empty log, so that it is what grows beyond the limit."""
        self.pragma("wal_checkpoint(TRUNCATE)")

    # --- acts -------------------------------------------------------------------------------------------------

    def save(self, key: UUID) -> None:
        self.bus(AddResident(ResidentDraft(name=f"新{self.chance.getrandbits(40):x}")), key)

    def take_in(self, key: UUID) -> None:
        self.bus(ImportRoster(persons(self.chance)), key)

    def back_up(self, _key: UUID) -> None:
        made = back_up(self.station, Reason.MANUAL).backup
        assert all(check.ok for check in verify_backup(made, self.station.ring))

    def build(self) -> None:
        """A month's figures, kept; what is left is to write the papers."""
        clock, read = self.station.clock, self.station.database.read_session
        month = returns.month_of("2026-11", clock)
        with read() as session:
            self.built = returns.build_figures(
                session, self.actor, clock, month, self.station.manifests.indicators()
            )
        edition_id = self.bus(returns.KeepEdition(str(month), self.built.as_of, self.built.figures))
        with read() as session:
            edition, _stored = returns.get_edition(session, self.actor, edition_id)
            self.how = returns.printing(session, self.actor, clock, "小盘", edition)

    def export(self, _key: UUID) -> None:
        returns.write_papers(self.folder / "papers", self.built.figures, self.how, self.station.clock)

    def lift(self, _key: UUID) -> None:
        """An older schema in a folder of its own: the backup before it and the migration."""
        data = DataDir(self.folder / "older")
        if not data.database.exists():
            older(data)
        open_station(data, self.station.clock, backup_before=_before).close()
        shutil.rmtree(data.root)

    def go_back(self, _key: UUID) -> None:
        data = DataDir(self.folder / "copy")
        if not data.database.exists():
            made = back_up(self.station, Reason.RESTORE).backup
            restore(made.path, data, self.station.clock, ring=self.station.ring)
        restore(
            list_backups([self.station.data.backups])[0].path,
            data,
            self.station.clock,
            ring=self.station.ring,
        )


def _before(station: OpenStation) -> None:
    back_up(station, Reason.MIGRATION)


def older(data: DataDir) -> None:
    """Keys, a station and the oldest schema there is: none."""
    create_station(data, "旧", FixedClock(NOW), drill=True)[0].close()
    data.database.unlink()
    Database.open(data.database, KeyRing(keyslots.open_with_machine(data)), create=True).close()


def points(scene: Scene, times: int) -> None:
    """Fifty for one time: every act that writes, at sizes from nothing to nearly enough."""
    chance = scene.chance
    size = scene.station.data.database.stat().st_size
    for _ in range(times):
        for act, name, count in ((scene.save, "save", 14), (scene.take_in, "import", 6)):
            for _ in range(count):
                scene.small_log()
                room = chance.randrange(60_000)
                scene.point(name, lambda n=room: scene.no_file_beyond(n), act)
        for _ in range(10):
            pages = scene.pragma("page_count") + chance.randrange(12)
            scene.point("save, pages", lambda n=pages: scene.no_page_beyond(n), scene.save)
        for share in range(6):
            scene.point("backup", lambda n=share * size // 6: scene.no_file_beyond(n), scene.back_up)
        for share in range(5):
            older(DataDir(scene.folder / "older"))
            scene.point("migration", lambda n=share * size // 8 + 9: scene.no_file_beyond(n), scene.lift)
        scene.build()
        for share in range(4):
            scene.point("export", lambda n=share * 4_000: scene.no_file_beyond(n), scene.export)
        scene.go_back(uuid7())
        for share in range(5):
            scene.point("restore", lambda n=share * size // 5: scene.no_file_beyond(n), scene.go_back)


def main(folder: Path, times: int, seed: int) -> None:
    scene = Scene(folder, random.Random(seed))
    points(scene, times)
    station = scene.station
    with station.database.read_session() as session:
        ops = session.scalars(select(journal.JournalOp).where(journal.JournalOp.idem_key.is_not(None))).all()
        imports = {op.id for op in ops if op.action == "ImportRoster"}
        rows = Counter(session.scalars(select(Resident.batch_id).where(Resident.batch_id.is_not(None))))
    bad = [check.name for check in all_checks(station) if not check.ok]
    station.close()
    left = [path.name for path in folder.rglob("*partial*")]
    json.dump(
        {
            "points": sum(scene.refused.values()),
            "refused": scene.refused,
            "acknowledged": len(scene.acked),
            "lost": len(scene.acked - {op.idem_key for op in ops}),
            "half": sum(rows[batch] != IMPORT for batch in imports | rows.keys()),
            "bad": bad,
            "left": left,
            "wrong": scene.wrong,
        },
        sys.stdout,
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
