"""What is left of cases that withdrew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.store import schema


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A case that is gone: no name, no words."""

    id: str
    """`corpus.case_digest` of the case."""
    at: str
    counts: Mapping[str, int]
    """How much went, by kind of record."""
    transcripts: frozenset[str]
    """Texts that must not come back: `transcripts.id`, which is a keyed digest of the words."""
    releases: tuple[int, ...]
    """Files already released that hold the case's words."""
    unfinished: Mapping[str, Any] | None = field(default=None, repr=False)
    """What is still to be done, by the command that began; it holds the case's id, and is gone when that has ended."""


def put(connection: Connection, tombstone: Tombstone) -> None:
    """Write a tombstone, or the next state of it."""
    values: dict[str, Any] = {
        "id": tombstone.id,
        "at": tombstone.at,
        "counts": dict(tombstone.counts),
        "transcripts": sorted(tombstone.transcripts),
        "releases": list(tombstone.releases),
        "unfinished": None if tombstone.unfinished is None else dict(tombstone.unfinished),
    }
    statement = insert(schema.tombstones).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def tombstones(connection: Connection) -> dict[str, Tombstone]:
    """All of them, by id."""
    rows = connection.execute(select(schema.tombstones).order_by(schema.tombstones.c.at)).mappings()
    return {
        row["id"]: Tombstone(
            row["id"],
            row["at"],
            row["counts"],
            frozenset(row["transcripts"]),
            tuple(row["releases"]),
            row["unfinished"],
        )
        for row in rows
    }
