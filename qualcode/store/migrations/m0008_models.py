"""Taggers that learned from people's judgements, and the thresholds of each code in a run."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from qualcode.store import schema


def upgrade(connection: Connection) -> None:
    """Make the table and the column that are missing; a database that was just made has them."""
    schema.models.create(connection, checkfirst=True)
    if "thresholds" not in {column["name"] for column in inspect(connection).get_columns("runs")}:
        connection.execute(text("ALTER TABLE runs ADD COLUMN thresholds JSON NOT NULL DEFAULT '{}'"))
