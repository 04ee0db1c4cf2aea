"""The morning of the design's pictures as rows: 3 December 2026, 08:41, 云和社区. All persons are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, select, update

from centerdesk.app.bootstrap import OpenStation
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm
from centerdesk.features.checkins.commands_enrol import SetPause
from centerdesk.features.checkins.models import Alarm, ExpectedCheck, WatcherBeat
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.features.people.models import CareFact, Contact, Resident, ResidentTag
from centerdesk.features.staff.api import role_grants
from centerdesk.features.staff.models import Account
from centerdesk.kernel import search
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.clock import SHANGHAI, instant
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.orm import uuid7
from tests.helpers.desk import as_open
from tests.helpers.elders import Town
from tests.helpers.station import StationFixture, make_station

DAY = date(2026, 12, 3)
NOW = instant(DAY, time(8, 41))
PEOPLE = (
    ("李桂兰", "3-2-501", 1948),
    ("曾繁树", "5-1-202", 1943),
    ("李国梁", "5-1-402", 1955),
    ("单玉华", "8-1-101", 1947),
    ("贺淑珍", "8-2-301", 1944),
    ("仇有田", "9-1-201", 1949),
    ("孟昭远", "9-3-102", 1940),
    ("欧阳秀琴", "2-1-301", 1946),
    ("查文昌", "2-2-102", 1952),
    ("吴凤琴", "2-3-201", 1942),
    ("覃家旺", "3-1-101", 1950),
    ("任桂英", "3-1-402", 1939),
    ("徐德贵", "11-2-302", 1951),
    ("解秀莲", "11-1-401", 1942),
    ("朴顺姬", "9-2-202", 1947),
    ("盖世德", "2-2-402", 1956),
    ("钱永昌", "5-2-101", 1953),
    ("黎广龄", "6-2-202", 1944),
    ("王德山", "6-1-301", 1938),
    ("赵玉芝", "6-1-502", 1945),
)
SURNAMES, GIVEN = "张王李赵刘陈杨黄吴周徐孙马朱胡郭何高林罗", "福贵春兰秀英玉梅德胜文华淑珍志强桂香"
HOUSES = {2: 5, 3: 6, 5: 6, 6: 6, 8: 6, 9: 7, 11: 8}
"""Houses and how many windows each has enrolled."""
ROUTES = {"周敏": (5, 6, 8), "陈嘉禾": (2, 3), "赵雪": (9, 11)}


@dataclass
class Morning:
    """The station of the pictures. `actor` is 周敏 with the secretary's reach."""

    fixture: StationFixture
    town: Town
    open: OpenStation
    actor: Actor

    def close(self) -> None:
        self.fixture.close()


def morning(root: Path) -> Morning:
    """Forty-odd windows, thirteen days behind them, two homes in trouble."""
    fixture = make_station(root, at=instant(DAY - timedelta(days=1), time(20, 30)))
    town = Town(fixture)
    _staff(town)
    checks = _enrol(town)
    _history(fixture, checks)
    _look(town, checks)
    _care(fixture, town)
    _index(fixture, town)
    fixture.clock.set(NOW)
    _beat(fixture)
    actor = replace(
        fixture.sign_in("secretary"), account_id=town.workers["周敏"], name="周敏", login="周敏",
        roles=("grid_worker",), scope=frozenset(town.grids.values()),
    )  # fmt: skip
    fixture.actor = actor
    return Morning(fixture, town, as_open(fixture), actor)


def _staff(town: Town) -> None:
    with town.station.database.write_session() as session:  # the fixture's own secretary gets a name
        session.execute(
            update(Account).where(Account.login == "secretary").values(name="许文静", name_key="xu")
        )
        session.commit()
    for number, name in enumerate(ROUTES):
        town.worker(name, f"第{'一二三'[number]}网格")
    town.worker("孙建国", "第一网格", post="B")


