"""The order of questions: rare codes found sooner, every code its turn, no text twice, people spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.review.asking import Candidates, order, worth


def _candidates(score: np.ndarray, **more) -> Candidates:
    rows, columns = score.shape
    made = Candidates(
        judged=np.zeros((rows, columns), dtype=bool),
        known=np.zeros(columns, dtype=np.int64),
        texts=np.arange(rows),
        people=np.arange(rows),
        score=score,
    )
    return replace(made, **more)


def test_presents_of_rare_codes_are_found_sooner_than_at_random() -> None:
    """Thirty projects of 600 passages: three codes of 2 to 10 %, scores that overlap, 60 questions in six rounds."""
    ours, random = [], []
    for seed in range(30):
        chance = np.random.default_rng(seed)
        truth = chance.random((600, 3)) < np.array([0.02, 0.04, 0.10])
        score = 1 / (1 + np.exp(-(2.0 * truth + chance.normal(0, 1, truth.shape) - 2.0)))
        made = _candidates(score)
        asked: list[int] = []
        for round_ in range(6):
            asked += [row for row, _ in order(made, count=10, whole=True, seed=round_)]
            judged = made.judged.copy()
            judged[asked] = True
            made = replace(made, judged=judged, known=truth[asked].sum(axis=0))
        assert len(set(asked)) == 60
        ours.append(truth[asked].sum(axis=0))
        random.append(truth[chance.choice(600, 60, replace=False)].sum(axis=0))
    found, by_chance = np.mean(ours, axis=0), np.mean(random, axis=0)
    assert (found > 2 * by_chance).all(), (found, by_chance)


def test_with_few_known_the_likeliest_are_asked_and_with_enough_those_near_the_threshold() -> None:
    score = np.linspace(0, 1, 101)[:, None]
    assert order(_candidates(score), count=1, whole=True, seed=1) == [(100, 0)]
    known = _candidates(score, known=np.array([50]), threshold=np.array([0.3]))
    assert {row for row, _ in order(known, count=3, whole=True, seed=1)} <= set(range(26, 36))
    assert 0 <= worth(known).min() <= worth(known).max() <= 1


def test_each_code_has_its_turn_and_those_with_fewest_known_come_first() -> None:
    score = np.random.default_rng(1).random((90, 3))
    made = _candidates(score, known=np.array([30, 0, 8]))
    found = order(made, count=9, whole=True, seed=1)
    assert [column for _, column in found[:3]] == [1, 2, 0]
    assert sorted(column for _, column in found) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_where_the_parts_differ_is_asked_before_where_they_agree() -> None:
    score = np.full((20, 1), 0.5)
    patterns = np.zeros((20, 1))
    model = np.zeros((20, 1))
    patterns[13] = 1.0
    made = _candidates(score, parts=(patterns, model), known=np.array([40]))
    assert order(made, count=1, whole=True, seed=2) == [(13, 0)]


def test_people_are_spread_where_no_vectors_are_known_and_directions_where_they_are() -> None:
    score = np.full((40, 1), 0.5)
    people = np.repeat(np.arange(4), 10)
    found = order(_candidates(score, people=people), count=4, whole=True, seed=1)
    assert sorted(people[row] for row, _ in found) == [0, 1, 2, 3]
    turned = np.eye(4)[people]
    made = _candidates(score, people=np.arange(40), vectors=turned)
    assert sorted(people[row] for row, _ in order(made, count=4, whole=True, seed=1)) == [0, 1, 2, 3]


def test_without_scores_there_is_an_order_all_the_same() -> None:
    made = replace(_candidates(np.zeros((12, 2))), score=None)
    assert len({row for row, _ in order(made, count=50, whole=True, seed=1)}) == 12
    assert order(made, count=5, whole=True, seed=1) == order(made, count=5, whole=True, seed=1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(1, 4), st.integers(1, 40), st.booleans(), st.integers(0, 99))
def test_nothing_is_asked_twice_or_that_was_judged_or_is_asked_at_random(rows, columns, count, whole, seed) -> None:
    chance = np.random.default_rng(seed)
    score = chance.random((rows, columns))
    score[chance.random(score.shape) < 0.2] = np.nan
    texts = chance.integers(0, 12, rows)
    apart = np.flatnonzero(chance.random(rows) < 0.2)
    made = _candidates(score, judged=chance.random((rows, columns)) < 0.3, texts=texts)
    found = order(made, count=count, whole=whole, apart=apart, seed=seed)
    assert len(found) <= count
    keys = [(texts[row],) if whole else (texts[row], column) for row, column in found]
    assert len(set(keys)) == len(keys)
    for row, column in found:
        assert not made.judged[texts == texts[row], column].any()
        assert texts[row] not in set(texts[apart])
