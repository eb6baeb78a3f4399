"""Pages of paged files, and which earlier version a transcript takes the place of."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text


def upgrade(connection: Connection) -> None:
    """Add the columns; a database that was just made has them already."""
    there = {column["name"] for column in inspect(connection).get_columns("transcripts")}
    for name, kind in (("pages", "JSON NOT NULL DEFAULT '[]'"), ("replaces", "VARCHAR")):
        if name not in there:
            connection.execute(text(f"ALTER TABLE transcripts ADD COLUMN {name} {kind}"))
