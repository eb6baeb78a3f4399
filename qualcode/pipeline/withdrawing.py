"""`qualcode withdraw`: a person takes back what they gave, and nothing of it is left in the project's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.corpus import case_digest
from qualcode.errors import ProjectError
from qualcode.pipeline import acts, belongings, clearing, departing, keys, refreshing, scanning
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.belongings import Belongings, Holder
from qualcode.pipeline.clearing import Cleared
from qualcode.pipeline.departing import Work
from qualcode.pipeline.scanning import Trace
from qualcode.pipeline.shingles import Shingler
from qualcode.project import CODEBOOK, STORE, Project
from qualcode.store import releases, speaking, tombstones
from qualcode.store.backups import TOLD, rewrite, stored
from qualcode.store.database import Connection
from qualcode.store.purging import Purged
from qualcode.store.tombstones import Tombstone


@dataclass(frozen=True, slots=True)
class WithdrawSummary:
    """What went, or would go; what a person must still read, recall or delete."""

    case: str
    done: bool
    """False after a dry run, and while traces are left."""
    counts: Mapping[str, int]
    """By kind of record."""
    deleted: tuple[str, ...] = ()
    """Files in the project's folder that were deleted; exports among them are written anew."""
    changed: tuple[str, ...] = ()
    """Files that lost what was of this person, and kept the rest."""
    recall: tuple[str, ...] = ()
    """Files outside the folder that hold the words, as they were asked for, and files that were imported."""
    mentions: tuple[tuple[str, int], ...] = ()
    """(transcript, offset) where others name the person."""
    traces: tuple[Trace, ...] = ()
    common: int = 0
    """Runs of eight words that others say as well; they stay."""
    unread: int = 0
    """Sealed texts whose words were not at hand: what they alone held was not looked for."""
    not_written: str = ""
    """Why exports were not written anew."""


def preview(project: Project, case: str) -> WithdrawSummary:
    """What a withdrawal would take away; nothing is written.

    Raises:
        ProjectError: the case is unknown, is a file or a text, may be two people, or withdrew already.
    """
    holder = _holder(project)
    with project.store.reading() as connection:
        _refuse(connection, project, case)
    own, work = _planned(project, holder, case)
    with project.store.reading() as connection:
        mentions = [hit for hit in belongings.mentions(connection, own.names) if hit[0] not in own.whole]
        released = [one.path for one in releases.releases(connection) if _digest(project, case) in one.cases]
    gone = _tried(project, holder, work)
    return WithdrawSummary(
        case,
        False,
        {name: count for name, count in gone.counts.items() if count},
        deleted=clearing.doomed(project.folder, released),
        changed=tuple(f"{path.relative_to(project.folder).as_posix()}/{STORE}" for path in backups(project)),
        recall=(*_outside(project.folder, released), *work.sources),
        mentions=tuple(mentions),
        common=work.common,
        unread=own.unread,
    )


def withdraw(project: Project, case: str, *, progress: Progress = acts.silent) -> WithdrawSummary:
    """Purge a case from the store, the files and the backups of a project, and look whether anything is left.

    First what is to be done is written into a tombstone; then the store changes in one transaction; then the files.
    Whatever is cut short is finished by the next command (`opening.opened`).

    Args:
        project: to be purged.
        case: its id, as the manifest or the table of answers has it.
        progress: told of the scan.

    Raises:
        ProjectError: the case is unknown, is a file or a text, may be two people, or withdrew already.
        StoreError: another program is writing.
    """
    if case in unfinished(project):
        return finish(project, case, progress=progress)
    holder = _holder(project)
    with project.store.reading() as connection:
        _refuse(connection, project, case)
    return _go_on(project, holder, _begin(project, holder, case), progress)


def unfinished(project: Project) -> list[str]:
    """Cases whose withdrawal was cut short, or left traces."""
    with project.store.reading() as connection:
        return [
            str(stone.unfinished["case"]) for stone in tombstones.tombstones(connection).values() if stone.unfinished
        ]


def finish(project: Project, case: str, *, progress: Progress = acts.silent) -> WithdrawSummary:
    """Go on with a withdrawal that was begun."""
    holder = _holder(project)
    with project.store.reading() as connection:
        stone = tombstones.tombstones(connection)[_digest(project, case)]
    work = Work.of(stone.unfinished or {})
    # Until the store is purged nothing is lost by looking again: more may have come in since.
    return _go_on(project, holder, work if work.purged else _begin(project, holder, case), progress)


def reapply(project: Project, stones: Iterable[Tombstone], *, progress: Progress = acts.silent) -> tuple[str, ...]:
    """Purge again what a restored backup holds of cases that withdrew; returns their digests.

    Args:
        project: as it was restored.
        stones: of the project as it stood before.
        progress: told of the scan.
    """
    kept = {stone.id: stone for stone in stones}
    with project.store.writing() as connection:
        for stone in kept.values():
            tombstones.put(connection, replace(stone, unfinished=None))
        back = [case for case in speaking.known_cases(connection) if _digest(project, case) in kept]
    for case in sorted(back):
        holder = _holder(project)
        _go_on(project, holder, _begin(project, holder, case), progress)
    return tuple(sorted(_digest(project, case) for case in back))


def backups(project: Project) -> list[Path]:
    """Backups in the project's folder whose database is there, those that were not finished among them."""
    return [folder for folder in stored(project.folder) if (folder / STORE).exists()]


