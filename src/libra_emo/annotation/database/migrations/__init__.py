"""Alembic's environment of the vote store."""
