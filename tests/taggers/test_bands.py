"""What a band and a rule promise holds on people that they never saw, with much or little in common."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qualcode.taggers import bands, whole


def _people(count: int, chance: np.random.Generator, *, alike: float, prevalence: float = 0.3):
    """Passages of `count` people, one to fifteen each; `alike` is the share of the variance that a person explains."""
    group = np.repeat(np.arange(count), chance.integers(1, 16, count))
    truth = (chance.random(len(group)) < prevalence).astype(int)
    own = chance.normal(0, math.sqrt(alike), count)[group]
    score = 1.5 * truth + own + chance.normal(0, math.sqrt(1 - alike), len(group))
    return 1 / (1 + np.exp(-score)), truth, np.ones(len(group)), group


def _by_person(hit, group) -> float:
    """Chance that a random passage of a random person is hit."""
    _, person = np.unique(group, return_inverse=True)
    return float((np.bincount(person, hit) / np.bincount(person)).mean())


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("alpha", [0.1, 0.2])
def test_what_is_present_is_seldom_settled_absent(alike: float, alpha: float) -> None:
    chance, missed, alarmed = np.random.default_rng(1), [], []
    for _ in range(150):
        found = bands.band(*_people(25, chance, alike=alike), alpha)
        assert found.miss_guaranteed
        score, truth, _, group = _people(200, chance, alike=alike)
        present, absent = truth == 1, truth == 0
        missed.append(_by_person(score[present] < found.low, group[present]))
        alarmed.append(_by_person(score[absent] >= found.high, group[absent]))
    assert 0.02 < np.mean(missed) <= alpha + 0.012
    assert np.mean(alarmed) <= alpha + 0.012


def test_a_quantile_of_passages_alone_would_break_its_promise():
    chance, ours, theirs = np.random.default_rng(2), [], []
    for _ in range(300):
        score, truth, weight, group = _people(10, chance, alike=0.95, prevalence=0.9)
        low = bands.band(score, truth, weight, group, 0.1).low
        single = bands.band(score, truth, weight, np.arange(len(score)), 0.1).low
        fresh, is_, _, people = _people(200, chance, alike=0.95, prevalence=0.9)
        present = is_ == 1
        ours.append(_by_person(fresh[present] < low, people[present]))
        theirs.append(_by_person(fresh[present] < single, people[present]))
    assert np.mean(ours) <= 0.11
    assert np.mean(theirs) > 0.12


def test_too_few_people_settle_nothing_and_the_number_is_said():
    score, truth, weight = np.linspace(0.1, 0.9, 60), np.r_[np.zeros(30), np.ones(30)].astype(int), np.ones(60)
    found = bands.band(score, truth, weight, np.repeat(np.arange(10), 6), 0.1)
    assert (found.low, found.miss_guaranteed, found.needs_present) == (-math.inf, False, 4)
    assert (found.high, found.alarm_guaranteed, found.needs_absent) == (math.inf, False, 4)
    nothing = bands.band(score, np.full(60, -1), weight, np.arange(60), 0.1)
    assert (nothing.low, nothing.high, nothing.needs_present, nothing.needs_absent) == (-math.inf, math.inf, 9, 9)


def test_the_rank_is_that_of_n_plus_one():
    score, truth = np.arange(1, 20) / 20, np.ones(19, dtype=int)
    weight, group = np.ones(19), np.arange(19)
    assert bands.band(score, truth, weight, group, 0.05).low == score[0]
    assert bands.band(score, truth, weight, group, 0.1).low == score[1]
    assert bands.band(score[:18], truth[:18], weight[:18], group[:18], 0.05).low == -math.inf


def test_weights_are_those_of_the_population():
    chance, missed = np.random.default_rng(3), []
    for _ in range(200):
        truth = np.ones(400, dtype=int)
        score = chance.random(400)
        kept = np.where(score > 0.4, 0.8, 0.2)
        drawn = chance.random(400) < kept
        found = bands.band(score[drawn], truth[drawn], 1 / kept[drawn], np.flatnonzero(drawn), 0.2)
        missed.append(found.low)
    # Scores are uniform, so the share below `low` is `low` itself.
    assert 0.13 < np.mean(missed) <= 0.21


def test_what_is_settled_present_is_seldom_wrong_however_rare_the_code():
    chance, wrong, settled = np.random.default_rng(4), [], 0
    for _ in range(120):
        truth = (chance.random(3000) < 0.08).astype(int)
        score = 1 / (1 + np.exp(-chance.normal(3.5 * truth - 2, 1)))
        half = np.arange(3000) < 1500
        found = bands.band(score[half], truth[half], np.ones(1500), np.arange(1500), 0.1)
        kept = score[~half] >= found.high
        settled += found.alarm_guaranteed
        if kept.sum() > 20:
            wrong.append((truth[~half][kept] == 0).mean())
    assert settled > 60
    assert np.mean(wrong) <= 0.1
    assert np.mean(np.array(wrong) > 0.1) <= 0.2


@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_the_share_settled_wrongly_is_kept_with_the_confidence_stated(alike: float) -> None:
    chance, broken, reached = np.random.default_rng(5), [], []
    for _ in range(200):
        group = np.repeat(np.arange(250), 4)
        own = chance.random(250)[group]
        sure = chance.random(1000)
        # An error is the likelier the less sure; with alike people, one person's errors come together.
        wrong = np.where(chance.random(1000) < alike, own, chance.random(1000)) < 0.25 * (1 - sure)
        cut = bands.settle(sure, wrong, np.ones(1000), group, 0.1)
        reached.append(math.isfinite(cut))
        broken.append(math.isfinite(cut) and 0.25 * (1 - cut) / 2 > 0.1)
    assert np.mean(reached) > 0.9
    assert np.mean(broken) <= 0.1 + 0.04


def test_settling_needs_as_many_as_it_says():
    score, group = np.linspace(0, 1, 72), np.arange(72)
    right = np.zeros(72, dtype=bool)
    assert bands.settle(score, right, np.ones(72), group, 0.05) == 0
    assert bands.settle(score[:71], right[:71], np.ones(71), group[:71], 0.05) == math.inf
    assert bands.settle(score, right, np.ones(72), group // 4, 0.05) == math.inf


def _coded(n: int, chance: np.random.Generator, noise: float):
    odds = np.where(chance.random((n, 6)) < 0.2, 5.0, -6.0) + chance.normal(0, noise, (n, 6))
    share = 1 / (1 + np.exp(-odds))
    return share, (chance.random((n, 6)) < share).astype(int)


def test_segments_settled_whole_are_seldom_wrong_in_any_code():
    chance = np.random.default_rng(6)
    broken, shares = [], []
    fresh, is_ = _coded(20000, chance, 2.0)
    for _ in range(100):
        score, truth = _coded(1500, chance, 2.0)
        rule = whole.whole(score, truth, np.ones(truth.shape), 0.05)
        kept = rule(fresh)
        shares.append(kept.mean())
        wrong = ((fresh >= 0.5) != (is_ == 1)).any(axis=1)
        broken.append(kept.any() and wrong[kept].mean() > 0.05)
    assert np.mean(shares) > 0.1
    assert np.mean(broken) <= 0.12


def test_a_code_without_probabilities_leaves_every_segment_to_a_person():
    score, truth = _coded(1500, np.random.default_rng(7), 0.5)
    assert whole.whole(score, truth, np.ones(truth.shape), 0.1).share > 0.2
    score[:, 2] = np.nan
    rule = whole.whole(score, truth, np.ones(truth.shape), 0.1)
    assert (rule.cut, rule.judged, rule.share) == (math.inf, 0, 0)
    assert not rule(score).any()


def test_only_segments_judged_on_all_codes_count():
    score, truth = _coded(1000, np.random.default_rng(8), 0.5)
    truth[::2, 3] = -1
    weight = np.ones(truth.shape)
    weight[1::4, 0] = 0
    rule = whole.whole(score, truth, weight, 0.1)
    assert rule.judged == 250
    assert whole.Whole.from_state(rule.to_state()) == rule
