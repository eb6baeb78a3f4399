"""Every change of a text as a row of its own; until now a text that came back twice lost what it had replaced."""

from __future__ import annotations

import json

from sqlalchemy import Connection, inspect, text

from qualcode.corpus import Succession
from qualcode.store import schema, successions


def upgrade(connection: Connection) -> None:
    """Fill the table from the transcripts and the record of acts; a database that was just made has none."""
    schema.successions.create(connection, checkfirst=True)
    connection.execute(text("CREATE INDEX IF NOT EXISTS successions_new ON successions (new)"))
    if "current" not in {column["name"] for column in inspect(connection).get_columns("transcripts")}:
        connection.execute(text("ALTER TABLE transcripts ADD COLUMN current BOOLEAN NOT NULL DEFAULT 1"))
    connection.execute(text("CREATE INDEX IF NOT EXISTS transcripts_current ON transcripts (current)"))
    query = "SELECT replaces, id, version, source, row, question FROM transcripts ORDER BY version"
    texts = list(connection.execute(text(query)))
    rows = [(old, new, version) for old, new, version, *_ in texts if old is not None]
    linked = {id_ for old, new, _ in rows for id_ in (old, new)}
    latest = {tuple(where): (new, version) for old, new, version, *where in texts if old is not None}
    # The record says that it took part in a change, and no transcript says any more which text took its place.
    changed = connection.execute(text("SELECT subjects FROM events WHERE kind = 'version'")).scalars()
    subjects = {subject for told in changed for subject in json.loads(told)}
    rows += [
        (id_, *latest[tuple(where)])
        for _, id_, _, *where in texts
        if id_ in subjects - linked and tuple(where) in latest
    ]
    successions.add(connection, [Succession(*row) for row in rows])
    connection.execute(
        text("UPDATE segments SET current = 0 WHERE transcript IN (SELECT id FROM transcripts WHERE NOT current)")
    )
    for act in ("UPDATE", "DELETE"):
        connection.execute(
            text(
                f"CREATE TRIGGER IF NOT EXISTS successions_no_{act.lower()} BEFORE {act} ON successions "
                "BEGIN SELECT RAISE(ABORT, 'successions are append-only'); END"
            )
        )
