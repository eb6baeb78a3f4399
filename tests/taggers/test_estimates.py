"""Figures against sklearn and the published ones, and bounds that respect people and weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qualcode.analysis import proportion
from qualcode.taggers import estimates


def _rows(counts):
    proposed = np.repeat([True, True, False, False], counts)
    present = np.repeat([True, False, True, False], counts)
    return proposed, present, np.ones(sum(counts)), np.arange(sum(counts))


def test_kappa_and_shares_of_a_published_table():
    # Fleiss, Levin and Paik's layout; kappa .400, also with statsmodels.
    proposed, present, weight, group = _rows((20, 5, 10, 15))
    found = estimates.decisions(proposed, present, proposed.astype(float), weight, group, 1)
    assert found.kappa.point == pytest.approx(0.4)
    assert (found.precision.point, found.recall.point) == pytest.approx((20 / 25, 20 / 30))
    assert found.f1.point == pytest.approx(40 / 55)
    assert found.recall.low == pytest.approx(float(proportion.lower(20, 30)))
    assert found.recall.high == pytest.approx(float(proportion.upper(20, 30)))


def test_average_precision_is_sklearns_with_ties_and_weights():
    from sklearn.metrics import average_precision_score

    chance = np.random.default_rng(2)
    present, score = chance.random(400) < 0.2, np.round(chance.random(400), 1)
    weight = chance.integers(1, 5, 400).astype(float)
    found = estimates.decisions(score > 0.5, present, score, weight, np.arange(400), 1)
    assert found.ap.point == pytest.approx(average_precision_score(present, score, sample_weight=weight), abs=1e-5)
    assert found.ap.low < found.ap.point < found.ap.high


def test_brier_skill_is_sklearns():
    from sklearn.metrics import brier_score_loss

    chance = np.random.default_rng(3)
    score = chance.random(500)
    present = chance.random(500) < score
    skill, error, slope = estimates.of_probabilities(score, present, np.ones(500))
    reference = brier_score_loss(present, np.full(500, present.mean()))
    assert skill == pytest.approx(1 - brier_score_loss(present, score) / reference)
    assert error < 0.08
    assert slope == pytest.approx(1, abs=0.2)


def test_scores_that_are_too_sure_have_a_slope_below_one():
    chance = np.random.default_rng(4)
    odds = chance.normal(0, 1, 4000)
    present = chance.random(4000) < 1 / (1 + np.exp(-odds))
    _, error, slope = estimates.of_probabilities(1 / (1 + np.exp(-3 * odds)), present, np.ones(4000))
    assert slope == pytest.approx(1 / 3, abs=0.05)
    assert error > 0.1


def test_one_class_alone_gives_no_figure():
    assert all(math.isnan(value) for value in estimates.of_probabilities(np.full(9, 0.2), np.zeros(9), np.ones(9)))


@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_a_lower_bound_holds_nineteen_times_in_twenty(alike: float) -> None:
    chance, held = np.random.default_rng(5), []
    for _ in range(400):
        group = np.repeat(np.arange(30), chance.integers(1, 8, 30))
        mood = np.where(chance.random(len(group)) < alike, chance.random(30)[group], chance.random(len(group)))
        found, _ = estimates.share(mood < 0.8, np.ones(len(group)), group)
        held.append(found.low <= 0.8)
    assert np.mean(held) >= 0.93


def test_three_people_without_a_fault_count_as_three():
    found, of = estimates.share(np.ones(60), np.ones(60), np.repeat([1, 2, 3], 20))
    assert of == 3
    assert found.low == pytest.approx(0.05 ** (1 / 3))
    one, of = estimates.share(np.r_[np.ones(50), np.zeros(10)], np.ones(60), np.zeros(60))
    assert of == 1
    assert (one.low, one.high) == pytest.approx((0.022, 0.997), abs=0.03)


def test_weights_make_the_estimate_that_of_all_passages():
    # 100 of 300 flagged: 75 true; 100 of 700 not flagged: 8 true. Weighted recall .8007, unweighted .904.
    proposed, present, _, group = _rows((75, 25, 8, 92))
    weight = np.where(proposed, 3.0, 7.0)
    found = estimates.decisions(proposed, present, proposed.astype(float), weight, group, 1)
    assert found.recall.point == pytest.approx(0.8007, abs=1e-4)
    assert found.precision.point == pytest.approx(0.75)
    assert found.positives < 83
