"""A review sheet comes back as it was filled in; a sheet that lost its columns is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from qualcode.codebook import Code, Codebook, Facet
from qualcode.coding import Sample
from qualcode.corpus import Segment
from qualcode.errors import MalformedTranscript
from qualcode.exporters import sheet as exported
from qualcode.importers import sheet
from qualcode.review import Answer

PROPOSED = ["passage", "polarity", "decision", "other code", "polarity is", "segment id", "code id"]
SAMPLED = [
    "passage",
    "code 1",
    "polarity 1",
    "code 2",
    "polarity 2",
    "code 3",
    "polarity 3",
    "segment id",
    "sample id",
]


def filled(path, proposals=(), sampled=(), proposed_columns=PROPOSED, sampled_columns=SAMPLED):
    book = Workbook()
    for name, columns, rows in (
        (sheet.PROPOSALS, proposed_columns, proposals),
        (sheet.SAMPLE, sampled_columns, sampled),
    ):
        page = book.create_sheet(name)
        page.append(columns)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def answer(tmp_path, *row) -> Answer:
    (found,) = sheet.read(filled(tmp_path / "a.xlsx", [row]))
    return found


def test_a_decision_is_read_whatever_its_case_and_spaces(tmp_path):
    assert answer(tmp_path, "…", "denied", " Keep ", None, None, "s_1", "burden") == Answer(
        2, "s_1", proposed="burden", decision="keep", machine_polarity="denied"
    )


def test_a_polarity_beside_keep_corrects_the_machines(tmp_path):
    found = answer(tmp_path, "…", "denied", "keep", "isolation", "Relieved", "s_1", "burden")
    assert (found.polarity, found.other) == ("relieved", (("isolation", ""),))


def test_a_polarity_beside_another_code_without_keep_is_that_codes(tmp_path):
    found = answer(tmp_path, "…", "denied", "reject", "isolation", "relieved", "s_1", "burden")
    assert (found.polarity, found.other) == ("", (("isolation", "relieved"),))


def test_an_empty_row_of_the_person_is_an_empty_answer(tmp_path):
    assert answer(tmp_path, "…", None, None, None, None, "s_1", "burden") == Answer(2, "s_1", proposed="burden")


def test_rows_without_a_segment_are_passed_over(tmp_path):
    assert sheet.read(filled(tmp_path / "a.xlsx", [["note of mine", *[None] * 6]])) == []


def test_the_random_sample_gives_up_to_three_codes_in_order(tmp_path):
    row = ["…", "Isolation", "denied", None, "lost", "burden", None, "s_9", "a_1"]
    assert sheet.read(filled(tmp_path / "a.xlsx", sampled=[row])) == [
        Answer(2, "s_9", other=(("isolation", "denied"), ("burden", "")), sample="a_1")
    ]


@pytest.mark.parametrize("column", ["segment id", "code id", "decision"])
def test_a_proposals_sheet_without_its_columns_is_refused(tmp_path, column):
    columns = [name if name != column else "renamed" for name in PROPOSED]
    path = filled(tmp_path / "a.xlsx", [["…", "", "keep", "", "", "s_1", "burden"]], proposed_columns=columns)
    with pytest.raises(MalformedTranscript, match=f"lost its column {column}") as caught:
        sheet.read(path)
    assert caught.value.hint


def test_a_sample_sheet_without_its_columns_is_refused(tmp_path):
    columns = [name if name != "sample id" else "renamed" for name in SAMPLED]
    path = filled(tmp_path / "a.xlsx", sampled=[["…", "none", *[""] * 5, "s_1", "a_1"]], sampled_columns=columns)
    with pytest.raises(MalformedTranscript, match="lost its column sample id"):
        sheet.read(path)


def test_only_workbooks_with_our_sheets_are_sheets(tmp_path, put):
    assert sheet.is_sheet(filled(tmp_path / "a.xlsx", [["…", "", "", "", "", "s_1", "burden"]]))
    book = Workbook()
    book.active.append(["code", "quote"])
    book.active.append(["burden", "heavy"])
    book.save(tmp_path / "b.xlsx")
    assert not sheet.is_sheet(tmp_path / "b.xlsx")
    assert not sheet.is_sheet(put("c.csv", "decision\nkeep\n"))


def test_rows_are_counted_as_the_spreadsheet_counts_them(tmp_path):
    path = filled(tmp_path / "a.xlsx", [[None] * 7, ["…", "", "keep", "", "", "s_1", "burden"]])
    assert [found.row for found in sheet.read(path)] == [3]


def test_what_is_written_is_read_back_as_undecided_and_answers_survive(tmp_path):
    codebook = Codebook(
        "x",
        "X",
        (Code("burden", "Burden"), Code("isolation", "Isolation")),
        (Facet("polarity", ("affirmed", "denied")),),
    )
    columns = [
        "context",
        "excerpt",
        "code_label",
        "polarity",
        "evidence",
        "clause",
        "raw_score",
        "case",
        "programme",
        "speaker_role",
        "segment",
        "code",
        "transcript",
        "start",
    ]
    proposals = pd.DataFrame(
        [
            [
                "Why?",
                "=heavy 😀",
                "Burden",
                "affirmed",
                "heavy",
                "",
                0.9,
                "007",
                "ko",
                "participant",
                "s_1",
                "burden",
                "t_1",
                0,
            ]
        ],
        columns=columns,
    )
    sample = Sample("a_1", ("s_2",), (0.5,), "audit", 1)
    segment = Segment("s_2", "t_1", 10, 15, "window", text="- and so", context="Why?")
    path = tmp_path / "sheet.xlsx"
    exported.write(path, proposals, sample, [(segment, "ko")], codebook)
    assert sheet.is_sheet(path)
    assert sheet.read(path) == [
        Answer(2, "s_1", proposed="burden", machine_polarity="affirmed"),
        Answer(2, "s_2", sample="a_1", asked=("burden", "isolation")),
    ]
    book = load_workbook(path)
    page = book[sheet.PROPOSALS]
    header = [cell.value for cell in page[1]]
    page.cell(2, header.index("decision") + 1).value = "keep"
    book.save(path)
    assert sheet.read(path)[0] == Answer(2, "s_1", proposed="burden", decision="keep", machine_polarity="affirmed")
