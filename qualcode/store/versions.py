"""Write and read what stands at each place that texts come from, and what became of judgements on earlier texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Select, literal_column, select, update

from qualcode.coding import Coding, Judged, Span
from qualcode.corpus import Transcript
from qualcode.store import corpus, schema, successions, undoing
from qualcode.store.codings import coding_of, judged_of

State = Literal["sure", "doubtful", "lost", "settled"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stored text came from, and whether it is the one that stands there."""

    id: str
    source: str = field(repr=False)
    row: str
    question: str = field(repr=False)
    version: int
    replaces: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """A judgement as it was stored, with the transcript and the span that it stands on."""

    id: int
    transcript: str
    span: Span
    judged: Judged
    codings: tuple[Coding, ...]
    hashes: Mapping[str, str]
    """Of each code that was found, as it was defined then."""


@dataclass(frozen=True, slots=True)
class Reanchored:
    """What became of a judgement on a later version of its text."""

    id: str
    judged: int
    transcript: str
    span: Span | None
    confidence: float
    state: State
    became: int | None = None


def places(connection: Connection) -> list[Place]:
    """Where every stored text came from, in the order in which they came."""
    t = schema.transcripts.c
    old = set(connection.execute(corpus.replaced()).scalars())
    query = select(t.id, t.source, t.row, t.question, t.version, t.replaces)
    query = query.order_by(literal_column("transcripts.rowid"))
    return [Place(*row, current=row.id not in old) for row in connection.execute(query)]


def retire(connection: Connection, transcripts: Sequence[str]) -> int:
    """Take the segments of replaced texts out of the segmentation in force; returns how many."""
    count = 0
    for ids in corpus.chunks(transcripts):
        there = schema.segments.c.transcript.in_(ids) & schema.segments.c.current
        count += connection.execute(update(schema.segments).where(there).values(current=False)).rowcount
    return count


def come_back(connection: Connection, transcript: Transcript) -> None:
    """Take over what is said now of an earlier text that comes back; its words, which may be sealed, are the same."""
    names = ("source_hash", "encoding", "text", "sealed")
    values = {name: getattr(transcript, name) for name in names}
    connection.execute(update(schema.transcripts).where(schema.transcripts.c.id == transcript.id).values(**values))
    corpus.describe(connection, transcript)
    corpus.set_turns(connection, [transcript])


def judgements_on(connection: Connection, transcripts: Sequence[str]) -> list[Stood]:
    """All judgements on these texts that were not taken back, in the order they were made."""
    found: list[Stood] = []
    for ids in corpus.chunks(transcripts):
        query = _judged().where(schema.segments.c.transcript.in_(ids), schema.judged.c.id.not_in(undoing.undone()))
        found += _stood(connection, query)
    return sorted(found, key=lambda stood: stood.id)


def judgements(connection: Connection, numbers: Sequence[int]) -> list[Stood]:
    """These judgements, in the order they were made."""
    found: list[Stood] = []
    for ids in corpus.chunks(numbers):
        found += _stood(connection, _judged().where(schema.judged.c.id.in_(ids)))
    return sorted(found, key=lambda stood: stood.id)


def left_behind(connection: Connection) -> list[Stood]:
    """Judgements on replaced texts that nothing was made of: of review sheets that came back late."""
    known = select(schema.reanchored.c.judged)
    late = schema.segments.c.transcript.in_(corpus.replaced()) & schema.judged.c.id.not_in(known)
    return _stood(connection, _judged().where(late, schema.judged.c.id.not_in(undoing.undone())))


def reanchored(connection: Connection, transcripts: Iterable[str] | None = None) -> dict[str, Reanchored]:
    """What holds now of each judgement that was anchored anew, by id; on these versions only if they are given."""
    query = select(schema.reanchored).order_by(schema.reanchored.c.number)
    wanted = None if transcripts is None else set(transcripts)
    found = {}
    for row in connection.execute(query).mappings():
        if wanted is None or row["transcript"] in wanted:
            span = None if row["start"] is None else (row["start"], row["end"])
            values = (row["judged"], row["transcript"], span, row["confidence"], row["state"], row["became"])
            found[row["id"]] = Reanchored(row["id"], *values)
    return found


