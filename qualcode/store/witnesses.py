"""A witness for each row that an act writes for good: a keyed digest, bound into the event of the act.

`events.record` calls `take` inside the transaction of the act. It finds the act's rows by their row numbers, which only
grow, above a watermark that the event before left. What may change afterwards (how a text is described, which segments
are in force) has no witness.

Whoever takes rows away for a withdrawal tells it here: `withdraw` for the rows of each table, in the transaction that
deletes them, before or after the event; `renew` when the rows are gone, and once more after a `VACUUM`.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, func, literal_column, select, text, update
from sqlalchemy.dialects.sqlite import insert

from qualcode.store import corpus, schema
from qualcode.store.marks import mark, set_mark

SECRET = "qualcode_secret"
"""Under this name a connection's `info` holds the project's key."""
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        schema.transcripts,
        schema.judged,
        schema.codings,
        schema.memos,
        schema.successions,
        schema.reanchored,
        schema.samples,
        schema.assignments,
        schema.signoffs,
        schema.releases,
        schema.offset_maps,
        schema.undone,
    )
}
QUOTE, RUN, WITHDRAWN = "quote", "run", "withdrawn"
"""Witnesses of quotations (by coding), of a machine's codings (by run), and that a row was withdrawn (by witness)."""
_MARK, _BEFORE = "witnessed", "unwitnessed"
_ROWID = literal_column("rowid", Integer)
_AT_ONCE = 200
Row = tuple[str, str, str]
"""Table, row, digest."""


def begin(connection: Connection) -> None:
    """Note the rows of before there were witnesses: the next event writes theirs, under an event of its own."""
    highest = _highest(connection)
    if any(highest.values()):
        set_mark(connection, _BEFORE, json.dumps(highest))


def before(connection: Connection) -> dict[str, int] | None:
    """Row numbers up to which nobody has witnessed the rows of an older project yet; None where there are none."""
    found = mark(connection, _BEFORE)
    return None if found is None else json.loads(found)


def take(connection: Connection, event: int, upto: Mapping[str, int] | None = None) -> str:
    """Write the witnesses of all rows that came since the last event, up to these row numbers if they are given.

    Returns:
        What binds them into the event's digest; empty where the act wrote nothing for good.
    """
    secret = secret_of(connection)
    after: dict[str, int] = json.loads(mark(connection, _MARK) or "{}")
    now = dict(upto) if upto is not None else _highest(connection)
    found: list[Row] = []
    for name in TABLES:
        since, until = after.get(name, 0), now.get(name, 0)
        if until > since:
            found += rows(connection, name, secret, since, until)
            if name == "codings":
                found += quotes(connection, secret, since, until)
    found += _runs(connection, secret, event)
    if found:
        new = [{"table": table, "row": row, "event": event, "digest": digest} for table, row, digest in found]
        connection.execute(insert(schema.witnesses).on_conflict_do_nothing(), new)
    if now != after:
        set_mark(connection, _MARK, json.dumps(now))
    if upto is not None:
        connection.execute(schema.settings.delete().where(schema.settings.c.name == _BEFORE))
    return bound(connection, event)


def bound(connection: Connection, event: int) -> str:
    """One keyed digest over all witnesses of an event, withdrawn or not; empty where it has none."""
    w = schema.witnesses.c
    query = select(w.table, w.row, w.digest).where(w.event == event)
    lines = sorted("\x1f".join(row) for row in connection.execute(query))
    return _keyed(secret_of(connection), "\x1e".join(lines)) if lines else ""


def rows(connection: Connection, name: str, secret: bytes, after: int = 0, until: int | None = None) -> Iterator[Row]:
    """A table's rows that are for good, with the digests that their witnesses must have.

    A text that lies encrypted elsewhere has an empty digest: it cannot be told from here.
    """
    table = TABLES[name]
    query = select(*_columns(table)).where(*_between(after, until))
    if name == "codings":
        query = query.where(schema.codings.c.judged.is_not(None))
    keys = [column.name for column in table.primary_key]
    for found in connection.execute(query).mappings():
        row = " ".join(str(found[key]) for key in keys)
        if name == "transcripts":
            yield name, row, "" if found["sealed"] else digest_of_text(secret, row, found["text"])
        else:
            yield name, row, _digest(secret, name, row, dict(found))


def digest_of_text(secret: bytes, transcript: str, words: str) -> str:
    """The digest that the witness of a transcript holds."""
    return _digest(secret, "transcripts", transcript, words)


def quotes(connection: Connection, secret: bytes, after: int = 0, until: int | None = None) -> Iterator[Row]:
    """The quotation of each coding of a person; an empty digest where the text lies encrypted elsewhere."""
    c, s, t = schema.codings.c, schema.segments.c, schema.transcripts.c
    query = select(c.id, s.transcript, s.start, s.end).join_from(schema.codings, schema.segments, c.segment == s.id)
    query = query.where(c.judged.is_not(None), *_between(after, until, "codings.rowid"))
    places: dict[str, list[tuple[str, int, int]]] = {}
    for id_, transcript, start, end in connection.execute(query):
        places.setdefault(transcript, []).append((id_, start, end))
    names = sorted(places)
    for at in range(0, len(names), _AT_ONCE):
        some = names[at : at + _AT_ONCE]
        for row in connection.execute(select(t.id, t.text, t.sealed).where(t.id.in_(some))):
            for id_, start, end in places[row.id]:
                yield QUOTE, id_, "" if row.sealed else _digest(secret, QUOTE, id_, row.text[start:end])


