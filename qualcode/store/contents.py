"""Every word that an SQLite file holds in its tables, whatever program made it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from qualcode.errors import StoreError

HEAD = b"SQLite format 3\x00"


def cells(path: Path) -> Iterator[str | bytes]:
    """Texts and blobs of all cells of a file, tables of the schema among them; nothing is written, beside it either.

    Raises:
        StoreError: the file is damaged.
    """
    # Without `immutable` a reader of a file in WAL mode leaves two files of its own beside it.
    log = path.with_name(path.name + "-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
        try:
            yield from _cells(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        raise StoreError("is a damaged database", place=path.name) from None


def cells_of(data: bytes, name: str) -> Iterator[str | bytes]:
    """The same of a file inside another file.

    Raises:
        StoreError: the file is damaged.
    """
    # A file in WAL mode cannot be opened from memory; bytes 18 and 19 say so.
    plain = data[:18] + b"\x01\x01" + data[20:]
    try:
        connection = sqlite3.connect(":memory:")
        try:
            connection.deserialize(plain)
            yield from _cells(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        raise StoreError("is a damaged database", place=name) from None


def _cells(connection: sqlite3.Connection) -> Iterator[str | bytes]:
    connection.text_factory = lambda data: data.decode(errors="replace")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in ("sqlite_master", *names):
        quoted = name.replace('"', '""')
        for row in connection.execute(f'SELECT * FROM "{quoted}"'):
            yield from (cell for cell in row if isinstance(cell, (str, bytes)))
