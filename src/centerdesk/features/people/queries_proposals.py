"""Reading proposals: those this person may decide, and their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import Proposal, Resident
from centerdesk.features.people.queries_lines import base
from centerdesk.features.people.rules_proposals import KINDS, MERGE, MERGE_FIELDS, OPEN, RIGHTS
from centerdesk.features.staff import api as staff
from centerdesk.kernel.canonical import loads
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.kernel.manifest import Target, TodayCard, Tone
from centerdesk.kernel.record import record

SHOWN = 50
DECIDED_SHOWN = 10


@record
class ProposalRow:
    """提议的一行. `mine`: this person proposed it; `decides`: this person may answer it."""

    id: UUID
    version: int
    kind: str
    title: str
    resident_id: UUID
    name: str
    door: str
    facts: str
    word: str
    by: str
    at: datetime
    state: str
    answer: str
    decided: str
    mine: bool
    decides: bool


def kinds_decided(actor: Actor) -> tuple[str, ...]:
    """Kinds of proposals this person may answer: those whose right they hold in full."""
    return tuple(kind for kind, right in RIGHTS.items() if actor.may(right, Reach.ALL))


def kinds_proposed(actor: Actor) -> tuple[str, ...]:
    """Kinds this person can only propose."""
    return tuple(kind for kind, right in RIGHTS.items() if actor.reach(right) == Reach.PROPOSE)


def proposals(session: Session, actor: Actor) -> tuple[ProposalRow, ...]:
    """Open ones this person may decide or made, oldest first; then their own that were answered, newest first.

    Nobody reads a proposal about somebody they may not see.
    """
    if not actor.may("people.find"):
        return ()
    table, own = Proposal.__table__, Proposal.__table__.c  # past the mapper: every start asks
    mine = own.proposed_by == actor.account_id
    concerns = or_(mine, own.kind.in_(kinds_decided(actor)))
    waiting = select(table).where(own.state == OPEN, concerns).order_by(own.proposed_at).limit(SHOWN)
    done = select(table).where(own.state != OPEN, mine).order_by(own.decided_at.desc()).limit(DECIDED_SHOWN)
    found: list[Any] = [*session.execute(waiting), *session.execute(done)]
    people = _people(session, actor, found)
    who = {p.proposed_by for p in found} | {p.decided_by for p in found if p.decided_by is not None}
    names = staff.account_names(session, list(who))
    return tuple(_row(p, actor, people, names) for p in found if p.resident_id in people)


def waiting_count(session: Session, actor: Actor) -> int:
    """How many wait for this person's answer."""
    return sum(row.decides and row.state == OPEN for row in proposals(session, actor))


def today_card(session: Session, actor: Actor, _clock: object) -> Sequence[TodayCard]:
    """等您定的提议; no card where none waits."""
    count = waiting_count(session, actor)
    if not count:
        return ()
    card = TodayCard(
        "proposals", "等您定的提议", str(count), "同事提的，要您定", Tone.WARN, Target("people"), 40
    )
    return (card,)


def _people(session: Session, actor: Actor, found: Sequence[Any]) -> dict[UUID, Any]:
    """Whom they are about, as far as the actor may see them, by id."""
    ids = {p.resident_id for p in found} | {k for p in found if (k := _other(p)) is not None}
    if not ids:
        return {}
    return {r.Resident.id: r for r in session.execute(base(actor).where(Resident.id.in_(ids)))}


def _other(row: Any) -> UUID | None:
    return loads(row.payload).get("keep") if row.kind == MERGE else None


def _row(row: Any, actor: Actor, people: dict[UUID, Any], names: dict[UUID, str]) -> ProposalRow:
    person = people[row.resident_id]
    mine = row.proposed_by == actor.account_id
    return ProposalRow(
        row.id,
        row.version,
        row.kind,
        KINDS[row.kind],
        row.resident_id,
        person.Resident.name,
        f"{person.compound or ''} {person.door or ''}".strip(),
        _facts(row, people),
        row.word,
        names.get(row.proposed_by, ""),
        row.proposed_at,
        row.state,
        row.answer,
        names.get(row.decided_by, "") if row.decided_by else "",
        mine,
        not mine and actor.may(RIGHTS[row.kind], Reach.ALL),
    )


def _facts(row: Proposal, people: dict[UUID, Any]) -> str:
    """What would be done, in words."""
    payload = loads(row.payload)
    if row.kind == MERGE:
        other = people.get(payload["keep"])
        name = f"{other.Resident.name} {other.door or ''}".strip() if other is not None else "另一条记录"
        taken = "、".join(MERGE_FIELDS[f] for f in MERGE_FIELDS if f in payload["take"])
        return f"并到 {name}" + (f"，{taken}用这条的" if taken else "")
    days = [payload[k] for k in ("first_on", "last_on") if isinstance(payload.get(k), date)]
    return " 到 ".join(f"{day:%m-%d}" for day in days)
