"""Alembic's entry: runs on the connection it is handed; offline mode and URLs are refused."""

from __future__ import annotations

from alembic import context

from centerdesk.kernel.orm import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
    user_module_prefix="centerdesk.kernel.orm.",
)
context.run_migrations()
