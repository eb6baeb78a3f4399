"""Write and read what each case agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, union

from qualcode.corpus import Consent
from qualcode.store import schema


def set_consents(connection: Connection, stated: Mapping[str, Consent]) -> None:
    """Put what is stated in place of all that was stated before, for every case."""
    connection.execute(schema.consents.delete())
    rows = [{"case": case, "stated": _plain(consent)} for case, consent in sorted(stated.items())]
    if rows:
        connection.execute(schema.consents.insert(), rows)


def consents(connection: Connection) -> dict[str, Consent]:
    """What was stated, by case; cases of which nothing was are left out."""
    return {row.case: _consent(row.stated) for row in connection.execute(select(schema.consents))}


def cases(connection: Connection) -> list[str]:
    """Ids of everybody who speaks in a text or is described, and of the groups that they speak in."""
    named = (schema.turns.c.case, schema.transcripts.c.case, schema.cases.c.id)
    rows = connection.execute(union(*(select(column.label("case")) for column in named))).scalars()
    return sorted(case for case in rows if case)


def _plain(consent: Consent) -> dict[str, Any]:
    values = {field.name: getattr(consent, field.name) for field in fields(consent)}
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items() if v is not None}


def _consent(stated: Mapping[str, Any]) -> Consent:
    expires = stated.get("expires")
    return Consent(**{**stated, "expires": date.fromisoformat(expires) if expires else None})
