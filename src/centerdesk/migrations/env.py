"""Alembic's entry: runs on the connection it is handed; offline mode and URLs are refused."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from centerdesk.kernel.canonical import Canonical
from centerdesk.kernel.orm import Base, Guid, UtcDateTime


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """FTS5 keeps its own tables beside the search index; they are no models."""
    return not (kind == "table" and (name or "").startswith("search_fts"))


def _render(kind: str, value: Any, autogen: Any) -> str | Literal[False]:
    """Our column types by their names, JSON as the text it is kept in; everything else as Alembic does it."""
    if kind == "type" and isinstance(value, Canonical):
        return "sa.Text()"
    if kind == "type" and isinstance(value, Guid | UtcDateTime):
        autogen.imports.add("from centerdesk.kernel.orm import Guid, UtcDateTime")
        return f"{type(value).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
    include_object=_ours,
    render_item=_render,
)
context.run_migrations()
