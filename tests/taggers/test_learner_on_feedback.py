"""The learner on public patient feedback beside the checkout; its training part only, the test part stays unseen."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from qualcode.codebook import Code, Codebook
from qualcode.coding import PRESENT
from qualcode.corpus import Segment
from qualcode.taggers.learner import Learner
from qualcode.taggers.training import Training

FEEDBACK = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhs_fft" / "data.csv"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDBACK.is_file(), reason="the public feedback is not beside the checkout"),
]
CODES = ("Staff manner & personal attributes", "Timeliness of care", "Positive experience & gratitude")


@pytest.fixture(scope="module")
def feedback() -> Training:
    with FEEDBACK.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "train"][:1200]
    label = np.array([[int(row[code]) for code in CODES] for row in rows], dtype=np.int8)
    segments = tuple(
        Segment(
            f"s{n}", f"t{n}", 0, len(row["text"]), "response", row["text"], row["question"], "unknown", row["group"]
        )
        for n, row in enumerate(rows)
    )
    return Training(segments, CODES, label, np.ones(label.shape))


def test_scores_out_of_fold_are_as_good_as_scores_of_unseen_people(feedback: Training) -> None:
    book = Codebook("feedback", "Feedback", tuple(Code(code, code) for code in CODES))
    people = np.unique([segment.case for segment in feedback.segments])
    held = np.array([segment.case in set(people[::4]) for segment in feedback.segments])
    learner = Learner(book, None).fit(feedback.rows(np.flatnonzero(~held)))
    new = feedback.rows(np.flatnonzero(held))
    assert learner.codes == CODES
    for column in range(len(CODES)):
        known = (feedback.label[~held, column] == PRESENT).astype(int)
        found = average_precision_score(known, learner.out_of_fold[:, column])
        unseen = average_precision_score(new.label[:, column] == PRESENT, learner.score(new.segments)[:, column])
        assert found > known.mean() + 0.4
        assert abs(found - unseen) < 0.2
