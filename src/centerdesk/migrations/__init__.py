"""Alembic scripts, one linear line; an old one is never edited."""
