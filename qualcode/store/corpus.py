"""Write and read programmes, cases, transcripts, turns and segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from qualcode.corpus import AttributeValue, Case, Programme, Segment, Transcript, Turn
from qualcode.store import schema

_TRANSCRIPT_FIELDS = tuple(field.name for field in fields(Transcript) if field.name != "turns")
_DESCRIPTION = ("kind", "case", "programme", "study", "group", "wave", "date", "language", "deidentified")
_MANY = 500
_Id = TypeVar("_Id", int, str)


def add_transcripts(connection: Connection, transcripts: Sequence[Transcript]) -> None:
    """Add new transcripts with their turns."""
    if not transcripts:
        return
    rows = [
        {name: getattr(transcript, name) for name in _TRANSCRIPT_FIELDS} | {"pages": list(transcript.pages)}
        for transcript in transcripts
    ]
    connection.execute(schema.transcripts.insert(), rows)
    set_turns(connection, transcripts)


def set_turns(connection: Connection, transcripts: Sequence[Transcript]) -> None:
    """Put turns in place of those that stood there; turns are derived from the text and the settings."""
    for ids in chunks([transcript.id for transcript in transcripts]):
        connection.execute(delete(schema.turns).where(schema.turns.c.transcript.in_(ids)))
    rows = [
        {
            "transcript": transcript.id,
            "number": number,
            "start": turn.start,
            "end": turn.end,
            "role": turn.role,
            "speaker": turn.speaker,
            "case": turn.case,
            "time": turn.time,
        }
        for transcript in transcripts
        for number, turn in enumerate(transcript.turns)
    ]
    if rows:
        connection.execute(schema.turns.insert(), rows)


def describe(connection: Connection, transcript: Transcript) -> None:
    """Take over what the manifest now says of a transcript; its text and offsets stay.

    So do its pages, which a project of before pages were kept has not.
    """
    values = {name: getattr(transcript, name) for name in _DESCRIPTION} | {"pages": list(transcript.pages)}
    connection.execute(update(schema.transcripts).where(schema.transcripts.c.id == transcript.id).values(**values))


def set_cases(connection: Connection, cases: Iterable[Case]) -> None:
    """Add cases, or take over what the manifest now says of them."""
    rows = [{"id": case.id, "programme": case.programme, "attributes": _plain(case.attributes)} for case in cases]
    _upsert(connection, schema.cases, rows, ("programme", "attributes"))


def set_programmes(connection: Connection, programmes: Iterable[Programme]) -> None:
    """Add programmes, or take over what `programmes.csv` now says of them."""
    rows = [{"id": p.id, "name": p.name, "attributes": _plain(p.attributes)} for p in programmes]
    _upsert(connection, schema.programmes, rows, ("name", "attributes"))


def replaced() -> Select[Any]:
    """Ids of transcripts whose place another version has taken."""
    return select(schema.transcripts.c.id).where(schema.transcripts.c.current.is_(False))


def transcripts(connection: Connection, ids: Iterable[str] | None = None, *, current: bool = True) -> list[Transcript]:
    """Transcripts with their turns, by file; those that a later version replaced only by their ids or if asked."""
    if ids is None:
        return _transcripts(connection, None, current=current)
    found = [transcript for some in chunks(list(ids)) for transcript in _transcripts(connection, some)]
    return sorted(found, key=lambda transcript: (transcript.source, transcript.id))


def stored(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these transcripts that are in the store, in force or not."""
    t = schema.transcripts.c
    return {id_ for some in chunks(ids) for id_ in connection.execute(select(t.id).where(t.id.in_(some))).scalars()}


def seal(connection: Connection, ids: Sequence[str]) -> None:
    """Take the words of these transcripts out of the store: text, labels of speakers, questions, sketches."""
    t, s = schema.transcripts, schema.segments
    for some in chunks(ids):
        connection.execute(update(t).where(t.c.id.in_(some)).values(text="", sealed=True))
        connection.execute(update(schema.turns).where(schema.turns.c.transcript.in_(some)).values(speaker=""))
        connection.execute(update(s).where(s.c.transcript.in_(some)).values(context=""))
        connection.execute(delete(schema.sketches).where(schema.sketches.c.transcript.in_(some)))


