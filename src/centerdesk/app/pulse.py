"""What every desk must know every few seconds: alarms, the round, the watcher, the newest backup (UI 4.1).

Composed here so that the window knows no feature: it gets words, tones, counts by page, and the alarms that
a locked desk may show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from centerdesk.features.checkins.queries import RoundView, get_round
from centerdesk.features.checkins.queries_alarm import LockedAlarm, locked_alarms, open_alarms, watch_state
from centerdesk.features.checkins.rules import SLOT_TITLES
from centerdesk.kernel.backup import list_backups, second_folder
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.manifest import Tone
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.station import Station

CHECKINS = "checkins"
READ = "checkins.read"
OLD, TOO_OLD = timedelta(hours=26), timedelta(days=3)
"""Age of the newest backup at which the status bar turns brown, then red."""


@record
class Fact:
    """One state in words; `short` is what a narrow window keeps, `page` where a click leads."""

    text: str
    tone: Tone = Tone.PLAIN
    short: str = ""
    page: str = ""


@record
class PageBadge:
    """A count of what is mine and open on a page."""

    count: int
    alarm: bool = False


@record
class Pulse:
    """脉搏. `alarms` are the station's, masked; `silent`: nobody watches over the round (G16)."""

    at: datetime
    worst: Fact
    badges: Mapping[str, PageBadge] = field(default_factory=dict)
    alarms: tuple[LockedAlarm, ...] = ()
    silent: bool = False


def read_pulse(session: Session, actor: Actor | None, clock: Clock) -> Pulse:
    """The state that matters most. Read lane; without an actor nothing but the masked alarms."""
    now = clock.now()
    alarms = locked_alarms(session, now)
    silent = watch_state(session, now).silent
    if actor is None or not actor.may(READ):
        worst = Fact("看护程序没在跑", Tone.ALARM) if silent and alarms else Fact("")
        return Pulse(now, worst, {}, alarms, silent)
    mine = len(open_alarms(session, actor, now))
    view = get_round(session, actor, now)
    badges = {CHECKINS: PageBadge(mine, alarm=True)} if mine else {}
    return Pulse(now, _worst(mine, silent, view), badges, alarms, silent)


def _worst(mine: int, silent: bool, view: RoundView) -> Fact:
    if mine:
        return Fact(f"{mine} 户待处置", Tone.ALARM, page=CHECKINS)
    if silent and view.expected:
        return Fact("看护程序没在跑，漏看不会响", Tone.ALARM, page="settings")
    return round_fact(view)


def round_fact(view: RoundView) -> Fact:
    """The round in words: 早间 31/40, 早间 40/40 已签收."""
    if not view.expected:
        return Fact("")
    title = SLOT_TITLES[view.slot]
    figures = f"{title} {view.seen}/{view.expected}"
    if view.left == 0 and view.routes and all(route.signed_at for route in view.routes):
        return Fact(f"{figures} 已签收", Tone.GOOD, page=CHECKINS)
    return Fact(figures, page=CHECKINS)


@record
class Safety:
    """数据平安. The newest backup here and in the second place."""

    backup_at: datetime | None = None
    good: bool = True
    second_set: bool = False
    second_at: datetime | None = None
    server: bool = False
    """The database lies on a server, and so do its backups."""
    warnings: int = 0
    """How many of the server's settings, or its clock, an administrator must look at (`doctor` names them)."""


def read_safety(data: DataDir, station: Station, ring: KeyRing) -> Safety:
    """Look at the backup folders. Blocking, slow lane: a second place may be a share that hangs."""
    if station.database:
        return Safety(server=True)
    here = list_backups([data.backups])
    newest = max(here, key=lambda each: each.manifest.made_at, default=None)
    second_at = None
    if station.second_place is not None:
        there = list_backups([second_folder(station.second_place, ring)])
        second_at = max((each.manifest.made_at for each in there), default=None)
    return Safety(
        newest.manifest.made_at if newest else None,
        newest.manifest.good if newest else True,
        station.second_place is not None,
        second_at,
    )


def backup_fact(safety: Safety, now: datetime) -> Fact:
    """备份 07:12 成功 · 两处; brown after 26 h, red after 3 d."""
    if safety.warnings:
        return Fact(f"服务器有 {safety.warnings} 处要管理员看", Tone.WARN, "服务器", "settings")
    if safety.server:
        return Fact("备份在服务器上做", Tone.PLAIN, "服务器", "settings")
    if safety.backup_at is None:
        return Fact("还没有备份，现在备份", Tone.WARN, "无", "settings")
    age = now - safety.backup_at
    when = said(safety.backup_at, now)
    if age > TOO_OLD:
        return Fact(f"{age.days} 天没备份，现在备份", Tone.ALARM, f"{age.days} 天", "settings")
    if not safety.good:
        return Fact(f"备份 {when} 有疑问", Tone.WARN, when, "settings")
    places = "两处" if safety.second_at and safety.second_at >= safety.backup_at else "本机"
    tone = Tone.WARN if age > OLD else Tone.PLAIN
    return Fact(f"备份 {when} 成功 · {places}", tone, when, "settings")


def said(at: datetime, now: datetime) -> str:
    """An instant as it is said: 07:12, 昨 15:05, 11-26."""
    there, here = local(at), local(now)
    days = (here.date() - there.date()).days
    if days <= 0:
        return f"{there:%H:%M}"
    return f"昨 {there:%H:%M}" if days == 1 else f"{there:%m-%d}"
