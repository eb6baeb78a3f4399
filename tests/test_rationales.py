"""The benchmark of reasons: what is counted as agreement with what people marked."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.rationales.__main__ import agreement, interval, strongest, weighing
from benchmarks.rationales.reading import DATA, covered, located, responses, tokens
from qualcode.coding import Reason
from qualcode.corpus import Segment

TEXT = "I was lonely then. The kettle didn't boil."


def test_tokens_are_words_and_a_span_covers_those_that_it_touches() -> None:
    found = tokens(TEXT)
    assert [TEXT[start:end] for start, end in found][-2:] == ["didn't", "boil"]
    marked = located(TEXT, ["lonely then.", "not in it"])
    assert marked == ((6, 18),)
    assert covered(found, marked).tolist() == [False, False, True, True, False, False, False, False]


def test_agreement_is_precision_recall_and_their_harmonic_mean() -> None:
    found, gold = np.array([1, 1, 1, 0], dtype=bool), np.array([0, 1, 1, 1], dtype=bool)
    assert agreement(found, gold) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert agreement(found, ~found) == (0.0, 0.0, 0.0)


def test_an_interval_resamples_groups_and_not_rows() -> None:
    values, alike = np.tile([0.0, 1.0], 50), np.repeat([0, 1], 50)
    assert interval(values, np.zeros(100, dtype=int)) == (0.5, 0.5)
    low, high = interval(np.repeat([0.0, 1.0], 50), alike)
    assert (low, high) == (0.0, 1.0)


def test_evidence_is_read_from_reasons() -> None:
    segment = Segment("s_1", "t_1", 0, len(TEXT), "window", TEXT)
    reasons = [
        Reason("word", "isolation", 0.9, (6, 12)),
        Reason("word", "isolation", 0.5, (2, 5)),  # a function word
        Reason("word", "isolation", -0.4, (23, 29)),
        Reason("clause", "isolation", 0.6, detail="isolation.definition"),
    ]
    assert strongest(segment, reasons) == [(6, 12)]
    assert weighing(segment, reasons) == ((0, 18),)


@pytest.mark.real
@pytest.mark.skipif(not (DATA / "data.csv").exists(), reason="the public data are not beside the checkout")
def test_what_people_marked_lies_in_the_responses() -> None:
    training, marked, lost = responses("train")
    assert len(training.segments) > 2000
    assert lost < len(marked) / 50
    for one in marked:
        text = training.segments[one.row].text
        assert all(0 <= start < end <= len(text) for start, end in one.spans)
        assert training.label[one.row, training.codes.index(one.code)] == 1
