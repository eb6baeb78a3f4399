"""The gate: texts that may hold identities are quoted with a stamp, or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from qualcode.errors import NotAllowed
from qualcode.pipeline import exporting, packing
from qualcode.pipeline.run import run
from qualcode.project import Project
from qualcode.store import corpus, releases, signoffs
from tests.invented import contents, interview, qualcode, tables, write_files


@pytest.fixture
def undeclared(make) -> Project:
    files = {
        "P1.txt": interview("I was lonely."),
        "P2.txt": interview("They listened."),
        "manifest.csv": "file,case,deidentified\nP1.txt,P1,no\nP2.txt,P2,yes\n",
    }
    return make(files, tag=True, identified_ok=False)


def test_what_would_quote_is_refused_and_what_quotes_nobody_is_written(undeclared: Project, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="1 of the 2 texts that would be quoted is neither signed nor") as caught:
        exporting.export(undeclared)
    for way in ("qualcode deidentify", "manifest.csv", "--identified-ok"):
        assert way in caught.value.hint
    for act in (lambda: exporting.report(undeclared), lambda: packing.pack(undeclared, tmp_path / "w.qualpack")):
        with pytest.raises(NotAllowed):
            act()
    written = {"codes_by_programme.csv", "codes_by_programme.xlsx", "run.json"}
    assert set(contents(undeclared.exports)) == written
    assert not (tmp_path / "w.qualpack").exists()


def test_a_signature_lets_it_through(undeclared: Project) -> None:
    with undeclared.store.writing() as connection:
        one = next(text for text in corpus.transcripts(connection) if text.case == "P1")
        signoffs.sign(connection, [one.id], "amina", "2026-01-01")
    exporting.export(undeclared)
    with (undeclared.exports / "excerpts_unreviewed.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert {row["case"]: row["deidentified"] for row in csv.DictReader(handle)} == {
            "P1": "signed",
            "P2": "declared",
        }
    page = exporting.report(undeclared).files[0].read_text(encoding="utf-8")
    assert "Not declared de-identified" not in page


def test_who_is_not_quoted_needs_no_signature(undeclared: Project) -> None:
    (undeclared.folder / "consent.csv").write_text("case,quote\nP1,paraphrase\n", encoding="utf-8")
    assert exporting.export(undeclared).files


def test_with_the_researchers_leave_every_file_says_so(undeclared: Project) -> None:
    exporting.export(undeclared, identified_ok=True)
    page = exporting.report(undeclared, identified_ok=True).files[0].read_text(encoding="utf-8")
    assert "<strong>Not declared de-identified</strong>: 1 of the 2 texts quoted here" in page
    book = openpyxl.load_workbook(undeclared.exports / "excerpts_unreviewed.xlsx")
    assert str(book.worksheets[0]["A1"].value).startswith("Not declared de-identified: 1 of the 2")
    about = json.loads((undeclared.exports / "run.json").read_text())
    assert (about["deidentified"], about["texts"]) == (False, {"declared": 1, "no": 1})
    with undeclared.store.reading() as connection:
        found = {one.path: one.identified for one in releases.releases(connection)}
    assert found["exports/report.html"]
    assert found["exports/excerpts_unreviewed.csv"]
    assert "exports/codes_by_programme.csv" not in found


def test_a_run_does_all_but_what_quotes_and_again_changes_nothing(tmp_path: Path, codebook_file: Path) -> None:
    write_files(tmp_path, {"raw/P1.txt": interview("I was lonely.")})
    words = ("run", "raw", "-o", "p", "--codebook", codebook_file)
    done = qualcode(*words, cwd=tmp_path)
    assert done.returncode == 4
    assert "review.xlsx  (judge the proposals here)" in done.stdout
    assert "neither signed nor declared" in done.stderr
    assert set(contents(tmp_path / "p" / "exports")) == {
        "codes_by_programme.csv",
        "codes_by_programme.xlsx",
        "review.xlsx",
        "run.json",
    }
    guide = openpyxl.load_workbook(tmp_path / "p" / "exports" / "review.xlsx")["Read me"]["A1"].value
    assert "1 of its texts are neither signed nor declared" in str(guide)
    before, files = tables(tmp_path / "p" / "qualcode.sqlite"), contents(tmp_path / "p")
    again = qualcode(*words, "--json", cwd=tmp_path)
    assert again.returncode == 4
    assert "--identified-ok" in json.loads(again.stdout)["refused"]["hint"]
    assert tables(tmp_path / "p" / "qualcode.sqlite") == before
    assert contents(tmp_path / "p") == files
    summary = run(tmp_path / "raw", tmp_path / "p", identified_ok=True)
    assert summary.changed
    assert summary.refused is None
    assert (tmp_path / "p" / "exports" / "report.html").exists()
