"""Which segments may be settled on all codes at once, without a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.taggers import bands

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Whole:
    """Segments whose sureness reaches `cut` are settled: present from each code's threshold on, else absent."""

    cut: float
    """inf: no segment is settled whole."""
    thresholds: tuple[float, ...] = field(repr=False)
    alpha: float
    """At most this share of the segments settled is wrong in any code, with confidence `bands.SETTLING`."""
    judged: int
    """Segments judged on all codes that the rule was found on."""
    share: float
    """Of these, the (weighted) share that it settles."""
    wrong: float
    """Of those settled, the (weighted) share that is wrong in any code; nan where none is settled."""

    def __call__(self, score: NDArray[Any]) -> NDArray[np.bool_]:
        """Shape (n,): which rows of calibrated scores, shape (n, k), are settled; a row with a nan never is."""
        return np.asarray(sureness(score, np.asarray(self.thresholds)) >= self.cut)

    def to_state(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "cut": self.cut if math.isfinite(self.cut) else None,
            "thresholds": list(self.thresholds),
            "alpha": self.alpha,
            "judged": self.judged,
            "share": self.share,
            "wrong": None if math.isnan(self.wrong) else self.wrong,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Whole:
        """The rule that gave `state`."""
        cut, wrong = state["cut"], state["wrong"]
        return cls(
            math.inf if cut is None else float(cut),
            tuple(map(float, state["thresholds"])),
            float(state["alpha"]),
            int(state["judged"]),
            float(state["share"]),
            math.nan if wrong is None else float(wrong),
        )


def whole(
    score: NDArray[Any],
    truth: NDArray[Any],
    weight: NDArray[Any],
    alpha: float,
    *,
    group: NDArray[Any] | None = None,
    thresholds: NDArray[Any] | tuple[float, ...] | None = None,
) -> Whole:
    """The rule that settles most, such that at most a share `alpha` of what it settles is wrong in any code.

    Segments are ordered by `sureness`, and the cut is found by `bands.settle`: the bound holds whatever that order is
    worth. (On 36 codes of a patient survey an order that was learned, by regression of "every code was right" on all
    log odds, was better on some samples and much worse out of fold, so it is not used.)

    Args:
        score: shape (n, k): calibrated out-of-fold probabilities; a row with a nan is never settled.
        truth: shape (n, k): PRESENT, ABSENT or NOT_JUDGED. Only rows judged on all codes can say that one is right.
        weight: shape (n, k): only rows with weight on all codes count, each by its least.
        alpha: the share that may be wrong.
        group: shape (n,): people; without it every row is somebody else's.
        thresholds: shape (k,): from which score on a code is called present; .5 without them.
    """
    cuts = np.full(score.shape[1], 0.5) if thresholds is None else np.asarray(thresholds, dtype=np.float64)
    sure = sureness(score, cuts)
    used = (truth != NOT_JUDGED).all(axis=1) & (weight > 0).all(axis=1) & ~np.isnan(sure)
    rows = np.asarray(weight, dtype=np.float64)[used].min(axis=1, initial=math.inf)
    people = np.arange(len(rows)) if group is None else np.asarray(group)[used]
    wrong = ((np.asarray(score)[used] >= cuts) != (truth[used] == PRESENT)).any(axis=1)
    sure = sure[used]
    cut = bands.settle(sure, wrong, rows, people, alpha)
    settled = sure >= cut
    return Whole(
        cut,
        tuple(map(float, cuts)),
        alpha,
        len(rows),
        float(rows[settled].sum() / rows.sum()) if len(rows) else 0.0,
        float(np.average(wrong[settled], weights=rows[settled])) if settled.any() else math.nan,
    )


def sureness(score: NDArray[Any], thresholds: Numbers) -> Numbers:
    """Shape (n,): log of the chance that all k decisions of a row are right, were codes independent; nan with a nan."""
    score = np.asarray(score, dtype=np.float64)
    right = np.where(score >= thresholds, score, 1 - score)
    return np.asarray(np.log(np.where(np.isnan(score), np.nan, np.maximum(right, 1e-12))).sum(axis=1))
