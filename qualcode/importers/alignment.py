"""Two texts word by word: which word of the one is which of the other, what was moved, which names were replaced.

Stretches of words that both texts hold just once, in the same order, are fixed first (patience diff, Cohen, 2009);
what lies between them is compared by longest common subsequence; few words that agree within rewritten text are chance
and dropped (semantic clean-up, Fraser, 2006). Words left over on both sides that agree are passages that were moved.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from qualcode.coding import Span

MOVED_WORDS = 4
"""Fewer words and signs in a row that turn up elsewhere are no passage that was moved."""
CHANCE_WORDS = 4
RENAME_WORDS = 3
MOST_RENAMED = 0.8
"""Share of a word's places at which it was changed into the same other word, from which on that is a renaming."""
SMALL, LARGEST = 4_000_000, 400_000_000
"""Products of two lengths in words: up to the first, stretches are compared outright; beyond the second, not at all."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_GRAMS = (5, 3, 2, 1)
_SURROGATES = 0xD800
_Block = tuple[int, int, int]
"""Beginning in the old words, beginning in the new ones, how many agree."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Words and signs of two texts, each as one character, and which of the old is which of the new."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    old_spans: list[Span] = field(repr=False)
    new_spans: list[Span] = field(repr=False)
    words: list[str] = field(repr=False)
    """The word of each character, by `number`."""
    onto: list[int] = field(repr=False)
    """For each old word the place of the new one, or -1."""
    moved: frozenset[int] = field(repr=False)
    """Old words that were found out of order."""
    renamed: dict[str, str] = field(repr=False)
    """Words, as characters, that were replaced throughout."""
    same_start: int
    same_end: int
    """How many words the texts share at their beginnings, and at their ends."""

    def spelled(self, characters: str) -> str:
        """Words that these characters stand for."""
        return " ".join(self.words[number(character)] for character in characters)


def number(character: str) -> int:
    """Which of the different words a character stands for."""
    return ord(character) - (0x800 if ord(character) >= _SURROGATES else 0)


def _character(count: int) -> str:
    return chr(count + (0x800 if count >= _SURROGATES else 0))


def aligned(old: str, new: str) -> Alignment:
    """Align two texts; 40,000 words against 40,000 take less than a second, whatever was edited."""
    known: dict[str, str] = {}
    coded: list[str] = []
    spans: list[list[Span]] = []
    for text in (old, new):
        found = [(match.group(), match.span()) for match in _TOKEN.finditer(text)]
        coded.append("".join(known.setdefault(word, _character(len(known))) for word, _ in found))
        spans.append([span for _, span in found])
    left, right = coded
    blocks = _without_chance(_merged(_blocks(left, right)), len(left), len(right))
    onto = [-1] * len(left)
    for i, j, length in blocks:
        onto[i : i + length] = range(j, j + length)
    renamed = _renamed(left, right, blocks)
    for i, j, before, after in _gaps(blocks, len(left), len(right)):
        if before == after and left[i : i + before] in renamed:
            onto[i : i + before] = range(j, j + after)
    moved: set[int] = set()
    for i, j, length in _moved(left, right, onto):
        onto[i : i + length] = range(j, j + length)
        moved.update(range(i, i + length))
    start, end = _same(left, right, 1), _same(left, right, -1)
    return Alignment(left, right, spans[0], spans[1], list(known), onto, frozenset(moved), renamed, start, end)


def _same(left: str, right: str, step: int) -> int:
    count, most = 0, min(len(left), len(right))
    at = 0 if step == 1 else -1
    while count < most and left[at] == right[at]:
        count, at = count + 1, at + step
    return count


def _ends(left: str, right: str) -> tuple[int, int]:
    """How many words agree from the beginning and to the end; none is counted twice."""
    before, after, most = _same(left, right, 1), _same(left, right, -1), min(len(left), len(right))
    # Of "No." put before "No. Yes." the second is the old one: the longer agreement comes first.
    return (before, min(after, most - before)) if before >= after else (min(before, most - after), after)


def _blocks(left: str, right: str) -> list[_Block]:
    """Stretches that agree, in order on both sides."""
    from rapidfuzz.distance import LCSseq

    found: list[_Block] = []
    todo = [(0, len(left), 0, len(right))]
    while todo:
        i, i_end, j, j_end = todo.pop()
        before, after = _ends(left[i:i_end], right[j:j_end])
        found += [(i, j, before), (i_end - after, j_end - after, after)]
        i, j, i_end, j_end = i + before, j + before, i_end - after, j_end - after
        size = (i_end - i) * (j_end - j)
        fixed = _fixed(left[i:i_end], right[j:j_end]) if size > SMALL else []
        if fixed:
            found += [(i + a, j + b, length) for a, b, length in fixed]
            todo += _between(fixed, i, i_end, j, j_end)
        elif 0 < size <= LARGEST:
            steps = LCSseq.opcodes(left[i:i_end], right[j:j_end])
            found += [(i + o.src_start, j + o.dest_start, o.src_end - o.src_start) for o in steps if o.tag == "equal"]
    return sorted(block for block in found if block[2])


