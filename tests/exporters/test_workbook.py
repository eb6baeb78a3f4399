"""Workbooks: text stays text, choices reach the cells, long cells are cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qualcode.exporters import workbook
from qualcode.exporters.workbook import LONGEST, Column, Sheet


def _written(tmp_path: Path, *values: Any) -> list[Any]:
    path = tmp_path / "a.xlsx"
    workbook.write(path, [Sheet("One", (Column("x"),), [[value] for value in values])])
    return [cell.value for (cell,) in openpyxl.load_workbook(path)["One"].iter_rows(min_row=2)]


def test_values_come_back_as_they_are(tmp_path: Path) -> None:
    values = ["=1+1", "http://example.org", "007", "1e5", 3, 0.5, None, "é 🙂", "two\nlines"]
    assert _written(tmp_path, *values) == values


def test_yes_and_no_and_no_number_at_all(tmp_path: Path) -> None:
    assert _written(tmp_path, True, False, float("nan")) == ["yes", "no", None]


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST])
def test_a_cell_that_just_fits_is_not_cut(tmp_path: Path, length: int) -> None:
    assert _written(tmp_path, "a" * length) == ["a" * length]


def test_a_longer_cell_is_cut_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert workbook.write(path, [Sheet("One", (Column("x"),), [["a" * (LONGEST + 1)], ["b"]])]) == 1
    assert len(openpyxl.load_workbook(path)["One"]["A2"].value) == LONGEST


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x0b", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_signs_that_xml_does_not_know_do_not_spoil_the_file(tmp_path: Path, sign: str) -> None:
    (value,) = _written(tmp_path, f"before{sign}after")
    assert value.startswith("before")
    assert value.endswith("after")


@pytest.mark.parametrize("many", [2, 80])
def test_choices_are_offered_also_when_they_are_too_many_for_one_cell(tmp_path: Path, many: int) -> None:
    choices = tuple(f"a_long_code_{number}" for number in range(many))
    path = tmp_path / "a.xlsx"
    workbook.write(path, [Sheet("One", (Column("x"), Column("y", choices=choices)), [["a", ""], ["b", ""]])])
    book = openpyxl.load_workbook(path)
    (rule,) = book["One"].data_validations.dataValidation
    assert str(rule.sqref) == "B2:B3"
    if many == 2:
        assert rule.formula1 == f'"{",".join(choices)}"'
    else:
        assert rule.formula1 == "Lists!$A$1:$A$80"
        assert tuple(cell.value for cell in book["Lists"]["A"]) == choices
        assert book["Lists"].sheet_state == "hidden"


def test_a_lead_stands_above_the_header_and_no_unfinished_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook.write(path, [Sheet("One", (Column("x"),), [["a"]], "Read this.")])
    page = openpyxl.load_workbook(path)["One"]
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["Read this.", "x", "a"]
    assert page.freeze_panes == "A3"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
