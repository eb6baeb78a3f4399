"""Measures against judgements: hand-worked tables, scikit-learn as the oracle, weights as repeated rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from qualcode.analysis import resampling, scoring

CODE = ["c"]


def column(values) -> np.ndarray:
    return np.array(values)[:, None]


def scored(truth, said, group=None, **given):
    truth = column(truth).astype(np.int8)
    group = np.arange(len(truth)) if group is None else np.array(group)
    extra = {name: column(values).astype(float) for name, values in given.items() if name != "repetitions"}
    repetitions = given.get("repetitions", 200)
    return scoring.by_code(truth, column(said).astype(np.int8), CODE, group, repetitions=repetitions, **extra)


def invented(n: int = 400, seed: int = 0):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    truth = (rng.random(n) < p).astype(np.int8)
    score = np.clip(p + rng.normal(0, 0.1, n), 0.01, 0.99)
    return truth, (score >= 0.4).astype(np.int8), score, rng.integers(0, 60, n)


def test_the_worked_example_of_a_thousand_passages():
    # methods of prevalence: TP 45, FP 15, FN 12, TN 128; precision .750, recall .789, F1 .769, kappa .674
    truth = [1] * 45 + [0] * 15 + [1] * 12 + [0] * 128
    said = [1] * 60 + [0] * 140
    found = scored(truth, said)
    rounded = {m: round(found.value("c", m), 3) for m in scoring.DECIDED}
    assert rounded == {"precision": 0.75, "recall": 0.789, "f1": 0.769, "kappa": 0.674}
    overall = found.overall.set_index("measure")["value"]
    assert overall["micro_f1"] == pytest.approx(found.value("c", "f1"))
    assert overall["macro_f1"] == pytest.approx(found.value("c", "f1"))


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_gives_the_same(seed):
    truth, said, score, group = invented(seed=seed)
    weight = np.random.default_rng(seed + 100).uniform(0.5, 4, len(truth))
    found = scored(truth, said, group, score=score, weight=weight)
    oracle = {
        "precision": metrics.precision_score(truth, said, sample_weight=weight),
        "recall": metrics.recall_score(truth, said, sample_weight=weight),
        "f1": metrics.f1_score(truth, said, sample_weight=weight),
        "kappa": metrics.cohen_kappa_score(truth, said, sample_weight=weight),
        "ap": metrics.average_precision_score(truth, score, sample_weight=weight),
        "brier": metrics.brier_score_loss(truth, score, sample_weight=weight),
    }
    base = np.full(len(truth), np.average(truth, weights=weight))
    oracle["brier_skill"] = 1 - oracle["brier"] / metrics.brier_score_loss(truth, base, sample_weight=weight)
    for measure, expected in oracle.items():
        assert found.value("c", measure) == pytest.approx(expected, abs=1e-9), measure
    logit = np.log(score / (1 - score))
    # No penalty at all would need another option in each version of the library.
    model = LogisticRegression(C=1e12, tol=1e-12, max_iter=10_000).fit(column(logit), truth, sample_weight=weight)
    assert found.value("c", "slope") == pytest.approx(model.coef_[0, 0], abs=1e-4)
    assert found.value("c", "intercept") == pytest.approx(model.intercept_[0], abs=1e-4)


def test_many_codes_are_averaged_as_scikit_learn_does():
    rng = np.random.default_rng(3)
    truth = (rng.random((300, 6)) < [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]).astype(np.int8)
    said = np.where(rng.random(truth.shape) < 0.2, 1 - truth, truth).astype(np.int8)
    found = scoring.by_code(truth, said, list("abcdef"), np.arange(300), repetitions=100)
    overall = found.overall.set_index("measure")
    assert overall.loc["micro_f1", "value"] == pytest.approx(metrics.f1_score(truth, said, average="micro"), abs=1e-9)
    assert overall.loc["macro_f1", "value"] == pytest.approx(metrics.f1_score(truth, said, average="macro"), abs=1e-9)
    kappas = [metrics.cohen_kappa_score(truth[:, k], said[:, k]) for k in range(6)]
    assert overall.loc["mean_kappa", "value"] == pytest.approx(np.mean(kappas), abs=1e-9)
    assert overall.loc["micro_f1", "low"] < overall.loc["micro_f1", "value"] < overall.loc["micro_f1", "high"]


def test_equal_strengths_are_taken_together():
    truth, strength = [1, 0, 1, 0, 1, 0, 0, 0], [3, 3, 2, 2, 2, 1, 1, 0]
    found = scored(truth, [0] * 8, raw_score=strength)
    # one third of the present at precision 1/2, two thirds at 3/5
    assert found.value("c", "ap") == pytest.approx(1 / 3 * 1 / 2 + 2 / 3 * 3 / 5)
    assert found.value("c", "ap") == pytest.approx(metrics.average_precision_score(truth, strength))


def test_calibration_error_worked_by_hand():
    # Ten scores of .1 with two present, ten of .8 with six present: half of |.2 - .1| and half of |.6 - .8|.
    truth = [1] * 2 + [0] * 8 + [1] * 6 + [0] * 4
    found = scored(truth, [0] * 20, score=[0.1] * 10 + [0.8] * 10)
    assert found.value("c", "ece") == pytest.approx(0.15)
    slope = (np.log(6 / 4) - np.log(2 / 8)) / (np.log(0.8 / 0.2) - np.log(0.1 / 0.9))
    assert found.value("c", "slope") == pytest.approx(slope)
    assert found.value("c", "intercept") == pytest.approx(np.log(6 / 4) - slope * np.log(4))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(-1, 1), st.integers(1, 9), st.integers(1, 4)), min_size=4, max_size=25
    )
)
def test_a_weight_is_a_row_repeated(rows):
    truth, said, tenths, weight = (list(part) for part in zip(*rows, strict=True))
    score = [t / 10 for t in tenths]
    weighted = scored(truth, said, score=score, weight=weight, repetitions=5).table
    again = [row for row in zip(truth, said, score, weight, strict=True) for _ in range(row[3])]
    repeated = scored(*zip(*[row[:2] for row in again], strict=True), score=[row[2] for row in again], repetitions=5)
    np.testing.assert_allclose(weighted["value"], repeated.table["value"], rtol=1e-7, atol=1e-9)


def test_samples_are_those_that_a_loop_over_groups_would_give():
    truth, said, score, group = invented(120, seed=4)
    drawn = resampling.times(60, 30, 1)
    number, groups = resampling.numbered(group)
    values = scoring.average_precision(
        truth.astype(float), score, np.ones(120), number, resampling.times(groups, 30, 1)
    )
    kappas = scored(truth, said, group, score=score, repetitions=30)
    assert drawn.shape == (60, 31)
    for sample in range(1, 31):
        often = resampling.times(groups, 30, 1)[:, sample].astype(int)
        rows = np.repeat(np.arange(120), often[number])
        assert values[sample] == pytest.approx(metrics.average_precision_score(truth[rows], score[rows]), abs=1e-9)
        expected = metrics.f1_score(truth[rows], said[rows])
        assert kappas.drawn["micro_f1"][sample] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("truth", "said", "measure", "reason"),
    [
        ([0, 0, 0, 0], [0, 1, 0, 0], "recall", scoring.NO_POSITIVES),
        ([0, 0, 0, 0], [0, 1, 0, 0], "f1", scoring.NO_POSITIVES),
        ([0, 0, 0, 0], [0, 0, 0, 0], "kappa", scoring.NO_POSITIVES),
        ([1, 1, 1, 1], [1, 1, 1, 1], "kappa", scoring.NO_NEGATIVES),
        ([1, 1, 1, 1], [1, 1, 1, 1], "precision", scoring.NO_NEGATIVES),
        ([1, 0, 0, 0], [0, 0, 0, 0], "precision", scoring.NOTHING_PROPOSED),
        ([-1, -1, -1, -1], [1, 0, 0, 0], "f1", scoring.NO_JUDGEMENT),
        ([1, 0, 1, 0], [1, 0, 1, 0], "brier", scoring.NO_SCORE),
        ([1, 0, 1, 0], [1, 0, 1, 0], "ap", scoring.NO_STRENGTH),
    ],
)
def test_what_cannot_be_estimated_is_told_and_is_no_number(truth, said, measure, reason):
    found = scored(truth, said)
    row = found.table.set_index("measure").loc[measure]
    assert np.isnan(row["value"])
    assert row["reason"] == reason
    assert reason in found.to_frame().loc[0, "reason"]


def test_scores_that_part_the_two_wholly_have_no_slope():
    found = scored([0] * 5 + [1] * 5, [0] * 5 + [1] * 5, score=np.linspace(0.05, 0.95, 10))
    assert np.isnan(found.value("c", "slope"))
    assert found.value("c", "brier") == pytest.approx(np.mean(np.linspace(0.05, 0.45, 5) ** 2))


def test_scores_far_off_still_have_a_slope():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.3, 0.7, 2000)
    truth = (rng.random(2000) < p).astype(int)
    logit = 40 * np.log(p / (1 - p)) + 6
    assert scored(truth, truth, score=1 / (1 + np.exp(-np.clip(logit, -13, 13)))).value("c", "slope") < 0.3


def test_an_abstention_is_not_found_and_is_counted():
    found = scored([1, 1, 0, 0], [1, -1, 0, -1])
    assert found.value("c", "recall") == 0.5
    assert found.counts.loc[0, ["n", "proposed", "abstained"]].tolist() == [4, 1, 2]


def test_cells_of_no_weight_are_as_if_they_were_not_judged():
    weighted = scored([1, 0, 1, 0, 1], [1, 1, 0, 0, 1], weight=[1, 1, 1, 1, 0])
    assert weighted.counts.loc[0, ["n", "positives", "proposed"]].tolist() == [4, 2, 2]
    assert weighted.value("c", "precision") == 0.5


def test_one_person_gives_no_interval():
    truth, said, score, _ = invented(100)
    row = scored(truth, said, np.zeros(100), score=score).table.set_index("measure").loc["f1"]
    assert np.isnan(row["low"])
    assert row["reason"] == resampling.TOO_FEW_GROUPS


def test_three_hits_of_three_are_not_certain():
    found = scored([1, 1, 1, 0, 0, 0] * 3, [1, 1, 1, 0, 0, 0] * 3, repetitions=500).table.set_index("measure")
    assert found.loc["recall", "value"] == 1
    assert found.loc["recall", "low"] == pytest.approx(resampling.wilson(1, 9)[0])
    assert np.isnan(found.loc["kappa", "low"])
    assert found.loc["kappa", "reason"] == resampling.NO_SPREAD


def test_people_and_not_segments_make_the_interval():
    truth, said, score, _ = invented(400, seed=2)
    order = np.argsort(score)
    alone = scored(truth[order], said[order], np.arange(400), score=score[order]).table.set_index("measure")
    people = scored(truth[order], said[order], np.arange(400) // 20, score=score[order]).table.set_index("measure")
    width = [table.loc["brier", "high"] - table.loc["brier", "low"] for table in (alone, people)]
    assert width[1] > 1.5 * width[0]


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Forty people of ten segments each, prevalence and recall differing by person."""
    held = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        person = np.repeat(np.arange(40), 10)
        truth = (rng.random(400) < np.repeat(rng.uniform(0.2, 0.4, 40), 10)).astype(int)
        recall = np.repeat(rng.uniform(0.5, 0.9, 40), 10)
        said = np.where(truth == 1, rng.random(400) < recall, rng.random(400) < 0.1).astype(int)
        row = scored(truth, said, person).table.set_index("measure").loc["recall"]
        held += row["low"] <= 0.7 <= row["high"]
    assert held >= 106  # 95 % less three standard errors


