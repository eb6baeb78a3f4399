"""Prevalence on frames that never saw qualcode."""

from __future__ import annotations

import pandas as pd

from qualcode.analysis.prevalence import NOT_STATED, by_programme

SEGMENTS = pd.DataFrame(
    {
        "segment": ["1", "2", "3", "4", "5"],
        "transcript": ["t1", "t1", "t2", "t3", "t4"],
        "case": ["ann", "ann", "ben", None, "dee"],
        "programme": ["north", "north", "north", "south", None],
    }
)
CODINGS = pd.DataFrame(
    [
        ("1", "alone", "affirmed"),
        ("2", "alone", "relieved"),
        ("3", "alone", "affirmed"),
        ("4", "forms", None),
    ],
    columns=["segment", "code", "polarity"],
)


def _row(frame: pd.DataFrame, **keys: str) -> dict[str, int]:
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    (row,) = frame.to_dict("records")
    return {name: int(row[name]) for name in ("cases_with", "cases", "segments_with", "segments")}


def _four(*numbers: int) -> dict[str, int]:
    return dict(zip(("cases_with", "cases", "segments_with", "segments"), numbers, strict=True))


def test_participants_are_counted_once_and_polarities_apart() -> None:
    found = by_programme(CODINGS, SEGMENTS, ["alone", "forms"])
    table = found.to_frame()
    assert _row(table, programme="north", code="alone", polarity="affirmed") == _four(2, 2, 2, 3)
    assert _row(table, programme="north", code="alone", polarity="relieved") == _four(1, 2, 1, 3)
    assert _row(found.any_polarity, programme="north", code="alone") == _four(2, 2, 3, 3)


def test_a_segment_without_a_case_counts_as_its_transcript_and_without_a_programme_as_not_stated() -> None:
    found = by_programme(CODINGS, SEGMENTS, ["alone", "forms"])
    assert _row(found.any_polarity, programme="south", code="forms") == _four(1, 1, 1, 1)
    assert _row(found.any_polarity, programme=NOT_STATED, code="alone") == _four(0, 1, 0, 1)


def test_codes_that_never_occur_stand_with_nought() -> None:
    found = by_programme(CODINGS.head(0), SEGMENTS, ["alone"])
    assert set(found.any_polarity["cases_with"]) == {0}
    assert len(found.any_polarity) == 3
    assert found.summary() == []


def test_codings_without_polarity_are_counted() -> None:
    found = by_programme(CODINGS[["segment", "code"]], SEGMENTS, ["alone"])
    assert _row(found.any_polarity, programme="north", code="alone")["cases_with"] == 2
    assert set(found.table["polarity"]) == {""}


def test_codings_outside_the_universe_are_not_counted() -> None:
    outside = pd.DataFrame([("99", "alone", "affirmed")], columns=["segment", "code", "polarity"])
    assert by_programme(outside, SEGMENTS, ["alone"]).any_polarity["segments_with"].sum() == 0


def test_a_summary_says_units_and_puts_most_participants_first() -> None:
    lines = by_programme(CODINGS, SEGMENTS, ["forms", "alone"]).summary()
    assert lines == [
        "north: alone in 2 of 2 participants (3 of 3 segments)",
        "south: forms in 1 of 1 participants (1 of 1 segments)",
    ]


def test_the_frames_given_are_not_changed() -> None:
    codings, segments = CODINGS.copy(), SEGMENTS.copy()
    by_programme(codings, segments, ["alone"])
    pd.testing.assert_frame_equal(codings, CODINGS)
    pd.testing.assert_frame_equal(segments, SEGMENTS)


def test_a_frame_of_just_the_documented_columns_is_enough() -> None:
    found = by_programme(CODINGS, SEGMENTS[["segment", "case", "programme"]].dropna(), ["alone"])
    assert _row(found.any_polarity, programme="north", code="alone")["cases_with"] == 2


def test_a_polarity_of_another_codebook_is_in_the_table() -> None:
    other = pd.DataFrame(
        [("1", "alone", "positive"), ("3", "alone", "affirmed")], columns=["segment", "code", "polarity"]
    )
    table = by_programme(other, SEGMENTS, ["alone"]).to_frame()
    assert table["segments_with"].sum() == 2
