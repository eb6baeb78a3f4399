"""Write and read where the places of a text stand in the one that was made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.corpus import Edit, OffsetMap
from qualcode.store import corpus, schema


def add(connection: Connection, maps: Mapping[tuple[str, str], OffsetMap]) -> None:
    """Keep maps by (old text, new text); one that is known stays as it is."""
    rows = [
        {"old": old, "new": new, "edits": [[edit.start, edit.end, edit.length] for edit in made.edits]}
        for (old, new), made in maps.items()
    ]
    if rows:
        connection.execute(insert(schema.offset_maps).on_conflict_do_nothing(), rows)


def offset_maps(connection: Connection, texts: Iterable[str] | None = None) -> dict[tuple[str, str], OffsetMap]:
    """Maps by (old text, new text): all, or those that touch these texts."""
    m = schema.offset_maps.c
    if texts is None:
        rows = list(connection.execute(select(schema.offset_maps)))
    else:
        rows = []
        for ids in corpus.chunks(sorted(texts)):
            rows += connection.execute(select(schema.offset_maps).where(m.old.in_(ids) | m.new.in_(ids)))
    return {(row.old, row.new): OffsetMap(tuple(Edit(*edit) for edit in row.edits)) for row in rows}


def standing(connection: Connection, texts: Iterable[str] | None = None) -> dict[str, str]:
    """Texts of which the text was made that stands in their place now, from the one to the other: all, or of these."""
    m, t = schema.offset_maps.c, schema.transcripts.c
    query = select(m.old, m.new).join_from(schema.offset_maps, schema.transcripts, m.new == t.id).where(t.current)
    if texts is None:
        return {row.old: row.new for row in connection.execute(query)}
    some = corpus.chunks(sorted(texts))
    return {row.old: row.new for ids in some for row in connection.execute(query.where(m.old.in_(ids)))}
