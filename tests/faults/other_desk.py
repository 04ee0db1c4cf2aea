"""A desk of its own process, told line by line what to do: races, restarts of the server, news for others.

First line on stdin: {"path": …} or {"url": …}, with "key" in hex. Then one JSON object a line:
{"act": name, "key": hex or null, "n": number}. Answers one line each: {"end": saved|repeated|refused|unknown}.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text

from centerdesk.app.features import manifests
from centerdesk.features.people.commands import AddResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.places.commands import AddCompound
from centerdesk.features.places.rules import Door
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command, CommandBus, Site, UnitOfWork
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import ConflictError, OutcomeUnknown, UserError
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import uuid7

NOW = datetime(2026, 12, 3, 0, 30, tzinfo=UTC)
PURSE = "CREATE TABLE purse (id INTEGER PRIMARY KEY, points INTEGER NOT NULL CHECK (points >= 0))"
IMPORT = 40


@dataclass(frozen=True, slots=True)
class Redeem(Command[int]):
    """Test command: take points by a guarded update; answers the new balance."""

    label: ClassVar[str] = "兑换"
    permission: ClassVar[str] = "places.write"
    points: int

    def execute(self, uow: UnitOfWork) -> int:
        took: Any = uow.session.execute(
            text("UPDATE purse SET points = points - :n WHERE id = 1 AND points >= :n"), {"n": self.points}
        )
        left = uow.session.scalar(text("SELECT points FROM purse WHERE id = 1"))
        if not took.rowcount:
            raise ConflictError(f"积分不够，还剩 {left}。")
        uow.count(points=-self.points)
        return int(left or 0)


@dataclass(frozen=True, slots=True)
class RedeemNaively(Redeem):
    """The same as nobody should write it (F2): only one writer at a time saves it."""

    def execute(self, uow: UnitOfWork) -> int:
        left = int(uow.session.scalar(text("SELECT points FROM purse WHERE id = 1")) or 0)
        if left < self.points:
            raise ConflictError(f"积分不够，还剩 {left}。")
        uow.session.execute(
            text("UPDATE purse SET points = :left WHERE id = 1"), {"left": left - self.points}
        )
        uow.count(points=-self.points)
        return left - self.points


def act(name: str, n: int) -> Command[Any]:
    """What the harness asks for by name; `n` tells one from the other."""
    match name:
        case "redeem":
            return Redeem(100)
        case "naive":
            return RedeemNaively(100)
        case "compound":
            return AddCompound(f"小区{n}")
        case "resident":
            return AddResident(ResidentDraft(name=f"单{n}", compound="云和小区", door=f"1-1-{n % 900 + 100}"))
        case _:
            return ImportRoster(
                tuple(
                    RosterPerson(
                        f"批{n}-{i}", None, date(1950, 1, 1 + i % 28), "男", (), f"H{i // 2}", None, None,
                        Address("云和小区", Door(building="1", unit="1", room=f"{101 + i // 2}")), None, (),
                    )
                    for i in range(IMPORT)
                )
            )  # fmt: skip


class Desk:
    """One opening of the database."""

    def __init__(self, where: dict[str, str]) -> None:
        ring = KeyRing(DataKey(bytes.fromhex(where["key"])))
        self.database = open_database(where, ring)
        site = Site("故障站", "other", FixedClock(NOW), ring, drill=True)
        self.actor = Actor(
            uuid7(), "other", "另一台", ("secretary",),
            dict.fromkeys(("people.write", "people.import", "places.write"), Reach.ALL),
        )  # fmt: skip
        self.bus = CommandBus(self.database.write_session, site, lambda: self.actor)

    def do(self, order: dict[str, Any]) -> dict[str, Any]:
        key = UUID(hex=order["key"]) if order.get("key") else None
        try:
            done = self.bus.run(act(order["act"], order["n"]), key=key)
        except OutcomeUnknown:
            return {"end": "unknown"}
        except UserError as exc:
            return {"end": "refused", "why": type(exc).__name__}
        return {"end": "repeated" if done.repeated else "saved"}


def open_database(where: dict[str, str], ring: KeyRing) -> Database:
    if "path" in where:
        return Database.open(Path(where["path"]), ring)
    from centerdesk.kernel.server import Address as Server
    from centerdesk.kernel.server import ServerDatabase

    return ServerDatabase.connect(Server.parse(where["url"])[0], "")


def main() -> None:
    manifests().import_models()
    desk = Desk(json.loads(sys.stdin.readline()))
    say({"end": "ready"})
    for line in sys.stdin:
        say(desk.do(json.loads(line)))
    desk.database.close()


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
