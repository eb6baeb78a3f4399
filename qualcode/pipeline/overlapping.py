"""After an import: which of the new documents share most of their words with another."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from qualcode.importers import overlap
from qualcode.project import Project
from qualcode.store import sketches

_BATCH = 200
_STORED = np.dtype("<u4")


def notes(project: Project, new: Set[str]) -> list[tuple[str, str]]:
    """(file, what it shares with which other file) for each pair with a document of `new`.

    Sketches are kept in the store: for 10,000 documents of 8,000 words they take half a minute to make, and half a
    second to compare with one more (`make benchmark-overlap`). One text at a time is in memory.
    """
    with project.store.reading() as connection:
        todo = sketches.missing(connection, overlap.METHOD)
    for at in range(0, len(todo), _BATCH):
        with project.store.writing() as connection:
            made = (overlap.sketch(id_, sketches.text(connection, id_)) for id_ in todo[at : at + _BATCH])
            rows = [(one.transcript, one.shingles, one.modulus, one.kept.astype(_STORED).tobytes()) for one in made]
            sketches.add(connection, overlap.METHOD, rows)
    with project.store.reading() as connection:
        held = [
            overlap.Sketch(id_, shingles, modulus, np.frombuffer(kept, _STORED))
            for id_, shingles, modulus, kept in sketches.current(connection, overlap.METHOD)
        ]
        found = overlap.among(held, lambda id_: sketches.text(connection, id_), new=new)
        source = sketches.sources(connection, {id_ for pair in found for id_ in (pair.first, pair.second)})
    return [
        (
            source[pair.first],
            f"{pair.share:.0%} of it stands in {source[pair.second]} too: what they share is counted twice",
        )
        for pair in found
    ]
