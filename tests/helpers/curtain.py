"""The morning of 3 December 2026 at the windows: twenty-two homes of grid 一, twenty of grid 二, one alarm under way.

All persons and numbers are invented. Doors, times and states are those of the design's picture 02.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm
from centerdesk.features.checkins.commands_enrol import SetPause
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck
from centerdesk.features.people.commands_care import ContactDraft, SetCareCard
from centerdesk.features.people.models import ResidentTag
from centerdesk.features.places.commands import LayOutBuilding
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import instant
from centerdesk.kernel.orm import uuid7
from tests.helpers.elders import Town, at
from tests.helpers.station import StationFixture

DAY = "2026-12-03"
COMPOUND = "云和小区"
STANDS = {"3": "南花坛", "2": "东门岗", "5": "车棚口", "6": "小广场", "8": "篮球场", "9": "北路口"}
LAYOUT = {"2": (6, 3), "3": (6, 3), "5": (6, 2), "6": (6, 3), "8": (6, 3), "9": (6, 2)}
"""Building: floors, units; two doors a unit and floor."""
ROUTE = (
    ("3-1-201", "07:34"), ("3-1-602", "07:35"), ("3-2-301", "07:36"), ("3-2-501", "08:17 not_ok"),
    ("3-3-102", "08:18"), ("3-3-401", "08:19"),
    ("2-1-302", "08:24"), ("2-1-501", "08:24"), ("2-2-102", "paused 2026-12-08"), ("2-3-201", "08:26"),
    ("2-3-602", "08:27"),
    ("5-1-601", "08:34"), ("5-1-202", "08:36 unclear"), ("5-2-401", "08:37"), ("5-2-302", "08:39"),
    ("5-2-101", ""),
    ("6-1-301", ""), ("6-1-502", ""), ("6-2-202", ""), ("6-2-601", ""), ("6-3-402", "paused 2026-12-05"),
    ("6-3-501", ""),
)  # fmt: skip
SECOND = tuple(
    (f"{b}-{u}-{f}0{d}", "08:0" + str(n % 10) if n < 17 else "")
    for n, (b, u, f, d) in enumerate(
        (b, u, f, d) for b in "89" for u in (1, 2) for f, d in ((1, 1), (2, 2), (4, 1), (5, 2), (6, 1))
    )
)
LEAD, UNCLEAR = "3-2-501", "5-1-202"


def morning(station: StationFixture, *, history: int = 0, looks: bool = True) -> Town:
    """The town at 08:41 with 周敏 at the desk. `history`: so many days before with looks (for habit and month)."""
    town = Town(station)
    town.at(f"{DAY} 07:00")
    _people(town)
    for building, (floors, units) in LAYOUT.items():
        station.run(LayOutBuilding(town.buildings[COMPOUND, building], floors, units, 2, STANDS[building]))
    station.sign_in("secretary")
    _care(town)
    if history:
        _history(town, history)
    if looks:
        for worker, route in (("周敏", ROUTE), ("陈嘉禾", SECOND)):
            _walk(town, worker, route)
        _alarm(town)
    town.at(f"{DAY} 08:41")
    be(town, "周敏")
    return town


def be(town: Town, name: str) -> None:
    """Sit down at the desk as this worker."""
    town.act_as(name, "第一网格" if name == "周敏" else "第二网格")


def check_of(town: Town, door: str, slot: str = "morning", day: str = DAY) -> UUID:
    """The window of a door on a day."""
    with town.station.read() as session:
        found = session.scalar(
            select(ExpectedCheck.id).where(
                ExpectedCheck.dwelling_id == town.doors[_name(door)],
                ExpectedCheck.slot == slot,
                ExpectedCheck.day == date.fromisoformat(day),
            )
        )
    assert found is not None
    return found


def row(town: Town, model: type, row_id: UUID):
    """A row as the database has it now."""
    with town.station.read() as session:
        return session.get(model, row_id)


def alarm_of(town: Town, door: str, slot: str = "morning") -> Alarm:
    """The alarm of a door's window."""
    with town.station.read() as session:
        found = session.scalar(select(Alarm).where(Alarm.check_id == check_of(town, door, slot)))
    assert found is not None
    return found


def _name(door: str) -> str:
    return {LEAD: "李桂兰", UNCLEAR: "曾繁树"}.get(door, f"老人{door}")


