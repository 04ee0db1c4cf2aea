"""The server goes away in the middle of work: nothing is shown as saved unless it is, nothing is there twice (G27).

Two desks, each a process with the real bus, work through mixed acts while the server is restarted in both ways,
one of its processes is killed, or the cable is cut. 24 moments, with full targets 200; the server keeps every
promise (fsync on).
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from centerdesk.app.features import manifests
from centerdesk.features.people.models import Resident
from centerdesk.features.places.models import Compound
from centerdesk.kernel import migrate, server
from centerdesk.kernel.journal import JournalOp, verify_chain
from centerdesk.kernel.keys import DataKey, KeyRing
from tests.faults.other_desk import IMPORT
from tests.helpers import postgres
from tests.helpers.cable import Cable
from tests.helpers.processes import OtherDesk, other_desks

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.slow]
MOMENTS = 200 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 24
BURST = 5
KINDS = ("compound", "resident", "import", "resident")
SETTLED_S = 10.0


@dataclass
class Round:
    """A server of its own, a station on it, two desks at the end of a cable, and what they were told."""

    own: postgres.Own
    address: server.Address
    key: DataKey
    cable: Cable
    desks: list[OtherDesk]
    told: dict[str, tuple[str, int]] = field(default_factory=dict)
    ends: dict[str, list[str]] = field(default_factory=dict)
    settled: list[float] = field(default_factory=list)

    def burst(self, chance: random.Random) -> list[tuple[OtherDesk, str]]:
        """Orders for both desks at once; which answers are to come."""
        sent = []
        for _ in range(BURST):
            for desk in self.desks:
                key, kind = uuid4().hex, chance.choice(KINDS)
                self.told[key] = kind, len(self.told)
                desk.tell(*self.told[key], key)
                sent.append((desk, key))
        return sent

    def collect(self, sent: list[tuple[OtherDesk, str]]) -> None:
        for desk, key in sent:
            self.ends.setdefault(key, []).append(desk.answer()["end"])

    def settle(self) -> None:
        """What no desk could know is asked again by its key, now that the server answers."""
        for key, ends in self.ends.items():
            if ends[-1] == "unknown":
                begun = time.monotonic()
                ends.append(self.desks[0].do(*self.told[key], key))
                self.settled.append(time.monotonic() - begun)


@pytest.fixture
def work() -> Iterator[Round]:
    manifests().import_models()
    with postgres.server() as own, Cable(own.port) as cable:
        own.sql(postgres.DATABASE, "CREATE ROLE cd_desk_s LOGIN")
        address, _ = server.Address.parse(own.server.url("s"))
        with server.making(address, "") as connection:
            migrate.upgrade_connection(connection)
        key = DataKey.generate()
        url = f"postgresql://cd_desk_s@127.0.0.1:{cable.port}/{postgres.DATABASE}?schema=s"
        with other_desks({"url": url, "key": key.expose().hex()}, 2) as desks:
            made = Round(own, address, key, cable, desks)
            assert desks[0].do("compound", -1) == "saved"
            yield made


def backends(own: postgres.Own) -> list[int]:
    found = own.sql(
        "postgres",
        "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'centerdesk rw%' ORDER BY pid",
    )
    return [int(pid) for pid in found.split()]


def kill_backend(work: Round, chance: random.Random) -> None:
    """The server ends all its connections then and recovers."""
    found = backends(work.own)
    if found:
        os.kill(chance.choice(found), signal.SIGKILL)
        threading.Event().wait(0.05)  # it notices on its own
        work.own.until_it_answers()


def restart(how: str) -> Callable[[Round, random.Random], None]:
    def act(work: Round, _chance: random.Random) -> None:
        work.own.stop(how)
        work.own.start()

    return act


FAULTS: dict[str, Callable[[Round, random.Random], None]] = {
    "fast": restart("fast"),
    "immediate": restart("immediate"),
    "kill": kill_backend,
    "cut": lambda work, _chance: work.cable.cut(),
    "pull": lambda work, _chance: work.cable.pull(),
}


def judge(work: Round) -> dict[str, int]:
    """Every order against what stands in the database; how many ended how."""
    with server.ServerDatabase.connect(work.address, "") as database, database.read_session() as session:
        keys = session.scalars(select(JournalOp.idem_key).where(JournalOp.idem_key.is_not(None))).all()
        assert len(keys) == len(set(keys))
        there = set(keys)
        for key, ends in work.ends.items():
            written = UUID(hex=key) in there
            assert ends[-1] != "unknown", f"{work.told[key]} was never settled"
            assert written is (ends[-1] in ("saved", "repeated")), (
                f"{work.told[key]}: {ends}, written {written}"
            )
            kind, n = work.told[key]
            rows = {
                "compound": select(func.count()).select_from(Compound).where(Compound.name == f"小区{n}"),
                "resident": select(func.count()).select_from(Resident).where(Resident.name == f"单{n}"),
                "import": select(func.count()).select_from(Resident).where(Resident.name.like(f"批{n}-%")),
            }[kind]
            assert session.scalar(rows) == (IMPORT if kind == "import" else 1) * written, work.told[key]
        assert verify_chain(session, KeyRing(work.key).journal_key).ok
    last = [ends[-1] for ends in work.ends.values()]
    return {end: last.count(end) for end in set(last)}


def test_the_server_goes_away_in_the_middle_of_work(
    work: Round, record_property: Callable[..., None]
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    names = [list(FAULTS)[n % len(FAULTS)] for n in range(MOMENTS)]
    chance.shuffle(names)
    for name in names:
        sent = work.burst(chance)
        wait = threading.Event().wait
        wait(chance.uniform(0, 0.15))  # the fault falls anywhere in the burst
        FAULTS[name](work, chance)
        work.collect(sent)
    work.settle()
    counts = judge(work)
    record_property("seed", seed)
    record_property("ends", counts)
    assert counts["saved"] + counts.get("repeated", 0) >= MOMENTS, (seed, counts)
    assert all(seconds < SETTLED_S for seconds in work.settled)


@pytest.mark.parametrize("heard", [True, False])
def test_a_commit_without_an_answer_is_settled_by_the_desk_itself(work: Round, heard: bool) -> None:
    """The server still thinks that the desk is there; where it never heard the COMMIT it holds the writers' lock."""
    for n in range(3):
        key = uuid4().hex
        work.told[key] = "compound", n
        work.cable.break_at_commit(heard=heard, stays=False)
        begun = time.monotonic()
        work.ends[key] = [work.desks[0].do("compound", n, key)]
        assert work.ends[key] == ["saved"]
        assert time.monotonic() - begun < SETTLED_S
    assert judge(work) == {"saved": 3}


