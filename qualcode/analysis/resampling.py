"""Samples of whole groups with replacement, and the intervals that follow from them.

A group is what must not be parted: one participant's segments, and texts that say the same. Segments of one person are
alike; drawn one by one they would make every interval too narrow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INTERVAL = (2.5, 97.5)
MOST_LEFT_OUT = 0.05
"""Share of samples in which a measure cannot be had, beyond which an interval would tell of the others alone."""
TOO_FEW_GROUPS = "too few people for an interval"
NO_SPREAD = "every sample of people gives the same: no interval"
_Z = 1.959963984540054


def numbered(group: NDArray[np.generic]) -> tuple[NDArray[np.int64], int]:
    """Groups of any kind as numbers from 0, and how many there are."""
    names, number = np.unique(group, return_inverse=True)
    return number.astype(np.int64).ravel(), len(names)


def times(groups: int, repetitions: int, seed: int) -> Floats:
    """How often each group stands in each sample.

    Returns:
        Shape (groups, 1 + repetitions). The first column is 1: what was found, not drawn.
    """
    share = np.full(groups, 1 / groups)
    drawn = np.random.default_rng(seed).multinomial(groups, share, size=repetitions)
    return np.ascontiguousarray(np.column_stack([np.ones(groups), drawn.T.astype(float)]))


def sums(cells: Floats, group: NDArray[np.int64], groups: int) -> Floats:
    """Each group's sum of rows; shape (groups, columns of `cells`)."""
    found = np.zeros((groups, cells.shape[1]))
    np.add.at(found, group, cells)
    return found


def interval(values: Floats, groups: int, *, biased: bool = False) -> tuple[float, float, str]:
    """The 95 % interval of a measure, or nan twice and why there is none.

    Args:
        values: shape (1 + repetitions,): what was found, then each sample's; nan where it cannot be had.
        groups: how many the measure rests on.
        biased: the measure grows with noise, and so is larger in samples than in what they are drawn from: the basic
            interval (Davison and Hinkley, 1997) turns that bias round, percentiles would double it. It is stretched to
            hold what was found.
    """
    found, drawn = values[0], values[1:]
    known = drawn[~np.isnan(drawn)]
    if np.isnan(found) or groups < 2 or len(known) < (1 - MOST_LEFT_OUT) * len(drawn) or not len(known):
        return np.nan, np.nan, TOO_FEW_GROUPS
    low, high = (float(edge) for edge in np.percentile(known, INTERVAL))
    if high - low < 1e-12:
        return np.nan, np.nan, NO_SPREAD
    if biased:
        low, high = 2 * float(found) - high, 2 * float(found) - low
        return max(0.0, min(low, float(found))), max(high, float(found)), ""
    return low, high, ""


def share_interval(values: Floats, groups: int) -> tuple[float, float, str]:
    """The interval of a share; where all samples give the same, Wilson's (1927) on groups.

    Three misses in three samples of three people are not *all, for certain*. Counting people and not segments is on the
    safe side.
    """
    low, high, reason = interval(values, groups)
    if reason == NO_SPREAD:
        return *wilson(float(values[0]), groups), ""
    return low, high, reason


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n.

    >>> [round(edge, 3) for edge in wilson(45 / 50, 50)]
    [0.786, 0.957]
    """
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * float(np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)))
    return max(0.0, middle - half), min(1.0, middle + half)
