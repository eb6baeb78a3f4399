"""A project's database as SQLCipher keeps it: every page encrypted, the write-ahead log's too. An optional extra."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from qualcode.errors import MissingExtra, NotAllowed, StoreError
from qualcode.passphrase import given
from qualcode.private import touch

EXTRA = "qualcode[encrypt]"
_PLAIN = b"SQLite format 3\0"
WAIT_SECONDS = 10.0
_PAGE, _VALUES = 4096, 250
_UNFINISHED = ".encrypting"


def is_encrypted(path: Path) -> bool:
    """Whether a file holds an encrypted database: whole pages, the first of which looks like chance.

    Among the 4,096 bytes of such a page each of the 256 values occurs, almost always; in a page of a plain
    database, also a damaged one, most bytes are nought.
    """
    try:
        with path.open("rb") as file:
            page = file.read(_PAGE)
        whole = path.stat().st_size % _PAGE == 0
    except OSError:
        return False
    return whole and not page.startswith(_PLAIN) and len(set(page)) > _VALUES


def driver() -> Any:
    """The module that reads encrypted databases.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise MissingExtra("an encrypted project needs the package sqlcipher3", hint=f"pip install '{EXTRA}'") from None
    return dbapi2


def errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """What the drivers raise, of plain and, where they can be read, of encrypted databases; and what else is named."""
    try:
        return sqlite3.DatabaseError, driver().DatabaseError, *others
    except MissingExtra:
        return sqlite3.DatabaseError, *others


def reading(path: Path, passphrase: str | None = None) -> Any:
    """A connection that changes nothing, to a database that may be encrypted.

    Raises:
        MissingExtra: it is encrypted, and sqlcipher3 is not installed.
        NotAllowed: it is encrypted, and there is no passphrase.
    """
    address = f"{path.resolve().as_uri()}?mode=ro"
    if is_encrypted(path):
        return connect(address, passphrase or given(), uri=True)
    return sqlite3.connect(address, uri=True)


def connect(path: Path | str, passphrase: str, **options: Any) -> Any:
    """A connection to an encrypted database; a wrong passphrase shows at the first statement."""
    connection = driver().connect(str(path), **options)
    # A PRAGMA takes no parameters; a quotation mark is doubled, as SQL has it.
    connection.execute("PRAGMA key = '" + passphrase.replace("'", "''") + "'")
    return connection


def checked(passphrase: str) -> str:
    """The passphrase, if it can be one.

    Raises:
        NotAllowed: it is empty or holds what SQL cannot.
    """
    if not passphrase.strip() or "\0" in passphrase:
        raise NotAllowed("a passphrase must hold at least one character that is seen")
    return passphrase


def encrypt(path: Path, passphrase: str) -> None:
    """Put an encrypted copy in the place of a plain database; killed in the middle, the plain one still stands.

    The blocks of the plain file are given back to the disk and not overwritten: a solid-state disk would write
    elsewhere.

    Raises:
        MissingExtra: sqlcipher3 is not installed.
        StoreError: the copy is not whole, or another program uses the database.
    """
    unfinished = path.with_name(path.name + _UNFINISHED)
    unfinished.unlink(missing_ok=True)
    module = driver()
    touch(unfinished)
    plain = module.connect(str(path), isolation_level=None, timeout=WAIT_SECONDS)
    try:
        # Nobody may write between the copy and the change of place, and no log may be left beside it.
        plain.execute("PRAGMA locking_mode=EXCLUSIVE")
        if plain.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
            raise StoreError("another program uses the project", place=path.name, hint="close it, then try again")
        plain.execute("PRAGMA temp_store=MEMORY")
        plain.execute("ATTACH DATABASE ? AS encrypted KEY ?", (str(unfinished), checked(passphrase)))
        plain.execute("BEGIN EXCLUSIVE")
        plain.execute("SELECT sqlcipher_export('encrypted')").fetchall()
        plain.execute("COMMIT")
        same = _rows(plain, "main") == _rows(plain, "encrypted")
        plain.execute("DETACH DATABASE encrypted")
        copy = connect(unfinished, passphrase)
        sound = copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        copy.close()
        if not (same and sound):
            raise StoreError("the encrypted copy is not whole; nothing was changed", place=path.name)
        if os.name == "nt":
            plain.close()  # Windows does not replace an open file
        os.replace(unfinished, path)
    except module.DatabaseError as error:
        reason = (
            "another program uses the project" if "locked" in str(error) else "the copy failed; nothing was changed"
        )
        raise StoreError(
            reason, place=path.name, hint="close other programs, check the free space, try again"
        ) from None
    finally:
        plain.close()
        unfinished.unlink(missing_ok=True)


def _rows(connection: Any, schema: str) -> dict[str, int]:
    names = connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0] for (name,) in names}
