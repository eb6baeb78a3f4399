"""The tagger that a researcher writes word by word: patterns, and nothing else. It says where they hit, or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from qualcode import nlp
from qualcode.codebook import Codebook
from qualcode.coding import NOT_JUDGED, PRESENT, Coder, Proposals, Proposed, Reason
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.errors import NotEnoughData
from qualcode.taggers.hits import PATTERN_STRENGTH, by_code, characters, said_by
from qualcode.taggers.patterns import PatternMatcher

VERSION = 1
"""Raised whenever the same patterns and text could give another answer."""


class PatternTagger:
    """Tags by a codebook's patterns alone.

    Where no pattern of a code hits, or an exception takes the hit away, it abstains: that a phrase is missing says
    nothing of what was meant (Ratner et al., 2017, let labelling functions abstain for this reason). So it judges
    nothing absent, and its proposals can be checked for precision and not for recall.

    Args:
        codebook: its active codes are tagged; one without patterns is never proposed.
        encoder: not used; taggers are made by the same words.
        floor: not used: nothing is judged absent.
        threshold: raw scores from it on are proposed. One pattern gives .7, two give .91: above .7 it takes two.

    Raises:
        NotEnoughData: no active code has a pattern.
    """

    def __init__(
        self, codebook: Codebook, *, encoder: Encoder | None = None, floor: float = 0.35, threshold: float = 0.5
    ) -> None:
        if not any(code.patterns for code in codebook.active):
            raise NotEnoughData(
                "no active code of the codebook has patterns",
                needed=1,
                found=0,
                place=codebook.id,
                hint="write some under patterns: (docs/codebooks.md)",
            )
        self.codebook = codebook
        self.codes = codebook.active
        self.threshold = threshold
        self._place = {code.id: column for column, code in enumerate(self.codes)}
        self._patterns = PatternMatcher(codebook)

    @property
    def coder(self) -> Coder:
        """The machine coder; its version is the hash of all that its answers depend on."""
        parts: list[Any] = [VERSION, self.threshold, self.codebook.language]
        parts += sorted((facet.id, facet.values) for facet in self.codebook.facets)
        for code in self.codes:
            own = [(p.match, p.name, sorted(p.facets.items())) for p in code.patterns]
            parts += [code.id, own, [(p.match, p.sentence) for p in code.except_patterns]]
        version = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
        return Coder(f"patterns@{version}", "machine", version)

    def tag(self, segments: Sequence[Segment]) -> Proposals:
        """Judge each segment for each active code: present where patterns hit, else not judged.

        Returns:
            raw_score of shape (len(segments), active codes): 0 without a hit, 1 - .3 to the power of the number of
            different patterns that hit.
        """
        raw = np.zeros((len(segments), len(self.codes)), dtype=np.float32)
        state = np.full(raw.shape, NOT_JUDGED, dtype=np.int8)
        proposed: dict[tuple[int, int], Proposed] = {}
        documents = nlp.docs((segment.text for segment in segments), self.codebook.language)
        for row, doc in enumerate(documents):
            for code, hits in by_code(self._patterns.find(doc)).items():
                said = said_by(self.codebook, doc, hits)
                if said is None:
                    continue
                column = self._place[code]
                raw[row, column] = 1 - (1 - PATTERN_STRENGTH) ** len({hit.pattern for hit in hits})
                if raw[row, column] >= self.threshold:
                    longest = max(hits, key=lambda hit: hit.end - hit.start)
                    name = self.codebook[code].pattern_names()[longest.pattern]
                    state[row, column] = PRESENT
                    spans = tuple(sorted({characters(doc, hit) for hit in hits}))
                    proposed[row, column] = Proposed(said, spans, name)
        return Proposals(
            segments=tuple(segment.id for segment in segments),
            codes=tuple(code.id for code in self.codes),
            raw_score=raw,
            state=state,
            proposed=proposed,
        )

    def explain(self, segment: Segment, code: str) -> list[Reason]:
        """The patterns that hit; those of them that an exception took away, with the exception and weight 0."""
        (doc,) = nlp.docs([segment.text], self.codebook.language)
        own, exceptions = self.codebook[code].pattern_names(), self.codebook[code].pattern_names("except")
        reasons = [
            Reason("pattern", code, PATTERN_STRENGTH, characters(doc, hit), own[hit.pattern])
            for hit in self._patterns.find(doc)
            if hit.code == code
        ]
        taken = [hit for hit in self._patterns.every(doc) if hit.code == code and hit.exceptions]
        return reasons + [
            Reason("pattern", code, 0.0, characters(doc, hit), exceptions[at]) for hit in taken for at in hit.exceptions
        ]
