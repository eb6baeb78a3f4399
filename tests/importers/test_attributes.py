"""Typed attributes: all alike in a column, leading zeros kept, an empty cell is *not stated*."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.importers.attributes import NOT_STATED, typed


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["3", "", " 12 "], [3, None, 12]),
        (["-3", "0"], [-3, 0]),
        (["1.5", "2"], [1.5, 2.0]),
        (["yes", "No", "TRUE", "false"], [True, False, True, False]),
        (["2025-03-06", ""], [date(2025, 3, 6), None]),
        (["2025-03-06", "2025-13-06"], ["2025-03-06", "2025-13-06"]),
        (["2025-03-06", "March"], ["2025-03-06", "March"]),
        (["007", "12"], ["007", "12"]),
        (["0", "1", "x"], ["0", "1", "x"]),
        (["1", "yes"], ["1", "yes"]),
        (["1,5", "2"], ["1,5", "2"]),
        (["=1+1", "-"], ["=1+1", "-"]),
        (["None", "N/A"], ["None", "N/A"]),
        (["nan", "1.0"], ["nan", "1.0"]),
        (["1e3", "5"], ["1e3", "5"]),
        (["", "not stated", "N/S", "Unknown", "?"], [None] * 5),
        ([], []),
    ],
)
def test_a_column_has_one_type(cells, values):
    found = typed(cells)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


CELLS = st.lists(
    st.text(max_size=12) | st.sampled_from(["1", "007", "2.5", "yes", "no", "2025-01-01", "", "?", "N/A", "None"])
)


@given(CELLS)
def test_a_column_keeps_its_length_and_its_gaps(cells):
    values = typed(cells)
    assert len(values) == len(cells)
    assert [value is None for value in values] == [cell.strip().lower() in NOT_STATED for cell in cells]


@given(CELLS)
def test_a_column_of_text_is_kept_letter_for_letter(cells):
    values = typed(["some words", *cells])
    assert [value for value in values[1:] if value is not None] == [
        cell.strip() for cell in cells if cell.strip().lower() not in NOT_STATED
    ]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_numbers_come_back(numbers):
    assert typed([str(number) for number in numbers]) == numbers
