"""Exact bounds against the published ones."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.analysis import proportion
from qualcode.taggers import bounds


@pytest.mark.parametrize(
    ("claim", "observed", "count"),
    [(0.7, 0.8, 77), (0.7, 0.85, 37), (0.7, 0.9, 24), (0.8, 0.9, 63), (0.8, 0.95, 30), (0.9, 0.95, 129)],
)
def test_positives_that_a_claim_of_recall_needs(claim: float, observed: float, count: int) -> None:
    assert bounds.needed_above(claim, observed) == count


@pytest.mark.parametrize(("claim", "count"), [(0.8, 14), (0.9, 29), (0.95, 59), (0.99, 299)])
def test_positives_without_a_miss(claim: float, count: int) -> None:
    assert bounds.needed_above(claim, 1.0) == count
    assert float(proportion.lower(count, count)) >= claim > float(proportion.lower(count - 1, count - 1))


def test_bounds_are_the_tails_of_the_binomial():
    from scipy.stats import binom

    low, high = float(proportion.lower(37, 50)), float(proportion.upper(37, 50))
    assert binom.sf(36, 50, low) == pytest.approx(0.05)
    assert binom.cdf(37, 50, high) == pytest.approx(0.05)


def test_nothing_counted_bounds_nothing():
    assert (float(proportion.lower(0, 0)), float(proportion.upper(0, 0))) == (0, 1)
    assert (float(proportion.lower(0, 9)), float(proportion.upper(9, 9))) == (0, 1)


def test_a_share_at_the_claim_can_never_show_it():
    assert bounds.needed_above(0.8, 0.8) is None
    assert bounds.needed_below(0.8, 0.8) is None
    assert bounds.needed_below(0.8, 0.6) is not None


@pytest.mark.parametrize(("alpha", "people"), [(0.05, 19), (0.1, 9), (0.2, 4), (0.3, 3)])
def test_people_that_a_guarantee_needs(alpha: float, people: int) -> None:
    assert bounds.fewest(alpha) == people


def test_unequal_weights_come_to_fewer():
    assert bounds.effective(np.ones(7)) == pytest.approx(7)
    assert bounds.effective(np.array([10.0, 1.0, 1.0])) == pytest.approx(144 / 102)
    assert bounds.effective(np.array([])) == 0
