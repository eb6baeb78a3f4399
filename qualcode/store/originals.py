"""What the texts were before identities were replaced: encrypted, in a file of its own.

The key lies outside the project. Whoever has the folder alone can take entries away and read none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import URL, Column, LargeBinary, MetaData, String, Table, create_engine, delete, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from qualcode.errors import ProjectError, StoreError
from qualcode.store import corpus

_metadata = MetaData()
_originals = Table(
    "originals",
    _metadata,
    Column("transcript", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
_register = Table(
    "register",
    _metadata,
    Column("name", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
_LOST = "put the key back from your copy of it; without it what was replaced cannot be read by anybody"


@dataclass(frozen=True, slots=True)
class Logged:
    """One replacement: where it was in the original, what stood there and what stands there now."""

    start: int
    end: int
    kind: str
    words: str = field(repr=False)
    became: str
    detector: str


@dataclass(frozen=True, slots=True)
class Original:
    """A text as it came."""

    transcript: str
    text: str = field(repr=False)
    speakers: tuple[tuple[int, str], ...] = field(repr=False)
    """Where each labelled turn begins, and its label."""
    log: tuple[Logged, ...] = field(repr=False)
    """In order; what may have been missed is in it too, and became nothing."""


class Originals:
    """The file of originals; made when something is first put into it.

    Args:
        path: of the file.
        key: a Fernet key. Without one entries can be counted and removed only.

    Raises:
        StoreError: the file is damaged.
    """

    def __init__(self, path: Path, key: bytes | None) -> None:
        self.path = path
        self._fernet = Fernet(key) if key else None
        self._engine = create_engine(URL.create("sqlite", database=str(path)))
        event.listen(self._engine, "connect", _prepare)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def put(self, originals: Sequence[Original]) -> None:
        """Seal these; one that was sealed before is sealed anew."""
        self._write(_originals, {one.transcript: _plain(one) for one in originals})

    def get(self, transcripts: Iterable[str]) -> dict[str, Original]:
        """Those of these texts that lie here.

        Raises:
            ProjectError: no key, or not the key that sealed them.
        """
        found: dict[str, Original] = {}
        for ids in corpus.chunks(sorted(transcripts)):
            rows = self._read(select(_originals).where(_originals.c.transcript.in_(ids)))
            found |= {transcript: _original(transcript, self._opened(sealed)) for transcript, sealed in rows}
        return found

    def sealed(self) -> list[str]:
        """Ids of all texts that lie here."""
        return [str(transcript) for (transcript,) in self._read(select(_originals.c.transcript))]

    def set_register(self, name: str, value: Any) -> None:
        """Keep a value that JSON can hold under a name."""
        self._write(_register, {name: value})

    def register(self, name: str) -> Any:
        """The value of a name, or None; raises as `get` does."""
        rows = self._read(select(_register.c.name, _register.c.sealed).where(_register.c.name == name))
        return self._opened(rows[0][1]) if rows else None

    def remove(self, transcripts: Iterable[str]) -> int:
        """Take texts away for good, key or no key; returns how many there were."""
        if not self.path.exists():
            return 0
        count = 0
        with self._engine.begin() as connection:
            for ids in corpus.chunks(sorted(transcripts)):
                count += connection.execute(delete(_originals).where(_originals.c.transcript.in_(ids))).rowcount
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return count

    def rekey(self, key: bytes) -> None:
        """Seal everything under another key, in one transaction; raises as `get` does."""
        new = Fernet(key)
        if not self.path.exists():
            return
        with self._engine.begin() as connection:
            for table in (_originals, _register):
                name = next(iter(table.primary_key))
                for row in connection.execute(select(table)).all():
                    sealed = new.encrypt(json.dumps(self._opened(row.sealed)).encode())
                    connection.execute(table.update().where(name == row[0]).values(sealed=sealed))
        self._fernet = new

    def _write(self, table: Table, values: Mapping[str, Any]) -> None:
        name = next(iter(table.primary_key)).name
        rows = [{name: id_, "sealed": self._closed(value)} for id_, value in values.items()]
        if not rows:
            return
        try:
            self.path.touch(mode=0o600)
            _metadata.create_all(self._engine)
            with self._engine.begin() as connection:
                statement = insert(table)
                update = statement.on_conflict_do_update(
                    index_elements=[name], set_={"sealed": statement.excluded.sealed}
                )
                connection.execute(update, rows)
        except (DatabaseError, OSError) as error:
            raise _refusal(self.path) from error

    def _read(self, query: Any) -> list[Any]:
        if not self.path.exists():
            return []
        try:
            with self._engine.connect() as connection:
                return list(connection.execute(query))
        except DatabaseError as error:
            raise _refusal(self.path) from error

    def _closed(self, value: Any) -> bytes:
        if self._fernet is None:
            raise ProjectError("the key of the originals is missing", place=self.path.name, hint=_LOST)
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def _opened(self, sealed: bytes) -> Any:
        if self._fernet is None:
            raise ProjectError("the key of the originals is missing", place=self.path.name, hint=_LOST)
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise ProjectError(
                "was sealed with another key than the one that is there", place=self.path.name, hint=_LOST
            ) from None


def _plain(one: Original) -> dict[str, Any]:
    log = [[entry.start, entry.end, entry.kind, entry.words, entry.became, entry.detector] for entry in one.log]
    return {"text": one.text, "speakers": [list(pair) for pair in one.speakers], "log": log}


def _original(transcript: str, value: Mapping[str, Any]) -> Original:
    log = tuple(Logged(*entry) for entry in value["log"])
    speakers = tuple((start, label) for start, label in value["speakers"])
    return Original(transcript, value["text"], speakers, log)


def _prepare(dbapi_connection: Any, _record: object) -> None:
    for pragma in ("secure_delete=ON", "temp_store=MEMORY", "synchronous=FULL"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _refusal(path: Path) -> StoreError:
    return StoreError("is damaged or cannot be written", place=path.name, hint="restore it from a backup")
