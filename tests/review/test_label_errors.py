"""Planted errors are found among the first suspects, of both kinds; what nobody judged is not suspected."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qualcode import codebook as codebooks
from qualcode.coding import NOT_JUDGED
from qualcode.corpus import Segment
from qualcode.review.label_errors import suspects
from qualcode.taggers.learner import Learner
from qualcode.taggers.training import Training

COMMENTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhs_fft" / "data.csv"


def _planted(truth: np.ndarray, chance: np.random.Generator, share: float) -> np.ndarray:
    """Labels in which this share of the presents is taken away, and as many are put in elsewhere."""
    label = truth.astype(np.int8)
    for state in (1, 0):
        cells = np.argwhere(truth == state)
        count = max(1, int(share * truth.sum()))
        label[tuple(cells[chance.choice(len(cells), count, replace=False)].T)] = 1 - state
    return label


def test_planted_errors_of_both_kinds_come_first() -> None:
    chance = np.random.default_rng(2)
    truth = chance.random((800, 2)) < np.array([0.1, 0.3])
    probability = np.clip(0.1 + 0.7 * truth + chance.normal(0, 0.1, truth.shape), 0.01, 0.99)
    label = _planted(truth, chance, 0.1)
    wrong = {(int(row), int(column)) for row, column in np.argwhere(label != truth)}
    found = suspects(label, probability)
    right = sum((one.row, one.column) in wrong for one in found[:40])
    assert right >= 36
    assert {one.missed for one in found[:2]} == {True, False}
    assert all(label[one.row, one.column] == (0 if one.missed else 1) for one in found)


def test_what_was_not_judged_or_has_no_probability_is_not_suspected() -> None:
    label = np.array([[1, 1], [0, 0], [0, NOT_JUDGED], [1, 1]] * 5, dtype=np.int8)
    probability = np.tile(np.array([[0.1, 0.9], [0.2, 0.9], [0.9, 0.9], [0.9, np.nan]]), (5, 1))
    found = {(one.row % 4, one.column, one.missed) for one in suspects(label, probability)}
    assert found == {(0, 0, False), (2, 0, True), (1, 1, True)}


@pytest.mark.parametrize("state", [0, 1, NOT_JUDGED])
def test_a_code_with_one_kind_of_judgement_is_not_doubted(state: int) -> None:
    assert suspects(np.full((9, 1), state, dtype=np.int8), np.linspace(0, 1, 9)[:, None]) == []


@pytest.mark.real
@pytest.mark.skipif(not COMMENTS.is_file(), reason="the public data are not beside the checkout")
def test_errors_planted_in_a_public_survey_are_found_far_more_often_than_by_chance() -> None:
    frame = pd.read_csv(COMMENTS)
    frame = frame[(frame["split"] == "train") & frame["text"].notna()].iloc[:2000].reset_index(drop=True)
    columns = [name for name in frame.columns[9:] if not re.match("Not assigned|Labelling", name)]
    truth = frame[columns].apply(pd.to_numeric, errors="coerce").fillna(0).to_numpy() > 0
    truth = truth[:, np.argsort(-truth.sum(axis=0))[:8]]
    chance = np.random.default_rng(1)
    label = _planted(truth, chance, 0.05)
    segments = tuple(
        Segment(f"s_{n}", f"t_{n}", 0, len(text), "response", text) for n, text in enumerate(frame["text"])
    )
    judged = Training(segments, tuple("abcdefgh"), label, np.zeros(label.shape))
    learner = Learner(codebooks.from_labels(list("abcdefgh"), codebook_id="survey", title="Survey"), None).fit(judged)
    first = suspects(label, learner.out_of_fold)[:50]
    planted = label != truth
    right = sum(planted[one.row, one.column] for one in first) / len(first)
    assert right > 0.3
    assert right > 20 * planted.mean()
