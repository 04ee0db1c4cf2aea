"""The records behind one number, in words: who, which door, which window, and where a click leads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck
from centerdesk.features.checkins.rules import DUE, PAUSED, SLOT_TITLES, UNSEEN, state_title
from centerdesk.features.people import api as people
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places import api as places
from centerdesk.features.returns.models import FigureRows, ReturnEdition
from centerdesk.features.returns.rules import Figure, restore, unpack
from centerdesk.kernel.clock import Month, local
from centerdesk.kernel.errors import NotFound
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.masking import mask_name
from centerdesk.kernel.paging import Key, Page

GONE = "已不在库里"
_NOTE_DAY = {"people.moved_in": "move_in_on", "people.moved_out": "left_on", "people.died": "left_on"}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """明细的一行. `door` how people say it, `note` the day or the age, `detail` the rest in one line.

    `mark` is what it is about in one word (未看, 看不清), "" for persons.
    `number` counts from 1 in the order of the edition. Identity numbers are masked; the name too where the
    reader has no right to it. `page` and `target_id` say where a click leads ("" and None: nowhere).
    """

    id: UUID
    number: int
    door: str
    title: str
    detail: str
    note: str
    mark: str = ""
    page: str = ""
    target_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a description needs beside the ids."""

    session: Session
    actor: Actor
    figure: Figure
    month: Month


def page_records(
    session: Session, actor: Actor, edition_id: UUID, key: str, after: Key | None, limit: int
) -> Page[RecordRow]:
    """Records behind the number `key` (Figure.key) of an edition, in its order.

    The list of an edition never changes, so the place in it is a key that neither repeats nor slips.
    Raises NotFound, PermissionDenied.
    """
    ask, ids = _behind(session, actor, edition_id, key)
    start = int(after[0]) if after else 0
    wanted = ids[start : start + limit]
    describe = _DESCRIBE.get(ask.figure.record)
    words = describe(ask, wanted) if describe is not None else {}
    rows = tuple(
        _row(row_id, start + at, words.get(row_id, _Words(title=GONE))) for at, row_id in enumerate(wanted, 1)
    )
    end = start + len(wanted)
    return Page(rows, (end,) if end < len(ids) else None)


def all_records(session: Session, actor: Actor, edition_id: UUID, key: str) -> tuple[RecordRow, ...]:
    """The whole list, for the annex. Raises NotFound, PermissionDenied."""
    rows: list[RecordRow] = []
    after: Key | None = None
    while True:
        page = page_records(session, actor, edition_id, key, after, 500)
        rows += page.rows
        after = page.next_key
        if after is None:
            return tuple(rows)


def _behind(session: Session, actor: Actor, edition_id: UUID, key: str) -> tuple[_Ask, tuple[UUID, ...]]:
    actor.require("returns.read")
    edition = session.get(ReturnEdition, edition_id)
    if edition is None:
        raise NotFound("这一版月报找不到了。请回到月报页重新编一次。")
    name = key.partition("@")[0]
    same = restore([entry for entry in edition.figures if entry["indicator"] == name])
    figure = next((f for f in same if f.key == key), None)
    if figure is None:
        raise NotFound("这一版月报里没有这个数。请刷新后再看。")
    blob = session.scalar(
        select(FigureRows.row_ids).where(FigureRows.edition_id == edition_id, FigureRows.figure == key)
    )
    return _Ask(session, actor, figure, Month.parse(edition.period)), unpack(blob) if blob else ()


@dataclass(frozen=True, slots=True)
class _Words:
    """One described record before it has its number."""

    door: str = ""
    title: str = ""
    detail: str = ""
    note: str = ""
    mark: str = ""
    page: str = ""
    target_id: UUID | None = None

    def opening(self, page: str, target_id: UUID | None) -> _Words:
        """With where a click leads; None: nowhere."""
        return replace(self, page=page, target_id=target_id) if target_id is not None else self


def _row(row_id: UUID, number: int, w: _Words) -> RecordRow:
    return RecordRow(row_id, number, w.door, w.title, w.detail, w.note, w.mark, w.page, w.target_id)


def _named(name: str, grid_id: UUID | None, only: Collection[UUID] | None) -> tuple[str, bool]:
    """The name as this reader may see it, and whether the record may be opened."""
    mine = only is None or grid_id in only
    return (name if mine else mask_name(name)), mine


# --- persons and households -----------------------------------------------------------------------------------


def _residents(ask: _Ask, ids: Sequence[UUID]) -> Mapping[UUID, _Words]:
    only, last = ask.actor.grids("people.find"), ask.month.last
    found = people.persons(ask.session, ids, last)
    days = _days(ask, ids)
    words = {}
    for row_id, p in found.items():
        name, mine = _named(p.name, p.grid_id, only)
        age = people.age_on(p.birth_on, last)
        sex = {1: "男", 2: "女"}.get(p.sex, "")
        note = days.get(row_id, "" if age is None else f"{age} 岁")
        detail = " · ".join(part for part in (sex, p.compound, p.id_mask, "、".join(p.tags)) if part)
        words[row_id] = _Words(p.door, name, detail, note).opening("people", row_id if mine else None)
    return words


