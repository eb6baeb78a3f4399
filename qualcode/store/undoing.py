"""Write and read which judgements were taken back; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from qualcode.store import corpus, schema

_u = schema.undone.c


def undone() -> Select[Any]:
    """Numbers of judgements that are taken back now: of several rows of one, the last holds."""
    last = select(func.max(_u.number)).group_by(_u.judged).scalar_subquery()
    return select(_u.judged).where(and_(_u.number.in_(last), _u.back.is_(False)))


def take_back(connection: Connection, judged: Iterable[int], event: int) -> None:
    """Take judgements back; one that is taken back already stays so."""
    _add(connection, judged, event, back=False)


def put_back(connection: Connection, judged: Iterable[int], event: int) -> None:
    """Let judgements stand again that were taken back."""
    _add(connection, judged, event, back=True)


def history(connection: Connection) -> list[tuple[int, int, bool]]:
    """(judgement, event, whether it was put back), oldest first."""
    return [tuple(row) for row in connection.execute(select(_u.judged, _u.event, _u.back).order_by(_u.number))]


def made_by(connection: Connection, event: int) -> list[int]:
    """Judgements that an event brought, as their witnesses tell."""
    w = schema.witnesses.c
    rows = connection.execute(select(w.row).where(w.table == "judged", w.event == event, w.withdrawn.is_(None)))
    return sorted(int(row) for row in rows.scalars())


def with_made_of(connection: Connection, judged: Iterable[int]) -> list[int]:
    """These judgements, and those that were made of them on later versions of their texts."""
    r = schema.reanchored.c
    found: set[int] = set()
    asked = set(judged)
    while asked:
        found |= asked
        made: set[int] = set()
        for some in corpus.chunks(sorted(asked)):
            query = select(r.became).where(r.judged.in_(some), r.became.is_not(None))
            made |= {number for number in connection.execute(query).scalars() if number is not None}
        asked = made - found
    return sorted(found)


def answered_by(connection: Connection, event: int) -> list[tuple[int, int]]:
    """(number, number before it) of the answers to doubtful places that an event gave and that hold still."""
    w, r = schema.witnesses.c, schema.reanchored.c
    rows = connection.execute(select(w.row).where(w.table == "reanchored", w.event == event))
    own = {int(row) for row in rows.scalars()}
    numbers: dict[str, list[int]] = {}
    for number, id_ in connection.execute(select(r.number, r.id).order_by(r.number)):
        numbers.setdefault(id_, []).append(number)
    return [(of[-1], of[-2]) for of in numbers.values() if of[-1] in own and len(of) > 1]


def answer_again(connection: Connection, numbers: Iterable[int]) -> None:
    """Let these earlier rows hold again, by writing them once more."""
    columns = [column for column in schema.reanchored.c if column.name != "number"]
    for number in numbers:
        row = connection.execute(select(*columns).where(schema.reanchored.c.number == number)).mappings().one()
        connection.execute(schema.reanchored.insert().values(**row))


def _add(connection: Connection, judged: Iterable[int], event: int, *, back: bool) -> None:
    now = set(connection.execute(undone()).scalars())
    rows = [{"judged": j, "event": event, "back": back} for j in sorted(set(judged)) if (j in now) == back]
    if rows:
        connection.execute(schema.undone.insert(), rows)
