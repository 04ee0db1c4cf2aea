"""A desk's core that is killed again and again: run as a program, it forks a worker a round and SIGKILLs it.

Arguments: folder, rounds, seed, durability (wal|rollback). Prints one JSON object with what was found.
The worker acknowledges each act on a pipe after its commit; whatever it acknowledged must be there when the
file is opened again, whatever is there must be whole (RELIABILITY G1, G3).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy import select as sql_select

from centerdesk.app.checks import content_checks
from centerdesk.app.features import manifests
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_enrol import EnrolElder
from centerdesk.features.checkins.commands_watch import EnsureExpected
from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Resident, ResidentTag
from centerdesk.features.places.commands import AddCompound
from centerdesk.features.places.rules import Door
from centerdesk.kernel import journal
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.db import Database, Durability
from centerdesk.kernel.identity import Actor, Reach, system_actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import Base, uuid7
from centerdesk.kernel.soundness import file_checks

NOW = datetime(2026, 12, 3, 0, 30, tzinfo=UTC)
DAY = date(2026, 12, 3)
ALL = ("people.write", "people.import", "places.write", "checkins.record", "checkins.enrol", "checkins.read")
MORNING = (("morning", clock_time(7, 30), clock_time(9, 0)),)
IMPORT = 24
"""Persons a killed import carries: long enough to be hit in the middle."""
ACTS = 4
"""A round hears of 0 to 3 acts before it kills: by progress, not by the clock, because machines differ."""


class Desk:
    """One opening of the file."""

    def __init__(self, path: Path, key: DataKey, durability: Durability, *, create: bool = False) -> None:
        self.ring = KeyRing(key)
        self.database = Database.open(path, self.ring, create=create, durability=durability)
        self.clock = FixedClock(NOW)
        site = Site("故障站", "killed", self.clock, self.ring, drill=True)
        self.bus = CommandBus(self.database.write_session, site, lambda: None)
        self.actor = Actor(uuid7(), "kill", "杀", ("secretary",), dict.fromkeys(ALL, Reach.ALL))

    def run(self, command, key=None):
        return self.bus.run(command, actor=self.actor, key=key).value


def found_station(path: Path, key: DataKey, durability: Durability) -> None:
    manifests().import_models()
    desk = Desk(path, key, durability, create=True)
    with desk.database.rw.begin() as connection:
        Base.metadata.create_all(connection)
    stamp = {"version": 1, "created_at": NOW, "updated_at": NOW}
    with desk.database.rw.begin() as connection:
        table = Base.metadata.tables["account"]
        connection.execute(
            table.insert().values(
                id=desk.actor.account_id,
                login="kill",
                name="杀",
                name_key="sha",
                password_hash="!",
                must_change=False,
                active=True,
                **stamp,
            )
        )
    desk.run(AddCompound("云和小区"))
    for n in range(20):
        elder = desk.run(
            AddResident(ResidentDraft(name=f"老人{n}", compound="云和小区", door=f"1-1-{n + 101}"))
        )
        desk.run(EnrolElder(elder, desk.actor.account_id, DAY, DAY, MORNING, number=n + 1))
    desk.bus.run(EnsureExpected(), actor=system_actor([EnsureExpected.permission]))
    desk.database.close()


def persons(chance: random.Random) -> tuple[RosterPerson, ...]:
    """A small roster; each name tells the batch apart."""
    mark = f"{chance.getrandbits(40):x}"
    return tuple(
        RosterPerson(
            name=f"批{mark}-{n}",
            id=None,
            birth=date(1950, 1, 1 + n % 28),
            sex="男",
            phones=(f"1990000{chance.randrange(10_000):04}",),
            household=f"H{n // 2}",
            relation=None,
            relation_code=None,
            address=Address("云和小区", Door("9", "1", str(n), f"{n}01")),
            grid=None,
            tags=("独居",),
        )
        for n in range(IMPORT)
    )


def work(path: Path, key: DataKey, durability: Durability, seed: int, acks: int) -> None:
    """The child: acts until it is killed, and says so after each commit."""
    chance = random.Random(seed)
    desk = Desk(path, key, durability)
    checks = checks_of_today(desk)
    os.write(acks, b"ready\n")
    while True:
        own = uuid7()
        kind = one_act(desk, chance, checks, own)
        os.write(acks, f"{own.hex} {kind}\n".encode())


def one_act(desk: Desk, chance: random.Random, checks: list[UUID], key: UUID) -> str:
    """A look, a new resident or a small import, committed under `key`; which one it was."""
    kind = chance.choice(("look", "look", "add", "import"))
    if kind == "look":
        desk.run(RecordLook(chance.choice(checks), "ok"), key=key)
    elif kind == "add":
        desk.run(AddResident(ResidentDraft(name=f"新{chance.getrandbits(40):x}")), key=key)
    else:
        desk.run(ImportRoster(persons(chance)), key=key)
    return kind


def checks_of_today(desk: Desk) -> list[UUID]:
    with desk.database.read_session() as session:
        return list(session.scalars(sql_select(ExpectedCheck.id).where(ExpectedCheck.day == DAY)))


class Pace:
    """How long an act takes on this machine, now, so that a kill falls into one wherever it runs."""

    def __init__(self) -> None:
        self.act_s = 0.02

    def wait(self, chance: random.Random) -> None:
        """As long as up to two acts: an import takes longer than the others, and is to be hit anywhere."""
        time.sleep(chance.uniform(0, 2) * self.act_s)


def one_round(
    path: Path, key: DataKey, durability: Durability, seed: int, acts: int, pace: Pace
) -> list[tuple[UUID, str]]:
    """Fork, hear of so many acts, kill it within a later one; what it had acknowledged by then, at least `acts`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            work(path, key, durability, seed, writer)
        finally:
            os._exit(9)
    os.close(writer)
    said = b""
    began = 0.0
    while said.count(b"\n") <= acts:  # the first line says that it is ready
        chunk = os.read(reader, 65536)
        if not chunk:
            raise RuntimeError("the worker died before it was killed")
        began = began or time.monotonic()
        said += chunk
    if acts:
        pace.act_s = (time.monotonic() - began) / acts
    pace.wait(random.Random(seed))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"the worker ended by itself: {status}")
    while chunk := os.read(reader, 65536):
        said += chunk
    os.close(reader)
    ready, *lines = said.decode().split("\n")[:-1]
    assert ready == "ready"
    return [(UUID(hex=line.split()[0]), line.split()[1]) for line in lines]


