"""What stands around the ledger's rows: counts of the views, households, the last change, places to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from centerdesk.features.people.queries import count_households, count_views
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.readers import aside
from centerdesk.kernel.record import record

CHANGES = (
    "AddResident", "EditResident", "VerifyUnchanged", "RecordDeparture", "RemoveResident", "RestoreResident",
    "ImportRoster", "WithdrawBatch", "MergeResidents", "DecideRecordProposal",
)  # fmt: skip
"""Commands that write to the ledger, as the journal names them."""


@record
class LedgerCounts:
    """台账概况. `views` by view id; `grids` only those the actor may see."""

    views: Mapping[str, int]
    households: int
    changed_at: datetime | None
    grids: tuple[tuple[UUID, str], ...]
    compounds: tuple[str, ...]


def ledger_counts(session: Session, actor: Actor, clock: Clock) -> LedgerCounts:
    """Everything the page shows beside the rows, in one reading."""
    aside(session)
    return LedgerCounts(
        count_views(session, actor, clock),
        count_households(session, actor),
        last_change(session, actor),
        tuple((g.id, g.name) for g in ledger_places(session, actor)),
        tuple(c.name for c in places.compounds(session)),
    )


def ledger_places(session: Session, actor: Actor) -> tuple[places.GridRow, ...]:
    """Grids the filter chip offers: those the actor may see."""
    scope = actor.grids("people.find")
    return tuple(g for g in places.grids(session) if scope is None or g.id in scope)


def last_change(session: Session, actor: Actor) -> datetime | None:
    """When the ledger was last written to; None for one that never was."""
    actor.require("people.find")
    return session.scalar(select(func.max(JournalOp.at)).where(JournalOp.action.in_(CHANGES)))
