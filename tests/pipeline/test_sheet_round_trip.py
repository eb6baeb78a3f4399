"""The review sheet: written, filled in by a person with a spreadsheet, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qualcode.coding import Coder
from qualcode.errors import ImporterError, MalformedTranscript, NotEnoughData, ProjectError
from qualcode.pipeline import exporting
from qualcode.pipeline.import_codings import CodingsSummary, import_codings
from qualcode.pipeline.sheet import sheet
from qualcode.project import Project
from qualcode.store import codings, corpus
from tests.invented import SMALL, tables

ANNA = Coder("anna", "human")
Cells = dict[str, Any]


def _rows(path: Path, name: str) -> list[Cells]:
    page = openpyxl.load_workbook(path)[name]
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _fill(path: Path, name: str, answers: dict[int, Cells]) -> None:
    """Put values into rows; row 0 is the first below the header."""
    book = openpyxl.load_workbook(path)
    columns = {cell.value: cell.column for cell in book[name][1]}
    for row, cells in answers.items():
        for column, value in cells.items():
            book[name].cell(row + 2, columns[column]).value = value
    book.save(path)


@pytest.fixture
def path(project: Project) -> Path:
    path = project.folder.parent / "review.xlsx"
    sheet(project, path)
    return path


def _taken(project: Project, path: Path) -> CodingsSummary:
    return import_codings(project, path, ANNA)


def _decided(project: Project) -> list[tuple[Any, tuple[Any, ...]]]:
    with project.store.reading() as connection:
        return codings.decisions(connection)


def test_the_sheet_asks_for_every_proposal_and_for_passages_without_one(project: Project, path: Path) -> None:
    proposals, sampled = _rows(path, "Proposals"), _rows(path, "Unproposed")
    frame = project.codings()
    assert {(r["segment id"], r["code id"]) for r in proposals} == set(
        frame[["segment", "code"]].itertuples(index=False, name=None)
    )
    assert sampled
    assert not {r["segment id"] for r in sampled} & set(frame["segment"])
    assert not any(r["decision"] or r["other code"] for r in proposals)


def test_an_empty_sheet_judges_nothing(project: Project, path: Path) -> None:
    before = tables(project.store.path)
    summary = _taken(project, path)
    assert (summary.layout, summary.judged, summary.present) == ("review sheet", 0, 0)
    assert tables(project.store.path) == before


def test_keep_and_reject(project: Project, path: Path) -> None:
    rows = _rows(path, "Proposals")
    _fill(path, "Proposals", {0: {"decision": "keep"}, 1: {"decision": " Reject "}})
    assert (_taken(project, path).judged, len(_decided(project))) == (2, 2)
    by_segment = {(j.segment, j.codes): (j, made) for j, made in _decided(project)}
    kept, made = by_segment[rows[0]["segment id"], (rows[0]["code id"],)]
    assert [(c.code, c.facets.get("polarity")) for c in made] == [(rows[0]["code id"], rows[0]["polarity"])]
    assert kept.blind is False
    assert by_segment[rows[1]["segment id"], (rows[1]["code id"],)][1] == ()


def test_a_changed_polarity_stands_in_place_of_the_machines(project: Project, path: Path) -> None:
    other = next(p for p in ("denied", "mixed") if p != _rows(path, "Proposals")[0]["polarity"])
    _fill(path, "Proposals", {0: {"decision": "keep", "polarity is": other}})
    _taken(project, path)
    ((_, (coding,)),) = _decided(project)
    assert coding.facets == {"polarity": other}


def test_another_code_beside_keep_is_both_and_beside_reject_that_one_instead(project: Project, path: Path) -> None:
    rows = _rows(path, "Proposals")
    other = [next(c for c in ("isolation", "listening", "paperwork") if c != r["code id"]) for r in rows]
    answers = {
        0: {"decision": "keep", "other code": other[0]},
        1: {"decision": "reject", "other code": other[1]},
    }
    _fill(path, "Proposals", answers)
    _taken(project, path)
    (both, made_both), (instead, made_instead) = _decided(project)
    assert set(both.codes) == {c.code for c in made_both} == {rows[0]["code id"], other[0]}
    assert set(instead.codes) == {rows[1]["code id"], other[1]}
    assert [c.code for c in made_instead] == [other[1]]


# (and `decide`) say that an empty decision judges nothing.
def test_another_code_without_a_decision_does_not_judge_the_proposal(project: Project, path: Path) -> None:
    row = _rows(path, "Proposals")[0]
    other = next(c for c in ("isolation", "listening", "paperwork") if c != row["code id"])
    _fill(path, "Proposals", {0: {"other code": other}})
    _taken(project, path)
    ((judged, made),) = _decided(project)
    assert [c.code for c in made] == [other]
    assert judged.codes == (other,)


def test_in_the_sample_none_judges_every_code_absent_and_a_code_the_others(project: Project, path: Path) -> None:
    rows = _rows(path, "Unproposed")
    _fill(path, "Unproposed", {0: {"code 1": "none"}, 1: {"code 1": "paperwork", "polarity 1": "denied"}})
    _taken(project, path)
    found = {j.segment: (j, made) for j, made in _decided(project)}
    judged, made = found[rows[0]["segment id"]]
    assert (set(judged.codes), made) == ({"isolation", "listening", "paperwork"}, ())
    assert (judged.blind, judged.sample) == (True, rows[0]["sample id"])
    assert 0 < judged.probability <= 1
    judged, (coding,) = found[rows[1]["segment id"]]
    assert set(judged.codes) == {"isolation", "listening", "paperwork"}
    assert (coding.code, coding.facets) == ("paperwork", {"polarity": "denied"})


def test_a_filled_sheet_twice_changes_nothing(project: Project, path: Path) -> None:
    answers = {
        0: {"decision": "keep", "polarity is": "mixed"},
        1: {"decision": "reject"},
        2: {"decision": "keep"},
    }
    _fill(path, "Proposals", answers)
    _fill(path, "Unproposed", {0: {"code 1": "none"}, 1: {"code 1": "isolation"}})
    first = _taken(project, path)
    before = tables(project.store.path)
    second = _taken(project, path)
    assert (first.judged, second.judged, second.unchanged) == (5, 0, 5)
    assert tables(project.store.path) == before


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("Proposals", {"decision": "perhaps"}, "decision is not understood"),
        ("Proposals", {"decision": "keep", "other code": "weather"}, "not in the codebook"),
        ("Proposals", {"decision": "keep", "polarity is": "gloomy"}, "polarity is not in the codebook"),
        ("Unproposed", {"code 1": "none", "code 2": "isolation"}, "'none' stands beside a code"),
    ],
)
def test_an_answer_that_is_not_understood_is_told_and_judges_nothing(
    project: Project, path: Path, name: str, cells: Cells, reason: str
) -> None:
    _fill(path, name, {0: cells})
    summary = _taken(project, path)
    assert [(row, reason in said) for row, said in summary.unclear] == [(2, True)]
    assert _decided(project) == []


def test_a_sheet_that_was_sorted_comes_back_all_the_same(project: Project, path: Path) -> None:
    _fill(path, "Proposals", {0: {"decision": "keep"}})
    expected = _rows(path, "Proposals")[0]["segment id"]
    book = openpyxl.load_workbook(path)
    rows = list(book["Proposals"].iter_rows(min_row=2, values_only=True))[::-1]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            book["Proposals"].cell(number, column).value = value
    book.save(path)
    _taken(project, path)
    assert [judged.segment for judged, _ in _decided(project)] == [expected]


def test_a_sheet_without_its_column_of_answers_is_refused(project: Project, path: Path) -> None:
    book = openpyxl.load_workbook(path)
    column = next(cell.column for cell in book["Proposals"][1] if cell.value == "decision")
    book["Proposals"].delete_cols(column)
    book.save(path)
    with pytest.raises(MalformedTranscript, match="lost its column decision"):
        _taken(project, path)


def test_the_sheet_of_another_project_is_refused(project: Project, make) -> None:
    other = make(SMALL, tag=True)
    path = other.folder.parent / "review.xlsx"
    sheet(other, path)
    with pytest.raises(ImporterError, match="no row of this sheet belongs to this project"):
        _taken(project, path)


def test_what_was_judged_is_not_asked_again(project: Project, path: Path) -> None:
    rows = _rows(path, "Proposals")
    _fill(path, "Proposals", {0: {"decision": "keep"}, 1: {"decision": "reject"}})
    _taken(project, path)
    again = path.with_name("again.xlsx")
    assert sheet(project, again).proposals == len(rows) - 2
    left = {(r["segment id"], r["code id"]) for r in _rows(again, "Proposals")}
    assert left == {(r["segment id"], r["code id"]) for r in rows[2:]}


def test_kept_and_rejected_reach_the_exports(project: Project, path: Path) -> None:
    rows = _rows(path, "Proposals")
    _fill(path, "Proposals", {0: {"decision": "keep"}, 1: {"decision": "reject"}})
    _taken(project, path)
    made = exporting.bundle(project)
    assert (made.counts["kept"], made.counts["rejected"], made.counts["added"]) == (1, 1, 0)
    assert list(made.excerpts["segment"]) == [rows[0]["segment id"]]
    open_ones = set(made.unreviewed[["segment", "code"]].itertuples(index=False, name=None))
    assert (rows[1]["segment id"], rows[1]["code id"]) not in open_ones


def test_a_sheet_needs_tags_and_a_place_to_be_written(make, project: Project, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData, match="nothing has been tagged"):
        sheet(make({"P01.txt": SMALL["P01.txt"]}), tmp_path / "review.xlsx")
    (tmp_path / "letter").write_text("x")
    with pytest.raises(ProjectError, match="cannot be written"):
        sheet(project, tmp_path / "letter" / "review.xlsx")


def test_the_sample_is_the_same_however_often_it_is_drawn(project: Project, path: Path) -> None:
    before = tables(project.store.path)
    sheet(project, path.with_name("again.xlsx"))
    assert _rows(path.with_name("again.xlsx"), "Unproposed") == _rows(path, "Unproposed")
    after = tables(project.store.path)
    assert {name for name in after if after[name] != before[name]} <= {
        "events",
        "releases",
        "settings",
        "sqlite_sequence",
        "witnesses",
    }
    with project.store.reading() as connection:
        (sample,) = codings.samples(connection).values()
        assert set(sample.segments) <= {segment.id for segment in corpus.segments(connection)}
