"""Write and read which text took the place of which; what stands follows from all of it, in whatever order it came.

Texts that took each other's places are one lineage. Of a lineage exactly one text is current: the highest version, and
where two laptops made the same version of two texts, the one whose digest is higher. Two projects that know the same
successions thus have the same current texts, whichever of them merged first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select, update

from qualcode.corpus import Succession
from qualcode.store import corpus, schema


def add(connection: Connection, told: Iterable[Succession]) -> int:
    """Append the successions that are new, and settle which texts are current; returns how many are new."""
    told = list(dict.fromkeys(told))
    known = set(successions(connection, [one.new for one in told]))
    new = [one for one in told if one not in known]
    if new:
        rows = [{"old": one.old, "new": one.new, "version": one.version} for one in new]
        connection.execute(schema.successions.insert(), rows)
        _settle(connection, {text for one in new for text in (one.old, one.new)})
    return len(new)


def successions(connection: Connection, texts: Iterable[str] | None = None) -> list[Succession]:
    """All of them, or those of the lineages of these texts, in the order in which this project came to know them."""
    s = schema.successions.c
    query = select(s.number, s.old, s.new, s.version)
    if texts is None:
        return [Succession(*row[1:]) for row in connection.execute(query.order_by(s.number))]
    found: dict[int, Succession] = {}
    known: set[str] = set()
    asked = set(texts)
    while asked:
        known |= asked
        for ids in corpus.chunks(sorted(asked)):
            touching = query.where(s.old.in_(ids) | s.new.in_(ids))
            found |= {row.number: Succession(*row[1:]) for row in connection.execute(touching)}
        asked = {text for one in found.values() for text in (one.old, one.new)} - known
    return [found[number] for number in sorted(found)]


def lineages(told: Iterable[Succession]) -> dict[str, set[str]]:
    """Each text with all texts of its lineage, itself among them.

    >>> sorted(lineages([Succession("a", "b", 2), Succession("b", "c", 3)])["a"])
    ['a', 'b', 'c']
    """
    found: dict[str, set[str]] = {}
    for one in told:
        joined = found.get(one.old, {one.old}) | found.get(one.new, {one.new})
        found.update(dict.fromkeys(joined, joined))
    return found


def in_force(connection: Connection, texts: Iterable[str] | None = None) -> dict[str, str]:
    """Each text that has a history, with the text that stands in its place now, which may be itself.

    All of them, or those of the lineages of these texts.
    """
    of = lineages(successions(connection, texts))
    t = schema.transcripts.c
    now: dict[str, str] = {}
    for ids in corpus.chunks(sorted(of)):
        for text in connection.execute(select(t.id).where(t.id.in_(ids), t.current)).scalars():
            now |= dict.fromkeys(of[text], text)
    return now


def forks(connection: Connection) -> dict[str, frozenset[str]]:
    """Current texts with those of their lineage that nothing took the place of: two laptops edited one text apart."""
    told = successions(connection)
    now = in_force(connection)
    versions = _versions(connection, list(now))
    gone = {one.old for one in told if one.version > versions[one.old]}
    ends: dict[str, set[str]] = {}
    for text in now.keys() - gone:
        ends.setdefault(now[text], set()).add(text)
    return {text: frozenset(found) for text, found in ends.items() if len(found) > 1}


def _settle(connection: Connection, touched: Iterable[str]) -> None:
    """Write down what follows from the successions for the texts of these lineages."""
    told = successions(connection, touched)
    of = lineages(told)
    versions = _versions(connection, sorted(of))
    latest: dict[str, Succession] = {}
    for one in told:
        if one.version >= versions[one.new]:
            versions[one.new], latest[one.new] = one.version, one
    done: set[str] = set()
    for text in of:
        if text not in done:
            done |= of[text]
            first = _first(connection, of[text], versions)
            for other in of[text]:
                values: dict[str, object] = {"version": versions[other], "current": other == first}
                if other in latest:
                    values["replaces"] = latest[other].old
                t = schema.transcripts
                connection.execute(update(t).where(t.c.id == other).values(**values))


def _first(connection: Connection, lineage: set[str], versions: Mapping[str, int]) -> str:
    highest = max(versions[text] for text in lineage)
    level = sorted(text for text in lineage if versions[text] == highest)
    if len(level) == 1:
        return level[0]
    t = schema.transcripts.c
    words = {row.id: row.text for row in connection.execute(select(t.id, t.text).where(t.id.in_(level)))}
    return max(level, key=lambda text: hashlib.sha256(words[text].encode()).digest())


def _versions(connection: Connection, texts: Sequence[str]) -> dict[str, int]:
    t = schema.transcripts.c
    found: dict[str, int] = {}
    for ids in corpus.chunks(texts):
        found.update(tuple(row) for row in connection.execute(select(t.id, t.version).where(t.id.in_(ids))))
    return found
