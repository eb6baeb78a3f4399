"""Tables of codings that exist already: wide and long, located exactly, nearly, or told as not found."""

from __future__ import annotations

import pytest

from qualcode.codebook import Code, Codebook, Facet, crosswalk
from qualcode.corpus import Transcript, Turn
from qualcode.errors import MalformedTranscript
from qualcode.importers import codings

CODEBOOK = Codebook(
    "x",
    "X",
    (Code("isolation", "Social isolation"), Code("burden", "Burden"), Code("need", "Needs", codable=False)),
    (Facet("polarity", ("affirmed", "denied")),),
)
INTERVIEW = "INT: How was it?\nP1: I was alone all winter, nobody rang. I was alone."
FIRST = Transcript(
    "t_1",
    INTERVIEW,
    (Turn(5, 16, "interviewer"), Turn(21, len(INTERVIEW), "participant")),
    case="P1",
    source="sub/KO01.txt",
)
SECOND = Transcript("t_2", "Carrying it all got too heavy.", (Turn(0, 30),), case="P2", row="7", source="survey.csv")
THIRD = Transcript("t_3", "N/A", (Turn(0, 3),), case="P3", row="8", source="survey.csv")
TEXTS = (FIRST, SECOND, THIRD)


def wide(*rows: dict[str, str]):
    return codings.wide(rows, CODEBOOK, TEXTS)


def long(*rows: dict[str, str]):
    return codings.long(rows, CODEBOOK, TEXTS)


def spot(given) -> str:
    return next(t.text for t in TEXTS if t.id == given.transcript)[given.start : given.end]


def test_a_table_with_a_column_code_is_long():
    assert codings.is_long([{"Code": "", "quote": ""}])
    assert not codings.is_long([{"text": "", "burden": ""}])


def test_wide_cells_are_present_absent_or_not_judged():
    table = wide(
        {"id": "7", "Social Isolation": "0", "burden": "1"},
        {"id": "8", "Social Isolation": "", "burden": "0"},
    )
    one, two = table.given
    assert (one.transcript, one.judged, dict(one.present)) == ("t_2", ("burden", "isolation"), {"burden": {}})
    assert (two.transcript, two.judged, dict(two.present)) == ("t_3", ("burden",), {})
    assert spot(one) == SECOND.text
    assert table.codes == ("burden", "isolation")


@pytest.mark.parametrize(
    ("cell", "state"),
    [("1", 1), ("Yes", 1), ("x", 1), ("1.0", 1), ("TRUE", 1), ("0", 0), ("no", 0), ("0.0", 0)],
)
def test_usual_marks_are_understood(cell, state):
    (given,) = wide({"id": "7", "burden": cell}).given
    assert ("burden" in given.present) == bool(state)


def test_a_mark_that_is_not_understood_is_told_and_not_judged():
    table = wide({"id": "7", "burden": "maybe", "isolation": "1"})
    assert table.unclear == (2,)
    assert table.given[0].judged == ("isolation",)


def test_a_row_without_any_judgement_gives_none():
    assert wide({"id": "7", "burden": ""}).given == ()


def test_rows_are_found_by_their_text_where_there_is_no_id():
    (given,) = wide({"text": "Carrying  it all\ngot too heavy.", "burden": "1"}).given
    assert given.transcript == "t_2"


def test_an_id_whose_text_is_another_is_not_believed():
    table = wide({"id": "7", "text": "N/A", "burden": "1"}, {"id": "7", "text": "unheard of", "burden": "1"})
    assert [given.transcript for given in table.given] == ["t_3"]
    assert table.unlocated == (3,)


def test_columns_of_unknown_codes_are_told():
    assert wide({"id": "7", "burden": "1", "stigma": "1"}).unknown_codes == ("stigma",)


def test_a_heading_is_no_code_to_be_given():
    with pytest.raises(MalformedTranscript, match="no column is named like a code"):
        wide({"id": "7", "need": "1"})


def test_a_wide_table_must_say_which_text():
    with pytest.raises(MalformedTranscript, match="expected id or text"):
        wide({"burden": "1"})


# 0 and 1 for age become codings.
def test_a_column_in_another_script_is_not_another_code():
    codebook = Codebook("x", "X", (Code("alone", "Одиночество"), Code("burden", "Burden")))
    table = codings.wide([{"id": "7", "возраст": "1", "burden": "0"}], codebook, TEXTS)
    assert table.given[0].judged == ("burden",)


def test_a_long_row_is_found_by_its_quotation():
    (given,) = long({"code": "isolation", "quote": "nobody rang", "coder": "anna"}).given
    assert (given.transcript, spot(given), given.judged, given.coder) == (
        "t_1",
        "nobody rang",
        ("isolation",),
        "anna",
    )


def test_a_long_row_is_found_by_its_offsets_in_a_file():
    for name in ("sub/KO01.txt", "KO01.txt", "ko01"):
        start = INTERVIEW.index("nobody")
        (given,) = long({"code": "Social isolation", "file": name, "start": str(start), "end": str(start + 6)}).given
        assert spot(given) == "nobody"


def test_offsets_that_do_not_fit_their_quotation_are_not_believed():
    (given,) = long({"code": "burden", "file": "KO01", "start": "0", "end": "5", "quote": "nobody rang"}).given
    assert spot(given) == "nobody rang"


