"""From a tagger's own strength to a probability: Platt, beta or isotonic, by how much was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import NOT_JUDGED, PRESENT

Numbers = NDArray[np.float64]

FEWEST = 3
"""Fewer judgements than this on either side, and there is no telling a probability from a guess."""
BETA_FROM = 30
ISOTONIC_FROM = 2000
"""Judgements of the rarer side from which the method may bend more; see `fit` for where they come from."""
_SPREAD_OF_SLOPES = 4.0
_FURTHEST = 12.0
_STEPS = 50
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A monotone map from raw scores to probabilities."""

    method: str
    """platt, beta or isotonic."""
    params: tuple[float, ...] = field(repr=False)
    """platt and beta: 1 where raw scores lie in [0, 1], centre, spread, intercept, slope below, slope above;
    isotonic: knots, then their probabilities."""
    n: int
    """Judgements that it was fitted to."""
    positives: int

    def __call__(self, raw: NDArray[Any]) -> Numbers:
        """Probabilities, of the shape of `raw`: never falling as `raw` rises, strictly between 0 and 1."""
        raw = np.asarray(raw, dtype=np.float64)
        if self.method == "isotonic":
            half = len(self.params) // 2
            return np.asarray(np.interp(raw, self.params[:half], self.params[half:]))
        bounded, centre, spread, *weights = self.params
        columns = _columns(_unbounded(raw) if bounded else raw, centre, spread)
        return np.asarray(_logistic(np.clip(columns @ np.array(weights), -_FURTHEST, _FURTHEST)))

    def to_state(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"method": self.method, "params": list(self.params), "n": self.n, "positives": self.positives}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Calibrator:
        """The calibrator that gave `state`."""
        return cls(str(state["method"]), tuple(map(float, state["params"])), int(state["n"]), int(state["positives"]))


def fit(
    raw: NDArray[Any], truth: NDArray[Any], weight: NDArray[Any], *, method: str | None = None
) -> Calibrator | None:
    """The calibrator that judgements of one code bear; None with fewer than `FEWEST` present or absent.

    Platt's line (1999), with his targets, which keep three judgements from looking certain; beta calibration (Kull,
    Silva Filho and Flach, 2017) from `BETA_FROM` judgements of the rarer side; isotonic regression (Zadrozny and
    Elkan, 2002) from `ISOTONIC_FROM`. Slopes are shrunk a little and cannot fall, so that a tagger whose scores run
    the wrong way gets the same probability everywhere.

    The numbers come from trials: 3 to 2,000 positives drawn from a patient survey's out-of-fold scores and from three
    made shapes, log loss on the rest as a share of that of the prevalence. Survey: at 3 positives Platt .517, beta
    .524, isotonic .582; at 20 .426, .425, .448; at 50 .415, .413, .431; at 500 .405, .400, .401. Where the truth is a
    line, beta costs .001 at 50 and nothing at 500. Isotonic never won by more than .002 below 500, save on one shape
    with a hard edge, and cost .004 on a line at 500 and .0015 at 2,000. With 3 positives Platt is a fifth
    to a half better than the prevalence, so three are enough to begin.

    Args:
        raw: shape (n,): out-of-fold raw scores on any scale; those within [0, 1] are taken by their log odds.
        truth: shape (n,): PRESENT, ABSENT or NOT_JUDGED; the last are left out.
        weight: shape (n,): one over inclusion probabilities; rows of weight 0 are left out. Weights are scaled to sum
            to their effective number (Kish, 1965), so that they never pretend to more judgements than there are.
        method: platt, beta or isotonic, instead of the one that the amount of data asks for.
    """
    used = (np.asarray(truth) != NOT_JUDGED) & (np.asarray(weight) > 0) & np.isfinite(raw)
    raw = np.asarray(raw, dtype=np.float64)[used]
    present = np.asarray(truth)[used] == PRESENT
    weight = np.asarray(weight, dtype=np.float64)[used]
    positives, rarer = int(present.sum()), int(min(present.sum(), (~present).sum()))
    if rarer < FEWEST:
        return None
    weight = weight * (weight.sum() / (weight**2).sum())
    method = method or ("isotonic" if rarer >= ISOTONIC_FROM else "beta" if rarer >= BETA_FROM else "platt")
    params = (
        _steps(raw, present, weight) if method == "isotonic" else _curve(raw, present, weight, bend=method == "beta")
    )
    return Calibrator(method, params, len(raw), positives)


