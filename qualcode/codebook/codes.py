"""Code, facet and codebook records, and the hashes that judgements and certificates hang on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qualcode.codebook.pattern import Pattern

Status = Literal["draft", "active", "retired"]


@dataclass(frozen=True, slots=True)
class Facet:
    """A modifier that codings carry besides the code, e.g. polarity."""

    id: str
    values: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A passage that is close to a code but is not it."""

    text: str
    instead: str = ""
    """The code it belongs to, if any."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One code, with the six fields of MacQueen et al. (1998) and what the tagger needs."""

    id: str
    label: str
    brief: str = ""
    definition: str = ""
    when_to_use: tuple[str, ...] = ()
    when_not_to_use: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    parent: str | None = None
    status: Status = "active"
    codable: bool = True
    """False for a heading that only groups codes (REFI-QDA `isCodable`)."""
    patterns: tuple[Pattern, ...] = ()
    except_patterns: tuple[Pattern, ...] = ()
    """Where one of these matches over a pattern's hit, the hit is none."""
    seeds: tuple[str, ...] = ()
    """Where the concept comes from."""

    def pattern_names(self, kind: Literal["pattern", "except"] = "pattern") -> tuple[str, ...]:
        """What each pattern, or exception, is called wherever it is cited.

        >>> Code("calm", "Calm", patterns=(Pattern("calm"), Pattern("at ease", name="ease"))).pattern_names()
        ('calm.pattern.1', 'calm.pattern.ease')
        """
        patterns = self.patterns if kind == "pattern" else self.except_patterns
        return tuple(f"{self.id}.{kind}.{pattern.name or at}" for at, pattern in enumerate(patterns, start=1))

    @property
    def hash(self) -> str:
        """Changes when the code's meaning changes; patterns, seeds and status are not meaning."""
        meaning = (
            self.id,
            self.label,
            self.brief,
            self.definition,
            self.when_to_use,
            self.when_not_to_use,
            self.examples,
            [(miss.text, miss.instead) for miss in self.near_misses],
            self.parent,
            self.codable,
        )
        return hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Codebook:
    """A set of codes and facets."""

    id: str
    title: str
    codes: tuple[Code, ...]
    facets: tuple[Facet, ...] = ()
    about: str = ""
    language: str = "en"
    _by_id: Mapping[str, Code] = field(init=False, repr=False, compare=False)
    _version: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {code.id: code for code in self.codes})
        parts = [
            *sorted((code.hash, code.status) for code in self.codes),
            *sorted((facet.id, facet.values) for facet in self.facets),
        ]
        version = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
        object.__setattr__(self, "_version", version)

    def __getitem__(self, code_id: str) -> Code:
        return self._by_id[code_id]

    def __contains__(self, code_id: object) -> bool:
        return code_id in self._by_id

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    @property
    def active(self) -> tuple[Code, ...]:
        """Codes that are applied: active and codable."""
        return tuple(code for code in self.codes if code.status == "active" and code.codable)

    def counted(self, applied: Collection[str]) -> tuple[Code, ...]:
        """Active codes, and drafts that were applied: codes of another tool's project come without definitions."""
        return tuple(code for code in self.codes if code.codable and (code.status == "active" or code.id in applied))

    @property
    def version(self) -> str:
        """Hash of the set of codes (with their status) and facets."""
        return self._version

    def facet(self, facet_id: str) -> Facet | None:
        """The facet of that id, or None."""
        return next((facet for facet in self.facets if facet.id == facet_id), None)

    def clause(self, reference: str) -> str:
        """What a clause's name refers to, e.g. `isolation.when_to_use.2`; empty if it refers to nothing."""
        code_id, _, rest = reference.partition(".")
        kind, _, number = rest.partition(".")
        if code_id not in self:
            return ""
        code = self[code_id]
        if kind == "definition":
            return code.definition
        if kind == "pattern":
            return _named(code.patterns).get(number, "")
        if kind == "except":
            return _named(code.except_patterns).get(number, "")
        lists = {
            "when_to_use": code.when_to_use,
            "example": code.examples,
            "near_miss": tuple(miss.text for miss in code.near_misses),
        }
        place = int(number) - 1 if number.isdigit() else -1
        items = lists.get(kind, ())
        return items[place] if 0 <= place < len(items) else ""


def _named(patterns: Collection[Pattern]) -> dict[str, str]:
    return {pattern.name or str(at): pattern.match for at, pattern in enumerate(patterns, start=1)}
