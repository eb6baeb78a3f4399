"""The bundle, and exporting twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from qualcode.coding import Coder
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.pipeline import exporting
from qualcode.pipeline import init as initial
from qualcode.pipeline.import_codings import import_codings
from qualcode.project import Project
from qualcode.store import corpus
from tests.invented import contents, interview


def test_every_excerpt_is_the_stretch_of_its_transcript_that_it_says(project: Project) -> None:
    exporting.export(project)
    with project.store.reading() as connection:
        texts = {transcript.id: transcript.text for transcript in corpus.transcripts(connection)}
    with (project.exports / "excerpts_unreviewed.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) >= 6
    for row in rows:
        assert texts[row["transcript"]][int(row["start"]) : int(row["end"])] == row["excerpt"]
        assert row["status"] == "proposed"
        for words in filter(None, row["evidence"].split(" … ")):
            assert words in row["excerpt"]


def test_evidence_spans_lie_in_their_excerpts(project: Project) -> None:
    made = exporting.bundle(project)
    lengths = {f"{r.segment}|{r.code}": len(r.excerpt) for r in made.unreviewed.itertuples()}
    assert lengths
    for key, length in lengths.items():
        assert all(0 <= start < end <= length for start, end in made.evidence[key])


def test_exporting_twice_gives_the_same_bytes_apart_from_clocks(project: Project, tmp_path: Path) -> None:
    for name in ("one", "two"):
        exporting.export(project, tmp_path / name)
        exporting.report(project, tmp_path / name)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert set(one) == set(two)
    same = [name for name in one if not name.endswith((".xlsx", ".json"))]
    assert {"report.html", "excerpts.csv", "excerpts_unreviewed.csv", "codes_by_programme.csv"} == set(same)
    assert {name: one[name] for name in same} == {name: two[name] for name in same}
    first, second = (json.loads(files["run.json"]) for files in (one, two))
    assert first.pop("made_at") != second.pop("made_at")
    assert first == second


def test_run_json_says_what_the_results_depend_on(project: Project) -> None:
    exporting.export(project)
    about = json.loads((project.exports / "run.json").read_text())
    assert about["codebook_version"] == project.codebook.version
    assert about["tagger"].startswith("definitions@")
    assert about["counts"]["transcripts"] == 6
    assert about["counts"]["cases"] == 6
    assert {"python", "qualcode", "scikit-learn"} <= set(about["versions"])
    assert len(about["corpus_hash"]) == 64


def test_interviewers_are_in_no_excerpt_and_no_count(project: Project) -> None:
    made = exporting.bundle(project)
    assert set(made.unreviewed["speaker_role"]) == {"participant"}
    assert "cut off" not in " ".join(made.unreviewed["excerpt"])
    assert "cut off" in " ".join(made.unreviewed["context"])


def test_a_project_that_was_never_tagged_exports_headers_and_a_report(make) -> None:
    project = make({"P01.txt": interview("The tea was warm.")})
    exporting.export(project)
    page = exporting.report(project).files[0].read_text(encoding="utf-8")
    assert "0 of" not in page
    for name in ("excerpts", "excerpts_unreviewed"):
        with (project.exports / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
            (header,) = list(csv.reader(handle))
        assert {"excerpt", "code", "start", "end", "transcript"} <= set(header)


def test_an_empty_project_has_nothing_to_export(tmp_path: Path, codebook_file: Path) -> None:
    with (
        initial.init(tmp_path / "p", codebook_file) as project,
        pytest.raises(NotEnoughData, match="no passages to export"),
    ):
        exporting.export(project)


def test_a_folder_that_cannot_be_written_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("x")
    for act in (exporting.export, exporting.report):
        with pytest.raises(ProjectError, match="cannot be written") as caught:
            act(project, tmp_path / "letter" / "exports")
        assert caught.value.hint


def test_names_of_files_and_speakers_are_in_no_export(make) -> None:
    talk = "Zebedee: I was lonely, said Ann.\nQuentin: Why?\nZebedee: The forms.\nQuentin: And?\nZebedee: Rain.\n"
    project = make({"Philippa Marchbanks.txt": talk}, tag=True)
    exporting.export(project)
    exporting.report(project)
    for name, data in contents(project.exports).items():
        assert b"Marchbanks" not in data, name
        assert b"Marchbanks" not in name.encode()
        if name.endswith((".csv", ".html", ".json")):
            assert b"Zebedee:" not in data
            assert b"zebedee" not in data


def test_an_author_is_no_participant(make) -> None:
    report = "Findings\n\nMothers said that they were lonely. Nobody was asked about it in the first year.\n"
    files = {
        "P01.txt": interview("I was lonely."),
        "report.txt": report,
        "manifest.csv": "file,kind,case,programme\nP01.txt,interview,P1,north\nreport.txt,report,R1,north\n",
    }
    made = exporting.bundle(make(files, tag=True))
    assert made.counts["cases"] == 1
    assert (made.counts["reports"], made.counts["in_reports"]) == (1, 1)
    assert made.prevalence.any_polarity["cases"].max() == 1
    assert set(made.unreviewed["kind"]) == {"interview", "report"}


def test_where_there_are_reports_alone_they_are_counted(make) -> None:
    report = "Mothers said that they were lonely.\n"
    made = exporting.bundle(make({"r.txt": report, "manifest.csv": "file,kind,case\nr.txt,report,R1\n"}, tag=True))
    assert (made.counts["cases"], made.counts["reports"]) == (1, 0)
    assert made.prevalence.any_polarity["cases_with"].max() == 1


def test_who_selects_the_words_of_a_proposal_agrees_with_it(project: Project) -> None:
    proposed = exporting.bundle(project).unreviewed
    row = proposed[proposed["code"] == "isolation"].iloc[0]
    words = " ".join(row["excerpt"].split()[:-1])
    table = project.folder.parent / "coded.csv"
    table.write_text(f'transcript,quote,code\n{row["transcript"]},"{words}",isolation\n', encoding="utf-8")
    import_codings(project, table, Coder("amina", "human"))
    counts = exporting.bundle(project).counts
    assert (counts["kept"], counts["rejected"]) == (1, 0)
