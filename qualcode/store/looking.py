"""Look at a project's database and change nothing: no schema, no log beside it, no mode of its file."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import QualcodeError
from qualcode.store import encryption

_AFFECTED = ((3, 7, 0), (3, 51, 3))
_MENDED = {(3, 44): 6, (3, 50): 7}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found; the numbers are 0 and empty where it could not be read."""

    readable: bool
    encrypted: bool
    sound: bool = False
    """`PRAGMA quick_check` found nothing."""
    unfinished: int = 0
    """Withdrawals that were begun and have not ended."""
    sealed: int = 0
    """Texts whose original lies encrypted."""
    last_judged: str = ""
    """When judgements were last taken in."""


def look(path: Path, passphrase: str | None = None) -> Seen:
    """Look at a database; an encrypted one is not read without its passphrase."""
    encrypted = encryption.is_encrypted(path)
    if encrypted and passphrase is None:
        return Seen(False, True)
    # A file without a log is read as it lies; SQLite would make files for the log of one that it might have to share.
    alone = not path.with_name(path.name + "-wal").exists()
    for how in ["mode=ro&immutable=1"] if alone else ["mode=ro", "mode=ro&immutable=1"]:
        with suppress(sqlite3.Error, OSError, *_foreign(encrypted)):
            address = f"{path.resolve().as_uri()}?{how}"
            with closing(_connected(address, passphrase if encrypted else None)) as connection:
                return _seen(connection, encrypted)
    return Seen(False, encrypted)


def version() -> str:
    """Of the SQLite that plain projects are kept with."""
    return sqlite3.sqlite_version


def may_corrupt(version: str) -> bool:
    """Whether this SQLite has the WAL-reset bug: two programs that empty the log at once may damage the file.

    >>> [may_corrupt(version) for version in ("3.40.1", "3.44.6", "3.51.3")]
    [True, False, False]
    """
    number = tuple(int(part) for part in version.split("."))
    mended = _MENDED.get((number[0], number[1]))
    return _AFFECTED[0] <= number < _AFFECTED[1] and (mended is None or number[2] < mended)


def _foreign(encrypted: bool) -> tuple[type[Exception], ...]:
    if not encrypted:
        return ()
    with suppress(QualcodeError):
        return (encryption.driver().Error, QualcodeError)
    return (QualcodeError,)


def _connected(address: str, passphrase: str | None) -> Any:
    if passphrase is None:
        return sqlite3.connect(address, uri=True, timeout=1)
    return encryption.connect(address, passphrase, uri=True, timeout=1)


def _seen(connection: Any, encrypted: bool) -> Seen:
    def one(table: str, what: str, default: Any) -> Any:
        # An older project lacks the table, a new one the rows.
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return default
        return connection.execute(f"SELECT {what}").fetchone()[0] or default

    sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    columns = {row[1] for row in connection.execute("PRAGMA table_info(transcripts)")}
    return Seen(
        True,
        encrypted,
        sound,
        # JSON's null is written as the word.
        one("tombstones", "count(*) FROM tombstones WHERE unfinished IS NOT NULL AND unfinished != 'null'", 0),
        one("transcripts", "count(*) FROM transcripts WHERE sealed", 0) if "sealed" in columns else 0,
        one("events", "max(at) FROM events WHERE kind IN ('judge', 'import-codings')", ""),
    )