def test_two_coders_are_compared_in_the_same_samples():
    truth, said, _, group = invented(400, seed=5)
    worse = np.where(np.arange(400) % 3 == 0, 1 - said, said)
    one, other = scored(truth, said, group), scored(truth, worse, group)
    apart, low, high = scoring.difference(one, other, "micro_f1")
    values = [s.overall.set_index("measure").loc["micro_f1"] for s in (one, other)]
    assert apart == pytest.approx(values[0]["value"] - values[1]["value"])
    assert low < apart < high
    assert high - low < (values[0]["high"] - values[1]["low"]) - (values[0]["low"] - values[1]["high"])
    with pytest.raises(ValueError, match="resampled alike"):
        scoring.difference(one, scored(truth, worse, group, repetitions=50), "micro_f1")


def test_the_same_seed_gives_the_same_and_words_are_plain():
    truth, said, score, group = invented()
    first, again = (scored(truth, said, group, score=score) for _ in range(2))
    pd.testing.assert_frame_equal(first.to_frame(), again.to_frame())
    assert first.summary()[0].startswith("c: F1 0.")
    assert "people" in first.summary()[0]
    assert "not estimable" in scored([0, 0], [0, 0]).summary()[0]


def test_nothing_at_all_is_no_error():
    empty = scoring.by_code(np.zeros((0, 1), np.int8), np.zeros((0, 1), np.int8), CODE, np.zeros(0), repetitions=10)
    assert empty.overall["value"].isna().all()
    assert set(empty.table["reason"]) == {scoring.NO_JUDGEMENT}


def test_average_precision_is_that_of_scikit_learn_also_with_ties_and_weights() -> None:
    chance = np.random.default_rng(5)
    for _ in range(20):
        present = chance.random(50) < 0.3
        strength = chance.integers(0, 9, 50) / 9
        weight = chance.random((3, 50))
        expected = [metrics.average_precision_score(present, strength, sample_weight=row) for row in weight]
        found = scoring.average_precision(present * 1.0, strength, np.ones(50), np.arange(50), weight.T)
        assert found == pytest.approx(expected)
