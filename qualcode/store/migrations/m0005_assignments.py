"""Assignments that came in a pack."""

from __future__ import annotations

from sqlalchemy import Connection

from qualcode.store import schema


def upgrade(connection: Connection) -> None:
    """Create their table; a database that was just made has it already."""
    schema.assignments.create(connection, checkfirst=True)