def _people(town: Town) -> None:
    town.worker("周敏", "第一网格")
    town.worker("陈嘉禾", "第二网格")
    with town.station.database.write_session() as session:
        session.execute(update(Account).where(Account.login == "secretary").values(name="许文静"))
        session.commit()
    for worker, grid, route in (("周敏", "第一网格", ROUTE), ("陈嘉禾", "第二网格", SECOND)):
        for door, what in route:
            name = _name(door)
            town.elder(name, COMPOUND, door, grid)
            enrolment = town.enrol(name, worker)
            if what.startswith("paused"):
                back = date.fromisoformat(what.split()[1])
                today = date.fromisoformat(DAY)
                town.station.run(SetPause(enrolment, today, back, "去女儿家"))
    town._put(ResidentTag, resident_id=town.residents["李桂兰"], tag="独居", first_on=date(2020, 1, 1))


def _care(town: Town) -> None:
    contacts = (
        ContactDraft("李强", "儿子", "13804542345", False, 25),
        ContactDraft("王秀芬", "邻居 502", "13945413017"),
        ContactDraft("孙建国", "楼栋长", "13845413344", True, 5),
    )
    town.station.run(
        SetCareCard(town.residents["李桂兰"], contacts, "钥匙柜 12 号", "高血压", "右耳听不清", "", "腿脚慢")
    )


def _history(town: Town, days: int) -> None:
    """Looks of the days before, each home with its own minute and now and then a day late or shut."""
    today = date.fromisoformat(DAY)
    with town.station.database.write_session() as session:
        rows = []
        for n, e in enumerate(session.scalars(select(Enrolment).order_by(Enrolment.code))):
            check = session.scalar(select(ExpectedCheck).where(ExpectedCheck.enrolment_id == e.id))
            for back in range(days, 0, -1):
                day = today - timedelta(days=back)
                for slot in ("morning", "evening"):
                    rows.append(_past(check, e, day, slot, n, back))
        session.execute(insert(ExpectedCheck), rows)
        session.commit()


def _past(check: ExpectedCheck, e: Enrolment, day: date, slot: str, n: int, back: int) -> dict[str, object]:
    opens, ends, seen = ("07:30", "09:00", "07:40") if slot == "morning" else ("17:30", "20:00", "18:05")
    odd = (n * 7 + back * 3) % 61
    minute = (n * 5 + back * 11) % 17 + (70 if n == 13 and back < 5 and back != 3 else 0)
    look = instant(day, time.fromisoformat(seen)) + timedelta(minutes=minute)
    state = {0: "not_ok", 17: "unclear", 30: "unseen"}.get(odd, "ok")
    unseen = state == "unseen"
    return {
        "id": uuid7(), "version": 1, "created_at": look, "updated_at": look, "enrolment_id": e.id, "day": day,
        "slot": slot, "opens_at": instant(day, time.fromisoformat(opens)),
        "due_at": instant(day, time.fromisoformat(ends)),
        "state": state, "looks": 0 if unseen else 1, "in_time": not unseen,
        "first_look_at": None if unseen else look, "last_look_at": None if unseen else look,
        "worker_id": e.worker_id, "dwelling_id": check.dwelling_id, "grid_id": check.grid_id,
        "looked_by": None if unseen else e.worker_id,
    }  # fmt: skip


def _walk(town: Town, worker: str, route: tuple[tuple[str, str], ...]) -> None:
    be(town, worker)
    for door, what in route:
        if not what or what.startswith("paused"):
            continue
        when, _, state = what.partition(" ")
        town.at(f"{DAY} {when}")
        town.station.run(RecordLook(check_of(town, door), state or "ok"))


def _alarm(town: Town) -> None:
    """李桂兰: looked again, telephoned, 陈嘉禾 on the way."""
    alarm = alarm_of(town, LEAD).id
    be(town, "周敏")
    for when, act in (("08:24", "still_shut"), ("08:31", "phone_none")):
        town.at(f"{DAY} {when}")
        town.station.run(AdvanceAlarm(alarm, act, assignee_id=town.workers["陈嘉禾"]))
    town.at(f"{DAY} 08:38")
    be(town, "陈嘉禾")
    town.station.run(AcknowledgeAlarm(alarm))
    town.station.run(AdvanceAlarm(alarm, "going"))


__all__ = ["DAY", "LEAD", "ROUTE", "UNCLEAR", "alarm_of", "at", "be", "check_of", "morning", "row"]
