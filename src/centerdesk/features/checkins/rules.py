"""Pure rules of the curtain signal: slots, looks, pauses and the rows expected of each day (FEATURES 3.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from centerdesk.kernel.clock import instant
from centerdesk.kernel.record import record

DUE, OK, NOT_OK, UNCLEAR, HELP = "due", "ok", "not_ok", "unclear", "help"
UNSEEN, PAUSED, VOID = "unseen", "paused", "void"

LOOK_STATES = (OK, NOT_OK, UNCLEAR, HELP)
"""What a look can say."""
TROUBLE = frozenset((NOT_OK, UNCLEAR, HELP))
"""Looks that open an alarm."""

SLOTS = ("morning", "noon", "evening")
SLOT_TITLES = {"morning": "早间", "noon": "午间", "evening": "晚间"}
KINDS = ("curtain", "plate", "flag", "rubbish", "phone")
DEFAULT_WINDOWS = {"morning": (time(7, 30), time(9, 0)), "evening": (time(17, 30), time(20, 0))}

HORIZON_DAYS = 7
"""Expected rows are made this many days ahead (RELIABILITY 2.2)."""
PAUSE_DAYS = 30
"""The longest approved absence (G20)."""
PROLONG_DAYS = 7
"""In so many last days of a pause the next one may be booked that leaves no window to look at between them."""

_DAYBREAK, _HALF = time(5, 0), time(17, 0)

_STATE_TITLES = {
    DUE: "待看", OK: "已开", NOT_OK: "未开", UNCLEAR: "看不清", HELP: "求助", UNSEEN: "未看", PAUSED: "暂停",
    VOID: "不再应看",
}  # fmt: skip
_EVENING_TITLES = {OK: "已拉上", NOT_OK: "未拉上"}


def state_title(state: str, slot: str = "morning") -> str:
    """The state as it is said of a morning or an evening window: 已开, 已拉上."""
    if slot == "evening" and state in _EVENING_TITLES:
        return _EVENING_TITLES[state]
    return _STATE_TITLES[state]


def slot_order(slot: str) -> int:
    """Raises ValueError for a word that is no slot."""
    return SLOTS.index(slot)


def slot_at(wall: datetime) -> tuple[date, str]:
    """The round a Shanghai wall time belongs to: 05:00–17:00 the day's morning, else the evening.

    After midnight it is still the evening of the day before.
    """
    if _DAYBREAK <= wall.time() < _HALF:
        return wall.date(), "morning"
    return (wall.date() if wall.time() >= _HALF else wall.date() - timedelta(days=1)), "evening"


def look_span(day: date, slot: str) -> tuple[datetime, datetime]:
    """From when to when (half open) a look counts for the window, early and late ones included."""
    if slot == "evening":
        return instant(day, _HALF), instant(day + timedelta(days=1), _DAYBREAK)
    return instant(day, _DAYBREAK), instant(day, _HALF)


@record
class Projection:
    """What the looks at one window add up to. The last look is the state, any look in the window is in time.

    `looked_by` is who looked first: that person found the home in time or late, who passes again does not.
    """

    state: str = DUE
    looks: int = 0
    in_time: bool = False
    first_look_at: datetime | None = None
    last_look_at: datetime | None = None
    looked_by: UUID | None = None


class Sight(NamedTuple):
    """One look, as the rules see it."""

    at: datetime
    state: str
    by_id: UUID | None


def with_look(seen: Projection, look: Sight, opens_at: datetime, due_at: datetime) -> Projection:
    """The window after one more look; looks may arrive in any order of their instants."""
    newest = seen.last_look_at is None or look.at >= seen.last_look_at
    first = seen.first_look_at is None or look.at < seen.first_look_at
    return Projection(
        look.state if newest else seen.state,
        seen.looks + 1,
        seen.in_time or opens_at <= look.at <= due_at,
        look.at if first else seen.first_look_at,
        look.at if newest else seen.last_look_at,
        look.by_id if first else seen.looked_by,
    )


@record
class PauseSpan:
    """暂停 from a slot of one day to a slot of another, both inclusive."""

    first_on: date
    first_slot: str
    last_on: date
    last_slot: str

    @property
    def starts(self) -> tuple[date, int]:
        """Its first window, as windows are ordered."""
        return self.first_on, slot_order(self.first_slot)

    @property
    def ends(self) -> tuple[date, int]:
        """Its last window."""
        return self.last_on, slot_order(self.last_slot)

    @property
    def prolonged_from(self) -> date:
        """From this day on somebody may decide anew: the last seven of it."""
        return max(self.first_on, self.last_on - timedelta(days=PROLONG_DAYS - 1))

    def covers(self, day: date, slot: str) -> bool:
        return self.starts <= (day, slot_order(slot)) <= self.ends

    def overlaps(self, other: PauseSpan) -> bool:
        return self.starts <= other.ends and other.starts <= self.ends

    def runs_into(self, later: PauseSpan, slots: Collection[str]) -> bool:
        """Does `later` follow with no window to look at in between? `slots`: the windows of a day."""
        if later.starts <= self.ends or (later.first_on - self.last_on).days > 1:
            return False
        between = ((day, slot_order(slot)) for day in (self.last_on, later.first_on) for slot in slots)
        return not any(self.ends < window < later.starts for window in between)


def pause_problem(span: PauseSpan, today: date) -> dict[str, str]:
    """Why this pause cannot be set, by field; empty when it can."""
    if span.first_on < today:
        return {"first_on": "暂停不能从过去的日子算起：过去没看的，照实记没看。请从今天或以后开始。"}
    if span.starts > span.ends:
        return {"last_on": "回来的日子早于走的日子，请改。"}
    if (span.last_on - span.first_on).days >= PAUSE_DAYS:
        return {
            "last_on": f"暂停最长 {PAUSE_DAYS} 天，最后 {PROLONG_DAYS} 天里可以再续。请写近一点的回来日子。"
        }
    return {}


def prolonging_problem(
    span: PauseSpan, others: Iterable[PauseSpan], slots: Collection[str], today: date
) -> dict[str, str]:
    """Why this pause cannot be joined to another one today, by field; empty when it can.

    Nobody is away for more than a month at a stretch on one decision (G20): of two pauses with no window to look
    at between them, the second to be booked waits for the last days of the earlier one.
    """
    for other in others:
        if other.runs_into(span, slots) and today < other.prolonged_from:
            return {
                "first_on": f"前面那段停到 {_said(other.last_on)}，中间一窗也不看，{_said(other.prolonged_from)}起"
                "才能接着续：停满一个月，要有人重新定。"
            }
        if span.runs_into(other, slots) and today < span.prolonged_from:
            return {
                "last_on": f"{_said(other.first_on)}起已经设了暂停，这两段连着，中间一窗也不看，"
                f"{_said(span.prolonged_from)}起才能连上：停满一个月，要有人重新定。"
            }
    return {}


def joined_to(span: PauseSpan, others: Iterable[PauseSpan], slots: Collection[str]) -> list[PauseSpan]:
    """The pauses that run on from this one, one after the other, in order."""
    chain = [span]
    for other in sorted(others, key=lambda o: o.starts):
        if chain[-1].runs_into(other, slots):
            chain.append(other)
    return chain[1:]


def _said(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


class WindowSpan(NamedTuple):
    """时段: Shanghai wall time, both ends inclusive."""

    slot: str
    starts: time
    ends: time


def window_problem(windows: Sequence[WindowSpan]) -> str | None:
    """Why these windows cannot be kept, or None. One window a slot, inside the slot's half of the day."""
    if not windows:
        return "至少要有一个看窗时段。"
    if len({w.slot for w in windows}) < len(windows):
        return "同一时段写了两次，请留一个。"
    for window in windows:
        if window.slot not in SLOTS:
            return "时段只有早、午、晚三种。"
        if window.starts >= window.ends:
            return f"{SLOT_TITLES[window.slot]}的结束要晚于开始。"
        inside = window.starts >= _HALF if window.slot == "evening" else window.starts >= _DAYBREAK
        if not inside or (window.slot != "evening" and window.ends > _HALF):
            return "早间、午间的时段要在 05:00–17:00 之间，晚间的要在 17:00 以后。"
    return None


