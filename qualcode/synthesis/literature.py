"""Published programmes and effects that lie in a project's `literature/` folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode.corpus import AttributeValue, Programme
from qualcode.importers.attributes import written
from qualcode.importers.manifest import read_programmes
from qualcode.synthesis.effects import Effect, read_effects

PROGRAMMES, EFFECTS = "programmes.csv", "effects.csv"


@dataclass(frozen=True, slots=True)
class Literature:
    """What was read elsewhere."""

    programmes: tuple[Programme, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def tested(self) -> tuple[Programme, ...]:
        """Programmes alone: neither policies nor roles. Where no kind is stated, all."""
        return tuple(p for p in self.programmes if str(p.attributes.get("kind") or "programme").lower() == "programme")


@dataclass(frozen=True, slots=True)
class Beside:
    """One attribute of the project's programmes, and how many published descriptions state it."""

    attribute: str
    own: Mapping[str, AttributeValue]
    """Programme id to value; None is not stated."""
    stated: int
    """By how many published programmes."""
    values: Mapping[str, int]
    """Stated values and how many published programmes have each, commonest first; empty where no two agree."""


def read(folder: Path) -> Literature:
    """The tables of a folder; a table that is not there is empty.

    Raises:
        ImporterError: a table is damaged.
    """
    programmes, effects = folder / PROGRAMMES, folder / EFFECTS
    return Literature(
        tuple(read_programmes(programmes)) if programmes.exists() else (),
        tuple(read_effects(effects)) if effects.exists() else (),
    )


def beside(own: Sequence[Programme], published: Sequence[Programme]) -> list[Beside]:
    """Each attribute that the project's programmes and the published ones share: what is said, and how often.

    How often a design feature is not reported is a finding in itself, so attributes that nobody states are kept.
    """
    shared = [
        name
        for name in dict.fromkeys(name for programme in own for name in programme.attributes)
        if any(name in programme.attributes for programme in published)
    ]
    rows = []
    for name in shared:
        said = [value for p in published if (value := p.attributes.get(name)) is not None]
        counts = Counter(written(value) for value in said)
        common = {value: n for value, n in counts.most_common() if n > 1 or value in ("yes", "no")}
        rows.append(Beside(name, {p.id: p.attributes.get(name) for p in own}, len(said), common))
    return rows
