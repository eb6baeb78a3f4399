"""How much better a tagger gets with more judgements, and whether still more would help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.analysis.scoring import average_precision
from qualcode.coding import ABSENT, PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers.training import Training, parted

FitAndScore = Callable[[Training, Sequence[Segment]], tuple[NDArray[np.float64], NDArray[np.bool_]]]
"""Learns from judgements and reads other segments: strength (m, k), and what would be proposed (m, k)."""
MEASURES = ("AP", "F1")
_DRAWS = 200
LEVEL = 0.02
"""A rise of the measure that is surely below it is not worth twice the judgements."""


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Means over codes at growing numbers of judged segments, on rows that neither the model nor their people saw."""

    points: tuple[tuple[int, str, float, float, float], ...]
    """(budget, measure, value, low, high)."""
    rise: tuple[float, float, float]
    """Of the average precision from the last budget but one to the last: value, low, high."""
    codes: int
    """How many codes have presents and absents enough to be measured."""
    budgets: tuple[int, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        """budget, measure, value, low, high (95 % interval over groups of the rows that were held apart)."""
        return pd.DataFrame(list(self.points), columns=["budget", "measure", "value", "low", "high"])

    def summary(self) -> str:
        """Whether more judgements still help, in a sentence."""
        before, last = self.budgets[-2:]
        value, low, high = self.rise
        moved = f"{value:+.2f} ({low:+.2f} to {high:+.2f}) from {before:,} to {last:,} judged passages"
        if low > 0:
            return f"More judgements still help: average precision {moved}."
        if high < LEVEL:
            return f"More judgements of this kind hardly help: average precision {moved}."
        return f"Whether more judgements help cannot be told yet: average precision {moved}."


def learning_curve(fit: FitAndScore, judged: Training, *, steps: int = 3, seed: int) -> LearningCurve:
    """Learn from ever more of one half of the groups, and measure on the random share of the other; then the other way.

    Args:
        fit: the tagger, as a function.
        judged: all judgements; only cells with weight are measured on, all are learned from.
        steps: how many budgets; each is twice the one before, the last a whole half.
        seed: for the halves, the order of groups, and the intervals.

    Raises:
        NotEnoughData: no code has presents and absents with weight in both halves.
    """
    if steps < 2:
        raise ValueError("a curve has two points at least")
    apart = parted(judged, count=2, seed=seed)
    fold, people = apart.fold, judged.people
    most = int(apart.seen.sum(axis=1).min())
    budgets = tuple(most // 2**step for step in reversed(range(steps)))
    measured = _measured(judged, fold)
    if not len(measured) or budgets[0] < 2:
        found = int((judged.weight > 0).any(axis=1).sum())
        raise NotEnoughData("too few passages were judged at random to draw a learning curve", needed=40, found=found)
    draws = np.zeros((len(budgets), len(MEASURES), _DRAWS + 1))
    for held in (0, 1):
        chance = np.random.default_rng((seed, held))
        rows = np.flatnonzero(fold == held)
        order = _by_groups(np.flatnonzero(apart.seen[held]), people, chance)
        repeats = _repeats(people[rows], chance)
        for place, budget in enumerate(budgets):
            strength, proposed = fit(judged.rows(order[:budget]), [judged.segments[row] for row in rows])
            part = judged.rows(rows)
            draws[place] += _measures(part, strength, proposed, measured, repeats) / 2
    table = [
        (budget, measure, float(draws[place, number, 0]), *_interval(draws[place, number, 1:]))
        for place, budget in enumerate(budgets)
        for number, measure in enumerate(MEASURES)
    ]
    rise = draws[-1, 0] - draws[-2, 0]
    return LearningCurve(tuple(table), (float(rise[0]), *_interval(rise[1:])), len(measured), budgets)


def _measured(judged: Training, fold: NDArray[np.int64]) -> list[int]:
    """Codes with presents and absents to measure on in both halves."""
    usable = judged.weight > 0
    return [
        column
        for column in range(len(judged.codes))
        if all(
            (usable[fold == half, column] & (judged.label[fold == half, column] == state)).any()
            for half in (0, 1)
            for state in (PRESENT, ABSENT)
        )
    ]


def _by_groups(rows: NDArray[np.int64], group: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
    """Rows, group after group in an order by chance: what a person judges comes by people, not by rows."""
    numbers = np.unique(group)
    place = dict(zip(numbers.tolist(), chance.permutation(len(numbers)).tolist(), strict=True))
    return np.array(sorted(rows.tolist(), key=lambda row: (place[int(group[row])], row)), dtype=np.int64)


def _repeats(group: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.float64]:
    """How often each row counts: once, and then as each of the resamples of groups has it; shape (draws + 1, m)."""
    numbers, place = np.unique(group, return_inverse=True)
    drawn = chance.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), size=_DRAWS)
    return np.vstack([np.ones(len(group)), drawn[:, place]]).astype(np.float64)


def _measures(
    part: Training,
    strength: NDArray[np.float64],
    proposed: NDArray[np.bool_],
    codes: Sequence[int],
    repeats: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Means over codes of average precision and F1, shape (2, draws + 1); of those with presents in a draw."""
    found = np.full((len(MEASURES), len(codes), len(repeats)), np.nan)
    for place, column in enumerate(codes):
        rows = np.flatnonzero((part.weight[:, column] > 0) & (part.label[:, column] >= ABSENT))
        present = part.label[rows, column] == PRESENT
        weight = repeats[:, rows] * part.weight[rows, column]
        own = np.asarray(strength[rows, column], dtype=np.float64)
        if present.any():
            each, counts = np.arange(len(rows)), part.weight[rows, column]
            found[0, place] = average_precision(present.astype(np.float64), own, counts, each, repeats[:, rows].T)
        said = np.asarray(proposed[rows, column], dtype=bool)
        both = (weight * (present & said)).sum(axis=1)
        either = (weight * present).sum(axis=1) + (weight * said).sum(axis=1)
        any_present = (weight * present).sum(axis=1) > 0
        found[1, place] = np.where(any_present, 2 * both / np.maximum(either, 1e-12), np.nan)
    # A draw without a present passage of a code says nothing of it; leaving it out would average other codes.
    found = np.where(np.isnan(found), found[:, :, :1], found)
    known = ~np.isnan(found)
    mean: NDArray[np.float64] = np.where(known, found, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return mean


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
