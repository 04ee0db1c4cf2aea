"""The cards at the right of 今日: the month's return, the ledger in figures, the safety of the data."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from centerdesk.app.pulse import OLD, Safety, said
from centerdesk.app.today.facts import READ
from centerdesk.features.checkins.queries_alarm import watch_state
from centerdesk.features.people.queries import VIEWS, LedgerFilter, count_households, count_residents
from centerdesk.features.returns.queries import EditionRow, editions, get_edition
from centerdesk.features.returns.rules import DONE, Figure
from centerdesk.kernel.clock import Clock, Month, today, until_said
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import Tone
from centerdesk.kernel.record import record

RETURNS, PEOPLE = "returns", "people"
DUE_DAY = 5
"""Day of the next month on which a return is due at the street office (UI 01, 24)."""


@record
class Line:
    """A line of a card: an icon that says how it stands, and words."""

    icon: str
    text: str
    tone: Tone = Tone.PLAIN


@record
class MonthFacts:
    """月报 of the month that is due next. `state` and `tone` for the badge, `value`/`of` the figure."""

    month: Month
    state: str
    tone: Tone
    value: str
    of: str
    part: tuple[int, int]
    due: str
    lines: tuple[Line, ...]
    act: str


def read_month(session: Session, actor: Actor, clock: Clock) -> MonthFacts | None:
    """The return to look after: last month's until it is done, then this month's. None without the right."""
    if not actor.may("returns.read"):
        return None
    day = today(clock)
    month = Month.of(day).previous
    kept = editions(session, actor, month)
    if kept and kept[0].state == DONE and day.day > DUE_DAY:
        month = Month.of(day)
        kept = editions(session, actor, month)
    figures = get_edition(session, actor, kept[0].id)[1] if kept else ()
    return month_facts(month, kept[0] if kept else None, figures, day)


def month_facts(
    month: Month, edition: EditionRow | None, figures: tuple[Figure, ...], day: date
) -> MonthFacts:
    """The card's words from the newest edition of the month, None when there is none. Pure."""
    due = month.next.first.replace(day=DUE_DAY)
    left = (due - day).days
    if edition is not None and edition.state == DONE:
        badge, tone = "已完成", Tone.GOOD
    elif left < 0:
        badge, tone = f"超 {-left} 天", Tone.ALARM
    else:
        badge = "今天报" if left == 0 else f"还有 {left} 天"
        tone = Tone.WARN if left <= 3 else Tone.PLAIN
    whole = [f for f in figures if f.where_id is None]
    told = [f for f in whole if f.month.value is not None]
    lines = _lines(edition, whole)
    if edition is None:
        lines = (Line("edit", f"{month.month} 月的还没编，编一次就出数"),)
    return MonthFacts(
        month,
        badge,
        tone,
        str(len(told)) if edition else "未编",
        f"{len(whole)} 项出数" if edition else "",
        (len(told), len(whole)),
        f"{due:%m-%d} 报街道",
        lines,
        "继续编制" if edition and edition.state != DONE else "看月报" if edition else "开始编制",
    )


def _lines(edition: EditionRow | None, whole: list[Figure]) -> tuple[Line, ...]:
    if edition is None:
        return ()
    empty = sum(f.month.value is None for f in whole)
    same = sum(f.month == f.previous for f in whole)
    state = "已完成" if edition.state == DONE else "草稿"
    return (
        Line("document_table", f"第 {edition.edition} 版 · {state} · 截至 {until_said(edition.as_of)}"),
        Line("warning", f"{empty} 项没有数，印成“—”", Tone.WARN)
        if empty
        else Line("checkmark_circle", "每一项都有数", Tone.GOOD),
        Line("checkmark_circle", f"环比变了 {len(whole) - same} 项，校验码 {edition.code}", Tone.GOOD),
    )


@record
class LedgerFacts:
    """台账 in figures; every one opens the ledger."""

    people: int
    households: int
    views: tuple[tuple[str, int], ...]


_SHOWN = ("alone", "aged80")
"""Views that the card counts beside everybody: each is a short question of its own, all views are a long one."""


def read_ledger(session: Session, actor: Actor, clock: Clock) -> LedgerFacts | None:
    """Counts only; None for who may not even count."""
    if not actor.may("people.find", Reach.COUNT):
        return None
    found = {v: count_residents(session, actor, clock, LedgerFilter(v)) for v in ("all", *_SHOWN)}
    houses = count_households(session, actor) if actor.may("people.find", Reach.OWN) else 0
    return LedgerFacts(found["all"], houses, tuple((VIEWS[v], found[v]) for v in _SHOWN))


@record
class CareFacts:
    """What the safety card needs of the database: when the watcher looked last."""

    beat: str
    silent: bool


def read_care(session: Session, actor: Actor, clock: Clock) -> CareFacts:
    """The watcher's last sign of life."""
    state = watch_state(session, clock.now())
    seen = said(state.beat_at, clock.now()) if state.beat_at else ""
    return CareFacts(seen, state.silent and actor.may(READ))


def safety_lines(
    safety: Safety, care: CareFacts, idle_minutes: int, sheet: str, clock: Clock
) -> tuple[Line, ...]:
    """数据平安 in lines: backup, second place, watcher, sheet, idle lock. `sheet`: the recovery sheet's words."""
    now = clock.now()
    if safety.server:
        lines = [Line("checkmark_circle", "备份在服务器上做，每夜一份")]
    elif safety.backup_at is None:
        lines = [Line("warning", "还没有备份，按 Ctrl B 备一次", Tone.WARN)]
    else:
        old = now - safety.backup_at > OLD
        where = "本机 + 第二处" if safety.second_at and safety.second_at >= safety.backup_at else "只在本机"
        good = "成功" if safety.good else "有疑问"
        tone = Tone.GOOD if safety.good and not old else Tone.WARN
        lines = [Line(_sign(tone), f"备份 {said(safety.backup_at, now)} {good}，{where}", tone)]
        if not safety.second_set:
            lines[0] = Line("warning", f"备份 {said(safety.backup_at, now)} {good}，只有一处", Tone.WARN)
    if care.silent:
        lines.append(Line("error_circle", "看护程序没在跑，漏看不会响", Tone.ALARM))
    elif care.beat:
        lines.append(Line("checkmark_circle", f"看护程序 {care.beat} 还在看", Tone.GOOD))
    if sheet:
        lines.append(Line("checkmark_circle", sheet, Tone.GOOD))
    lines.append(Line("clock", f"无操作 {idle_minutes} 分钟自动锁屏"))
    return tuple(lines)


def _sign(tone: Tone) -> str:
    return "checkmark_circle" if tone is Tone.GOOD else "warning"
