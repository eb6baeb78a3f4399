"""Take texts, and all that was said of them, out of the store for good. Runs inside the caller's transaction."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert

from qualcode.store import corpus, schema, witnesses

_OF_THEMES = ("segments", "central")


@dataclass(slots=True)
class Purged:
    """What went."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Primary keys of rows that are gone, by table; parts of a key are joined by a blank. By `run`: passes that lost
    codings."""
    changed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Keys of rows that lost a part: samples, assignments, themes."""
    ids: set[str] = field(default_factory=set)
    """Of segments, transcripts and judgements that waited for a person: what files name them by."""

    def take(self, other: Purged, *, ids: Set[str]) -> None:
        """Enter rows that went elsewhere, uncounted, and these of their ids."""
        for mine, theirs in ((self.rows, other.rows), (self.changed, other.changed)):
            for table, keys in theirs.items():
                mine[table] += keys
        self.ids |= ids


@contextmanager
def allowed(connection: Connection) -> Iterator[None]:
    """The one place that lifts the ban on deleting what is append-only: who withdrew leaves no judgement behind.

    Only events stay as they are. The bans come back in the same transaction, so that nobody sees the store without.
    """
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_%' ESCAPE '\\'")
    bans = [(name, sql) for name, sql in connection.execute(query) if not name.startswith("events_")]
    for name, _ in bans:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, sql in bans:
        connection.exec_driver_sql(sql)


def texts(connection: Connection, gone: Purged, transcripts: Sequence[str], at: str) -> None:
    """Delete these transcripts, all that stands on them, and every mention of their segments in what stays.

    Args:
        connection: of the transaction.
        gone: what went is entered here.
        transcripts: ids; every version of a text that is to go.
        at: when, for what is marked stale.
    """
    s, r, m = schema.segments.c, schema.reanchored.c, schema.offset_maps.c
    segments = _column(connection, s.id, s.transcript, transcripts)
    gone.ids |= {*transcripts, *_column(connection, r.id, r.transcript, transcripts)}
    _delete(connection, gone, schema.reanchored, r.transcript, transcripts)
    passages(connection, gone, segments, at)
    judgements(connection, gone, transcripts)
    _delete(connection, gone, schema.memos, schema.memos.c.on, transcripts)
    _delete(connection, gone, schema.signoffs, schema.signoffs.c.transcript, transcripts)
    _delete(connection, gone, schema.sketches, schema.sketches.c.transcript, transcripts)
    _delete(connection, gone, schema.offset_maps, m.old, transcripts)
    _delete(connection, gone, schema.offset_maps, m.new, transcripts)
    _delete(connection, gone, schema.turns, schema.turns.c.transcript, transcripts)
    _delete(connection, gone, schema.successions, schema.successions.c.old, transcripts)
    _delete(connection, gone, schema.successions, schema.successions.c.new, transcripts)
    _delete(connection, gone, schema.transcripts, schema.transcripts.c.id, transcripts)


def passages(connection: Connection, gone: Purged, segments: Sequence[str], at: str) -> None:
    """Delete these segments with every coding, judgement, note and mention of them."""
    judgements(connection, gone, segments)
    s, c, g = schema.segments.c, schema.codings.c, schema.tagged.c
    _delete(connection, gone, schema.codings, c.segment, segments)
    _delete(connection, gone, schema.tagged, g.segment, segments)
    _delete(connection, gone, schema.memos, schema.memos.c.on, segments)
    left = set(segments)
    gone.ids |= left
    _samples(connection, gone, left)
    _assignments(connection, gone, left)
    _models(connection, gone, left, at)
    _themes(connection, gone, left, at)
    _delete(connection, gone, schema.segments, s.id, segments)