def by_batch(session, model) -> dict[UUID, int]:
    """Rows of each batch."""
    stmt = (
        sql_select(model.batch_id, func.count()).where(model.batch_id.is_not(None)).group_by(model.batch_id)
    )
    return dict(session.execute(stmt).all())


def inspect(
    path: Path, key: DataKey, durability: Durability, acknowledged: dict[UUID, str], *, deep: bool
) -> dict:
    """Open again and compare."""
    desk = Desk(path, key, durability)
    try:
        with desk.database.read_session() as session:
            ops = {
                op.idem_key: op
                for op in session.scalars(
                    sql_select(journal.JournalOp).where(journal.JournalOp.idem_key.in_(list(acknowledged)))
                )
            }
            lost = len(acknowledged.keys() - ops.keys())
            batches, tagged = by_batch(session, Resident), by_batch(session, ResidentTag)
            imports = set(
                session.scalars(
                    sql_select(journal.JournalOp.id).where(journal.JournalOp.action == "ImportRoster")
                )
            )
            half = sum(1 for n in (*batches.values(), *tagged.values()) if n != IMPORT)
            half += len(imports ^ batches.keys())
            found = {"lost": lost, "half": half, "imports": len(imports)}
            if deep:
                checks = content_checks(desk.ring, desk.clock)
                found["content"] = [c.name for c in (check(session) for check in checks) if not c.ok]
        if deep:
            with desk.database.ro.connect() as connection:
                found["file"] = [
                    c.name for c in file_checks(connection.connection.driver_connection) if not c.ok
                ]
                found["mode"] = connection.execute(text("PRAGMA journal_mode")).scalar()
        return found
    finally:
        desk.database.close()


def main(folder: Path, rounds: int, seed: int, mode: str) -> None:
    durability = Durability.WAL if mode == "wal" else Durability.ROLLBACK
    key, path = DataKey.generate(), folder / "centerdesk.db"
    found_station(path, key, durability)
    kept: dict[UUID, str] = {}
    lost = half = 0
    pace = Pace()
    for n in range(rounds):
        fresh = dict(one_round(path, key, durability, seed * 100_000 + n, n % ACTS, pace))
        kept |= fresh
        seen = inspect(path, key, durability, fresh, deep=False)
        lost, half = lost + seen["lost"], half + seen["half"]
    last = inspect(path, key, durability, kept, deep=True)
    json.dump(
        {
            "kills": rounds,
            "acknowledged": len(kept),
            "lost": lost + last["lost"],
            "half": half + last["half"],
            **{k: last[k] for k in ("imports", "content", "file", "mode")},
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
