"""Exact one-sided bounds of a share, and how many judgements a claim needs (Clopper and Pearson, 1934)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CONFIDENCE = 0.95
MOST_NEEDED = 5000
"""Beyond this many the answer is that judging more will hardly tell."""
_RUNNING = 10


def lower(found: NDArray[Any] | float, of: NDArray[Any] | float, confidence: float = CONFIDENCE) -> Numbers:
    """What the true share is at least, with one-sided `confidence`; 0 where there is nothing to count.

    Counts may be fractions: weighted judgements come to an effective number.

    >>> round(float(lower(14, 14)), 3)
    0.807
    """
    from scipy.special import betaincinv

    found, of = np.asarray(found, dtype=np.float64), np.asarray(of, dtype=np.float64)
    known = found > 0
    bound = betaincinv(np.where(known, found, 1), np.maximum(of - found, 0) + 1, 1 - confidence)
    return np.asarray(np.where(known, bound, 0.0))


def upper(found: NDArray[Any] | float, of: NDArray[Any] | float, confidence: float = CONFIDENCE) -> Numbers:
    """What the true share is at most, with one-sided `confidence`; 1 where there is nothing to count."""
    found, of = np.asarray(found, dtype=np.float64), np.asarray(of, dtype=np.float64)
    return np.asarray(1 - lower(of - found, of, confidence))


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
