"""Whether scores are probabilities: calibration error, recalibration, and the points of a reliability diagram.

A score of 0.7 should come true seven times in ten. Bins hold equal shares of the judgements (equal mass), since most
scores of a rare code lie near 0 and bins of equal width would leave the rest nearly empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis import resampling
from qualcode.analysis.resampling import Floats

BINS = 10
SEPARATED = "scores part present from absent wholly: slope not estimable"
_EDGE = 1e-6
"""Scores of 0 and 1 are taken for these shares from the edge: their logit has no end."""
_ROUNDS, _SMALL = 100, 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """How often what got a score came true."""

    table: pd.DataFrame
    """code, bin (from 0, lowest scores first), n, people, score (mean of the bin), share (of present), low, high,
    reason."""

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table.copy()

    def summary(self) -> list[str]:
        """One plain sentence a point."""
        return [
            f"{row['code']}: of {row['n']} with a score of about {row['score']:.2f}, {row['share']:.0%} are present"
            + ("" if pd.isna(row["low"]) else f" [{row['low']:.0%}, {row['high']:.0%}]")
            for row in self.table.to_dict("records")
        ]


def by_code(
    truth: NDArray[np.int8],
    score: Floats,
    codes: list[str],
    group: NDArray[np.generic],
    *,
    weight: Floats | None = None,
    bins: int = BINS,
    repetitions: int = 1000,
    seed: int = 1,
) -> Reliability:
    """Points of a reliability diagram for each code; cells without a score, not judged or of weight 0 are left out.

    Args:
        truth: shape (n, k): 1 present, 0 absent, -1 not judged.
        score: shape (n, k): probabilities, or nan.
        codes: names of the k columns.
        group: shape (n,): rows of one group are drawn together.
        weight: shape (n, k): one over the inclusion probability; 1 unless given.
        bins: at most so many points a code; equal scores are never parted.
        repetitions: samples of groups.
        seed: of the samples.
    """
    weight = np.ones(truth.shape) if weight is None else weight
    number, groups = resampling.numbered(group)
    drawn = resampling.times(groups, repetitions, seed) if groups else np.ones((0, 1))
    rows = []
    for column, code in enumerate(codes):
        kept = np.nonzero((truth[:, column] >= 0) & (weight[:, column] > 0) & ~np.isnan(score[:, column]))[0]
        y, s, w = truth[kept, column].astype(float), score[kept, column].astype(float), weight[kept, column]
        own = number[kept]
        place = equal_mass(s, w, bins)
        for step in np.unique(place):
            inside = place == step
            cells = np.column_stack([w[inside], w[inside] * y[inside]])
            total, present = resampling.sums(cells, own[inside], groups).T @ drawn
            with np.errstate(invalid="ignore", divide="ignore"):
                shares = present / total
            people = len(np.unique(own[inside]))
            low, high, reason = resampling.share_interval(shares, people)
            rows.append(
                {
                    "code": code,
                    "bin": int(step),
                    "n": int(inside.sum()),
                    "people": people,
                    "score": float(np.average(s[inside], weights=w[inside])),
                    "share": float(shares[0]),
                    "low": low,
                    "high": high,
                    "reason": reason,
                }
            )
    columns = ["code", "bin", "n", "people", "score", "share", "low", "high", "reason"]
    return Reliability(pd.DataFrame(rows, columns=columns))


def equal_mass(score: Floats, weight: Floats, bins: int = BINS) -> NDArray[np.int64]:
    """The bin, 0 to bins - 1, of each score; each bin holds about the same weight, equal scores share one.

    >>> equal_mass(np.array([0.1, 0.2, 0.2, 0.9]), np.ones(4), 2).tolist()
    [0, 1, 1, 1]
    """
    values, place = np.unique(score, return_inverse=True)
    mass = np.bincount(place, weights=weight, minlength=len(values))
    middle = (np.cumsum(mass) - mass / 2) / mass.sum() if len(values) else mass
    return np.minimum((middle * bins + 1e-9).astype(np.int64), bins - 1)[place]


def calibration_error(binned: Floats, present: Floats, score: Floats) -> Floats:
    """Expected calibration error: the mean over bins, by weight, of how far scores and shares of present lie apart.

    With few judgements it is above 0 for perfect scores too (Roelofs, Cain, Shlens and Mozer, 2022).

    Args:
        binned: shape (bins, samples): weight in each bin.
        present: the same: weight of what is present.
        score: the same: sum of weighted scores.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.abs(present - score).sum(axis=0) / binned.sum(axis=0))


