"""The project's own persons and places, wherever they are named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qualcode import nlp
from qualcode.deidentify.mentions import Identity, Kind, Mention
from qualcode.deidentify.ordinary import ordinary
from qualcode.deidentify.runs import WORD

SHORTEST_FUZZY = 5
NAME = "listed"


def listed(texts: Sequence[str], identities: Sequence[Identity]) -> list[list[Mention]]:
    """Mentions of the identities in each text, by name: whole words in any case, with white space as it comes.

    A word that is a letter off, or sounds alike, is suspected, unless it is an everyday word.

    >>> listed(["They asked mary  ann's mother"], [Identity(("Mary Ann",), "person")])
    [[Mention(start=11, end=20, kind='person', detector='listed', suspected=False, generic='')]]
    """
    kinds: dict[str, Kind] = {}
    for identity in identities:
        for name in identity.names:
            if name.strip():
                kinds.setdefault(_folded(name), identity.kind)
    if not kinds:
        return [[] for _ in texts]
    generics = {
        _folded(name): one.pseudonym
        for one in identities
        if one.kind != "person"
        for name in one.names
        if one.pseudonym
    }
    every = "|".join(_as_pattern(name) for name in sorted(kinds, key=lambda name: (-len(name), name)))
    pattern = re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)
    near = _Near(kinds)
    found = []
    for text in texts:
        plain = nlp.plain(text)
        mentions = []
        for match in pattern.finditer(plain):
            name = _folded(match.group())
            mentions.append(Mention(*match.span(), kinds[name], NAME, False, generics.get(name, "")))
        found.append([*mentions, *near.find(plain, mentions)])
    return found


def _folded(name: str) -> str:
    return " ".join(nlp.plain(name).lower().split())


def _as_pattern(name: str) -> str:
    return r"\s+".join(re.escape(part) for part in name.split(" "))


class _Near:
    """Words that are nearly one of the names' words."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        parts = {
            part: kind for name, kind in kinds.items() for part in WORD.findall(name) if len(part) >= SHORTEST_FUZZY
        }
        self._parts = {part: kind for part, kind in sorted(parts.items()) if not ordinary(part) or part in kinds}
        self._sounds = {sound(part): kind for part, kind in self._parts.items()}
        self._tried: dict[str, Kind | None] = {}

    def find(self, text: str, sure: Sequence[Mention]) -> Iterator[Mention]:
        taken = {at for mention in sure for at in range(mention.start, mention.end)}
        for match in WORD.finditer(text):
            word = re.sub(r"'s$", "", match.group().lower())
            if len(word) < SHORTEST_FUZZY or match.start() in taken:
                continue
            if word not in self._tried:
                self._tried[word] = self._kind(word)
            kind = self._tried[word]
            if kind is not None:
                yield Mention(match.start(), match.start() + len(word), kind, NAME, suspected=True)

    def _kind(self, word: str) -> Kind | None:
        from rapidfuzz.distance import DamerauLevenshtein

        if ordinary(word):
            return None
        if sound(word) in self._sounds:
            return self._sounds[sound(word)]
        near = (part for part in self._parts if DamerauLevenshtein.distance(word, part, score_cutoff=1) <= 1)
        return next((self._parts[part] for part in near), None)


_ALIKE = (
    (r"ph", "f"), (r"gh(?=[ei])", "g"), (r"gh", ""), (r"[ck]h", "k"), (r"c(?=[eiy])", "s"), (r"[ckq]u?", "k"),
    (r"x", "ks"), (r"z", "s"), (r"j|dg(?=[eiy])", "j"), (r"w(?=r)|k(?=n)|h", ""), (r"(?<=.)[aeiouyw]+", "a"),
    (r"^[aeiouy]+", "a"), (r"(.)\1+", r"\1"),
)  # fmt: skip


def sound(word: str) -> str:
    """Roughly how a name sounds: the same for *Catherine* and *Kathryn*.

    >>> sound("catherine") == sound("katharine")
    True
    """
    for pattern, instead in _ALIKE:
        word = re.sub(pattern, instead, word)
    return re.sub(r"(?<=..)a+$|a(?=n$)", "", word)
