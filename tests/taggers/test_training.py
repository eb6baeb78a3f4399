"""Groups that are never parted, and folds that keep them whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.taggers import training
from qualcode.taggers.training import Training

ROWS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("uvwxyz")), min_size=1, max_size=60)


def _said(people: Sequence[str], texts: Sequence[str], label: NDArray[np.int8]) -> Training:
    segments = tuple(
        Segment(f"s{row}", f"t{row}", 0, len(text), "response", text, case=person)
        for row, (person, text) in enumerate(zip(people, texts, strict=True))
    )
    return Training(segments, tuple("abc"[: label.shape[1]]), label, np.ones(label.shape))


@settings(max_examples=50, deadline=None)
@given(ROWS, st.integers(0, 9))
def test_neither_people_nor_identical_texts_are_seen_and_held(rows: list[tuple[str, str]], seed: int) -> None:
    people, texts = zip(*rows, strict=True)
    if len(set(people)) < 2 and len(set(texts)) < 2:
        return
    label = np.random.default_rng(seed).integers(-1, 2, (len(rows), 3)).astype(np.int8)
    apart = training.parted(_said(people, texts, label), count=3, seed=seed)
    assert len(apart.seen) == len(set(apart.fold.tolist()))
    for number, seen in enumerate(apart.seen):
        held = apart.fold == number
        for kept in (texts,) if apart.by == "text" else (people, texts):
            assert not {kept[at] for at in np.flatnonzero(held)} & {kept[at] for at in np.flatnonzero(seen)}


def test_people_who_all_say_yes_are_not_one_group() -> None:
    people, texts = [f"P{n // 2}" for n in range(40)], ["Yes." if n % 2 else f"I said {n}." for n in range(40)]
    apart = training.parted(_said(people, texts, np.zeros((40, 1), dtype=np.int8)), count=5, seed=1)
    assert np.bincount(apart.fold).tolist() == [8] * 5
    assert apart.seen.sum(axis=1).tolist() == [16] * 5, "the yes of others is left out of what a model sees"


def test_positives_of_a_rare_code_are_spread() -> None:
    label = np.zeros((100, 2), dtype=np.int8)
    label[[3, 50, 51, 52, 90], 0] = 1
    label[:60, 1] = 1
    fold = training.folds(np.arange(100), label, count=5, seed=1)
    assert [int(label[fold == k, 0].sum()) for k in range(5)] == [1, 1, 1, 1, 1]
    assert np.ptp([int((fold == k).sum()) for k in range(5)]) <= 10


def test_too_few_groups_are_said() -> None:
    with pytest.raises(NotEnoughData):
        training.folds(np.zeros(4, dtype=np.int64), np.zeros((4, 1), dtype=np.int8), count=2, seed=1)
