"""How well a coder's decisions and scores meet the judgements they are held against, a code at a time.

Precision, recall, F1, Cohen's kappa (1960), average precision, Brier score and skill (Brier, 1950), expected
calibration error, and slope and intercept of logistic recalibration (Cox, 1958). Intervals resample whole groups,
weights are one over inclusion probabilities. What cannot be estimated is nan with a reason, never 0 and never 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis import reliability, resampling
from qualcode.analysis.resampling import Floats

DECIDED = ("precision", "recall", "f1", "kappa")
RANKED = ("ap",)
PROBABLE = ("brier", "brier_skill", "ece", "slope", "intercept")
MEASURES = (*DECIDED, *RANKED, *PROBABLE)
OVERALL = ("micro_precision", "micro_recall", "micro_f1", "macro_f1", "mean_kappa", "mean_ap", "mean_brier", "mean_ece")
NO_JUDGEMENT = "nothing was judged"
NO_POSITIVES = "no segment has the code"
NO_NEGATIVES = "every segment has the code"
NOTHING_PROPOSED = "it was proposed nowhere"
NO_STRENGTH = "the coder gives no strengths"
NO_SCORE = "scores are not calibrated"
_SHARES = frozenset({"precision", "recall", "micro_precision", "micro_recall"})


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Measures by code and over all codes, with 95 % intervals."""

    counts: pd.DataFrame
    """code, n (segments judged), people (groups), positives, proposed, abstained, effective (n of an unweighted sample
    of the same worth; Kish, 1965)."""
    table: pd.DataFrame
    """code, measure, value, low, high, reason (why there is no value, or no interval)."""
    overall: pd.DataFrame
    """measure, value, low, high, codes (that it is taken over), reason."""
    drawn: Mapping[str, Floats] = field(repr=False)
    """The overall measures in every sample; what was found comes first."""

    def to_frame(self) -> pd.DataFrame:
        """One row a code: counts, then each measure with its interval, then reasons."""
        wide = self.counts
        for measure in MEASURES:
            own = self.table[self.table["measure"] == measure].set_index("code")[["value", "low", "high"]]
            named = {"value": measure, "low": f"{measure}_low", "high": f"{measure}_high"}
            wide = wide.join(own.rename(columns=named), on="code")
        lacking = self.table[self.table["value"].isna()]
        reasons = {code: "; ".join(dict.fromkeys(rows["reason"])) for code, rows in lacking.groupby("code")}
        return wide.assign(reason=[reasons.get(code, "") for code in wide["code"]])

    def value(self, code: str, measure: str) -> float:
        """One figure; nan where it cannot be estimated."""
        own = self.table[(self.table["code"] == code) & (self.table["measure"] == measure)]
        return float(own["value"].iloc[0])

    def summary(self) -> list[str]:
        """One plain sentence a code."""
        told = []
        for row in self.to_frame().to_dict("records"):
            parts = [
                f"{name} {row[key]:.2f}{_interval(row, key)}"
                for key, name in (("f1", "F1"), ("kappa", "kappa"))
                if not pd.isna(row[key])
            ]
            said = ", ".join(parts) or f"not estimable ({row['reason']})"
            rests_on = f"{row['n']} segments of {row['people']} people, {row['positives']} with the code"
            told.append(f"{row['code']}: {said} on {rests_on}")
        return told


def _interval(row: Mapping[Any, Any], measure: str) -> str:
    low, high = row[f"{measure}_low"], row[f"{measure}_high"]
    return "" if pd.isna(low) else f" [{low:.2f}, {high:.2f}]"


