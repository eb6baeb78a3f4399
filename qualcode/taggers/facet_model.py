"""Facets learned from people's codings: given that a code is present, which value of each facet.

One multinomial regression a facet, over what `facet_cues` sees. It has to earn its place: a facet is learned only
where, on people it has not seen, it agrees with coders better than the rules do, and resampling those people leaves
little doubt. Everywhere else the rules of `facets` read on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.codebook import Codebook
from qualcode.coding import PRESENT, Span
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers import facet_cues
from qualcode.taggers.training import Training, folds

AT_LEAST = 10
"""A value that people gave less often is not learned; where the rules read it, they stand."""
SURE = 0.5
"""Below this probability a learned facet is left empty."""
FOLDS = 5
RESAMPLES = 400
LEAST_KAPPA = 0.4
"""Below it agreement is no more than fair (Landis and Koch, 1977), and nothing would be gained over the rules."""
DOUBT = 0.05
"""The share of resamples in which the rules may do as well."""
OFTEN = 3
"""Names that stand with fewer codings are left out: words of one person."""
RIDGE = 0.3
"""Inverse strength of the penalty; .1 to 1 read the demo corpus alike."""
OWN = frozenset({"holder"})
"""Facets whose emptiness says something: the experience is the speaker's own."""

Spans = Mapping[tuple[int, int], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class FacetRead:
    """A value that was read. `value` is empty where the codebook leaves it so: the speaker's own."""

    value: str
    probability: float | None = None
    """None where the rules read it: they have no probability."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Codings with a facet: what people said of it, and what two ways of reading say. One entry each a coding."""

    seen: list[set[str]] = field(repr=False)
    """What `facet_cues` sees; may hold participants' words."""
    said: list[str]
    by_rule: list[str]
    """Where the rules say nothing, the value that people gave most often."""
    read: list[str]
    group: NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FacetCheck:
    """How learning and rules agree with people on those left out; cells are codings."""

    cells: int
    groups: int
    rule_right: float
    rule_kappa: float
    right: float
    kappa: float
    doubt: float
    """Share of resamples of groups in which the rules' kappa is as high, or higher."""
    learned: bool


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned of one facet."""

    values: tuple[str, ...]
    names: Mapping[str, int] = field(repr=False)
    """Columns by name; may hold participants' words."""
    weight: NDArray[np.float64] = field(repr=False)
    """Shape (names + 1, values); the last row is the intercept."""

    def probability(self, seen: Sequence[set[str]]) -> NDArray[np.float64]:
        """Shape (len(seen), values)."""
        score = np.tile(self.weight[-1], (len(seen), 1))
        for row, names in enumerate(seen):
            columns = [self.names[name] for name in names if name in self.names]
            score[row] += self.weight[columns].sum(axis=0)
        score = np.exp(score - score.max(axis=1, keepdims=True))
        return np.asarray(score / score.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class FacetModel:
    """Reads the facets of codings: those that were learned by what was learned, the others by the rules."""

    ruled: tuple[str, ...]
    """Facets that the rules can read in this codebook."""
    language: str
    learned: Mapping[str, Learned]
    checks: Mapping[str, FacetCheck]
    """For every facet of which there was enough to try."""

    @classmethod
    def fit(
        cls, training: Training, spans: Spans, codebook: Codebook, *, seed: int, always: bool = False
    ) -> FacetModel | None:
        """Learn from people's present codings with facets.

        Args:
            training: its `facets` are learned from; weights do not matter, every person's reading counts.
            spans: evidence of cells (row, column) in the segment's text; without an entry the whole segment is it.
            codebook: declares facets and their values.
            seed: for folds and resamples.
            always: learn whatever the check says, to measure what would have been read.

        Returns:
            None where there is too little to try: fewer than two values that were given often enough, or too few
            people. A model whose `checks` show that the rules do as well has nothing learned, and reads by the rules.
        """
        blank = cls.ruling(codebook)
        learned: dict[str, Learned] = {}
        checks: dict[str, FacetCheck] = {}
        for facet, out in left_out(training, spans, codebook, seed=seed).items():
            checks[facet] = check = _check(out, seed)
            if check.learned or always:
                learned[facet] = _fitted(out.seen, out.said)
        return cls(blank.ruled, blank.language, learned, checks) if checks else None

    @classmethod
    def ruling(cls, codebook: Codebook) -> FacetModel:
        """A model that has learned nothing and reads by the rules."""
        # The rules are for English, and for codebooks that declare polarity; see `DefinitionTagger`.
        reads = codebook.language == "en" and codebook.facet("polarity") is not None
        ruled = tuple(facet for facet in ("polarity", "holder") if reads and codebook.facet(facet))
        return cls(ruled, codebook.language, {}, {})

    def read(
        self, segments: Sequence[Segment], codes: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[dict[str, FacetRead]]:
        """Facets of codings, one each of `segments`, `codes` and `spans`; a facet that is left out was not read.

        Args:
            segments: the passages, one for each coding.
            codes: ids of the codes that are present.
            spans: evidence in each passage's text; empty for the whole passage.

        Returns:
            For each coding what was read. What a pattern fixed outranks a value without a probability.
        """
        if not self.ruled and not self.learned:
            return [{} for _ in segments]
        seen, rules = self.look(segments, codes, spans)
        found = [
            {facet: FacetRead(value) for facet, value in rule.items() if facet not in self.learned} for rule in rules
        ]
        for facet, learned in self.learned.items():
            if not seen:
                break
            for row, share in enumerate(learned.probability(seen)):
                rule = rules[row].get(facet)
                if rule is not None and rule not in learned.values:
                    found[row][facet] = FacetRead(rule)
                elif share.max() >= SURE:
                    found[row][facet] = FacetRead(learned.values[int(share.argmax())], float(share.max()))
        return found

    def to_state(self) -> tuple[dict[str, Any], dict[str, NDArray[np.float64]]]:
        """What JSON can hold, and arrays. The names may hold participants' words, as any vocabulary does."""
        plain = {
            "ruled": list(self.ruled),
            "language": self.language,
            "checks": {facet: asdict(check) for facet, check in self.checks.items()},
            "learned": {
                facet: {"values": list(one.values), "names": list(one.names)} for facet, one in self.learned.items()
            },
        }
        return plain, {f"{facet}.weight": one.weight for facet, one in self.learned.items()}

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float64]]) -> FacetModel:
        """The model that `to_state` gave."""
        learned = {
            facet: Learned(
                tuple(one["values"]),
                {name: column for column, name in enumerate(one["names"])},
                np.asarray(arrays[f"{facet}.weight"], dtype=np.float64),
            )
            for facet, one in plain["learned"].items()
        }
        checks = {facet: FacetCheck(**check) for facet, check in plain["checks"].items()}
        return cls(tuple(plain["ruled"]), plain["language"], learned, checks)

    def look(
        self, segments: Sequence[Segment], codes: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> tuple[list[set[str]], list[dict[str, str]]]:
        """What is seen of each coding, and what the rules say of it."""
        seen: list[set[str]] = []
        rules: list[dict[str, str]] = []
        documents = nlp.docs((segment.text for segment in segments), self.language)
        for segment, doc, code, own in zip(segments, documents, codes, spans, strict=True):
            said = facet_cues.rule_says(doc, own) if self.ruled else {}
            rules.append({facet: value for facet, value in said.items() if facet in self.ruled})
            seen.append(facet_cues.seen(segment, doc, code, own, rules[-1]))
        return seen, rules


def left_out(training: Training, spans: Spans, codebook: Codebook, *, seed: int) -> dict[str, LeftOut]:
    """By facet, what people said of codings, and what is read by rules and by models that have not seen their person.

    Facets with too little to try are left out; arguments are those of `FacetModel.fit`.
    """
    cells = sorted(cell for cell in training.facets if training.label[cell] == PRESENT)
    seen, rules = FacetModel.ruling(codebook).look(
        [training.segments[row] for row, _ in cells],
        [training.codes[column] for _, column in cells],
        [spans.get(cell, ()) for cell in cells],
    )
    group = training.people[[row for row, _ in cells]]
    found: dict[str, LeftOut] = {}
    for facet in codebook.facets:
        allowed = {*facet.values, *([""] if facet.id in OWN else [])}
        known = [at for at, cell in enumerate(cells) if training.facets[cell].get(facet.id, "") in allowed]
        said = [training.facets[cells[at]].get(facet.id, "") for at in known]
        if len(_learnable(said)) < 2:
            continue
        # Where there are no rules, what anybody would guess is what has to be beaten.
        usual = Counter(said).most_common(1)[0][0]
        own_seen, own_rules = [seen[at] for at in known], [rules[at].get(facet.id) for at in known]
        own_group = np.unique(group[known], return_inverse=True)[1]
        try:
            read = _left_out(own_seen, said, own_rules, own_group, seed)
        except NotEnoughData:
            continue
        by_rule = [usual if rule is None else rule for rule in own_rules]
        found[facet.id] = LeftOut(own_seen, said, by_rule, read, own_group)
    return found


def _learnable(said: Sequence[str]) -> list[str]:
    return sorted(value for value, times in Counter(said).items() if times >= AT_LEAST)


def _fitted(seen: Sequence[set[str]], said: Sequence[str], values: Sequence[str] | None = None) -> Learned:
    """A model of the values that people gave often enough, or of `values`."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    keep = set(_learnable(said) if values is None else values)
    rows = [(names, value) for names, value in zip(seen, said, strict=True) if value in keep]
    times = Counter(name for names, _ in rows for name in names)
    columns = {name: at for at, name in enumerate(sorted(name for name, n in times.items() if n >= OFTEN))}
    held = [sorted(columns[name] for name in names if name in columns) for names, _ in rows]
    ends = np.cumsum([0, *(len(one) for one in held)])
    there = np.array([column for one in held for column in one], dtype=np.int64)
    matrix = csr_matrix((np.ones(len(there)), there, ends), shape=(len(rows), len(columns)))
    classifier = LogisticRegression(C=RIDGE, max_iter=2000)
    classifier.fit(matrix, [value for _, value in rows])
    weight = np.vstack([np.asarray(classifier.coef_).T, np.asarray(classifier.intercept_)[None, :]])
    if weight.shape[1] == 1:
        weight = np.hstack([-weight / 2, weight / 2])
    return Learned(tuple(str(value) for value in classifier.classes_), columns, weight)


def _left_out(
    seen: Sequence[set[str]], said: Sequence[str], rules: Sequence[str | None], group: NDArray[np.int64], seed: int
) -> list[str]:
    """What is read of each coding by a model that has seen nothing of its person.

    Raises:
        NotEnoughData: there are fewer groups than folds.
    """
    values = _learnable(said)
    label = np.array([[one == value for value in values] for one in said]).astype(np.int8)
    fold = folds(group, label, count=FOLDS, seed=seed)
    read = [""] * len(said)
    for number in range(FOLDS):
        kept, out = np.flatnonzero(fold != number).tolist(), np.flatnonzero(fold == number).tolist()
        own = [said[place] for place in kept]
        there = [value for value in values if value in own]
        if len(there) < 2:
            raise NotEnoughData("a facet's values are with too few people", needed=2, found=len(there))
        model = _fitted([seen[place] for place in kept], own, there)
        for place, share in zip(out, model.probability([seen[place] for place in out]), strict=True):
            rule = rules[place]
            read[place] = model.values[int(share.argmax())] if rule is None or rule in values else rule
    return read


def _check(out: LeftOut, seed: int) -> FacetCheck:
    """Learning against the rules; resampled are groups, since one person's codings stand or fall together."""
    values = sorted({*out.said, *out.by_rule, *out.read})
    place = {value: at for at, value in enumerate(values)}
    groups = int(out.group.max()) + 1
    tables = np.zeros((2, groups, len(values), len(values)))
    for which, answers in enumerate((out.by_rule, out.read)):
        for own, one, other in zip(out.group, out.said, answers, strict=True):
            tables[which, own, place[one], place[other]] += 1
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES)
    resampled = np.einsum("rg,wgij->wrij", drawn, tables)
    doubt = float(np.mean(_kappa(resampled[1]) <= _kappa(resampled[0])))
    whole = tables.sum(axis=1)
    right = np.trace(whole, axis1=1, axis2=2) / len(out.said)
    kappa = _kappa(whole)
    return FacetCheck(
        len(out.said),
        groups,
        float(right[0]),
        float(kappa[0]),
        float(right[1]),
        float(kappa[1]),
        doubt,
        bool(doubt <= DOUBT and kappa[1] >= LEAST_KAPPA and right[1] >= right[0]),
    )


def _kappa(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's (1960) kappa of tables (..., said, read); 0 where chance alone agrees wholly."""
    total = table.sum(axis=(-2, -1))
    seen = np.trace(table, axis1=-2, axis2=-1) / total
    chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / total**2
    return np.asarray(np.where(chance < 1, (seen - chance) / np.maximum(1 - chance, 1e-12), 0.0))
