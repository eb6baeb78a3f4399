"""Where a tagger may settle a code without a person, and how often it is then wrong.

The scores are out-of-fold: each comes from a model that saw neither the passage nor anything of its person
(cross-conformal prediction; Vovk, 2015). They are taken as exchangeable with the scores of the final model on new
people; strictly, models fitted to folds guarantee 2 alpha at worst and about alpha in practice (Barber et al., 2021).

What one person says is not many independent pieces of evidence. So each bound is put twice, and the more cautious
answer is taken: once with every person counting as one (a group's passages share its weight; Dunn, Wasserman and
Ramdas, 2022), once with every passage counting by its weight. The first holds for a passage of a new person, exactly,
however alike one person's passages are; the second keeps a talkative person's errors from being averaged away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis import proportion
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT
from qualcode.taggers import bounds

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

SETTLING = 0.90
"""Confidence that at most a share alpha of what is settled is wrong. It takes 72 passages without a fault at .05, and
36 at .10; nineteen in twenty would take 86 and 42."""
_GROWTH = 1.1
_STARTS = 4


@dataclass(frozen=True, slots=True)
class Band:
    """Scores below `low` are settled absent, scores from `high` on are settled present; between them a person looks."""

    low: float
    """-inf: nothing is settled absent."""
    high: float
    """inf: nothing is settled present."""
    alpha: float
    miss_guaranteed: bool
    """Of what is present, at most a share alpha lies below `low`."""
    alarm_guaranteed: bool
    """Of what is absent, and of what is settled present, at most a share alpha each is settled present wrongly."""
    needs_present: int
    """How many more people with the code are to be judged before anything can be settled absent; 0: enough."""
    needs_absent: int
    """The same of people without it, before anything can be settled present. It may still need better scores."""


def band(score: NDArray[Any], truth: NDArray[Any], weight: NDArray[Any], group: NDArray[Any], alpha: float) -> Band:
    """The band of one code.

    * Misses: P(score < low | present) <= alpha, over samples of people and a new person's passage (class-conditional
      conformal prediction; Löfström et al., 2015; Sadinle, Lei and Wasserman, 2019). With n people the score of rank
      floor(alpha (n + 1)) from below is `low`; fewer than 1 / alpha - 1 give none.
    * False alarms among the absent: P(score >= high | absent) <= alpha, in the same way.
    * False alarms among the settled: with confidence `SETTLING`, at most a share alpha of what scores `high` or more
      is absent (see `settle`). For a rare code only this binds: 5 % of all that is absent may be more than all that
      is present. It needs `settle`'s least number of settled passages, which a code with few positives has not.

    Weights: the bound is the weighted quantile with the heaviest weight seen set on the new passage (Tibshirani et
    al., 2019), which is cautious where weights differ.

    Args:
        score: shape (n,): out-of-fold, any monotone scale; nan is left out.
        truth: shape (n,): PRESENT, ABSENT or NOT_JUDGED; the last are left out.
        weight: shape (n,): one over the inclusion probability; rows of weight 0 are left out.
        group: shape (n,): who says each row, as `Training.people` tells them apart.
        alpha: between 0 and 1.
    """
    used = (np.asarray(truth) != NOT_JUDGED) & (np.asarray(weight) > 0) & ~np.isnan(score)
    score, truth = np.asarray(score, dtype=np.float64)[used], np.asarray(truth)[used]
    weight, group = np.asarray(weight, dtype=np.float64)[used], np.asarray(group)[used]
    present, absent = truth == PRESENT, truth == ABSENT
    least = bounds.fewest(alpha)
    low = _tail(score[present], weight[present], group[present], alpha)
    among_absent = -_tail(-score[absent], weight[absent], group[absent], alpha)
    # `_tail` lets scores that equal the bound pass; here they must not be settled.
    among_absent = float(np.nextafter(among_absent, math.inf)) if math.isfinite(among_absent) else math.inf
    among_settled = settle(score, absent, weight, group, alpha)
    high = max(among_absent, among_settled, low)
    return Band(
        low,
        high,
        alpha,
        math.isfinite(low),
        math.isfinite(high),
        max(0, least - len(np.unique(group[present]))),
        max(0, least - len(np.unique(group[absent]))),
    )


def _tail(score: Numbers, weight: Numbers, group: NDArray[Any], alpha: float) -> float:
    """The highest score below which at most a share alpha of a new passage's chance lies; -inf where there is none."""
    if not len(score):
        return -math.inf
    return min(_quantile(score, _by_person(weight, group), 1.0, alpha), _quantile(score, weight, weight.max(), alpha))


