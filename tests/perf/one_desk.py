"""One of many desks on a server: people are registered, changed and visited through the command bus, as fast as told.

`python -m tests.perf.one_desk seed|work|check URL KEY [NUMBER SECONDS GATE DESKS]`: `seed` makes the station,
`work` is one desk, `check` walks the journal. A desk that is ready leaves a file in GATE, and the time begins for
each when as many as there are DESKS lie there: what a start costs is another figure.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from centerdesk.app.features import manifests
from centerdesk.features.people.commands import AddResident, EditResident, ResidentDraft
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.commands_verify import VerifyHouseholds
from centerdesk.features.people.importing import Address, RosterPerson
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.people.queries import LedgerFilter, page_residents
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.models import Account
from centerdesk.kernel import journal
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.server import Address as ServerAddress
from centerdesk.kernel.server import ServerDatabase, making
from tests.perf.account import LOGIN, PASSWORD
from tests.perf.figures import answer, began
from tests.perf.people import Made, compounds, grids, people

TOWN, THINK_S, LEAD_S = 3_000, 2.0, 600.0
"""People there at the beginning; seconds from one act of a desk to its next, on average; until all must be ready."""
ROLES = ("administrator", "secretary")


class Desk:
    """A connection, a bus and somebody at it."""

    def __init__(self, url: str, key: str, name: str) -> None:
        manifests().import_models()
        self.database = ServerDatabase.connect(ServerAddress.parse(url)[0], "")
        self.site = Site("云和社区", name, SystemClock(), KeyRing(DataKey(bytes.fromhex(key))), drill=True)
        self.actor: Actor | None = None
        self.bus = CommandBus(self.database.write_session, self.site, lambda: self.actor)

    def sign_in(self) -> None:
        with self.database.read_session() as session:
            account = session.scalar(select(Account.id).where(Account.login == LOGIN))
        self.actor = Actor(
            account, LOGIN, LOGIN, ROLES, staff.role_grants(ROLES), frozenset(), self.site.desk
        )


def seed(url: str, key: str) -> None:
    """The schema, the places of a small town, one account and the people."""
    from centerdesk.kernel import migrate

    with making(ServerAddress.parse(url)[0], "", rights=False) as connection:
        migrate.upgrade_connection(connection)
    desk = Desk(url, key, "seed")
    founder = system_actor([staff.FOUND], "seed")
    found = places.FoundPlaces("云和社区", street="望河街道", grids=grids(TOWN), compounds=compounds(TOWN))
    desk.bus.run(found, actor=founder)
    desk.bus.run(staff.FoundAccount(LOGIN, LOGIN, PASSWORD, ROLES, must_change=False), actor=founder)
    desk.sign_in()
    desk.bus.run(ImportRoster(tuple(_person(one) for one in people(TOWN))))
    desk.database.close()
    answer(done=True)


def _person(one: Made) -> RosterPerson:
    return RosterPerson(
        one.name, one.id_no, one.birth, one.sex, (one.phone,), f"{one.compound} {one.door}", one.relation, None,
        Address(one.compound, places.parse_door(one.door)), one.grid, (),
    )  # fmt: skip


def work(url: str, key: str, number: int, seconds: float, gate: Path, desks: int) -> None:
    """Acts until the time is over; every one that was answered is told by its key."""
    desk, dice = Desk(url, key, f"desk {number}"), random.Random(number)
    desk.sign_in()
    with desk.database.read_session() as session:
        homes = list(session.scalars(select(Household.id).order_by(Household.id)))
    new = people(10_000, seed=number + 1)
    own: list[Any] = []
    saved: list[tuple[str, str, float, float]] = []
    looks: list[float] = []
    failed: dict[str, int] = {}
    waited = _waits(desk)
    for _ in range(6):  # what a program that has been open for a while has loaded and prepared
        _look(desk, dice)
        act, command = _next(desk, dice, new, own, homes)
        value = desk.bus.run(command, key=uuid7()).value
        if act == "add":
            own.append((value, command.draft))
    _meet(gate, number, desks)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        time.sleep(min(dice.expovariate(1 / THINK_S), 10))
        looks.append(_look(desk, dice))
        act, command = _next(desk, dice, new, own, homes)
        mark = uuid7()
        at = time.perf_counter()
        try:
            value = desk.bus.run(command, key=mark).value
        except UserError as exc:
            failed[type(exc).__name__] = failed.get(type(exc).__name__, 0) + 1
            continue
        saved.append((str(mark), act, (time.perf_counter() - at) * 1000, waited[-1]))
        if act == "add":
            own.append((value, command.draft))
    desk.database.close()
    answer(saved=saved, failed=failed, looks=looks)


def _meet(gate: Path, number: int, desks: int) -> None:
    """Wait until every desk is ready."""
    (gate / str(number)).touch()
    while len(list(gate.iterdir())) < desks:
        if time.perf_counter() > began() + LEAD_S:
            raise RuntimeError("not all desks became ready")
        time.sleep(0.02)


def _waits(desk: Desk) -> list[float]:
    """Grows by how long each writing transaction waited for its line and the lock, ms."""
    found: list[float] = []
    begun: list[float] = []
    event.listen(desk.database.rw, "checkout", lambda *_given: begun.append(time.perf_counter()), insert=True)
    event.listen(
        desk.database.rw,
        "checkout",
        lambda *_given: found.append((time.perf_counter() - begun[-1]) * 1000),
    )
    return found


def _look(desk: Desk, dice: random.Random) -> float:
    """A look into the ledger; how long it took, ms."""
    at = time.perf_counter()
    with desk.database.read_session() as session:
        assert desk.actor is not None
        wanted = LedgerFilter(query=dice.choice("王李张刘"))
        page_residents(session, desk.actor, desk.site.clock, wanted, None, 50)
    return (time.perf_counter() - at) * 1000


def _next(desk: Desk, dice: random.Random, new: Any, own: list[Any], homes: list[Any]) -> tuple[str, Any]:
    """Somebody new, a change of one of this desk's people, or a visit."""
    chance = dice.random()
    if chance < 0.4 or not own:
        one: Made = next(new)
        return "add", AddResident(
            ResidentDraft(one.name, compound=one.compound, door=one.door, birth_on=one.birth)
        )
    if chance < 0.7:
        row_id, draft = dice.choice(own)
        with desk.database.read_session() as session:
            version = session.scalar(select(Resident.version).where(Resident.id == row_id)) or 0
        remark = f"第 {dice.randrange(10_000)} 次问过"
        changed = ResidentDraft(draft.name, compound=draft.compound, door=draft.door, remark=remark)
        return "edit", EditResident(row_id, version, changed)
    return "visit", VerifyHouseholds((dice.choice(homes),))


def check(url: str, key: str) -> None:
    """Whether the chain of the journal is whole, and the keys it knows."""
    desk = Desk(url, key, "check")
    with desk.database.read_session() as session:
        report = journal.verify_chain(session, desk.site.ring.journal_key)
        known = select(journal.JournalOp.idem_key).where(journal.JournalOp.idem_key.is_not(None))
        keys = [str(each) for each in session.scalars(known)]
        entries = session.scalar(select(func.count()).select_from(journal.JournalOp))
    desk.database.close()
    answer(ok=report.ok, keys=keys, entries=entries)


if __name__ == "__main__":
    if sys.argv[1] == "work":
        url, key, number, seconds, gate, desks = sys.argv[2:]
        work(url, key, int(number), float(seconds), Path(gate), int(desks))
    else:
        {"seed": seed, "check": check}[sys.argv[1]](sys.argv[2], sys.argv[3])
