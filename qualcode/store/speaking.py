"""Whose texts and turns are whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from qualcode.corpus import Transcript
from qualcode.store import corpus, schema

_AT_ONCE = 200


def of_case(connection: Connection, case: str) -> list[str]:
    """Transcripts, in force or not, that are of a case or in which it speaks."""
    t, u = schema.transcripts.c, schema.turns.c
    found = set(connection.execute(select(t.id).where(t.case == case)).scalars())
    found |= set(connection.execute(select(u.transcript).where(u.case == case)).scalars())
    return sorted(found)


def standing(connection: Connection, transcripts: Sequence[str]) -> set[str]:
    """Those of these transcripts that are in force."""
    t = schema.transcripts.c
    chosen = (select(t.id).where(t.id.in_(some), t.current) for some in corpus.chunks(transcripts))
    return {id_ for query in chosen for id_ in connection.execute(query).scalars()}


def other_labels(connection: Connection, case: str) -> set[str]:
    """Labels under which anybody but this case speaks."""
    t, u = schema.transcripts.c, schema.turns.c
    query = select(u.speaker).join_from(schema.turns, schema.transcripts, u.transcript == t.id).distinct()
    of_others = u.case.is_not(None) & (u.case != case)
    named = query.where(of_others | (u.case.is_(None) & t.case.is_distinct_from(case)))
    return set(connection.execute(named).scalars())


def known_cases(connection: Connection) -> dict[str, set[str]]:
    """Every case that anything names, with the programmes that are named with it."""
    c, t, u = schema.cases.c, schema.transcripts.c, schema.turns.c
    found: dict[str, set[str]] = {}
    spoken = select(u.case, t.programme).join_from(schema.turns, schema.transcripts, u.transcript == t.id).distinct()
    for query in (select(c.id, c.programme), select(t.case, t.programme).distinct(), spoken):
        for case, programme in connection.execute(query):
            if case is not None:
                found.setdefault(case, set()).update({programme} - {None})
    for case in connection.execute(select(schema.consents.c.case)).scalars():
        found.setdefault(case, set())
    return found


def current_texts(connection: Connection) -> Iterator[Transcript]:
    """Every transcript in force, a few at a time."""
    t = schema.transcripts.c
    ids = list(connection.execute(select(t.id).where(t.current).order_by(t.id)).scalars())
    for at in range(0, len(ids), _AT_ONCE):
        yield from corpus.transcripts(connection, ids[at : at + _AT_ONCE])


def sources(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of these files that any text still comes from."""
    t = schema.transcripts.c
    queries = (select(t.source).where(t.source.in_(some)) for some in corpus.chunks(names))
    return {source for query in queries for source in connection.execute(query).scalars()}


def cases_of(connection: Connection, name: str) -> list[str]:
    """Cases in a text that is given by its id or its file; none where there is no such text."""
    t, u = schema.transcripts.c, schema.turns.c
    query = select(t.case, u.case).join_from(schema.transcripts, schema.turns, t.id == u.transcript, isouter=True)
    rows = connection.execute(query.where((t.id == name) | (t.source == name)).distinct())
    return sorted({case for row in rows for case in row if case is not None})
