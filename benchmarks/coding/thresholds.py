"""Where a plain contender's scores begin to count: a cut for each label by cross-validation, where that helps it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Cut = Callable[[NDArray[np.float64], NDArray[np.bool_], float], NDArray[np.float64]]


def chosen(
    score: NDArray[np.float64], truth: NDArray[np.bool_], fold: NDArray[np.int64], usual: float
) -> NDArray[np.float64]:
    """A cut for each label: the best by F1, or as many proposals as positives, or `usual` for all.

    Each way is tried on folds that did not choose its cuts, and the one with the highest micro plus macro F1 is kept.
    The best F1 of a label with few positives is often to propose it everywhere, which costs micro F1 dearly.

    Args:
        score: shape (n, k), out of fold.
        truth: shape (n, k).
        fold: shape (n,).
        usual: the model's own cut.
    """
    ways: tuple[Cut, ...] = (_same, best, as_frequent)
    gained = []
    for way in ways:
        tried = np.zeros_like(truth)
        for held in np.unique(fold):
            inside = fold == held
            tried[inside] = score[inside] >= way(score[~inside], truth[~inside], usual)
        gained.append(both(truth, tried))
    return ways[int(np.argmax(gained))](score, truth, usual)


def best(score: NDArray[np.float64], truth: NDArray[np.bool_], usual: float) -> NDArray[np.float64]:
    """The cut of each label with the highest F1, half-way to the next score below; `usual` without positives."""
    cuts = np.full(score.shape[1], usual)
    for column in range(score.shape[1]):
        order = np.argsort(-score[:, column], kind="stable")
        ranked, hit = score[order, column], truth[order, column]
        if not hit.any():
            continue
        found = np.cumsum(hit)
        f1 = 2 * found / (np.arange(1, len(hit) + 1) + hit.sum())
        # Rows of one score stand or fall together.
        f1[:-1][ranked[:-1] == ranked[1:]] = -1
        cuts[column] = _below(ranked, int(f1.argmax()))
    return cuts


def as_frequent(score: NDArray[np.float64], truth: NDArray[np.bool_], usual: float) -> NDArray[np.float64]:
    """The cut of each label that proposes it as often as people gave it; `usual` without positives."""
    ranked = -np.sort(-score, axis=0)
    count = truth.sum(axis=0)
    return np.array([_below(ranked[:, k], int(n) - 1) if n else usual for k, n in enumerate(count)])


def both(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    """Micro plus macro F1."""
    hits = (truth & found).sum(axis=0)
    size = truth.sum(axis=0) + found.sum(axis=0)
    return float(2 * hits.sum() / max(size.sum(), 1) + np.mean(2 * hits / np.maximum(size, 1)))


def _same(score: NDArray[np.float64], truth: NDArray[np.bool_], usual: float) -> NDArray[np.float64]:
    return np.full(score.shape[1], usual)


def _below(ranked: NDArray[np.float64], at: int) -> float:
    """A cut that the score at this place of a falling list reaches and the next does not."""
    below = ranked[at + 1] if at + 1 < len(ranked) else ranked[at] - 1
    return float((ranked[at] + below) / 2)
