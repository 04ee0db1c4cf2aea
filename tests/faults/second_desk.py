"""One of two programs on one file: run as a program by `test_two_programs`, it writes until its time is over.

Arguments: database, key in hex, seed, seconds. It ignores the desk's lock, as a forced second start does. Says
`ready`, waits for a line, works, and prints one JSON object with all that was acknowledged (RELIABILITY G8).
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.app.features import manifests
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.places.models import Compound
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.db import Durability
from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.keys import DataKey
from centerdesk.kernel.orm import uuid7
from tests.faults.killed_desk import Desk, persons

TALLY = "数"
"""A compound whose name counts: one row that both programs change all the time."""


@dataclass(frozen=True)
class CountUp(Command[int]):
    """Read, add one, write: what a program gets wrong that does not hold the lock meanwhile."""

    label: ClassVar[str] = "数一个"
    permission: ClassVar[str] = "places.write"
    row: UUID

    def execute(self, uow: UnitOfWork) -> int:
        compound = uow.get(Compound, self.row)
        number = int(compound.name.removeprefix(TALLY)) + 1
        compound.name = f"{TALLY}{number}"
        return number


def work(desk: Desk, chance: random.Random, seconds: float) -> dict[str, object]:
    with desk.database.read_session() as session:
        row = session.scalars(select(Compound.id).where(Compound.name.startswith(TALLY))).one()
    until = time.monotonic() + seconds
    done, numbers, keys, waits, told = Counter[str](), [], [], [], 0
    while (began := time.monotonic()) < until:
        own, kind = uuid7(), chance.choice(("count", "count", "count", "add", "import"))
        command: Command[Any] = CountUp(row)
        if kind == "add":
            command = AddResident(ResidentDraft(name=f"新{chance.getrandbits(40):x}"))
        elif kind == "import":
            command = ImportRoster(persons(chance))
        while True:
            try:
                value = desk.run(command, key=own)
            except Unavailable:  # ten seconds in vain: whoever is told so presses again
                told += 1
            else:
                break
        if kind == "count":
            numbers.append(value)
        done[kind] += 1
        keys.append(own.hex)
        waits.append(time.monotonic() - began)
    return {"done": done, "numbers": numbers, "keys": keys, "longest": max(waits), "told": told}


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(database: Path, key: str, seed: int, seconds: float) -> None:
    manifests().import_models()
    desk = Desk(database, DataKey(bytes.fromhex(key)), Durability.WAL)
    say("ready")
    sys.stdin.readline()
    say(json.dumps(work(desk, random.Random(seed), seconds)))
    desk.database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
