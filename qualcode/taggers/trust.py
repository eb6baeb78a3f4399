"""What a code's scores may be trusted with: one provisional word, and the figures behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.taggers import bands, bounds, estimates, thresholds
from qualcode.taggers.estimates import Estimate

AUTOMATE, ASSIST, NOT_AUTOMATABLE, INSUFFICIENT = (
    "automate",
    "assist only",
    "not automatable",
    "insufficient evidence",
)
EARNED = 0.80
"""What precision and recall must both reach at their lower bounds: two coders who are called reliable miss no less."""
AGREES = 2 / 3
"""What kappa must reach at its lower bound: Krippendorff's (2004) least for tentative conclusions."""
USEFUL = 0.25
"""Average precision above chance, as a share of what there is above chance, from which a ranking saves reading."""
FEWEST_PEOPLE = 10
"""People with the code, and people without it, before any other word is said: fewer resample to nothing."""
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class CodeTrust:
    """One code: its threshold and band, its word, and what was measured."""

    code: str
    threshold: float
    """Scores from here on are proposed."""
    low: float
    """Scores below are settled absent, see `bands`; -inf: none is. Never above the threshold."""
    high: float
    """Scores from here on are settled present; inf: none is. Never below the threshold."""
    alpha: float
    word: str
    """automate, assist only, not automatable or insufficient evidence: provisional."""
    sentence: str
    judged: int
    """Passages that the figures rest on: judged blind, at random or as they came, of known weight."""
    present: int
    needed: int | None
    """About how many more such judgements could change the word; 0: none will; None: over `bounds.MOST_NEEDED`."""
    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate
    ap: Estimate
    """Average precision."""
    brier_skill: float
    ece: float
    slope: float
    miss_guaranteed: bool
    alarm_guaranteed: bool
    needs_present: int
    """How many more people with the code before anything can be settled absent."""

    def to_state(self) -> dict[str, Any]:
        """As JSON holds it."""
        state: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, Estimate):
                value = value.to_state()
            state[name] = None if isinstance(value, float) and not math.isfinite(value) else value
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> CodeTrust:
        """The record that gave `state`."""
        known: dict[str, Any] = dict(state)
        for name in ("precision", "recall", "f1", "kappa", "ap"):
            known[name] = Estimate.from_state(state[name])
        for name, missing in (("low", -math.inf), ("high", math.inf)):
            known[name] = missing if state[name] is None else float(state[name])
        for name in ("brier_skill", "ece", "slope"):
            known[name] = math.nan if state[name] is None else float(state[name])
        return cls(**known)