def judgements(connection: Connection, gone: Purged, on: Sequence[str]) -> None:
    """Delete what was judged on these segments or whole transcripts, and what became of it on other versions."""
    j, r = schema.judged.c, schema.reanchored.c
    judged = _column(connection, j.id, j.segment, on)
    gone.ids |= set(_column(connection, r.id, r.judged, judged))
    _delete(connection, gone, schema.reanchored, r.judged, judged)
    _delete(connection, gone, schema.reanchored, r.became, judged)
    _delete(connection, gone, schema.undone, schema.undone.c.judged, judged)
    _delete(connection, gone, schema.codings, schema.codings.c.judged, judged)
    _delete(connection, gone, schema.judged, j.id, judged)


def cases(connection: Connection, gone: Purged, ids: Sequence[str]) -> None:
    """Delete what is known of cases besides their texts."""
    _delete(connection, gone, schema.consents, schema.consents.c.case, ids)
    _delete(connection, gone, schema.cases, schema.cases.c.id, ids)


def memos(connection: Connection, gone: Purged, ids: Sequence[str]) -> None:
    """Delete these notes."""
    _delete(connection, gone, schema.memos, schema.memos.c.id, ids)


def codebooks(connection: Connection, gone: Purged, pruned: Mapping[str, str], examples: int, at: str) -> None:
    """Put texts of codebook versions in the place of others, by digest; the coders that learnt from those are stale.

    A version keeps its name: runs and judgements hang on it.
    """
    b, r = schema.codebooks.c, schema.runs.c
    for digest, words in pruned.items():
        row = connection.execute(select(b.version, b.made_at).where(b.digest == digest)).one()
        connection.execute(delete(schema.codebooks).where(b.digest == digest))
        gone.rows["codebooks"].append(digest)
        values = {"digest": hashlib.sha256(words.encode()).hexdigest(), "version": row.version, "text": words}
        connection.execute(insert(schema.codebooks).values(**values, made_at=row.made_at).on_conflict_do_nothing())
        learnt = select(r.coder).where(r.codebook_version == row.version).distinct()
        for coder in connection.execute(learnt).scalars():
            _stale(connection, gone, coder, at)
            _delete(connection, gone, schema.models, schema.models.c.id, [coder])
    gone.counts["examples"] += examples


def segments_of(connection: Connection, transcript: str) -> list[tuple[str, int, int]]:
    """(segment, start, end) of every segment of a transcript, in force or not."""
    s = schema.segments.c
    rows = connection.execute(select(s.id, s.start, s.end).where(s.transcript == transcript))
    return [(row.id, row.start, row.end) for row in rows]


def kept_codebooks(connection: Connection) -> dict[str, str]:
    """The text of every version of the codebook, by digest."""
    rows = connection.execute(select(schema.codebooks.c.digest, schema.codebooks.c.text))
    return {row.digest: row.text for row in rows}


def stale(connection: Connection) -> dict[str, str]:
    """Machine coders and batches of themes that learnt from somebody who withdrew, and since when."""
    return {row.model: row.since for row in connection.execute(select(schema.stale))}


def _delete(connection: Connection, gone: Purged, table: Table, where: Column[Any], values: Sequence[Any]) -> None:
    keys = list(table.primary_key)
    for some in corpus.chunks(list(values)):
        rows = connection.execute(select(*keys).where(where.in_(some))).all()
        if rows:
            gone.rows[table.name] += [" ".join(map(str, row)) for row in rows]
            gone.counts[table.name] += len(rows)
            if table is schema.codings:
                passes = select(schema.codings.c.run).where(where.in_(some), schema.codings.c.run.is_not(None))
                gone.rows[witnesses.RUN] += connection.execute(passes.distinct()).scalars().all()
            connection.execute(delete(table).where(where.in_(some)))


