"""Before and after images of tracked rows, taken while the session flushes; undo and history live on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from centerdesk.kernel import search
from centerdesk.kernel.journal import Image
from centerdesk.kernel.orm import STAMPS, Tracked


class Recorder:
    """Listens to one session: stamps rows, keeps the search index, and collects one image a row."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._now = now
        self._session = session
        self._images: dict[tuple[str, UUID], Image] = {}
        self.tables: set[str] = set()
        self.fields: set[str] = set()
        event.listen(session, "before_flush", self._stamp)
        event.listen(session, "after_flush", self._collect)

    def finish(self) -> list[Image]:
        """The images in the order the rows were first touched; rows made and removed again leave none."""
        event.remove(self._session, "before_flush", self._stamp)
        event.remove(self._session, "after_flush", self._collect)
        return [i for i in self._images.values() if i.before is not None or i.after is not None]

    def _stamp(self, session: Session, *_args: object) -> None:
        for row in session.new:
            if isinstance(row, Tracked):
                row.created_at = row.updated_at = self._now
        for row in session.dirty:
            if isinstance(row, Tracked) and session.is_modified(row):
                row.updated_at = self._now

    def _collect(self, session: Session, *_args: object) -> None:
        for row in session.new:
            self._keep(row, None, content(row))
        for row in session.dirty:
            if session.is_modified(row):
                before = content(row, old=True)
                after = content(row)
                if before != after:
                    self._keep(row, before, after)
        for row in session.deleted:
            self._keep(row, content(row, old=True), None)

    def _keep(self, row: object, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        if not isinstance(row, Tracked):
            return
        table: str = row.__tablename__
        first = self._images.get((table, row.id))
        self.tables.add(table)
        self.fields |= {k for k in (after or {}) if before is not None and before.get(k) != (after or {})[k]}
        self._images[table, row.id] = Image(
            table,
            row.id,
            row.version if after is not None else None,
            first.before if first else before,
            after,
        )
        if row.search_kind is not None and _words(before) != _words(after):
            self._index(row, before, after)

    def _index(self, row: Tracked, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        kind = row.search_kind or ""
        if after is None:
            search.remove(self._session, kind, row.id)
        else:
            entry = search.Entry(row.id, after["sort_key"], after["search_text"])
            search.index_rows(self._session, kind, [entry], fresh=before is None)


def _words(values: dict[str, Any] | None) -> tuple[Any, Any] | None:
    """What the index keeps of a row; most changes leave it alone."""
    return None if values is None else (values["sort_key"], values["search_text"])


def content(row: object, *, old: bool = False) -> dict[str, Any]:
    """Column values without id and stamps; `old`: as they were before this flush."""
    state: Any = inspect(row)
    values: dict[str, Any] = {}
    for attr in state.mapper.column_attrs:
        key = attr.key
        if key in STAMPS or key == "id":
            continue
        value = state.dict.get(key)
        if old:
            history = state.attrs[key].history
            if history.deleted:
                value = history.deleted[0]
        values[key] = value
    return values