def _quantile(score: Numbers, mass: Numbers, new: float, alpha: float) -> float:
    order = np.argsort(score, kind="stable")
    score = score[order]
    below = np.r_[0.0, np.cumsum(mass[order])][np.searchsorted(score, score, side="left")]
    allowed = below + new <= alpha * (mass.sum() + new) * (1 + 1e-12)
    return float(score[allowed].max()) if allowed.any() else -math.inf


def _by_person(weight: Numbers, group: NDArray[Any]) -> Numbers:
    """Weights scaled to sum to one in each group."""
    _, person = np.unique(group, return_inverse=True)
    return np.asarray(weight / np.bincount(person, weight)[person])


def settle(
    score: NDArray[Any],
    wrong: NDArray[Any],
    weight: NDArray[Any],
    group: NDArray[Any],
    alpha: float,
    confidence: float = SETTLING,
) -> float:
    """The lowest cut from which on at most a share alpha is wrong, with `confidence`; inf where there is none.

    Selective risk, by fixed sequences of tests (Learn then Test; Angelopoulos, Bates, Candès, Jordan and Lei, 2021):
    cuts that keep more and more of the passages, a tenth more each time, are tried in turn until one cannot be shown
    to be good by the exact binomial bound. The cuts hang on the scores alone, never on what is wrong. Four such
    sequences, each with a quarter of the risk, begin at the least number that can be shown good and further down,
    since one wrong among the first fifty would otherwise end it.

    Args:
        score: shape (n,): the surer, the higher.
        wrong: shape (n,): whether settling it would be an error.
        weight: shape (n,), as in `band`.
        group: shape (n,), as in `band`.
        alpha: the share that may be wrong.
        confidence: of the statement.
    """
    order = np.argsort(-np.asarray(score, dtype=np.float64), kind="stable")
    score, wrong = np.asarray(score)[order], np.asarray(wrong)[order].astype(np.float64)
    weight, group = np.asarray(weight, dtype=np.float64)[order], np.asarray(group)[order]
    n = len(score)
    least = math.ceil(math.log((1 - confidence) / _STARTS) / math.log(1 - alpha))
    if n < least:
        return math.inf
    steps = np.unique(
        np.minimum(n, np.round(least * _GROWTH ** np.arange(1 + math.log(n / least) / math.log(_GROWTH))))
    )
    steps = np.unique(np.searchsorted(-score, -score[steps.astype(int) - 1], side="right"))
    level = 1 - (1 - confidence) / _STARTS
    good = np.array([_most_wrong(wrong[:k], weight[:k], group[:k], level) <= alpha for k in steps])
    reached = -1
    for start in range(0, len(steps), max(1, math.ceil(len(steps) / _STARTS))):
        failed = np.flatnonzero(~good[start:])
        reached = max(
            reached, start + (int(failed[0]) if len(failed) else len(steps) - start) - 1 if good[start] else -1
        )
    return float(score[steps[reached] - 1]) if reached >= 0 else math.inf


def _most_wrong(wrong: Numbers, weight: Numbers, group: NDArray[Any], confidence: float) -> float:
    """Upper bound of the share that is wrong: of a person's passages, and of all passages; the greater."""
    _, person = np.unique(group, return_inverse=True)
    shares = np.bincount(person, weight * wrong) / np.bincount(person, weight)
    of = bounds.effective(weight)
    return float(
        max(
            proportion.upper(shares.sum(), len(shares), confidence),
            proportion.upper(of * np.average(wrong, weights=weight), of, confidence),
        )
    )
