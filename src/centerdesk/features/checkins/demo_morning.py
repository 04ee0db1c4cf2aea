"""The demo's own morning, minute by minute, through the commands the desk uses: up to 08:41:14."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AdvanceAlarm
from centerdesk.features.checkins.commands_watch import NoteBeat, Tick, watcher
from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.queries import get_round
from centerdesk.features.checkins.queries_alarm import open_alarms
from centerdesk.features.checkins.rules import NOT_OK, OK, UNCLEAR
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.features.people.commands_care import ContactDraft, SetCareCard
from centerdesk.kernel.clock import instant
from centerdesk.kernel.commands import Command
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.record import record

NOW = time(8, 41, 14)
"""The instant of all pictures: 10:46 before the door is passed on to the contacts."""

SHUT, HAZY, EARLY = "E04", "E06", "E34"
"""未开 since 08:17, 看不清 since 08:36, and the elder whose own window begins at 06:30."""

FIRST_WALK = (
    ("E01", time(7, 34)), ("E02", time(7, 35)), ("E03", time(7, 36)), (SHUT, time(8, 17)), ("E05", time(8, 18)),
    (HAZY, time(8, 36)), ("E07", time(8, 37)), ("E08", time(8, 38)), ("E09", time(8, 39)), ("E10", time(8, 40)),
)  # fmt: skip
"""The first worker's round as far as it got: 6 homes are still to be looked at."""
LEFT_OF_THIRD = 3
"""So many homes at the end of the third worker's route still wait."""

CARDS = {
    SHUT: (
        (
            ContactDraft("梁强", "儿子", "19900082345", False, 25),
            ContactDraft("孙建国", "楼栋长", "19900083017", True, 4),
            ContactDraft("王秀芬", "对门邻居", "19900083018", False, 1),
        ),
        ("钥匙柜 12 号", "高血压", "右耳听不清", "", "本地话"),
    ),
    HAZY: (
        (
            ContactDraft("何敏", "女儿", "19900084410", True, 15),
            ContactDraft("尹大夫", "签约医生", "19900084411", False, None),
        ),
        ("女儿有钥匙", "糖尿病", "", "一只老猫", ""),
    ),
}


@record
class Moment:
    """One thing somebody did."""

    at: datetime
    command: Command[Any]
    login: str


def fill_care_cards(demo: DemoStation) -> None:
    """Contacts and what to know of the elders somebody will have to go to."""
    with demo.read() as session:
        stmt = select(Enrolment.code, Enrolment.resident_id).where(Enrolment.code.in_(CARDS))
        residents = {r.code: r.resident_id for r in session.execute(stmt)}
    for code, (contacts, facts) in CARDS.items():
        demo.run(SetCareCard(residents[code], contacts, *facts))


def live_through(demo: DemoStation) -> str:
    """Midnight to 08:41 of the demo's day; one sentence about how things stand."""
    _watch(demo, time(0, 15))
    moments = sorted(_looks(demo), key=lambda m: m.at)
    rang_at = instant(demo.day, dict(FIRST_WALK)[SHUT])
    _do(demo, [m for m in moments if m.at <= rang_at])
    rest = [m for m in moments if m.at > rang_at]
    _do(demo, sorted([*rest, *_at_the_door(demo)], key=lambda m: m.at))
    _watch(demo, NOW)
    with demo.read() as session:
        view = get_round(session, demo.actors[demo.secretary], demo.clock.now())
    return (
        f"{demo.day.month} 月 {demo.day.day} 日早间到 08:41：看了 {view.seen}/{view.expected} 户，"
        f"还有 {view.left} 户没看，一户未开正有人去敲门。"
    )


def _do(demo: DemoStation, moments: list[Moment]) -> None:
    for moment in moments:
        demo.clock.set(moment.at)
        demo.run(moment.command, moment.login)


def _watch(demo: DemoStation, at: time) -> None:
    """What the watcher process would have done by now."""
    demo.clock.set(instant(demo.day, at))
    demo.bus.run(Tick(demo.clock.now()), actor=watcher())
    demo.bus.run(NoteBeat(os.getpid()), actor=watcher())


def _looks(demo: DemoStation) -> Iterator[Moment]:
    first, second, third = demo.workers
    rows = _rows(demo)
    for code, wall in FIRST_WALK:
        state = {SHUT: NOT_OK, HAZY: UNCLEAR}.get(code, OK)
        yield Moment(instant(demo.day, wall), RecordLook(rows[first][code], state), first)
    for login, begins in ((second, time(7, 41)), (third, time(7, 39))):
        route = list(rows[login].items())
        now = instant(demo.day, begins)
        for code, check in route if login == second else route[:-LEFT_OF_THIRD]:
            now += timedelta(seconds=150 + 13 * (len(code) + int(code[1:]) % 7))
            at = instant(demo.day, time(6, 43)) if code == EARLY else now
            yield Moment(at, RecordLook(check, OK), login)


def _rows(demo: DemoStation) -> dict[str, dict[str, UUID]]:
    """The morning's checks that wait, by worker and 户代码, in walking order."""
    with demo.read() as session:
        at = instant(demo.day, time(8, 0))
        view = get_round(session, demo.actors[demo.secretary], at)
        codes = {r.id: r.code for r in session.execute(select(Enrolment.id, Enrolment.code))}
    logins = {account: login for login, account in demo.accounts.items()}
    found: dict[str, dict[str, UUID]] = {login: {} for login in demo.workers}
    for row in view.rows:
        if row.state == "due":
            found[logins[row.worker_id]][codes[row.enrolment_id]] = row.check_id
    return found


def _at_the_door(demo: DemoStation) -> Iterator[Moment]:
    """The shut curtain: looked at again, called three times, a colleague sent, who is on the way."""
    with demo.read() as session:
        (alarm,) = open_alarms(session, demo.actors[demo.secretary], demo.clock.now())
    walker, goer, _ = demo.workers
    desk = next(login for login, actor in demo.actors.items() if "front_desk" in actor.roles)
    for at, login, command in (
        (time(8, 24), walker, AdvanceAlarm(alarm.id, Act.STILL_SHUT)),
        (time(8, 31), desk, AdvanceAlarm(alarm.id, Act.NO_ANSWER_PHONE, "座机、手机均无人接")),
        (
            time(8, 37, 30),
            demo.secretary,
            AdvanceAlarm(alarm.id, Act.ASSIGN, "请去敲门", demo.accounts[goer]),
        ),
        (time(8, 38), goer, AdvanceAlarm(alarm.id, Act.GOING, "已出发，约 4 分钟到")),
    ):
        yield Moment(instant(demo.day, at), command, login)
