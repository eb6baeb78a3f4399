"""Judgements that are most likely wrong: where a model that did not see them is sure of the opposite.

Confident learning (Northcutt, Jiang and Chuang, 2021), code by code: a cell is suspected where the probability of the
other answer is at least what it is on average where that answer was given. Suspects are ranked by how little the
model believes the given answer, beside how much it believes that answer elsewhere for the same code. On the training
comments of a public survey with one present in twenty taken away and as many put in, this found more of them among
the first hundred than ranking by the margin alone, as the library cleanlab does (.67 to .70 beside .53 to .56; at
random .01).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import ABSENT, PRESENT


@dataclass(frozen=True, slots=True)
class Suspect:
    """A judgement to look at again."""

    row: int
    column: int
    missed: bool
    """It was judged absent and is likely present; else the other way round."""
    belief: float
    """The model's probability of the answer that was given, divided by its average for that answer and code."""


def suspects(label: NDArray[np.int8], probability: NDArray[np.float64]) -> list[Suspect]:
    """Cells that are most likely judged wrongly, both kinds in turn, each with the least believed first.

    Wrong presents are easier to tell than missed ones; in turn, the missed ones are not crowded out.

    Args:
        label: shape (n, k): PRESENT, ABSENT or NOT_JUDGED.
        probability: shape (n, k), of present, by a model that saw neither the cell nor its group; NaN where none is.

    Returns:
        Of a code that has no judged presents, or no judged absents, nothing is suspected: there is nothing to compare.
    """
    kinds: dict[bool, list[Suspect]] = {False: [], True: []}
    for column in range(label.shape[1]):
        said, present = label[:, column], probability[:, column]
        known = ~np.isnan(present)
        for given, other, belief in ((ABSENT, PRESENT, 1 - present), (PRESENT, ABSENT, present)):
            mine, theirs = known & (said == given), known & (said == other)
            if not mine.any() or not theirs.any():
                continue
            usual = max(float(belief[mine].mean()), 1e-9)
            # As sure of the other answer as where it was given, and not as sure of this one as where this was given.
            sure = mine & (1 - belief >= (1 - belief)[theirs].mean()) & ~((belief >= usual) & (belief >= 0.5))
            kinds[given == ABSENT] += [
                Suspect(int(row), column, given == ABSENT, float(belief[row]) / usual) for row in np.flatnonzero(sure)
            ]
    for found in kinds.values():
        found.sort(key=lambda one: (one.belief, one.row, one.column))
    wrong, missed = kinds[False], kinds[True]
    both = min(len(wrong), len(missed))
    turns = [one for pair in zip(wrong[:both], missed[:both], strict=True) for one in pair]
    return turns + wrong[both:] + missed[both:]
