"""What each pattern is worth: coverage, overlap, conflict and precision, worked out by hand and by law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.analysis.patterns import Patterns, by_pattern

# Five passages; two patterns of code a, one of code b, which excludes a, one of code c that never fires.
NAMES = ("a.pattern.1", "a.pattern.2", "b.pattern.1", "c.pattern.1")
OWNER = np.array([0, 0, 1, 2])
HIT = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
EXCEPTED = np.array([[0] * 4, [0] * 4, [0] * 4, [1, 0, 0, 0], [0] * 4], dtype=bool)
LABEL = np.array([[1, -1, -1], [0, 1, -1], [1, -1, -1], [-1, -1, -1], [1, -1, -1]], dtype=np.int8)
RIVAL = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)


def found() -> Patterns:
    return by_pattern(NAMES, OWNER, HIT, EXCEPTED, LABEL, ("a", "b", "c"), RIVAL)


def test_each_pattern_is_counted_on_its_own() -> None:
    rows = {row["pattern"]: row for row in found().to_frame().to_dict("records")}
    first = rows["a.pattern.1"]
    assert (first["hits"], first["coverage"], first["overlap"]) == (3, 0.6, pytest.approx(1 / 3))
    assert (first["excepted"], first["rivals"], first["absent"]) == (1, 1, 1)
    # Of three hits and one match that was taken away, two have something against them: rival and person in one passage.
    assert first["conflict"] == 0.5
    assert (first["judged"], first["precision"]) == (3, pytest.approx(2 / 3))
    assert rows["b.pattern.1"]["rivals"] == 1


def test_a_code_is_judged_by_all_its_patterns_together() -> None:
    row = found().codes.set_index("code").loc["a"]
    assert (row["patterns"], row["dead"], row["hits"], row["judged"], row["present"]) == (2, 0, 3, 3, 3)
    assert row["recall"] == pytest.approx(2 / 3)
    assert row["recall_low"] < 2 / 3 < row["recall_high"]


def test_a_pattern_that_matched_nowhere_is_dead_and_stands_in_no_row() -> None:
    assert found().dead == ("c.pattern.1",)
    assert "c.pattern.1" not in set(found().table["pattern"])
    assert found().codes.set_index("code").loc["c", "dead"] == 1


def test_the_surely_imprecise_come_first_and_one_mistake_is_not_sure() -> None:
    hit = np.ones((11, 3), dtype=bool)
    hit[1:, 0] = False  # one hit, wrong
    label = np.zeros((11, 1), dtype=np.int8)  # eleven hits, all wrong, and again
    label[1:9] = 1
    hit[9:, 2] = False  # nine hits, one wrong
    names = ("once", "often", "well")
    table = by_pattern(
        names, np.zeros(3, dtype=np.int64), hit, ~hit & False, label, ("a",), np.zeros((1, 1), bool)
    ).table
    assert list(table["pattern"]) == ["often", "once", "well"]


def test_without_judgements_there_is_no_precision_and_the_summary_says_so() -> None:
    none = np.full_like(LABEL, -1)
    made = by_pattern(NAMES, OWNER, HIT, EXCEPTED, none, ("a", "b", "c"), RIVAL)
    assert made.table["precision"].isna().all()
    assert made.codes["recall"].isna().all()
    assert "a: 2 patterns, 0 of them dead, fire on 3 of 5 passages" in made.summary()[0] + made.summary()[1]
    assert "no judgement tells its precision" in made.summary()[0]


@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.integers(1, 5))
def test_counts_keep_their_laws(seed: int, passages: int, patterns: int) -> None:
    random = np.random.default_rng(seed)
    hit = random.random((passages, patterns)) < 0.4
    excepted = ~hit & (random.random(hit.shape) < 0.2)
    owner = np.sort(random.integers(0, 2, patterns))
    label = random.integers(-1, 2, (passages, 2)).astype(np.int8)
    made = by_pattern(
        [f"p{k}" for k in range(patterns)], owner, hit, excepted, label, ("a", "b"), ~np.eye(2, dtype=bool)
    )
    table = made.table
    assert len(table) + len(made.dead) == patterns
    assert (table["absent"] <= table["judged"]).all()
    assert (table["judged"] <= table["hits"]).all()
    for share in ("coverage", "overlap", "conflict", "precision"):
        assert table[share].dropna().between(0, 1).all()
    for code in made.codes.itertuples():
        own = table[table["code"] == code.code]["hits"]
        assert own.max() <= code.hits <= own.sum() if len(own) else code.hits == 0
