"""Reading a phone check-in table: which home a row means, what was seen, which alarms it implies. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID

from centerdesk.features.checkins.rules import (
    HELP,
    NOT_OK,
    OK,
    TROUBLE,
    UNCLEAR,
    UNSEEN,
    slot_at,
)
from centerdesk.features.checkins.rules_ladder import TURN
from centerdesk.features.places.rules import Door, parse_door
from centerdesk.kernel.clock import SHANGHAI
from centerdesk.kernel.record import record

_STATES = {
    ("morning", "已开"): OK, ("morning", "开"): OK, ("morning", "开了"): OK,
    ("morning", "未开"): NOT_OK, ("morning", "没开"): NOT_OK, ("morning", "已拉上"): NOT_OK,
    ("evening", "已拉上"): OK, ("evening", "拉上了"): OK, ("evening", "拉上"): OK,
    ("evening", "未拉上"): NOT_OK, ("evening", "没拉"): NOT_OK, ("evening", "已开"): NOT_OK,
    ("evening", "开"): NOT_OK,
}  # fmt: skip
_ANY_SLOT = {"看不清": UNCLEAR, "求助": HELP}

EMPTY, NO_ADDRESS, ONLY_ROOM, PART_MISSING = "empty", "no address", "only the room number", "room missing"
NO_BUILDING, NO_UNIT, SHORT_ROOM, NO_ROOM = (
    "no such building",
    "no such unit",
    "digit missing",
    "no such room",
)
NO_WORKER, NO_STATE, NO_TIME, TWO_HOMES = "no such worker", "no such state", "no time", "two homes"

REASONS = {
    EMPTY: "房号空着",
    NO_ADDRESS: "没写门牌",
    ONLY_ROOM: "只有室号，不知道哪一栋",
    PART_MISSING: "楼、单元、室缺了一段",
    NO_BUILDING: "名单里没有这一栋",
    NO_UNIT: "这一栋没有这个单元",
    SHORT_ROOM: "室号像是少了一位",
    NO_ROOM: "名单里没有这一户",
    NO_WORKER: "提交人不在看窗名单里",
    NO_STATE: "窗帘状态认不出",
    NO_TIME: "提交时间认不出",
    TWO_HOMES: "这个门牌有两户，不知道是哪一户",
}
"""Why a row fits no home, as the person is told."""


class Home(NamedTuple):
    """One enrolled home, as rows are matched against it."""

    enrolment_id: UUID
    worker: str
    compound: str
    building: str
    unit: str
    room: str
    code: str = ""

    @property
    def door(self) -> tuple[str, str, str]:
        return self.building, self.unit, self.room


@record
class Submission:
    """One row of the table as it stands. `row` counts from 1, the header included; `at` None: unreadable."""

    row: int
    at: datetime | None
    worker: str
    door_text: str
    state_text: str
    note: str = ""


@record
class TableLook:
    """A row that was understood: one look at one window."""

    row: int
    enrolment_id: UUID
    day: date
    slot: str
    at: datetime
    state: str
    worker: str
    note: str


@record
class Unmatched:
    """A row that was not: what it said and why; nothing is guessed."""

    row: int
    worker: str
    door_text: str
    reason: str


@record
class Matched:
    """The whole table, in file order."""

    looks: tuple[TableLook, ...]
    unmatched: tuple[Unmatched, ...]


def match(rows: Iterable[Submission], homes: Sequence[Home]) -> Matched:
    """Every row as a look at a home, or with the reason why not. The time of submission counts."""
    book = _Book(homes)
    looks: list[TableLook] = []
    unmatched: list[Unmatched] = []
    for row in rows:
        found = book.read(row)
        if isinstance(found, TableLook):
            looks.append(found)
        else:
            unmatched.append(Unmatched(row.row, row.worker, row.door_text, found))
    return Matched(tuple(looks), tuple(unmatched))


class _Book:
    """The enrolled homes, by worker and by compound."""

    def __init__(self, homes: Sequence[Home]) -> None:
        self._by_worker: dict[str, list[Home]] = defaultdict(list)
        self._by_compound: dict[str, list[Home]] = defaultdict(list)
        for home in homes:
            self._by_worker[home.worker].append(home)
            self._by_compound[_fold(home.compound)].append(home)
        self._compounds = sorted(filter(None, self._by_compound), key=len, reverse=True)

    def read(self, row: Submission) -> TableLook | str:
        if row.at is None:
            return NO_TIME
        if row.worker not in self._by_worker:
            return NO_WORKER
        home = self._home(row)
        if isinstance(home, str):
            return home
        day, slot = slot_at(row.at.astimezone(SHANGHAI))
        state = state_of(row.state_text, slot)
        if state is None:
            return NO_STATE
        return TableLook(row.row, home.enrolment_id, day, slot, row.at, state, row.worker, row.note)

    def _home(self, row: Submission) -> Home | str:
        text = _fold(row.door_text)
        if not text:
            return EMPTY
        among = self._by_worker[row.worker]
        for compound in self._compounds:
            if text.startswith(compound):
                among, text = self._by_compound[compound], text.removeprefix(compound)
                break
        return _find(text, among)


def _find(text: str, among: Sequence[Home]) -> Home | str:
    door = parse_door(text)
    if door is None or not (door.building and door.unit and door.room):
        return _incomplete(text, door)
    building = [h for h in among if h.building == door.building]
    unit = [h for h in building if h.unit == door.unit]
    room = [h for h in unit if h.room == door.room]
    if len(room) == 1:
        return room[0]
    if room:
        return TWO_HOMES
    if not building:
        return NO_BUILDING
    if not unit:
        return NO_UNIT
    return SHORT_ROOM if any(h.room.startswith(door.room) for h in unit) else NO_ROOM


def _incomplete(text: str, door: Door | None) -> str:
    if not any(c.isdigit() for c in text):
        return NO_ADDRESS
    if len(re.findall(r"\d+", text)) == 1 and (door is None or not door.building):
        return ONLY_ROOM
    return PART_MISSING


def _fold(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def state_of(text: str, slot: str) -> str | None:
    """What was seen; None for words that are not known. An evening curtain still open is 未拉上."""
    folded = _fold(text)
    return _ANY_SLOT.get(folded) or _STATES.get((slot, folded))


def moment(text: str) -> datetime | None:
    """A submission time written as text, `2026-09-01 06:43:35` or with slashes. None if unreadable."""
    try:
        read = datetime.fromisoformat(_fold_time(text))
    except ValueError:
        return None
    return read.replace(tzinfo=SHANGHAI) if read.tzinfo is None else read


def _fold_time(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().replace("/", "-")
    parts = re.split(r"[ T]+", folded, maxsplit=1)
    day = "-".join(p.zfill(2) for p in parts[0].split("-"))
    clock = ":".join(p.zfill(2) for p in parts[1].split(":")) if len(parts) > 1 else "00:00"
    return f"{day}T{clock}"


@record
class PastAlarm:
    """An alarm that history holds for one window. `escalated` only of 未看."""

    opened_as: str
    kind: str
    raised_at: datetime
    escalated: bool = False
    late_look_at: datetime | None = None


def past_alarm(looks: Sequence[tuple[datetime, str]], due_at: datetime) -> PastAlarm | None:
    """What the watcher would have raised for this window; None when nothing.

    `looks` are (instant, state), sorted. Nobody by the window's end: 未看, with the time of the late look,
    escalated when there was none within fifty minutes. Else the first bad look; 求助 if any look said so.
    """
    trouble = [(at, state) for at, state in looks if state in TROUBLE]
    worst = HELP if any(state == HELP for _, state in trouble) else (trouble[0][1] if trouble else "")
    if not looks or looks[0][0] > due_at:
        late = looks[0][0] if looks else None
        turned = late is None or late > due_at + TURN
        kind = worst or (NOT_OK if turned else UNSEEN)
        return PastAlarm(UNSEEN, kind, due_at, turned, late)
    if not trouble:
        return None
    return PastAlarm(trouble[0][1], worst, trouble[0][0])


@record
class EnrolmentLine:
    """One line of an enrolment list. Pauses as (first day, slot, last day, slot, reason)."""

    code: str
    id_no: str
    name: str
    compound: str
    door: str
    worker: str
    first_on: date
    last_on: date | None
    windows: tuple[tuple[str, time, time], ...]
    pauses: tuple[tuple[date, str, date, str, str], ...] = ()


@record
class OutcomeLine:
    """One closed alarm of an outcome list."""

    code: str
    day: date
    slot: str
    closed_at: datetime
    outcome: str
    seen_by: str


SLOT_WORDS: Mapping[str, str] = {"早": "morning", "午": "noon", "晚": "evening"}


def pause_end(text: str, *, last: bool) -> tuple[date, str] | None:
    """`2026-09-25 早` → the day and slot; without a slot the whole day. None for a blank."""
    words = unicodedata.normalize("NFKC", text).split()
    if not words:
        return None
    slot = SLOT_WORDS[words[1]] if len(words) > 1 else ("evening" if last else "morning")
    return date.fromisoformat(words[0]), slot


def span_days(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
