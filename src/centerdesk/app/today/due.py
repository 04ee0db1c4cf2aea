"""今天到期: the routes of the round, windows paused until soon, unwatched stretches, people to verify, birthdays.

Only what the features of today know; each is one row with a way to its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.app.pulse import CHECKINS, said
from centerdesk.app.today.facts import READ, building_name
from centerdesk.app.today.words import joined, minutes_said, whole_minutes
from centerdesk.features.checkins.queries import RoundView, RouteRow, get_round
from centerdesk.features.checkins.queries_alarm import GapRow, watch_state
from centerdesk.features.checkins.rules import DUE, PAUSED, SLOT_TITLES, UNSEEN
from centerdesk.features.people.queries import LedgerFilter, LedgerOrder, count_residents, page_residents
from centerdesk.features.people.queries_proposals import proposals
from centerdesk.features.people.rules_proposals import OPEN
from centerdesk.kernel.clock import Clock, local, today
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import Target, Tone
from centerdesk.kernel.record import record

PEOPLE = "people"
FIND = "people.find"
_CAUSES = {"clock": "机器的钟跳过", "off": "本机没开"}
SHOWN = 3
"""Rows of a long group; the rest is on its page."""


@record
class DueRow:
    """到期的一件. `right` is the time left in words, `part` how far it is (None: no bar), `mine` for 我的."""

    icon: str
    title: str
    detail: str
    right: str = ""
    tone: Tone = Tone.PLAIN
    part: float | None = None
    badge: str = ""
    mine: bool = True
    target: Target | None = None


@record
class DueGroup:
    """One heading with its rows. `count` is of all, not of the rows shown; `way` leads to the page."""

    title: str
    facts: str
    rows: tuple[DueRow, ...]
    page: str
    way: str = "全部"
    count: int = 0
    mine: int = 0


def read_due(session: Session, actor: Actor, clock: Clock) -> tuple[DueGroup, ...]:
    """All groups that have something; empty when today's work is done."""
    groups: list[DueGroup] = []
    if actor.may(READ):
        now = clock.now()
        view = get_round(session, actor, now)
        groups += _gaps(watch_state(session, now).gaps, now)
        groups += _routes(view, actor, now)
        groups += _pauses(view, today(clock))
    if actor.may(FIND):
        groups += _proposals(session, actor, clock)
        groups += _stale(session, actor, clock)
        groups += _birthdays(session, actor, clock)
    return tuple(groups)


def _gaps(gaps: Iterable[GapRow], now: datetime) -> Iterator[DueGroup]:
    """本机没开 stretches that nobody has owned up to."""
    rows = tuple(
        DueRow(
            "clock_alarm",
            f"{local(g.from_at):%H:%M}–{local(g.to_at):%H:%M} {_CAUSES.get(g.cause, g.cause)}",
            "这段不算看过，要有人认下",
            said(g.to_at, now),
            Tone.WARN,
            target=Target(CHECKINS),
        )
        for g in gaps
    )
    if rows:
        yield DueGroup(
            "看护", f"{len(rows)} 段没看着", rows[:SHOWN], CHECKINS, "去认下", len(rows), len(rows)
        )


def _routes(view: RoundView, actor: Actor, now: datetime) -> Iterator[DueGroup]:
    """Each worker's part of the round; what is signed off is no longer due."""
    open_ = [r for r in view.routes if r.signed_at is None and r.due]
    own = [r for r in open_ if r.worker_id == actor.account_id]
    ordered = sorted(open_, key=lambda r: (r.worker_id != actor.account_id, r.seen / r.due))
    rows = tuple(_route(view, r, now, mine=r in own or not own) for r in ordered)
    if rows:
        facts = f"{len(rows)} 条路线，{view.left} 扇没看" if view.left else f"{len(rows)} 条路线等签收"
        mine = sum(row.mine for row in rows)
        yield DueGroup(f"{SLOT_TITLES[view.slot]}看窗", facts, rows, CHECKINS, "去看窗", len(rows), mine)


def _route(view: RoundView, route: RouteRow, now: datetime, *, mine: bool) -> DueRow:
    waiting = [r for r in view.rows if r.worker_id == route.worker_id and r.state in (DUE, UNSEEN)]
    houses = list(dict.fromkeys(building_name(r.building) for r in waiting if r.building))
    left = f"还有 {len(waiting)} 扇" if waiting else "都看到了，等签收"
    shown = "、".join(houses[:4])
    detail = joined((left, f"{shown} 等" if len(houses) > 4 else shown))
    right, tone = _left(view.due_at, now)
    return DueRow(
        "curtain",
        f"{route.name} 的路线",
        detail,
        right if waiting else "待签收",
        tone if waiting else Tone.PLAIN,
        route.seen / route.due,
        f"{route.seen}/{route.due}",
        mine,
        Target(CHECKINS),
    )