def by_code(
    truth: NDArray[np.int8],
    said: NDArray[np.int8],
    codes: list[str],
    group: NDArray[np.generic],
    *,
    score: Floats | None = None,
    raw_score: Floats | None = None,
    weight: Floats | None = None,
    repetitions: int = 1000,
    seed: int = 1,
) -> Scores:
    """Hold what a coder said against judgements.

    Args:
        truth: shape (n, k): 1 present, 0 absent, -1 not judged; the last, and cells of weight 0, are left out.
        said: shape (n, k): 1 present, 0 absent, -1 abstained, which counts as not found.
        codes: names of the k columns.
        group: shape (n,): rows of one group (a person's, or the same text) are drawn together.
        score: shape (n, k): calibrated probabilities; a code with a nan among its judged cells counts as uncalibrated.
        raw_score: shape (n, k): strengths, for average precision of codes without scores.
        weight: shape (n, k): one over the inclusion probability; 1 unless given.
        repetitions: samples of groups.
        seed: of the samples.
    """
    number, groups = resampling.numbered(group)
    drawn = resampling.times(groups, repetitions, seed) if groups else np.ones((0, 1 + repetitions))
    weight = np.ones(truth.shape) if weight is None else weight
    counts, rows = [], []
    found: dict[str, dict[str, Floats]] = {}
    confusion: list[Floats] = []
    for column, code in enumerate(codes):
        kept = np.nonzero((truth[:, column] >= 0) & (weight[:, column] > 0))[0]
        cells = _Cells(
            truth[kept, column].astype(float),
            said[kept, column],
            weight[kept, column].astype(float),
            number[kept],
            None if score is None else score[kept, column].astype(float),
            None if raw_score is None else raw_score[kept, column].astype(float),
        )
        counts.append({"code": code, **cells.counts()})
        table = cells.confusion(drawn)
        confusion.append(table)
        measured = _measured(cells, table, drawn)
        found[code] = {measure: values for measure, (values, _) in measured.items()}
        for measure, (values, reason) in measured.items():
            people = cells.people(measure)
            rows.append({"code": code, "measure": measure, **_figure(measure, values, people, reason)})
    drawn_overall = _over_all(confusion, found, 1 + repetitions)
    overall = [
        {"measure": measure, **_figure(measure, values, groups, NO_JUDGEMENT), "codes": codes_in}
        for measure, (values, codes_in) in drawn_overall.items()
    ]
    return Scores(
        pd.DataFrame(counts, columns=["code", "n", "people", "positives", "proposed", "abstained", "effective"]),
        pd.DataFrame(rows, columns=["code", "measure", "value", "low", "high", "reason"]),
        pd.DataFrame(overall, columns=["measure", "value", "low", "high", "codes", "reason"]),
        {measure: values for measure, (values, _) in drawn_overall.items()},
    )


def difference(one: Scores, other: Scores, measure: str) -> tuple[float, float, float]:
    """How much more the first reaches than the second on the same rows, with the paired interval.

    Both must come of the same judgements, groups, repetitions and seed, so that their samples are the same samples.

    Raises:
        ValueError: the numbers of samples differ.
    """
    if one.drawn[measure].shape != other.drawn[measure].shape:
        raise ValueError("the two were not resampled alike (expected the same number of samples)")
    apart = one.drawn[measure] - other.drawn[measure]
    known = apart[1:][~np.isnan(apart[1:])]
    low, high = np.percentile(known, resampling.INTERVAL) if len(known) else (np.nan, np.nan)
    return float(apart[0]), float(low), float(high)


