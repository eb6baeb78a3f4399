"""Names of people, places and organisations: our own rules, helped by spaCy's small model.

The model alone finds two names of three in speech, and takes a third of those for something else. What carries is a
capital where no everyday word has one, and what people say when they name somebody (`namings`). The model is asked
what kind of name it is, and whether a capital on an everyday word is one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qualcode import nlp
from qualcode.deidentify.cues import HEADS, IN, NEVER, PHRASES, TITLES
from qualcode.deidentify.given_names import EVERYDAY, GIVEN
from qualcode.deidentify.labels import named_labels
from qualcode.deidentify.mentions import Kind, Mention
from qualcode.deidentify.namings import namings
from qualcode.deidentify.ordinary import closed, ordinary
from qualcode.deidentify.runs import Run, Word, masked, runs, words

_LABELS: Mapping[str, Kind] = {
    "PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation",
}  # fmt: skip
_SHOP = frozenset(
    """
    at for with from by in outside near past down up
    """.split()  # noqa: SIM905
)
_AT_LEAST_FOR_ACRONYM = 4
_FOLLOWS = re.compile(r"(?:'s)? (?P<word>[a-z]+)")
_DOES = re.compile(r"was|is|were|had|has|have|did|does|would|will|could|can|said|says|told|rang|rings|came|comes|went|"
                   r"goes|got|gets|gave|gives|took|takes|thinks|thought|knows|knew|never|just|always|used|wants|put|sat|"
                   r"[a-z]+ed")  # fmt: skip
_WEIGHT: Mapping[Kind, float] = {"person": 2, "place": 1.5, "organisation": 0.9}
"""The small model takes unknown given names for firms as often as for people."""


@dataclass(frozen=True, slots=True, repr=False)
class _Seen:
    """What the model says of one text."""

    proper: frozenset[int]
    """Where words begin that it takes for names by their class."""
    entities: tuple[tuple[int, int, Kind], ...] = field()

    def kind(self, start: int, end: int) -> Kind | None:
        return next((kind for low, high, kind in self.entities if low < end and start < high), None)


class Names:
    """Finds names by rules and model.

    Args:
        keep: names that identify nobody: of programmes, of the codebook's labels; any case.
    """

    name = "names"

    def __init__(self, keep: Collection[str] = ()) -> None:
        said = [r"\s+".join(map(re.escape, phrase.split())) for phrase in keep if phrase.strip()]
        longest = "|".join(sorted(said, key=len, reverse=True))
        self._keep = re.compile(rf"(?<!\w)(?:{longest})(?!\w)", re.IGNORECASE) if said else None

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """Mentions in each text, in order of place. What one text says changes nothing in another."""
        found = []
        for text, seen in zip(texts, _seen(texts), strict=True):
            plain = masked(nlp.plain(text), self._keep)
            found.append(sorted(set(self._in(plain, seen)), key=lambda m: (m.start, m.end, m.kind, m.detector)))
        return found

    def _in(self, text: str, seen: _Seen) -> Iterator[Mention]:
        for start, end in named_labels(text):
            yield Mention(start, end, "person", self.name)
        named = list(namings(text))
        for one in named:
            yield Mention(one.start, one.end, one.kind, self.name, one.suspected, one.generic)
        persons = {text[n.start : n.end].lower() for n in named if n.kind == "person" and not n.suspected}
        all_words = words(text)
        lower = Counter(word.low for word in all_words if not word.capital)
        candidates = [
            (run, sure) for run in runs(text, all_words) if (sure := _sure(text, run, seen, lower)) is not None
        ]
        kinds = _kinds(text, [run for run, _ in candidates], seen, persons)
        for run, sure in candidates:
            kind, generic = kinds[run.key]
            end = run.end
            if kind == "organisation" and run.words[-1].possessive:
                end += 2
            yield Mention(run.start, end, kind, self.name, not sure, generic)
        yield from self._lower(all_words)

    def _lower(self, of: Iterable[Word]) -> Iterator[Mention]:
        for word in of:
            if not word.capital and word.low in GIVEN and word.low not in EVERYDAY and word.low not in NEVER:
                yield Mention(word.start, word.end, "person", self.name)


def _seen(texts: Sequence[str]) -> Iterator[_Seen]:
    for doc in nlp.named().pipe(map(nlp.plain, texts), batch_size=32):
        proper = frozenset(token.idx for token in doc if token.tag_.startswith("NNP"))
        entities = tuple((e.start_char, e.end_char, _LABELS[e.label_]) for e in doc.ents if e.label_ in _LABELS)
        yield _Seen(proper, entities)


def _sure(text: str, run: Run, seen: _Seen, lower: Counter[str]) -> bool | None:
    """Whether a run is a name, or only may be (False), or is none (None)."""
    low = [word.low for word in run.words]
    if run.key in PHRASES or (len(low) == 1 and len(low[0]) == 1):
        return None
    said = text[run.start : run.end]
    unknown = any(not ordinary(word) for word in low if word not in NEVER)
    given = any(word in GIVEN for word in low)
    if said.isupper() and not given and not (unknown and len(said) >= _AT_LEAST_FOR_ACRONYM):
        return None
    if run.title or (len(low) > 1 and low[0] in TITLES) or low[0] == "county":
        return True
    if len(low) > 1:
        return True if unknown or given else _of_everyday_words(run, low, seen)
    if not run.begins:
        if unknown or given or run.before in IN or (run.words[-1].possessive and run.before in _SHOP):
            return True
        return seen.kind(run.start, run.end) is not None and run.start in seen.proper
    if unknown:
        return not lower[low[0]]
    if given:
        if low[0] in EVERYDAY:
            following = _FOLLOWS.match(text, run.end)
            acts = bool(following and _DOES.fullmatch(following["word"]))
            if run.start not in seen.proper:
                return False if acts else None
            return acts or seen.kind(run.start, run.end) == "person"
        return True
    return False if run.start in seen.proper and seen.kind(run.start, run.end) else None


def _of_everyday_words(run: Run, low: list[str], seen: _Seen) -> bool | None:
    if low[-1] in HEADS and not run.begins:
        return HEADS[low[-1]][0] != "organisation" or seen.kind(run.start, run.end) is not None
    if all(word.start in seen.proper for word in run.words):
        return False
    return None if run.begins else False


def _kinds(text: str, of: Sequence[Run], seen: _Seen, persons: Collection[str]) -> dict[str, tuple[Kind, str]]:
    """One kind for all places of a name in a text, by what speaks for each."""
    votes: dict[str, dict[Kind, float]] = defaultdict(lambda: defaultdict(float))
    times = Counter(run.key for run in of)
    fixed: dict[str, tuple[Kind, str]] = {}
    for run in of:
        last, each = run.words[-1], 1 / times[run.key]
        if len(run.words) > 1 and last.low in HEADS and not run.title:
            fixed[run.key] = HEADS[last.low]
            continue
        vote = votes[run.key]
        if run.title or run.key in persons:
            vote["person"] += 6
        if any(word.low in GIVEN for word in run.words):
            vote["person"] += 3 * each
        following = _FOLLOWS.match(text, last.end)
        owns = bool(following and last.possessive and not closed(following["word"]))
        if last.possessive and run.before in _SHOP and not owns:
            vote["organisation"] += 4 * each
        elif following and not last.possessive and following["word"] in HEADS:
            vote[HEADS[following["word"]][0]] += 4 * each
        elif owns or (following and _DOES.fullmatch(following["word"])):
            vote["person"] += 3 * each
        elif run.before in IN and run.before != "to":
            vote["place"] += 3 * each
        kind = seen.kind(run.start, run.end)
        if kind:
            vote[kind] += _WEIGHT[kind] * each
    # A name of which nothing is known is a person's: four of five are.
    default: tuple[Kind, ...] = ("person", "place", "organisation")
    settled: dict[str, tuple[Kind, str]] = {
        key: (max(default, key=lambda kind: vote[kind] + (kind == "person")), "") for key, vote in votes.items()
    }
    return settled | fixed