def _holder(project: Project) -> Holder:
    return Holder(project.folder, project.store, project.secret, keys.key_of(project))


@contextmanager
def _of_backup(project: Project, folder: Path) -> Iterator[Holder]:
    store = project.store.another(folder / STORE)
    try:
        yield Holder(folder, store, project.secret, keys.key_of(project))
    finally:
        store.close()


def _digest(project: Project, case: str) -> str:
    return case_digest(project.secret, case)


def _begin(project: Project, holder: Holder, case: str) -> Work:
    """Write down what is to be done."""
    _, work = _planned(project, holder, case)
    with project.store.writing() as connection:
        departing.begin(connection, project.secret, work)
    return work


def _planned(project: Project, holder: Holder, case: str) -> tuple[Belongings, Work]:
    """Gather the words wherever they lie, and what is to be done with them."""
    said: list[str] = []
    prose = [project.codebook_text]
    sources: set[str] = set()
    for folder in backups(project):
        with _of_backup(project, folder) as kept, kept.store.reading() as connection:
            there = belongings.of(connection, kept, case)
            said += there.said
            sources.update(there.sources)
            prose += [(folder / CODEBOOK).read_text(encoding="utf-8-sig")] if (folder / CODEBOOK).exists() else []
    with project.store.reading() as connection:
        own = belongings.of(connection, holder, case)
    exported = (project.exports / "run.json").exists()
    work = departing.planned(holder, own, (*own.said, *said), prose, at=acts.now(), exported=exported)
    return own, replace(work, sources=tuple(sorted({*work.sources, *sources})))


def _go_on(project: Project, holder: Holder, work: Work, progress: Progress) -> WithdrawSummary:
    if not work.purged:
        with project.store.writing() as connection:
            work, _ = departing.purge(connection, holder, work)
    cleared = clearing.clear(holder, work)
    cleared += _purge_backups(project, work)
    project.store.compact()
    not_written = refreshing.derive_anew(project, exported=work.exported, progress=progress)
    shingler = Shingler(project.secret)
    left = scanning.traces(project.folder, work.shingles, shingler, progress=progress)
    with project.store.writing() as connection:
        stone = tombstones.tombstones(connection)[_digest(project, work.case)]
        if not left:
            stone = replace(stone, unfinished=None)
            tombstones.put(connection, stone)
        mentions = belongings.mentions(connection, work.names)
        released = [one.path for one in releases.releases(connection) if stone.id in one.cases]
    if not left:
        project.store.compact()
    return WithdrawSummary(
        work.case,
        not left,
        stone.counts,
        cleared.deleted,
        cleared.changed,
        (*_outside(project.folder, released), *work.sources),
        mentions,
        left,
        work.common,
        work.unread,
        not_written=not_written,
    )


def _purge_backups(project: Project, work: Work) -> Cleared:
    """The same in every backup; a tombstone stands in it afterwards as well."""
    told = Cleared()
    for folder in backups(project):
        with _of_backup(project, folder) as kept:
            there = replace(work, purged=False)
            with kept.store.writing() as connection:
                departing.begin(connection, project.secret, there)
                there, _ = departing.purge(connection, kept, there)
                stone = tombstones.tombstones(connection)[_digest(project, work.case)]
                tombstones.put(connection, replace(stone, unfinished=None))
            cleared = clearing.clear(kept, there)
            kept.store.compact()
        if (folder / TOLD).exists():
            rewrite(folder)
        prefix = folder.relative_to(project.folder).as_posix()
        deleted, changed = ([f"{prefix}/{name}" for name in names] for names in (cleared.deleted, cleared.changed))
        told += Cleared(tuple(deleted), (*changed, f"{prefix}/{STORE}"))
    return told


def _outside(folder: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Released files that a withdrawal does not reach."""
    return tuple(dict.fromkeys(path for path in paths if clearing.outside(folder, path)))


def _refuse(connection: Connection, project: Project, case: str) -> None:
    known = speaking.known_cases(connection)
    stone = tombstones.tombstones(connection).get(_digest(project, case))
    if case in known:
        programmes = sorted(known[case])
        if len(programmes) > 1:
            raise ProjectError(
                f"stands in {len(programmes)} programmes ({', '.join(programmes)}) and may be several people",
                place=case,
                hint="give each an id of their own, or one programme if it is one person, and import again",
            )
        return
    if stone and not stone.unfinished:
        raise ProjectError(f"withdrew on {stone.at[:10]}; nothing of it is here", place=case)
    if stone:
        return
    of = speaking.cases_of(connection, case)
    if of:
        shown = ", ".join(of[:5]) + (" …" if len(of) > 5 else "")
        raise ProjectError("is a text and no case", place=case, hint=f"its cases are: {shown}")
    raise ProjectError("there is no such case", place=case, hint="ids of cases stand in manifest.csv, column case")


class _Trial(Exception):
    """Ends a transaction that is to come to nothing."""


def _tried(project: Project, holder: Holder, work: Work) -> Purged:
    """What a purge takes away, by doing it and taking it back."""
    gone = Purged()
    try:
        with project.store.writing() as connection:
            departing.begin(connection, project.secret, work)
            _, gone = departing.purge(connection, holder, work)
            raise _Trial
    except _Trial:
        return gone
