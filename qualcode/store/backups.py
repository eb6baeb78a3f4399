"""Folders with a copy of a project: written whole or not at all, and checked before anything is taken from them."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from qualcode.corpus import keyed_id
from qualcode.errors import ProjectError, StoreError
from qualcode.passphrase import given
from qualcode.private import touch
from qualcode.store import encryption
from qualcode.store.tombstones import Tombstone

FOLDER, TOLD, STORE = "backups", "backup.json", "qualcode.sqlite"
COPIED = ("codebook.yaml", "qualcode.toml", "manifest.csv", "programmes.csv", "consent.csv", "crosswalk.csv")
"""Files that are copied as they are, where they exist. The project's key is not among them."""
RUNS = "runs"
ORIGINALS = "originals.sqlite"
_UNFINISHED = ".tmp"


@dataclass(frozen=True, slots=True)
class Backup:
    """What `backup.json` tells."""

    at: str
    reason: str
    project: str
    """Tells copies of one project from those of others."""
    files: Mapping[str, str]
    """SHA-256 by path inside the backup."""
    sound: bool = True
    """The database could be read when it was copied."""
    schema: int = 0
    last_event: str = ""
    """Hash of the last event."""


def stored(folder: Path) -> list[Path]:
    """Backups inside a project's folder, oldest first, one that was not finished among them: it may hold words."""
    inside = folder / FOLDER
    return sorted(path for path in inside.iterdir() if path.is_dir()) if inside.is_dir() else []


@contextmanager
def writing(
    folder: Path, reason: str, secret: bytes, into: Path | None = None, *, passphrase: str | None = None
) -> Iterator[Path]:
    """A new backup of a project's folder, to put the database into; finished, and found, only after the block.

    Args:
        folder: the project's.
        reason: ends the backup's name.
        secret: the project's key.
        into: where backups lie; inside the project unless given.
        passphrase: of an encrypted database.

    Raises:
        StoreError: it cannot be written.
    """
    now = datetime.now(UTC)
    into = into or folder / FOLDER
    name = free = f"{now:%Y%m%dT%H%M%SZ}-{reason}"
    number = 1
    while (into / free).exists():
        number += 1
        free = f"{name}-{number}"
    unfinished = into / (free + _UNFINISHED)
    try:
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        yield unfinished
        for file in COPIED:
            if (folder / file).is_file():
                shutil.copyfile(folder / file, unfinished / file)
        if (folder / RUNS).is_dir():
            shutil.copytree(folder / RUNS, unfinished / RUNS)
        if (folder / ORIGINALS).is_file() and not (unfinished / ORIGINALS).exists():
            copy(folder / ORIGINALS, unfinished / ORIGINALS)
        made = (now.isoformat(timespec="seconds"), reason, fingerprint(secret), sums(unfinished))
        seal(unfinished, Backup(*made, *_state(unfinished / STORE, passphrase)))
        unfinished.rename(into / free)
    except BaseException as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not isinstance(error, encryption.errors(OSError)):
            raise
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(
            f"the backup cannot be written ({why})", place=free, hint="check free space and permissions"
        ) from None


def finished(unfinished: Path) -> Path:
    """Where a backup lies that `writing` has finished."""
    return unfinished.with_name(unfinished.name.removesuffix(_UNFINISHED))


def withdrawn(database: Path, passphrase: str | None = None) -> dict[str, Tombstone]:
    """Who had withdrawn, as a backup's database tells; nobody where it is damaged or older than withdrawals.

    Read without being opened for writing: the backup must stay as its sums say.
    """
    found = {}
    try:
        with closing(encryption.reading(database, passphrase)) as connection:
            for id_, at, *told in connection.execute("SELECT id, at, counts, transcripts, releases FROM tombstones"):
                counts, transcripts, releases = map(json.loads, told)
                found[id_] = Tombstone(id_, at, counts, frozenset(transcripts), tuple(releases))
    except encryption.errors(ValueError):
        return {}
    return found


def seal(backup: Path, told: Backup) -> None:
    """Write what a backup tells of itself, and let only its owner read it."""
    (backup / TOLD).write_text(json.dumps(asdict(told), indent=2) + "\n", encoding="utf-8")
    for path in backup.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def copy(source: Path, target: Path, passphrase: str | None = None) -> None:
    """Copy a database as it stands at this moment, its write-ahead log included, while others read and write.

    By a connection of its own: one that is writing refuses, and is asked again for ever. Page by page, not by `VACUUM
    INTO`: that numbers the rows of some tables anew, and what the next event has to witness is told by these numbers.
    """
    touch(target)
    encrypted = encryption.is_encrypted(source)
    known = (passphrase or given()) if encrypted else ""
    opened = [encryption.connect(path, known) if encrypted else sqlite3.connect(path) for path in (source, target)]
    with closing(opened[0]) as read_from, closing(opened[1]) as written:
        read_from.backup(written)
        # A copy that nobody writes to needs no log beside it.
        written.execute("PRAGMA journal_mode=DELETE")


def sums(backup: Path) -> dict[str, str]:
    """SHA-256 of each file of a backup by its path in it, but for what it tells of itself."""
    found = {}
    for path in sorted(backup.rglob("*")):
        if path.is_file() and path != backup / TOLD:
            with path.open("rb") as file:
                found[path.relative_to(backup).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def read(backup: Path) -> Backup:
    """What a backup tells, once all its files are as it says.

    Raises:
        ProjectError: it is no backup, or a file of it is missing, was changed, or was put in.
    """
    try:
        told = Backup(**json.loads((backup / TOLD).read_text(encoding="utf-8")))
        said = dict(told.files)
    except (OSError, ValueError, TypeError):
        hint = f"name a folder inside {FOLDER}/, or one that qualcode backup wrote"
        raise ProjectError(f"is no finished backup (no sound {TOLD})", place=str(backup), hint=hint) from None
    there = sums(backup)
    for name in sorted(said.keys() | there.keys()):
        if said.get(name) != there.get(name):
            what = "is missing" if name not in there else "was put in" if name not in said else "was changed"
            raise ProjectError(
                f"{name} {what} since the backup was made", place=str(backup), hint="choose another backup"
            )
    return told


def rewrite(backup: Path) -> None:
    """Tell the sums anew, after a withdrawal has taken words out of a backup.

    Raises:
        ProjectError: it is no finished backup.
    """
    try:
        told = json.loads((backup / TOLD).read_text(encoding="utf-8"))
        kept = (str(told["at"]), str(told["reason"]), str(told["project"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ProjectError(f"is no finished backup (no sound {TOLD})", place=str(backup)) from None
    seal(backup, Backup(*kept, sums(backup), *_state(backup / STORE)))


def fingerprint(secret: bytes) -> str:
    """Tells a project's copies from other projects, and nothing about its key."""
    return keyed_id(secret, "p", "fingerprint")


def _state(database: Path, passphrase: str | None = None) -> tuple[bool, int, str]:
    """Whether a database can be read, its schema, and the hash of its last event."""
    try:
        with closing(encryption.reading(database, passphrase)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            schema = connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchone()
            last = connection.execute("SELECT hash FROM events ORDER BY id DESC LIMIT 1").fetchone()
    except encryption.errors():
        return False, 0, ""
    return sound, int(schema[0]) if schema else 0, last[0] if last else ""
