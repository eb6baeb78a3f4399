"""Keep every version of the codebook as it was written."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from qualcode.codebook import Codebook
from qualcode.store import schema


def keep(connection: Connection, codebook: Codebook, text: str, at: str) -> bool:
    """Keep this text of the codebook; False if it stands already."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    values = {"digest": digest, "version": codebook.version, "text": text, "made_at": at}
    result = connection.execute(insert(schema.codebooks).values(**values).on_conflict_do_nothing())
    return result.rowcount > 0


def versions(connection: Connection) -> list[tuple[str, str]]:
    """(version, when it was first used), oldest first."""
    c = schema.codebooks.c
    return [(row.version, row.made_at) for row in connection.execute(select(c.version, c.made_at).order_by(c.made_at))]


def text_of(connection: Connection, version: str) -> str:
    """The codebook of this version as it was last written; empty where it is not kept."""
    c = schema.codebooks.c
    query = select(c.text).where(c.version == version).order_by(c.made_at.desc()).limit(1)
    return connection.execute(query).scalar() or ""
