"""Misses and false alarms by subgroup, and the widest gap."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.analysis import resampling, subgroups


def planted(gap: float, seed: int = 0, n: int = 1200):
    """Half are mothers' and half fathers' segments; what has the code is missed more often in fathers'."""
    rng = np.random.default_rng(seed)
    role = np.where(np.arange(n) % 2 == 0, "mother", "father")
    truth = (rng.random((n, 2)) < 0.3).astype(np.int8)
    missed = rng.random((n, 2)) < np.where(role == "father", 0.2 + gap, 0.2)[:, None]
    said = np.where(truth == 1, ~missed, rng.random((n, 2)) < 0.1).astype(np.int8)
    return truth, said, role, np.arange(n) // 4 * 2 + np.arange(n) % 2


def test_rates_worked_by_hand():
    truth = np.array([[1]] * 4 + [[0]] * 6, dtype=np.int8)
    said = np.array([[1], [1], [0], [-1], [1], [0], [0], [0], [0], [-1]], dtype=np.int8)
    found = subgroups.by_attribute(truth, said, ["c"], np.arange(10), ["a"] * 10, attribute="role")
    everything, own = found.to_frame().to_dict("records")
    assert (everything["code"], own["code"]) == (subgroups.ALL_CODES, "c")
    assert own["miss"] == 0.5  # an abstention finds nothing
    assert own["false_alarm"] == pytest.approx(1 / 6)
    assert (own["n"], own["positives"], own["people"]) == (10, 4, 10)
    assert set(found.gaps["reason"]) == {subgroups.ONE_SUBGROUP}
    assert "not compared" in found.summary()[0]


def test_a_planted_gap_is_found_with_its_interval():
    truth, said, role, group = planted(0.25)
    found = subgroups.by_attribute(truth, said, ["x", "y"], group, list(role), attribute="role")
    gap = found.gaps[(found.gaps["code"] == subgroups.ALL_CODES) & (found.gaps["rate"] == "miss")].iloc[0]
    assert (gap["most"], gap["least"]) == ("father", "mother")
    assert 0 < gap["low"] < 0.25 < gap["high"]
    assert found.summary()[0].startswith("role, all codes: miss rate 0.")
    assert "higher in father than in mother" in found.summary()[0]


def test_the_interval_of_a_gap_holds_it_as_often_as_it_says():
    held = 0
    for seed in range(80):
        truth, said, role, group = planted(0.25, seed, n=400)
        gaps = subgroups.by_attribute(
            truth, said, ["x", "y"], group, list(role), attribute="role", each_code=False, repetitions=300
        ).gaps
        held += gaps.loc[0, "low"] <= 0.25 <= gaps.loc[0, "high"]
    assert held >= 69  # 95 % less three standard errors and a half


def test_a_subgroup_with_too_few_is_told_and_not_compared():
    truth, said, role, group = planted(0.0, n=200)
    uncles = [0, 1, 4, 8]  # of four people
    role[uncles], truth[uncles], said[uncles] = "uncle", 1, 0
    found = subgroups.by_attribute(truth, said, ["x", "y"], group, list(role), attribute="role")
    uncle = found.table[(found.table["subgroup"] == "uncle") & (found.table["code"] == "x")].iloc[0]
    assert (uncle["miss"], uncle["positives"]) == (1.0, 4)
    assert uncle["miss_low"] == pytest.approx(resampling.wilson(1, uncle["people"])[0])
    assert uncle["false_alarm_reason"] == subgroups.NO_CELLS["false_alarm"]
    assert "uncle" not in set(found.gaps["most"])


def test_weights_count_as_repeated_rows_and_nought_as_not_judged():
    truth = np.array([[1], [1], [0], [1]], dtype=np.int8)
    said = np.array([[1], [0], [0], [0]], dtype=np.int8)
    weight = np.array([[1.0], [3.0], [1.0], [0.0]])
    found = subgroups.by_attribute(
        truth, said, ["c"], np.arange(4), [None, "", None, "a"], attribute="r", weight=weight
    )
    row = found.table[found.table["code"] == "c"].iloc[0]
    assert (row["subgroup"], row["miss"], row["n"]) == (subgroups.NOT_STATED, 0.75, 3)
    assert len(found.table) == 2
