"""What a person said of a mention: that it is no identity, or that it is one after all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from qualcode.deidentify.mentions import Kind, Mention

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
_POSSESSIVE = re.compile(r"'s?$")


@dataclass(frozen=True, slots=True)
class Decision:
    """Holds for the same words wherever they are found, or `here` alone."""

    words: str = field(repr=False)
    """As `spelled` makes them."""
    kind: Kind | None
    """None: nobody can be told by it."""
    transcript: str = ""
    """With `start`: the one place that it is about."""
    start: int = -1
    suspected: bool = False
    """It is about what was suspected alone: *Grace* at the beginning of a sentence may be nobody, where *our Grace*
    elsewhere is somebody."""

    @property
    def here(self) -> bool:
        """Whether it is about one place alone."""
        return bool(self.transcript)


class Decisions:
    """All that was decided in a project; of two decisions on the same the later holds."""

    def __init__(self, made: Iterable[Decision]) -> None:
        self._everywhere: dict[tuple[str, bool], Decision] = {}
        self._here: dict[tuple[str, int, str], Decision] = {}
        for one in made:
            if one.here:
                self._here[one.transcript, one.start, one.words] = one
            else:
                self._everywhere[one.words, one.suspected] = one

    def all(self) -> list[Decision]:
        """Those that hold."""
        return [*self._everywhere.values(), *self._here.values()]

    def on(self, mention: Mention, words: str, transcript: str) -> Decision | None:
        """What was decided on a mention; what was said of its very place wins."""
        known = spelled(words)
        here = self._here.get((transcript, mention.start, known))
        of_all = self._everywhere.get((known, False))
        return here or (self._everywhere.get((known, True)) if mention.suspected else None) or of_all

    def applied(self, mentions: Sequence[Mention], text: str, transcript: str) -> list[Mention]:
        """The mentions without those that are none, and with those for sure that are."""
        kept = []
        for mention in mentions:
            decision = self.on(mention, text[mention.start : mention.end], transcript)
            if decision is None:
                kept.append(mention)
            elif decision.kind == mention.kind:
                kept.append(replace(mention, suspected=False))
            elif decision.kind is not None:
                kept.append(replace(mention, kind=decision.kind, suspected=False, generic=""))
        return kept


def spelled(words: str) -> str:
    """What two spellings of the same words share: case, white space, typographic quotes and a possessive fall away.

    >>> spelled("Our  Kev’s") == spelled("our kev")
    True
    """
    return _POSSESSIVE.sub("", " ".join(words.translate(_QUOTES).casefold().split()))
