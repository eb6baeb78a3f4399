"""`qualcode backup` and `qualcode restore`."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.corpus import case_digest
from qualcode.errors import ProjectError, StoreError
from qualcode.pipeline import acts, withdrawing
from qualcode.project import KEY, SETTINGS, STORE, Project, secret_in
from qualcode.store import backups as kept
from qualcode.store import corpus, events, releases, restoring, tombstones
from qualcode.store.database import Database
from qualcode.store.migrations import STEPS
from qualcode.store.releases import Release
from qualcode.store.tombstones import Tombstone

CONSENT = "consent.csv"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written."""

    path: Path
    files: int
    size: int
    inside: bool
    """It lies in the project folder, where a withdrawal reaches it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and what came of it."""

    backup: str
    made_at: str
    before: Path
    """Backup of what stood until then."""
    files: tuple[str, ...]
    withdrawn: int
    """Cases that withdrew after the backup was made, and were taken out of it again."""
    notes: tuple[str, ...] = field(default=())


def stored(project: Project) -> list[Path]:
    """Backups that lie in the project folder, unfinished ones too: what a withdrawal has to reach.

    After words are taken out of one, `store.backups.rewrite` tells its sums anew. An unfinished one (`.tmp`) is of no
    use to anybody and may be deleted whole.
    """
    return kept.stored(project.folder)


def backup(project: Project, into: Path | None = None) -> BackedUp:
    """Copy the project into a new folder: database, originals, codebook, settings, lists, run files; never the key.

    Args:
        project: to copy.
        into: where backups are put; the project's `backups/` unless given. One elsewhere is entered as a release, for
            a withdrawal cannot reach it.

    Raises:
        StoreError: it cannot be written.
    """
    with kept.writing(project.folder, "backup", project.secret, into) as folder:
        project.store.copy(folder / STORE)
    made = kept.finished(folder)
    inside = made.resolve().is_relative_to(project.folder.resolve())
    files = kept.sums(made)
    at = acts.now()
    with project.store.writing() as connection:
        if not inside:
            told = hashlib.sha256((made / kept.TOLD).read_bytes()).hexdigest()
            transcripts = corpus.transcripts(connection, current=False)
            cases = {text.case for text in transcripts} | {turn.case for text in transcripts for turn in text.turns}
            whose = frozenset(case_digest(project.secret, case) for case in cases if case)
            releases.add(connection, Release(at, "backup", str(made), told, "archive", True, whose))
        events.record(
            connection,
            "backup",
            actor=acts.RESEARCHER,
            at=at,
            subjects=[f"backup:{made.name}"],
            counts={"files": len(files)},
        )
    return BackedUp(made, len(files), sum(path.stat().st_size for path in made.rglob("*") if path.is_file()), inside)


def restore(folder: Path, backup: Path) -> Restored:
    """Put a backup in place of what stands; a kill at any moment leaves the one or the other.

    What stands is backed up first, as it is where its database is damaged. `consent.csv` stays as it stands now: what
    people agreed to is not taken back in time.

    Args:
        folder: the project's; its database need not open.
        backup: a folder that `backup` wrote, or one of those before a migration or a restore.

    Raises:
        ProjectError: the backup is damaged, of another project, newer than this qualcode, or of a damaged database.
        StoreError: something cannot be written.
    """
    restoring.finish(folder)
    secret = secret_in(folder)
    told = kept.read(backup)
    _refuse(told, backup, secret)
    gone, head, notes = _known(folder, secret)
    before = _before(folder, secret, damaged=head is None)
    prepared = restoring.prepare(folder)
    try:
        names = _prepare(folder, backup, prepared, told)
        withdrawn = _take_out(prepared, backup.name, head or "", gone)
    except BaseException:
        restoring.discard(folder)
        raise
    if (folder / CONSENT).is_file():
        names.discard(CONSENT)
    restoring.commit(folder, sorted(names))
    return Restored(backup.name, told.at, before, tuple(sorted(names)), withdrawn, tuple(notes))


def _refuse(told: kept.Backup, backup: Path, secret: bytes) -> None:
    if told.project != kept.fingerprint(secret):
        raise ProjectError(
            "is a backup of another project, or of this one under another key",
            place=str(backup),
            hint=f"put the {KEY} back that the project had then",
        )
    if told.schema > len(STEPS):
        raise ProjectError("was written by a newer qualcode", place=str(backup), hint="upgrade qualcode")
    if not told.sound:
        raise ProjectError("its database was damaged when it was copied", place=str(backup), hint="choose another one")


def _known(folder: Path, secret: bytes) -> tuple[dict[str, Tombstone], str | None, list[str]]:
    """Who withdrew, as far as anything here tells; the last event of what stands, None where it cannot be read."""
    gone: dict[str, Tombstone] = {}
    for path in kept.stored(folder):
        gone |= kept.withdrawn(path / STORE)
    if not (folder / STORE).is_file():
        return gone, None, ["the project had no database: who withdrew is known from its backups only"]
    try:
        store = Database(folder / STORE, secret)
        with store.reading() as connection:
            gone |= tombstones.tombstones(connection)
            record = events.all_events(connection)
        store.close()
    except StoreError:
        return gone, None, ["the database is damaged: who withdrew is known from the project's backups only"]
    return gone, record[-1].hash if record else "", []


def _before(folder: Path, secret: bytes, *, damaged: bool) -> Path:
    with kept.writing(folder, "before-restore", secret) as unfinished:
        if damaged:
            for path in folder.glob(STORE + "*"):
                shutil.copyfile(path, unfinished / path.name)
        else:
            kept.copy(folder / STORE, unfinished / STORE)
    return kept.finished(unfinished)


def _prepare(folder: Path, backup: Path, prepared: Path, told: kept.Backup) -> set[str]:
    try:
        for name in told.files:
            (prepared / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(backup / name, prepared / name)
            (prepared / name).chmod(0o600)
        shutil.copyfile(folder / KEY, prepared / KEY)
        if not (prepared / SETTINGS).exists():
            shutil.copyfile(folder / SETTINGS, prepared / SETTINGS)
        (prepared / kept.RUNS).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"cannot be written ({error.strerror})", place="restore", hint="check free space") from None
    return {name.split("/")[0] for name in told.files} | {kept.RUNS}


def _take_out(prepared: Path, name: str, head: str, gone: Mapping[str, Tombstone]) -> int:
    with Project.open(prepared) as project:
        with project.store.reading() as connection:
            known = tombstones.tombstones(connection)
        later = {id_: stone for id_, stone in gone.items() if id_ not in known}
        if later:
            withdrawing.reapply(project, later.values())
        with project.store.writing() as connection:
            for stone in later.values():
                tombstones.put(connection, stone)
            events.record(
                connection,
                "restore",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[f"backup:{name}", *([f"instead:{head}"] if head else [])],
                counts={"withdrawn": len(later)},
            )
    return len(later)
