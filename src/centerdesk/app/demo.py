"""`centerdesk demo`: the fictional 云和社区, the same at every run, made by the program's own commands."""

from __future__ import annotations

import argparse
import shutil
from datetime import date, time
from pathlib import Path

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import OpenStation, create_station
from centerdesk.app.cli import DONE, Console
from centerdesk.app.display import has_display
from centerdesk.app.features import LAYERS
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import FixedClock, RunningClock, SystemClock, instant
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.manifest import load
from centerdesk.kernel.orm import repeatable_keys
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station

DAY = date(2026, 12, 3)
"""Thursday, 3 December 2026: the day that runs through all pictures."""

FOUNDED = instant(date(2026, 10, 8), time(9, 0))
PASSWORD = "窗外有六棵大榆树"
STATION, STREET = "云和社区", "望河街道"
GRIDS = tuple(f"云和{n}网格" for n in "一二三四五六七八")
COMPOUNDS = ("气象花园", "云和小区", "松涛里", "望江苑", "铁道家属楼")
WORKERS = ("周敏", "陈嘉禾", "孙晓")
DUTIES = (2, 2, 1, 1, 1, 0, 0, 0)
"""Which of the workers answers for each grid, as in the check-in tables."""
ACCOUNTS = (
    ("许文静", ("secretary",)),
    ("高翔", ("administrator",)),
    ("赵雪", ("front_desk",)),
    *((name, ("grid_worker",)) for name in WORKERS),
)


def demo_verb(args: argparse.Namespace, console: Console) -> int:
    """Build the station, live through its morning, write return and pictures; with a display open the desk."""
    out: Path = args.out.resolve()
    data = DataDir(out / "station")
    _clear(data)
    began = SystemClock().monotonic()
    console.say(f"演示站：{STATION}，2026 年 12 月 3 日，星期四。里面的人都是虚构的。")
    with repeatable_keys(
        STATION, FOUNDED
    ):  # else the check code on the return, which covers row ids, would differ
        station = build(data, out, console)
    try:
        from centerdesk.app.pictures import page_pictures

        actor = _actors(station)["许文静"]
        pictures = page_pictures(station, actor, out / "pictures")
        console.say(f"每页一张画：{len(pictures)} 张，在 {out / 'pictures'}。")
    finally:
        station.close()
    console.say(f"账号：{'、'.join(name for name, _ in ACCOUNTS)}，密码都是 {PASSWORD}。")
    console.say(f"用了 {SystemClock().monotonic() - began:.0f} 秒。站点在 {data.root}。")
    if args.headless or not has_display():
        return DONE
    from centerdesk.app.desk.program import open_desk

    return open_desk(data, RunningClock(instant(DAY, time(8, 41))))


def _clear(data: DataDir) -> None:
    """Remove the demo station of an earlier run; anything else is left alone. Raises EnvironmentFault."""
    if not data.root.exists():
        return
    station = Station.load(data.station_file) if data.station_file.exists() else None
    if station is None or not station.drill or station.name != STATION:
        raise EnvironmentFault(f"“{data.root}”里放着别的东西，没有动它。请用 --out 换一个文件夹，再来一次。")
    shutil.rmtree(data.root)


def build(data: DataDir, out: Path, console: Console) -> OpenStation:
    """The station with its history and the morning of 3 December; the caller closes it."""
    clock = FixedClock(FOUNDED)
    station, _code = create_station(data, STATION, clock, drill=True)
    try:
        _found(station)
        demo = DemoStation(
            station.bus, station.database.read_session, clock, station.ring, DAY, _actors(station), WORKERS,
            out, console.say,
        )  # fmt: skip
        demo.results["indicators"] = station.manifests.indicators()
        for feature in LAYERS:
            if feature.demo is not None:
                load(feature.demo)(demo)
        back_up(station, Reason.TIMED)
    except BaseException:
        station.close()
        raise
    return station


def _found(station: OpenStation) -> None:
    founder = system_actor([staff.FOUND], station.site.desk)
    station.bus.run(
        places.FoundPlaces(STATION, STREET, "230811008", grids=GRIDS, compounds=COMPOUNDS), actor=founder
    )
    ids = {
        name: station.bus.run(
            staff.FoundAccount(name, name, PASSWORD, roles, must_change=False), actor=founder
        ).value
        for name, roles in ACCOUNTS
    }
    with station.database.read_session() as session:
        grids = places.grids(session)
    for grid, worker in zip(grids, DUTIES, strict=True):
        station.bus.run(places.FoundDuty(grid.id, ids[WORKERS[worker]]), actor=founder)


def _actors(station: OpenStation) -> dict[str, Actor]:
    """The accounts as if each had signed in."""
    with station.database.read_session() as session:
        return {
            a.login: staff.actor_for(session, a.id, station.scope_of(session, a.id), station.site.desk)
            for a in staff.list_accounts(session)
        }
