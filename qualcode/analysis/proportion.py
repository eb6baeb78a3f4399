"""Intervals for a share."""

from __future__ import annotations


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a binomial proportion (Clopper and Pearson, 1934).

    >>> [round(limit, 3) for limit in clopper_pearson(0, 10)]
    [0.0, 0.308]

    Args:
        successes: 0 to `trials`.
        trials: at least 1.
        confidence: above 0, below 1.
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, high
