"""Somebody who guesses passwords at a desk: run as a program, it forks one life of the desk after the other.

Arguments: folder, seed, guesses a life, lives, and the wall clock at the beginning (an instant). Each guess takes
a second of real time; before every second life the machine is started anew, and has been up for a while when the
desk begins. Prints one JSON object: what was checked and when, what was said, and how long it all took. The
station's key lies in `key.hex`: these passwords protect nobody.
"""

from __future__ import annotations

import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
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
FIRST = (LOGINS[0], STRANGERS[0])
"""Whom a life tries first: of both kinds one is sure to be checked, in the first life."""


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
    ring = KeyRing(DataKey(bytes.fromhex((folder / "key.hex").read_text())))
    database = Database.open(folder / "centerdesk.db", ring)
    site = Site("云和社区", "前台一号", machine, ring, drill=True)
    return database, CommandBus(database.write_session, site, lambda: None)


@dataclass
class Found:
    """One life: instants of checked guesses, the sentences for known and unknown names, the machine as it was left."""

    checked: list[float]
    words: dict[str, list[str]]
    wall: str
    ticks: float
    true: float


def one_life(folder: Path, chance: random.Random, guesses: int, machine: Machine) -> Found:
    database, bus = open_desk(folder, machine)
    checked: list[float] = []
    said: dict[str, list[str]] = {}
    for n in range(guesses):
        tamper_with(machine, chance)
        machine.pass_by(1)
        login = chance.choice((*LOGINS, *STRANGERS)) if chance.random() < 0.5 else LOGINS[0]
        login = FIRST[n] if n < len(FIRST) else login
        before = Counting.works
        try:
            staff.sign_in(
                database.read_session, bus, login, f"猜{chance.random()}", lambda _s, _a: frozenset()
            )
        except staff.SignInRefused as refused:
            if refused.wait is None:
                said.setdefault("known" if login in LOGINS else "unknown", []).append(str(refused))
        else:
            raise AssertionError("guessed")
        if (worked := Counting.works - before) > 1:
            raise AssertionError(f"{worked} hashes for one guess")
        if worked:
            checked.append(machine.true)
    database.close()
    words = {kind: sorted(set(sentences)) for kind, sentences in said.items()}
    return Found(checked, words, machine.wall.isoformat(), machine.ticks, machine.true)


def forked(life: Callable[[], Found]) -> Found:
    """The life in a process of its own, as a desk that was started anew."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(asdict(life())).encode())
        except BaseException:  # noqa: BLE001 - told, and no child may go on as the parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise AssertionError("a life ended before its time")
    return Found(**json.loads(told))


def main(folder: Path, seed: int, guesses: int, lives: int, wall: datetime) -> None:
    manifests().import_models()
    passwords._HASHER = Counting(time_cost=1, memory_cost=8, parallelism=1)
    machine = Machine(wall, 90_000.0)
    checked: list[float] = []
    words: dict[str, set[str]] = {}
    for life in range(lives):
        chance = random.Random(seed + life)
        if life % 2:
            machine.ticks = chance.uniform(20, 4000)
            machine.true += machine.ticks  # a machine that has been up for an hour has taken an hour for it
        found = forked(lambda chance=chance, machine=machine: one_life(folder, chance, guesses, machine))
        checked += found.checked
        for kind, said in found.words.items():
            words.setdefault(kind, set()).update(said)
        machine = Machine(datetime.fromisoformat(found.wall), found.ticks, found.true)
    said = {kind: sorted(sentences) for kind, sentences in words.items()}
    json.dump({"checked": checked, "words": said, "took": machine.true}, sys.stdout)


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
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
        datetime.fromisoformat(sys.argv[5]),
    )
