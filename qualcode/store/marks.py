"""Named values that say how far a project is; state that is no act and leaves no event."""

from __future__ import annotations

from sqlalchemy import Connection, select

from qualcode.store import schema


def mark(connection: Connection, name: str) -> str | None:
    """The value of a mark, or None."""
    c = schema.settings.c
    return connection.execute(select(c.value).where(c.name == name)).scalar()


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Put a value in place of what stood there."""
    connection.execute(schema.settings.delete().where(schema.settings.c.name == name))
    connection.execute(schema.settings.insert().values(name=name, value=value))
