"""The promises on real survey comments: bands and thresholds of one part of the train split, kept on the other."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from qualcode.taggers import bands, calibration, thresholds, whole

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhs_fft" / "data.csv"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_file(), reason="the public data are not beside the checkout"),
]
CODES = [
    "Staff manner & personal attributes",
    "Staff listening, understanding & involving patients",
    "Contacting services",
    "Timeliness of care",
    "Appointment arrangements",
]


@pytest.fixture(scope="module")
def scored():
    """Out-of-fold scores of one half of the people, and fresh scores of the other."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    with DATA.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["split"] == "train"]
    group = np.unique([row["group"] for row in rows], return_inverse=True)[1]
    truth = np.array([[int(row[code]) for code in CODES] for row in rows], dtype=np.int8)
    texts = np.array([row["text"] for row in rows], dtype=object)

    def raw(train, test):
        words = TfidfVectorizer(sublinear_tf=True)
        seen, asked = words.fit_transform(texts[train]), words.transform(texts[test])
        models = [LogisticRegression(C=4, class_weight="balanced").fit(seen, column) for column in truth[train].T]
        return np.column_stack([model.decision_function(asked) for model in models])

    own = group % 2 == 0
    out_of_fold = np.zeros((own.sum(), len(CODES)))
    part = (group[own] // 2) % 3
    for fold in range(3):
        held = part == fold
        out_of_fold[held] = raw(np.flatnonzero(own)[~held], np.flatnonzero(own)[held])
    fresh = raw(np.flatnonzero(own), np.flatnonzero(~own))
    made = [calibration.fit(out_of_fold[:, k], truth[own][:, k], np.ones(own.sum())) for k in range(len(CODES))]
    assert all(made)
    return (
        np.column_stack([one(column) for one, column in zip(made, out_of_fold.T, strict=True)]),
        truth[own],
        group[own],
        np.column_stack([one(column) for one, column in zip(made, fresh.T, strict=True)]),
        truth[~own],
    )


def test_probabilities_are_the_shares_of_others(scored):
    *_, fresh, is_ = scored
    assert fresh.mean(axis=0) == pytest.approx(is_.mean(axis=0), abs=0.03)


@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_bands_keep_their_promise_to_others(scored, alpha):
    score, truth, group, fresh, is_ = scored
    missed, settled = [], 0.0
    for k in range(len(CODES)):
        found = bands.band(score[:, k], truth[:, k], np.ones(len(score)), group, alpha)
        assert found.miss_guaranteed
        missed.append((fresh[is_[:, k] == 1, k] < found.low).mean())
        settled += (fresh[:, k] < found.low).mean() / len(CODES)
    assert np.mean(missed) <= alpha + 0.02
    assert settled > 0.3


def test_segments_settled_whole_keep_their_promise_to_others(scored):
    score, truth, group, fresh, is_ = scored
    rule = whole.whole(score, truth, np.ones(truth.shape), 0.1, group=group)
    kept = rule(fresh)
    assert kept.mean() > 0.2
    assert ((fresh >= 0.5) != (is_ == 1)).any(axis=1)[kept].mean() <= 0.12


def test_recall_is_reached_on_others(scored):
    score, truth, _, fresh, is_ = scored
    ones = np.ones(len(score))
    aim = thresholds.Aim("recall", 0.8)
    cuts = [thresholds.choose(score[:, k], truth[:, k], ones, aim) for k in range(len(CODES))]
    reached = [(fresh[is_[:, k] == 1, k] >= cut).mean() for k, cut in enumerate(cuts)]
    assert np.mean(reached) >= 0.78
