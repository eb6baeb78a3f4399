"""What `verify` asks of the database: each answer names a table, a row and what is wrong, never words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from qualcode.store import events, schema, successions, tombstones, witnesses

Original = Callable[[str], str | None]
"""Gives the text of a transcript that lies encrypted elsewhere, or None where its key is not at hand."""
_ROWS = {"judgements": "judged", "present": "codings", "memos": "memos", "new": "transcripts"}
_COUNTED: Mapping[str, tuple[str, ...]] = {"import": ("new",), "judge": ("judgements", "present"), "memo": ("memos",)}
"""Counts that equal the rows of the act; a merge also carries judgements along, so it may have more."""
_LINKS = (
    ("codings", "segment", "segments", "id"),
    ("codings", "judged", "judged", "id"),
    ("codings", "run", "runs", "id"),
    ("tagged", "segment", "segments", "id"),
    ("tagged", "run", "runs", "id"),
    ("reanchored", "judged", "judged", "id"),
    ("reanchored", "became", "judged", "id"),
    ("reanchored", "transcript", "transcripts", "id"),
    ("signoffs", "transcript", "transcripts", "id"),
    ("offset_maps", "old", "transcripts", "id"),
    ("offset_maps", "new", "transcripts", "id"),
    ("undone", "judged", "judged", "id"),
    ("undone", "event", "events", "id"),
    ("witnesses", "event", "events", "id"),
    ("witnesses", "withdrawn", "events", "id"),
    ("sketches", "transcript", "transcripts", "id"),
    ("turns", "transcript", "transcripts", "id"),
    ("segments", "transcript", "transcripts", "id"),
    ("judged", "coder", "coders", "id"),
    ("judged", "sample", "samples", "id"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the record says."""

    table: str
    row: str
    what: str


def file(connection: Connection) -> Iterator[Fault]:
    """What SQLite itself finds: damaged pages, and declared links that lead nowhere."""
    for (said,) in connection.execute(text("PRAGMA quick_check(20)")):
        if said != "ok":
            # SQLite's own message may print a value; which page is enough to know that a backup is needed.
            yield Fault("qualcode.sqlite", "", "the file is damaged (quick_check)")
            return
    for table, rowid, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield Fault(table, str(rowid), f"names a row of {parent} that is not there")


def chain(connection: Connection) -> Iterator[Fault]:
    """Events that were edited, taken out, put in, or cut off at the end; and what each binds of its rows."""
    previous, expected = events.FIRST, 1
    for event in connection.execute(select(schema.events).order_by(schema.events.c.id)).mappings():
        number = int(event["id"])
        if number != expected:
            yield Fault("events", str(number), f"{number - expected} events before it were taken out")
        elif event["previous"] != previous:
            yield Fault(
                "events", str(number), "does not follow the event before it: one of the two was put in or edited"
            )
        if not events.is_whole(event):
            yield Fault("events", str(number), "was edited, or put in by hand")
        _, _, told = event["digest"].partition("/")
        if witnesses.bound(connection, number) != told:
            yield Fault("events", str(number), "its witnesses are not those that it was written with")
        previous, expected = event["hash"], number + 1
    cut = events.coming(connection) - expected
    if cut > 0:
        yield Fault("events", str(expected), f"{cut} events were cut off at the end")