@record
class Standing:
    """One enrolment as the plan sees it: who, when, where, with the pauses that are set."""

    enrolment_id: UUID
    worker_id: UUID
    first_on: date
    last_on: date | None
    windows: tuple[WindowSpan, ...]
    pauses: tuple[PauseSpan, ...] = ()
    dwelling_id: UUID | None = None
    grid_id: UUID | None = None

    def on(self, day: date) -> bool:
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


@record
class Row:
    """One expected check as the plan sees it. `id` None: it must still be made."""

    enrolment_id: UUID
    day: date
    slot: str
    opens_at: datetime
    due_at: datetime
    state: str
    looks: int
    worker_id: UUID
    dwelling_id: UUID | None
    grid_id: UUID | None
    id: UUID | None = None

    @property
    def key(self) -> tuple[date, str]:
        return self.day, self.slot


def wanted(
    standing: Standing, days: Iterable[date], deputies: Mapping[date, Mapping[UUID, UUID]]
) -> Iterator[Row]:
    """The rows that these days ought to have, in order. `deputies`: who stands in for whom, by day."""
    for day in days:
        if not standing.on(day):
            continue
        worker = deputies.get(day, {}).get(standing.worker_id, standing.worker_id)
        for window in standing.windows:
            paused = any(p.covers(day, window.slot) for p in standing.pauses)
            yield Row(
                standing.enrolment_id, day, window.slot,
                instant(day, window.starts), instant(day, window.ends),
                PAUSED if paused else DUE, 0, worker, standing.dwelling_id, standing.grid_id,
            )  # fmt: skip


