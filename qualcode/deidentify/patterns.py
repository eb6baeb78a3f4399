"""Identities that have a form: addresses of every sort, numbers, days, great ages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qualcode import nlp
from qualcode.deidentify.contacts import contacts
from qualcode.deidentify.mentions import Mention
from qualcode.deidentify.moments import moments
from qualcode.deidentify.numbers import numbers


class Patterns:
    """Finds what has a form, as it is written and, where people read it aloud, as it is said."""

    name = "patterns"

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Mentions in each text, in order of place.

        >>> [(m.kind, m.generic) for m in Patterns().find(["Ring 0113 496 0123 before 12 March 2019."])[0]]
        [('phone', ''), ('date', 'March 2019')]
        """
        return [_in_order(self._found(nlp.plain(text))) for text in texts]

    def _found(self, text: str) -> Iterable[Mention]:
        for part in (contacts, numbers, moments):
            yield from part(text, self.name)


def _in_order(mentions: Iterable[Mention]) -> list[Mention]:
    return sorted(set(mentions), key=lambda m: (m.start, m.end, m.kind, m.suspected, m.generic))
