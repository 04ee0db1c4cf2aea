"""Alembic scripts, one linear line; an old one is never edited."""

REVISIONS = ("0001",)
"""Every revision this program knows, oldest first: start-up compares without importing Alembic."""

HEAD = REVISIONS[-1]
