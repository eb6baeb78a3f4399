"""Write and read who vouches that nobody can be told from a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from qualcode.store import schema


def sign(connection: Connection, transcripts: Iterable[str], signer: str, at: str) -> None:
    """Append a signature under each of these texts."""
    rows = [{"transcript": transcript, "signer": signer, "at": at} for transcript in transcripts]
    if rows:
        connection.execute(schema.signoffs.insert(), rows)


def signed(connection: Connection) -> dict[str, tuple[str, str]]:
    """Signed texts, each with who signed it last and when."""
    s = schema.signoffs.c
    # Those of another laptop come later than they were made.
    rows = connection.execute(select(s.transcript, s.signer, s.at).order_by(s.at, s.number))
    return {row.transcript: (row.signer, row.at) for row in rows}


def signatures(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Every signature as (transcript, signer, at); one that was given twice at once comes once."""
    s = schema.signoffs.c
    query = select(s.transcript, s.signer, s.at).distinct().order_by(s.transcript, s.at, s.signer)
    return ((row.transcript, row.signer, row.at) for row in connection.execute(query))
