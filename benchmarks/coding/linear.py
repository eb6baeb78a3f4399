"""The plain contenders: one linear model a label, on words or on sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from benchmarks.coding import thresholds
from benchmarks.coding.answers import Answer, Stopwatch, Task, inner_folds, positives
from qualcode.codebook import Codebook
from qualcode.corpus import Segment

FOLDS = 5
NEVER = -1e9
"""The score of a label that no judged passage has."""


class Linear:
    """Words or vectors, and a logistic regression or a linear support vector machine for each label.

    Classes are weighted by their rarity, and cuts come from cross-validation where that helps. Without labels, a
    logistic regression learns from definitions and examples, and the likeliest code is proposed.
    """

    def __init__(self, name: str, *, words: bool, support: bool) -> None:
        self.name = name
        self.version = "2"
        self.starts_empty = not support
        self._words, self._support = words, support

    def answer(self, task: Task) -> Answer:
        """Learn and code."""
        watch = Stopwatch(task.encoder)
        training = task.training
        if not training.segments:
            return self._from_codebook(task, watch)
        features = _Features(self._words, task)
        matrix = features.fit(training.segments)
        truth = positives(training)
        fold = inner_folds(training, FOLDS, task.seed)
        cuts = np.zeros(truth.shape[1])
        if not task.one_of and fold.any():
            # Words are counted in each fold anew: their frequencies are learned too.
            held_out = np.zeros(truth.shape)
            for number in range(int(fold.max()) + 1):
                inside = np.flatnonzero(fold == number)
                outside = np.flatnonzero(fold != number)
                inner = _Features(self._words, task)
                models = self._fit(inner.fit([training.segments[i] for i in outside]), truth[outside])
                held_out[inside] = _decide(models, inner.read([training.segments[i] for i in inside]))
            cuts = thresholds.chosen(held_out, truth, fold, 0.0)
        models = self._fit(matrix, truth)
        train_seconds = watch.lap()
        score = _decide(models, features.read(task.asked))
        return Answer(score >= cuts, score, train_seconds, watch.lap())

    def _fit(self, matrix: Any, truth: NDArray[np.bool_]) -> list[Any]:
        """A model for each label; True or False where there is nothing to tell apart."""
        return [bool(one[0]) if one.all() or not one.any() else self._model().fit(matrix, one) for one in truth.T]

    def _model(self) -> Any:
        if self._support:
            return LinearSVC(C=0.3, class_weight="balanced", random_state=0)
        if self._words:
            return LogisticRegression(C=2.0, class_weight="balanced", solver="liblinear")
        return LogisticRegression(C=10.0, class_weight="balanced", max_iter=300)

    def _from_codebook(self, task: Task, watch: Stopwatch) -> Answer:
        texts, owner = codebook_rows(task.codebook)
        features = _Features(self._words, task)
        model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
        model.fit(features.fit_texts(texts), owner)
        train_seconds = watch.lap()
        score = np.asarray(model.predict_proba(features.read(task.asked)))
        return Answer(score >= score.max(axis=1, keepdims=True), score, train_seconds, watch.lap())


class _Features:
    def __init__(self, words: bool, task: Task) -> None:
        self._words = words_model() if words else None
        self._encoder = task.encoder

    def fit(self, segments: Sequence[Segment]) -> Any:
        return self.fit_texts([segment.text for segment in segments])

    def fit_texts(self, texts: list[str]) -> Any:
        if self._words is None:
            return self._encoder.encode(texts)
        try:
            return self._words.fit_transform(texts)
        except ValueError:  # none of the words stands in two of so few texts
            self._words.set_params(min_df=1)
            return self._words.fit_transform(texts)

    def read(self, segments: Sequence[Segment]) -> Any:
        texts = [segment.text for segment in segments]
        return self._encoder.encode(texts) if self._words is None else self._words.transform(texts)


def words_model() -> TfidfVectorizer:
    """Words and pairs of words that stand in two texts or more."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)


def codebook_rows(codebook: Codebook) -> tuple[list[str], list[int]]:
    """Each active code's name with its definition, and its examples, with the code's column."""
    texts: list[str] = []
    owner: list[int] = []
    for column, code in enumerate(codebook.active):
        own = [f"{code.label}. {code.definition}", *code.examples]
        texts += own
        owner += [column] * len(own)
    return texts, owner


def _decide(models: Sequence[Any], matrix: Any) -> NDArray[np.float64]:
    """Shape (n, k): distance from the border."""
    columns = [
        np.full(matrix.shape[0], -NEVER if model else NEVER)
        if isinstance(model, bool)
        else np.asarray(model.decision_function(matrix))
        for model in models
    ]
    return np.stack(columns, axis=1)
