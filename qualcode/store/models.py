"""Keep and give back what a tagger learned: JSON and numpy arrays, never a pickle."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, select

from qualcode.coding import Coder
from qualcode.errors import StoreError
from qualcode.store import codings, schema

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A tagger's learned state."""

    coder: Coder
    codebook_version: str
    segments: tuple[str, ...] = field(repr=False)
    """What it learned from."""
    head: Mapping[str, Any] = field(repr=False)
    arrays: Arrays = field(repr=False)
    made_at: str = ""


def keep(connection: Connection, model: Model) -> None:
    """Keep a model in place of the ones before: they hold the words of the same people, and nothing asks for them."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **model.arrays)
    arrays = packed.getvalue()
    codings.add_coder(connection, model.coder)
    connection.execute(delete(schema.models))
    connection.execute(
        schema.models.insert().values(
            id=model.coder.id,
            made_at=model.made_at,
            codebook_version=model.codebook_version,
            segments=list(model.segments),
            head=dict(model.head),
            arrays=arrays,
            digest=_digest(model.head, arrays),
        )
    )


def latest(connection: Connection) -> Model | None:
    """The model that was made last, or None.

    Raises:
        StoreError: what is stored is not what was kept.
    """
    m = schema.models.c
    row = connection.execute(select(schema.models).order_by(m.made_at.desc(), m.id).limit(1)).mappings().first()
    if row is None:
        return None
    if row["digest"] != _digest(row["head"], row["arrays"]):
        raise StoreError(
            f"the model {row['id']} is damaged: its digest is another", hint="make it anew: qualcode train"
        )
    with np.load(io.BytesIO(row["arrays"]), allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in packed.files}
    coder = codings.coders(connection)[row["id"]]
    return Model(coder, row["codebook_version"], tuple(row["segments"]), row["head"], arrays, row["made_at"])


def _digest(head: Mapping[str, Any], arrays: bytes) -> str:
    said = json.dumps(dict(head), sort_keys=True).encode()
    return hashlib.sha256(hashlib.sha256(said).digest() + arrays).hexdigest()