def recalibration(y: Floats, score: Floats, weight: Floats) -> tuple[float, float, str]:
    """Slope and intercept of the logit of presence on the logit of the score (Cox, 1958), or why there is none.

    A slope below 1 says that scores are too extreme, above 1 that they are too timid. With a slope of 1 the intercept
    says how much too low they are.
    """
    x = _logit(score)
    present, absent = x[y == 1], x[y == 0]
    if not len(present) or not len(absent) or x.min() == x.max():
        return np.nan, np.nan, "scores do not vary: slope not estimable"
    if absent.max() <= present.min() or present.max() <= absent.min():
        return np.nan, np.nan, SEPARATED
    weight = weight / weight.mean()
    at = np.array([0.0, 1.0])
    found = _likelihood(at, x, y, weight)
    for _ in range(_ROUNDS):
        step = _newton(_parts(at, x, y, weight).sum(axis=0)[:, None])[:, 0]
        # Where scores are far off, a whole step leads away.
        while (better := _likelihood(at + step, x, y, weight)) < found - 1e-9 and np.abs(step).max() > _SMALL:
            step = step / 2
        at, found = at + step, better
        if np.abs(step).max() < _SMALL:
            return float(at[1]), float(at[0]), ""
    return np.nan, np.nan, SEPARATED


def recalibrated(
    slope: float, intercept: float, y: Floats, score: Floats, weight: Floats, group: NDArray[np.int64], drawn: Floats
) -> tuple[Floats, Floats]:
    """Slope and intercept in each sample of groups, by one step from those of all (Moulton and Zeger, 1991).

    Args:
        slope: of all.
        intercept: of all.
        y: shape (n,): 1 present, 0 absent.
        score: shape (n,).
        weight: shape (n,).
        group: shape (n,): number of each row's group.
        drawn: shape (groups, samples), as `resampling.times` gives it.
    """
    parts = _parts(np.array([intercept, slope]), _logit(score), y, weight)
    step = _newton(resampling.sums(parts, group, len(drawn)).T @ drawn)
    return slope + step[1], intercept + step[0]


def _logit(score: Floats) -> Floats:
    inside = np.clip(score.astype(float), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def _likelihood(at: Floats, x: Floats, y: Floats, weight: Floats) -> float:
    eta = at[0] + at[1] * x
    return float((weight * (y * eta - np.logaddexp(0, eta))).sum())


def _parts(at: Floats, x: Floats, y: Floats, weight: Floats) -> Floats:
    """What each row adds to the slope of the likelihood (2 columns) and to its curve (3)."""
    p = 1 / (1 + np.exp(-np.clip(at[0] + at[1] * x, -500, 500)))
    off, bend = weight * (y - p), weight * p * (1 - p)
    return np.column_stack([off, off * x, bend, bend * x, bend * x**2])


def _newton(total: Floats) -> Floats:
    """Newton's step for each column of summed `_parts`; shape (2, columns), nan where there is none."""
    u, v, a, b, c = total
    with np.errstate(invalid="ignore", divide="ignore"):
        determinant = a * c - b**2
        determinant = np.where(determinant > 1e-12 * a * c, determinant, np.nan)
        return np.array([(c * u - b * v) / determinant, (a * v - b * u) / determinant])
