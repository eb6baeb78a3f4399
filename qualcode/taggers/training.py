"""What a tagger learns from: segments, and what people have judged of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """People's judgements of n segments for k codes; not judged is not absent."""

    segments: tuple[Segment, ...] = field(repr=False)
    codes: tuple[str, ...]
    label: NDArray[np.int8] = field(repr=False)
    """Shape (n, k): PRESENT, ABSENT or NOT_JUDGED."""
    weight: NDArray[np.float64] = field(repr=False)
    """Shape (n, k): one over the inclusion probability of a judgement that may serve estimation; 0 for one that was
    asked for because of what the machine said, or made with its proposal in view. Those are for learning alone."""
    facets: Mapping[tuple[int, int], Mapping[str, str]] = field(default_factory=dict, repr=False)
    """Facets of PRESENT cells, where a person gave any."""
    fair: NDArray[np.int8] | None = field(default=None, repr=False)
    """Shape (n, k): what serves estimation where it is not `label`: the first blind word, before any second look."""

    @property
    def estimated(self) -> NDArray[np.int8]:
        """Shape (n, k): what cells with weight are held against."""
        return self.label if self.fair is None else self.fair

    @property
    def people(self) -> NDArray[np.int64]:
        """Shape (n,): who says each row, numbered from 0. What is inferred resamples them."""
        names = [segment.case or segment.transcript for segment in self.segments]
        return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)

    def rows(self, chosen: Sequence[int] | NDArray[np.int64]) -> Training:
        """The part that holds the rows `chosen`, in that order."""
        place = {int(row): at for at, row in enumerate(chosen)}
        return Training(
            tuple(self.segments[int(row)] for row in chosen),
            self.codes,
            self.label[chosen],
            self.weight[chosen],
            {(place[row], column): said for (row, column), said in self.facets.items() if row in place},
            None if self.fair is None else self.fair[chosen],
        )


def plain(text: str) -> str:
    """What makes two texts identical: their letters and digits, in lower case.

    >>> plain("Thank you!") == plain("thank you")
    True
    """
    return "".join(character for character in text.lower() if character.isalnum())


@dataclass(frozen=True, slots=True, eq=False)
class Parted:
    """Folds of rows, and what the model of each fold may see."""

    fold: NDArray[np.int64]
    """Shape (n,): whole people."""
    seen: NDArray[np.bool_]
    """Shape (folds, n): rows of other folds whose text no row of this one has."""
    by: str
    """`participant`; or `text`, where all rows are one participant's."""
    familiar: NDArray[np.bool_]
    """Shape (n,): rows whose text somebody in another fold has as well."""


def parted(training: Training, *, count: int, seed: int) -> Parted:
    """Part rows by participant and by identical text.

    A person is in one fold; a row that says what a held-out row says is left out of what that fold's model sees. To
    keep all who say the same in one fold instead would chain them: "Yes" makes one group of an interview study, and
    "Nothing" of 3,243 of 7,400 comments of a patient survey.

    Args:
        training: rows.
        count: of folds; fewer where there are fewer people.
        seed: see `folds`.
    """
    texts = [plain(segment.text) for segment in training.segments]
    group, by = training.people, "participant"
    if len(set(group.tolist())) < 2:
        by = "text"
        own = [text or f" {row}" for row, text in enumerate(texts)]
        group = np.unique(own, return_inverse=True)[1].astype(np.int64)
    fold = folds(group, training.label, count=min(count, len(set(group.tolist()))), seed=seed)
    number = np.unique(np.array(texts, dtype=str), return_inverse=True)[1]
    empty = np.array([not text for text in texts])
    held = range(int(fold.max()) + 1)
    seen = np.stack([(fold != one) & (empty | ~np.isin(number, number[fold == one])) for one in held])
    familiar = ~empty & (seen.sum(axis=0) < len(seen) - 1)
    return Parted(fold, seen, by, familiar)


def folds(group: NDArray[np.int64], label: NDArray[np.int8], *, count: int, seed: int) -> NDArray[np.int64]:
    """The fold, 0 to count - 1, of each row: groups stay whole, positives of each code are spread evenly.

    Groups with the rarest positives are placed first, each where its codes have fewest (after Sechidis, Tsoumakas and
    Vlahavas, 2011); ties by size, then by chance.

    Args:
        group: shape (n,): rows of one group stay together.
        label: shape (n, k).
        count: of folds.
        seed: for ties and for groups without positives.

    Raises:
        NotEnoughData: there are fewer groups than folds.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(np.unique(group, return_inverse=True)[1]):
        members[int(number)].append(row)
    if len(members) < count:
        raise NotEnoughData(
            "too few participants with texts of their own to hold any apart", needed=count, found=len(members)
        )
    positive = label == PRESENT
    chance = np.random.default_rng(seed).permutation(len(members))
    has = {number: positive[rows].sum(axis=0) for number, rows in members.items()}
    frequency = positive.sum(axis=0)
    rarest = {
        number: int(frequency[counts > 0].min()) if (counts > 0).any() else len(group) + 1
        for number, counts in has.items()
    }
    held = np.zeros((count, label.shape[1]))
    size = np.zeros(count)
    fold = np.zeros(len(group), dtype=np.int64)
    order = sorted(members, key=lambda number: (rarest[number], -len(members[number]), chance[number]))
    for number in order:
        counts = has[number]
        # Rare codes weigh more: a fold too many of a code with three positives cannot be made good later.
        load = (held / np.maximum(frequency, 1)) @ (counts > 0)
        best = min(range(count), key=lambda k: (round(float(load[k]), 9), size[k]))
        fold[members[number]] = best
        held[best] += counts
        size[best] += len(members[number])
    return fold