def _column(connection: Connection, wanted: Column[Any], where: Column[Any], values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for some in corpus.chunks(list(values)):
        found += connection.execute(select(wanted).where(where.in_(some))).scalars()
    return list(dict.fromkeys(found))


def renamed(connection: Connection, gone: Purged, became: Mapping[str, str]) -> None:
    """Let samples, assignments and themes name passages of a text that gave way as they stand in the new one."""
    for table, lists in (
        (schema.samples, ("segments",)),
        (schema.assignments, ("segments",)),
        (schema.themes, _OF_THEMES),
    ):
        for row in connection.execute(select(table)).mappings().all():
            now = {name: [became.get(one, one) for one in row[name]] for name in lists}
            if any(now[name] != row[name] for name in lists):
                _change(connection, gone, table, row["id"], now)


def _samples(connection: Connection, gone: Purged, segments: Set[str]) -> None:
    """A unit that withdrew leaves the list; the others keep their chances of having been drawn."""
    for row in connection.execute(select(schema.samples)).all():
        stay = [
            (one, chance) for one, chance in zip(row.segments, row.probabilities, strict=True) if one not in segments
        ]
        if len(stay) < len(row.segments):
            gone.counts["sample_units"] += len(row.segments) - len(stay)
            values = {"segments": [one for one, _ in stay], "probabilities": [chance for _, chance in stay]}
            _change(connection, gone, schema.samples, row.id, values)


def _assignments(connection: Connection, gone: Purged, segments: Set[str]) -> None:
    for row in connection.execute(select(schema.assignments)).all():
        stay = [one for one in row.segments if one not in segments]
        if not stay:
            _delete(connection, gone, schema.assignments, schema.assignments.c.id, [row.id])
        elif len(stay) < len(row.segments):
            gone.counts["assigned_units"] += len(row.segments) - len(stay)
            _change(connection, gone, schema.assignments, row.id, {"segments": stay})


def _models(connection: Connection, gone: Purged, segments: Set[str], at: str) -> None:
    """A model that learned from one of these segments goes: it cannot forget, only be made anew from the others."""
    m = schema.models.c
    for id_, learned in connection.execute(select(m.id, m.segments)).all():
        if not segments.isdisjoint(learned):
            _stale(connection, gone, id_, at)
            _delete(connection, gone, schema.models, m.id, [id_])


def _themes(connection: Connection, gone: Purged, segments: Set[str], at: str) -> None:
    """Passages leave their themes, whose spread is counted anew; a theme that stands on nothing goes."""
    s, t, c = schema.segments.c, schema.transcripts.c, schema.cases.c
    for row in connection.execute(select(schema.themes)).all():
        stay = [one for one in row.segments if one not in segments]
        if len(stay) == len(row.segments):
            continue
        _stale(connection, gone, row.batch, at)
        if not stay:
            _delete(connection, gone, schema.themes, schema.themes.c.id, [row.id])
            continue
        places = [
            (case or transcript, of_text or of_case or "not stated")
            for ids in corpus.chunks(stay)
            for case, transcript, of_text, of_case in connection.execute(
                select(s.case, s.transcript, t.programme, c.programme)
                .join_from(schema.segments, schema.transcripts, s.transcript == t.id)
                .outerjoin(schema.cases, s.case == c.id)
                .where(s.id.in_(ids))
            )
        ]
        people, programmes = Counter(case for case, _ in places), Counter(programme for _, programme in places)
        values = {
            "segments": stay,
            "central": [one for one in row.central if one not in segments],
            "cases": len(people),
            "programmes": dict(programmes),
            "top_case_share": max(people.values(), default=0) / max(1, len(places)),
        }
        gone.counts["theme_passages"] += len(row.segments) - len(stay)
        _change(connection, gone, schema.themes, row.id, values)


def _change(connection: Connection, gone: Purged, table: Table, id_: str, values: Mapping[str, Any]) -> None:
    gone.changed[table.name].append(id_)
    connection.execute(update(table).where(table.c.id == id_).values(**values))


def _stale(connection: Connection, gone: Purged, model: str, at: str) -> None:
    made = insert(schema.stale).values(model=model, since=at).on_conflict_do_nothing()
    gone.counts["stale"] += connection.execute(made).rowcount
