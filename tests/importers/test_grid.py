"""A table column by column: no cell moves into another column, and what is left out is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import MalformedTranscript
from qualcode.importers import grid
from qualcode.importers.rows import Sheet, sheets


def of(*rows: list[str]) -> grid.Grid:
    found = grid.of(Sheet("", list(enumerate(rows, start=1))), "a")
    assert found is not None
    return found


def test_cells_stand_under_their_names_and_rows_keep_their_numbers():
    found = of(["id", "", "text"], ["1", "", "alone"], ["", "", ""], ["2", "", "rang"])
    assert found.cells == {"id": ["1", "2"], "text": ["alone", "rang"]}
    assert (found.lines, found.numbers) == ([2, 4], {"id": 1, "text": 3})


def test_nothing_is_no_table():
    assert grid.of(Sheet("", [(1, ["", " "])]), "a") is None


def test_cells_below_no_name_are_told():
    found = of(["id", "", "text", ""], ["1", "", "alone", "lost"], ["2", "", "rang", ""])
    assert [(loss.kind, loss.count) for loss in found.losses] == [("columns without a name", 1)]


def test_a_row_that_is_too_long_is_left_out_and_told_with_its_line():
    rows = [[str(n), "alone"] for n in range(40)]
    found = of(["id", "text"], *rows[:20], ["20", "lonely", " and then not"], *rows[20:])
    assert len(found.lines) == 40
    (skipped,) = found.skipped
    assert (skipped.count, skipped.failed, skipped.reason) == (1, True, "more cells than the header has (lines 22)")


def test_too_many_long_rows_are_a_wrong_separator_and_refuse_the_file():
    with pytest.raises(MalformedTranscript, match="2 rows have more cells than the header") as caught:
        of(["id", "text"], ["1", "a", "b"], ["2", "c", "d"], ["3", "e"])
    assert caught.value.line == 2


def test_short_rows_end_in_empty_cells():
    assert of(["id", "text", "age"], ["1"]).cells == {"id": ["1"], "text": [""], "age": [""]}


@given(st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=12))
@settings(max_examples=150)
def test_every_cell_is_where_it_was(rows):
    header = ["a", "b", "c", "d"]
    found = of(header, ["x"], *rows)
    kept = [(n, row) for n, row in enumerate([["x"], *rows], start=2) if any(map(str.strip, row))]
    if len(kept) > 1 and kept[1][1][:1] == [""] and any(c.strip().lower() == "response" for c in kept[1][1]):
        return
    assert found.lines == [line for line, _ in kept]
    for place, name in enumerate(header):
        assert found.cells[name] == [row[place] if place < len(row) else "" for _, row in kept]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_separator_encoding_and_newline_gives_the_same_cells(put, separator, encoding, newline):
    text = newline.join(separator.join(row) for row in (["id", "text"], ["1", f'"café{newline}then ""no"""']))
    (sheet,) = sheets(put("a.csv", text.encode(encoding)), "a")
    found = grid.of(sheet, "a")
    assert found is not None
    assert found.cells == {"id": ["1"], "text": ['café\nthen "no"']}