def _transcripts(connection: Connection, ids: Sequence[str] | None, *, current: bool = True) -> list[Transcript]:
    query = select(schema.transcripts)
    spoken = select(schema.turns)
    if ids is not None:
        query = query.where(schema.transcripts.c.id.in_(ids))
        spoken = spoken.where(schema.turns.c.transcript.in_(ids))
    elif current:
        query = query.where(schema.transcripts.c.id.not_in(replaced()))
    turns: dict[str, list[Turn]] = defaultdict(list)
    for row in connection.execute(spoken.order_by(schema.turns.c.transcript, schema.turns.c.number)).mappings():
        turns[row["transcript"]].append(
            Turn(row["start"], row["end"], row["role"], row["speaker"], row["case"], row["time"])
        )
    rows = connection.execute(query.order_by(schema.transcripts.c.source, schema.transcripts.c.id)).mappings()
    return [
        Transcript(
            **{name: row[name] for name in _TRANSCRIPT_FIELDS if name != "pages"},
            pages=tuple(row["pages"]),
            turns=tuple(turns[row["id"]]),
        )
        for row in rows
    ]


def cases(connection: Connection) -> dict[str, Case]:
    """All cases by id."""
    rows = connection.execute(select(schema.cases).order_by(schema.cases.c.id)).mappings()
    return {row["id"]: Case(row["id"], row["programme"], _typed(row["attributes"])) for row in rows}


def programmes(connection: Connection) -> dict[str, Programme]:
    """All programmes by id, described or only named by transcripts."""
    rows = connection.execute(select(schema.programmes).order_by(schema.programmes.c.id)).mappings()
    found = {row["id"]: Programme(row["id"], row["name"], _typed(row["attributes"])) for row in rows}
    t = schema.transcripts.c
    named = connection.execute(select(t.programme).where(t.id.not_in(replaced())).distinct()).scalars()
    return found | {name: Programme(name) for name in sorted(n for n in named if n) if name not in found}


def set_segments(connection: Connection, segments: Sequence[Segment], transcript_ids: Sequence[str]) -> tuple[int, int]:
    """Make these the current segments of the transcripts named; what falls out stays, no longer current.

    Returns:
        How many are new, and how many stopped being current.
    """
    before: set[str] = set()
    for ids in chunks(transcript_ids):
        query = select(schema.segments.c.id).where(schema.segments.c.transcript.in_(ids), schema.segments.c.current)
        before |= set(connection.execute(query).scalars())
    after = {segment.id for segment in segments}
    for ids in chunks(sorted(before - after)):
        connection.execute(update(schema.segments).where(schema.segments.c.id.in_(ids)).values(current=False))
    rows = [_segment_row(segment, current=True) for segment in segments]
    _upsert(connection, schema.segments, rows, ("unit", "context", "role", "case", "current"))
    return len(after - before), len(before - after)


def _segment_row(segment: Segment, *, current: bool) -> dict[str, Any]:
    stored = ("id", "transcript", "start", "end", "unit", "context", "role", "case")
    return {name: getattr(segment, name) for name in stored} | {"current": current}


def add_selections(connection: Connection, selections: Sequence[Segment], *, current: bool = False) -> int:
    """Add stretches that somebody coded freely: units of their own, and no part of a segmentation.

    Where `current`, they come from a segmentation made elsewhere and are put in force. Returns how many are new.
    """
    rows = [_segment_row(segment, current=current) for segment in selections]
    return connection.execute(insert(schema.segments).on_conflict_do_nothing(), rows).rowcount if rows else 0


def segments(connection: Connection, *, current: bool = True, ids: Iterable[str] | None = None) -> list[Segment]:
    """Segments with their text, in reading order; `current` leaves out what is not of the segmentation in force."""
    s, t = schema.segments.c, schema.transcripts.c
    texts = {row.id: row.text for row in connection.execute(select(t.id, t.text))}
    query = select(s.id, s.transcript, s.start, s.end, s.unit, s.context, s.role, s.case)
    query = query.join_from(schema.segments, schema.transcripts, s.transcript == t.id)
    if current:
        query = query.where(s.current)
    wanted = None if ids is None else set(ids)
    found = []
    for row in connection.execute(query.order_by(t.source, t.row, s.transcript, s.start)):
        id_, transcript, start, end, unit, context, role, case = row
        if wanted is None or id_ in wanted:
            text = texts[transcript][start:end]
            found.append(Segment(id_, transcript, start, end, unit, text, context, role, case))
    return found


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], changing: tuple[str, ...]) -> None:
    if not rows:
        return
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in changing}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), rows)


def _plain(attributes: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """JSON has no dates: they go in as `{"date": "2025-03-01"}`."""
    return {n: {"date": v.isoformat()} if isinstance(v, date) else v for n, v in attributes.items()}


def _typed(attributes: Mapping[str, Any]) -> dict[str, AttributeValue]:
    return {n: date.fromisoformat(v["date"]) if isinstance(v, dict) else v for n, v in attributes.items()}


def chunks(ids: Sequence[_Id]) -> Iterable[Sequence[_Id]]:
    """As many ids at a time as a statement takes."""
    return (ids[at : at + _MANY] for at in range(0, len(ids), _MANY))
