"""Overlapping mentions become one answer for each character, by fixed rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qualcode.deidentify.mentions import DETAIL, Mention

TRUST = {"listed": 0, "patterns": 1, "names": 2}
"""Whose kind stands where detectors differ: the researcher's list, forms, our rules; then plugins."""
PLUGIN = 3


def resolved(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions in order, none over another, whatever order they came in.

    Sure mentions that share a character, or touch, are one: nothing that a detector was sure of is left standing.
    The one to be trusted most gives kind and wording; among equals the longer. What is suspected only fills what no
    sure mention covers, and suspected details what no other mention covers.

    >>> resolved([Mention(0, 5, "place", "names"), Mention(0, 9, "person", "listed")])
    [Mention(start=0, end=9, kind='person', detector='listed', suspected=False, generic='')]
    """
    all_of = sorted(set(mentions), key=_order)
    settled = _merged([m for m in all_of if not m.suspected])
    # A detail that was joined with a suspected name would take the name off the page that must be decided on.
    for details in (False, True):
        open_ = [m for m in all_of if m.suspected and (m.kind == DETAIL) is details]
        settled += _merged([part for mention in open_ for part in _outside(mention, settled)])
        settled.sort(key=lambda m: m.start)
    return settled


def _order(mention: Mention) -> tuple[int, int, int, str, str, str]:
    trust = TRUST.get(mention.detector, PLUGIN)
    return trust, mention.start - mention.end, mention.start, mention.kind, mention.detector, mention.generic


def _merged(mentions: Sequence[Mention]) -> list[Mention]:
    """Overlapping ones joined, then those that only touch and are of one kind: "07700" and "900418" of two patterns."""
    apart: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, m.end, _order(m))):
        if apart and mention.start < apart[-1].end:
            apart[-1] = _one([apart[-1], mention])
        else:
            apart.append(mention)
    joined: list[Mention] = []
    for mention in apart:
        if joined and mention.start == joined[-1].end and mention.kind == joined[-1].kind:
            joined[-1] = _one([joined[-1], mention])
        else:
            joined.append(mention)
    return joined


def _one(group: list[Mention]) -> Mention:
    best = min(group, key=_order)
    return replace(best, start=min(m.start for m in group), end=max(m.end for m in group))


def _outside(mention: Mention, sure: Sequence[Mention]) -> list[Mention]:
    parts, at = [], mention.start
    for other in sure:
        if other.end <= at or other.start >= mention.end:
            continue
        if other.start - at > 1:
            parts.append(replace(mention, start=at, end=other.start))
        at = max(at, other.end)
    if mention.end - at > 1 or at == mention.start:
        parts.append(replace(mention, start=at))
    return parts
