"""The pattern language of a codebook: what a researcher writes to say "these words carry the code".

A pattern is read token by token, in lower case:

    nobody|no-one to talk|turn to     alternatives for one place
    isolat*                           any word that begins so
    really?                           a word that may be missing
    felt ... alone                    a gap of at most three words
    _                                 any one word

A pattern may fix facets: `{match: "not so alone", polarity: relieved}`, and may have a name. An exception counts where
it overlaps the pattern that it forbids, or with `within: sentence` anywhere in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

GAP_WORDS = 3
"""Most words that `...` skips."""

_WORD = re.compile(r"^[^\s|*?_]+\*?$")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a pattern: alternatives, or a gap when there are none."""

    words: tuple[str, ...]
    optional: bool = False
    gap: int = 0
    """Most words skipped here; 1 with `optional` False is exactly one."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that carry a code, and the facets that they fix."""

    match: str
    facets: Mapping[str, str] = field(default_factory=dict)
    sentence: bool = False
    """For exceptions: it need not overlap, the same sentence is enough."""
    name: str = ""
    """What it is called in tables and reasons; without one it is called by its place in the list."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The pattern, parsed.

        Raises:
            ValueError: the pattern is empty, begins or ends with a gap, or requires no word.
        """
        return parse(self.match)


def parse(match: str) -> tuple[Place, ...]:
    """Read one pattern.

    >>> parse("felt ... so? alone|lonel*")[0].words
    ('felt',)

    Raises:
        ValueError: says what is wrong and where.
    """
    tokens = match.lower().replace("’", "'").split()
    if not tokens:
        raise ValueError("the pattern is empty")
    places = [_place(token) for token in tokens]
    required = [index for index, place in enumerate(places) if not place.optional]
    outside = places[: required[0] + 1] + places[required[-1] :] if required else places
    if any(place.gap for place in outside):
        raise ValueError(f"the pattern {match!r} must begin and end with a word, not with a gap")
    if not required:
        raise ValueError(f"the pattern {match!r} has no word that is required")
    return tuple(places)


def _place(token: str) -> Place:
    if token == "...":
        return Place((), optional=True, gap=GAP_WORDS)
    if token == "_":
        return Place((), gap=1)
    optional = token.endswith("?") and len(token) > 1
    words = tuple((token[:-1] if optional else token).split("|"))
    for word in words:
        if not _WORD.match(word):
            raise ValueError(f"{word!r} is not a word of a pattern (words, word*, a|b, word?, ..., _)")
    return Place(words, optional=optional)
