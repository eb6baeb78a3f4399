"""Write and read the assignments that came from colleagues."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.coding import Assignment
from qualcode.store import codings, corpus, frames, schema


def add(connection: Connection, assignment: Assignment) -> bool:
    """Keep an assignment; False if it stands already."""
    values = {
        "id": assignment.id,
        "coder": assignment.coder,
        "codes": list(assignment.codes),
        "segments": list(assignment.segments),
        "sample": assignment.sample,
        "made_at": assignment.made_at,
    }
    result = connection.execute(insert(schema.assignments).values(**values).on_conflict_do_nothing())
    return result.rowcount > 0


def unfinished(connection: Connection) -> list[tuple[Assignment, tuple[str, ...]]]:
    """Assignments, oldest first, each with the passages on which its coder has not judged all its codes.

    Passages of a text that was replaced are asked no more, and what was judged on them is done.
    """
    c = schema.assignments.c
    rows = connection.execute(select(schema.assignments).order_by(c.made_at, c.id)).mappings().all()
    if not rows:
        return []
    judged = frames.standing(codings.decisions(connection, current=False)).judged
    of_replaced = select(schema.segments.c.id).where(schema.segments.c.transcript.in_(corpus.replaced()))
    gone = set(connection.execute(of_replaced).scalars())
    found = []
    for row in rows:
        made = Assignment(**{**row, "codes": tuple(row["codes"]), "segments": tuple(row["segments"])})
        left = tuple(
            segment
            for segment in made.segments
            if segment not in gone and not all((segment, made.coder, code) in judged for code in made.codes)
        )
        if left:
            found.append((made, left))
    return found