def _between(fixed: list[_Block], i: int, i_end: int, j: int, j_end: int) -> list[tuple[int, int, int, int]]:
    todo = []
    at, to = i, j
    for a, b, length in [*fixed, (i_end - i, j_end - j, 0)]:
        todo.append((at, i + a, to, j + b))
        at, to = i + a + length, j + b + length
    return todo


def _fixed(left: str, right: str) -> list[_Block]:
    """Groups of words that either side holds just once, as many as stand in the same order on both."""
    for size in _GRAMS:
        here, there = _once(left, size), _once(right, size)
        both = sorted((here[gram], there[gram]) for gram in here.keys() & there.keys())
        chain: list[_Block] = []
        at = to = 0
        for i, j in _rising(both):
            if i >= at and j >= to:
                chain.append((i, j, size))
                at, to = i + size, j + size
        if chain:
            return chain
    return []


def _once(text: str, size: int) -> dict[str, int]:
    places: dict[str, int] = {}
    for at in range(len(text) - size + 1):
        gram = text[at : at + size]
        places[gram] = -1 if gram in places else at
    return {gram: at for gram, at in places.items() if at >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, sorted by their first, whose second rises (Fredman, 1975)."""
    ends: list[int] = []
    last: list[int] = []
    previous = [-1] * len(pairs)
    for place, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        previous[place] = last[at - 1] if at else -1
        ends[at : at + 1] = [j]
        last[at : at + 1] = [place]
    chain = []
    place = last[-1] if last else -1
    while place >= 0:
        chain.append(pairs[place])
        place = previous[place]
    return chain[::-1]


def _merged(blocks: list[_Block]) -> list[_Block]:
    merged: list[_Block] = []
    for i, j, length in blocks:
        if merged and (i, j) == (merged[-1][0] + merged[-1][2], merged[-1][1] + merged[-1][2]):
            i, j, length = *merged[-1][:2], merged.pop()[2] + length
        merged.append((i, j, length))
    return merged


def _gaps(blocks: list[_Block], left: int, right: int) -> list[tuple[int, int, int, int]]:
    """What lies before, between and after blocks: beginnings in old and new words, and how many of either."""
    gaps = []
    at = to = 0
    for i, j, length in [*blocks, (left, right, 0)]:
        gaps.append((at, to, i - at, j - to))
        at, to = i + length, j + length
    return gaps


def _without_chance(blocks: list[_Block], left: int, right: int) -> list[_Block]:
    """Drop a few words that agree where more words than they are were changed on either side of them."""
    while True:
        # Where words were only put in (times after labels) or only taken out, nothing contradicts those that agree.
        sizes = [min(before, after) for _, _, before, after in _gaps(blocks, left, right)]
        kept = [
            block
            for place, block in enumerate(blocks)
            if block[2] > CHANCE_WORDS or block[2] >= min(sizes[place], sizes[place + 1])
        ]
        if len(kept) == len(blocks):
            return kept
        blocks = kept


def _renamed(left: str, right: str, blocks: list[_Block]) -> dict[str, str]:
    """Words that were changed into the same other words, twice or more and at nearly every place."""
    pairs = Counter(
        (left[i : i + before], right[j : j + after])
        for i, j, before, after in _gaps(blocks, len(left), len(right))
        if 0 < before <= RENAME_WORDS and 0 < after <= RENAME_WORDS
    )
    return {
        before: after
        for (before, after), count in pairs.items()
        if count > 1 and count >= MOST_RENAMED * left.count(before)
    }


def _moved(left: str, right: str, onto: list[int]) -> list[_Block]:
    """Stretches that no word of the other text stands for yet and that agree, the longest first."""
    taken = {j for j in onto if j >= 0}
    free_old = [i for i, j in enumerate(onto) if j < 0]
    free_new = [j for j in range(len(right)) if j not in taken]
    here, there = _once_among(left, free_old), _once_among(right, free_new)
    old_free, new_free = set(free_old), set(free_new)
    found: dict[_Block, None] = {}
    seen: set[tuple[int, int]] = set()
    for gram, i in here.items():
        j = there.get(gram, -1)
        if j < 0 or (i, j) in seen:
            continue
        length = MOVED_WORDS
        while i - 1 in old_free and j - 1 in new_free and left[i - 1] == right[j - 1]:
            i, j, length = i - 1, j - 1, length + 1
        while i + length in old_free and j + length in new_free and left[i + length] == right[j + length]:
            length += 1
        seen.update((i + step, j + step) for step in range(length))
        found[i, j, length] = None
    chosen: list[_Block] = []
    for i, j, length in sorted(found, key=lambda block: -block[2]):
        if old_free.issuperset(range(i, i + length)) and new_free.issuperset(range(j, j + length)):
            old_free.difference_update(range(i, i + length))
            new_free.difference_update(range(j, j + length))
            chosen.append((i, j, length))
    return chosen


def _once_among(text: str, free: list[int]) -> dict[str, int]:
    """Groups of words that stand just once in what is free."""
    places: dict[str, int] = {}
    for place in range(len(free) - MOVED_WORDS + 1):
        at = free[place]
        if free[place + MOVED_WORDS - 1] == at + MOVED_WORDS - 1:
            gram = text[at : at + MOVED_WORDS]
            places[gram] = -1 if gram in places else at
    return {gram: at for gram, at in places.items() if at >= 0}