def run_digest(connection: Connection, secret: bytes, run: str) -> str:
    """One digest over all codings of a machine's pass."""
    c = schema.codings.c
    query = select(*_columns(schema.codings)).where(c.run == run).order_by(c.id)
    return _digest(secret, RUN, run, [dict(found) for found in connection.execute(query).mappings()])


def withdraw(connection: Connection, table: str, rows: Iterable[str], event: int) -> int:
    """Say that rows are gone because somebody withdrew, so that `verify` does not miss them.

    Call it in the transaction that deletes the rows, for each table of `TABLES` and for `run` (the ids of passes some
    of whose codings go; the next event witnesses what is left of them). Quotations go with their codings.

    Args:
        connection: of that transaction.
        table: its name.
        rows: primary keys as text; of `offset_maps` the two ids with a blank between them.
        event: the number of the withdrawal: of its event, or `events.coming` where that is still to be recorded.

    Returns:
        How many witnesses are marked.
    """
    w, secret = schema.witnesses.c, secret_of(connection)
    bound_by = _coming(connection)
    names = (table, QUOTE) if table == "codings" else (table,)
    count = 0
    for some in corpus.chunks(sorted(rows)):
        # What is left of a row or a pass is witnessed again under its id and the event, and may be withdrawn again.
        gone = func.substr(w.row, 1, func.instr(w.row + "@", "@") - 1).in_(some)
        there = w.table.in_(names) & gone & w.withdrawn.is_(None)
        marked = [(row.table, row.row) for row in connection.execute(select(w.table, w.row).where(there))]
        connection.execute(update(schema.witnesses).where(there).values(withdrawn=event))
        told = [
            {"table": WITHDRAWN, "row": f"{name} {row}", "event": bound_by, "digest": gone_digest(secret, name, row)}
            for name, row in marked
        ]
        if told:
            connection.execute(insert(schema.witnesses).on_conflict_do_nothing(), told)
        count += len(marked)
    return count


def change(connection: Connection, table: str, ids: Iterable[str], event: int) -> None:
    """Witness rows anew that lost a part because somebody withdrew: samples and assignments.

    Args:
        connection: of the transaction that changed them, before its event.
        table: its name.
        ids: primary keys.
        event: the number of the event to come.
    """
    wanted = set(ids)
    if not wanted:
        return
    withdraw(connection, table, wanted, event)
    now = [one for one in rows(connection, table, secret_of(connection)) if one[1] in wanted]
    new = [{"table": table, "row": f"{row}@{event}", "event": event, "digest": digest} for _, row, digest in now]
    connection.execute(insert(schema.witnesses), new)


def renew(connection: Connection, tables: Iterable[str] = tuple(TABLES)) -> None:
    """Set the watermarks of tables anew, where all rows that stand have their witness.

    Two things move row numbers: rows of a table without numbers of its own were deleted, whose places new rows then
    take; and `VACUUM`. Call it after each, before anything else is written.
    """
    marks: dict[str, int] = json.loads(mark(connection, _MARK) or "{}")
    highest = _highest(connection)
    set_mark(connection, _MARK, json.dumps(marks | {name: highest[name] for name in tables}))


def gone_digest(secret: bytes, table: str, row: str) -> str:
    """What says that the row of a witness was withdrawn and not torn out."""
    return _digest(secret, WITHDRAWN, f"{table} {row}", "")


def secret_of(connection: Connection) -> bytes:
    """The project's key, as the connection carries it."""
    found: bytes = connection.info.get(SECRET, b"")
    return found


def _runs(connection: Connection, secret: bytes, event: int) -> Iterator[Row]:
    w = schema.witnesses.c
    witnessed: dict[str, bool] = {}
    for row in connection.execute(select(w.row, w.withdrawn).where(w.table == RUN)):
        run = row.row.split("@")[0]
        witnessed[run] = witnessed.get(run, False) or row.withdrawn is None
    for run in connection.execute(select(schema.runs.c.id)).scalars().all():
        if not witnessed.get(run, False):
            yield RUN, f"{run}@{event}" if run in witnessed else run, run_digest(connection, secret, run)


def _columns(table: Table) -> list[Column[Any]]:
    if table is schema.transcripts:
        return [table.c.id, table.c.text, table.c.sealed]
    return list(table.c)


def _between(after: int, until: int | None, rowid: str = "rowid") -> list[Any]:
    number = literal_column(rowid, Integer)
    return [number > after] if until is None else [number > after, number <= until]


def _highest(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.max(_ROWID)).select_from(table)).scalar() or 0
        for name, table in TABLES.items()
    }


def _coming(connection: Connection) -> int:
    return (connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")).scalar() or 0) + 1


def _digest(secret: bytes, table: str, row: str, content: object) -> str:
    return _keyed(secret, json.dumps([table, row, content], sort_keys=True, ensure_ascii=False))


def _keyed(secret: bytes, message: str) -> str:
    return hmac.digest(secret, message.encode(), "sha256").hex()
