"""Open a project's SQLite file, bring its schema up to date, give connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, select, text
from sqlalchemy.exc import DatabaseError

from qualcode.errors import StoreError
from qualcode.store import schema
from qualcode.store.migrations import STEPS

__all__ = ["Connection", "Database"]

WAIT_SECONDS = 10


class Database:
    """One SQLite file in WAL mode.

    A write transaction takes its lock at once (`BEGIN IMMEDIATE`): a deferred one that reads first fails at once
    when somebody else has written in between, whatever the time-out (863 of 1,090 in our trial).

    Raises:
        StoreError: the file is damaged, locked, or was written by a newer qualcode.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_SECONDS, "isolation_level": None}
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        try:
            self._migrate()
        except DatabaseError as error:
            raise _refusal(error, path) from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the file."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise _refusal(error, self.path) from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose writes all happen, or none."""
        try:
            with self._engine.connect().execution_options(qualcode_writes=True) as connection, connection.begin():
                yield connection
        except DatabaseError as error:
            raise _refusal(error, self.path) from None

    def close(self) -> None:
        """Fold the write-ahead log back into the file, so that no second file is left beside it."""
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        except DatabaseError:
            pass  # somebody else is reading: theirs will be the last close
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._engine.connect().execution_options(qualcode_writes=True) as connection, connection.begin():
            version = _version(connection)
            if version > len(STEPS):
                raise StoreError(
                    f"was written by a newer qualcode (schema {version}, this one knows {len(STEPS)})",
                    place=self.path.name,
                    hint="upgrade qualcode",
                )
            for number, step in enumerate(STEPS[version:], start=version + 1):
                step(connection)
                connection.execute(text("DELETE FROM settings WHERE name = 'schema'"))
                connection.execute(schema.settings.insert().values(name="schema", value=str(number)))


def _version(connection: Connection) -> int:
    known = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'settings'")).first()
    if known is None:
        return 0
    value = connection.execute(select(schema.settings.c.value).where(schema.settings.c.name == "schema")).scalar()
    return int(value or 0)


def _prepare(dbapi_connection: Any, _record: object) -> None:
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("qualcode_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refusal(error: DatabaseError, path: Path) -> StoreError:
    # The driver's message alone: SQLAlchemy's own would print the statement's parameters, which are words.
    reason = str(error.orig) if error.orig else type(error).__name__
    if "locked" in reason:
        return StoreError(
            "another program is writing to the project", place=path.name, hint="wait for it, then try again"
        )
    if "not a database" in reason or "malformed" in reason:
        return StoreError("is damaged or not a qualcode project file", place=path.name, hint="restore it from a backup")
    if "readonly" in reason or "unable to open" in reason:
        return StoreError("cannot be written", place=path.name, hint="check the folder's permissions and free space")
    return StoreError(f"the database refused ({reason})", place=path.name)