def rows(connection: Connection, original: Original | None = None) -> Iterator[Fault]:
    """Rows that were changed, torn out, or put in by hand, by their witnesses; a quotation by its own.

    Args:
        connection: to read from.
        original: texts that lie encrypted elsewhere, where they can be read.
    """
    secret = witnesses.secret_of(connection)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    gone: list[tuple[str, str]] = []
    for row in connection.execute(select(schema.witnesses)):
        if row.withdrawn is None or row.table == witnesses.WITHDRAWN:
            key = row.row.split("@")[0] if row.table in witnesses.TABLES else row.row
            told[row.table][key] = row.digest
        else:
            gone.append((row.table, row.row))
    for table, key in gone:
        if told[witnesses.WITHDRAWN].get(f"{table} {key}") != witnesses.gone_digest(secret, table, key):
            yield Fault("witnesses", f"{table} {key}", "is said to be withdrawn, and no withdrawal says so")
    yield from _unread(connection)
    for name in witnesses.TABLES:
        yield from _compared(name, told[name], witnesses.rows(connection, name, secret), original, secret)
    yield from _compared(witnesses.QUOTE, told[witnesses.QUOTE], witnesses.quotes(connection, secret))
    left = {row.split("@")[0]: (row, digest) for row, digest in told[witnesses.RUN].items()}
    for run in connection.execute(select(schema.runs.c.id)).scalars():
        key, digest = left.pop(run, ("", ""))
        if key and digest != witnesses.run_digest(connection, secret, run):
            yield Fault("runs", run, "its proposals were changed, torn out or added to")
        elif not key and not any(row.split("@")[0] == run for table, row in gone if table == witnesses.RUN):
            yield Fault("runs", run, "no event witnessed it: it was put in by hand")
    for run in left:
        yield Fault("runs", run, "is missing, and was not withdrawn")


def _compared(
    name: str,
    told: Mapping[str, str],
    found: Iterator[witnesses.Row],
    original: Original | None = None,
    secret: bytes = b"",
) -> Iterator[Fault]:
    quote = name == witnesses.QUOTE
    table = "codings" if quote else name
    seen = set()
    for _, row, digest in found:
        seen.add(row)
        if row not in told:
            if not quote:  # its coding is told already
                yield Fault(table, row, "no event witnessed it: it was put in by hand")
            continue
        if not digest and original is not None and name == "transcripts":
            words = original(row)
            digest = "" if words is None else witnesses.digest_of_text(secret, row, words)
        if digest and told[row] and digest != told[row]:
            yield Fault(table, row, "its quotation is not the one that was coded" if quote else "was changed")
    for row in sorted(told.keys() - seen):
        yield Fault(table, row, "is missing, and was not withdrawn")


def _unread(connection: Connection) -> Iterator[Fault]:
    t = schema.transcripts.c
    for id_ in connection.execute(select(t.id).where(t.sealed, t.text != "")).scalars():
        yield Fault("transcripts", id_, "is said to lie encrypted elsewhere, and its text is here")


def sealed(connection: Connection) -> int:
    """How many texts lie encrypted elsewhere."""
    t = schema.transcripts.c
    return connection.execute(select(func.count()).where(t.sealed)).scalar() or 0


def spans(connection: Connection) -> Iterator[Fault]:
    """Codings and segments that do not lie in their text, and evidence that does not."""
    s, t, c = schema.segments.c, schema.transcripts.c, schema.codings.c
    lengths = {
        row.id: (row.length, row.sealed)
        for row in connection.execute(select(t.id, func.length(t.text).label("length"), t.sealed))
    }
    bad = set()
    for row in connection.execute(select(s.id, s.transcript, s.start, s.end)):
        length, sealed = lengths.get(row.transcript, (0, True))
        if not (0 <= row.start < row.end) or (not sealed and row.end > length):
            bad.add(row.id)
            yield Fault("segments", row.id, "does not lie in its text")
    places = select(c.id, c.segment, c.evidence, s.start, s.end).join_from(
        schema.codings, schema.segments, c.segment == s.id
    )
    for coding in connection.execute(places):
        inside = all(coding.start <= start < end <= coding.end for start, end in coding.evidence)
        if coding.segment not in bad and not inside:
            yield Fault("codings", coding.id, "its evidence does not lie in its passage")


