"""Reading one resident: the pane at the right, what happened in the home, who looked at the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from centerdesk.features.people.models import Household, Resident, ResidentPhone
from centerdesk.features.people.queries import ResidentRow, row_of
from centerdesk.features.people.queries_lines import base
from centerdesk.features.people.queries_tags import tags_of
from centerdesk.features.people.rules import BIN, age_on
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import Clock, day_bounds, today
from centerdesk.kernel.errors import NotFound
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.manifest import TimelineRow, TimelineSource, Tone
from centerdesk.kernel.record import record

QUIET = ("RevealResident",)
"""Acts on a record that are no news about the person: they stand in the audit, not in the timeline."""


@record
class HouseholdMember:
    """Another person of the same household."""

    id: UUID
    name: str
    relation: str
    age: int | None
    residence: str
    status: str
    left_on: date | None


@record
class ResidentDetail:
    """一位居民. What the pane at the right shows; numbers masked.

    `reveal_reason` is why this actor already looked at the numbers today, "" when they did not.
    """

    row: ResidentRow
    birth_on: date | None
    sex_code: int
    relation: str
    relation_code: str
    ethnic: str
    political: str
    move_in_on: date | None
    left_on: date | None
    remark: str
    tags_free: str
    phones: tuple[str, ...]
    tag_since: tuple[tuple[str, date | None], ...]
    household_id: UUID | None
    verified_by: str
    worker: str
    reveal_reason: str
    members: tuple[HouseholdMember, ...] = field(default=())


def get_resident(session: Session, actor: Actor, clock: Clock, resident_id: UUID) -> ResidentDetail:
    """One person with household. Raises NotFound, also for somebody outside the actor's grids."""
    day = today(clock)
    found = session.execute(base(actor).where(Resident.id == resident_id)).one_or_none()
    if found is None:
        raise NotFound("台账里找不到这位居民，也许在别的网格里。请清掉筛选再找，或问负责的网格员。")
    r: Resident = found.Resident
    tags = tags_of(session, [r.id], day)
    phones = session.scalars(
        select(ResidentPhone.mask).where(ResidentPhone.resident_id == r.id).order_by(ResidentPhone.ordinal)
    )
    checker, worker = _responsible(session, r, day)
    return ResidentDetail(
        row_of(found, tags, day), r.birth_on, r.sex, r.relation, r.relation_code, r.ethnic, r.political,
        r.move_in_on, r.left_on, r.remark, r.tags_free, tuple(phones), tuple(tags.get(r.id, ())),
        r.household_id, checker, worker, reveal_reason(session, actor, clock, r.id), _members(session, r, day),
    )  # fmt: skip


def _responsible(session: Session, r: Resident, day: date) -> tuple[str, str]:
    """Names of who verified the household on the person's own date, and of who answers for the grid."""
    home = session.get(Household, r.household_id) if r.household_id else None
    if home is None:
        return "", ""
    door = places.door_labels(session, [home.dwelling_id]).get(home.dwelling_id) if home.dwelling_id else None
    worker = places.grid_workers(session, day).get(door.grid_id) if door and door.grid_id else None
    checker = home.verified_by if home.verified_on is not None and home.verified_on == r.verified_on else None
    names = staff.account_names(session, [i for i in (checker, worker) if i is not None])
    return (names.get(checker, "") if checker else ""), (names.get(worker, "") if worker else "")


def _members(session: Session, r: Resident, day: date) -> tuple[HouseholdMember, ...]:
    if r.household_id is None:
        return ()
    stmt = (
        select(Resident)
        .where(Resident.household_id == r.household_id, Resident.id != r.id, Resident.status != BIN)
        .order_by(Resident.relation_code, Resident.id)
    )
    return tuple(
        HouseholdMember(
            m.id, m.name, m.relation, age_on(m.birth_on, m.left_on or day), m.residence, m.status, m.left_on
        )
        for m in session.scalars(stmt)
    )


def reveal_reason(session: Session, actor: Actor, clock: Clock, resident_id: UUID) -> str:
    """Why this actor looked at the full numbers of this record earlier today; "" when they did not."""
    start, end = day_bounds(today(clock))
    stmt = (
        select(JournalOp.reason)
        .where(
            JournalOp.object_id == resident_id,
            JournalOp.action == "RevealResident",
            JournalOp.actor_id == actor.account_id,
            JournalOp.at >= start,
            JournalOp.at < end,
        )
        .order_by(JournalOp.seq)
        .limit(1)
    )
    return session.scalar(stmt) or ""


@record
class LastChange:
    """Who changed a record last, and when; `who` is "" where the act was about more than this record."""

    who: str
    at: datetime


def last_change(session: Session, resident_id: UUID) -> LastChange | None:
    """The newest act on the record that was no mere look; None for a record that is gone. For refused saves."""
    row = session.get(Resident, resident_id)
    if row is None:
        return None
    op = session.scalar(
        select(JournalOp)
        .where(JournalOp.object_id == resident_id, JournalOp.action.not_in(QUIET))
        .order_by(JournalOp.seq.desc())
        .limit(1)
    )
    if op is None or op.at != row.updated_at:
        return LastChange("", row.updated_at)
    names = staff.account_names(session, [op.actor_id] if op.actor_id is not None else [])
    return LastChange(names.get(op.actor_id, "") if op.actor_id is not None else "", op.at)


