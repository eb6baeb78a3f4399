"""Ridge regression of many columns at once against its closed form."""

from __future__ import annotations

import numpy as np

from qualcode.taggers import ridge


def test_each_column_is_the_closed_form_on_its_own_rows() -> None:
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(40, 60)).astype(np.float32)
    target = (chance.random((40, 3)) < 0.3).astype(np.float32)
    weight = np.ones((40, 3), dtype=np.float32)
    weight[20:, 1] = 0
    weight[:5, 2] = 2
    kernel = rows @ rows.T
    found = kernel @ ridge.solve(kernel, target, weight, penalty=1.0)
    for column in range(3):
        weighted = rows.T * weight[:, column]
        exact = rows @ np.linalg.solve(weighted @ rows + np.eye(60), weighted @ target[:, column])
        assert np.abs(found[:, column] - exact).max() < 0.01


def test_a_column_without_rows_is_zero() -> None:
    kernel = np.eye(4, dtype=np.float32)
    found = ridge.solve(kernel, np.ones((4, 1), np.float32), np.zeros((4, 1), np.float32), penalty=1.0)
    assert found.tolist() == [[0.0]] * 4
