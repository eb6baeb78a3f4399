"""What is declared to be completely coded, and by whom."""

from __future__ import annotations

import pytest

from qualcode.corpus import Transcript, Turn
from qualcode.errors import ImporterError
from qualcode.importers import Given
from qualcode.importers.completeness import Declaration, complete, stated

TEXTS = [Transcript(f"t_{n}", "Words.", (Turn(0, 6),), source=f"study.qdpx/P0{n}.docx") for n in (1, 2, 3)]
GIVEN = [
    Given(1, "t_1", 0, 3, ("burden",), {"burden": {}}, "amina"),
    Given(2, "t_1", 0, 3, ("isolation",), {"isolation": {}}, "ben"),
    Given(3, "t_2", 0, 3, ("burden",), {"burden": {}}, "amina"),
    Given(4, "t_3", 0, 3, ()),
]
CODES = ["burden", "isolation"]


def pairs(*declared: Declaration) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(c.transcript, c.coder, c.codes) for c in complete(declared, GIVEN, TEXTS, CODES)[0]]


def test_all_holds_for_those_who_coded_where_they_coded():
    assert pairs(*stated("all")) == [
        ("t_1", "amina", ("burden", "isolation")),
        ("t_1", "ben", ("burden", "isolation")),
        ("t_2", "amina", ("burden", "isolation")),
    ]


def test_named_codes_hold_alone():
    assert {codes for _, _, codes in pairs(*stated("Burden, of nobody"))} == {("burden",)}


def test_a_coder_and_a_document_that_are_named_hold_without_a_trace_of_coding():
    assert pairs(Declaration((), "ben", "P03")) == [("t_3", "ben", ("burden", "isolation"))]
    assert pairs(Declaration((), "ben", "")) == [("t_1", "ben", ("burden", "isolation"))]
    assert pairs(Declaration((), "", "p02.docx")) == [("t_2", "amina", ("burden", "isolation"))]


def test_lines_add_up_and_those_that_name_nothing_are_told():
    declared = [Declaration(("burden",), "ben", "P01"), Declaration(("isolation",), "ben", "P01")]
    assert pairs(*declared) == [("t_1", "ben", ("burden", "isolation"))]
    strange = [Declaration((), "carol"), Declaration((), "", "P99"), Declaration(("other",))]
    assert complete(strange, GIVEN, TEXTS, CODES) == ([], strange)


def test_a_table_says_it_per_coder_and_document(tmp_path):
    path = tmp_path / "done.csv"
    path.write_text('coder,document,codes\namina,P01.docx,"Burden, Isolation"\nben,,\n', encoding="utf-8")
    assert stated(str(path)) == [Declaration(("burden", "isolation"), "amina", "P01.docx"), Declaration((), "ben", "")]


@pytest.mark.parametrize("text", ["", " , "])
def test_nothing_named_is_refused(text):
    with pytest.raises(ImporterError):
        stated(text)


def test_a_table_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "done.csv"
    path.write_text("who,codes\nx,y\n", encoding="utf-8")
    with pytest.raises(ImporterError):
        stated(str(path))