def timeline(
    session: Session, actor: Actor, kind: str, row_id: UUID, before: datetime | None, limit: int
) -> Sequence[TimelineRow]:
    """What was done with the record of a resident, or of everybody in a household, newest first.

    Acts that were taken back are left out; an import shows as the day it brought the person.
    """
    if kind not in ("resident", "household"):
        return ()
    people = _visible(session, actor, kind, row_id)
    if not people:
        return ()
    undo, redo = aliased(JournalOp), aliased(JournalOp)
    undone = select(undo.id).where(
        undo.undoes == JournalOp.id, ~select(redo.id).where(redo.undoes == undo.id).exists()
    )
    stmt = select(
        JournalOp.at, JournalOp.label, JournalOp.actor_id, JournalOp.action, JournalOp.object_id
    ).where(JournalOp.object_id.in_(people), JournalOp.action.not_in(QUIET), ~undone.exists())
    if before is not None:
        stmt = stmt.where(JournalOp.at < before)
    rows = session.execute(stmt.order_by(JournalOp.seq.desc()).limit(limit)).all()
    names = staff.account_names(session, [r.actor_id for r in rows if r.actor_id])
    found = [
        TimelineRow(
            r.at,
            "verify" if r.action == "VerifyUnchanged" else "record",
            r.label if kind == "resident" else f"{r.label} · {people[r.object_id].name}",
            names.get(r.actor_id, "系统") if r.actor_id else "系统",
            Tone.PLAIN,
        )
        for r in rows
    ]
    found += _imported(people, kind, before)
    return sorted(found, key=lambda row: row.at, reverse=True)[:limit]


def _visible(session: Session, actor: Actor, kind: str, row_id: UUID) -> dict[UUID, Resident]:
    """The person or the people of the home, as far as the actor may see them."""
    where = Resident.id == row_id if kind == "resident" else Resident.household_id == row_id
    return {r.Resident.id: r.Resident for r in session.execute(base(actor).where(where))}


def _imported(people: dict[UUID, Resident], kind: str, before: datetime | None) -> list[TimelineRow]:
    """One line for each import that brought somebody: imports are about a batch, not about a person."""
    batches: dict[UUID, list[Resident]] = {}
    for person in people.values():
        if person.batch_id is not None and (before is None or person.created_at < before):
            batches.setdefault(person.batch_id, []).append(person)
    return [
        TimelineRow(
            some[0].created_at,
            "import",
            "从表里导入台账",
            f"这一户 {len(some)} 人" if kind == "household" else "",
        )
        for some in batches.values()
    ]


@record
class HomeStory:
    """这一户的事. The newest rows of all features, and whether more lie behind them."""

    rows: tuple[TimelineRow, ...]
    more: bool


def home_story(
    session: Session, actor: Actor, sources: Sequence[TimelineSource], detail: ResidentDetail, limit: int
) -> HomeStory:
    """What happened in this person's home, from every feature that has something to tell."""
    found: list[TimelineRow] = []
    for source in sources:
        rows: Sequence[TimelineRow] = ()
        if detail.household_id is not None:
            rows = source(session, actor, "household", detail.household_id, None, limit + 1)
        found += rows or source(session, actor, "resident", detail.row.id, None, limit + 1)
    found.sort(key=lambda row: row.at, reverse=True)
    return HomeStory(tuple(found[:limit]), len(found) > limit)


@record
class ImportBatch:
    """一批导入. An import that can still be withdrawn; `left` days remain."""

    op_id: UUID
    at: datetime
    by: str
    new: int
    changed: int
    left: int


def recent_imports(
    session: Session, actor: Actor, clock: Clock, days: int, limit: int = 5
) -> tuple[ImportBatch, ...]:
    """Imports of the last `days` days that still stand, newest first."""
    actor.require("people.import")
    start = day_bounds(today(clock))[1]
    undo = aliased(JournalOp)
    stmt = select(JournalOp).where(
        JournalOp.action == "ImportRoster",
        ~select(undo.id).where(undo.undoes == JournalOp.id).exists(),
    )
    ops = [
        op
        for op in session.scalars(stmt.order_by(JournalOp.seq.desc()).limit(limit * 4))
        if (clock.now() - op.at).days < days and op.counts.get("new", 0) + op.counts.get("changed", 0) > 0
    ]
    names = staff.account_names(session, [op.actor_id for op in ops if op.actor_id])
    return tuple(
        ImportBatch(
            op.id,
            op.at,
            names.get(op.actor_id, "系统") if op.actor_id else "系统",
            op.counts.get("new", 0),
            op.counts.get("changed", 0),
            days - (start - op.at).days,
        )
        for op in ops[:limit]
    )
