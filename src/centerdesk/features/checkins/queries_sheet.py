"""From a route sheet's number, as typed or scanned at the desk, to the round it is of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import ExpectedCheck
from centerdesk.features.checkins.rules import SLOT_TITLES
from centerdesk.features.checkins.rules_sheet import read_code, route_letter, sheet_id
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import SearchHit, Target


def search_sheets(session: Session, actor: Actor, query: str, limit: int) -> Sequence[SearchHit]:
    """The newest round with this number; a hit opens its back entry."""
    read = read_code(query)
    if read is None or not actor.may("checkins.record") or limit < 1:
        return ()
    month, day_number, slot, letter = read
    stmt = select(ExpectedCheck.day, ExpectedCheck.worker_id).where(
        extract("month", ExpectedCheck.day) == month,
        extract("day", ExpectedCheck.day) == day_number,
        ExpectedCheck.slot == slot,
    )
    rows = session.execute(stmt.distinct()).all()
    if not rows:
        return ()
    day = max(row.day for row in rows)
    workers = {row.worker_id for row in rows if row.day == day}
    worker = next((w for w in workers if route_letter(workers, w) == letter), None)
    if worker is None:
        return ()
    title = f"回录路线单 {query.strip().upper()}"
    detail = f"{day.month} 月 {day.day} 日{SLOT_TITLES[slot]} · 都开着，除了…"
    return (SearchHit("路线单", title, detail, Target("checkins", sheet_id(worker, day, slot))),)
