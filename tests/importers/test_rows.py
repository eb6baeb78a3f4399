"""Tables as people save them: every cell is text as it was written, and nothing is lost in silence."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers.rows import read_rows


def workbook(path, *rows, title="Sheet"):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("open_quote.csv", "not a table that can be read"),
        ("duplicate_header.csv", "1 column names stand more than once"),
        ("empty.txt", "nothing in it"),
        ("whitespace.txt", "nothing in it"),
        ("bom_only.txt", "nothing in it"),
        ("binary.txt", "not a text file"),
        ("text_as.xlsx", "not an Excel file"),
    ],
)
def test_what_is_no_table_is_refused_with_a_hint(bad, name, message):
    with pytest.raises(MalformedTranscript, match=message) as caught:
        read_rows(bad / name, name)
    assert caught.value.path == name


def test_a_table_that_is_gone_is_an_importer_error(tmp_path):
    with pytest.raises(ImporterError, match="cannot be opened"):
        read_rows(tmp_path / "absent.csv", "absent.csv")


def test_a_header_alone_has_no_rows(bad):
    assert read_rows(bad / "header_only.csv", "h") == []


def test_cells_of_a_csv_are_text_as_written(put):
    path = put("a.csv", 'id,text,n\n007,N/A, 1.50 \n008,None,=1+1\n009,"he said ""no"",\nthen left",1e5\n')
    assert read_rows(path, "a") == [
        {"id": "007", "text": "N/A", "n": " 1.50 "},
        {"id": "008", "text": "None", "n": "=1+1"},
        {"id": "009", "text": 'he said "no",\nthen left', "n": "1e5"},
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_separator_encoding_and_newline_gives_the_same_rows(put, separator, encoding, newline):
    lines = [separator.join(row) for row in (["id", "text"], ["1", "I’m alone at the café"])]
    path = put("a.csv", (newline.join(lines) + newline).encode(encoding))
    assert read_rows(path, "a") == [{"id": "1", "text": "I’m alone at the café"}]


def test_commas_inside_a_quoted_question_do_not_separate(put):
    path = put("a.csv", 'id;"What did you like, dislike, and want?"\n1;It was good\n')
    assert read_rows(path, "a") == [{"id": "1", "What did you like, dislike, and want?": "It was good"}]


def test_a_row_with_more_cells_than_the_header_is_refused(bad):
    with pytest.raises(MalformedTranscript):
        read_rows(bad / "unquoted_comma.csv", "a")


def test_a_short_row_is_filled_with_empty_cells(put):
    assert read_rows(put("a.csv", "id,text,age\n1,alone\n"), "a") == [{"id": "1", "text": "alone", "age": ""}]


def test_columns_without_a_name_and_rows_without_a_cell_are_left_out(put):
    assert read_rows(put("a.csv", "id,,text\n\n1,,alone\n,,\n"), "a") == [{"id": "1", "text": "alone"}]


def test_names_of_columns_lose_their_line_breaks(put):
    assert list(read_rows(put("a.csv", 'id,"What did\n you say"\n1,alone\n'), "a")[0]) == [
        "id",
        "What did you say",
    ]


@given(st.lists(st.lists(st.text(max_size=15), min_size=2, max_size=2), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_cells_written_as_csv_come_back(tmp_path_factory, cells):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *cells])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(buffer.getvalue().encode())
    kept = [[cell.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in cells]
    # A NUL among the first bytes makes the file binary; that is refused, not mended.
    try:
        rows = read_rows(path, "a")
    except MalformedTranscript:
        assert "\x00" in buffer.getvalue()
    else:
        assert [list(row.values()) for row in rows] == [row for row in kept if any(cell.strip() for cell in row)]


def test_cells_of_a_workbook_become_the_text_a_person_sees(tmp_path):
    row = [
        "007",
        7,
        7.0,
        7.5,
        True,
        False,
        None,
        date(2025, 3, 6),
        datetime(2025, 3, 6),
        datetime(2025, 3, 6, 14, 30),
        "N/A",
        "a\r\nb",
    ]
    path = workbook(tmp_path / "a.xlsx", [f"c{n}" for n in range(len(row))], row)
    assert list(read_rows(path, "a")[0].values()) == [
        "007",
        "7",
        "7",
        "7.5",
        "yes",
        "no",
        "",
        "2025-03-06",
        "2025-03-06",
        "2025-03-06 14:30:00",
        "N/A",
        "a\nb",
    ]


def test_a_formula_gives_its_value_and_never_its_wording(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "n"], ["1", "=1+1"])
    assert read_rows(path, "a") == [{"id": "1", "n": ""}]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    book = Workbook()
    book.active.append(["id", "text"])
    book.active.append(["1", "x"])
    book.active["B2"].value = "=HYPERLINK"
    book.active["B2"].data_type = "s"
    book.save(tmp_path / "a.xlsx")
    assert read_rows(tmp_path / "a.xlsx", "a") == [{"id": "1", "text": "=HYPERLINK"}]


def test_the_first_sheet_is_read_and_a_named_one_if_asked(tmp_path):
    book = Workbook()
    book.active.append(["a"])
    book.active.append(["1"])
    other = book.create_sheet("Other")
    other.append(["b"])
    other.append(["2"])
    book.save(tmp_path / "a.xlsx")
    assert read_rows(tmp_path / "a.xlsx", "a") == [{"a": "1"}]
    assert read_rows(tmp_path / "a.xlsx", "a", "Other") == [{"b": "2"}]
    assert read_rows(tmp_path / "a.xlsx", "a", "Absent") == []


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(MalformedTranscript, match="nothing in it"):
        read_rows(workbook(tmp_path / "a.xlsx"), "a")


def test_a_wrong_dimension_in_a_workbook_hides_no_cells(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["id", "text"], ["1", "alone"])
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(wrong, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', data)
            target.writestr(entry, data)
    assert read_rows(wrong, "a") == [{"id": "1", "text": "alone"}]