def waiting(connection: Connection, transcripts: Iterable[str] | None = None) -> list[Reanchored]:
    """Those that a person has still to decide on: on current texts, or on the ones that are given."""
    old = set(connection.execute(corpus.replaced()).scalars()) if transcripts is None else set[str]()
    taken_back = set(connection.execute(undoing.undone()).scalars())
    return [
        entry
        for entry in reanchored(connection, transcripts).values()
        if entry.state in ("doubtful", "lost") and entry.transcript not in old and entry.judged not in taken_back
    ]


def unheld(connection: Connection, texts: Sequence[str] | None = None) -> set[tuple[str, str, str]]:
    """(lineage, coder, code) declared completely coded on a replaced text and not on the one in its place.

    On all texts, or in the lineages of these. A lineage goes by the text that was replaced first.
    """
    j, t = schema.judged.c, schema.transcripts.c
    declared: dict[tuple[str, str], set[str]] = defaultdict(set)
    now = successions.in_force(connection, texts)
    whole = select(j.segment, j.coder, j.codes).join_from(schema.transcripts, schema.judged, j.segment == t.id)
    whole = whole.where(j.id.not_in(undoing.undone()))
    for ids in corpus.chunks(sorted(now)):
        for row in connection.execute(whole.where(t.id.in_(ids))):
            declared[row.segment, row.coder] |= set(row.codes)
    if not declared:
        return set()
    named: dict[str, str] = {}
    for one in successions.successions(connection, texts):
        named.setdefault(now[one.old], one.old)
    return {
        (named[now[text]], coder, code)
        for (text, coder), codes in declared.items()
        for code in codes - declared.get((now[text], coder), set())
    }


def kept_before(connection: Connection, entry: str) -> int | None:
    """The judgement that an earlier answer, since taken back, made of this entry; None where there was none."""
    r = schema.reanchored.c
    query = select(r.became).where(r.id == entry, r.state == "settled", r.became.is_not(None))
    return connection.execute(query.order_by(r.number.desc()).limit(1)).scalar()


def add(connection: Connection, entries: Sequence[Reanchored]) -> None:
    """Append what became of judgements."""
    rows = [
        {
            "id": entry.id,
            "judged": entry.judged,
            "transcript": entry.transcript,
            "start": entry.span[0] if entry.span else None,
            "end": entry.span[1] if entry.span else None,
            "confidence": entry.confidence,
            "state": entry.state,
            "became": entry.became,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(schema.reanchored.insert(), rows)


def _judged() -> Select[Any]:
    j, s = schema.judged, schema.segments.c
    return select(j, s.transcript, s.start, s.end).join_from(j, schema.segments, j.c.segment == s.id).order_by(j.c.id)


def _stood(connection: Connection, query: Select[Any]) -> list[Stood]:
    rows = list(connection.execute(query).mappings())
    made: dict[int, list[Coding]] = defaultdict(list)
    hashes: dict[int, dict[str, str]] = defaultdict(dict)
    c = schema.codings.c
    for ids in corpus.chunks([row["id"] for row in rows]):
        of_these = select(schema.codings).where(c.judged.in_(ids)).order_by(c.id)
        for coding in connection.execute(of_these).mappings():
            made[coding["judged"]].append(coding_of(coding))
            hashes[coding["judged"]][coding["code"]] = coding["code_hash"]
    return [
        Stood(
            row["id"],
            row["transcript"],
            (row["start"], row["end"]),
            judged_of(row),
            tuple(made[row["id"]]),
            hashes[row["id"]],
        )
        for row in rows
    ]
