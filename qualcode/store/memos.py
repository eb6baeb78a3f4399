"""Write and read researchers' notes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.coding import Memo
from qualcode.store import schema


def add(connection: Connection, memos: Sequence[Memo]) -> int:
    """Keep notes; returns how many are new."""
    rows = [{"id": m.id, "on": m.on, "coder": m.coder, "text": m.text, "made_at": m.made_at} for m in memos]
    return sum(connection.execute(insert(schema.memos).values(**row).on_conflict_do_nothing()).rowcount for row in rows)


def memos(connection: Connection) -> list[Memo]:
    """All notes, oldest first."""
    rows = connection.execute(select(schema.memos).order_by(schema.memos.c.made_at, schema.memos.c.id)).mappings()
    return [Memo(row["id"], row["on"], row["coder"], row["text"], row["made_at"]) for row in rows]
