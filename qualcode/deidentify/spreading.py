"""A name found once is a name wherever it stands in that text: in lower case, alone, misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qualcode import nlp
from qualcode.deidentify.cues import KIN, NEVER, TITLES
from qualcode.deidentify.given_names import EVERYDAY, GIVEN
from qualcode.deidentify.mentions import Kind, Mention
from qualcode.deidentify.ordinary import closed, ordinary
from qualcode.deidentify.runs import Word, masked, words

SHORTEST_FUZZY = 5
_TAIL = re.compile(r"[\d_]+$")
_SPREADS: tuple[Kind, ...] = ("person", "place", "organisation", "username")


def spread(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """More mentions of what `mentions` (sure ones count) name, by the word.

    A word with a capital is the name again; one in lower case is, unless it is an everyday word; one that is a letter
    off is suspected.
    """
    plain = masked(nlp.plain(text), None)
    seeds: dict[str, Kind] = {}
    for mention in sorted(mentions, key=lambda m: (m.kind != "person", m.start)):
        if not mention.suspected and mention.kind in _SPREADS:
            for seed in _seeds(plain[mention.start : mention.end], mention.kind):
                seeds.setdefault(seed, mention.kind)
    return [*_again(plain, seeds)] if seeds else []


def _seeds(said: str, kind: Kind) -> Iterator[str]:
    if kind == "username":
        stem = _TAIL.sub("", said).lower()
        if len(stem) >= SHORTEST_FUZZY and stem.isalpha() and not ordinary(stem):
            yield stem
        return
    for word in words(said):
        if not _names_nobody(word) and (kind == "person" or not ordinary(word.low)):
            yield word.low


def _names_nobody(word: Word) -> bool:
    return len(word.low) < 2 or word.low in NEVER or word.low in TITLES or word.low in KIN or closed(word.low)


def _again(text: str, seeds: dict[str, Kind]) -> Iterator[Mention]:
    from rapidfuzz.distance import DamerauLevenshtein

    long = [seed for seed in sorted(seeds) if len(seed) >= SHORTEST_FUZZY]
    tried: dict[str, Kind | None] = {}
    for word in words(text):
        kind = seeds.get(word.low)
        if kind is not None:
            everyday = ordinary(word.low) and (word.low in EVERYDAY or word.low not in GIVEN)
            if word.capital or not everyday:
                yield Mention(word.start, word.end, kind, "names", suspected=everyday and _begins(text, word.start))
            continue
        if len(word.low) < SHORTEST_FUZZY or ordinary(word.low) or word.low in NEVER:
            continue
        if word.low not in tried:
            near = (s for s in long if DamerauLevenshtein.distance(word.low, s, score_cutoff=1) <= 1)
            tried[word.low] = next((seeds[seed] for seed in near), None)
        found = tried[word.low]
        if found is not None:
            yield Mention(word.start, word.end, found, "names", suspected=True)


def _begins(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(" \"'")
    return not before or before[-1] in ".!?:\n…—–"
