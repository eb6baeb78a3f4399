"""What is settled without a person, and how wrong."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.analysis import resampling, settling


def test_shares_worked_by_hand():
    truth = np.array([[1, 0], [0, 0], [1, 1], [0, -1], [0, 0]], dtype=np.int8)
    said = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [-1, 0]], dtype=np.int8)
    settled = np.array([[1, 1], [1, 1], [1, 0], [1, 0], [1, 1]], dtype=bool)
    found = settling.by_code(truth, said, settled, ["x", "y"], np.arange(5))
    whole, x, y = found.to_frame().to_dict("records")
    # The third segment leaves y open, the fourth was not judged on y, on the fifth the coder abstained.
    assert (whole["n"], whole["settled"], whole["wrong"]) == (5, 0.6, pytest.approx(1 / 3))
    assert (x["settled"], x["wrong"], x["miss"], x["false_alarm"]) == (0.8, 0.5, 0.5, 0.5)
    assert (y["n"], y["settled"], y["wrong"]) == (4, 0.75, 0.0)
    assert y["miss_reason"] == settling.NO_CASES["miss"]
    assert (y["wrong_low"], y["wrong_high"]) == pytest.approx(resampling.wilson(0, 3))
    assert found.summary()[0] == "whole segments: 60% settled without a person, 33.3% of them wrong"


def test_nothing_settled_has_no_error_rate():
    ones = np.ones((3, 1), dtype=np.int8)
    found = settling.by_code(ones, -ones, ones.astype(bool), ["x"], np.arange(3))
    row = found.to_frame().loc[1]
    assert row["settled"] == 0
    assert np.isnan(row["wrong"])
    assert row["wrong_reason"] == settling.NOTHING_SETTLED


def test_weights_count_as_repeated_rows():
    truth = np.array([[1], [0], [1]], dtype=np.int8)
    said = np.array([[1], [1], [1]], dtype=np.int8)
    settled = np.ones((3, 1), dtype=bool)
    weight = np.array([[1.0], [3.0], [0.0]])
    whole, own = (
        settling.by_code(truth, said, settled, ["x"], np.arange(3), weight=weight).to_frame().to_dict("records")
    )
    assert whole["wrong"] == own["wrong"] == 0.75
    assert whole["n"] == own["n"] == 2


def test_where_the_coder_settles_whole_segments_an_abstention_is_an_absence():
    truth = np.array([[1, 0], [0, 1], [0, 0]], dtype=np.int8)
    said = np.array([[1, -1], [0, -1], [0, 0]], dtype=np.int8)
    none = np.zeros((3, 2), dtype=bool)
    whole = np.array([True, True, False])
    row = settling.by_code(truth, said, none, ["x", "y"], np.arange(3), whole=whole).to_frame().loc[0]
    assert (row["settled"], row["wrong"]) == (pytest.approx(2 / 3), 0.5)
