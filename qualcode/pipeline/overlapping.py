"""After an import: which of the new documents share most of their words with another."""

from __future__ import annotations

from collections.abc import Set

from qualcode.importers import overlap
from qualcode.project import Project
from qualcode.store import sketches

_BATCH = 200
PROJECTS = (".qdpx", ".sqlite3")
"""Files that hold several texts, each with a name of its own."""


def notes(project: Project, new: Set[str]) -> list[tuple[str, str]]:
    """(file, what it shares with which other file) for each pair with a document of `new`.

    Sketches are kept in the store; most are made by whoever read the file. For 10,000 documents of 8,000 words that
    takes half a minute, and half a second to compare with one more (`make benchmark-overlap`). One text at a time is
    in memory.
    """
    with project.store.reading() as connection:
        todo = sketches.missing(connection, overlap.METHOD)
    for at in range(0, len(todo), _BATCH):
        with project.store.writing() as connection:
            made = (overlap.sketch(id_, sketches.text(connection, id_)) for id_ in todo[at : at + _BATCH])
            sketches.add(connection, overlap.METHOD, [overlap.packed(one) for one in made])
    with project.store.reading() as connection:
        held = [overlap.unpacked(row) for row in sketches.current(connection, overlap.METHOD)]
        found = overlap.among(held, lambda id_: sketches.text(connection, id_), new=new)
        source = sketches.sources(connection, {id_ for pair in found for id_ in (pair.first, pair.second)})
    return [
        (
            _place(pair.first, source[pair.first]),
            f"{pair.share:.0%} of it stands in {_place(pair.second, source[pair.second])} too: "
            "what they share is counted twice",
        )
        for pair in found
    ]


def _place(transcript: str, source: str) -> str:
    """The file; and of a text inside another tool's project its id, since its name may be a person's."""
    parts = source.split("/")
    inside = next((n for n, part in enumerate(parts[:-1], start=1) if part.lower().endswith(PROJECTS)), None)
    return f"{'/'.join(parts[:inside])}#{transcript}" if inside else source
