"""What the login page may say before anybody is known: who used this desk, and that the round is guarded.

No name of a resident, no door, no count by home (UI 17).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.pulse import Safety, backup_fact
from centerdesk.features.checkins.api import NextRound, WatchState, next_round, watch_state
from centerdesk.features.staff import api as staff
from centerdesk.kernel import lost_end
from centerdesk.kernel.calendar import LATITUDE, LONGITUDE, lunar_text, sun_times
from centerdesk.kernel.clock import Clock, local, minute_of_day, today
from centerdesk.kernel.manifest import Tone
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import SettingsReader
from centerdesk.qtkit.painted.sky import Sky

_WEEKDAYS = "一二三四五六日"
_SOON = timedelta(minutes=90)
_PEOPLE_SHOWN = 12


@record
class DeskUser:
    """用过这台机器的人. One account that signed in here, newest first in a list."""

    account_id: UUID
    login: str
    name: str
    role: str


@record
class BandItem:
    """One part of the band at the foot: words, detail, and whether they are good news."""

    title: str
    detail: str
    tone: Tone = Tone.GOOD


@record
class LoginView:
    """All that the page shows beside the clock. `next_at`: when the sentence was counted towards."""

    users: tuple[DeskUser, ...]
    administrators: tuple[DeskUser, ...]
    headline: str
    watcher: BandItem
    windows: BandItem
    sound: BandItem
    sky: Sky


def read_login(session: Session, station: OpenStation) -> LoginView:
    """Everything from the database, once a minute. Read lane."""
    clock = station.clock
    slot, watch = next_round(session, clock.now()), watch_state(session, clock.now())
    accounts = {row.id: row for row in staff.list_accounts(session)}
    people = {key: _user(row) for key, row in accounts.items()}
    used = tuple(people[key] for key in staff.signed_in_here(session, station.site.desk) if key in people)
    heads = tuple(people[key] for key in staff.holders(session, "administrator") if key in people)
    return LoginView(
        used[:_PEOPLE_SHOWN],
        heads,
        _headline(session, slot, clock.now()),
        _watcher_item(watch, clock.now()),
        _windows_item(slot),
        _sound_item(watch, today(clock)),
        _sky(session, clock),
    )


def _user(row: staff.AccountRow) -> DeskUser:
    roles = "、".join(title for role, title in staff.ROLES.items() if role in row.roles)
    return DeskUser(row.id, row.login, row.name, roles)


def _headline(session: Session, slot: NextRound | None, now: datetime) -> str:
    """What comes next; that acts are missing goes before it."""
    lost, comes = lost_end.told(session, now), headline(slot, now)
    return f"{lost.sentence}\n{comes}" if lost is not None else comes


def headline(slot: NextRound | None, now: datetime) -> str:
    """What comes next, in one sentence."""
    if slot is None:
        return "今天没有要看的窗"
    if now >= slot.opens_at:
        return f"{slot.title}看窗正在看，{local(slot.due_at):%H:%M} 收"
    wait = slot.opens_at - now
    if wait <= _SOON:
        return f"再过 {max(1, -(-wait // timedelta(minutes=1)))} 分钟，{slot.title}看窗开始"
    day = "明天" if slot.days_ahead else ""
    return f"{day}{slot.title}看窗 {local(slot.opens_at):%H:%M} 开始"


def _windows_item(slot: NextRound | None) -> BandItem:
    if slot is None:
        return BandItem("还没有登记的窗", "登记了就在这里报数", Tone.PLAIN)
    when = "明天" if slot.days_ahead else "今天"
    span = f"{local(slot.opens_at):%H:%M}–{local(slot.due_at):%H:%M}"
    pause = f" · {slot.paused} 户暂停" if slot.paused else ""
    return BandItem(f"{when}{slot.title}应看 {slot.expected} 扇", f"{span}{pause}", Tone.PLAIN)


def _watcher_item(state: WatchState, now: datetime) -> BandItem:
    if state.beat_at is None:
        return BandItem("看护程序还没跑过", "登录后到设置里打开", Tone.WARN)
    age = max(timedelta(), now - state.beat_at)
    if state.silent:
        since = f"{local(state.beat_at):%m-%d %H:%M}"
        return BandItem("看护程序没在跑", f"{since} 以后没报过平安", Tone.WARN)
    return BandItem("看护程序在跑", f"{ago(age)}报过平安")


def ago(age: timedelta) -> str:
    """8 秒前, 3 分钟前."""
    seconds = int(age.total_seconds())
    return f"{seconds} 秒前" if seconds < 60 else f"{seconds // 60} 分钟前"


def _sound_item(state: WatchState, day: date) -> BandItem:
    if state.sound_checked_at is None:
        return BandItem("铃声还没试过", "看护程序每天试一次", Tone.PLAIN)
    checked = local(state.sound_checked_at)
    at = f"{checked:%H:%M}" if checked.date() == day else f"{checked:%m-%d %H:%M}"
    if not state.sound_ok:
        return BandItem("铃声没响", f"{at} 自检，请看看喇叭", Tone.WARN)
    return BandItem("铃声试过了", f"{at} 自检，喇叭有声")


def _sky(session: Session, clock: Clock) -> Sky:
    settings = SettingsReader(session)
    sun = sun_times(today(clock), settings.get(LATITUDE), settings.get(LONGITUDE))
    return Sky.at(minute_of_day(clock.now()), minute_of_day(sun.rise), minute_of_day(sun.set))


def date_line(clock: Clock) -> str:
    """`12 月 3 日 星期四 · 农历十月廿五`."""
    day = today(clock)
    return f"{day.month} 月 {day.day} 日 星期{_WEEKDAYS[day.weekday()]} · {lunar_text(day)}"


def backup_item(safety: Safety, now: datetime) -> BandItem:
    """备份 07:12 成功 · 本机 + 第二处."""
    if safety.server:
        return BandItem("备份在服务器上做", "每夜一份", Tone.PLAIN)
    if safety.backup_at is None:
        return BandItem("还没有备份", "登录后到设置里备一次", Tone.WARN)
    fact = backup_fact(safety, now)
    second = safety.second_at is not None and safety.second_at >= safety.backup_at
    places = "本机 + 第二处" if second else "只在本机，第二处没备上" if safety.second_set else "只在本机"
    tone = fact.tone if fact.tone is not Tone.PLAIN else Tone.GOOD
    return BandItem(fact.text.split(" · ")[0], places, tone)
