"""A name that is sure in one text is looked for in all: *Beryl Thistlewood* here is *Beryl* there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from qualcode import nlp
from qualcode.deidentify.cues import TITLES
from qualcode.deidentify.mentions import Mention
from qualcode.deidentify.ordinary import closed, ordinary
from qualcode.deidentify.resolving import resolved

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_BEGINS = re.compile(r"(?:^|[.?!:;\n\"(\[])\s*\Z")
_LEAST = 3
"""Letters; a shorter name is an initial or a word."""


def names_in(text: str, mentions: Iterable[Mention]) -> set[str]:
    """Single words of the persons' names that are sure in a text, in lower case."""
    found = set()
    for mention in mentions:
        if mention.kind == "person" and not mention.suspected:
            for word in _WORD.findall(nlp.plain(text[mention.start : mention.end])):
                low = word.lower().removesuffix("'s")
                if word[0].isupper() and len(low) >= _LEAST and not closed(low) and low not in TITLES:
                    found.add(low)
    return found


def across(
    texts: Mapping[str, str], found: Mapping[str, Sequence[Mention]], keep: Collection[str] = ()
) -> dict[str, list[Mention]]:
    """Mentions with those that other texts of the project vouch for.

    A name with a capital is sure; an everyday word that begins a sentence (*Hope is all*) is suspected.

    Args:
        texts: by id.
        found: mentions in each, sure and suspected.
        keep: words that identify nobody.
    """
    kept = {word for phrase in keep for word in phrase.lower().split()}
    names = {name for id_, mentions in found.items() for name in names_in(texts[id_], mentions)} - kept
    answers = {}
    for id_, mentions in found.items():
        more = []
        text = nlp.plain(texts[id_])
        for word in _WORD.finditer(text):
            low = word.group().lower().removesuffix("'s")
            if word.group()[0].isupper() and low in names:
                unsure = ordinary(low) and _BEGINS.search(text[max(0, word.start() - 8) : word.start()]) is not None
                more.append(Mention(word.start(), word.start() + len(low), "person", "names", suspected=unsure))
        answers[id_] = resolved([*mentions, *_uncovered(more, mentions)]) if more else list(mentions)
    return answers


def _uncovered(more: Iterable[Mention], mentions: Sequence[Mention]) -> list[Mention]:
    """Those that no mention touches; what a detail covers, a name may take."""
    covered = {at for one in mentions if one.kind != "detail" for at in range(one.start, one.end)}
    return [one for one in more if not covered & set(range(one.start, one.end))]
