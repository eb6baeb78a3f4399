"""A pipeline of the kind that iQual searches (Ashwin, Rao, Biradavolu et al., World Bank WPS 10046, 2022).

For each code of its own: the answer and the question it answers, each as words or as sentence vectors; a classifier and
its strength; a cut; all chosen by F1 in cross-validation by person. Written anew from the paper's description.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from benchmarks.coding import thresholds
from benchmarks.coding.answers import Answer, Stopwatch, Task, inner_folds, positives
from benchmarks.coding.linear import NEVER, words_model
from qualcode.corpus import Segment

FOLDS = 3
Maker = Callable[[], Any]
ON_WORDS: tuple[Maker, ...] = (
    lambda: LogisticRegression(C=1.0, class_weight="balanced", solver="liblinear"),
    lambda: LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear"),
    lambda: LinearSVC(C=0.3, class_weight="balanced", random_state=0),
    lambda: LinearSVC(C=0.3, random_state=0),
)
ON_VECTORS: tuple[Maker, ...] = (
    lambda: LogisticRegression(C=1.0, class_weight="balanced", max_iter=300),
    lambda: LogisticRegression(C=10.0, class_weight="balanced", max_iter=300),
    lambda: LogisticRegression(C=10.0, max_iter=300),
)


class Searched:
    """Words or vectors of answer and question, classifier and cut, chosen for each code by grid search."""

    name = "iQual-style"
    version = "2"
    starts_empty = False

    def answer(self, task: Task) -> Answer:
        """Search, learn and code."""
        watch = Stopwatch(task.encoder)
        training, truth = task.training, positives(task.training)
        fold = inner_folds(training, FOLDS, task.seed)
        grid = [(words, maker) for words, makers in ((True, ON_WORDS), (False, ON_VECTORS)) for maker in makers]
        held_out = np.full((len(grid), *truth.shape), NEVER)
        for number in range(int(fold.max()) + 1):
            inside, outside = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            for words in (True, False):
                read = _Both(words, task)
                known = read.fit([training.segments[i] for i in outside]) if len(outside) else None
                asked = read.read([training.segments[i] for i in inside]) if len(outside) else None
                for at, (kind, maker) in enumerate(grid):
                    if kind == words and known is not None:
                        held_out[at, inside] = _columns(maker, known, truth[outside], asked)
        picked = [_best(held_out[:, :, column], truth[:, column]) for column in range(truth.shape[1])]
        cuts = np.zeros(truth.shape[1])
        if not task.one_of and fold.any():
            score = np.stack([held_out[at, :, column] for column, at in enumerate(picked)], axis=1)
            cuts = thresholds.chosen(score, truth, fold, 0.0)
        reads = {words: _Both(words, task) for words in (True, False)}
        known_by = {words: read.fit(training.segments) for words, read in reads.items()}
        models = [_fitted(grid[at][1], known_by[grid[at][0]], truth[:, column]) for column, at in enumerate(picked)]
        train_seconds = watch.lap()
        asked_by = {words: read.read(task.asked) for words, read in reads.items()}
        score = np.stack(
            [_decided(model, asked_by[grid[at][0]]) for model, at in zip(models, picked, strict=True)], axis=1
        )
        return Answer(score >= cuts, score, train_seconds, watch.lap())


class _Both:
    """The answer's features beside the question's; both are words, or both are vectors."""

    def __init__(self, words: bool, task: Task) -> None:
        self._words = words
        self._encoder = task.encoder
        self._answer, self._question = words_model(), words_model()
        self._asked = False

    def fit(self, segments: Sequence[Segment]) -> Any:
        self._asked = any(segment.context for segment in segments)
        if self._words:
            for model, texts in ((self._answer, _texts(segments)), (self._question, _contexts(segments))):
                if model is self._question and not self._asked:
                    continue
                try:
                    model.fit(texts)
                except ValueError:  # none of the words stands in two of so few texts
                    model.set_params(min_df=1).fit(texts)
        return self.read(segments)

    def read(self, segments: Sequence[Segment]) -> Any:
        if self._words:
            parts = [self._answer.transform(_texts(segments))]
            if self._asked:
                parts.append(self._question.transform(_contexts(segments)))
            return hstack(parts).tocsr()
        vectors = [self._encoder.encode(_texts(segments))]
        if self._asked:
            vectors.append(self._encoder.encode(_contexts(segments)))
        return np.hstack(vectors)


def _texts(segments: Sequence[Segment]) -> list[str]:
    return [segment.text for segment in segments]


def _contexts(segments: Sequence[Segment]) -> list[str]:
    return [segment.context for segment in segments]


def _fitted(maker: Maker, matrix: Any, truth: NDArray[np.bool_]) -> Any:
    if truth.all() or not truth.any():
        return bool(truth[0])
    return maker().fit(matrix, truth)


def _decided(model: Any, matrix: Any) -> NDArray[np.float64]:
    if isinstance(model, bool):
        return np.full(matrix.shape[0], -NEVER if model else NEVER)
    return np.asarray(model.decision_function(matrix))


def _columns(maker: Maker, known: Any, truth: NDArray[np.bool_], asked: Any) -> NDArray[np.float64]:
    return np.stack([_decided(_fitted(maker, known, one), asked) for one in truth.T], axis=1)


def _best(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> int:
    """Which of the grid's out-of-fold scores, shape (grid, n), has the highest F1 at the models' own cut."""
    found = scores >= 0
    hits = (found & truth).sum(axis=1)
    return int((2 * hits / np.maximum(found.sum(axis=1) + truth.sum(), 1)).argmax())
