"""What other desks and the watcher have written: read out of the journal, never guessed (消息).

The journal is the feed: every committed act has one numbered entry. A look asks for the end of the chain, and
only when that has moved reads what is new. On a server a look is woken by the commit itself; there it reads a
stretch again that it has read before, because rows of two writers may become visible out of order.
(`server_ear.py` hears the commit; a file is asked every two seconds.)
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from centerdesk.kernel.commands import Changes
from centerdesk.kernel.journal import JournalImage, JournalOp

POLL_S = 2.0
OVERLAP = 64
"""Entries before the last known one that are looked at again."""


class Feed:
    """What happened since the last look, but for this desk's own acts. One look at a time, any thread."""

    def __init__(self) -> None:
        self._end: int | None = None
        self._known: dict[UUID, int] = {}

    def own(self, op_id: UUID) -> None:
        """This desk has announced that act itself."""
        self._known[op_id] = self._known.get(op_id, self._end or 0)

    def look(self, session: Session) -> Changes | None:
        """The acts of others since the last look as one change; None for none. The first look only begins."""
        op = JournalOp.__table__.c
        end = session.scalar(select(func.max(op.seq))) or 0
        if end == self._end:
            return None
        begun, self._end = self._end, end
        rows = session.execute(
            select(op.seq, op.id, op.counts, op.object_type, op.undoes)
            .where(op.seq > (end if begun is None else min(begun, end)) - OVERLAP)
            .order_by(op.seq)
        ).all()
        new = [row for row in rows if row.id not in self._known]
        known = {row.id: row.seq for row in rows}
        self._known = known | {i: s for i, s in self._known.items() if s > end - OVERLAP and i not in known}
        if begun is None or not new:
            return None
        tables = frozenset(_tables(session, [row.id for row in new]))
        tables |= {str(name) for row in new for name in (row.counts or {})}
        tables |= {row.object_type for row in new if row.object_type}
        tables |= _withdrawn(session, [row.undoes for row in new if row.undoes is not None])
        return Changes(None, "", False, frozenset(), tables)


def _tables(session: Session, ids: Sequence[UUID]) -> set[str]:
    stmt = select(JournalImage.table).where(JournalImage.op_id.in_(ids)).distinct()
    return set(session.scalars(stmt))


def _withdrawn(session: Session, ids: Sequence[UUID]) -> frozenset[str]:
    """Tables of a batch that was taken back: its own entry counted them, the one that took it back did not."""
    found = session.scalars(select(JournalOp.counts).where(JournalOp.id.in_(ids))) if ids else ()
    return frozenset(str(name) for counts in found for name in (counts or {}))