@pytest.mark.parametrize(("start", "end"), [("9", "3"), ("0", "9999"), ("x", "y"), ("", "")])
def test_offsets_that_lie_nowhere_are_told(start, end):
    table = long({"code": "burden", "file": "KO01", "start": start, "end": end})
    assert table.given == ()
    assert table.unlocated == (2,)


def test_a_quotation_that_stands_twice_is_taken_and_told():
    table = long({"code": "isolation", "quote": "I was alone"})
    assert spot(table.given[0]) == "I was alone"
    assert [(item.row, item.confidence, item.places) for item in table.approximate] == [(2, 1.0, 2)]


def test_a_quotation_with_other_marks_is_found_nearly_and_told():
    table = long({"code": "isolation", "quote": "I was alone all winter; nobody  rang"})
    assert "alone all winter, nobody" in spot(table.given[0])
    assert [(item.row, item.places) for item in table.approximate] == [(2, 1)]
    assert 0.9 <= table.approximate[0].confidence < 1


def test_a_quotation_that_nobody_said_is_told():
    table = long({"code": "isolation", "quote": "the weather in Madrid is splendid this year"})
    assert table.given == ()
    assert table.unlocated == (2,)


def test_a_file_that_is_not_in_the_project_holds_no_quotation():
    assert long({"code": "isolation", "quote": "nobody rang", "file": "KO09.txt"}).unlocated == (2,)


def test_a_row_narrows_where_a_quotation_may_stand():
    assert long({"code": "burden", "quote": "N/A", "file": "survey.csv", "row": "8"}).given[0].transcript == "t_3"
    assert long({"code": "burden", "quote": "N/A", "file": "survey.csv", "row": "7"}).unlocated == (2,)


def test_an_absence_may_be_stated():
    (given,) = long({"code": "burden", "quote": "nobody rang", "present": "0"}).given
    assert (given.judged, dict(given.present)) == (("burden",), {})


def test_facets_are_taken_along():
    (given,) = long({"code": "burden", "quote": "nobody rang", "Polarity": "Denied"}).given
    assert given.present == {"burden": {"polarity": "denied"}}


def test_a_facet_value_that_is_not_declared_is_told():
    assert long({"code": "burden", "quote": "nobody rang", "polarity": "banana"}).unclear == (2,)


def test_unknown_codes_and_marks_of_a_long_table_are_told():
    table = long(
        {"code": "stigma", "quote": "nobody rang", "present": ""},
        {"code": "burden", "quote": "nobody rang", "present": "?"},
    )
    assert (table.unknown_codes, table.unclear, table.given) == (("stigma",), (3,), ())


def test_a_long_table_needs_quotations_or_offsets():
    with pytest.raises(MalformedTranscript, match="quotation or offsets"):
        long({"code": "burden", "file": "KO01"})


def test_no_repr_shows_words():
    assert "nobody" not in repr(long({"code": "isolation", "quote": "nobody rang"}))


@pytest.mark.parametrize(
    "row",
    [
        {"id": "4", "document": "KO01.txt", "tag": "burden", "content": "nobody rang"},
        {"Document name": "KO01", "Code": "Family\\Burden", "Segment": "nobody rang", "Created by": "ben"},
        {
            "ID": "1:2",
            "Document": "KO01.txt",
            "Quotation Content": "nobody rang",
            "Codes": "Needs of the family::burden",
        },
        {"source": "KO01.txt", "node": "Strain > Burden", "reference": "nobody rang"},
    ],
    ids=["Taguette", "MAXQDA", "ATLAS.ti", "NVivo"],
)
def test_coded_segments_of_other_tools_are_read_as_they_head_them(row):
    assert codings.is_long([row])
    (given,) = long(row).given
    assert (spot(given), given.judged) == ("nobody rang", ("burden",))
    assert given.coder == ("ben" if "Created by" in row else "")


def test_a_cell_may_hold_several_codes_and_what_is_none_is_named():
    table = long({"codes": "burden\nSocial isolation; Elsewhere", "quote": "nobody rang", "document": "KO01.txt"})
    assert [given.judged for given in table.given] == [("burden",), ("isolation",)]
    assert table.unknown_codes == ("Elsewhere",)


def test_a_survey_with_flags_is_not_long_though_a_column_is_called_theme():
    assert not codings.is_long([{"text": "x", "theme": "1"}, {"text": "y", "theme": "0"}])


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ([{"tag": "a; b", "content": "x"}, {"tag": "b", "content": "y"}], ["a", "b"]),
        ([{"text": "x", "Being alone": "1", "Forms": "0"}], ["Being alone", "Forms"]),
    ],
    ids=["long", "wide"],
)
def test_the_labels_of_a_table_of_codings(rows, labels):
    assert codings.labels(rows) == labels


def test_a_code_that_the_crosswalk_maps_keeps_its_name_until_it_is_mapped():
    walk = crosswalk([{"from_code": "Alone", "to_code": "isolation", "relation": "exact"}], CODEBOOK)
    row = {"code": "alone", "quote": "nobody rang", "file": "KO01.txt"}
    assert codings.long([row], CODEBOOK, TEXTS, walk).given[0].judged == ("alone",)
    assert codings.long([row], CODEBOOK, TEXTS).unknown_codes == ("alone",)


def test_a_quotation_found_nearly_begins_and_ends_with_whole_words():
    table = long({"code": "isolation", "quote": "alone all wintr, nobody ran", "file": "KO01.txt"})
    assert spot(table.given[0]) == "alone all winter, nobody rang"
