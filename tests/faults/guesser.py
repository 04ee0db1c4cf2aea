"""Somebody who guesses passwords at a desk: run as a program, one life of the desk; sets the clock as told.

Arguments: folder, seed, guesses, and the machine as JSON {wall, ticks} (an instant, and seconds since it was
started). Each guess takes a second of real time. Prints one JSON object: what was checked and when, and the
machine as it was left. The station's key lies in `key.hex`: these passwords protect nobody.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from centerdesk.app.features import manifests
from centerdesk.features.staff import api as staff
from centerdesk.features.staff import passwords
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import DataKey, KeyRing

GOOD = "窗外有六棵大榆树"
LOGINS = ("高翔", "许文静", "赵雪")
STRANGERS = tuple(f"没有的人{n}" for n in range(20))


@dataclass
class Machine:
    """A clock whose wall anybody may set; `true` is the time that really passes."""

    wall: datetime
    ticks: float
    true: float = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks += seconds
        self.true += seconds


class Counting(PasswordHasher):
    """Argon2 that counts how often it was worked."""

    works = 0

    def hash(self, *args, **kwargs):
        type(self).works += 1
        return super().hash(*args, **kwargs)

    def verify(self, *args, **kwargs):
        type(self).works += 1
        return super().verify(*args, **kwargs)


def open_desk(folder: Path, machine: Machine) -> tuple[Database, CommandBus]:
    """The station's database and a bus at this desk."""
    manifests().import_models()
    ring = KeyRing(DataKey(bytes.fromhex((folder / "key.hex").read_text())))
    database = Database.open(folder / "centerdesk.db", ring)
    site = Site("云和社区", "前台一号", machine, ring, drill=True)
    return database, CommandBus(database.write_session, site, lambda: None)


def main(folder: Path, seed: int, guesses: int, machine: Machine) -> None:
    passwords._HASHER = Counting(time_cost=1, memory_cost=8, parallelism=1)
    chance = random.Random(seed)
    database, bus = open_desk(folder, machine)
    checked: list[tuple[float, str]] = []
    said: dict[str, list[str]] = {}
    waits: list[float] = []
    for _ in range(guesses):
        tamper_with(machine, chance)
        machine.pass_by(1)
        login = chance.choice((*LOGINS, *STRANGERS)) if chance.random() < 0.5 else LOGINS[0]
        before = Counting.works
        try:
            staff.sign_in(
                database.read_session, bus, login, f"猜{chance.random()}", lambda _s, _a: frozenset()
            )
        except staff.SignInRefused as refused:
            if refused.wait is None:
                said.setdefault("known" if login in LOGINS else "unknown", []).append(str(refused))
            else:
                waits.append(refused.wait.total_seconds())
        else:
            raise AssertionError("guessed")
        if (worked := Counting.works - before) > 1:
            raise AssertionError(f"{worked} hashes for one guess")
        if worked:
            checked.append((machine.true, login))
    database.close()
    json.dump(
        {
            "checked": checked,
            "words": {kind: sorted(set(words)) for kind, words in said.items()},
            "longest": max(waits, default=0),
            "wall": machine.wall.isoformat(),
            "ticks": machine.ticks,
        },
        sys.stdout,
    )


def tamper_with(machine: Machine, chance: random.Random) -> None:
    """What somebody at the machine does to the clock between two guesses."""
    kind = chance.random()
    if kind < 0.3:
        machine.wall += timedelta(minutes=chance.uniform(1, 120))
    elif kind < 0.35:
        machine.wall += timedelta(days=chance.choice((1, 1, 2, 400)))
    elif kind < 0.45:
        machine.wall -= timedelta(minutes=chance.uniform(1, 5000))


if __name__ == "__main__":
    told = json.loads(sys.argv[4])
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        Machine(datetime.fromisoformat(told["wall"]), told["ticks"]),
    )