def _left(due_at: datetime | None, now: datetime) -> tuple[str, Tone]:
    if due_at is None:
        return "", Tone.PLAIN
    if now > due_at:
        return f"超 {minutes_said(whole_minutes(due_at, now))}", Tone.ALARM
    minutes = whole_minutes(now, due_at)
    return f"剩 {minutes_said(minutes)}", Tone.WARN if minutes <= 30 else Tone.PLAIN


def _pauses(view: RoundView, day: date) -> Iterator[DueGroup]:
    """Homes that come back within two days: somebody asks whether they really do."""
    soon = [
        r
        for r in view.rows
        if r.state == PAUSED and r.paused_to is not None and day <= r.paused_to <= day + timedelta(days=2)
    ]
    rows = tuple(
        DueRow(
            "pause",
            f"{_door(r.compound, r.door)} 暂停到 {'今天' if r.paused_to == day else f'{r.paused_to:%m-%d}'}",
            "回来了就照常看，没回来再续",
            "今天到期" if r.paused_to == day else f"剩 {(r.paused_to - day).days} 天",
            Tone.WARN if r.paused_to == day else Tone.PLAIN,
            target=Target(CHECKINS),
        )
        for r in sorted(soon, key=lambda r: r.paused_to or day)
        if r.paused_to is not None
    )
    if rows:
        yield DueGroup("暂停快到", f"{len(rows)} 户", rows[:SHOWN], CHECKINS, "全部", len(rows), len(rows))


def _door(compound: str, door: str) -> str:
    return f"{compound} {door}" if compound else door


def _proposals(session: Session, actor: Actor, clock: Clock) -> Iterator[DueGroup]:
    """What colleagues asked for and this person answers; the longest waiting first."""
    rows = tuple(
        DueRow(
            "task_list",
            f"{row.title} · {row.name}",
            joined((row.door, row.facts, f"{row.word}，{row.by} 提")),
            said(row.at, clock.now()),
            Tone.WARN,
            target=Target(PEOPLE, row.resident_id),
        )
        for row in proposals(session, actor)
        if row.decides and row.state == OPEN
    )
    if rows:
        facts = f"{len(rows)} 件等您定"
        yield DueGroup("提议", facts, rows[:SHOWN], PEOPLE, "去定", len(rows), len(rows))


def _stale(session: Session, actor: Actor, clock: Clock) -> Iterator[DueGroup]:
    """People nobody confirmed for sixty days; the longest ago first."""
    wanted = LedgerFilter("stale")
    count = count_residents(session, actor, clock, wanted)
    if not count:
        return
    rows: list[DueRow] = []
    if actor.may(FIND, Reach.OWN):
        oldest = page_residents(session, actor, clock, wanted, None, SHOWN, LedgerOrder("verified"))
        for r in oldest.rows:
            since = f"上次 {r.verified_on:%Y-%m-%d}" if r.verified_on else "还没核实过"
            age = f" {r.age} 岁" if r.age is not None else ""
            rows.append(
                DueRow(
                    "document_check",
                    f"{r.name}{age} · 核实",
                    joined((_door(r.compound, r.door), r.grid, since)),
                    "逾期",
                    Tone.WARN,
                    target=Target(PEOPLE, r.id),
                )
            )
    yield DueGroup(
        "核实", f"{count:,} 人 60 天没核实，先列最久的", tuple(rows), PEOPLE, "去核实", count, count
    )


def _birthdays(session: Session, actor: Actor, clock: Clock) -> Iterator[DueGroup]:
    """Round birthdays of elders first, then whoever is oldest; this week."""
    wanted, day = LedgerFilter("birthday", min_age=60), today(clock)
    count = count_residents(session, actor, clock, wanted)
    if not count or not actor.may(FIND, Reach.OWN):
        return
    page = page_residents(session, actor, clock, wanted, None, 60, LedgerOrder("age"))
    rows = [_birthday(r.id, r.name, _door(r.compound, r.door), r.birth_on, day) for r in page.rows]
    chosen = sorted((r for r in rows if r is not None), key=lambda each: each[0])[:SHOWN]
    yield DueGroup(
        "生日", f"本周 {count} 位老人", tuple(row for _key, row in chosen), PEOPLE, "全部", count, count
    )


def _birthday(
    row_id: UUID, name: str, door: str, born: date | None, day: date
) -> tuple[tuple[int, int, str], DueRow] | None:
    if born is None:
        return None
    at = next(
        (
            d
            for d in (day + timedelta(days=n) for n in range(7))
            if (d.month, d.day) == (born.month, born.day)
        ),
        None,
    )
    if at is None:
        return None
    years, away = at.year - born.year, (at - day).days
    when = ("今天", "明天", "后天")[away] if away < 3 else f"{at:%m-%d}"
    row = DueRow(
        "gift", f"{name} 满 {years} 岁", door, when, Tone.WARN if away == 0 else Tone.PLAIN,
        badge="整寿" if years % 10 == 0 else "", target=Target(PEOPLE, row_id),
    )  # fmt: skip
    return (0 if years % 10 == 0 else 1, away, name), row
