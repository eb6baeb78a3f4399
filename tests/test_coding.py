"""`onto`: the one rule that carries codings from unit to unit, and says what was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.coding import Coding, Memo, Reason, Theme, onto, spread
from qualcode.corpus import Segment

SENTINEL = "zzsentinelzz"


def segment(start: int, end: int, *, name: str = "", transcript: str = "t_1") -> Segment:
    return Segment(
        name or f"s_{transcript}_{start}_{end}", transcript, start, end, "selection", text="x" * (end - start)
    )


def coding(on: Segment, name: str = "c_1") -> Coding:
    return Coding(
        name,
        on.id,
        "isolation",
        "anna",
        facets={"polarity": "denied"},
        evidence=((on.start, on.end),),
        score=0.4,
    )


def carried(source: Segment, *targets: Segment, at_least: float = 0.5):
    return onto([coding(source)], {source.id: source}, targets, at_least=at_least)


def landed(source: Segment, *targets: Segment, at_least: float = 0.5) -> list[str]:
    return [found.segment for found in carried(source, *targets, at_least=at_least).codings]


def test_a_coding_on_the_same_span_lands_with_all_it_says():
    source, target = segment(0, 10, name="s_old"), segment(0, 10, name="s_new")
    (found,) = carried(source, target).codings
    assert found == replace(coding(source), id="c_1:s_new", segment="s_new")


def test_half_of_the_shorter_span_is_enough_and_less_is_not():
    source = segment(0, 10)
    assert landed(source, segment(5, 15)) == ["s_t_1_5_15"]
    assert landed(source, segment(6, 16)) == []


def test_the_share_is_of_the_shorter_span_on_either_side():
    assert landed(segment(0, 100), segment(90, 110)) == ["s_t_1_90_110"]
    assert landed(segment(90, 110), segment(0, 100)) == ["s_t_1_0_100"]


def test_a_long_coding_lands_on_every_unit_inside_it():
    targets = [segment(0, 10), segment(10, 20), segment(20, 30)]
    found = carried(segment(0, 30), *targets)
    assert [one.segment for one in found.codings] == [target.id for target in targets]
    assert len({one.id for one in found.codings}) == 3
    assert found.lost == ()


def test_touching_spans_do_not_overlap():
    assert landed(segment(0, 10), segment(10, 20), at_least=0.01) == []


def test_a_coding_stays_in_its_transcript():
    assert landed(segment(0, 10), segment(0, 10, transcript="t_2")) == []


def test_what_finds_no_place_is_given_back_untouched():
    source = segment(0, 10)
    found = carried(source, segment(50, 60))
    assert found.codings == ()
    assert found.lost == (coding(source),)


def test_without_targets_all_is_lost_and_without_codings_nothing():
    source = segment(0, 10)
    assert carried(source).lost == (coding(source),)
    assert onto([], {}, [source]) == onto([], {}, [])


def test_the_threshold_can_be_raised_to_full_containment():
    source = segment(0, 10)
    assert landed(source, segment(1, 20), at_least=1.0) == []
    assert landed(source, segment(0, 20), at_least=1.0) == ["s_t_1_0_20"]


def test_an_empty_span_overlaps_nothing():
    assert landed(segment(5, 5), segment(0, 10)) == []


def test_a_coding_on_an_unknown_segment_is_not_passed_over():
    with pytest.raises(KeyError):
        onto([coding(segment(0, 10))], {}, [segment(0, 10)])


spans = st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda pair: segment(pair[0], pair[0] + pair[1]))
shares = st.floats(0.01, 1.0)


@given(spans, st.lists(spans, max_size=6), st.integers(0, 9), st.integers(0, 9), shares)
def test_a_coding_that_lies_inside_a_target_is_never_lost(source, others, before, after, at_least):
    target = segment(max(0, source.start - before), source.end + after, name="s_holder")
    found = carried(source, *others, target, at_least=at_least)
    assert found.lost == ()
    assert "s_holder" in [one.segment for one in found.codings]


@given(st.lists(spans, min_size=1, max_size=6), st.lists(spans, max_size=6), shares)
def test_every_coding_is_carried_or_lost_and_never_both(sources, targets, at_least):
    codings = [coding(source, f"c_{place}") for place, source in enumerate(sources)]
    found = onto(codings, {source.id: source for source in sources}, targets, at_least=at_least)
    kept, lost = {one.id.split(":")[0] for one in found.codings}, {one.id for one in found.lost}
    assert not kept & lost
    assert kept | lost == {one.id for one in codings}


@given(spans, st.lists(spans, max_size=6, unique_by=lambda s: s.id), shares, shares)
def test_a_higher_threshold_never_carries_more(source, targets, one, other):
    low, high = sorted((one, other))
    assert set(landed(source, *targets, at_least=high)) <= set(landed(source, *targets, at_least=low))


@pytest.mark.parametrize(
    "record",
    [
        Reason("word", "isolation", 0.5, detail=SENTINEL),
        Theme("th_1", (SENTINEL,), (), (), 0, {}, 0.0),
        Memo("m_1", "s_1", "anna", SENTINEL),
    ],
    ids=lambda record: type(record).__name__,
)
def test_no_repr_shows_words(record):
    assert SENTINEL not in repr(record)


def spread_over(codings: list[Segment], *targets: Segment):
    made = [coding(source, f"c_{number}") for number, source in enumerate(codings)]
    return spread(made, {source.id: source for source in codings}, list(targets))


def test_a_completely_coded_transcript_is_present_absent_or_unclear_on_every_segment():
    units = [segment(0, 10, name="a"), segment(10, 20, name="b"), segment(20, 30, name="c")]
    found = spread_over([segment(0, 12)], *units)
    assert [c.segment for c in found.present] == ["a"]
    # Two of ten letters of the second lie in the selection: too few to be present, and not nothing.
    assert (found.unclear, found.absent) == (("b",), ("c",))


def test_without_a_coding_all_is_absent():
    assert spread_over([], segment(0, 10, name="a")).absent == ("a",)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30)), max_size=5),
    st.lists(st.integers(1, 20), min_size=1, max_size=8),
)
def test_each_segment_of_a_completely_coded_transcript_is_in_one_state(spans, sizes):
    units, at = [], 0
    for number, size in enumerate(sizes):
        units.append(segment(at, at + size, name=f"u{number}"))
        at += size
    found = spread_over([segment(start, start + size, name=f"x{i}") for i, (start, size) in enumerate(spans)], *units)
    states = [*{c.segment for c in found.present}, *found.absent, *found.unclear]
    assert sorted(states) == sorted(unit.id for unit in units)
