"""The sentences of 今日: greeting, headline, what is left, countdowns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from centerdesk.app.today.facts import DayFacts, RoundFacts, building_name
from centerdesk.features.checkins.queries import RoundView
from centerdesk.features.checkins.rules import OK, SLOT_TITLES, UNSEEN
from centerdesk.kernel.clock import local

_WEEKDAYS = "一二三四五六日"
_HOUR = 60


def greeting(at: datetime, name: str) -> str:
    """早上好，周敏."""
    hour = local(at).hour
    if hour < 5 or hour >= 23:
        word = "夜里辛苦了"
    elif hour < 11:
        word = "早上好"
    elif hour < 13:
        word = "中午好"
    else:
        word = "下午好" if hour < 18 else "晚上好"
    return f"{word}，{name}"


def date_facts(day: DayFacts) -> str:
    """12 月 3 日 星期四 · 农历十月廿五 · 日出 06:45 · 大雪还有 4 天."""
    d = day.day
    date_words = f"{d.month} 月 {d.day} 日 星期{_WEEKDAYS[d.weekday()]}"
    return " · ".join((date_words, day.lunar, f"日出 {local(day.rise):%H:%M}", day.term))


def minutes_said(minutes: int) -> str:
    """19 分钟, 1 时 50 分, 2 天."""
    if minutes < _HOUR:
        return f"{minutes} 分钟"
    if minutes < 24 * _HOUR:
        hours, rest = divmod(minutes, _HOUR)
        return f"{hours} 时 {rest} 分" if rest else f"{hours} 小时"
    return f"{minutes // (24 * _HOUR)} 天"


def whole_minutes(start: datetime, end: datetime) -> int:
    """Minutes from one instant to the next, begun ones counted."""
    return max(0, -int(-(end - start).total_seconds() // 60))


def headline(facts: RoundFacts, now: datetime) -> str:
    """One sentence with the two counts that matter: windows left, homes in trouble."""
    view, trouble = facts.view, len(facts.alarms)
    title = SLOT_TITLES[view.slot]
    if not view.expected:
        return f"{trouble} 户要处置" if trouble else "今天没有要看的窗"
    if view.left:
        unseen = view.counts.get(UNSEEN, 0)
        if view.opens_at is not None and now < view.opens_at and not view.seen:
            first = f"{title} {local(view.opens_at):%H:%M} 开始，{view.expected} 扇窗"
        elif unseen == view.left:
            first = f"{unseen} 扇窗到点没人看"
        else:
            first = f"还有 {view.left} 扇窗没看"
        return f"{first}，{trouble} 户要处置" if trouble else first
    if trouble:
        return f"{title}的窗都看到了，{trouble} 户要处置"
    return f"{title} {view.expected} 扇都看到了"


def round_line(facts: RoundFacts, now: datetime) -> str:
    """早间 07:30–09:00 · 离收窗 19 分钟 · 周敏在 5 栋，陈嘉禾去 3 栋敲门."""
    view = facts.view
    if view.opens_at is None or view.due_at is None:
        return evening_words(facts.evening) or "登记要本人同意。到“窗帘”里登记一户，这里就会报数。"
    span = f"{SLOT_TITLES[view.slot]} {local(view.opens_at):%H:%M}–{local(view.due_at):%H:%M}"
    parts = [span, _when(view, now), _where(facts)]
    return " · ".join(part for part in parts if part)


def _when(view: RoundView, now: datetime) -> str:
    assert view.opens_at is not None
    assert view.due_at is not None
    signed = [route.signed_at for route in view.routes if route.signed_at is not None]
    if signed and len(signed) == len(view.routes):
        return f"签收于 {local(max(signed)):%H:%M}"
    if now < view.opens_at:
        return f"离开窗 {minutes_said(whole_minutes(now, view.opens_at))}"
    if now <= view.due_at:
        return f"离收窗 {minutes_said(whole_minutes(now, view.due_at))}"
    return "还没签收" if not view.left else f"已过收窗 {minutes_said(whole_minutes(view.due_at, now))}"


_GOING = {"recheck": "复看", "phone": "打电话", "knock": "敲门", "contacts": "找联系人", "entry": "入户"}


def _where(facts: RoundFacts) -> str:
    """Who is where: workers by the newest look, and who took an alarm."""
    taken = [a.row for a in facts.alarms if a.row.acknowledged_at is not None and a.row.ladder.now_who]
    going = {row.ladder.now_who: row for row in taken}
    words = [f"{name}在 {house}" for name, house in facts.positions[:2] if name not in going and house]
    for name, row in list(going.items())[:2]:
        house = building_name(row.building, row.compound if facts.compounds > 1 else "")
        words.append(f"{name}去 {house}{_GOING.get(row.ladder.step.step, '处置')}")
    return "，".join(words)


def evening_words(evening: RoundView | None) -> str:
    """17:30–20:00 看拉帘, "" without an evening round."""
    if evening is None or evening.opens_at is None or evening.due_at is None:
        return ""
    return f"{local(evening.opens_at):%H:%M}–{local(evening.due_at):%H:%M} 看拉帘"


def safe_count(view: RoundView) -> tuple[int, str]:
    """How many showed the agreed sign, and what it is called."""
    return view.counts.get(OK, 0), "已拉平安" if view.slot == "evening" else "已开平安"


def rate_words(seen: int, due: int) -> tuple[str, str]:
    """看护率 in percent with one decimal, and n/d; “—” without a denominator."""
    if not due:
        return "—", "0/0"
    tenths = seen * 1000 // due  # cut, not rounded: 100 % is said only when nothing was missed
    return f"{tenths / 10:.1f}%", f"{seen}/{due}"


def clocked(until: datetime | None, now: datetime) -> str:
    """`10:46` until an alarm goes on by itself; with hours `1:09:46`; 到点 when it is over."""
    if until is None:
        return ""
    left = int((until - now).total_seconds())
    if left <= 0:
        return "到点"
    minutes, seconds = divmod(left, 60)
    if minutes < 100:
        return f"{minutes:02}:{seconds:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def joined(words: Sequence[str]) -> str:
    """Parts that are there, with the middle dot between them."""
    return " · ".join(word for word in words if word)
