"""What packs carry, out of the store one record at a time and into it without a word changed.

Out, segments are named by their places, which mean the same in every project. In, everything is added where it is new
and left where it stands.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection, RowMapping, select, update

from qualcode.coding import Coding, Judged, Memo
from qualcode.corpus import Transcript, keyed_id
from qualcode.formats.pack import CodebookText, Decision, Stretch, digest, place, place_of
from qualcode.store import corpus, memos, offset_maps, schema, undoing

AT_ONCE = 200
"""Transcripts in memory at once."""
_MANY = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """A transcript that stands here, without its words."""

    id: str
    sha256: str
    place: str
    """As in `Text.place`."""
    origin: str
    """Digest of file, row and question; of documents as well."""
    length: int


def transcript_ids(connection: Connection) -> list[str]:
    """Ids of all transcripts whose words are in the store, sorted."""
    t = schema.transcripts.c
    return list(connection.execute(select(t.id).where(~t.sealed).order_by(t.id)).scalars())


def sealed(connection: Connection) -> dict[str, int]:
    """Transcripts whose words lie sealed and of which another was made, with how long they are."""
    t = schema.transcripts.c
    lengths: dict[str, int] = {}
    hidden = set(connection.execute(select(t.id).where(t.sealed)).scalars())
    for (old, new), offsets in offset_maps.offset_maps(connection).items():
        if old in hidden:
            grown = sum(edit.length - (edit.end - edit.start) for edit in offsets.edits)
            text = connection.execute(select(t.text).where(t.id == new, ~t.sealed)).scalar()
            lengths |= {old: len(text) - grown} if text else {}
    return lengths


def transcripts(connection: Connection, ids: Sequence[str]) -> Iterator[Transcript]:
    """These transcripts, by id, a few at a time."""
    for some in batches(sorted(ids), AT_ONCE):
        yield from sorted(corpus.transcripts(connection, some), key=lambda transcript: transcript.id)


def stretches(connection: Connection, ids: Sequence[str]) -> Iterator[Stretch]:
    """All segments of these transcripts by their places."""
    s = schema.segments.c
    for some in batches(sorted(ids), AT_ONCE):
        query = select(s.transcript, s.start, s.end, s.unit, s.current).where(s.transcript.in_(some))
        for row in connection.execute(query.order_by(s.transcript, s.start, s.end)):
            yield Stretch(place(row.transcript, row.start, row.end), row.unit, row.current)


def current(connection: Connection) -> list[tuple[str, str]]:
    """(id, transcript) of the segments in force."""
    s = schema.segments.c
    rows = connection.execute(select(s.id, s.transcript).where(s.current).order_by(s.id))
    return [(row.id, row.transcript) for row in rows]


def places(connection: Connection, segments: Iterable[str]) -> dict[str, Stretch]:
    """Segments by id."""
    s = schema.segments.c
    found = {}
    for some in batches(sorted(set(segments)), _MANY):
        query = select(s.id, s.transcript, s.start, s.end, s.unit, s.current).where(s.id.in_(some))
        for row in connection.execute(query):
            found[row.id] = Stretch(place(row.transcript, row.start, row.end), row.unit, row.current)
    return found


def decisions(connection: Connection, coder: str | None = None, *, undone: bool = False) -> Iterator[Decision]:
    """Judgements by time, of one coder or of all; their segments are places, or transcripts that were judged whole.

    Those on sealed texts stand on the texts that were made of these as well, and are left out. What was taken back does
    not travel; `undone` asks for it all the same.
    """
    j, s, t = schema.judged.c, schema.segments.c, schema.transcripts.c
    query = select(schema.judged, s.transcript, s.start, s.end).join_from(
        schema.judged, schema.segments, j.segment == s.id, isouter=True
    )
    hidden = select(t.id).where(t.sealed)
    query = query.where(s.transcript.is_(None) | s.transcript.not_in(hidden), j.segment.not_in(hidden))
    if coder is not None:
        query = query.where(j.coder == coder)
    if not undone:
        query = query.where(j.id.not_in(undoing.undone()))
    ordered = query.order_by(j.made_at, j.coder, s.transcript, s.start, s.end, j.segment, j.codes, j.id)
    for some in batches(connection.execute(ordered).mappings(), _MANY):
        made = _codings(connection, [row["id"] for row in some])
        for row in some:
            where = place(row["transcript"], row["start"], row["end"]) if row["transcript"] else row["segment"]
            yield _decision(row, where, made.get(row["id"], []))


def _codings(connection: Connection, judged: Sequence[int]) -> dict[int, list[RowMapping]]:
    c = schema.codings.c
    found: dict[int, list[RowMapping]] = {}
    query = select(schema.codings).where(c.judged.in_(judged)).order_by(c.code, c.made_at, c.clause, c.evidence, c.id)
    for row in connection.execute(query).mappings():
        found.setdefault(row["judged"], []).append(row)
    return found


def _decision(row: RowMapping, where: str, codings: Sequence[RowMapping]) -> Decision:
    codes, sampled = tuple(row["codes"]), (row["sample"], row["probability"])
    return Decision(
        Judged(where, row["coder"], codes, row["blind"], *sampled, row["made_at"]),
        tuple(
            Coding(
                "",
                where,
                coding["code"],
                coding["coder"],
                coding["facets"],
                tuple((start, end) for start, end in coding["evidence"]),
                coding["clause"],
                coding["raw_score"],
                coding["score"],
                coding["made_at"],
            )
            for coding in codings
        ),
        tuple(coding["code_hash"] for coding in codings),
    )


def notes(connection: Connection) -> list[Memo]:
    """All notes; those on a segment stand on its place."""
    found = memos.memos(connection)
    at = places(connection, [memo.on for memo in found])
    return [replace(memo, on=at[memo.on].place) if memo.on in at else memo for memo in found]


def codebooks(connection: Connection, current: str, at: str) -> list[CodebookText]:
    """Every version of the codebook that was used, and the text that stands now."""
    c = schema.codebooks.c
    kept = {row.text: row.made_at for row in connection.execute(select(c.text, c.made_at))}
    texts = {current: at} | kept
    return [CodebookText(text, texts[text], text == current) for text in sorted(texts)]


def known(connection: Connection) -> Iterator[Known]:
    """All transcripts whose words are here."""
    t = schema.transcripts.c
    for some in batches(transcript_ids(connection), AT_ONCE):
        query = select(t.id, t.text, t.source, t.row, t.question).where(t.id.in_(some))
        for row in connection.execute(query):
            origin = place_of(row.source, row.row, row.question)
            words = hashlib.sha256(row.text.encode()).hexdigest()
            yield Known(row.id, words, origin if row.row else "", origin, len(row.text))


def segmented(connection: Connection, transcripts: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Spans of the current segments of these transcripts."""
    s = schema.segments.c
    found: dict[str, list[tuple[int, int]]] = {}
    query = select(s.transcript, s.start, s.end).where(s.transcript.in_(transcripts), s.current)
    for row in connection.execute(query):
        found.setdefault(row.transcript, []).append((row.start, row.end))
    return found


