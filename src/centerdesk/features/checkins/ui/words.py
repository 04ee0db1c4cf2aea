"""What the curtain page says: doors, times, states and counts in words. No widgets, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from centerdesk.features.checkins.queries import RoundRow, RoundView, RouteRow
from centerdesk.features.checkins.queries_alarm import AlarmRow, GapRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, SLOT_TITLES, UNCLEAR, UNSEEN
from centerdesk.kernel.clock import local
from centerdesk.qtkit.painted.window_glyph import WindowState

_STATES = {
    DUE: WindowState.TO_DO,
    OK: WindowState.OPEN,
    NOT_OK: WindowState.CLOSED,
    UNCLEAR: WindowState.UNCLEAR,
    HELP: WindowState.HELP,
    UNSEEN: WindowState.UNSEEN,
    PAUSED: WindowState.PAUSED,
}
_EVENING = {OK: WindowState.DRAWN, NOT_OK: WindowState.NOT_DRAWN}
_WORDS = {
    WindowState.TO_DO: "待看",
    WindowState.OPEN: "已开",
    WindowState.CLOSED: "未开",
    WindowState.UNCLEAR: "看不清",
    WindowState.HELP: "求助",
    WindowState.UNSEEN: "没人看",
    WindowState.PAUSED: "暂停",
    WindowState.DRAWN: "已拉上",
    WindowState.NOT_DRAWN: "没拉",
    WindowState.NOT_ENROLLED: "未登记",
}


def glyph(state: str, slot: str) -> WindowState:
    """The drawing of a stored state in a morning or evening round."""
    if slot == "evening" and state in _EVENING:
        return _EVENING[state]
    return _STATES[state]


def state_word(state: str, slot: str) -> str:
    """What the page calls a state: 已开 or 已拉上, 未开 or 没拉."""
    return _WORDS[glyph(state, slot)]


def legend_word(state: str, slot: str) -> str:
    """The word in the legend: short while nothing is missed yet."""
    return "未看" if state == UNSEEN and slot != "evening" else state_word(state, slot)


def clock_word(at: datetime | None) -> str:
    """07:34 of Shanghai, "" for none."""
    return f"{local(at):%H:%M}" if at is not None else ""


def house_words(building: str) -> str:
    """3 栋; a house that has a name of its own keeps it."""
    return f"{building} 栋" if building[-1:].isdigit() else building


def door_words(building: str, unit: str, room: str, door: str) -> str:
    """3 栋 2 单元 501; the short door where a part is missing."""
    if not building:
        return door
    parts = [house_words(building)]
    if unit:
        parts.append(f"{unit} 单元")
    if room:
        parts.append(room)
    return " ".join(parts)


def long_door(door: str) -> str:
    """3-2-501 as 3 栋 2 单元 501, 3-501 as 3 栋 501; anything else as it stands."""
    parts = door.split("-")
    if len(parts) == 3:
        return door_words(parts[0], parts[1], parts[2], door)
    if len(parts) == 2:
        return door_words(parts[0], "", parts[1], door)
    return door


def row_words(row: RoundRow, slot: str, number: str) -> str:
    """One window for a screen reader: 3 栋 2 单元 501，待看，第 4 户."""
    parts = [door_words(row.building, row.unit, row.room, row.door), state_word(row.state, slot)]
    if row.state == PAUSED:
        parts.append(f"到 {row.paused_to.month} 月 {row.paused_to.day} 日" if row.paused_to else "")
    elif row.look_at is not None:
        parts.append(f"{clock_word(row.look_at)}{'到点后看到' if row.late else ''}")
    elif row.state == UNSEEN:
        parts[1] = "到点没人看"
    if number:
        parts.append(f"第 {number} 户")
    if row.alarm_id is not None:
        parts.append("报警还没结")
    return "，".join(p for p in parts if p)


def state_column(row: RoundRow, slot: str) -> str:
    """What stands at the right of a route row: 07:34, 未开 08:17, 暂停 至12-08; "" while it waits."""
    if row.state == PAUSED:
        return f"暂停 至{row.paused_to:%m-%d}" if row.paused_to else "暂停"
    if row.state == DUE:
        return ""
    if row.state == UNSEEN:
        return state_word(UNSEEN, slot)
    when = clock_word(row.look_at)
    if row.state == OK:
        return f"迟看 {when}" if row.late else when
    return f"{state_word(row.state, slot)} {when}".rstrip()


def lasting(delta: timedelta) -> str:
    """剩下的时间 in a panel: 10:46, from an hour on 1:10:46; never below zero."""
    seconds = max(0, int(delta.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


def minutes_words(delta: timedelta) -> str:
    """19 分钟, 1 时 50 分, 2 天; at least one minute."""
    minutes = max(1, int(abs(delta.total_seconds()) // 60))
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60} 时 {minutes % 60} 分" if minutes % 60 else f"{minutes // 60} 小时"
    return f"{minutes // (24 * 60)} 天"


def round_facts(view: RoundView, now: datetime, sun: str) -> str:
    """The line under the title: 早间 07:30–09:00 · 离收窗还有 19 分钟 · 日出 06:45."""
    title = SLOT_TITLES[view.slot]
    if view.opens_at is None or view.due_at is None:
        return f"{title} · 这一轮没有要看的窗"
    span = f"{title} {clock_word(view.opens_at)}–{clock_word(view.due_at)}"
    return " · ".join(part for part in (span, _left(view, now), sun) if part)


def _left(view: RoundView, now: datetime) -> str:
    if view.opens_at is None or view.due_at is None:
        return ""
    if now < view.opens_at:
        return f"离开窗还有 {minutes_words(view.opens_at - now)}"
    if now <= view.due_at:
        return f"离收窗还有 {minutes_words(view.due_at - now)}"
    if view.left:
        return f"已到点 {minutes_words(now - view.due_at)}，{view.left} 扇没人看"
    return f"{view.seen} 扇都看到了" if view.expected else ""


def route_line(slot: str) -> str:
    """早线 or 晚线."""
    return {"morning": "早线", "noon": "午线", "evening": "晚线"}[slot]


def route_titles(view: RoundView, grids: dict[UUID, str] | None = None) -> dict[UUID, str]:
    """What each route is called: its grid when that is its alone, else whose it is."""
    names = grids or {}
    of: dict[UUID, set[UUID | None]] = {}
    for row in view.rows:
        of.setdefault(row.worker_id, set()).add(row.grid_id)
    titles = {}
    for route in view.routes:
        mine = of.get(route.worker_id, set())
        grid = next(iter(mine)) if len(mine) == 1 else None
        shared = grid is None or sum(grid in other for other in of.values()) > 1
        titles[route.worker_id] = route.name if shared or grid not in names else names[grid]
    return titles


def sign_off_gap(rows: Iterable[RoundRow], route: RouteRow | None) -> str:
    """What is missing before the route can be signed off: 还差 6 户、2 个报警; "" when nothing is."""
    if route is None:
        return "没有要看的窗"
    if route.signed_at is not None:
        return f"{clock_word(route.signed_at)} 已签收"
    mine = [r for r in rows if r.worker_id == route.worker_id]
    open_homes = sum(r.state == DUE or (r.state == UNSEEN and r.alarm_id is not None) for r in mine)
    parts = []
    if open_homes:
        parts.append(f"还差 {open_homes} 户")
    if route.unanswered:
        parts.append(f"{'' if parts else '还差 '}{route.unanswered} 个报警")
    return "、".join(parts)


def alarm_line(alarm: AlarmRow) -> str:
    """李桂兰 · 78 岁 · 独居 · 08:17 周敏看."""
    who = alarm.seen_by_worker or alarm.worker
    seen = f"{clock_word(alarm.raised_at)} {who}看"
    if alarm.opened_as == UNSEEN:
        seen = f"{SLOT_TITLES[alarm.slot]} {clock_word(alarm.due_at)} 到点没人看"
    return " · ".join(
        part for part in (alarm.name, f"{alarm.age} 岁" if alarm.age else "", *alarm.tags[:1], seen) if part
    )


def gap_line(gap: GapRow) -> str:
    """08:02–08:19 本机没开，这段不算看过。"""
    span = f"{clock_word(gap.from_at)}–{clock_word(gap.to_at)}"
    if local(gap.from_at).date() != local(gap.to_at).date():
        span = f"{local(gap.from_at):%m-%d %H:%M} 到 {local(gap.to_at):%m-%d %H:%M}"
    if gap.cause == "clock":
        return f"{span} 电脑的钟被拨过。钟现在对吗？对就点“确认”，不对请先调好。"
    return f"{span} 本机没开，这段不算看过。"