def _people() -> Iterator[tuple[str, str, int]]:
    """A name and a birth year for each door."""
    named = {door: (name, born) for name, door, born in PEOPLE}
    for house, count in HOUSES.items():
        doors = [door for door in named if door.startswith(f"{house}-")]
        place = 0
        while len(doors) < count:
            place += 1
            door = f"{house}-{place % 3 + 1}-{place % 5 + 1}0{place % 2 + 1}"
            if door not in doors:
                doors.append(door)
        for number, door in enumerate(sorted(doors)):
            filler = f"{SURNAMES[(house + number) % 20]}{GIVEN[(house * 2 + number) % 16]}{GIVEN[(number * 5) % 16]}"
            name, born = named.get(door, (filler, 1940 + (house + number) % 15))
            yield name, door, born


def _enrol(town: Town) -> dict[str, UUID]:
    """Everybody behind a door, and a window for each; enrolments by door."""
    fixture = town.station
    enrolled: dict[str, UUID] = {}
    numbers = dict.fromkeys(ROUTES, 0)
    for name, door, born in _people():
        house = int(door.split("-")[0])
        worker = next(w for w, houses in ROUTES.items() if house in houses)
        grid = f"第{'一二三'[list(ROUTES).index(worker)]}网格"
        resident = town.elder(name, "云和小区", door, grid)
        with fixture.database.write_session() as session:
            session.execute(
                update(Resident).where(Resident.id == resident).values(
                    birth_on=date(born, 12, 5 if born % 10 == 6 else 20), phone_mask="138****2345",
                    id_mask="230811********1246", verified_on=DAY - timedelta(days=born % 90),
                )
            )  # fmt: skip
            session.commit()
        numbers[worker] += 1
        enrolled[door] = town.enrol(
            name, worker, number=numbers[worker], first_on=DAY, consent_on=date(2026, 9, 1)
        )
    return enrolled


def _history(fixture: StationFixture, enrolled: dict[str, UUID]) -> None:
    """Thirteen days before, as they stand once they are over: three looks were missed."""
    rows = []
    with fixture.database.read_session() as session:
        today = session.execute(
            select(
                ExpectedCheck.enrolment_id, ExpectedCheck.slot, ExpectedCheck.worker_id,
                ExpectedCheck.dwelling_id, ExpectedCheck.grid_id,
            ).where(ExpectedCheck.day == DAY)
        ).all()  # fmt: skip
    stamp = fixture.clock.now()
    for back in range(1, 14):
        day = DAY - timedelta(days=back)
        for number, check in enumerate(today):
            missed = (back, number) in {(5, 3), (5, 40), (11, 7)}
            opens = instant(day, time(7, 30) if check.slot == "morning" else time(17, 30))
            due = instant(day, time(9, 0) if check.slot == "morning" else time(20, 0))
            seen_at = None if missed else opens + timedelta(minutes=20 + number % 60)
            rows.append(
                {
                    "id": uuid7(),
                    "version": 1,
                    "created_at": stamp,
                    "updated_at": stamp,
                    "enrolment_id": check.enrolment_id,
                    "day": day,
                    "slot": check.slot,
                    "opens_at": opens,
                    "due_at": due,
                    "state": "unseen" if missed else "ok",
                    "looks": 0 if missed else 1,
                    "in_time": not missed,
                    "first_look_at": seen_at,
                    "last_look_at": seen_at,
                    "worker_id": check.worker_id,
                    "dwelling_id": check.dwelling_id,
                    "grid_id": check.grid_id,
                }
            )
    with fixture.database.write_session() as session:
        session.execute(insert(ExpectedCheck), rows)
        session.commit()
    assert enrolled


