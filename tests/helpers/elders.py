"""Homes, elders and colleagues for tests of the curtain signal, made directly as rows. All persons are invented."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from centerdesk.features.checkins.commands_enrol import EnrolElder
from centerdesk.features.checkins.importing import read_enrolments
from centerdesk.features.checkins.models import Enrolment, ExpectedCheck
from centerdesk.features.checkins.rules_table import EnrolmentLine
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places.api import parse_door
from centerdesk.features.places.models import Building, Compound, Dwelling, Grid, GridDuty
from centerdesk.features.staff.api import role_grants
from centerdesk.features.staff.models import Account, AccountRole
from centerdesk.kernel.clock import SHANGHAI, instant
from centerdesk.kernel.orm import Tracked, uuid7
from centerdesk.kernel.paths import resource
from tests.helpers.station import StationFixture

TRUTH = Path(__file__).parents[1] / "features" / "data" / "curtain_2026-09.expected.json.gz"
CHECKINS = ("data", "checkins")


def truth() -> dict[str, Any]:
    """The expected reading of the sample month, as its authors worked it out."""
    return json.loads(gzip.decompress(TRUTH.read_bytes()))


def at(text: str) -> datetime:
    """`2026-12-03 08:17` of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class Town:
    """Ids of what was made, by the names the tests use."""

    station: StationFixture
    grids: dict[str, UUID] = field(default_factory=dict)
    workers: dict[str, UUID] = field(default_factory=dict)
    compounds: dict[str, UUID] = field(default_factory=dict)
    buildings: dict[tuple[str, str], UUID] = field(default_factory=dict)
    residents: dict[str, UUID] = field(default_factory=dict)
    doors: dict[str, UUID] = field(default_factory=dict)

    def grid(self, name: str) -> UUID:
        if name not in self.grids:
            self.grids[name] = self._put(Grid, name=name, ordinal=len(self.grids) + 1)
        return self.grids[name]

    def worker(self, name: str, *grids: str, role: str = "grid_worker", post: str = "A") -> UUID:
        """An account with this name and role that answers for these grids."""
        account = self._put(
            Account,
            login=f"u{len(self.workers)}",
            name=name,
            name_key=name,
            password_hash="!",
            must_change=False,
            active=True,
        )
        self._put(AccountRole, account_id=account, role=role)
        for grid in grids:
            self._put(
                GridDuty, grid_id=self.grid(grid), account_id=account, post=post, first_on=date(2025, 1, 1)
            )
        self.workers[name] = account
        return account

    def elder(self, name: str, compound: str, door: str, grid: str | None, id_no: str = "") -> UUID:
        """A present resident behind a door."""
        parsed = parse_door(door)
        assert parsed is not None
        if compound not in self.compounds:
            self.compounds[compound] = self._put(Compound, name=compound, name_key=compound)
        key = (compound, parsed.building or "")
        if key not in self.buildings:
            self.buildings[key] = self._put(
                Building, compound_id=self.compounds[compound], name=key[1], sort_key=key[1].zfill(4)
            )
        dwelling = self._put(
            Dwelling,
            building_id=self.buildings[key],
            unit=parsed.unit or "",
            floor=parsed.floor or "",
            room=parsed.room or "",
            door=parsed.text,
            door_key=parsed.sort_key,
            grid_id=self.grid(grid) if grid else None,
        )
        household = self._put(Household, dwelling_id=dwelling)
        digest = self.station.ring.cipher.digest(id_no, "id_no") if id_no else None
        resident = self._put(
            Resident,
            household_id=household,
            name=name,
            sort_key=name,
            search_text=name,
            id_digest=digest,
            birth_on=date(1941, 5, 6),
            sex=2,
        )
        self.residents[name], self.doors[name] = resident, dwelling
        return resident

    def enrol(self, name: str, worker: str, **kwargs: Any) -> UUID:
        """Through the command, as the present actor, from the clock's day on."""
        day = self.station.clock.now().astimezone(SHANGHAI).date()
        given = {"consent_on": day, "first_on": day} | kwargs
        return self.station.run(EnrolElder(self.residents[name], self.workers[worker], **given))

    def window(self, name: str, day: date, slot: str = "morning") -> ExpectedCheck:
        """An elder's window as the database has it now; raises NoResultFound."""
        stmt = (
            select(ExpectedCheck)
            .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
            .where(Enrolment.resident_id == self.residents[name])
            .where(ExpectedCheck.day == day, ExpectedCheck.slot == slot)
        )
        with self.station.read() as session:
            return session.scalars(stmt).one()

    def act_as(self, name: str, *grids: str) -> None:
        """Become a worker made by `worker`."""
        from centerdesk.kernel.identity import Actor

        self.station.actor = Actor(
            self.workers[name],
            name,
            name,
            ("grid_worker",),
            role_grants(["grid_worker"]),
            frozenset(self.grid(g) for g in grids),
            "t",
        )

    def at(self, text: str) -> None:
        """Put the clock there; the monotonic clock runs along when time goes forward."""
        delta = at(text) - self.station.clock.now()
        if delta.total_seconds() >= 0:
            self.station.clock.advance(delta)
        else:
            self.station.clock.set(at(text))

    def _put(self, model: type[Tracked], **values: Any) -> UUID:
        row_id = uuid7()
        now = self.station.clock.now()
        with self.station.database.write_session() as session:
            session.execute(
                insert(model).values(id=row_id, version=1, created_at=now, updated_at=now, **values)
            )
            session.commit()
        return row_id


def small_town(station: StationFixture, homes: int = 3) -> Town:
    """Two grids, workers A and B, `homes` elders 老人1… in grid 一 at 3-1-201, 3-1-301 …; nobody enrolled."""
    town = Town(station)
    town.worker("甲", "一")
    town.worker("乙", "二")
    for n in range(homes):
        town.elder(f"老人{n + 1}", "云和小区", f"3-1-{n + 2}01", "一")
    return town


def yunhe(station: StationFixture) -> tuple[Town, tuple[EnrolmentLine, ...]]:
    """The 46 elders and three workers of the sample month, a grid for each worker; nobody enrolled."""
    lines = read_enrolments(resource(*CHECKINS, "curtain_2026-09_enrolment.csv").read_text("utf-8"))
    town = Town(station)
    for name in sorted({line.worker for line in lines}):
        town.worker(name, name)
    for line in lines:
        town.elder(line.code, line.compound, line.door, line.worker, line.id_no)
    return town, lines


__all__ = ["Town", "at", "instant", "small_town", "time", "truth", "yunhe"]
