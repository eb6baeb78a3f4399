"""The register of files that were written with participants' words in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from qualcode.store import schema


@dataclass(frozen=True, slots=True)
class Release:
    """One file that left the store."""

    at: str
    kind: str
    """excerpts, report, sheet, pack, check, ..."""
    path: str = field(repr=False)
    """As it was asked for; relative to the project folder where it lies inside."""
    digest: str
    """SHA-256 of the file."""
    purpose: str
    """team, share or archive."""
    identified: bool
    """A text in it was neither signed nor declared de-identified."""
    cases: frozenset[str]
    """Whose words it holds: `corpus.case_digest` of each case."""
    number: int = 0


def add(connection: Connection, release: Release) -> int:
    """Enter a file; returns its number."""
    values = {name: getattr(release, name) for name in ("at", "kind", "path", "digest", "purpose", "identified")}
    result = connection.execute(schema.releases.insert().values(**values, cases=sorted(release.cases)))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def releases(connection: Connection) -> list[Release]:
    """All files that were entered, oldest first."""
    rows = connection.execute(select(schema.releases).order_by(schema.releases.c.number)).mappings()
    return [Release(**{**row, "cases": frozenset(row["cases"])}) for row in rows]