def crossfit(raw: NDArray[Any], truth: NDArray[Any], weight: NDArray[Any], group: NDArray[Any]) -> Numbers:
    """Shape (n,): probabilities by calibrators that saw none of a row's person; nan where the others are too few.

    For telling how good the probabilities are. Those of different folds do not lie on one scale, so thresholds are
    for the scores of one calibrator.
    """
    raw = np.asarray(raw, dtype=np.float64)
    fold = np.unique(group, return_inverse=True)[1] % _FOLDS
    found = np.full(len(raw), np.nan)
    for held in (fold == number for number in range(_FOLDS)):
        calibrator = fit(raw[~held], truth[~held], weight[~held])
        if calibrator is not None:
            found[held] = calibrator(raw[held])
    return found


def _curve(raw: Numbers, present: NDArray[np.bool_], weight: Numbers, *, bend: bool) -> tuple[float, ...]:
    bounded = bool(raw.min() >= 0 and raw.max() <= 1)
    if bounded:
        raw = _unbounded(raw)
    means = [np.average(raw[side], weights=weight[side]) for side in (present, ~present)]
    centre = float(sum(means) / 2)
    apart = raw - np.where(present, means[0], means[1])
    spread = float(np.sqrt(np.average(apart**2, weights=weight))) or 1.0
    ones, zeros = weight[present].sum(), weight[~present].sum()
    # Platt's targets: no judgement is certain, and three of them less than three hundred.
    target = np.where(present, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    columns = _columns(raw, centre, spread)
    if not bend:
        columns = np.column_stack([columns[:, 0], columns[:, 1] + columns[:, 2]])
    weights = rising(columns, target, weight)
    return (float(bounded), centre, spread, *map(float, weights if bend else weights[[0, 1, 1]]))


def rising(columns: Numbers, target: Numbers, weight: Numbers) -> Numbers:
    """Weights of a logistic curve by Newton's method, slopes shrunk and never below zero.

    Args:
        columns: shape (n, m): the first is the intercept's ones, which is neither shrunk nor bounded.
        target: shape (n,): between 0 and 1.
        weight: shape (n,).
    """
    penalty = np.full(columns.shape[1], 1 / _SPREAD_OF_SLOPES**2)
    penalty[0] = 0
    free = np.ones(columns.shape[1], dtype=bool)
    while True:
        own, ridge = columns[:, free], penalty[free]
        found = np.zeros(own.shape[1])
        for _ in range(_STEPS):
            p = _logistic(own @ found)
            slope = own.T @ (weight * (p - target)) + ridge * found
            bend = (own * (weight * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ own + np.diag(ridge)
            step = np.linalg.solve(bend, slope)
            found = found - step / max(1.0, float(np.abs(step).max()) / 2)
            if np.abs(step).max() < 1e-8:
                break
        weights = np.zeros(columns.shape[1])
        weights[free] = found
        falling = weights < 0
        falling[0] = False
        if not falling.any():
            return weights
        free &= ~falling


def _steps(raw: Numbers, present: NDArray[np.bool_], weight: Numbers) -> tuple[float, ...]:
    from sklearn.isotonic import IsotonicRegression

    # Two scores 1e-38 apart make a slope that no number holds.
    raw = np.round(raw, 12)
    # Neighbours pooled to one value stand at their mean, and lines run between: no ties that the data do not have.
    level = IsotonicRegression(increasing=True).fit_transform(raw, present.astype(float), sample_weight=weight)
    values, block = np.unique(level, return_inverse=True)
    mass = np.bincount(block, weight)
    knots = np.bincount(block, weight * raw) / mass
    margin = 1 / (mass + 2)
    values = np.maximum.accumulate(np.clip(values, np.minimum(margin, 0.5), 1 - np.minimum(margin, 0.5)))
    return (*map(float, knots), *map(float, values))


def _columns(raw: Numbers, centre: float, spread: float) -> Numbers:
    """Shape (..., 3): a one, what a score lacks below the centre, what it has above it.

    The logs of s and 1 - s of beta calibration, s being the logistic of the standardised score; equal slopes for
    both are Platt's line.
    """
    z = (raw - centre) / spread
    return np.stack([np.ones_like(z), -np.logaddexp(0, -z), np.logaddexp(0, z)], axis=-1)


def _unbounded(raw: Numbers) -> Numbers:
    inside = np.clip(raw, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(inside / (1 - inside)))


def _logistic(x: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))))
