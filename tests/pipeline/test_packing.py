"""What leaves the project in a pack, and what does not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from qualcode.coding import Coder
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.formats.pack import mark
from qualcode.pipeline.assigning import assign
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.merging import merge
from qualcode.pipeline.packing import pack
from qualcode.pipeline.sheet import sheet
from qualcode.project import Project
from qualcode.settings import allow_identified
from qualcode.store import assignments, codings, corpus, events
from tests.invented import CODEBOOK, P01, P02, SURVEY, qualcode, tables, write_files
from tests.laptops import Make, said

NAMED = {"Jane Smith.txt": P01.replace("Participant", "Jane Smith"), "P02.txt": P02, "survey.csv": SURVEY}
WIDE = "id,isolation,listening\n1,0,1\n2,1,0\n"


def _members(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _rows(path: Path, member: str) -> list[dict]:
    return [json.loads(line) for line in _members(path)[f"{member}.jsonl"].splitlines()]


def _judge(project: Project, who: str) -> None:
    path = project.folder.parent / "coded.csv"
    path.write_text(WIDE, encoding="utf-8")
    import_codings(project, path, Coder(who, "human"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.qualpack"


def test_the_whole_leaves_the_key_the_proposals_and_labels_of_speakers_behind(make: Make, path: Path) -> None:
    project = make(NAMED, tag=True)
    summary = pack(project, path)
    held = "".join(_members(path).values())
    assert project.secret.hex() not in held
    assert "definitions@" not in held
    assert [turn["speaker"] for row in _rows(path, "transcripts") for turn in row["transcript"]["turns"]] == [""] * 15
    assert "Jane Smith.txt" in held, "in the whole, files keep their names: their rows are known by them"
    assert (summary.words, summary.with_speakers) == (True, False)
    with_speakers = path.with_name("speakers.qualpack")
    assert pack(project, with_speakers, speakers=True).with_speakers
    assert "jane smith" in {
        t["speaker"].lower() for r in _rows(with_speakers, "transcripts") for t in r["transcript"]["turns"]
    }


def test_the_same_state_gives_the_same_bytes_whatever_was_packed_in_between(make: Make, path: Path) -> None:
    project = make(NAMED)
    _judge(project, "anna")
    pack(project, path)
    before = path.read_bytes()
    pack(project, path.with_name("a.qualpack"), coder="anna")
    pack(project, path)
    assert path.read_bytes() == before
    _judge(project, "bea")
    pack(project, path)
    assert path.read_bytes() != before


def test_a_coders_pack_holds_her_judgements_and_no_words_or_names(make: Make, path: Path) -> None:
    project = make(NAMED)
    _judge(project, "anna")
    _judge(project, "bea")
    summary = pack(project, path, coder="bea")
    members = _members(path)
    assert {row["judged"]["coder"] for row in _rows(path, "decisions")} == {"bea"}
    assert all(row["transcript"] is None for row in _rows(path, "transcripts"))
    del members["codebooks.jsonl"]
    held = "".join(members.values()).lower()
    assert not [word for word in ("pen ran out", "lonely", "jane", "survey.csv", "anna") if word in held]
    assert not summary.words


def test_a_coder_who_judged_nothing_has_no_pack(make: Make, path: Path) -> None:
    project = make(NAMED)
    _judge(project, "anna")
    with pytest.raises(NotEnoughData, match="cy has judged nothing") as caught:
        pack(project, path, coder="cy")
    assert "anna" in caught.value.hint
    assert not path.exists()


def test_nothing_else_is_written_over(make: Make, tmp_path: Path) -> None:
    ours, hers = make(NAMED), make(NAMED)
    pack(hers, tmp_path / "hers.qualpack")
    for name, text in (("letter.qualpack", "Dear all"), ("notes.txt", None), ("hers.qualpack", None)):
        if text:
            (tmp_path / name).write_text(text)
        with pytest.raises(ProjectError):
            pack(ours, tmp_path / name)
    assert (tmp_path / "letter.qualpack").read_text() == "Dear all"
    with pytest.raises(ProjectError, match="cannot be written"):
        pack(ours, tmp_path / "nowhere" / "x.qualpack")


def test_packing_is_recorded_by_ids_and_counts(make: Make, path: Path) -> None:
    project = make(NAMED)
    pack(project, path)
    with project.store.reading() as connection:
        *_, packed, entered = events.all_events(connection)
    assert (packed.kind, packed.subjects, packed.counts["transcripts"]) == ("pack", ("pack:whole",), 5)
    assert (entered.kind, entered.subjects) == ("release", ("release:1",))


def test_an_assignment_holds_its_passages_texts_and_nothing_that_anybody_said(make: Make, path: Path) -> None:
    project = make(NAMED, tag=True)
    _judge(project, "anna")
    assign(project, path, to="bea", documents=["Jane Smith.txt"], codes=["paperwork", "isolation"])
    members = _members(path)
    (asked,) = _rows(path, "assignments")
    (text,) = _rows(path, "transcripts")
    assert asked["codes"] == ["isolation", "paperwork"]
    assert {place.split(":")[0] for place in asked["segments"]} == {text["id"]}
    assert text["transcript"]["source"] == mark("Jane Smith.txt")
    assert not {"decisions.jsonl", "cases.jsonl", "themes.jsonl"} & set(members)
    held = "".join(members.values())
    assert "Jane Smith.txt" not in held
    assert not [word for word in ("definitions@", "anna", "raw_score", "pen ran out") if word in held]


def test_a_sample_is_drawn_once_kept_and_drawn_from_what_the_coder_has_not_judged(make: Make, path: Path) -> None:
    project = make(NAMED)
    first = assign(project, path, to="bea", sample=3)
    before = path.read_bytes()
    again = assign(project, path, to="bea", sample=3)
    assert (again.sample, path.read_bytes()) == (first.sample, before)
    with project.store.reading() as connection:
        sample = codings.samples(connection)[str(first.sample)]
        current = len(corpus.segments(connection))
    assert sample.probabilities == (3 / current,) * 3
    _judge(project, "bea")
    other = assign(project, path, to="bea", sample=current)
    with project.store.reading() as connection:
        assert len(codings.samples(connection)[str(other.sample)].segments) == current - 2


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"segments": ["s_none"]}, "1 of the passages named"),
        ({"documents": ["nobody.txt"]}, "nobody.txt: no transcript"),
        ({"sample": 3, "codes": ["weather"]}, "weather: no active code"),
        ({"segments": []}, "no passages to ask about"),
    ],
)
def test_what_cannot_be_asked_is_refused(make: Make, path: Path, options: dict, match: str) -> None:
    project = make(NAMED)
    with pytest.raises((ProjectError, NotEnoughData), match=match):
        assign(project, path, to="bea", **options)
    assert not path.exists()


def test_a_machine_is_not_asked(make: Make, path: Path) -> None:
    project = make(NAMED, tag=True)
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
    with pytest.raises(ProjectError, match="machine coder"):
        assign(project, path, to=str(machine), sample=2)


def test_the_sheet_asks_an_assignment_blind_until_it_is_done(make: Make, path: Path, tmp_path: Path) -> None:
    ours = make(NAMED, tag=True)
    assign(ours, path, to="bea", sample=4, codes=["isolation", "paperwork"])
    merge(tmp_path / "hers", path)
    with Project.open(tmp_path / "hers") as hers:
        book = tmp_path / "b.xlsx"
        summary = sheet(hers, book)
        assert (summary.assigned_to, summary.sampled, summary.proposals) == ("bea", 4, 0)
        pages = openpyxl.load_workbook(book)
        assert pages["Proposals"].max_row == 1
        assert [row[0].value for row in pages["Codebook"]] == ["code", "isolation", "paperwork"]
        _answer(book, {0: "isolation", 1: "none", 2: "none"})
        import_codings(hers, book, Coder("bea", "human"))
        with hers.store.reading() as connection:
            judged = [judged for judged, _ in codings.decisions(connection)]
            ((_, left),) = assignments.unfinished(connection)
            sample = codings.samples(connection)[str(judged[0].sample)]
        assert {(j.codes, j.blind, j.sample) for j in judged} == {(("isolation", "paperwork"), True, sample.id)}
        assert {j.probability for j in judged} == set(sample.probabilities)
        assert len(left) == 1
        assert sheet(hers, tmp_path / "rest.xlsx").sampled == 1
        with pytest.raises(NotEnoughData, match="cy has no unfinished"):
            sheet(hers, tmp_path / "cy.xlsx", coder="cy")


def test_of_two_coders_assignments_the_oldest_is_asked_or_the_one_named(make: Make, path: Path, tmp_path: Path) -> None:
    ours = make(NAMED)
    for who in ("bea", "cy"):
        assign(ours, path, to=who, sample=2)
        merge(tmp_path / "hers", path)
    with Project.open(tmp_path / "hers") as hers:
        assert sheet(hers, tmp_path / "b.xlsx").assigned_to == "bea"
        assert sheet(hers, tmp_path / "b.xlsx", coder="cy").assigned_to == "cy"


def test_ones_own_assignment_is_not_taken_back(make: Make, path: Path) -> None:
    ours = make(NAMED)
    assign(ours, path, to="bea", sample=2)
    before = tables(ours.store.path)
    with pytest.raises(ProjectError, match="made in this project"):
        merge(ours.folder, path)
    assert tables(ours.store.path) == before


def _answer(path: Path, answers: dict[int, str]) -> None:
    book = openpyxl.load_workbook(path)
    page = book["Unproposed"]
    column = next(cell.column for cell in page[1] if cell.value == "code 1")
    for row, code in answers.items():
        page.cell(row + 2, column).value = code
    book.save(path)


def test_two_laptops_by_the_command_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"cb.yaml": CODEBOOK, **{f"raw/{name}": text for name, text in NAMED.items()}})

    def run(*words: object, code: int = 0) -> str:
        done = qualcode(*words, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert "Jane" not in done.stdout + done.stderr.replace("Jane Smith.txt", "")
        return done.stdout + done.stderr

    run("init", "ours", "--codebook", "cb.yaml")
    run("import", "raw", "-p", "ours")
    run("segment", "-p", "ours")
    run("pack", "-p", "ours", "-o", "refused.qualpack", code=4)
    assert not (tmp_path / "refused.qualpack").exists()
    allow_identified(tmp_path / "ours" / "qualcode.toml")
    run("pack", "-p", "ours", "--sample", 4, "--codes", "isolation,listening", "--to", "bea", "-o", "for_b.qualpack")
    assert "participants' words" in run("pack", "-p", "ours", "-o", "whole.qualpack")
    assert "project: hers (new)" in run("merge", "for_b.qualpack", "-p", "hers")
    assert "4 passages assigned to bea, blind" in run("sheet", "-p", "hers", "-o", "b.xlsx")
    _answer(tmp_path / "b.xlsx", {0: "isolation", 1: "none", 2: "listening", 3: "none"})
    run("import-codings", "b.xlsx", "--coder", "bea", "-p", "hers")
    run("pack", "-p", "hers", "--coder", "bea", "-o", "bea.qualpack")
    assert "4 judgements" in run("merge", "bea.qualpack", "-p", "ours")
    assert "nothing new; 4 judgements stood already" in run("merge", "bea.qualpack", "-p", "ours")
    told = json.loads(run("merge", "whole.qualpack", "-p", "hers", "--json", "-q"))
    assert told["new"]["transcripts"] > 0
    assert "not taken" in run("merge", "bea.qualpack", "-p", _empty(tmp_path, run), code=3)
    run("merge", "cb.yaml", "-p", "ours", code=1)
    run("pack", "-p", "ours", "--sample", 4, "-o", "x.qualpack", code=2)
    keys = {(tmp_path / name / "qualcode.key").read_text() for name in ("ours", "hers")}
    assert len(keys) == 2
    with Project.open(tmp_path / "ours") as ours, Project.open(tmp_path / "hers") as hers:
        assert said(ours) == said(hers)
        with ours.store.reading() as connection:
            found = codings.decisions(connection)
            sample = codings.samples(connection)[str(found[0][0].sample)]
    assert {(j.coder, j.blind, j.sample, j.probability) for j, _ in found} == {
        ("bea", True, sample.id, sample.probabilities[0])
    }
    assert {j.segment for j, _ in found} == set(sample.segments)


def _empty(folder: Path, run) -> str:
    run("init", "third", "--codebook", "cb.yaml")
    return "third"
