"""How right a tagger's decisions and scores are on judged passages, with bounds that respect people and weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis import proportion, reliability, resampling, scoring
from qualcode.taggers import bounds

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

DRAWS = 400
_ENDS = (100 * (1 - proportion.CONFIDENCE), 100 * proportion.CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, and its one-sided 95 % bounds: together an interval of 90 %. nan: not estimable."""

    point: float
    low: float
    high: float

    def to_state(self) -> list[float | None]:
        """As JSON holds it."""
        return [None if math.isnan(value) else value for value in (self.point, self.low, self.high)]

    @classmethod
    def from_state(cls, state: list[float | None]) -> Estimate:
        """The estimate that gave `state`."""
        return cls(*(math.nan if value is None else float(value) for value in state))


@dataclass(frozen=True, slots=True)
class Decisions:
    """How right the decisions of one code are."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate
    ap: Estimate
    proposals: float
    """To how many proposals those that precision counts come, people and weights respected."""
    positives: float
    """The same of the present passages that recall counts."""


def decisions(
    proposed: NDArray[Any],
    present: NDArray[Any],
    score: NDArray[Any],
    weight: NDArray[Any],
    group: NDArray[Any],
    seed: int,
) -> Decisions:
    """Precision, recall, F1, kappa and average precision of n judged passages, people resampled.

    Bounds of precision and recall are those of Clopper and Pearson for the effective number of passages: as many as
    would give the variance that people show among themselves (Korn and Graubard, 1998). It is never more than the
    weights come to (Kish, 1965), and where nothing varies it is the number of people. Bounds of the others are
    percentiles of samples of people.

    Args:
        proposed: shape (n,): whether the tagger proposes.
        present: shape (n,): whether people found it.
        score: shape (n,): for average precision.
        weight: shape (n,): above 0.
        group: shape (n,): people.
        seed: of the bootstrap.
    """
    proposed, present = np.asarray(proposed, dtype=bool), np.asarray(present, dtype=bool)
    weight = np.asarray(weight, dtype=np.float64)
    _, person = np.unique(group, return_inverse=True)
    people = int(person.max()) + 1
    drawn = resampling.times(people, DRAWS, seed)
    cells = np.column_stack([proposed & present, proposed & ~present, ~proposed & present, ~proposed & ~present])
    sums = (resampling.sums(weight[:, None] * cells, person, people).T @ drawn).T
    precision, of_proposals = share(present[proposed], weight[proposed], person[proposed])
    recall, of_positives = share(proposed[present], weight[present], person[present])
    return Decisions(
        precision,
        recall,
        _between(_f1(sums)),
        _between(_kappa(sums)),
        _average_precision(np.asarray(score, dtype=np.float64), present, weight, person, drawn),
        of_proposals,
        of_positives,
    )


def share(right: NDArray[Any], weight: NDArray[Any], group: NDArray[Any]) -> tuple[Estimate, float]:
    """A weighted share with its bounds, and the effective number of passages behind them; see `decisions`."""
    from scipy.special import stdtrit

    if not len(right):
        return Estimate(math.nan, 0.0, 1.0), 0.0
    _, person = np.unique(group, return_inverse=True)
    people, total, most = int(person.max()) + 1, float(weight.sum()), bounds.effective(weight)
    point = min(1.0, float((weight * right).sum()) / total)
    # Taylor's linear form of the variance of a ratio, people being what was drawn.
    variance = float((np.bincount(person, weight * (right - point)) ** 2).sum()) / total**2
    of = min(float(people), most)
    if variance > 1e-12:
        of = min(most, point * (1 - point) / variance)
        if 1 < people < most:
            # Few people tell little of how much people differ.
            of *= float(stdtrit(most - 1, proportion.CONFIDENCE) / stdtrit(people - 1, proportion.CONFIDENCE)) ** 2
        elif people == 1:
            of = 1.0
    return Estimate(point, float(proportion.lower(point * of, of)), float(proportion.upper(point * of, of))), of


def _between(values: Numbers) -> Estimate:
    """What was found, first, and the percentiles of what samples of people give."""
    point, samples = float(values[0]), values[1:]
    known = samples[~np.isnan(samples)]
    if math.isnan(point) or not len(known):
        return Estimate(math.nan, math.nan, math.nan)
    low, high = np.percentile(known, _ENDS)
    return Estimate(point, min(point, float(low)), max(point, float(high)))


def _ratio(above: NDArray[Any], below: NDArray[Any]) -> Numbers:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def _f1(sums: Numbers) -> Numbers:
    return _ratio(2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1] + sums[:, 2])


def _kappa(sums: Numbers) -> Numbers:
    """Cohen's kappa (1960) of tagger and people; nan where neither varies."""
    share = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-12)
    says, is_ = share[:, 0] + share[:, 1], share[:, 0] + share[:, 2]
    chance = says * is_ + (1 - says) * (1 - is_)
    return _ratio(share[:, 0] + share[:, 3] - chance, np.where(chance < 1 - 1e-12, 1 - chance, 0.0))


def _average_precision(
    score: Numbers, present: Truths, weight: Numbers, person: NDArray[np.int64], drawn: Numbers
) -> Estimate:
    if not present.any():
        return Estimate(math.nan, math.nan, math.nan)
    return _between(scoring.average_precision(present.astype(np.float64), score, weight, person, drawn))


def of_probabilities(score: NDArray[Any], present: NDArray[Any], weight: NDArray[Any]) -> tuple[float, float, float]:
    """Brier skill against the prevalence (1 best, 0 no better), expected calibration error, calibration slope.

    The error is the mean distance of probability and share present over ten bins of equal weight. The slope is that
    of a logistic curve on the log odds (Cox, 1958): below 1, the scores are too sure. nan where it cannot be had.

    Args:
        score: shape (n,): probabilities from calibrators that did not see the row.
        present: shape (n,).
        weight: shape (n,): above 0.
    """
    present = np.asarray(present, dtype=np.float64)
    if not len(present) or present.min() == present.max():
        return math.nan, math.nan, math.nan
    score = np.clip(np.asarray(score, dtype=np.float64), 1e-9, 1 - 1e-9)
    weight = np.asarray(weight, dtype=np.float64) / float(np.sum(weight))
    prevalence = float((weight * present).sum())
    skill = 1 - float((weight * (score - present) ** 2).sum()) / (prevalence * (1 - prevalence))
    place = reliability.equal_mass(score, weight)
    binned, found, told = (
        np.asarray(np.bincount(place, weight * values), dtype=np.float64)[:, None]
        for values in (np.ones(len(score)), present, score)
    )
    error = float(reliability.calibration_error(binned, found, told)[0])
    slope, _, _ = reliability.recalibration(present, score, weight)
    return skill, error, slope
