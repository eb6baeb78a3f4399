"""Workbooks as programs save them: hidden rows, formulas, errors, several sheets, and files that are no workbook."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from qualcode.errors import MalformedTranscript
from qualcode.importers import workbook
from qualcode.importers.archive import OLE


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(data: bytes, member: str, pattern: bytes, into: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            body = source.read(entry)
            target.writestr(entry, re.sub(pattern, into, body) if entry.filename == member else body)
    return buffer.getvalue()


def test_hidden_rows_are_read_and_told():
    book = Workbook()
    for row in (["id", "text"], ["1", "seen"], ["2", "hidden"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    (sheet,) = workbook.sheets(saved(book), "a")
    assert [cells for _, cells in sheet.records] == [["id", "text"], ["1", "seen"], ["2", "hidden"]]
    assert sheet.notes == ("1 hidden rows are read too",)


def test_formulas_without_a_value_are_counted_and_those_with_one_are_read():
    book = Workbook()
    book.active.append(["n", "m"])
    book.active.append(["=1+1", "=2+2"])
    data = changed(saved(book), "xl/worksheets/sheet1.xml", rb"(<f>2\+2</f>)<v\s*(?:/>|></v>)", rb"\1<v>4</v>")
    (sheet,) = workbook.sheets(data, "a")
    assert [cells for _, cells in sheet.records] == [["n", "m"], ["", "4"]]
    assert [(loss.kind, loss.count) for loss in sheet.losses] == [("formulas", 1)]


def test_cells_with_an_error_are_empty_and_counted_but_not_words_that_look_like_one():
    book = Workbook()
    book.active.append(["a", "b", "c"])
    book.active.append(["#N/A", "#DIV/0!", "N/A"])
    (sheet,) = workbook.sheets(saved(book), "a")
    assert [cells for _, cells in sheet.records][1] == ["", "", "N/A"]
    assert [(loss.kind, loss.count) for loss in sheet.losses] == [("cells with an Excel error", 2)]
    book.active["A2"].data_type = book.active["B2"].data_type = "s"
    (sheet,) = workbook.sheets(saved(book), "a")
    assert [cells for _, cells in sheet.records][1] == ["#N/A", "#DIV/0!", "N/A"]
    assert sheet.losses == ()


def test_every_sheet_is_told_with_its_faults_and_the_hidden_one_is_known():
    book = Workbook()
    book.active.append(["a"])
    other = book.create_sheet("Other")
    other.append(["=1+1"])
    other.sheet_state = "hidden"
    first, second = workbook.sheets(saved(book), "a")
    assert (first.name, first.hidden, first.losses) == ("Sheet", False, ())
    assert (second.name, second.hidden, second.losses[0].count) == ("Other", True, 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"id,text\n1,zzsentinelzz\n", "not an Excel file"),
        (OLE + b"zzsentinelzz" * 50, "locked by a password, or an old format"),
        (changed(saved(Workbook()), "xl/workbook.xml", rb"<sheets>.*", rb"zzsentinelzz"), "not an Excel file"),
    ],
)
def test_what_is_no_workbook_is_refused_without_its_words(data, message):
    with pytest.raises(MalformedTranscript, match=message) as caught:
        workbook.sheets(data, "a.xlsx")
    assert "zzsentinelzz" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_sheet_that_is_damaged_inside_is_refused_when_it_is_read():
    book = Workbook()
    book.active.append(["zzsentinelzz"])
    data = changed(saved(book), "xl/worksheets/sheet1.xml", rb"</row>", rb"</zzsentinelzz>")
    (sheet,) = workbook.sheets(data, "a.xlsx")
    with pytest.raises(MalformedTranscript, match="not an Excel file") as caught:
        list(sheet.records)
    assert "zzsentinelzz" not in repr(caught.value)


@pytest.mark.parametrize("number", [b"99999999999", b"1e308"])
def test_a_row_beyond_what_excel_holds_is_refused_and_not_waited_for(number):
    book = Workbook()
    book.active.append(["how was it"])
    book.active.append(["it rained"])
    data = changed(saved(book), "xl/worksheets/sheet1.xml", rb'<row r="2"', b'<row r="' + number + b'"')
    (sheet,) = workbook.sheets(data, "a.xlsx")
    with pytest.raises(MalformedTranscript, match="not an Excel file"):
        list(sheet.records)


def test_a_workbook_of_more_sheets_than_anybody_writes_is_refused():
    book = Workbook()
    for number in range(workbook.MOST_SHEETS):
        book.create_sheet(f"s{number}")
    with pytest.raises(MalformedTranscript, match="holds 256 sheets"):
        workbook.sheets(saved(book), "a.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_opened():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(MalformedTranscript, match="zip bomb"):
        workbook.sheets(buffer.getvalue(), "a.xlsx")
