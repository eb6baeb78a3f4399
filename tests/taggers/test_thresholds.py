"""Thresholds keep to their aim on passages that they were not chosen on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import QualcodeError
from qualcode.taggers import thresholds
from qualcode.taggers.thresholds import Aim


def _drawn(n: int, chance: np.random.Generator, prevalence: float = 0.2):
    truth = (chance.random(n) < prevalence).astype(int)
    strength = chance.normal(2.2 * truth, 1)
    odds = 2.2 * strength - 2.2**2 / 2 + np.log(prevalence / (1 - prevalence))
    return 1 / (1 + np.exp(-odds)), truth, np.ones(n)


@pytest.mark.parametrize(
    ("text", "aim"),
    [("f1", Aim("f1")), ("recall>=.9", Aim("recall", 0.9)), (" Precision >= 0.8", Aim("precision", 0.8))],
)
def test_aims_are_read_and_written(text: str, aim: Aim) -> None:
    assert Aim.parse(text) == aim
    assert Aim.parse(str(aim)) == aim


@pytest.mark.parametrize("text", ["", "f2", "recall", "recall>=90", "recall>=.0", "recall<=.9", "precision>=80%"])
def test_what_is_no_aim_is_refused(text: str) -> None:
    with pytest.raises(QualcodeError, match="expected f1"):
        Aim.parse(text)


def test_f1_is_the_best_that_the_scores_expect():
    score, truth, weight = _drawn(300, np.random.default_rng(1))
    own = thresholds.choose(score, truth, weight, Aim("f1"))

    def expected(cut: float) -> float:
        kept = score >= cut
        return float(2 * score[kept].sum() / (score.sum() + kept.sum()))

    assert expected(own) == pytest.approx(max(expected(cut) for cut in score))
    # Lipton, Elkan and Naryanaswamy (2014): the best cut is half the best F1.
    assert own == pytest.approx(expected(own) / 2, abs=0.02)


def test_a_code_without_signal_is_not_proposed_everywhere():
    score, truth, weight = np.full(500, 0.01), (np.arange(500) < 5).astype(int), np.ones(500)
    assert thresholds.choose(score, truth, weight, Aim("f1")) <= 0.01
    assert thresholds.choose(score, truth, weight, Aim("f1"), shrink_to=0.3) > 0.01


def test_few_positives_lean_on_the_pooled_threshold_and_many_do_not():
    chance = np.random.default_rng(2)
    for n, most in ((20, 0.25), (20000, 0.01)):
        score, truth, weight = _drawn(n, chance)
        own = thresholds.choose(score, truth, weight, Aim("f1"))
        moved = thresholds.choose(score, truth, weight, Aim("f1"), shrink_to=0.9)
        assert own < moved <= own + most + 0.2 * (n == 20)


@pytest.mark.parametrize("positives", [20, 60])
def test_recall_holds_on_average_for_new_passages(positives: int) -> None:
    chance, reached = np.random.default_rng(3), []
    fresh, is_, _ = _drawn(20000, chance)
    for _ in range(150):
        score, truth, weight = _drawn(positives * 5, chance)
        cut = thresholds.choose(score, truth, weight, Aim("recall", 0.8))
        reached.append((fresh[is_ == 1] >= cut).mean())
    assert 0.79 < np.mean(reached) < 0.88


def test_too_few_for_a_recall_propose_everything_and_a_precision_out_of_reach_nothing():
    score, truth, weight = np.array([0.9, 0.8, 0.2, 0.1]), np.array([1, 1, 0, 0]), np.ones(4)
    assert thresholds.choose(score, truth, weight, Aim("recall", 0.9)) == thresholds.EVERYTHING
    assert thresholds.choose(score, truth, weight, Aim("precision", 0.9)) == thresholds.NOTHING
    assert thresholds.choose(score, np.full(4, -1), weight, Aim("f1")) == thresholds.NOTHING


def test_precision_holds_on_new_passages():
    chance, reached = np.random.default_rng(4), []
    fresh, is_, _ = _drawn(20000, chance)
    for _ in range(100):
        score, truth, weight = _drawn(1000, chance)
        cut = thresholds.choose(score, truth, weight, Aim("precision", 0.8))
        reached.append(is_[fresh >= cut].mean())
    assert np.mean(reached) > 0.79


def test_pooled_leaves_out_what_is_not_judged_and_not_calibrated():
    score, truth, weight = _drawn(400, np.random.default_rng(5))
    wide = np.column_stack([score, np.full(400, np.nan), 1 - score])
    labels = np.column_stack([truth, truth, np.full(400, -1)])
    found = thresholds.pooled(wide, labels, np.ones((400, 3)))
    assert found == thresholds.choose(score, truth, weight, Aim("f1"))
    assert thresholds.pooled(wide[:, 1:2], labels[:, :1], np.ones((400, 1))) is None


@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.integers(0, 1), st.integers(1, 9)), min_size=1, max_size=40))
def test_a_weight_is_as_many_rows(rows) -> None:
    score, truth, weight = (np.array(column) for column in zip(*rows, strict=True))
    once = thresholds.choose(score, truth, weight.astype(float), Aim("f1"))
    many = thresholds.choose(np.repeat(score, weight), np.repeat(truth, weight), np.ones(weight.sum()), Aim("f1"))
    assert once == pytest.approx(many)
