"""Write and read the sketches that copies are found by; what is in them, `importers.overlap` knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.store import corpus, schema

Row = tuple[str, int, int, bytes]
"""As `importers.overlap.packed` makes it, which stands beside the store."""


def missing(connection: Connection, method: str) -> list[str]:
    """Current documents that have no sketch of this method; rows of tables never have one."""
    t, s = schema.transcripts.c, schema.sketches.c
    known = select(s.transcript).where(s.method == method)
    query = select(t.id).where(t.row == "", t.id.not_in(known), t.id.not_in(corpus.replaced()))
    return list(connection.execute(query.order_by(t.id)).scalars())


def text(connection: Connection, transcript: str) -> str:
    """The words of one transcript."""
    query = select(schema.transcripts.c.text).where(schema.transcripts.c.id == transcript)
    return str(connection.execute(query).scalar_one())


def add(connection: Connection, method: str, sketches: Iterable[Row]) -> None:
    """Keep sketches, in place of those of another method."""
    names = ("transcript", "shingles", "modulus", "kept")
    rows = [dict(zip(names, sketch, strict=True)) | {"method": method} for sketch in sketches]
    if rows:
        statement = insert(schema.sketches)
        changed = {name: statement.excluded[name] for name in ("method", *names[1:])}
        connection.execute(statement.on_conflict_do_update(index_elements=["transcript"], set_=changed), rows)


def current(connection: Connection, method: str) -> list[Row]:
    """Sketches of all current documents."""
    s = schema.sketches.c
    query = select(s.transcript, s.shingles, s.modulus, s.kept).where(
        s.method == method, s.transcript.not_in(corpus.replaced())
    )
    return [
        (row.transcript, row.shingles, row.modulus, row.kept)
        for row in connection.execute(query.order_by(s.transcript))
    ]


def sources(connection: Connection, transcripts: Iterable[str]) -> dict[str, str]:
    """The file that each of these transcripts came from."""
    t = schema.transcripts.c
    query = select(t.id, t.source).where(t.id.in_(list(transcripts)))
    return {row.id: row.source for row in connection.execute(query)}
