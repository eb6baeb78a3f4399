"""Manifests, programmes, and file names that may speak but never give a person's name away."""

from __future__ import annotations

from datetime import date

import pytest

from qualcode.errors import ImporterError, ProjectError
from qualcode.importers.imported import Description
from qualcode.importers.manifest import FIELDS, from_file_name, read_manifest, read_programmes


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("manifest_without_file.csv", 1, "no column 'file'"),
        ("manifest_unknown_kind.csv", 3, "kind 'podcast' is not known"),
        ("manifest_file_twice.csv", 3, "named twice"),
        ("manifest_deidentified_maybe.csv", 2, "deidentified must be yes, no or empty"),
        ("manifest_row_without_file.csv", 2, "names no file"),
        ("duplicate_header.csv", 1, "stand more than once"),
    ],
)
def test_a_faulty_manifest_is_refused_with_its_line(bad, name, line, message):
    with pytest.raises(ImporterError, match=message) as caught:
        read_manifest(bad / name)
    assert caught.value.line == line
    assert caught.value.path == name


def test_a_line_is_counted_as_the_file_counts_it(put):
    path = put("manifest.csv", "file,kind\na.txt,interview\n,\n\nb.txt,podcast\n")
    with pytest.raises(ImporterError) as caught:
        read_manifest(path)
    assert caught.value.line == 5


def test_fields_and_typed_attributes_are_read(put):
    path = put(
        "manifest.csv",
        "File,KIND,case,programme,deidentified,date,age,born,partner\n"
        "a.txt,Focus Group,007,kettle_on,yes,2025-03-06,35,1990-01-02,yes\n"
        "sub\\b.docx,,P2,,,,,,no\n",
    )
    files = read_manifest(path).files
    assert set(files) == {"a.txt", "sub/b.docx"}
    first, second = files["a.txt"], files["sub/b.docx"]
    assert first == Description(
        kind="focus_group",
        case="007",
        programme="kettle_on",
        deidentified=True,
        date="2025-03-06",
        attributes={"age": 35, "born": date(1990, 1, 2), "partner": True},
    )
    assert second == Description(case="P2", attributes={"age": None, "born": None, "partner": False})


def test_a_manifest_in_excel_is_read_as_one_in_csv(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["file", "case", "age"])
    book.active.append(["a.txt", "P1", 35])
    book.save(tmp_path / "manifest.xlsx")
    assert read_manifest(tmp_path / "manifest.xlsx").files["a.txt"] == Description(case="P1", attributes={"age": 35})


@pytest.mark.parametrize(
    ("cell", "declared"), [("yes", True), ("TRUE", True), ("no", False), ("", None), ("unknown", None)]
)
def test_what_is_not_declared_is_neither_yes_nor_no(put, cell, declared):
    assert read_manifest(put("m.csv", f"file,deidentified\na.txt,{cell}\n")).files["a.txt"].deidentified is declared


def test_a_header_alone_is_a_manifest_of_nothing(put):
    assert read_manifest(put("manifest.csv", "file,kind\n")).files == {}


def test_files_that_are_named_and_absent_are_listed(put):
    manifest = read_manifest(put("manifest.csv", "file\nb.txt\na.txt\nc.txt\n"))
    assert manifest.missing(["c.txt", "d.txt"]) == ["a.txt", "b.txt"]


def test_programmes_have_typed_attributes(put):
    path = put(
        "programmes.csv",
        "programme,name,places,free,country\nkettle_on,Kettle On,12,yes,UK\nll,,?,no,\n ,ignored,,,\n",
    )
    kettle, lantern = read_programmes(path)
    assert (kettle.id, kettle.name, dict(kettle.attributes)) == (
        "kettle_on",
        "Kettle On",
        {"places": 12, "free": True, "country": "UK"},
    )
    assert (lantern.name, dict(lantern.attributes)) == ("", {"places": None, "free": False, "country": None})


def test_programmes_need_ids(bad, put):
    with pytest.raises(ImporterError, match="no column 'programme'"):
        read_programmes(bad / "programmes_without_id.csv")
    assert read_programmes(put("p.csv", "id\nx\n"))[0].id == "x"
    assert read_programmes(put("q.csv", "programme\n")) == []


def test_a_programme_described_twice_is_refused(put):
    with pytest.raises(ImporterError):
        read_programmes(put("p.csv", "programme,name\nkettle_on,Kettle On\nkettle_on,Kettle Off\n"))


@pytest.mark.parametrize("name", ["P1.txt", "KO-03.docx", "sub/LL04.md", "12.txt", "AB_7.txt", "p 9.txt"])
def test_a_pseudonym_in_a_file_name_is_the_case(name):
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    assert from_file_name(name, "") == Description(case=stem)


@pytest.mark.parametrize(
    "name", ["Mary Smith.txt", "mary.txt", "interview with mary 1.txt", "Marys12.txt", "P1 Mary.txt", ""]
)
def test_what_may_be_a_name_is_not_used(name):
    assert from_file_name(name, "") == Description()


def test_a_pattern_reads_a_file_name():
    assert from_file_name("kettle_on-P1-diary.txt", "{programme}-{case}-{kind}") == Description(
        kind="diary", case="P1", programme="kettle_on"
    )


def test_a_name_that_the_pattern_does_not_fit_is_read_without_it():
    assert from_file_name("KO03.txt", "{programme}-{case}") == Description(case="KO03")
    assert from_file_name("mary.txt", "{programme}-{case}") == Description()


def test_signs_of_regular_expressions_in_a_pattern_are_plain():
    assert from_file_name("a.b+P1.txt", "a.b+{case}").case == "P1"
    assert from_file_name("aXbbP1.txt", "a.b+{case}") == Description()


def test_a_pattern_with_an_unknown_field_is_a_project_error():
    with pytest.raises(ProjectError, match=r"no field \{name\}"):
        from_file_name("a.txt", "{name}")
    assert "name" not in FIELDS


def test_a_pattern_that_names_a_field_twice_is_a_project_error():
    with pytest.raises(ProjectError):
        from_file_name("a-b.txt", "{case}-{case}")