def trust(
    code: str,
    score: NDArray[Any],
    truth: NDArray[Any],
    weight: NDArray[Any],
    group: NDArray[Any],
    *,
    aim: thresholds.Aim,
    alpha: float,
    seed: int,
    shrink_to: float | None = None,
    held: NDArray[Any] | None = None,
) -> CodeTrust:
    """Threshold, band, figures and word of one code.

    Figures are those of decisions whose threshold was chosen on other people's passages, so a threshold does not
    praise itself. The word, from one-sided 95 % bounds:

    * automate: precision and recall are at least `EARNED`, and kappa at least `AGREES`.
    * assist only: that is not shown, and the ranking is `USEFUL` for sure.
    * not automatable: precision or recall is below `EARNED` for sure, and the ranking is not `USEFUL` for sure.
    * insufficient evidence: neither; or fewer than `FEWEST_PEOPLE` people with the code, or without it; or no score.

    All four are provisional: the same judgements taught the tagger, out of fold, and people looked more than once.

    Args:
        code: its id, for the sentence.
        score: shape (n,): calibrated out-of-fold probabilities of one calibrator; nan where there are none.
        truth: shape (n,): PRESENT, ABSENT or NOT_JUDGED.
        weight: shape (n,): one over the inclusion probability; rows of weight 0 are left out.
        group: shape (n,): who says each row, as `Training.people` tells them apart.
        aim: what the threshold is for.
        alpha: of the band.
        seed: of the bootstrap.
        shrink_to: the pooled threshold, see `thresholds.choose`.
        held: shape (n,): probabilities by calibrators that did not see the row (`calibration.crossfit`), for Brier
            skill, calibration error and slope; without them `score` stands in and flatters a little.
    """
    judged = (np.asarray(truth) != NOT_JUDGED) & (np.asarray(weight) > 0)
    used = judged & ~np.isnan(score)
    if not used.any():
        return _without_scores(code, np.asarray(truth)[judged], aim, alpha)
    probability = np.asarray(score if held is None else held, dtype=np.float64)[used]
    score, truth = np.asarray(score, dtype=np.float64)[used], np.asarray(truth)[used]
    weight, group = (
        np.asarray(weight, dtype=np.float64)[used],
        np.unique(np.asarray(group)[used], return_inverse=True)[1],
    )
    present = truth == PRESENT
    threshold = thresholds.choose(score, truth, weight, aim, shrink_to)
    band = bands.band(score, truth, weight, group, alpha)
    proposed = np.zeros(len(score), dtype=bool)
    for fold in range(_FOLDS):
        own = group % _FOLDS == fold
        if own.all() or not own.any():
            proposed[own] = score[own] >= threshold
        else:
            others = thresholds.choose(score[~own], truth[~own], weight[~own], aim, shrink_to)
            proposed[own] = score[own] >= others
    found = estimates.decisions(proposed, present, score, weight, group, seed)
    known = ~np.isnan(probability)
    skill, error, slope = estimates.of_probabilities(probability[known], present[known], weight[known])
    prevalence = float(np.average(present, weights=weight))
    people = min(len(np.unique(group[present])), len(np.unique(group[~present])))
    word = _word(found, prevalence, people)
    needed = _needed(word, found, prevalence, people, len(score))
    return CodeTrust(
        code,
        threshold,
        min(band.low, threshold),
        max(band.high, threshold),
        alpha,
        word,
        _sentence(code, word, found, len(score), int(present.sum()), needed),
        len(score),
        int(present.sum()),
        needed,
        found.precision,
        found.recall,
        found.f1,
        found.kappa,
        found.ap,
        skill,
        error,
        slope,
        band.miss_guaranteed,
        band.alarm_guaranteed,
        band.needs_present,
    )


def _without_scores(code: str, truth: NDArray[Any], aim: thresholds.Aim, alpha: float) -> CodeTrust:
    present, judged = int((truth == PRESENT).sum()), len(truth)
    rarer = min(present, judged - present)
    needed = _until_seen(FEWEST_PEOPLE, rarer, judged)
    none, whole = Estimate(math.nan, math.nan, math.nan), Estimate(math.nan, 0.0, 1.0)
    nothing = estimates.Decisions(whole, whole, none, none, none, 0.0, 0.0)
    return CodeTrust(
        code,
        thresholds.NOTHING,
        -math.inf,
        math.inf,
        alpha,
        INSUFFICIENT,
        _sentence(code, INSUFFICIENT, nothing, judged, present, needed),
        judged,
        present,
        needed,
        *(whole, whole, none, none, none),
        *(math.nan, math.nan, math.nan),
        False,
        False,
        max(0, bounds.fewest(alpha) - present),
    )


def _above_chance(ap: float, prevalence: float) -> float:
    return (ap - prevalence) / (1 - prevalence) if prevalence < 1 else math.nan


def _word(found: estimates.Decisions, prevalence: float, people: int) -> str:
    if people < FEWEST_PEOPLE:
        return INSUFFICIENT
    if min(found.precision.low, found.recall.low) >= EARNED and found.kappa.low >= AGREES:
        return AUTOMATE
    if _above_chance(found.ap.low, prevalence) >= USEFUL:
        return ASSIST
    if _excluded(found) and _above_chance(found.ap.high, prevalence) < USEFUL:
        return NOT_AUTOMATABLE
    return INSUFFICIENT


