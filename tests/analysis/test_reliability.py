"""Reliability diagrams: bins of equal mass, points with intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.analysis import reliability, resampling


def test_points_of_calibrated_scores_lie_on_the_diagonal():
    rng = np.random.default_rng(0)
    score = rng.beta(1, 2, (4000, 1))
    truth = (rng.random((4000, 1)) < score).astype(np.int8)
    table = reliability.by_code(truth, score, ["c"], np.arange(4000), repetitions=300).to_frame()
    assert len(table) == 10
    assert table["n"].between(399, 401).all()
    assert ((table["low"] <= table["score"]) & (table["score"] <= table["high"])).sum() >= 8
    assert table["score"].is_monotonic_increasing


def test_equal_scores_share_a_bin_and_wilson_serves_where_nothing_varies():
    score = np.array([[0.1]] * 20 + [[0.9]] * 20)
    truth = np.array([[0]] * 20 + [[1]] * 19 + [[0]], dtype=np.int8)
    found = reliability.by_code(truth, score, ["c"], np.arange(40))
    first, second = found.to_frame().to_dict("records")
    assert (first["n"], first["share"], second["share"]) == (20, 0, 0.95)
    assert (first["low"], first["high"]) == pytest.approx(resampling.wilson(0, 20))
    assert found.summary()[0].startswith("c: of 20 with a score of about 0.10, 0% are present [0%, 16%]")


def test_cells_without_score_judgement_or_weight_are_left_out():
    truth = np.array([[1], [0], [-1], [1]], dtype=np.int8)
    score = np.array([[0.5], [np.nan], [0.5], [0.5]])
    weight = np.array([[1.0], [1.0], [1.0], [0.0]])
    (row,) = reliability.by_code(truth, score, ["c"], np.arange(4), weight=weight).to_frame().to_dict("records")
    assert (row["n"], row["share"]) == (1, 1.0)
    assert row["reason"] == resampling.TOO_FEW_GROUPS


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(1, 12))
def test_bins_keep_order_and_weights_are_rows_repeated(scores, bins):
    score = np.array(scores) / 20
    place = reliability.equal_mass(score, np.ones(len(score)), bins)
    assert ((place >= 0) & (place < bins)).all()
    assert (np.diff(place[np.argsort(score, kind="stable")]) >= 0).all()
    values, counts = np.unique(score, return_counts=True)
    weighted = reliability.equal_mass(values, counts.astype(float), bins)
    assert place.tolist() == weighted[np.searchsorted(values, score)].tolist()
