"""F1, kappa and average precision of many drawings of the test part at once.

The interval of a figure comes from drawing the people of the test part with replacement (Efron and Tibshirani, 1993).
Every contender is scored on the same drawings, so that differences are paired; over seeds the mean is taken within a
drawing. A label that a drawing neither holds nor proposes has no F1 and no kappa there.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWINGS = 1000
NAMES = ("micro", "macro", "kappa", "ap")
ONE_OF = ("accuracy", "balanced", "macro", "kappa")

Figures = dict[str, NDArray[np.float64]]
"""By name, shape (1 + drawings,): the figure itself comes first."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def weights(group: NDArray[np.int64], *, drawings: int = DRAWINGS, seed: int = 1) -> NDArray[np.float64]:
    """How often each row counts; shape (1 + drawings, n), ones first. Rows of one person come together."""
    names, place = np.unique(group, return_inverse=True)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(names), np.full(len(names), 1 / len(names)), size=drawings)
    return np.vstack([np.ones(len(group)), drawn[:, place]])


def figures(
    truth: NDArray[np.bool_], present: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64]
) -> Figures:
    """Micro and macro F1, mean kappa and macro average precision.

    Args:
        truth: shape (n, k).
        present: shape (n, k), what was proposed.
        score: shape (n, k), for average precision.
        weight: shape (drawings, n).
    """
    hits = weight @ (truth & present)
    size = weight @ truth.astype(float) + weight @ present.astype(float)
    total = weight.sum(axis=1, keepdims=True)
    precise = np.stack([average_precision(t, s, weight) for t, s in zip(truth.T, score.T, strict=True)], axis=1)
    return {
        "micro": 2 * hits.sum(axis=1) / np.maximum(size.sum(axis=1), 1e-12),
        "macro": _mean(_ratio(2 * hits, size)),
        "kappa": _mean(kappas(hits, weight @ truth.astype(float), weight @ present.astype(float), total)),
        "ap": _mean(precise),
    }


def one_of(truth: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64]) -> Figures:
    """Accuracy, balanced accuracy, macro F1 and mean kappa where the strongest label is the answer."""
    said = score.argmax(axis=1)[:, None] == np.arange(score.shape[1])
    hits, held = weight @ (truth & said), weight @ truth.astype(float)
    proposed, total = weight @ said.astype(float), weight.sum(axis=1, keepdims=True)
    return {
        "accuracy": hits.sum(axis=1) / total[:, 0],
        "balanced": _mean(_ratio(hits, held)),
        "macro": _mean(_ratio(2 * hits, held + proposed)),
        "kappa": _mean(kappas(hits, held, proposed, total)),
    }


def kappas(
    hits: NDArray[np.float64], held: NDArray[np.float64], proposed: NDArray[np.float64], total: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cohen's (1960) kappa of a label from its counts; NaN where neither side has it."""
    agreed = (total - held - proposed + 2 * hits) / total
    chance = (held * proposed + (total - held) * (total - proposed)) / total**2
    return np.where(held + proposed > 0, _ratio(agreed - chance, 1 - chance), np.nan)


def average_precision(
    truth: NDArray[np.bool_], score: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average precision in each drawing, rows of one score together; NaN where nothing is true."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.append(np.flatnonzero(ranked[:-1] != ranked[1:]), len(ranked) - 1)
    weighed = weight[:, order]
    seen = np.cumsum(weighed, axis=1)[:, last]
    found = np.cumsum(weighed * truth[order], axis=1)[:, last]
    step = np.diff(found, axis=1, prepend=0)
    return _ratio((step * _ratio(found, seen, empty=0.0)).sum(axis=1), found[:, -1])


def over_seeds(each: Sequence[Figures]) -> Figures:
    """The mean over seeds, drawing by drawing."""
    return {name: np.mean([one[name] for one in each], axis=0) for name in each[0]}


def interval(drawn: NDArray[np.float64]) -> Interval:
    """The figure and its percentile interval; drawings in which it is undefined are left out."""
    low, high = np.nanpercentile(drawn[1:], [2.5, 97.5])
    return Interval(float(drawn[0]), float(low), float(high))


def _ratio(top: NDArray[np.float64], under: NDArray[np.float64], empty: float = np.nan) -> NDArray[np.float64]:
    return np.divide(top, under, out=np.full(np.shape(top), empty), where=under > 0)


def _mean(each: NDArray[np.float64]) -> NDArray[np.float64]:
    with warnings.catch_warnings():
        # A drawing in which no label is defined has no mean; it stays NaN and is left out of the interval.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(each, axis=1))
