"""What stands around the ledger's rows: counts of the views, households, the last change, places to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.features.people.queries import count_households, count_views, last_change, ledger_places
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """台账概况. `views` by view id; `grids` only those the actor may see."""

    views: Mapping[str, int]
    households: int
    changed_at: datetime | None
    grids: tuple[tuple[UUID, str], ...]
    compounds: tuple[str, ...]


def ledger_counts(session: Session, actor: Actor, clock: Clock) -> LedgerCounts:
    """Everything the page shows beside the rows, in one reading."""
    return LedgerCounts(
        count_views(session, actor, clock),
        count_households(session, actor),
        last_change(session, actor),
        tuple((g.id, g.name) for g in ledger_places(session, actor)),
        tuple(c.name for c in places.compounds(session)),
    )