def _figure(measure: str, values: Floats, people: int, reason: str) -> dict[str, object]:
    value = float(values[0])
    if np.isnan(value):
        return {"value": value, "low": np.nan, "high": np.nan, "reason": reason}
    if measure in _SHARES:
        low, high, why = resampling.share_interval(values, people)
    else:
        low, high, why = resampling.interval(values, people, biased=measure.endswith("ece"))
    return {"value": value, "low": low, "high": high, "reason": why}


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The judged cells of one code."""

    y: Floats
    said: NDArray[np.int8]
    weight: Floats
    group: NDArray[np.int64]
    score: Floats | None
    raw: Floats | None

    def counts(self) -> dict[str, object]:
        total = self.weight.sum()
        return {
            "n": len(self.y),
            "people": len(np.unique(self.group)),
            "positives": int(self.y.sum()),
            "proposed": int((self.said == 1).sum()),
            "abstained": int((self.said == -1).sum()),
            "effective": float(total**2 / (self.weight**2).sum()) if len(self.y) else 0.0,
        }

    def people(self, measure: str) -> int:
        """Groups that a measure rests on: recall on those with the code, precision on those with a proposal."""
        inside = {"recall": self.y == 1, "precision": self.said == 1}.get(measure)
        return len(np.unique(self.group if inside is None else self.group[inside]))

    def confusion(self, drawn: Floats) -> Floats:
        """Shape (4, samples): weight of found, falsely found, missed, rightly not found."""
        yes, no = self.weight * self.y, self.weight * (1 - self.y)
        found = self.said == 1
        cells = np.column_stack([yes * found, no * found, yes * ~found, no * ~found])
        return np.asarray(resampling.sums(cells, self.group, len(drawn)).T @ drawn)


def _measured(cells: _Cells, table: Floats, drawn: Floats) -> dict[str, tuple[Floats, str]]:
    """Every measure in what was found and in every sample, and why the first is nan, where it is."""
    nothing = np.full(drawn.shape[1], np.nan)
    tp, fp, fn, tn = table
    present, absent, proposed = tp + fn, fp + tn, tp + fp
    total = present + absent
    if not len(cells.y):
        return dict.fromkeys(MEASURES, (nothing, NO_JUDGEMENT))
    with np.errstate(invalid="ignore", divide="ignore"):
        # A sample without the code, or with nothing else, says as little of it as data of that kind would.
        varied = np.where((present > 0) & (absent > 0), 1.0, np.nan)
        recall = tp / present
        precision = varied * tp / proposed
        f1 = varied * 2 * tp / (proposed + present)
        chance = (proposed * present + (total - proposed) * absent) / total**2
        kappa = varied * ((tp + tn) / total - chance) / (1 - chance)
    one_class = NO_POSITIVES if not cells.y.any() else NO_NEGATIVES
    single = bool(np.isnan(varied[0]))
    measured = {
        "precision": (precision, one_class if single else NOTHING_PROPOSED),
        "recall": (recall, NO_POSITIVES),
        "f1": (f1, one_class),
        "kappa": (kappa, one_class),
    }
    scored = cells.score is not None and not np.isnan(cells.score).any()
    strength = cells.score if scored else cells.raw
    if strength is None or np.isnan(strength).any() or single:
        measured["ap"] = (nothing, one_class if single else NO_STRENGTH)
    else:
        measured["ap"] = (varied * average_precision(cells.y, strength, cells.weight, cells.group, drawn), one_class)
    if cells.score is None or not scored:
        return measured | dict.fromkeys(PROBABLE, (nothing, NO_SCORE))
    return measured | _calibrated(cells, cells.score, varied * present / total, drawn, one_class if single else "")


def _calibrated(
    cells: _Cells, score: Floats, share: Floats, drawn: Floats, one_class: str
) -> dict[str, tuple[Floats, str]]:
    """What probabilities are held to; `share` of present in each sample, nan without variation."""
    nothing = np.full(drawn.shape[1], np.nan)
    place = reliability.equal_mass(score, cells.weight)
    bins = np.zeros((len(score), reliability.BINS))
    bins[np.arange(len(score)), place] = cells.weight
    columns = [bins, bins * cells.y[:, None], bins * score[:, None]]
    columns += [(cells.weight * (score - cells.y) ** 2)[:, None], cells.weight[:, None]]
    summed = resampling.sums(np.hstack(columns), cells.group, len(drawn)).T @ drawn
    in_bins, present, scores = (
        summed[at : at + reliability.BINS] for at in (0, reliability.BINS, 2 * reliability.BINS)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        brier = summed[-2] / summed[-1]
        skill = 1 - brier / (share * (1 - share))
    ece = reliability.calibration_error(in_bins, present, scores)
    slopes, intercepts, reason = nothing, nothing, one_class
    if not one_class:
        slope, intercept, reason = reliability.recalibration(cells.y, score, cells.weight)
        if not reason:
            slopes, intercepts = reliability.recalibrated(
                slope, intercept, cells.y, score, cells.weight, cells.group, drawn
            )
    return {
        "brier": (brier, ""),
        "brier_skill": (skill, one_class),
        "ece": (ece, ""),
        "slope": (slopes, reason),
        "intercept": (intercepts, reason),
    }


def average_precision(y: Floats, strength: Floats, weight: Floats, group: NDArray[np.int64], drawn: Floats) -> Floats:
    """Average precision in each sample: precision at each strength, by the share of the present that it adds.

    Args:
        y: shape (n,): 1 present, 0 absent.
        strength: shape (n,): higher is likelier; equal ones are taken together.
        weight: shape (n,).
        group: shape (n,): number of each row's group.
        drawn: shape (groups, samples), as `resampling.times` gives it.
    """
    from scipy import sparse

    # Only where something present comes in does precision count: with rare codes that is a handful of steps.
    steps = -np.unique(-strength[y == 1])
    step = np.searchsorted(-steps, -strength)
    kept = step < len(steps)
    shape = (len(steps), len(drawn))
    place = (step[kept], group[kept])
    total = sparse.csr_matrix((weight[kept], place), shape=shape) @ drawn
    present = sparse.csr_matrix(((weight * y)[kept], place), shape=shape) @ drawn
    found = np.cumsum(present, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(found / np.cumsum(total, axis=0))
        return np.asarray((present * precision).sum(axis=0) / found[-1])


def _over_all(
    confusion: list[Floats], found: Mapping[str, Mapping[str, Floats]], samples: int
) -> dict[str, tuple[Floats, int]]:
    """Overall measures in each sample, and over how many codes they are taken."""
    tp, fp, fn, _ = np.sum(confusion, axis=0) if confusion else np.full((4, samples), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        overall = {
            "micro_precision": (tp / (tp + fp), len(found)),
            "micro_recall": (tp / (tp + fn), len(found)),
            "micro_f1": (2 * tp / (2 * tp + fp + fn), len(found)),
        }
    for name in OVERALL[3:]:
        measure = name.partition("_")[2]
        known = [values[measure] for values in found.values() if not np.isnan(values[measure][0])]
        overall[name] = (_mean(np.array(known)) if known else np.full(samples, np.nan), len(known))
    return overall


def _mean(values: Floats) -> Floats:
    """Of each sample over the codes; where a sample lacks a code, what was found of it stands.

    Left out there, a rare code that is never found would lift the mean of just those samples that lack it.
    """
    return np.asarray(np.where(np.isnan(values), values[:, :1], values).mean(axis=0))
