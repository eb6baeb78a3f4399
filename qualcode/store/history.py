"""What the tables held after an earlier event: witnesses tell with which event each row came."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from qualcode.coding import Coding, Judged
from qualcode.corpus import Succession
from qualcode.store import schema, successions, undoing
from qualcode.store.codings import coding_of, judged_of
from qualcode.store.events import Event

_BEFORE = "witness"


@dataclass(frozen=True, slots=True)
class State:
    """The state after an event."""

    transcripts: frozenset[str]
    current: frozenset[str]
    decisions: tuple[tuple[Judged, tuple[Coding, ...]], ...]
    """As `codings.decisions` gives them: by time, without what was taken back or stands on a replaced text."""
    of_segment: Mapping[str, str]
    """The text of each segment that a decision stands on."""
    runs: int


def at(connection: Connection, record: Sequence[Event], number: int) -> State:
    """The state after the event of this number.

    Args:
        connection: to read from.
        record: all events.
        number: of one of them.
    """
    came = _came(connection, record)
    texts = {
        id_
        for id_ in connection.execute(select(schema.transcripts.c.id)).scalars()
        if came("transcripts", id_) <= number
    }
    current = texts & _in_force(connection, came, number)
    s, c, j = schema.segments.c, schema.codings.c, schema.judged.c
    of_segment = {row.id: row.transcript for row in connection.execute(select(s.id, s.transcript))}
    taken_back: set[int] = set()
    for judged, event, back in undoing.history(connection):
        if event <= number:
            (taken_back.discard if back else taken_back.add)(judged)
    made: dict[int, list[Coding]] = defaultdict(list)
    for row in connection.execute(select(schema.codings).where(c.judged.is_not(None)).order_by(c.id)).mappings():
        made[row["judged"]].append(coding_of(row))
    decisions = []
    on: dict[str, str] = {}
    for row in connection.execute(select(schema.judged).order_by(j.made_at, j.id)).mappings():
        text = of_segment.get(row["segment"])
        known = came("judged", str(row["id"]), row["made_at"]) <= number and row["id"] not in taken_back
        if known and (text is None or text in current):
            decisions.append((judged_of(row), tuple(made[row["id"]])))
            on[row["segment"]] = text or row["segment"]
    made_at = connection.execute(select(schema.runs.c.id, schema.runs.c.made_at))
    runs = sum(came("run", run, at) <= number for run, at in made_at)
    return State(frozenset(texts), frozenset(current), tuple(decisions), on, runs)


def _came(connection: Connection, record: Sequence[Event]) -> Callable[..., int]:
    """Tells with which event a row came: by its witness; by its text's import or its time if it was there before."""
    w = schema.witnesses.c
    witnessed = {(row.table, row.row): row.event for row in connection.execute(select(w.table, w.row, w.event))}
    old = {event.id for event in record if event.kind == _BEFORE}
    times = [event.at for event in record]
    named: dict[str, int] = {}
    for event in record:
        for subject in event.subjects:
            named.setdefault(subject, event.id)

    def came(table: str, row: str, made_at: str = "", about: str = "") -> int:
        by: int = witnessed.get((table, row), len(record) + 1)
        if by not in old:
            return by
        place = bisect_left(times, made_at) if made_at else len(record)
        return min(by, named.get(about or row, by), record[place].id if place < len(record) else by)

    return came


def _in_force(connection: Connection, came: Callable[..., int], number: int) -> set[str]:
    """Texts whose place nothing had taken: as `successions` settles it, from the successions known then."""
    numbered = select(schema.successions).order_by(schema.successions.c.number)
    then = [
        Succession(row.old, row.new, row.version)
        for row in connection.execute(numbered)
        if came("successions", str(row.number), about=row.new) <= number
    ]
    current = set(connection.execute(select(schema.transcripts.c.id)).scalars())
    versions: dict[str, int] = {}
    for one in then:
        versions[one.new] = max(one.version, versions.get(one.new, 0))
    now = set(successions.in_force(connection).values())
    done: set[str] = set()
    for text, lineage in successions.lineages(then).items():
        if text not in done:
            done |= lineage
            highest = max(versions.get(one, 1) for one in lineage)
            level = sorted(one for one in lineage if versions.get(one, 1) == highest)
            # Two laptops made the same version: which of the two holds does not hang on time.
            held = next((one for one in level if one in now), level[-1])
            current -= lineage - {held}
    return current
