"""The record of every act: numbered, hash-chained, ids and keyed digests only, never words."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select, text

from qualcode.store import schema, witnesses

FIRST = "0" * 64
_BODY = ("at", "actor", "kind", "subjects", "counts", "digest", "previous")


@dataclass(frozen=True, slots=True)
class Event:
    """One act.

    `digest` is keyed by the project's secret: over the words concerned, if any; and after a stroke, over the witnesses
    of the rows that the act wrote for good, if any.
    """

    id: int
    at: str
    actor: str
    kind: str
    subjects: tuple[str, ...]
    counts: Mapping[str, int]
    digest: str
    hash: str


def record(
    connection: Connection,
    kind: str,
    *,
    actor: str,
    at: str,
    subjects: Iterable[str] = (),
    counts: Mapping[str, int] | None = None,
    words: Iterable[str] = (),
    secret: bytes = b"",
) -> int:
    """Append an event in the transaction of the act itself, after its rows: it witnesses what came since the last one.

    In a project of before there were witnesses, an event `witness` comes first, for the rows that it had.

    Args:
        connection: of the act.
        kind: what was done, e.g. `import`.
        actor: who did it.
        at: when, ISO 8601.
        subjects: ids concerned.
        counts: numbers that a later check can compare.
        words: texts concerned; only their keyed digest is kept.
        secret: the project's key.

    Returns:
        The event's number.
    """
    mac = hmac.new(secret, digestmod=hashlib.sha256)
    for said in words:
        mac.update(said.encode())
        mac.update(b"\x1f")
    unwitnessed = witnesses.before(connection)
    if unwitnessed is not None:
        _append(connection, "witness", actor, at, (), {}, "", unwitnessed)
    return _append(connection, kind, actor, at, subjects, counts or {}, mac.hexdigest() if words else "")


def coming(connection: Connection) -> int:
    """The number that the next event will have."""
    counter = text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
    return (connection.execute(counter).scalar() or 0) + 1


def _append(
    connection: Connection,
    kind: str,
    actor: str,
    at: str,
    subjects: Iterable[str],
    counts: Mapping[str, int],
    said: str,
    upto: Mapping[str, int] | None = None,
) -> int:
    last = connection.execute(select(schema.events.c.hash).order_by(schema.events.c.id.desc()).limit(1)).scalar()
    rows = witnesses.take(connection, coming(connection), upto)
    body = {
        "at": at,
        "actor": actor,
        "kind": kind,
        "subjects": sorted(subjects),
        "counts": dict(counts),
        "digest": f"{said}/{rows}" if rows else said,
        "previous": last or FIRST,
    }
    result = connection.execute(schema.events.insert().values(**body, hash=_hash(body)))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def all_events(connection: Connection) -> list[Event]:
    """Every event, oldest first."""
    rows = connection.execute(select(schema.events).order_by(schema.events.c.id)).mappings()
    return [
        Event(
            row["id"],
            row["at"],
            row["actor"],
            row["kind"],
            tuple(row["subjects"]),
            row["counts"],
            row["digest"],
            row["hash"],
        )
        for row in rows
    ]


def is_whole(row: RowMapping) -> bool:
    """Whether an event's hash is that of what stands in it."""
    return bool(row["hash"] == _hash({name: row[name] for name in _BODY}))


def _hash(body: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
