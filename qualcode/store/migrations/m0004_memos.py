"""Researchers' notes on a project, a transcript or a segment."""

from __future__ import annotations

from sqlalchemy import Connection

from qualcode.store import schema


def upgrade(connection: Connection) -> None:
    """Create the table; a database that was just made has it already."""
    schema.memos.create(connection, checkfirst=True)
