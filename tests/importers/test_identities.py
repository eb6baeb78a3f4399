"""The researcher's own list of names, and the check sheet read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.exporters import identities as sheets
from qualcode.formats.identities import Checked, Elsewhere, Seen
from qualcode.importers.identities import read_checked, read_names

SENTINEL = "Zyzzyva Lamplight"
SEEN = Seen("t_1", 12, "and then", SENTINEL, "came in", "person", "[Keldan]", "P01", "names")
MISSED = Seen("t_1", 40, "down at", "Hollis", "again", "place", "", "P01", "names")


def _list(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_of_one_person_stand_in_one_row(tmp_path: Path) -> None:
    listed = read_names(
        _list(tmp_path, "Name,kind,pseudonym,case\nKevin O'Hara; Our Kev ;Kevin,,Aro,P01\nHollis (Rd.+),place,,\n")
    )
    assert [(one.names, one.kind, one.pseudonym, one.case) for one in listed] == [
        (("Kevin O'Hara", "Our Kev", "Kevin"), "person", "Aro", "P01"),
        (("Hollis (Rd.+)",), "place", "", None),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("who,kind\nZyzzyva,person\n", 1, "no column 'name'"),
        ("name,kind\nZyzzyva,wizard\n", 2, "kind"),
        ("name\nZyzzyva\nzyzzyva’s\n", 3, "line 2"),
        ("name\n;;\n", 2, "nobody"),
        ("name,pseudonym\nZyzzyva,Aro\nLamplight,[aro]\n", 3, "line 2"),
        ("name,pseudonym\nZyzzyva,Lamplight\nLamplight,\n", 2, "real name"),
    ],
)
def test_a_faulty_list_is_told_by_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(ImporterError) as caught:
        read_names(_list(tmp_path, text))
    assert f"names.csv:{line}" in str(caught.value)
    assert what in str(caught.value)
    assert "zyzzyva" not in str(caught.value).lower().replace("'zyzzyva'", "")


def _filled(tmp_path: Path, answers: dict[tuple[str, int], dict[str, str]]) -> Path:
    from openpyxl import load_workbook

    path = tmp_path / "check.xlsx"
    sheets.write(path, [SEEN], [MISSED], [Elsewhere("memo", "m_1", "Tom", "said Tom", "person")])
    book = load_workbook(path)
    for (page, row), cells in answers.items():
        heads = {cell.value: cell.column for cell in book[page][1]}
        for head, value in cells.items():
            book[page].cell(row, heads[head], value)
    book.save(path)
    return path


def test_decisions_come_back(tmp_path: Path) -> None:
    path = _filled(
        tmp_path,
        {("Suspected", 2): {"decision": "Organisation", "where": "here"}, ("Replaced", 2): {"decision": "no"}},
    )
    assert read_checked(path) == [
        Checked(2, "Suspected", "Hollis", "organisation", "place", True, "t_1", 40),
        Checked(2, "Replaced", SENTINEL, "no", "person", False, "t_1", 12),
    ]


def test_a_sheet_that_nobody_filled_in_decides_nothing(tmp_path: Path) -> None:
    assert read_checked(_filled(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({("Suspected", 2): {"decision": "perhaps"}}, "not understood"),
        ({("Suspected", 2): {"decision": "no", "place": "somewhere"}}, "place"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told(tmp_path: Path, answers: dict, what: str) -> None:
    with pytest.raises(MalformedTranscript) as caught:
        read_checked(_filled(tmp_path, answers))
    assert "check.xlsx:2" in str(caught.value)
    assert what in str(caught.value)
    assert "Lamplight" not in str(caught.value)


def test_names_are_in_no_repr() -> None:
    assert "Lamplight" not in repr(SEEN)
    assert "Lamplight" not in repr(Checked(3, "Replaced", SENTINEL, "no", "person", False, "t_1", 12))
