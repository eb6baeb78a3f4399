"""What became of judgements when their text changed, and sketches to find copies by."""

from __future__ import annotations

from sqlalchemy import Connection, text

from qualcode.store import schema


def upgrade(connection: Connection) -> None:
    """Add the tables; a database that was just made has them already, but for the triggers."""
    for table in (schema.reanchored, schema.sketches):
        table.create(connection, checkfirst=True)
    connection.execute(text("CREATE INDEX IF NOT EXISTS transcripts_replaces ON transcripts (replaces)"))
    for act in ("UPDATE", "DELETE"):
        connection.execute(
            text(
                f"CREATE TRIGGER reanchored_no_{act.lower()} BEFORE {act} ON reanchored "
                "BEGIN SELECT RAISE(ABORT, 'reanchored are append-only'); END"
            )
        )
