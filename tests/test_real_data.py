"""Real public data beside the checkout, where they are there: interviews, few-label sessions, a survey, reports."""

import re
from collections import Counter
from pathlib import Path

import pytest

from qualcode import codebook as codebooks
from qualcode import segments
from qualcode.coding import Coder
from qualcode.importers import Description, ReadOptions, pdf, table, taguette, text
from qualcode.importers.anchors import anchored
from qualcode.importers.overlap import overlaps
from qualcode.importers.rows import read_rows
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.importing import import_files
from qualcode.pipeline.segmenting import segment
from qualcode.project import Project

SHARED = Path(__file__).resolve().parents[2] / "shared"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the public data are not beside the checkout"),
]


def _documents(folder: str, kind=None):
    for path in sorted((SHARED / folder).glob("*.txt")):
        if path.name != "SOURCE.txt":
            (found,) = text.read(path, ReadOptions(b"k", path.name, Description(kind=kind))).transcripts
            yield found


def test_real_interviews_have_an_interviewer_and_a_participant():
    found = list(_documents("data/pdpilot/transcripts"))
    assert len(found) == 7
    for transcript in found:
        roles = {turn.speaker: turn.role for turn in transcript.turns}
        assert roles == {"dan": "interviewer", "participant": "participant"}
        # One label among them is misspelt; its words are the participant's all the same.
        labelled = Counter(line[:3] for line in transcript.text.split("\n") if line.startswith(("Dan:", "Partic")))
        assert Counter(turn.speaker[:3].capitalize() for turn in transcript.turns) == labelled


def test_interviews_in_pdf_have_the_same_speakers_as_their_text():
    for path in sorted((SHARED / "data" / "pdpilot" / "raw").glob("P?.pdf")):
        (found,) = pdf.read(path, ReadOptions(b"k", path.name)).transcripts
        (written,) = text.read(
            SHARED / "data" / "pdpilot" / "transcripts" / f"{path.stem}.txt", ReadOptions(b"k", path.name)
        ).transcripts
        assert [(turn.speaker, turn.role) for turn in found.turns] == [(t.speaker, t.role) for t in written.turns]


def test_sessions_with_few_labels_are_coded_and_the_moderator_is_not():
    for found in _documents("data/serdif/transcripts"):
        made = segments.by_window([found], secret=b"k")
        assert len(made) > 20
        assert {one.role for one in made} == {"unknown"}
        assert all(found.text[one.start : one.end] == one.text for one in made)


def test_the_two_pages_of_one_review_are_flagged_and_no_other_pair():
    reports = list(_documents("seeds", kind="report"))
    assert len(reports) == 5
    (pair,) = overlaps(reports)
    assert pair.share == pytest.approx(0.987, abs=0.01)


def test_labels_and_times_of_real_interviews_may_change_and_every_sentence_is_found_again():
    found = list(_documents("data/pdpilot/transcripts"))
    assert len(found) == 7
    for one in found:
        new = re.sub(r"(?m)^(\w+):", r"\1X [00:01:07]:", one.text)
        spans = [(made.start, made.end) for made in segments.by_sentence([one], secret=b"k")]
        anchors = anchored(one.text, new, spans)
        assert min(anchor.confidence for anchor in anchors) > 0.9
        said = [" ".join(new[slice(*anchor.new)].split()) for anchor in anchors]
        assert said == [" ".join(one.text[a:b].split()) for a, b in spans]


def test_a_survey_is_read_with_its_services_and_its_flags_are_not_attributes():
    path = SHARED / "data" / "nhs_fft" / "data.csv"
    found = table.read(path, ReadOptions(b"k", path.name))
    assert len(found.transcripts) == 7397
    assert len({transcript.programme for transcript in found.transcripts}) > 5
    assert not any("Parking" in case.attributes for case in found.cases)


def test_a_framework_becomes_a_codebook_and_existing_labels_come_in(tmp_path: Path):
    rows = read_rows(SHARED / "data" / "serdif" / "codebook.csv", "codebook.csv")
    made = codebooks.from_rows(rows, codebook_id="serdif", title="serdif")
    codebooks.save(made, tmp_path / "codebook.yaml")
    assert len(made.active) == 22
    with Project.create(tmp_path / "p", (tmp_path / "codebook.yaml").read_text(encoding="utf-8")) as project:
        import_files(project, SHARED / "data" / "serdif" / "transcripts")
        segment(project)
        summary = import_codings(project, SHARED / "data" / "serdif" / "data.csv", Coder("one", "human"))
        assert summary.unlocated == ()
        assert summary.present == 1930
        frame = project.codings()
    assert len(frame) == 1930


def test_a_taguette_project_comes_in_with_every_tag_at_its_quotation():
    folder = SHARED / "data" / "serdif"
    found = taguette.read(next((folder / "raw").glob("*.sqlite3")), ReadOptions(b"k", "study.sqlite3"))
    texts = {transcript.id: transcript.text for transcript in found.transcripts}
    highlights = {given.row: given for given in found.given}
    applications = [given for given in found.given if given.judged]
    assert (len(texts), len(highlights), len(applications), len(found.codebook.codes)) == (17, 1794, 1930, 22)
    assert not found.skipped
    assert not found.losses
    rows = read_rows(folder / "data.csv", "data.csv")
    assert len(rows) == 1793
    tags = {code.label: code.id for code in found.codebook}
    by_highlight = {}
    for given in applications:
        by_highlight.setdefault(given.row, set()).update(given.judged)
    for row in rows:
        number = int(row["id"].removeprefix("h"))
        given = highlights[number]
        assert "".join(texts[given.transcript][given.start : given.end].split()) == "".join(row["text"].split())
        assert by_highlight[number] == {tags[name] for name in tags if row[name] == "1"}
