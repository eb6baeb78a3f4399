"""Each word is earned by what it says, and by nothing less."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from qualcode.taggers import calibration, trust
from qualcode.taggers.thresholds import Aim


def _judged(n: int, prevalence: float, apart: float, seed: int = 1, passages: int = 1):
    chance = np.random.default_rng(seed)
    truth = (chance.random(n) < prevalence).astype(np.int8)
    raw = chance.normal(apart * truth, 1)
    calibrator = calibration.fit(raw, truth, np.ones(n))
    score = np.full(n, np.nan) if calibrator is None else calibrator(raw)
    return score, truth, np.ones(n), np.arange(n) // passages


def _trust(rows, **options):
    return trust.trust("burden", *rows, aim=options.pop("aim", Aim("f1")), alpha=0.1, seed=1, **options)


def test_a_good_code_with_many_judgements_may_be_automated():
    found = _trust(_judged(2000, 0.15, 5.0))
    assert found.word == trust.AUTOMATE
    assert min(found.precision.low, found.recall.low) >= 0.8
    assert found.needed == 0
    assert found.sentence.startswith("burden: automate (provisional). On 2,000 passages judged blind")
    assert "more" not in found.sentence


def test_the_same_code_with_few_judgements_may_not_and_the_number_is_said():
    found = _trust(_judged(150, 0.15, 5.0))
    assert found.word == trust.ASSIST
    assert found.needed
    more = _trust(_judged(150 + 2 * found.needed, 0.15, 5.0, seed=2))
    assert more.word == trust.AUTOMATE
    assert found.sentence.endswith("more would settle it.")


def test_a_useful_ranking_assists_where_the_bounds_are_out_of_reach():
    found = _trust(_judged(3000, 0.1, 2.0))
    assert found.word == trust.ASSIST
    assert max(found.precision.low, found.recall.low) < 0.8
    assert found.needed == 0


def test_scores_without_signal_are_not_automatable():
    found = _trust(_judged(3000, 0.1, 0.2))
    assert found.word == trust.NOT_AUTOMATABLE
    assert found.kappa.point < 0.2


def test_a_rare_code_has_insufficient_evidence_and_the_number_follows_its_prevalence():
    rare, rarer = (
        _trust((np.linspace(0.9, 0.01, n), (np.arange(n) < 6).astype(int), np.ones(n), np.arange(n)))
        for n in (400, 1000)
    )
    assert {rare.word, rarer.word} == {trust.INSUFFICIENT}
    assert rare.present == rarer.present == 6
    assert (rare.needed, rarer.needed) == (247, 616)
    assert "(about 250 more needed)" in rare.sentence
    assert "provisional" not in rare.sentence


def test_many_passages_of_few_people_are_few():
    rows = _judged(2000, 0.15, 5.0)
    found = _trust((*rows[:3], np.arange(2000) % 6))
    assert found.word == trust.INSUFFICIENT
    assert not found.miss_guaranteed
    assert found.low == -math.inf
    assert found.needs_present == 3


def test_without_scores_only_the_judgements_are_told():
    truth = np.array([1, 0, 0, 0, -1])
    found = _trust((np.full(5, np.nan), truth, np.ones(5), np.arange(5)))
    assert (found.word, found.judged, found.present) == (trust.INSUFFICIENT, 4, 1)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert found.sentence == (
        "burden: insufficient evidence (about 30 more needed). It was judged blind on 4 passages and found on 1."
    )
    nothing = _trust((np.array([]), np.array([]), np.array([]), np.array([])))
    assert (nothing.judged, nothing.word) == (0, trust.INSUFFICIENT)


@pytest.mark.parametrize("prevalence", [0.0, 1.0])
def test_a_code_of_one_class_is_not_judged_by_it(prevalence: float) -> None:
    n = 300
    found = _trust((np.full(n, 0.5), np.full(n, int(prevalence)), np.ones(n), np.arange(n)))
    assert found.word == trust.INSUFFICIENT
    assert math.isnan(found.brier_skill)
    assert found.low <= found.threshold <= found.high


@pytest.mark.parametrize("aim", ["f1", "recall>=.9", "precision>=.8"])
@pytest.mark.parametrize("apart", [0.2, 2.0, 5.0])
def test_the_band_lies_about_the_threshold_and_the_record_is_made_again(aim: str, apart: float) -> None:
    found = _trust(_judged(800, 0.2, apart), aim=Aim.parse(aim))
    assert found.low <= found.threshold <= found.high
    state = json.dumps(found.to_state(), allow_nan=False)
    again = trust.CodeTrust.from_state(json.loads(state))
    assert json.dumps(again.to_state(), allow_nan=False) == state
    assert repr(again) == repr(found)


def test_what_may_not_estimate_changes_nothing_and_twice_is_once():
    score, truth, weight, group = _judged(600, 0.2, 3.0)
    found = _trust((score, truth, weight, group))
    asked = (
        np.r_[score, score[:200]],
        np.r_[truth, 1 - truth[:200]],
        np.r_[weight, np.zeros(200)],
        np.r_[group, group[:200]],
    )
    assert repr(_trust(asked)) == repr(found)
    assert repr(_trust((score, truth, weight, group))) == repr(found)


def test_a_threshold_does_not_praise_itself():
    # Noise alone: a threshold that seems half right on the rows that it was chosen on is not so on others.
    chance, ours, fresh, same = np.random.default_rng(4), [], [], []
    for _ in range(60):
        score, truth = chance.random((2, 60)), (chance.random((2, 60)) < 0.3).astype(int)
        found = _trust((score[0], truth[0], np.ones(60), np.arange(60)), aim=Aim("precision", 0.5))
        ours.append(found.precision.point)
        for means, part in ((same, 0), (fresh, 1)):
            kept = score[part] >= found.threshold
            means.append(truth[part][kept].mean() if kept.any() else math.nan)
    assert np.nanmean(same) > 0.5
    assert np.nanmean(ours) <= np.nanmean(fresh) + 0.02


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "none of its proposals is wrong"),
        (0.03, "3 in 100 of its proposals are wrong"),
        (0.01, "1 in 100 of its proposals is wrong"),
        (0.12, "1 in 10 of its proposals is wrong"),
        (0.31, "3 in 10 of its proposals are wrong"),
        (1.0, "all of its proposals are wrong"),
    ],
)
def test_shares_are_said_as_people_say_them(share: float, said: str) -> None:
    assert trust._wrong(share) == said


def test_the_threshold_of_few_leans_on_the_pooled_one():
    rows = _judged(60, 0.1, 3.0, seed=5)
    assert _trust(rows, shrink_to=0.9).threshold > _trust(rows).threshold
