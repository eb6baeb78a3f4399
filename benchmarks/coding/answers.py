"""What a contender is given and what it gives back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.coding.keeping import KeptVectors
from benchmarks.coding.sets import DataSet, people
from qualcode.codebook import Codebook
from qualcode.coding import PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers.training import Training, folds


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Judged passages to learn from, and passages to code."""

    training: Training
    asked: Sequence[Segment] = field(repr=False)
    codebook: Codebook
    one_of: bool
    seed: int
    encoder: KeptVectors


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """How a contender coded n passages for k codes."""

    present: NDArray[np.bool_]
    score: NDArray[np.float64]
    """Shape (n, k); within a column, higher is more likely."""
    train_seconds: float
    code_seconds: float
    settled: NDArray[np.bool_] | None = None
    """Shape (n, k): decided without a person, by contenders that know when they may."""
    whole: NDArray[np.bool_] | None = None
    """Shape (n,): decided on all codes at once without a person."""
    note: str = ""
    trusted: tuple[str, ...] = ()
    """Codes that the contender says may be coded without a person."""


class Contender(Protocol):
    """One way of coding; `version` changes whenever its answers may."""

    name: str
    version: str
    starts_empty: bool
    """It can work without a single judged passage."""

    def answer(self, task: Task) -> Answer:
        """Learn from the task's training part and code what is asked."""


class Stopwatch:
    """Processor seconds, with what kept vectors would have cost."""

    def __init__(self, encoder: KeptVectors) -> None:
        self._encoder = encoder
        encoder.spent()
        self._began = time.process_time()

    def lap(self) -> float:
        """Seconds since the start or the last lap."""
        now = time.process_time()
        seconds = now - self._began + self._encoder.spent()
        self._began = time.process_time()
        return seconds


def drawn(data: DataSet, budget: int | None, seed: int) -> Training:
    """`budget` passages of train, judged on all codes; all of them with None.

    Raises:
        NotEnoughData: train is smaller than that.
    """
    rows = np.flatnonzero(~data.test)
    if budget is not None and budget > len(rows):
        raise NotEnoughData("the train part is too small for this budget", needed=budget, found=len(rows))
    if budget is not None:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:budget])
    segments = tuple(data.segments[int(row)] for row in rows)
    # A random draw, judged blind: each judgement may serve estimation as well as learning.
    return Training(segments, data.codes, data.label[rows], np.ones((len(rows), len(data.codes))))


def inner_folds(training: Training, count: int, seed: int) -> NDArray[np.int64]:
    """Folds by person, as many as there are people for, up to `count`; all 0 where there is only one."""
    group = people(training.segments)
    count = min(count, int(group.max()) + 1)
    if count < 2:
        return np.zeros(len(group), dtype=np.int64)
    return folds(group, training.label, count=count, seed=seed)


def positives(training: Training) -> NDArray[np.bool_]:
    """Shape (n, k): what was judged present."""
    return training.label == PRESENT
