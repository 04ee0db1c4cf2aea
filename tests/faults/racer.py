"""Racers for one last piece: run as a program, it forks so many processes, each a desk with its own connection.

Arguments: folder, racers, rounds, seed. Every round puts one piece back and lets all go at once, in every other
one under the same key; in every third one racer is killed somewhere and its act is repeated by the parent.
Prints one JSON object a round: how they fared, what was left, how often it was booked.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, Table, func, select, update

from centerdesk.app.features import manifests
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command, CommandBus, Site, UnitOfWork
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import ConflictError, Unavailable
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import Base, uuid7

SHELF = Table("race_shelf", MetaData(), Column("id", Integer, primary_key=True), Column("left", Integer))
ACTOR = Actor(uuid7(), "racer", "抢", ("secretary",), {"race": Reach.ALL})


@dataclass(frozen=True, slots=True)
class TakeOne(Command[int]):
    """兑换. The guard stands in the UPDATE itself; who finds nothing is told what is left."""

    label: ClassVar[str] = "试：拿一件"
    permission: ClassVar[str] = "race"
    undoable: ClassVar[bool] = False

    def execute(self, uow: UnitOfWork) -> int:
        taken: Any = uow.session.execute(
            update(SHELF).where(SHELF.c.id == 1, SHELF.c.left >= 1).values(left=SHELF.c.left - 1)
        )
        left: int = uow.session.execute(select(SHELF.c.left)).scalar_one()
        if taken.rowcount != 1:
            raise ConflictError(f"刚被别人拿走了，现在还剩 {left} 件。请换一样，或等补货。")
        return left


@dataclass(frozen=True, slots=True)
class Restock(Command[None]):
    label: ClassVar[str] = "试：补一件"
    permission: ClassVar[str] = "race"
    undoable: ClassVar[bool] = False

    def execute(self, uow: UnitOfWork) -> None:
        uow.session.execute(update(SHELF).values(left=1))


@contextmanager
def desk(folder: Path, *, create: bool = False) -> Iterator[tuple[Database, CommandBus]]:
    ring = KeyRing(DataKey(bytes.fromhex((folder / "key.hex").read_text())))
    database = Database.open(folder / "centerdesk.db", ring, create=create)
    if create:
        with database.rw.begin() as connection:
            Base.metadata.create_all(connection)
            SHELF.metadata.create_all(connection)
            connection.execute(SHELF.insert().values(id=1, left=0))
    site = Site("赛场", "racer", FixedClock(datetime(2026, 12, 3, tzinfo=UTC)), ring, drill=True)
    try:
        yield database, CommandBus(database.write_session, site, lambda: ACTOR)
    finally:
        database.close()


def take(bus: CommandBus, key: UUID, presses: int = 5) -> str:
    """One try, as a word: won, again (it was booked before under this key), or lost.

    Whoever waited ten seconds in vain is told so, and presses again: the key is the same.
    """
    for _ in range(presses):
        try:
            outcome = bus.run(TakeOne(), key=key)
        except ConflictError as exc:
            return "lost" if "还剩 0 件" in str(exc) else "wrong words"
        except Unavailable:
            continue
        return "again" if outcome.repeated else "won"
    return "waited in vain"


def race(folder: Path, go: int, said: int) -> None:
    """A child: wait for a key, try, say how it went; until the pipe closes."""
    with desk(folder) as (_database, bus):
        take(bus, uuid7())  # the shelf is empty: nothing is compiled while the others wait
        os.write(said, b"ready\n")
        while len(raw := os.read(go, 16)) == 16:
            word = take(bus, UUID(bytes=raw))
            os.write(said, f"{word}\n".encode())


@dataclass
class Racer:
    pid: int
    go: int
    said: int

    def hear(self) -> str:
        return os.read(self.said, 400).decode().strip()


def start(folder: Path, others: list[Racer]) -> Racer:
    go_read, go_write = os.pipe()
    said_read, said_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for fd in (go_write, said_read, *(fd for other in others for fd in (other.go, other.said))):
                os.close(fd)
            race(folder, go_read, said_write)
        except BaseException:  # noqa: BLE001 - told, and no child may go on as the parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(go_read)
    os.close(said_write)
    return Racer(pid, go_write, said_read)


def one_round(folder: Path, racers: list[Racer], chance: random.Random, *, one_key: bool, kill: bool) -> dict:
    shared = uuid7()
    keys = [shared if one_key else uuid7() for _ in racers]
    with desk(folder) as (_database, bus):
        bus.run(Restock())
    for racer, key in zip(racers, keys, strict=True):
        os.write(racer.go, key.bytes)
    words = []
    if kill:  # somewhere between before it began and after it had committed
        time.sleep(chance.uniform(0, 0.02))
        os.kill(racers[0].pid, signal.SIGKILL)
        os.waitpid(racers[0].pid, 0)
    said = [racer.hear() for racer in racers]
    with desk(folder) as (database, bus):
        if kill:
            os.close(racers[0].go)
            os.close(racers[0].said)
            words.append(take(bus, keys[0]))  # nobody knows how it went: asked under its key
            racers[0] = start(folder, racers[1:])
            racers[0].hear()
        words += said[1:] if kill else said
        with database.read_session() as session:
            booked = session.scalar(
                select(func.count()).select_from(JournalOp).where(JournalOp.idem_key.in_(keys))
            )
            left = session.execute(select(SHELF.c.left)).scalar_one()
    return {
        "one_key": one_key,
        "words": {w: words.count(w) for w in sorted(set(words))},
        "left": left,
        "booked": booked,
    }


def main(folder: Path, number: int, rounds: int, seed: int) -> None:
    manifests().import_models()
    (folder / "key.hex").write_text(DataKey.generate().expose().hex())
    with desk(folder, create=True):
        pass
    racers: list[Racer] = []
    for _ in range(number):
        racers.append(start(folder, racers))
        racers[-1].hear()
    found = []
    for n in range(rounds):
        chance = random.Random(seed * 1000 + n)
        found.append(one_round(folder, racers, chance, one_key=n % 2 == 1, kill=n % 3 == 2))
    for racer in racers:
        os.close(racer.go)
        os.waitpid(racer.pid, 0)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
