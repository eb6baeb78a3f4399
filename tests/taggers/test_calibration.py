"""Probabilities: monotone, inside (0, 1), as sklearn has them where it has them, and modest where little is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.taggers import calibration, estimates


def _drawn(n: int, prevalence: float, seed: int, apart: float = 2.0):
    chance = np.random.default_rng(seed)
    truth = (chance.random(n) < prevalence).astype(np.int8)
    return chance.normal(apart * truth, 1), truth, np.ones(n)


def test_platt_is_sklearns():
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator
    from sklearn.linear_model import LogisticRegression

    raw, truth, weight = _drawn(3000, 0.3, 1)
    model = LogisticRegression().fit(raw[:, None], truth)
    strength = model.decision_function(raw[:, None])
    theirs = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(raw[:, None], truth)
    ours = calibration.fit(strength, truth, weight, method="platt")
    assert ours is not None
    assert ours(strength) == pytest.approx(theirs.predict_proba(raw[:, None])[:, 1], abs=0.002)


def test_isotonic_is_sklearns_where_they_were_fitted():
    from sklearn.isotonic import IsotonicRegression

    raw, truth, weight = _drawn(5000, 0.4, 2)
    raw = np.round(raw, 1)
    ours = calibration.fit(raw, truth, weight, method="isotonic")
    assert ours is not None
    knots = len(ours.params) // 2
    theirs = IsotonicRegression().fit(raw, truth)
    values = np.unique(theirs.predict(raw))
    inner = slice(1, -1)
    assert np.array(ours.params[knots:])[inner] == pytest.approx(values[inner], abs=1e-6)


@pytest.mark.parametrize("method", ["platt", "beta", "isotonic"])
def test_a_calibrator_is_made_again_of_its_state(method: str) -> None:
    raw, truth, weight = _drawn(400, 0.3, 3)
    made = calibration.fit(raw, truth, weight, method=method)
    assert made is not None
    again = calibration.Calibrator.from_state(json.loads(json.dumps(made.to_state())))
    assert again == made
    assert np.array_equal(again(raw), made(raw))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.integers(-1, 1), st.sampled_from([0.0, 1.0, 2.5, 40.0])),
        min_size=8,
        max_size=60,
    ),
    st.sampled_from(["platt", "beta", "isotonic"]),
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30),
)
def test_probabilities_never_fall_and_stay_inside(rows, method, asked) -> None:
    raw, truth, weight = (np.array(column) for column in zip(*rows, strict=True))
    made = calibration.fit(raw, truth, weight, method=method)
    if made is None:
        used = truth[(truth >= 0) & (weight > 0)]
        assert min((used == 1).sum(), (used == 0).sum()) < calibration.FEWEST
        return
    given_back = made(np.sort(np.array(asked)))
    assert np.all(np.diff(given_back) >= -1e-9)
    assert np.all((given_back > 0) & (given_back < 1))


def test_with_two_of_either_nothing_is_fitted():
    truth = np.array([1, 1, 0, 0, 0, -1])
    assert calibration.fit(np.arange(6.0), truth, np.ones(6)) is None
    assert calibration.fit(np.arange(6.0), np.array([0, 0, 1, 1, 1, -1]), np.ones(6)) is None


def test_rows_without_weight_or_judgement_change_nothing():
    raw, truth, weight = _drawn(200, 0.3, 4)
    without = calibration.fit(raw, truth, weight)
    more = np.r_[raw, [50.0, -50.0, np.nan]]
    assert calibration.fit(more, np.r_[truth, [0, -1, 1]], np.r_[weight, [0.0, 1.0, 1.0]]) == without


def test_three_positives_far_away_explode_nothing():
    raw = np.r_[np.linspace(-1, 1, 100), [50.0, 60.0, 70.0]]
    made = calibration.fit(raw, np.r_[np.zeros(100), np.ones(3)].astype(int), np.ones(103))
    assert made is not None
    assert made.method == "platt"
    assert 0.5 < float(made(np.array([60.0]))[0]) < 0.99
    assert float(made(np.array([0.0]))[0]) < 0.05


def test_scores_that_run_the_wrong_way_say_the_prevalence_everywhere():
    raw, truth, weight = _drawn(2000, 0.2, 5)
    made = calibration.fit(-raw, truth, weight)
    assert made is not None
    assert made(-raw) == pytest.approx(np.full(2000, truth.mean()), abs=0.01)


def test_weights_give_the_population_back():
    raw, truth, _ = _drawn(20000, 0.1, 6)
    chance = np.where(truth == 1, 0.5, 0.05)
    drawn = np.random.default_rng(7).random(20000) < chance
    made = calibration.fit(raw[drawn], truth[drawn], 1 / chance[drawn])
    blind = calibration.fit(raw[drawn], truth[drawn], np.ones(drawn.sum()))
    assert made is not None
    assert blind is not None
    assert float(made(raw).mean()) == pytest.approx(truth.mean(), abs=0.015)
    assert float(blind(raw).mean()) > truth.mean() + 0.02


@pytest.mark.parametrize(("positives", "method"), [(20, "platt"), (200, "beta"), (3000, "isotonic")])
def test_the_method_follows_the_amount_and_is_calibrated_on_fresh_data(positives: int, method: str) -> None:
    fresh, is_, ones = _drawn(20000, 0.2, 9)
    measured = []
    for seed in range(10, 22):
        made = calibration.fit(*_drawn(positives * 5, 0.2, seed))
        assert made is not None
        assert made.method == method
        measured.append(estimates.of_probabilities(made(fresh), is_, ones))
    skill, error, slope = np.mean(measured, axis=0)
    assert skill > 0.35
    assert error < (0.06 if method == "platt" else 0.02)
    assert slope == pytest.approx(1, abs=0.25 if method == "platt" else 0.1)


def test_probabilities_are_read_as_odds():
    raw, truth, weight = _drawn(3000, 0.3, 10)
    share = 1 / (1 + np.exp(-raw))
    by_share, by_raw = calibration.fit(share, truth, weight), calibration.fit(raw, truth, weight)
    assert by_share is not None
    assert by_raw is not None
    assert by_share(share) == pytest.approx(by_raw(raw), abs=0.01)


def test_crossfitted_probabilities_never_saw_the_person():
    raw, truth, weight = _drawn(300, 0.3, 11)
    group = np.repeat(np.arange(60), 5)
    before = calibration.crossfit(raw, truth, weight, group)
    changed = np.where(group == 0, 1 - truth, truth)
    after = calibration.crossfit(raw, changed, weight, group)
    assert np.array_equal(before[group % 5 == 0], after[group % 5 == 0])
    assert not np.array_equal(before, after)
