"""Write and read candidate themes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.coding import Theme
from qualcode.store import schema
from qualcode.store.marks import mark, set_mark

BATCH = "themes_batch"


def latest(connection: Connection) -> tuple[str, list[Theme]]:
    """The latest batch of candidates and its id; an empty id where themes were never looked for."""
    batch = mark(connection, BATCH) or ""
    query = select(schema.themes).where(schema.themes.c.batch == batch).order_by(schema.themes.c.rank)
    found = []
    for row in connection.execute(query).mappings():
        values = {name: row[name] for name in row if name not in ("batch", "rank")}
        for name in ("label", "segments", "central"):
            values[name] = tuple(values[name])
        found.append(Theme(**values))
    return batch, found


def add(connection: Connection, batch: str, themes: Sequence[Theme]) -> None:
    """Add a batch of candidates, strongest first; it becomes the latest, also when it is empty."""
    set_mark(connection, BATCH, batch)
    rows = [
        {
            "id": theme.id,
            "batch": batch,
            "rank": rank,
            "label": list(theme.label),
            "segments": list(theme.segments),
            "central": list(theme.central),
            "cases": theme.cases,
            "programmes": dict(theme.programmes),
            "top_case_share": theme.top_case_share,
            "nearest_code": theme.nearest_code,
            "similarity": theme.similarity,
            "status": theme.status,
        }
        for rank, theme in enumerate(themes, start=1)
    ]
    if rows:
        connection.execute(insert(schema.themes).on_conflict_do_nothing(), rows)
