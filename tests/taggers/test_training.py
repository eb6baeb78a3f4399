"""Groups that are never parted, and folds that keep them whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import NotEnoughData
from qualcode.taggers import training

ROWS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("uvwxyz")), min_size=1, max_size=60)


def test_identical_texts_join_the_people_who_wrote_them() -> None:
    groups = training.grouped(["a", "b", "c", "d"], ["Nothing.", "nothing", "more", "N/A"])
    assert groups.tolist() == [0, 0, 1, 2]


def test_texts_without_letters_join_nobody() -> None:
    assert training.grouped(["a", "b"], ["...", "?"]).tolist() == [0, 1]


@settings(max_examples=50, deadline=None)
@given(ROWS, st.integers(0, 9))
def test_folds_part_neither_people_nor_identical_texts(rows: list[tuple[str, str]], seed: int) -> None:
    people, texts = zip(*rows, strict=True)
    group = training.grouped(people, texts)
    label = np.random.default_rng(seed).integers(-1, 2, (len(rows), 3)).astype(np.int8)
    count = min(3, len(set(group.tolist())))
    fold = training.folds(group, label, count=count, seed=seed)
    for kept in (people, texts):
        for value in set(kept):
            assert len({int(fold[i]) for i, one in enumerate(kept) if one == value}) == 1
    assert set(fold.tolist()) == set(range(count))


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
