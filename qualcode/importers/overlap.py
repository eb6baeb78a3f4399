"""Flag documents that share most of their words, so that nobody is counted twice.

Containment of word 5-shingles (Broder, 1997) after NFKC and dash folding: two pages of one review had a Jaccard of
only .59 but a containment of .99, so a Jaccard rule would miss them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from qualcode.corpus import Transcript

SHINGLE = 5
AT_LEAST = 0.8
LEAST_SHINGLES = 60
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two transcripts that share text: `share` of the shorter stands in the longer."""

    first: str
    second: str
    share: float


def overlaps(transcripts: Iterable[Transcript], *, at_least: float = AT_LEAST) -> list[Overlap]:
    """Pairs of documents whose containment is at least `at_least`; survey rows are left out."""
    shingles = {t.id: _shingles(t.text) for t in transcripts if not t.row}
    holders: dict[int, list[str]] = defaultdict(list)
    for transcript, own in shingles.items():
        if len(own) >= LEAST_SHINGLES:
            for shingle in own:
                holders[shingle].append(transcript)
    shared: Counter[tuple[str, str]] = Counter()
    for who in holders.values():
        # A shingle that many documents hold is a form's wording, not a copy.
        if 2 <= len(who) <= 10:
            shared.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])
    found = [Overlap(a, b, count / min(len(shingles[a]), len(shingles[b]))) for (a, b), count in shared.items()]
    return sorted((o for o in found if o.share >= at_least), key=lambda o: -o.share)


def _shingles(text: str) -> set[int]:
    words = _WORD.findall(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).lower())
    return {hash(tuple(words[at : at + SHINGLE])) for at in range(len(words) - SHINGLE + 1)}
