"""Survey tables: a row is a response; columns are guessed and said, and no answer goes missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.errors import MalformedTranscript
from qualcode.importers import table
from qualcode.importers.imported import Description, TableColumns

LONG = "I was on my own all winter and nobody rang"


def read(put, options, content: str, **columns):
    return table.read(put("a.csv", content), replace(options, columns=TableColumns(**columns)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("header_only.csv", "a header and no row"),
        ("no_words.csv", "no row holds an answer in words"),
        ("no_text_column.csv", "no column looks like answers"),
        ("open_quote.csv", "not a table"),
        ("empty.txt", "nothing in it"),
    ],
)
def test_a_table_without_answers_is_refused(bad, options, name, message):
    with pytest.raises(MalformedTranscript, match=message):
        table.read(bad / name, options)


def test_a_row_is_a_response_with_all_that_its_columns_say(put, options):
    imported = read(
        put,
        options,
        "id,Comment,respondent,programme,question,wave,date,age\n"
        f"r1,{LONG},007,kettle_on,How was it?,after,2025-03-06,35\n",
    )
    (response,) = imported.transcripts
    assert response.text == LONG
    assert (response.kind, response.row, response.case, response.programme) == (
        "feedback",
        "r1",
        "007",
        "kettle_on",
    )
    assert (response.question, response.wave, response.date) == ("How was it?", "after", "2025-03-06")
    assert [(turn.start, turn.end, turn.role, turn.case) for turn in response.turns] == [
        (0, len(LONG), "participant", "007")
    ]
    assert [(case.id, case.programme, dict(case.attributes)) for case in imported.cases] == [
        ("007", "kettle_on", {"age": 35})
    ]


@pytest.mark.parametrize("answer", ["N/A", "None", "nan", "NULL", "=1+1", "007", "yes", "Nothing"])
def test_an_answer_that_looks_like_no_answer_stays_text(put, options, answer):
    imported = read(put, options, f"id,text\n1,{answer}\n2,{LONG}\n")
    assert [transcript.text for transcript in imported.transcripts] == [answer, LONG]
    assert imported.skipped == ()


def test_the_same_answer_in_two_rows_is_two_transcripts(put, options):
    imported = read(put, options, "id,text\n1,N/A\n2,N/A\n")
    assert len({transcript.id for transcript in imported.transcripts}) == 2


def test_empty_answers_are_counted_and_not_failed(put, options):
    imported = read(put, options, f'id,text\n1,{LONG}\n2,\n3,...\n4," "\n')
    (skipped,) = imported.skipped
    assert (skipped.reason, skipped.count, skipped.failed) == ("empty answer", 3, False)


def test_a_column_named_by_its_question_makes_it_the_context(put, options):
    imported = read(put, options, f"id,What helped you most?\n1,{LONG}\n")
    assert imported.transcripts[0].question == "What helped you most?"
    assert read(put, options, f"id,comment\n1,{LONG}\n").transcripts[0].question == ""


def test_the_text_is_the_column_with_the_longest_answers(put, options):
    imported = read(put, options, f"first,second\nshort one,{LONG}\n")
    assert imported.transcripts[0].text == LONG
    assert imported.notes[0] == "columns: text = second"


def test_stated_columns_win_over_guesses(put, options):
    imported = read(put, options, f"comment,said,who\nother words here now,{LONG},P1\n", text="said", case="who")
    assert imported.transcripts[0].text == LONG
    assert imported.transcripts[0].case == "P1"


def test_a_stated_column_that_is_not_there_is_refused_with_the_columns(put, options):
    with pytest.raises(MalformedTranscript, match=r"no column for case as it was named \(columns: id, text"):
        read(put, options, f"id,text\n1,{LONG}\n", case="who")


def test_a_guessed_id_that_comes_twice_is_no_id(put, options):
    imported = read(put, options, f"id,text\n1,{LONG}\n1,{LONG}\n")
    assert [transcript.row for transcript in imported.transcripts] == ["2", "3"]


def test_a_stated_id_that_comes_twice_with_the_same_words_is_refused(put, options):
    with pytest.raises(MalformedTranscript, match="1 rows share their id"):
        read(put, options, f"id,text\n1,{LONG}\n1,{LONG}\n", id="id")


def test_leading_zeros_of_cases_and_attributes_stay(put, options):
    imported = read(put, options, f"id,text,case,postcode\n01,{LONG},007,0123\n02,{LONG},008,0456\n")
    assert [(case.id, case.attributes["postcode"]) for case in imported.cases] == [
        ("007", "0123"),
        ("008", "0456"),
    ]
    assert [transcript.row for transcript in imported.transcripts] == ["01", "02"]


def test_many_columns_of_0_and_1_are_told_to_be_codings(put, options):
    imported = read(put, options, f"id,text,case,a,b,c\n1,{LONG},P1,0,1,1\n2,{LONG},P2,1,0,0\n")
    assert any("import-codings" in note for note in imported.notes)
    assert dict(imported.cases[0].attributes) == {}


def test_attributes_can_be_stated_or_refused(put, options):
    content = f"id,text,case,age,town\n1,{LONG},P1,35,Leeds\n"
    assert dict(read(put, options, content, attributes=("age",)).cases[0].attributes) == {"age": 35}
    assert dict(read(put, options, content, attributes=()).cases[0].attributes) == {}


def test_of_several_rows_of_a_case_the_first_stated_value_stays(put, options):
    imported = read(put, options, f"id,text,case,age\n1,{LONG},P1,\n2,{LONG},P1,35\n3,{LONG},P1,36\n")
    assert [(case.id, dict(case.attributes)) for case in imported.cases] == [("P1", {"age": 35})]


def test_the_manifest_fills_what_the_table_does_not_say(put, options):
    stated = replace(options, describe=Description(kind="diary", programme="kettle_on", deidentified=True))
    transcript = table.read(put("a.csv", f"id,text,programme\n1,{LONG},\n"), stated).transcripts[0]
    assert (transcript.kind, transcript.programme, transcript.deidentified) == ("diary", "kettle_on", True)


def test_notes_and_reprs_hold_no_answers(put, options):
    imported = read(put, options, "id,text\n1,zzsentinelzz was what I said\n")
    assert "zzsentinelzz" not in repr(imported)


def test_a_workbook_with_dates_is_read_as_its_csv_would_be(tmp_path, options):
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["id", "text", "date", "case", "joined"],
        ["007", LONG, date(2025, 3, 6), "P1", date(2024, 1, 2)],
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    imported = table.read(tmp_path / "a.xlsx", options)
    assert imported.transcripts[0].date == "2025-03-06"
    assert imported.transcripts[0].row == "007"
    assert dict(imported.cases[0].attributes) == {"joined": date(2024, 1, 2)}


def test_a_second_column_of_answers_is_told(put, options):
    rows = "".join(f"{n},{LONG} {n},the tea was cold on day {n}\n" for n in range(50))
    imported = read(put, options, "id,What helped?,What did not?\n" + rows)
    assert any("What did not?" in note for note in imported.notes)


def test_a_case_in_two_programmes_is_told(put, options):
    imported = read(put, options, f"id,text,case,programme\n1,{LONG},P1,kettle_on\n2,{LONG},P1,lantern_line\n")
    assert any("programme" in note for note in imported.notes[1:]) or any(skip.failed for skip in imported.skipped)
