"""What qualcode decides without a person: comments settled whole, and what is wrong among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.coding.answers import Answer
from benchmarks.coding.measures import Interval, interval


@dataclass(frozen=True, slots=True)
class Whole:
    """Passages on which every code was settled."""

    share: Interval
    """Of all passages."""
    wrong: Interval
    """Of those, the share with a wrong decision on any code; NaN where none was settled."""


@dataclass(frozen=True, slots=True)
class Automated:
    """A code that the tagger says may be coded without a person."""

    code: str
    present: int
    """Passages that people gave it."""
    missed: float
    """Share of them that were settled absent."""
    alarmed: float
    """Share of the passages without it that were settled present."""
    left: float
    """Share of all passages left to a person."""


def by_code(answer: Answer) -> NDArray[np.bool_] | None:
    """Passages on which each code was settled by its own band; None where there are no bands."""
    return None if answer.settled is None else answer.settled.all(axis=1)


def at_once(answer: Answer) -> NDArray[np.bool_] | None:
    """Passages that the rule for all codes at once settled; None where there is no such rule."""
    return answer.whole


def whole(
    settled: Sequence[NDArray[np.bool_]],
    answers: Sequence[Answer],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> Whole:
    """What was settled whole, and what of it is wrong in any code; the mean over seeds.

    Args:
        settled: one a seed, shape (n,).
        answers: the same seeds'.
        truth: shape (n, k).
        weight: shape (drawings, n), as `measures.weights` gives it.
    """
    shares, wrongs = [], []
    for inside, answer in zip(settled, answers, strict=True):
        wrong = inside & (answer.present != truth).any(axis=1)
        count = weight @ inside.astype(float)
        shares.append(count / weight.sum(axis=1))
        wrongs.append(np.divide(weight @ wrong.astype(float), count, out=np.full(len(count), np.nan), where=count > 0))
    share, wrong_share = np.mean(shares, axis=0), np.mean(wrongs, axis=0)
    none = Interval(float("nan"), float("nan"), float("nan"))
    return Whole(interval(share), none if np.isnan(wrong_share[0]) else interval(wrong_share))


def automated(answer: Answer, truth: NDArray[np.bool_], codes: Sequence[str]) -> list[Automated]:
    """Miss and false-alarm rates of the codes that the tagger trusts itself with."""
    found = []
    for column, code in enumerate(codes):
        if code not in answer.trusted or answer.settled is None:
            continue
        held, settled, said = truth[:, column], answer.settled[:, column], answer.present[:, column]
        missed = (held & settled & ~said).sum() / max(held.sum(), 1)
        alarmed = (~held & settled & said).sum() / max((~held).sum(), 1)
        found.append(Automated(code, int(held.sum()), float(missed), float(alarmed), float((~settled).mean())))
    return found


def alarms_per_thousand(present: NDArray[np.bool_], truth: NDArray[np.bool_], words: NDArray[np.int64]) -> float:
    """Proposals per 1,000 words of talk that nobody coded.

    Args:
        present: shape (n, k).
        truth: shape (n, k).
        words: shape (n,), in each passage.
    """
    uncoded = ~truth.any(axis=1)
    return float(1000 * present[uncoded].sum() / max(words[uncoded].sum(), 1))
