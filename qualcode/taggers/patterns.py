"""Find a codebook's patterns in tokenised text with spaCy's Matcher."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qualcode import nlp
from qualcode.codebook import Codebook, Pattern

if TYPE_CHECKING:
    from spacy.tokens import Doc


_GAP = {"LOWER": {"NOT_IN": [".", "!", "?", ";", ":"]}, "OP": "?"}
"""A gap may hold a comma and an *um*, but stays in its sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found: tokens `[start, end)` of the document."""

    code: str
    start: int
    end: int
    pattern: int
    """Index of the pattern in its code."""
    facets: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[int, ...] = ()
    """Index of each exception of the code that takes the hit away."""


class PatternMatcher:
    """All patterns of a codebook's active codes, compiled once."""

    def __init__(self, codebook: Codebook) -> None:
        from spacy.matcher import Matcher

        self._codebook = codebook
        self._matcher = Matcher(nlp.blank(codebook.language).vocab)
        self._names: dict[int, tuple[str, str, int]] = {}
        for code in codebook.active:
            for kind, patterns in (("use", code.patterns), ("except", code.except_patterns)):
                for index, pattern in enumerate(patterns):
                    name = f"{kind}\x1f{code.id}\x1f{index}"
                    self._matcher.add(name, list(_sequences(pattern, codebook.language)))
                    self._names[self._matcher.vocab.strings[name]] = (kind, code.id, index)

    def __bool__(self) -> bool:
        return bool(self._names)

    def find(self, doc: Doc) -> list[Hit]:
        """Hits in a document, the longest where those of a code overlap, those under an exception left out."""
        hits: list[Hit] = []
        taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for hit in sorted(self.every(doc), key=lambda hit: (hit.start - hit.end, hit.start)):
            if any(hit.start < end and start < hit.end for start, end in taken[hit.code]):
                continue
            taken[hit.code].append((hit.start, hit.end))
            if not hit.exceptions:
                hits.append(hit)
        return sorted(hits, key=lambda hit: (hit.start, hit.code))

    def every(self, doc: Doc) -> list[Hit]:
        """All that any pattern matches, also where a longer one covers it or an exception takes it away."""
        if not self._names:
            return []
        found: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
        for key, start, end in self._matcher(doc):
            kind, code, index = self._names[key]
            found[kind, code].append((start, end, index))
        hits: list[Hit] = []
        for (kind, code), spans in found.items():
            if kind == "except":
                continue
            exceptions = found.get(("except", code), [])
            for start, end, index in spans:
                by = {one[2] for one in exceptions if self._forbids(doc, code, one, start, end)}
                fixed = self._codebook[code].patterns[index].facets
                hits.append(Hit(code, start, end, index, fixed, tuple(sorted(by))))
        return hits

    def _forbids(self, doc: Doc, code: str, exception: tuple[int, int, int], start: int, end: int) -> bool:
        first, last, index = exception
        if self._codebook[code].except_patterns[index].sentence:
            return bool(doc[first].sent.start == doc[start].sent.start)
        return start < last and first < end


def _sequences(pattern: Pattern, language: str) -> Iterator[list[dict[str, Any]]]:
    """The token sequences of a pattern; alternatives that are several tokens long are multiplied out."""
    slots: list[list[list[dict[str, Any]]]] = []
    for place in pattern.places:
        if place.gap:
            slots.append([[_GAP] * place.gap] if place.optional else [[{}]])
            continue
        cuts = {word: [word] if word.endswith("*") else nlp.tokens_of(word, language) for word in place.words}
        single = [tokens[0] for tokens in cuts.values() if len(tokens) == 1]
        ways = [[_token(single, place.optional)]] if single else []
        several = [tokens for tokens in cuts.values() if len(tokens) > 1]
        ways += [[_token([token], place.optional) for token in tokens] for tokens in several]
        slots.append(ways)
    for way in itertools.product(*slots):
        yield [token for part in way for token in part]


def _token(words: list[str], optional: bool) -> dict[str, Any]:
    if any(word.endswith("*") for word in words):
        branches = "|".join(re.escape(word[:-1]) + ".*" if word.endswith("*") else re.escape(word) for word in words)
        token: dict[str, Any] = {"LOWER": {"REGEX": f"^(?:{branches})$"}}
    else:
        token = {"LOWER": {"IN": words}} if len(words) > 1 else {"LOWER": words[0]}
    return token | {"OP": "?"} if optional else token