def reconcile(
    standing: Standing,
    present: Mapping[tuple[date, str], Row],
    known_to: date | None,
    at: datetime,
    days: Sequence[date],
    deputies: Mapping[date, Mapping[UUID, UUID]],
) -> tuple[list[Row], list[Row]]:
    """What must be made and what must be changed so that the future is as enrolled; idempotent.

    `known_to` is the last day the elder has rows for: days after it are made even when their windows are over
    (the desk was off; they must alarm), days before it only where the window still lies ahead. What is over
    stays as it was, a window that has begun keeps its times, and one that was looked at keeps its state.
    """
    make: list[Row] = []
    change: list[Row] = []
    target = {row.key: row for row in wanted(standing, days, deputies)}
    for key, row in target.items():
        old = present.get(key)
        if old is None:
            if row.due_at > at or (known_to is not None and row.day > known_to):
                make.append(row)
        elif old.due_at > at and (new := _changed(old, row, at)) != old:
            change.append(new)
    for key, old in present.items():
        idle = old.looks == 0 and old.state in (DUE, PAUSED) and old.due_at > at
        if key not in target and idle:
            change.append(replace(old, state=VOID))
    return make, change


def _changed(old: Row, row: Row, at: datetime) -> Row:
    begun = old.opens_at <= at
    idle = old.looks == 0 and old.state in (DUE, PAUSED, VOID)
    return replace(
        row,
        id=old.id,
        looks=old.looks,
        state=row.state if idle else old.state,
        dwelling_id=row.dwelling_id or old.dwelling_id,  # a lost door keeps the last known one
        grid_id=row.grid_id if row.dwelling_id else old.grid_id,
        opens_at=old.opens_at if begun else row.opens_at,
        due_at=old.due_at if begun else row.due_at,
    )


@record
class Balance:
    """夜间平账. `expected = seen + missed + excused + due`, and `due` is nothing that is over.

    `stray` counts rows whose state and looks contradict each other; any of them breaks the balance.
    """

    expected: int
    seen: int
    missed: int
    excused: int
    due: int
    stray: int = 0

    @property
    def ok(self) -> bool:
        return self.stray == 0 and self.expected == self.seen + self.missed + self.excused + self.due
