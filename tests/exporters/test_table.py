"""csv and xlsx that are safe to open and lose nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

from qualcode.exporters import table
from qualcode.exporters.bundle import EXCERPT_COLUMNS
from qualcode.pipeline import exporting

LONG = "I was lonely. " + "word " * 8000


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _survey(*answers: str) -> dict[str, str]:
    rows = "".join(f'{n},"{answer.replace(chr(34), chr(34) * 2)}"\n' for n, answer in enumerate(answers, start=1))
    return {"survey.csv": "id,comment\n" + rows}


def test_a_cell_that_a_spreadsheet_would_run_is_text(make) -> None:
    starts = ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")')
    bad = [f"{start} and I was so lonely then" for start in starts]
    project = make(_survey(*bad), tag=True)
    exporting.export(project)
    rows = _csv(project.exports / "excerpts_unreviewed.csv")
    assert sorted(row["excerpt"] for row in rows) == sorted("'" + text for text in bad)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    page = openpyxl.load_workbook(project.exports / "excerpts_unreviewed.xlsx").worksheets[0]
    cells = [cell for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert {cell.value for cell in cells} >= set(bad)


def test_a_cell_of_forty_thousand_characters_is_whole_in_the_csv_and_cut_and_told_in_the_xlsx(make) -> None:
    assert len(LONG) > 40_000
    project = make(_survey(LONG), tag=True)
    written = exporting.export(project)
    assert {row["excerpt"].strip() for row in _csv(project.exports / "excerpts_unreviewed.csv")} == {LONG.strip()}
    page = openpyxl.load_workbook(project.exports / "excerpts_unreviewed.xlsx").worksheets[0]
    longest = max((str(cell.value or "") for row in page.iter_rows() for cell in row), key=len)
    assert len(longest) <= 32_767
    assert longest.endswith("the csv]")
    assert any("cut" in loss for loss in written.losses)


def test_control_characters_and_line_breaks_survive_in_the_csv_and_do_not_spoil_the_xlsx(make) -> None:
    said = 'I was lonely,\n"quite" \x0balone\x01 \x1b[31m; 🙂'
    project = make(_survey(said), tag=True)
    exporting.export(project)
    assert {row["excerpt"] for row in _csv(project.exports / "excerpts_unreviewed.csv")} == {said}
    page = openpyxl.load_workbook(project.exports / "excerpts_unreviewed.xlsx").worksheets[0]
    values = {cell.value for row in page.iter_rows() for cell in row}
    shown = [" ".join(str(value).split()) for value in values]
    assert 'I was lonely, "quite" alone [31m; 🙂' in shown


def test_an_empty_export_has_headers(project) -> None:
    made = exporting.bundle(project)
    assert len(made.excerpts) == 0
    table.write(made, project.exports)
    with (project.exports / "excerpts.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert list(csv.reader(handle)) == [list(EXCERPT_COLUMNS)]
    page = openpyxl.load_workbook(project.exports / "excerpts.xlsx").worksheets[0]
    assert [cell.value for cell in page[2]] == list(EXCERPT_COLUMNS)


def test_the_proposals_say_that_nobody_has_judged_them(project) -> None:
    exporting.export(project)
    book = openpyxl.load_workbook(project.exports / "excerpts_unreviewed.xlsx")
    assert "uncertified" in book.worksheets[0]["A1"].value
    assert [page.title for page in book] == ["Excerpts unreviewed", "Codes by programme", "Codebook", "About"]


def test_affirmed_and_relieved_stand_in_rows_of_their_own(make) -> None:
    project = make(_survey("I was so lonely then.", "I am less lonely now."), tag=True)
    exporting.export(project)
    rows = _csv(project.exports / "codes_by_programme.csv")
    counts = {row["polarity"]: row["segments_with"] for row in rows if row["code"] == "isolation"}
    assert counts["affirmed"] == "1"
    assert counts["relieved"] == "1"
    assert not [row for row in rows if row["code"] == "isolation" and row["segments_with"] == "2"]
