"""The curve rises where more judgements help, is level where they do not, and measures as scikit-learn does."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers import learning_curve as curves
from qualcode.taggers.training import Training

WORDS = np.array([f"w{number}" for number in range(400)])


def _judged(rows: int = 240, *, weight: float = 1.0) -> Training:
    """Segments of eight words; the code is there where most words are of the first half of the vocabulary."""
    chance = np.random.default_rng(3)
    drawn = chance.integers(0, len(WORDS), (rows, 8))
    label = ((drawn < len(WORDS) // 2).sum(axis=1) > 4).astype(np.int8)[:, None]
    segments = tuple(
        Segment(f"s_{n}", f"t_{n}", 0, 9, "window", " ".join(WORDS[drawn[n]]), case=f"P{n // 2}") for n in range(rows)
    )
    return Training(segments, ("first",), label, np.full(label.shape, weight))


def _by_words(learned: Training, others):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    words = CountVectorizer()
    model = LogisticRegression(C=0.3).fit(words.fit_transform([s.text for s in learned.segments]), learned.label[:, 0])
    found = model.predict_proba(words.transform([s.text for s in others]))[:, 1:]
    return found, found > 0.5


def _by_nothing(learned: Training, others):
    found = np.array([[int(segment.id[2:]) % 7 / 7] for segment in others])
    return found, found > 0.5


def test_more_judgements_help_a_tagger_that_learns_words() -> None:
    made = curves.learning_curve(_by_words, _judged(1200), steps=3, seed=1)
    frame = made.to_frame()
    assert list(frame.columns) == ["budget", "measure", "value", "low", "high"]
    assert (frame["low"] <= frame["high"]).all()
    precision = frame[frame["measure"] == "AP"]["value"].tolist()
    assert precision == sorted(precision)
    assert "still help" in made.summary()


def test_they_do_not_help_one_that_learns_nothing() -> None:
    made = curves.learning_curve(_by_nothing, _judged(), steps=3, seed=1)
    assert made.rise == (0.0, 0.0, 0.0)
    assert "hardly help" in made.summary()


def test_nobody_is_learned_from_and_measured_on() -> None:
    def watching(learned: Training, others):
        assert not {segment.case for segment in learned.segments} & {segment.case for segment in others}
        return _by_nothing(learned, others)

    curves.learning_curve(watching, _judged(), seed=1)


def test_what_was_chosen_measures_nothing() -> None:
    with pytest.raises(NotEnoughData):
        curves.learning_curve(_by_nothing, _judged(weight=0.0), seed=1)