def cut(connection: Connection) -> set[str]:
    """Transcripts that have segments in force."""
    s = schema.segments.c
    return set(connection.execute(select(s.transcript).where(s.current).distinct()).scalars())


def put_in_force(connection: Connection, segments: Sequence[str]) -> int:
    """Put segments that were retired in force again; returns how many."""
    count = 0
    for some in corpus.chunks(segments):
        there = schema.segments.c.id.in_(some)
        count += connection.execute(update(schema.segments).where(there).values(current=True)).rowcount
    return count


def add_decisions(connection: Connection, decisions: Iterable[tuple[str, Decision]], secret: bytes) -> None:
    """Append judgements that were made elsewhere, each with the segment that it stands on here.

    The id of a coding follows from all that was said, so that it is the same whoever merges first.
    """
    for segment, decision in decisions:
        judged = decision.judged
        values = {
            "segment": segment,
            "coder": judged.coder,
            "codes": list(judged.codes),
            "blind": judged.blind,
            "sample": judged.sample,
            "probability": judged.probability,
            "made_at": judged.made_at,
        }
        number = connection.execute(schema.judged.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]
        said = digest(decision)
        rows = [
            {
                "id": keyed_id(secret, "c", said, rank, coding.code),
                "segment": segment,
                "code": coding.code,
                "code_hash": code_hash,
                "coder": coding.coder,
                "judged": number,
                "run": None,
                "facets": dict(coding.facets),
                "evidence": [list(span) for span in coding.evidence],
                "clause": coding.clause,
                "raw_score": coding.raw_score,
                "score": coding.score,
                "made_at": coding.made_at,
            }
            for rank, (coding, code_hash) in enumerate(zip(decision.codings, decision.hashes, strict=True))
        ]
        if rows:
            connection.execute(schema.codings.insert(), rows)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many items at a time, as they come."""
    waiting = iter(items)
    while some := list(itertools.islice(waiting, size)):
        yield some
