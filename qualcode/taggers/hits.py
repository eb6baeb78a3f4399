"""What the hits of a codebook's patterns say of a passage: where they stand, and with which facets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.codebook import Codebook
from qualcode.coding import Span
from qualcode.taggers import facets
from qualcode.taggers.patterns import Hit, PatternMatcher

if TYPE_CHECKING:
    from spacy.tokens import Doc

PATTERN_STRENGTH = 0.7
"""Raw score of one pattern that hit; further evidence adds to it as independent evidence would."""


def by_code(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Hits by code, in their order."""
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.code, []).append(hit)
    return grouped


def characters(doc: Doc, hit: Hit) -> Span:
    """Where a hit stands in the text of the document."""
    return nlp.span_of(doc, hit.start, hit.end)


def reads_facets(codebook: Codebook) -> bool:
    """Whether polarity can be read: the rules for it are English, and a codebook need not declare it."""
    return codebook.language == "en" and codebook.facet("polarity") is not None


def said_by(codebook: Codebook, doc: Doc, hits: Sequence[Hit]) -> dict[str, str] | None:
    """Facets of all hits of one code; None where they only stand in a question to somebody."""
    if not reads_facets(codebook):
        return {name: value for hit in hits for name, value in hit.facets.items()}
    polarities: list[str] = []
    fixed: dict[str, str] = {}
    for hit in hits:
        found = facets.polarity(doc, hit.start, hit.end)
        if found is not None:
            polarities.append(_turned(hit.facets.get("polarity"), found))
            fixed |= {name: value for name, value in hit.facets.items() if name != "polarity"}
    if not polarities:
        return None
    holder = facets.holder(doc, hits[0].start, hits[0].end) if codebook.facet("holder") else ""
    return {"polarity": facets.combined(polarities)} | ({"holder": holder} if holder else {}) | fixed


@dataclass(frozen=True, slots=True, eq=False)
class Firing:
    """Which of m patterns fired on n passages."""

    patterns: tuple[str, ...]
    """Names, in the order of the active codes."""
    owner: NDArray[np.int64]
    """Shape (m,): the number of the active code that each pattern belongs to."""
    hit: NDArray[np.bool_] = field(repr=False)
    """Shape (n, m): the pattern would propose its code."""
    excepted: NDArray[np.bool_] = field(repr=False)
    """Shape (n, m): it matched, and an exception took every match away."""
    idle_exceptions: tuple[str, ...] = ()
    """Exceptions that took nothing away."""


def firing(codebook: Codebook, texts: Iterable[str]) -> Firing:
    """Read texts with every pattern on its own, also where a longer one of the same code covers it."""
    codes = codebook.active
    names = [name for code in codes for name in code.pattern_names()]
    owner = [at for at, code in enumerate(codes) for _ in code.patterns]
    first = {code.id: owner.index(at) for at, code in enumerate(codes) if code.patterns}
    matcher = PatternMatcher(codebook)
    took: set[str] = set()
    hit_rows, excepted_rows = [], []
    for doc in nlp.docs(texts, codebook.language):
        hit, excepted = np.zeros(len(names), dtype=bool), np.zeros(len(names), dtype=bool)
        for found in matcher.every(doc):
            column = first[found.code] + found.pattern
            if found.exceptions:
                excepted[column] = True
                took |= {codebook[found.code].pattern_names("except")[at] for at in found.exceptions}
            elif said_by(codebook, doc, [found]) is not None:
                hit[column] = True
        hit_rows.append(hit)
        excepted_rows.append(excepted & ~hit)
    shape = (len(hit_rows), len(names))
    exceptions = [name for code in codes for name in code.pattern_names("except")]
    return Firing(
        tuple(names),
        np.array(owner, dtype=np.int64),
        np.array(hit_rows, dtype=bool).reshape(shape),
        np.array(excepted_rows, dtype=bool).reshape(shape),
        tuple(name for name in exceptions if name not in took),
    )


def _turned(fixed: str | None, found: str) -> str:
    """A pattern that fixes its polarity keeps it, but a wish stays a wish."""
    if fixed is None:
        return found
    return found if found == facets.HYPOTHETICAL else fixed
