"""Exact bounds of a share (Clopper and Pearson, 1934)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CONFIDENCE = 0.95


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


def clopper_pearson(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact interval of a binomial proportion: both bounds, each with half of the doubt.

    >>> [round(limit, 3) for limit in clopper_pearson(0, 10)]
    [0.0, 0.308]

    Args:
        successes: 0 to `trials`.
        trials: at least 1.
        confidence: above 0, below 1.
    """
    one_sided = (1 + confidence) / 2
    return float(lower(successes, trials, one_sided)), float(upper(successes, trials, one_sided))
