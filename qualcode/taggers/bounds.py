"""How many judgements a claim needs, by the exact bounds of a share (Clopper and Pearson, 1934)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.proportion import CONFIDENCE, lower, upper

MOST_NEEDED = 5000
"""Beyond this many the answer is that judging more will hardly tell."""
_RUNNING = 10


@lru_cache(maxsize=4096)
def needed_above(claim: float, observed: float, confidence: float = CONFIDENCE) -> int | None:
    """The count at which an observed share puts its lower bound at `claim`; None beyond `MOST_NEEDED`.

    What is observed is rounded down to whole counts, so that the answer can happen.

    >>> needed_above(0.70, 0.80), needed_above(0.80, 1.0)
    (77, 14)
    """
    of = np.arange(1, MOST_NEEDED + 1)
    return _first(lower(np.floor(observed * of + 1e-9), of, confidence) >= claim)


@lru_cache(maxsize=4096)
def needed_below(claim: float, observed: float, confidence: float = CONFIDENCE) -> int | None:
    """The count at which an observed share puts its upper bound below `claim`; None beyond `MOST_NEEDED`."""
    of = np.arange(1, MOST_NEEDED + 1)
    return _first(upper(np.ceil(observed * of - 1e-9), of, confidence) < claim)


def _first(holds: NDArray[np.bool_]) -> int | None:
    # Whole counts make the bound jump: a claim that holds at 65 and fails at 66 is not yet earned.
    running = np.convolve(holds, np.ones(_RUNNING), mode="valid") == _RUNNING
    return int(np.argmax(running)) + 1 if running.any() else None


def fewest(alpha: float) -> int:
    """How many exchangeable people a class-conditional guarantee at `alpha` needs: 1 / alpha - 1, rounded up."""
    return math.ceil(1 / alpha - 1 - 1e-9)


def effective(weight: NDArray[Any]) -> float:
    """To how many equally weighted judgements these come (Kish, 1965); 0 for none."""
    total = float(weight.sum())
    return total * total / float((np.asarray(weight) ** 2).sum()) if total > 0 else 0.0
