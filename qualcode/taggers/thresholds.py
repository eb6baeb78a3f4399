"""From which score on a tagger proposes, for an aim that a person states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.errors import QualcodeError
from qualcode.taggers import bounds

Numbers = NDArray[np.float64]

F1, RECALL, PRECISION = "f1", "recall", "precision"
NOTHING, EVERYTHING = 1.0, 0.0
"""Thresholds that no calibrated score reaches, and that every one does."""
_AIM = re.compile(r"(recall|precision)\s*>=\s*(0?\.\d+|1(?:\.0*)?)")
_POOLED_WORTH = 2.0
"""Positives that the pooled threshold counts for."""
_LEAST_OF_POOLED = 0.2


@dataclass(frozen=True, slots=True)
class Aim:
    """What a threshold is for: the best F1, or a recall or precision of at least `least`."""

    kind: str
    least: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Aim:
        """The aim that `text` states.

        >>> Aim.parse("recall>=.9")
        Aim(kind='recall', least=0.9)

        Raises:
            QualcodeError: it states none.
        """
        plain = text.strip().lower()
        if plain == F1:
            return cls(F1)
        found = _AIM.fullmatch(plain)
        if not found or float(found[2]) == 0:
            raise QualcodeError(
                "an aim that is not known (expected f1, recall>=.9 or precision>=.8)",
                place="aim",
                hint="A share is written with a point, between 0 and 1.",
            )
        return cls(found[1], float(found[2]))

    def __str__(self) -> str:
        return self.kind if self.kind == F1 else f"{self.kind}>={self.least:g}"


def choose(
    score: NDArray[Any],
    truth: NDArray[Any],
    weight: NDArray[Any],
    aim: Aim,
    shrink_to: float | None = None,
) -> float:
    """The threshold of one code.

    * f1: where the F1 that the scores themselves expect is greatest (Ye, Chai, Lee and Chieu, 2012; Lipton, Elkan and
      Naryanaswamy, 2014). It needs calibrated scores and no counting of the few that are present. It is then moved
      towards `shrink_to`, which counts as two positives, and never below a fifth of it: a code whose scores tell
      nothing expects most of being proposed everywhere. On 36 codes of comments in a patient survey, chosen on 200 to
      2,500 and tried on others (mean micro / macro F1): best counted F1 .446 / .308; predicted rate as labelled
      .495 / .320; pooled alone .589 / .285; counted, shrunk by ten .581 / .305; this .579 / .315.
    * recall: the highest threshold that misses at most 1 - r of what is present, counting one present passage more
      as missed, so that r holds on average for new passages. With fewer than r / (1 - r) everything is proposed.
    * precision: the lowest threshold from which on at least p of the proposals are right, counting one more as wrong.
      Where there is none, nothing is proposed.

    Args:
        score: shape (n,): calibrated, out-of-fold; nan is left out.
        truth: shape (n,): PRESENT, ABSENT or NOT_JUDGED; the last are left out.
        weight: shape (n,): one over the inclusion probability; rows of weight 0 are left out.
        aim: what it is for.
        shrink_to: what `pooled` gives; for f1 only.

    Returns:
        Between 0 and 1, half-way between two scores; `NOTHING` where no row is left.
    """
    used = (np.asarray(truth) != NOT_JUDGED) & (np.asarray(weight) > 0) & ~np.isnan(score)
    score, weight = np.asarray(score, dtype=np.float64)[used], np.asarray(weight, dtype=np.float64)[used]
    present = np.asarray(truth)[used] == PRESENT
    if not len(score):
        return NOTHING
    if aim.kind == F1:
        own = _best(score, score, weight)
        if shrink_to is None:
            return own
        known = bounds.effective(weight[present])
        moved = _logit(own) * known + _logit(shrink_to) * _POOLED_WORTH
        return max(_LEAST_OF_POOLED * shrink_to, float(1 / (1 + np.exp(-moved / (known + _POOLED_WORTH)))))
    cuts, kept, right = _counts(score, present.astype(np.float64), weight)
    one = float(weight.max())
    if aim.kind == RECALL:
        total = float(weight[present].sum())
        good = total - right + one <= (1 - aim.least) * (total + one) * (1 + 1e-12)
        return float(cuts[good].max()) if good.any() else EVERYTHING
    good = right >= aim.least * (kept + one)
    return float(cuts[good].min()) if good.any() else NOTHING


def pooled(score: NDArray[Any], truth: NDArray[Any], weight: NDArray[Any]) -> float | None:
    """The one threshold with the best expected F1 over all cells of shape (n, k); None where nothing is calibrated."""
    used = (truth != NOT_JUDGED) & (weight > 0) & ~np.isnan(score)
    if not used.any():
        return None
    cells = np.asarray(score, dtype=np.float64)[used]
    return _best(cells, cells, np.asarray(weight, dtype=np.float64)[used])


def _best(score: Numbers, worth: Numbers, weight: Numbers) -> float:
    """The cut with the greatest F1, `worth` being how far each row counts as present."""
    cuts, kept, right = _counts(score, worth, weight)
    return float(cuts[np.argmax(2 * right / (kept + float((weight * worth).sum())))])


def _counts(score: Numbers, worth: Numbers, weight: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Cuts from the highest down, and what each keeps: in all, and of worth."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    last = np.r_[ordered[1:] != ordered[:-1], True]
    next_lower = np.r_[ordered[1:], ordered[-1:] / 2]
    cuts = (ordered + next_lower) / 2
    return (
        np.asarray(cuts[last]),
        np.asarray(np.cumsum(weight[order])[last]),
        np.asarray(np.cumsum((weight * worth)[order])[last]),
    )


def _logit(p: float) -> float:
    p = min(max(p, 1e-9), 1 - 1e-9)
    return float(np.log(p / (1 - p)))