@pytest.mark.parametrize("heard", [True, False])
def test_an_answer_that_was_lost_is_asked_for_until_the_server_is_back(work: Round, heard: bool) -> None:
    """Within ten seconds nobody is told of it: the desk asks again, and where it was not written, writes it."""
    key = uuid4().hex
    work.told[key] = "compound", 1
    work.cable.break_at_commit(heard=heard, stays=True)
    work.desks[0].tell("compound", 1, key)
    assert any(
        work.cable.refused or threading.Event().wait(0.01) for _ in range(3_000)
    )  # it has asked in vain
    work.cable.mend()
    work.ends[key] = [work.desks[0].answer()["end"]]
    assert work.ends[key] == ["saved"]
    judge(work)


@pytest.mark.parametrize("heard", [True, False])
def test_an_outcome_nobody_can_ask_for_is_told_as_unknown_and_settled_by_its_key(
    work: Round, heard: bool
) -> None:
    key = uuid4().hex
    work.told[key] = "compound", 1
    work.cable.break_at_commit(heard=heard, stays=True)
    work.ends[key] = [work.desks[0].do("compound", 1, key)]
    assert work.ends[key] == ["unknown"]
    assert work.desks[0].do("compound", 2, uuid4().hex) == "refused"
    work.cable.mend()
    work.settle()
    assert work.ends[key] == ["unknown", "repeated" if heard else "saved"]
    judge(work)
    assert max(work.settled) < SETTLED_S
