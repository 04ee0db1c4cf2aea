"""What a feature is handed to make its share of the demo station: it acts through the bus like anybody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.commands import Command, CommandBus
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import KeyRing

R = TypeVar("R")


@dataclass
class DemoStation:
    """演示站. One thread; the clock stands still until a feature moves it.

    `day` is the demo's own day (3 December 2026), history reaches twelve months back from it. `actors` are the
    signed-in accounts by login, `accounts` their ids. `workers` are the grid workers in the order of the
    check-in files (网格员甲, 乙, 丙). `tell` takes one Chinese sentence about what was done; `results` collects
    what later features need by name.
    """

    bus: CommandBus
    read: Callable[[], Session]
    clock: FixedClock
    ring: KeyRing
    day: date
    actors: Mapping[str, Actor]
    workers: tuple[str, ...]
    out: Path
    tell: Callable[[str], None]
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, UUID]:
        return {login: a.account_id for login, a in self.actors.items() if a.account_id is not None}

    def run(self, command: Command[R], as_login: str | None = None) -> R:
        """Run a command as this account (None: as the secretary)."""
        return self.bus.run(command, actor=self.actors[as_login or self.secretary]).value

    @property
    def secretary(self) -> str:
        return next(login for login, actor in self.actors.items() if "secretary" in actor.roles)
