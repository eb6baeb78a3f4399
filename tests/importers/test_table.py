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
    imported = read(put, options, f"comment,said,who\nother words here now,{LONG},P1\n", text=("said",), case="who")
    assert imported.transcripts[0].text == LONG
    assert imported.transcripts[0].case == "P1"


def test_a_stated_column_that_is_not_there_is_refused_with_the_columns(put, options):
    with pytest.raises(MalformedTranscript, match=r"no column 'who' for case \(columns: id, text"):
        read(put, options, f"id,text\n1,{LONG}\n", case="who")


def test_a_guessed_id_that_comes_twice_is_no_id(put, options):
    imported = read(put, options, f"id,text\n1,{LONG}\n1,{LONG}\n")
    assert [transcript.row for transcript in imported.transcripts] == ["2", "3"]


def test_a_stated_id_that_comes_twice_with_the_same_words_is_refused(put, options):
    with pytest.raises(MalformedTranscript, match="1 rows share their id"):
        read(put, options, f"id,text\n1,{LONG}\n1,{LONG}\n", id="id")


def test_leading_zeros_of_cases_and_attributes_stay(put, options):
    imported = read(put, options, f"id,text,case,area_no\n01,{LONG},007,0123\n02,{LONG},008,0456\n")
    assert [(case.id, case.attributes["area_no"]) for case in imported.cases] == [
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


def test_every_open_question_of_a_row_is_a_transcript_of_the_same_case(put, options):
    imported = read(
        put, options, f"id,What helped?,age,What did not?\n7,{LONG},35,the forms took three days\n8,,41,{LONG}\n"
    )
    said = [(one.row, one.question, one.text) for one in imported.transcripts]
    assert said == [
        ("7", "What helped?", LONG),
        ("7", "What did not?", "the forms took three days"),
        ("8", "What did not?", LONG),
    ]
    first, second, third = imported.transcripts
    assert first.case == second.case != third.case
    assert [dict(case.attributes) for case in imported.cases] == [{"age": 35}, {"age": 41}]
    assert [(one.reason, one.count) for one in imported.skipped] == [("empty answer", 1)]
    assert imported.columns == TableColumns(
        text=("What helped?", "What did not?"), id="id", attributes=("age",), unread=()
    )


def test_the_same_words_to_two_questions_are_two_transcripts(put, options):
    imported = read(put, options, f"id,Why?,How?\n1,{LONG},{LONG}\n", text=("Why?", "How?"))
    assert len({one.id for one in imported.transcripts}) == 2


def test_a_text_column_more_at_the_end_changes_nothing_that_is_in(put, options):
    content = f"id,comment,feedback,question\n1,{LONG},{LONG} then,How was it?\n2,{LONG},{LONG} now,\n"
    one = read(put, options, content, text=("comment",))
    two = read(put, options, content, text=("comment", "feedback"))
    assert [t for t in two.transcripts if t.question != "feedback"] == list(one.transcripts)
    assert [t.question for t in two.transcripts] == ["How was it?", "feedback", "", "feedback"]


def test_of_a_workbook_the_first_sheet_with_answers_is_read_and_the_others_are_told(tmp_path, options):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "About"
    book.active.append(["this", "export"])
    book.active.append(["made", "2025-03-06"])
    for title, answer in (("Wave1", LONG), ("Wave2", LONG), ("Mary Smith", LONG), ("Empty", "")):
        sheet = book.create_sheet(title)
        if answer:
            sheet.append(["id", "comment"])
            sheet.append(["1", f"{answer} {title}"])
    book.save(tmp_path / "a.xlsx")
    imported = table.read(tmp_path / "a.xlsx", options)
    assert [one.text for one in imported.transcripts] == [f"{LONG} Wave1"]
    (loss,) = imported.losses
    assert (loss.kind, loss.count) == ("sheets", 3)
    assert "About, Wave2" in loss.reason
    assert "Mary" not in loss.reason


def test_a_workbook_without_answers_tells_the_fault_of_its_first_sheet(tmp_path, options):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "age"])
    book.active.append(["1", "30"])
    book.create_sheet("b").append(["x"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(MalformedTranscript, match="no column looks like answers"):
        table.read(tmp_path / "a.xlsx", options)


def test_a_review_sheet_and_a_table_of_codings_are_no_answers(tmp_path, put, options):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Proposals"
    book.create_sheet("Unproposed")
    book.save(tmp_path / "review.xlsx")
    with pytest.raises(MalformedTranscript, match="review sheet") as caught:
        table.read(tmp_path / "review.xlsx", options)
    assert "import-codings" in caught.value.hint
    with pytest.raises(MalformedTranscript, match="table of codings"):
        table.read(put("t.csv", f"id,document,tag,content\n1,P01.txt,burden,{LONG}\n"), options)


def test_a_survey_in_an_encoding_of_windows_says_so(put, options):
    imported = table.read(put("a.csv", f"sep=;\nid;comment\n1;{LONG}, at the café\n".encode("cp1252")), options)
    assert imported.transcripts[0].text.endswith("café")
    assert any("cp1252" in note for note in imported.notes)


def test_a_case_in_two_programmes_is_told(put, options):
    imported = read(put, options, f"id,text,case,programme\n1,{LONG},P1,kettle_on\n2,{LONG},P1,lantern_line\n")
    assert any("programme" in note for note in imported.notes[1:]) or any(skip.failed for skip in imported.skipped)
