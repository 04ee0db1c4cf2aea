"""Commands that are heavy by themselves, so that a worker runs them: each comes to one end (for `test_apart*`)."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.places.rules import Door
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import (
    ConflictError,
    NotFound,
    PermissionDenied,
    Unavailable,
    UserError,
    ValidationError,
)
from tests.helpers.people import id_number

ENDS: dict[str, UserError] = {
    "denied": PermissionDenied("people.merge", "这件事您办不了。"),
    "invalid": ValidationError({"name": "没有写姓名。", "": "整张表不对。"}),
    "conflict": ConflictError("刚被别人改过。"),
    "gone": NotFound("不在了。"),
    "full": Unavailable("磁盘满了。"),
}
SECRET = "阿达玛兰"


def person(number: int) -> RosterPerson:
    """Somebody of a household of two; `number` tells them apart."""
    born = date(1950, 1, 1) + timedelta(number // 99)
    return RosterPerson(
        name=f"试{number}",
        id=id_number(born, number % 99, 1),
        birth=born,
        sex="男",
        phones=(f"139{number:08}",),
        household=f"H{number // 2}",
        relation=None,
        relation_code=None,
        address=Address("云和小区", Door("9", "1", "3", f"{number // 2}")),
        grid=None,
        tags=("独居",),
    )


def persons(count: int, first: int = 0) -> tuple[RosterPerson, ...]:
    return tuple(person(first + n) for n in range(count))


def named(count: int, name: str) -> tuple[RosterPerson, ...]:
    return tuple(replace(one, name=f"{name}{n}") for n, one in enumerate(persons(count)))


@dataclass(frozen=True, slots=True)
class _Heavy(Command[str]):
    label: ClassVar[str] = "试：重活"
    permission: ClassVar[str] = "people.import"
    undoable: ClassVar[bool] = False

    def heavy(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class WhoAndWhere(_Heavy):
    """Says in which process it ran, and by whom."""

    def execute(self, uow: UnitOfWork) -> str:
        return f"{os.getpid()} {uow.actor.login} {','.join(uow.actor.roles)} {uow.now.isoformat()}"


@dataclass(frozen=True, slots=True)
class ByTwo(_Heavy):
    """Wants another person."""

    second: ClassVar[bool] = True

    def execute(self, uow: UnitOfWork) -> str:
        assert uow.second is not None
        return uow.second.login


@dataclass(frozen=True, slots=True)
class EndsIn(_Heavy):
    """Ends in one of `ENDS`, or in an error that nobody foresaw and that holds a name."""

    end: str = ""

    def execute(self, uow: UnitOfWork) -> str:
        raise ENDS[self.end] if self.end else RuntimeError(SECRET)


@dataclass(frozen=True, slots=True)
class Dawdles(_Heavy):
    """Goes on until it is told to stop."""

    def execute(self, uow: UnitOfWork) -> str:
        pause = threading.Event()
        while True:
            uow.checkpoint(1, 2)
            pause.wait(0.01)


class LastWords(dict[str, int]):
    """An answer that kills whoever sends it, after it was written into the journal."""

    kept = False

    def items(self) -> Any:
        if self.kept:
            os.kill(os.getpid(), signal.SIGKILL)
        self.kept = True
        return super().items()


@dataclass(frozen=True, slots=True)
class DiesAnswering(_Heavy):
    """Is written, and its worker dies over the answer."""

    def execute(self, uow: UnitOfWork) -> Any:
        uow.count(rows=1)
        return LastWords(rows=1)
