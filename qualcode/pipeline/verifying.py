"""`qualcode verify`: whether the project is what its record says, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qualcode.project import Project
from qualcode.store import checking, codings, digest, events, tombstones
from qualcode.store.checking import Fault, Original
from qualcode.store.codings import cells
from qualcode.store.database import Connection


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is wrong with it."""

    faults: tuple[Fault, ...]
    events: int
    head: str
    """Hash of the last event: written down elsewhere, it shows whether the whole record was exchanged."""
    sealed: int
    """Texts that lie encrypted elsewhere."""
    withdrawn: int
    """Cases that withdrew."""
    notes: tuple[str, ...] = ()


def verify(project: Project, *, original: Original | None = None) -> Verified:
    """Check the chain of events, every witnessed row and quotation, links, counts, versions and run files.

    Args:
        project: to check; nothing is written.
        original: gives a text that lies encrypted elsewhere, where its key is at hand.
    """
    with project.store.reading() as connection:
        faults = list(dict.fromkeys(_faults(connection, project.runs, original)))
        record = events.all_events(connection)
        known = {run.id for run in codings.runs(connection)}
        sealed = checking.sealed(connection)
        withdrawn = len(tombstones.tombstones(connection))
    strays = sorted(path.name for path in project.runs.iterdir() if path.is_dir()) if project.runs.is_dir() else []
    stray = [name for name in strays if name not in known]
    notes = (f"{len(stray)} in runs/ belong to no run: a pass was stopped before it was written",) if stray else ()
    return Verified(tuple(faults), len(record), record[-1].hash if record else "", sealed, withdrawn, notes)


def state_digest(project: Project) -> str:
    """One hash over the state, clocks excluded: see `store.digest.state`."""
    with project.store.reading() as connection:
        return digest.state(connection, project.codebook_text)


def _faults(connection: Connection, runs: Path, original: Original | None) -> Iterator[Fault]:
    yield from checking.file(connection)
    yield from checking.chain(connection)
    yield from checking.rows(connection, original)
    yield from checking.spans(connection)
    yield from checking.links(connection)
    yield from checking.counts(connection)
    yield from checking.versions(connection)
    yield from _run_files(connection, runs)


def _run_files(connection: Connection, runs: Path) -> Iterator[Fault]:
    """Runs against the files of their cells: the present ones are the run's proposals."""
    made = codings.proposals_by_run(connection)
    for run in codings.runs(connection):
        path = runs / run.id / "proposals.parquet"
        if not path.is_file():
            yield Fault("runs", run.id, "its file of cells is missing")
            continue
        found = cells(path)
        if found is None:
            yield Fault("runs", run.id, "its file of cells is damaged")
        elif found != made.get(run.id, set()):
            yield Fault("runs", run.id, "its file of cells has other proposals than the table")
