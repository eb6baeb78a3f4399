"""Headers of one, two and three rows."""

from __future__ import annotations

from qualcode.importers import header

FIRST = ["Respondent ID", "What helped\n you most?", "Which did you use?", "", "", "Region"]
SECOND = ["", "Open-Ended Response", "Phone", "Group", "Other (please specify)", "Response"]


def test_a_header_of_one_row_is_its_cells():
    found = header.of([["id", " what\nhelped? "], ["1", "tea"], ["2", "more"]])
    assert (found.names, found.height, found.note) == (("id", "what helped?"), 1, "")


def test_surveymonkey_writes_a_question_over_its_options():
    found = header.of([FIRST, SECOND, ["1", "tea", "Phone", "", "", "north"]])
    assert found.names == (
        "Respondent ID",
        "What helped you most?",
        "Which did you use?: Phone",
        "Which did you use?: Group",
        "Which did you use?: Other (please specify)",
        "Region",
    )
    assert found.height == 2
    assert "SurveyMonkey" in found.note


def test_an_answer_that_says_response_makes_no_second_row():
    assert header.of([["id", "text"], ["1", "Response"]]).height == 1
    assert header.of([["id", "text"], ["", "No response came"]]).height == 1


def test_qualtrics_writes_short_names_texts_and_import_ids():
    found = header.of(
        [
            ["ResponseId", "Q1", "Q2", "Q3"],
            ["Response ID", "Why?", "Why?", ""],
            ['{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}', '{"ImportId":"QID2_TEXT"}', '{"ImportId":"Q3"}'],
        ]
    )
    assert found.names == ("Response ID", "Why? (Q1)", "Why? (Q2)", "Q3")
    assert found.height == 3
    assert "Qualtrics" in found.note


def test_rows_of_other_lengths_lose_no_name():
    assert header.of([["", "a"], ["", "Response", "x"]]).names == ("", "a", "a: x")
    marks = ['{"ImportId":"a"}']
    assert header.of([["q1", "q2"], ["Why?"], marks]).names == ("Why?", "q2")
