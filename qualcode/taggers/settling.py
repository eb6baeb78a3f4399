"""Which segments are settled on all codes: by one rule for words that are new, by another for words that are known.

A third of the comments of a patient survey were "did not answer", "Nothing" and the like. A tagger that is tried on
texts that it has not seen is tried too hard on these, and one that has seen them all is tried too easily on the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.corpus import Segment
from qualcode.taggers.training import plain
from qualcode.taggers.whole import Whole


@dataclass(frozen=True, slots=True)
class Settling:
    """Two rules, each found on rows of its kind; the share of errors holds for either kind of segment."""

    new: Whole
    """For texts that nobody judged had."""
    known: Whole
    """For texts that others had, word for word; found on scores by models that knew what those were coded as."""
    texts: frozenset[str] = field(repr=False)
    """Digests of the texts that are known."""

    @classmethod
    def of(cls, new: Whole, known: Whole, segments: Sequence[Segment], familiar: NDArray[np.bool_]) -> Settling:
        """With the texts of familiar segments."""
        return cls(new, known, frozenset(_digest(segments[int(row)].text) for row in np.flatnonzero(familiar)))

    def __call__(self, segments: Sequence[Segment], score: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Shape (n,): which segments are settled, by their scores, shape (n, k)."""
        known = np.array([_digest(segment.text) in self.texts for segment in segments], dtype=bool)
        return np.asarray(np.where(known, self.known(score), self.new(score)))

    @property
    def sentence(self) -> str:
        """How many passages could be settled, in plain words."""
        judged = self.new.judged + self.known.judged
        share = (self.new.share * self.new.judged + self.known.share * self.known.judged) / max(judged, 1)
        if not judged:
            return "No passage was judged on all codes at random: none can be settled whole."
        if not share:
            return f"{judged:,} passages judged on all codes are too few, or too hard, to settle any whole."
        return (
            f"About {share:.0%} of passages could be settled on all codes without a person, at most "
            f"{self.new.alpha:.0%} of them wrong in any (with 90 % confidence)."
        )

    def to_state(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"new": self.new.to_state(), "known": self.known.to_state(), "texts": sorted(self.texts)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Settling:
        """What gave `state`."""
        return cls(Whole.from_state(state["new"]), Whole.from_state(state["known"]), frozenset(state["texts"]))


def _digest(text: str) -> str:
    return hashlib.sha256(plain(text).encode()).hexdigest()[:16]
