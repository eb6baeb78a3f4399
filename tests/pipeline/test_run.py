"""One command from a folder to a project; again, only what is new; faults leave nothing half done."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from qualcode.errors import CodebookError, ImporterError, ProjectError
from qualcode.pipeline.run import run
from qualcode.project import Project
from qualcode.store import checking, codings, corpus
from tests.invented import SMALL, contents, interview, qualcode, tables, write_files


def _machine_codings(folder: Path) -> list[object]:
    with Project.open(folder) as project, project.store.reading() as connection:
        return codings.proposals(connection, codings.latest_machine(connection) or "")


def test_a_run_leaves_the_raw_folder_as_it_was_and_writes_the_documented_files(small_once: Path) -> None:
    assert contents(small_once / "raw") == {name: text.encode() for name, text in SMALL.items()}
    names = set(contents(small_once / "project"))
    assert {"qualcode.toml", "codebook.yaml", "manifest.csv", "qualcode.key"} <= names
    assert {
        "exports/report.html",
        "exports/review.xlsx",
        "exports/excerpts.csv",
        "exports/excerpts_unreviewed.csv",
        "exports/codes_by_programme.csv",
        "exports/run.json",
    } <= names
    assert not [name for name in names if name.endswith(".tmp")]


def test_running_twice_changes_nothing(small: Path) -> None:
    database = small / "project" / "qualcode.sqlite"
    before, files = tables(database), contents(small / "project")
    summary = run(small / "raw", small / "project")
    assert not summary.changed
    assert summary.files == ()
    assert tables(database) == before
    assert contents(small / "project") == files


def test_two_projects_of_the_same_folder_agree_on_everything_but_ids_and_clocks(
    small: Path, codebook_file: Path
) -> None:
    run(small / "raw", small / "second", codebook_file)
    one, two = (re.sub(r"\b[a-z]+_[0-9a-f]{16}\b", "ID", _csv(small / name)) for name in ("project", "second"))
    assert sorted(one.splitlines()) == sorted(two.splitlines())


def _csv(folder: Path) -> str:
    return (folder / "exports" / "excerpts_unreviewed.csv").read_text(encoding="utf-8-sig")


def test_a_new_file_is_coded_alone(small: Path) -> None:
    before = _machine_codings(small / "project")
    write_files(small / "raw", {"P04.txt": interview("I was lonely there.", "The forms again.")})
    summary = run(small / "raw", small / "project")
    after = _machine_codings(small / "project")
    assert (summary.imported.new, summary.imported.unchanged) == (1, 6)
    assert summary.tagged.segments == summary.segmented.new == 2
    assert all(coding in after for coding in before)
    assert len(after) > len(before)
    with Project.open(small / "project") as project, project.store.reading() as connection:
        assert [run.segments for run in codings.runs(connection)][-1] == 2
        assert list(checking.chain(connection)) == []


def test_a_run_with_a_new_file_does_not_throw_away_answers_in_the_review_sheet(small: Path) -> None:
    path = small / "project" / "exports" / "review.xlsx"
    book = openpyxl.load_workbook(path)
    heads = {cell.value: cell.column for cell in book["Proposals"][1]}
    book["Proposals"].cell(2, heads["decision"]).value = "keep"
    book.save(path)
    write_files(small / "raw", {"P04.txt": interview("I was lonely there.")})
    run(small / "raw", small / "project")
    kept = []
    for sheet in (small / "project").rglob("*.xlsx*"):
        if sheet.name.startswith("review"):
            rows = openpyxl.load_workbook(sheet)["Proposals"].iter_rows(values_only=True)
            kept += [row for row in rows if "keep" in row]
    assert kept


def test_a_run_after_judgements_brings_the_report_up_to_date(small: Path, tmp_path: Path) -> None:
    table = tmp_path / "coded.csv"
    table.write_text("file,quote,code\nP01.txt,I was so lonely then.,isolation\n")
    qualcode("import-codings", table, "--coder", "anna", "-p", small / "project", cwd=tmp_path)
    run(small / "raw", small / "project")
    assert "anna" in (small / "project" / "exports" / "excerpts.csv").read_text(encoding="utf-8-sig")


def test_an_edited_programme_reaches_the_report(small: Path) -> None:
    path = small / "raw" / "programmes.csv"
    path.write_text(path.read_text().replace("North Line", "Northern Light"))
    run(small / "raw", small / "project")
    assert "Northern Light" in (small / "project" / "exports" / "report.html").read_text()


def test_exports_that_were_deleted_are_written_again(small: Path) -> None:
    exports = small / "project" / "exports"
    (exports / "report.html").unlink()
    assert run(small / "raw", small / "project").files
    (exports / "run.json").write_text("{")
    run(small / "raw", small / "project")
    assert json.loads((exports / "run.json").read_text())["counts"]["transcripts"] == 6
    assert (exports / "report.html").is_file()


def test_a_missing_or_empty_folder_is_refused_and_makes_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such folder") as caught:
        run(tmp_path / "nowhere")
    assert caught.value.hint
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProjectError, match="holds no files") as caught:
        run(tmp_path / "empty")
    assert ".txt" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("codes: [", "not valid YAML"),
        ("codes:\n  - id: a\n    label: A\n", "has no definition"),
        (
            "codes:\n  - {id: a, label: A, definition: x}\n  - {id: a, label: B, definition: y}\n",
            "stands already",
        ),
        ("title: none\n", "there are no codes"),
    ],
)
def test_a_codebook_with_faults_is_refused_with_a_hint_and_makes_no_project(
    tmp_path: Path, text: str, said: str
) -> None:
    write_files(tmp_path, {"raw/P01.txt": "Some text is here.", "faulty.yaml": text})
    with pytest.raises(CodebookError, match=said) as caught:
        run(tmp_path / "raw", tmp_path / "project", tmp_path / "faulty.yaml")
    assert caught.value.hint
    assert re.search(r"line \d|:\d", str(caught.value))
    assert not (tmp_path / "project").exists()


def test_a_run_that_can_import_nothing_takes_its_project_away(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path, {"raw/a.pdf": "x", "raw/b.txt": " \n"})
    with pytest.raises(ImporterError, match="nothing could be imported") as caught:
        run(tmp_path / "raw", tmp_path / "project", codebook_file)
    assert caught.value.hint
    assert not (tmp_path / "project").exists()


def test_a_run_that_can_import_nothing_keeps_a_project_that_was_there(small: Path) -> None:
    before = tables(small / "project" / "qualcode.sqlite")
    write_files(small, {"other/b.txt": " "})
    with pytest.raises(ImporterError):
        run(small / "other", small / "project")
    assert tables(small / "project" / "qualcode.sqlite") == before


def test_a_manifest_that_names_missing_files_is_refused_and_makes_no_project(
    tmp_path: Path, codebook_file: Path
) -> None:
    write_files(tmp_path, {"raw/P01.txt": "Some text.", "raw/manifest.csv": "file\nP01.txt\nP09.txt\n"})
    with pytest.raises(ImporterError, match=r"1 file.*P09\.txt") as caught:
        run(tmp_path / "raw", tmp_path / "project", codebook_file)
    assert caught.value.hint
    assert not (tmp_path / "project").exists()


def test_an_output_folder_inside_raw_is_refused_and_raw_stays_as_it_was(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path / "raw", {"P01.txt": "Some text."})
    with pytest.raises(ProjectError, match="inside the folder of transcripts"):
        run(tmp_path / "raw", tmp_path / "raw" / "project", codebook_file)
    assert contents(tmp_path) == {"raw/P01.txt": b"Some text."}
    assert not (tmp_path / "raw" / "project").exists()


@pytest.mark.parametrize("folder", ["raw", "raw/there"])
def test_an_existing_output_folder_inside_raw_is_refused_before_anything_is_written(
    tmp_path: Path, codebook_file: Path, folder: str
) -> None:
    write_files(tmp_path / "raw", {"P01.txt": "Some text."})
    (tmp_path / folder).mkdir(exist_ok=True)
    with pytest.raises(ProjectError, match="inside the folder of transcripts"):
        run(tmp_path / "raw", tmp_path / folder, codebook_file)
    assert sorted(path.name for path in (tmp_path / "raw").rglob("*") if path.is_file()) == ["P01.txt"]


@pytest.mark.parametrize("folder", ["letter", "letter/project"])
def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path: Path, codebook_file: Path, folder: str) -> None:
    write_files(tmp_path, {"raw/P01.txt": "Some text.", "letter": "a regular file"})
    with pytest.raises(ProjectError, match="cannot be written") as caught:
        run(tmp_path / "raw", tmp_path / folder, codebook_file)
    assert caught.value.hint
    assert (tmp_path / "letter").read_text() == "a regular file"


def test_another_codebook_than_the_projects_own_is_refused(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("codes:\n  - {id: a, label: A, definition: Something else is meant.}\n")
    with pytest.raises(ProjectError, match="codebook of its own"):
        run(small / "raw", small / "project", other)


def test_an_edited_codebook_is_a_new_machine_coder_and_the_old_codings_stay(small: Path) -> None:
    before = _machine_codings(small / "project")
    path = small / "project" / "codebook.yaml"
    path.write_text(path.read_text().replace("patterns: [form|forms|paperwork]", "patterns: [ducks|boiler]"))
    summary = run(small / "raw", small / "project")
    assert summary.tagged.run
    assert {(c.segment, c.code) for c in _machine_codings(small / "project")} != {(c.segment, c.code) for c in before}
    with sqlite3.connect(small / "project" / "qualcode.sqlite") as connection:
        kept = {id_ for (id_,) in connection.execute("SELECT id FROM codings")}
        assert connection.execute("SELECT count(*) FROM codebooks").fetchone() == (2,)
    assert {coding.id for coding in before} <= kept


def test_the_default_project_lies_beside_the_raw_folder(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path, {"talks/P01.txt": interview("I was lonely.")})
    assert run(tmp_path / "talks", codebook=codebook_file).folder == tmp_path / "talks-qualcode"
    with Project.open(tmp_path / "talks-qualcode") as project, project.store.reading() as connection:
        assert len(corpus.transcripts(connection)) == 1