def _days(ask: _Ask, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Of a movement the day it happened on."""
    column = _NOTE_DAY.get(ask.figure.indicator)
    if column is None:
        return {}
    stmt = select(Resident.id, getattr(Resident, column)).where(Resident.id.in_(ids))
    return {row_id: f"{day:%m-%d}" if day else "" for row_id, day in ask.session.execute(stmt)}


def _households(ask: _Ask, ids: Sequence[UUID]) -> Mapping[UUID, _Words]:
    only = ask.actor.grids("people.find")
    households = ask.session.execute(
        select(Household.id, Household.dwelling_id, Household.head_id).where(Household.id.in_(ids))
    ).all()
    members = _members(ask, ids)
    doors = places.door_labels(ask.session, {h.dwelling_id for h in households if h.dwelling_id})
    heads = people.persons(ask.session, {i for h in households for i in _shown(h, members)}, ask.month.last)
    words = {}
    for h in households:
        door = doors.get(h.dwelling_id)
        head = next((heads[i] for i in _shown(h, members) if i in heads), None)
        name, mine = _named(head.name if head else "没写户主", door.grid_id if door else None, only)
        count = len(members.get(h.id, ()))
        said = _Words(
            door.door if door else "没有门牌", name, door.compound if door else "", f"常住 {count} 人"
        )
        words[h.id] = said.opening("people", head.id if mine and head else None)
    return words


def _members(ask: _Ask, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """常住 members there at the end of the month: the ones that made the household count."""
    last, r = ask.month.last, Resident
    stmt = (
        select(r.household_id, r.id)
        .where(
            r.household_id.in_(ids),
            r.residence == "常住",
            r.status != "回收站",
            func.coalesce(r.move_in_on, last) <= last,
            func.coalesce(r.birth_on, last) <= last,
            (r.left_on.is_(None)) | (r.left_on > last),
        )
        .order_by(r.birth_on, r.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for household_id, resident_id in ask.session.execute(stmt):
        if household_id is not None:
            found.setdefault(household_id, []).append(resident_id)
    return found


def _shown(h: Any, members: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """Whose name stands for a household: the head, else its oldest member."""
    return [i for i in (h.head_id, *members.get(h.id, ())[:1]) if i is not None]


# --- windows and alarms -----------------------------------------------------------------------------------------


def _checks(ask: _Ask, ids: Sequence[UUID]) -> Mapping[UUID, _Words]:
    stmt = (
        select(ExpectedCheck, Enrolment.resident_id, Enrolment.code)
        .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
        .where(ExpectedCheck.id.in_(ids))
    )
    found = ask.session.execute(stmt).all()
    who = _Elders(ask, [(r.resident_id, r[0].dwelling_id, r[0].grid_id) for r in found])
    return {
        check.id: who.words(
            resident_id, check.dwelling_id, check.grid_id, f"{code} · {_seen(check)}", _window(check),
            state_title(check.state, check.slot),
        )
        for check, resident_id, code in found
    }  # fmt: skip


def _alarms(ask: _Ask, ids: Sequence[UUID]) -> Mapping[UUID, _Words]:
    stmt = (
        select(Alarm, ExpectedCheck, Enrolment.resident_id, Enrolment.code)
        .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
        .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
        .where(Alarm.id.in_(ids))
    )
    found = ask.session.execute(stmt).all()
    who = _Elders(ask, [(r.resident_id, r[1].dwelling_id, r[1].grid_id) for r in found])
    return {
        alarm.id: who.words(
            resident_id, check.dwelling_id, check.grid_id,
            f"{code} · {state_title(alarm.opened_as, check.slot)} · {_ending(alarm)}",
            f"{local(alarm.raised_at):%m-%d %H:%M}", state_title(alarm.opened_as, check.slot),
        )
        for alarm, check, resident_id, code in found
    }  # fmt: skip


class _Elders:
    """Names and doors of the homes that windows and alarms belong to; the door is that of the day."""

    def __init__(self, ask: _Ask, homes: Sequence[tuple[UUID, UUID | None, UUID | None]]) -> None:
        self._only = ask.actor.grids("checkins.read")
        self._persons = people.persons(ask.session, {h[0] for h in homes}, ask.month.last)
        self._doors = places.door_labels(ask.session, {h[1] for h in homes if h[1]})

    def words(
        self,
        resident_id: UUID,
        dwelling_id: UUID | None,
        grid_id: UUID | None,
        detail: str,
        note: str,
        mark: str,
    ) -> _Words:
        """What stands in the list for one window or alarm of this home."""
        person = self._persons.get(resident_id)
        door = self._doors.get(dwelling_id) if dwelling_id else None
        shown = door.door if door else person.door if person else ""
        name, mine = _named(person.name if person else GONE, grid_id, self._only)
        where = door.compound if door else person.compound if person else ""
        said = _Words(shown, name, " · ".join(p for p in (where, detail) if p), note, mark)
        return said.opening("people", resident_id if mine and person else None)


def _window(check: ExpectedCheck) -> str:
    return f"{check.day:%m-%d} {SLOT_TITLES[check.slot][0]}"


def _seen(check: ExpectedCheck) -> str:
    """What became of a window."""
    title = state_title(check.state, check.slot)
    if check.state in (DUE, UNSEEN, PAUSED) or check.first_look_at is None:
        return title
    return f"{title} {_time(check.first_look_at, check.day)}{'' if check.in_time else ' 迟看'}"


def _ending(alarm: Alarm) -> str:
    if alarm.closed_at is None:
        return "没结案"
    minutes = (alarm.closed_at - alarm.raised_at).total_seconds() / 60
    return f"{alarm.outcome or '结案'} {minutes:.0f} 分钟"


def _time(at: datetime, day: date) -> str:
    here = local(at)
    return f"{here:%H:%M}" if here.date() == day else f"{here:%m-%d %H:%M}"


_DESCRIBE: Mapping[str, Callable[[_Ask, Sequence[UUID]], Mapping[UUID, _Words]]] = {
    "resident": _residents,
    "household": _households,
    "expected_check": _checks,
    "alarm": _alarms,
}
"""By `Indicator.record`; a test holds that every indicator's kind is described."""
