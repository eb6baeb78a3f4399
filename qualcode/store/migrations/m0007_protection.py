"""De-identified versions, consent, withdrawal and a record that can be checked row by row."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from qualcode.store import schema, witnesses

_NEW = (
    schema.consents,
    schema.offset_maps,
    schema.signoffs,
    schema.releases,
    schema.tombstones,
    schema.witnesses,
    schema.undone,
    schema.stale,
)


def upgrade(connection: Connection) -> None:
    """Make the tables and columns that are missing; a database that was just made has them all."""
    for table in _NEW:
        table.create(connection, checkfirst=True)
    if "sealed" not in {column["name"] for column in inspect(connection).get_columns("transcripts")}:
        connection.execute(text("ALTER TABLE transcripts ADD COLUMN sealed BOOLEAN NOT NULL DEFAULT 0"))
    witnesses.begin(connection)
