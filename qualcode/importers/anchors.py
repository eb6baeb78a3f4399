"""Where the spans of a text stand in a later version of it, each with a confidence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qualcode.coding import Span
from qualcode.importers.alignment import Alignment, aligned

Reason = Literal["", "edited", "moved", "surroundings changed", "deleted", "rewritten"]
LEAST = 0.5
"""Least likeness of old and new words at which these are the same passage at all."""
FIRM = 8
"""So many words that agree, the span's own or beside it, need nothing else to vouch for the place."""
CONTEXT = 32
"""Characters on either side whose likeness vouches for the place otherwise."""
MOVED, ALTERED, TURNED = 0.95, 0.99, 0.75
"""Highest confidence of words found elsewhere, of words that are not just the same, and of words newly denied."""

_DENIALS = frozenset({"not", "no", "never", "nobody", "none", "nothing", "neither", "nor", "without", "cannot", "t"})


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a span came to stand, or why it stands nowhere."""

    old: Span
    new: Span | None
    confidence: float
    """1: the words are there unchanged and in the mapped place; 0: nothing was found."""
    reason: Reason = ""


def anchored(old: str, new: str, spans: Sequence[Span]) -> list[Anchor]:
    """Anchor spans of `old` in `new`; one answer for each span, in their order.

    The confidence is the likeness of old and new words (normalised indel similarity of words or of letters, whichever
    is less; names that were replaced throughout are taken as the same). It is lowered where neither `FIRM` words that
    agree nor the characters around it say that the place is right, and where a denial came or went.

    Args:
        old: the text that the spans were made on.
        new: the text that takes its place.
        spans: half-open code-point offsets of `old`.
    """
    if old == new:
        return [Anchor(span, span, 1.0) for span in spans]
    return _Anchoring(old, new).anchors(spans)


class _Anchoring:
    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.words: Alignment = aligned(old, new)
        self._starts = [start for start, _ in self.words.old_spans]
        self._ends = [end for _, end in self.words.old_spans]
        self._matched = [place for place, onto in enumerate(self.words.onto) if onto >= 0]

    def anchors(self, spans: Sequence[Span]) -> list[Anchor]:
        return [self._anchor(span) for span in spans]

    def _anchor(self, span: Span) -> Anchor:
        words = self.words
        first, last = bisect_right(self._ends, span[0]), bisect_left(self._starts, span[1])
        if first >= last:
            return Anchor(span, None, 0.0, "deleted")
        run = self._run(first, last)
        places = self._places(first, last, run)
        if not places:
            return Anchor(span, None, 0.0, "deleted")
        likeness, (start, end) = max((self._likeness(first, last, place), place) for place in places)
        if likeness < LEAST:
            return Anchor(span, None, 0.0, "rewritten")
        found = self._offsets(span, first, last, start, end)
        unchanged = words.old[first:last] == words.new[start:end]
        if unchanged and (
            (first == start and last <= words.same_start)
            or (len(words.old) - first == len(words.new) - start and len(words.old) - first <= words.same_end)
        ):
            return Anchor(span, found, 1.0)
        firm = self._firm(first, last, run, start)
        confidence = likeness if firm == 1 else likeness * (firm + (1 - firm) * self._context(span, found))
        if self._turned(first, last, start, end):
            # "I was not alone" is nearly the same letters as "I was alone", and the contrary.
            confidence = min(TURNED, confidence)
        if any(place in words.moved for place in run):
            return Anchor(span, found, min(MOVED, confidence), "moved")
        if not unchanged:
            return Anchor(span, found, min(ALTERED, confidence), "edited")
        return Anchor(span, found, confidence, "" if firm == 1 else "surroundings changed")

    def _run(self, first: int, last: int) -> list[int]:
        """Those of the span's words that stand together in the new text."""
        onto, room = self.words.onto, 2 * (last - first) + FIRM
        runs: list[list[int]] = [[]]
        for place in range(first, last):
            if onto[place] < 0:
                continue
            if runs[-1] and not 0 < onto[place] - onto[runs[-1][-1]] <= room:
                runs.append([])
            runs[-1].append(place)
        return max(runs, key=len)

    def _places(self, first: int, last: int, run: list[int]) -> list[Span]:
        """Stretches of new words that may be the span's: of its own words alone, or up to its neighbours."""
        onto, room = self.words.onto, 2 * (last - first) + FIRM
        before, after = bisect_left(self._matched, first) - 1, bisect_left(self._matched, last)
        low = onto[self._matched[before]] + 1 if before >= 0 else 0
        high = onto[self._matched[after]] if after < len(self._matched) else len(self.words.new)
        if not run:
            return [(low, high)] if 0 < high - low <= room else []
        start, end = onto[run[0]], onto[run[-1]] + 1
        tight = (
            before >= 0 and self._matched[before] == first - 1,
            (after < len(self._matched) and self._matched[after] == last),
        )
        starts = _edges(start, low, start - low, run[0] - first, room, tight[0])
        ends = _edges(end, high, high - end, last - 1 - run[-1], room, tight[1])
        return [(a, b) for a in starts for b in ends]

    def _likeness(self, first: int, last: int, place: Span) -> float:
        from rapidfuzz.distance import Indel

        words = self.words
        mine, theirs = words.old[first:last], words.new[place[0] : place[1]]
        if mine == theirs:
            return 1.0
        for name, other in words.renamed.items():
            mine = mine.replace(name, other)
        letters = Indel.normalized_similarity(words.spelled(mine), words.spelled(theirs))
        return float(min(letters, Indel.normalized_similarity(mine, theirs)))

    def _turned(self, first: int, last: int, start: int, end: int) -> bool:
        """Whether a denial came, went, or denies other words now: each must stand where it stood among its words."""
        words = self.words
        kept = {words.onto[place] for place in range(first, last) if self._denies(words.old[place])}
        there = {place for place in range(start, end) if self._denies(words.new[place])}
        return kept != there

    def _denies(self, word: str) -> bool:
        return self.words.spelled(word).lower().strip() in _DENIALS

    def _firm(self, first: int, last: int, run: list[int], start: int) -> float:
        """How far words that agree, in the span and beside it, vouch for the place; 0 to 1."""
        onto = self.words.onto
        shift = (onto[run[0]] - run[0]) if run else start - first
        beside = (*range(max(0, first - FIRM), first), *range(last, min(len(onto), last + FIRM)))
        agreeing = sum(onto[place] >= 0 and abs(onto[place] - place - shift) <= FIRM for place in beside)
        return float(min(1.0, (len(run) + agreeing) / FIRM))

    def _context(self, old: Span, new: Span) -> float:
        from rapidfuzz.distance import Indel

        sides = (
            (self.old[max(0, old[0] - CONTEXT) : old[0]], self.new[max(0, new[0] - CONTEXT) : new[0]]),
            (self.old[old[1] : old[1] + CONTEXT], self.new[new[1] : new[1] + CONTEXT]),
        )
        alike = [float(Indel.normalized_similarity(mine, theirs)) for mine, theirs in sides]
        return sum(alike) / len(alike)

    def _offsets(self, span: Span, first: int, last: int, start: int, end: int) -> Span:
        """Code points of the words from `start` to `end`; what the span has beyond whole words is kept where it is."""
        words = self.words
        low, high = words.new_spans[start][0], words.new_spans[end - 1][1]
        lead = span[0] - words.old_spans[first][0]
        if words.old[first] == words.new[start] and lead:
            beyond = self.old[span[0] : words.old_spans[first][0]]
            low += lead if lead > 0 or self.new[max(0, low + lead) : low] == beyond else 0
        trail = span[1] - words.old_spans[last - 1][1]
        if words.old[last - 1] == words.new[end - 1] and trail:
            beyond = self.old[words.old_spans[last - 1][1] : span[1]]
            high += trail if trail < 0 or self.new[high : high + trail] == beyond else 0
        return low, high


def _edges(near: int, far: int, new: int, old: int, room: int, tight: bool) -> tuple[int, ...]:
    """Where the span may begin or end, `old` of its words being gone there and `new` words standing instead."""
    if not old or not 0 < new <= room:
        return (near,)
    if tight and new <= 2 * old + 2:
        # All that was replaced was the span's, so what replaced it is too.
        return (far,)
    return near, far
