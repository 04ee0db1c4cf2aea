"""Reading the tags of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import Session

from centerdesk.features.people.models import ResidentTag

_DAY = bindparam("day", type_=Date())
_TAGS = (
    select(ResidentTag.resident_id, ResidentTag.tag, ResidentTag.first_on)
    .where(
        ResidentTag.resident_id.in_(bindparam("ids", expanding=True)),
        or_(ResidentTag.first_on.is_(None), ResidentTag.first_on <= _DAY),
        or_(ResidentTag.last_on.is_(None), ResidentTag.last_on >= _DAY),
    )
    .order_by(ResidentTag.id)
)
"""Made once: it is asked at every key of a search."""


def tags_of(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, list[tuple[str, date | None]]]:
    """Tags these people carry on `day`, each with its first day, in the order they were given."""
    found: dict[UUID, list[tuple[str, date | None]]] = {}
    for start in range(0, len(ids), 500):
        for row in session.connection().execute(_TAGS, {"ids": ids[start : start + 500], "day": day}):
            found.setdefault(row.resident_id, []).append((row.tag, row.first_on))
    return found