def links(connection: Connection) -> Iterator[Fault]:
    """Links that the tables do not declare, or that were broken while they were not watched."""
    withdrawn = {t for stone in tombstones.tombstones(connection).values() for t in stone.transcripts}
    known = {
        name: set(connection.execute(text(f"SELECT {column} FROM {name}")).scalars())
        for name, column in {(parent, column) for *_, parent, column in _LINKS}
    }
    for table, column, parent, _ in _LINKS:
        key = " || ' ' || ".join(f'"{name.name}"' for name in schema.metadata.tables[table].primary_key)
        query = text(f'SELECT {key}, "{column}" FROM {table} WHERE "{column}" IS NOT NULL')
        for row, value in connection.execute(query):
            # What a withdrawal tells is bound by the next event, which may be still to come.
            pending = table == "witnesses" and value == events.coming(connection)
            if value not in known[parent] and value not in withdrawn and not pending:
                yield Fault(table, str(row), f"its {column} is not there ({parent})")
    anywhere = known["segments"] | known["transcripts"] | withdrawn
    for number, on in connection.execute(select(schema.judged.c.id, schema.judged.c.segment)):
        if on not in anywhere:
            yield Fault("judged", str(number), "its segment is not there (segments, transcripts)")
    projectwide = connection.execute(select(schema.memos.c.id, schema.memos.c.on)).all()
    cases = set(connection.execute(select(schema.cases.c.id)).scalars())
    for id_, on in projectwide:
        if on[:2] in ("s_", "t_") and on not in anywhere | cases:
            yield Fault("memos", id_, "what it is on is not there (segments, transcripts)")


def counts(connection: Connection) -> Iterator[Fault]:
    """Numbers in events against the rows that were witnessed with them."""
    w = schema.witnesses.c
    found: dict[tuple[int, str], int] = {
        (event, table): count
        for event, table, count in connection.execute(select(w.event, w.table, func.count()).group_by(w.event, w.table))
    }
    first = connection.execute(select(func.min(w.event))).scalar()
    for event in events.all_events(connection):
        if first is None or event.id < first:
            continue  # rows of before there were witnesses: their events cannot be compared
        for name in _COUNTED.get(event.kind, ()):
            there = found.get((event.id, _ROWS[name]), 0)
            if event.counts.get(name, 0) != there:
                yield Fault(
                    "events", str(event.id), f"tells of {event.counts.get(name, 0)} {_ROWS[name]}, {there} came"
                )
        merged = event.counts.get("judgements", 0) if event.kind == "merge" else 0
        if merged > found.get((event.id, "judged"), 0):
            yield Fault("events", str(event.id), f"tells of {merged} judged, fewer came")


def versions(connection: Connection) -> Iterator[Fault]:
    """Which texts are current, as which version and in whose place, against the successions."""
    t = schema.transcripts.c
    texts = {row.id: row for row in connection.execute(select(t.id, t.version, t.replaces, t.current))}
    told = successions.successions(connection)
    of = successions.lineages(told)
    version: dict[str, int] = {}
    replaces: dict[str, str] = {}
    for one in told:
        if one.version >= version.get(one.new, 0):
            version[one.new], replaces[one.new] = one.version, one.old
    for id_, row in texts.items():
        if id_ in version and (row.version, row.replaces) != (version[id_], replaces[id_]):
            yield Fault("transcripts", id_, "its version is not what the successions say")
        if id_ not in of and not row.current:
            yield Fault("transcripts", id_, "is out of force, and nothing took its place")
    seen: set[str] = set()
    for id_ in sorted(of):
        if id_ not in seen:
            seen |= of[id_]
            there = [texts[other] for other in of[id_] if other in texts]
            current = [row for row in there if row.current]
            highest = max((row.version for row in there), default=0)
            # Of a lineage that lost its newest text to a withdrawal, none need be in force.
            whole = len(there) == len(of[id_])
            if len(current) > 1 or (whole and not current) or (whole and current[0].version != highest):
                yield Fault("transcripts", id_, "of its lineage not just the highest version is in force")