def _excluded(found: estimates.Decisions) -> bool:
    return min(found.precision.high, found.recall.high) < EARNED


def _needed(word: str, found: estimates.Decisions, prevalence: float, people: int, judged: int) -> int | None:
    """More judgements at random until the word can change, were shares to stay as they are."""
    if people < FEWEST_PEOPLE:
        return _until_seen(FEWEST_PEOPLE, people, judged)
    if word in (AUTOMATE, NOT_AUTOMATABLE) or (word == ASSIST and _excluded(found)):
        return 0
    known = ((found.precision, found.proposals), (found.recall, found.positives))
    earn = max(_counting(bounds.needed_above, share, of) for share, of in known)
    fail = min(_counting(bounds.needed_below, share, of) for share, of in known)
    ways = [earn, fail] if word == ASSIST else [earn, _until_ranked(found.ap, prevalence)]
    more = math.ceil(max(1.0, min(ways) * judged)) if math.isfinite(min(ways)) else math.inf
    return int(more) if more <= bounds.MOST_NEEDED else None


def _counting(wanted: Callable[[float, float], int | None], share: Estimate, of: float) -> float:
    """By how many times as much as there is, beside what there is, a share must be counted."""
    count = None if math.isnan(share.point) or not of else wanted(EARNED, round(share.point, 2))
    return math.inf if count is None else max(0.0, count / of - 1)


def _until_ranked(ap: Estimate, prevalence: float) -> float:
    """The same, until the ranking is shown to be useful or not: an interval shrinks with the root of its data."""
    point, low, high = (_above_chance(value, prevalence) for value in (ap.point, ap.low, ap.high))
    short = (point - low) / (point - USEFUL) if point > USEFUL else (high - point) / max(USEFUL - point, 1e-9)
    return max(0.0, short**2 - 1)


def _until_seen(wanted: int, seen: int, judged: int) -> int | None:
    """Judgements at random until as many people of the rarer side have been seen as are wanted."""
    more = math.ceil((wanted - seen) * (judged + 1) / (seen + 0.5))
    return more if more <= bounds.MOST_NEEDED else None


def _sentence(code: str, word: str, found: estimates.Decisions, judged: int, present: int, needed: int | None) -> str:
    enough = word != INSUFFICIENT or not math.isnan(found.recall.point)
    said = f"{code}: {word} ({'provisional' if word != INSUFFICIENT else _more(needed)})."
    seen = f"On {_number(judged)} passages judged blind ({_number(present)} present) it finds "
    if not enough or not present:
        return f"{said} It was judged blind on {_number(judged)} passages and found on {_number(present)}."
    recall, precision = found.recall, found.precision
    said += f" {seen}{recall.point * 100:.0f} % [{recall.low * 100:.0f}–{recall.high * 100:.0f}] of what people found; "
    said += "it proposes nothing." if math.isnan(precision.point) else f"{_wrong(1 - precision.point)}."
    if word == ASSIST and needed:
        said += f" About {_number(_round(needed))} more would settle it."
    elif word == ASSIST and needed is None:
        said += " Judging more will hardly settle it."
    return said


def _more(needed: int | None) -> str:
    if needed is None:
        return f"more than {_number(bounds.MOST_NEEDED)} more needed"
    return f"about {_number(_round(needed))} more needed"


def _wrong(share: float) -> str:
    if share < 0.005:
        return "none of its proposals is wrong"
    if share > 0.995:
        return "all of its proposals are wrong"
    of = 100 if round(share * 10) in (0, 10) else 10
    count = min(round(share * of), of)
    return f"{count} in {of} of its proposals {'is' if count == 1 else 'are'} wrong"


def _round(count: int) -> int:
    """Two figures: more would pretend."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return math.ceil(count / step) * step


def _number(count: int) -> str:
    return f"{count:,}"