def _look(town: Town, enrolled: dict[str, UUID]) -> None:
    """What was looked at until 08:41: most are open, one shut, one not to be made out, two away."""
    fixture = town.station
    with fixture.database.read_session() as session:
        found = session.execute(
            select(ExpectedCheck.enrolment_id, ExpectedCheck.id).where(
                ExpectedCheck.day == DAY, ExpectedCheck.slot == "morning"
            )
        )
        checks = {row.enrolment_id: row.id for row in found}
    doors = sorted(enrolled, key=lambda d: [int(p) for p in d.split("-")])
    left = [d for d in doors if d.startswith("6-")] + doors[-3:]
    paused = [d for d in doors if d.startswith(("2-", "6-"))][2::5][:2]
    for door in paused:
        town.station.run(SetPause(enrolled[door], DAY, DAY + timedelta(days=2), "住院"))
    late = {"3-2-501": 77, "5-1-202": 96}
    looks = sorted((d for d in doors if d not in left and d not in paused), key=lambda d: late.get(d, 0))
    for number, door in enumerate(looks):
        state = {"3-2-501": "not_ok", "5-1-202": "unclear"}.get(door, "ok")
        minute = late.get(door, 35 + number)
        who = next(w for w, houses in ROUTES.items() if int(door.split("-")[0]) in houses)
        town.at(f"2026-12-03 {7 + minute // 60:02}:{minute % 60:02}")
        fixture.actor = _acting(town, who)
        fixture.run(RecordLook(checks[enrolled[door]], state))
    _work_at_alarm(town)


def _work_at_alarm(town: Town) -> None:
    fixture = town.station
    with fixture.database.read_session() as session:
        alarm = session.scalars(select(Alarm.id).where(Alarm.kind == "not_ok")).one()
    fixture.clock.set(datetime(2026, 12, 3, 8, 24, tzinfo=SHANGHAI))
    fixture.actor = _acting(town, "周敏")
    fixture.run(AdvanceAlarm(alarm, Act.STILL_SHUT))
    fixture.clock.set(datetime(2026, 12, 3, 8, 31, tzinfo=SHANGHAI))
    fixture.run(AdvanceAlarm(alarm, Act.NO_ANSWER_PHONE))
    fixture.clock.set(datetime(2026, 12, 3, 8, 38, tzinfo=SHANGHAI))
    fixture.actor = _acting(town, "陈嘉禾")
    fixture.run(AcknowledgeAlarm(alarm))


def _acting(town: Town, name: str) -> Actor:
    return Actor(
        town.workers[name],
        name,
        name,
        ("secretary",),
        role_grants(["secretary"]),
        frozenset(town.grids.values()),
        "t",
    )


def _care(fixture: StationFixture, town: Town) -> None:
    resident = town.residents["李桂兰"]
    stamp = {"version": 1, "created_at": fixture.clock.now(), "updated_at": fixture.clock.now()}
    with fixture.database.write_session() as session:
        session.execute(
            insert(Contact).values(
                id=uuid7(), resident_id=resident, ordinal=1, name="孙建国", relation="楼栋长",
                phone_mask="138****2345", has_key=True, **stamp,
            )
        )  # fmt: skip
        session.execute(
            insert(CareFact).values(
                id=uuid7(), resident_id=resident, key_place="钥匙柜 12 号", illness="高血压", hearing="右耳听不清",
                pets="", dialect="", **stamp,
            )
        )  # fmt: skip
        for each in town.residents.values():
            session.execute(
                insert(ResidentTag).values(
                    id=uuid7(), resident_id=each, tag="独居", first_on=date(2021, 4, 1), **stamp
                )
            )
        session.commit()


def _index(fixture: StationFixture, town: Town) -> None:
    """What the unit of work does for rows that come by commands."""
    doors = {door: name for name, door, _born in _people()}
    with fixture.database.write_session() as session:
        for door, name in doors.items():
            words = search.search_tokens(name, doors=[door])
            resident = town.residents[name]
            session.execute(
                update(Resident)
                .where(Resident.id == resident)
                .values(sort_key=name_key(name), search_text=words)
            )
            search.index_rows(session, "resident", [search.Entry(resident, name_key(name), words)])
        session.commit()


def _beat(fixture: StationFixture) -> None:
    now = fixture.clock.now()
    with fixture.database.write_session() as session:
        session.execute(
            insert(WatcherBeat).values(
                id=1, at=now, high_water=now, pid=1, sound_ok=True, sound_checked_at=now - timedelta(hours=1)
            )
        )
        session.commit()
