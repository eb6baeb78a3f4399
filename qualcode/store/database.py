"""Open a project's SQLite file, bring its schema up to date, give connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import DatabaseError

from qualcode.errors import StoreError
from qualcode.passphrase import given
from qualcode.private import touch
from qualcode.store import backups, encryption, schema, witnesses
from qualcode.store.migrations import STEPS

__all__ = ["Connection", "Database"]

WAIT_SECONDS = 10


class Database:
    """One SQLite file in WAL mode, readable for its owner alone.

    A write transaction takes its lock at once (`BEGIN IMMEDIATE`): a deferred one that reads first fails at once
    when somebody else has written in between, whatever the time-out (863 of 1,090 in our trial).

    Args:
        path: the file; made if it is missing.
        secret: the project's key. Each connection carries it, so that every event can witness the rows of its act.
        careful: no write-ahead log. It corrupts databases on network folders, and a cloud's program copies the
            file without it.
        backed_up: it is a backup itself: a migration writes none of it.
        passphrase: of an encrypted file, or of a new one that is to be; a plain file is opened without it.

    Raises:
        MissingExtra: the file is encrypted, and sqlcipher3 is not installed.
        NotAllowed: the file is encrypted, and there is no passphrase.
        StoreError: the file is damaged, locked, or was written by a newer qualcode, or the passphrase is wrong.
    """

    def __init__(
        self,
        path: Path,
        secret: bytes = b"",
        *,
        careful: bool = False,
        passphrase: str | None = None,
        backed_up: bool = False,
    ) -> None:
        self.path = path
        self._backed_up = backed_up
        self._secret, self._careful = secret, careful
        if passphrase is None and encryption.is_encrypted(path):
            passphrase = given()
        self._passphrase = passphrase
        self._engine = _engine(path, passphrase)
        event.listen(self._engine, "connect", self._connected)
        event.listen(self._engine, "begin", _begin)
        touch(path)
        try:
            self._migrate()
        except DatabaseError as error:
            self._engine.dispose()
            raise _refusal(error, path) from None

    @property
    def encrypted(self) -> bool:
        """Whether the file can be read with a passphrase only."""
        return encryption.is_encrypted(self.path)

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

    def compact(self) -> None:
        """Write the file anew without its free pages, and empty the write-ahead log."""
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        except DatabaseError as error:
            raise _refusal(error, self.path) from None
        with self.writing() as connection:
            witnesses.renew(connection)  # rows have other numbers now

    def another(self, path: Path) -> Database:
        """The database of a backup, with the same key and passphrase."""
        # Without a write-ahead log, so that no file is left beside it.
        return Database(path, self._secret, careful=True, passphrase=self._passphrase, backed_up=True)

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

    def _connected(self, dbapi_connection: Any, record: Any) -> None:
        record.info[witnesses.SECRET] = self._secret
        prepare = _prepare_carefully if self._careful else _prepare
        prepare(dbapi_connection)

    def copy(self, path: Path) -> None:
        """Write the state of this moment into a new file, the write-ahead log included, while others read and write.

        The copy of an encrypted database has the same passphrase.

        Raises:
            StoreError: the file is there already, or cannot be written.
        """
        if path.exists():
            raise StoreError("is there already", place=path.name, hint="choose another name")
        try:
            backups.copy(self.path, path, self._passphrase)
        except encryption.errors() as error:
            raise _refused(str(error), self.path) from None

    def _migrate(self) -> None:
        with self._engine.connect().execution_options(qualcode_writes=True) as connection, connection.begin():
            version = _version(connection)
            if version > len(STEPS):
                raise StoreError(
                    f"was written by a newer qualcode (schema {version}, this one knows {len(STEPS)})",
                    place=self.path.name,
                    hint="upgrade qualcode",
                )
            if 0 < version < len(STEPS) and not self._backed_up:
                known = self._passphrase
                with backups.writing(self.path.parent, f"schema{version}", self._secret, passphrase=known) as folder:
                    backups.copy(self.path, folder / self.path.name, known)
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


def _engine(path: Path, passphrase: str | None) -> Engine:
    url = URL.create("sqlite", database=str(path))
    options: dict[str, Any] = {"timeout": WAIT_SECONDS, "isolation_level": None}
    new = not path.exists() or not path.stat().st_size
    if not (encryption.is_encrypted(path) or (new and passphrase)):
        return create_engine(url, connect_args=options)
    secret = encryption.checked(passphrase or "")
    # SQLAlchemy lends connections to other threads than the one that made them, one at a time.
    options["check_same_thread"] = False
    return create_engine(
        url,
        module=encryption.driver(),
        creator=lambda: encryption.connect(path, secret, **options),
    )


_ALWAYS = ("foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY")


def _prepare(dbapi_connection: Any) -> None:
    _set(dbapi_connection, "journal_mode=WAL", "synchronous=NORMAL", *_ALWAYS)


def _prepare_carefully(dbapi_connection: Any) -> None:
    # A file that comes from elsewhere may still be in WAL mode. To leave that mode SQLite must read the log first, and
    # only a connection that locks everybody out reads it without shared memory, which a network folder has not.
    exclusively = ("locking_mode=EXCLUSIVE", "journal_mode=DELETE", "locking_mode=NORMAL")
    _set(dbapi_connection, *exclusively, "synchronous=FULL", *_ALWAYS)
    dbapi_connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the lock is given back at a reading


def _set(dbapi_connection: Any, *pragmas: str) -> None:
    cursor = dbapi_connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("qualcode_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refusal(error: DatabaseError, path: Path) -> StoreError:
    # The driver's message alone: SQLAlchemy's own would print the statement's parameters, which are words.
    return _refused(str(error.orig) if error.orig else type(error).__name__, path)


def _refused(reason: str, path: Path) -> StoreError:
    if "locked" in reason:
        return StoreError(
            "another program is writing to the project", place=path.name, hint="wait for it, then try again"
        )
    if "not a database" in reason and encryption.is_encrypted(path):
        return StoreError(
            "the passphrase is not the right one, or the file is damaged",
            place=path.name,
            hint="try again; without the passphrase nobody can read the project; a damaged file: restore a backup",
        )
    if "not a database" in reason or "malformed" in reason:
        return StoreError("is damaged or not a qualcode project file", place=path.name, hint="restore it from a backup")
    if "readonly" in reason or "unable to open" in reason:
        return StoreError("cannot be written", place=path.name, hint="check the folder's permissions and free space")
    return StoreError(f"the database refused ({reason})", place=path.name)
