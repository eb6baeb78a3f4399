"""The first schema. Frozen: a later step adds to it, and `store/schema.py` then holds the sum."""

from __future__ import annotations

from sqlalchemy import Connection, text

from qualcode.store import schema

_APPEND_ONLY = ("events", "judged")


def upgrade(connection: Connection) -> None:
    """Create all tables, and the triggers that keep events and judgements append-only."""
    schema.metadata.create_all(connection)
    for table in _APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
                )
            )
