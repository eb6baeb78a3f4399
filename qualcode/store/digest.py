"""One hash over what a project holds: the same acts at other times give the same one."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from qualcode.store import codings, schema, undoing

_LEFT_OUT: Mapping[Table, tuple[str, ...]] = {
    schema.programmes: (),
    schema.cases: (),
    schema.transcripts: (),
    schema.successions: ("number",),
    schema.turns: (),
    schema.segments: (),
    schema.coders: (),
    schema.tagged: ("run",),
    schema.samples: (),
    schema.assignments: ("made_at",),
    schema.themes: (),
    schema.consents: (),
    schema.offset_maps: (),
    schema.memos: ("made_at",),
    schema.stale: ("since",),
    schema.models: ("made_at", "arrays"),
}
"""Tables whose rows count as they are, without what a clock or a counter wrote."""
_RUN = ("coder", "codebook_version", "codes", "segments", "floor", "threshold", "seed", "thresholds")
_JUDGED = ("segment", "coder", "codes", "blind", "sample", "probability")
_CODING = ("segment", "code", "code_hash", "coder", "facets", "evidence", "clause", "raw_score", "score")
_REANCHORED = ("transcript", "start", "end", "confidence", "state")


def state(connection: Connection, codebook: str) -> str:
    """SHA-256 over the state; the order of rows, their numbers, times and events do not count.

    Of a run and of a coding not the id, for it is made of the time. Of a judgement its place among those of the same
    coder on the same segment counts: the last one stands.

    Args:
        connection: to read from.
        codebook: the text of the codebook as it stands.
    """
    whole = hashlib.sha256()
    for line in sorted(_lines(connection)):
        whole.update(line.encode())
    whole.update(hashlib.sha256(codebook.encode()).digest())
    return whole.hexdigest()


def _lines(connection: Connection) -> Iterator[str]:
    for table, left_out in _LEFT_OUT.items():
        columns = [column for column in table.c if column.name not in left_out]
        for row in connection.execute(select(*columns)).mappings():
            yield _line(table.name, dict(row))
    for (digest,) in connection.execute(select(schema.codebooks.c.digest)):
        yield _line("codebooks", digest)
    for row in connection.execute(select(schema.runs)).mappings():
        yield _line("runs", [row[name] for name in _RUN])
    for transcript, signer in set(connection.execute(select(schema.signoffs.c.transcript, schema.signoffs.c.signer))):
        yield _line("signoffs", [transcript, signer])
    for stone in connection.execute(select(schema.tombstones)):
        yield _line("tombstones", [stone.id, stone.counts, stone.transcripts])
    yield _line("tagger", codings.latest_machine(connection))
    yield from _judgements(connection)


def _judgements(connection: Connection) -> Iterator[str]:
    made: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(schema.codings)).mappings():
        coding = _line("codings", [row[name] for name in _CODING])
        if row["judged"] is None:
            yield coding
        else:
            made[row["judged"]].append(coding)
    undone = set(connection.execute(undoing.undone()).scalars())
    place: dict[tuple[str, str], int] = defaultdict(int)
    said: dict[int | None, str] = {None: ""}
    j = schema.judged.c
    for row in connection.execute(select(schema.judged).order_by(j.made_at, j.id)).mappings():
        where = (row["segment"], row["coder"])
        place[where] += 1
        values = [row[name] for name in _JUDGED]
        line = _line("judged", [*values, place[where], row["id"] in undone, *sorted(made[row["id"]])])
        said[row["id"]] = hashlib.sha256(line.encode()).hexdigest()
        yield line
    held = {row["id"]: row for row in connection.execute(select(schema.reanchored).order_by("number")).mappings()}
    for row in held.values():
        ends = [said.get(row[name], "gone") for name in ("judged", "became")]
        yield _line("reanchored", [*ends, *(row[name] for name in _REANCHORED)])


def _line(table: str, values: Any) -> str:
    return json.dumps([table, values], sort_keys=True, ensure_ascii=False) + "\n"
