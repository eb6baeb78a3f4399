"""Projects of other tools in the store: codes, coders, codings; declared completeness; crosswalks."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.errors import CodebookError
from qualcode.importers.completeness import stated
from qualcode.pipeline import acts, exporting, interchange, judging
from qualcode.pipeline.importing import import_files
from qualcode.pipeline.segmenting import segment
from qualcode.project import Project
from qualcode.store import codings, events, memos
from tests.dialects import CODED, MAXQDA, NVIVO, SPEC, TEXTS, guid, qdpx
from tests.invented import interview, qualcode, tables

OWN = {"own.txt": interview("I was lonely.")}


@pytest.fixture
def project(make) -> Project:
    return make(OWN)


def _import(project: Project, dialect=SPEC, **kinds):
    raw = project.folder.parent / "theirs"
    raw.mkdir(exist_ok=True)
    qdpx(dialect, raw / "study.qdpx")
    summary = import_files(project, raw, **kinds)
    segment(project)
    return summary


def _quotations(project: Project) -> list[tuple[str, str, str]]:
    made = exporting.bundle(project).excerpts
    return sorted(zip(made["excerpt"], made["code"], made["coder"], strict=True))


def test_texts_codes_and_codings_are_in(project: Project) -> None:
    summary = _import(project)
    (taken,) = summary.taken
    assert (summary.new, taken.present, taken.coders) == (3, len(CODED), ("amina", "ben"))
    assert taken.new_codes == ("feelings", "validation")
    assert taken.same_codes == ("isolation", "paperwork")
    assert _quotations(project) == sorted((quote, code, user) for _, quote, code, user in CODED)
    assert project.codebook["validation"].parent == "feelings"


def test_again_changes_nothing(project: Project) -> None:
    _import(project)
    before, text = tables(project.folder / "qualcode.sqlite"), project.codebook_text
    (taken,) = _import(project).taken
    assert (taken.judged, taken.unchanged, taken.anything) == (0, len(CODED), False)
    assert tables(project.folder / "qualcode.sqlite") == before
    assert project.codebook_text == text


def test_two_programs_give_one_project(make) -> None:
    ours = [make(OWN), make(OWN)]
    for project, dialect in zip(ours, (SPEC, NVIVO), strict=True):
        _import(project, dialect)
    assert _quotations(ours[0]) == _quotations(ours[1])
    frames = [project.codings().drop(columns=["segment", "transcript"]) for project in ours]
    assert sorted(frames[0].to_csv(index=False)) == sorted(frames[1].to_csv(index=False))


def test_what_a_coder_has_withdrawn_since_does_not_come_back(project: Project) -> None:
    _import(project)
    with project.store.reading() as connection:
        judged, made = next(item for item in codings.decisions(connection) if item[0].coder == "ben")
    later = replace(judged, made_at=acts.now())
    assert judging.append(project, [(later, [])], {}, project.codebook).judged == 1
    assert made
    _import(project)
    assert len(_quotations(project)) == len(CODED) - 1


def test_without_a_declaration_nothing_is_absent(project: Project) -> None:
    _import(project)
    judged = project.judged()
    assert len(judged) == len(CODED)
    assert set(judged["code"]) == {code for _, _, code, _ in CODED}


def test_declared_completeness_makes_the_rest_absent_and_no_more(project: Project) -> None:
    summary = _import(project, declared=stated("isolation"))
    assert summary.taken[0].complete == 5
    places = project.segments().set_index("segment")
    units = {name: set(rows.index) for name, rows in places.query("current").groupby("transcript")}
    judged, coded = (
        frame.query("code == 'isolation'").join(places[["current", "transcript"]], on="segment").query("current")
        for frame in (project.judged(), project.codings().drop(columns="transcript"))
    )
    # Whoever coded in a transcript has decided on every unit of it, and on none of another.
    for (_, transcript), own in judged.groupby(["coder", "transcript"]):
        assert set(own["segment"]) == units[transcript]
    assert judged.groupby("coder")["transcript"].nunique().to_dict() == {"amina": 3, "ben": 2}
    found = set(zip(coded["segment"], coded["coder"], strict=True))
    assert len(found) == 3
    assert found < set(zip(judged["segment"], judged["coder"], strict=True))


def test_two_coders_who_declared_it_can_be_compared(project: Project) -> None:
    _import(project, declared=stated("all"))
    current = set(project.segments().query("current")["segment"])
    judged = project.judged()
    coded = project.codings()
    both = judged[judged["segment"].isin(current)].groupby(["segment", "code"])["coder"].nunique()
    assert (both == 2).sum() > 8
    assert {len(set(zip(coded["segment"], coded["code"], coded["coder"], strict=True)))} == {len(coded)}


def test_an_imported_absence_takes_the_machines_proposal_away(make) -> None:
    project = make(OWN, tag=False)
    _import(project, MAXQDA, declared=stated("paperwork"))
    with project.store.reading() as connection:
        whole = [judged for judged, made in codings.decisions(connection) if judged.segment.startswith("t_")]
    assert {judged.codes for judged in whole} == {("paperwork",)}


def test_a_crosswalk_maps_and_its_codes_are_not_added(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(
            [
                ["from_code", "to_code", "relation", "who", "why"],
                ["Validation", "listening", "exact", "amina", "the same definition"],
                ["feelings", "isolation", "narrower", "amina", "one feeling of many"],
            ]
        )
    interchange.keep_crosswalk(project, path)
    (taken,) = _import(project).taken
    assert (taken.new_codes, taken.crossed_codes) == ((), ("feelings", "validation"))
    codes = {(quote, code) for quote, code, _ in _quotations(project)}
    assert ("It’s what I needed", "listening") in codes
    assert not any(code in ("feelings", "validation") for _, code in codes)
    assert ("for an hour", "isolation") not in codes
    assert {code.id for code in project.codebook} == {"isolation", "listening", "paperwork"}


def test_a_faulty_crosswalk_is_refused_and_the_own_one_stays(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text("from_code,to_code,relation\na,nowhere,exact\n", encoding="utf-8")
    with pytest.raises(CodebookError):
        interchange.keep_crosswalk(project, path)
    assert not (project.folder / interchange.CROSSWALK).exists()


def test_memos_are_kept_once_and_the_record_holds_no_words(project: Project) -> None:
    raw = project.folder.parent / "theirs"
    raw.mkdir()
    qdpx(MAXQDA, raw / "study.qdpx")
    text = zipfile.ZipFile(raw / "study.qdpx").read("project.qde").decode()
    first = f'<PlainTextSelection guid="{guid("selection", "P01", "I felt so alone.")}"'
    head, tail = text.split(first)
    opening, rest = tail.split(">", 1)
    with zipfile.ZipFile(raw / "study.qdpx", "w") as archive:
        archive.writestr("project.qde", f"{head}{first}{opening}><Description>Ask her again.</Description>{rest}")
    for _ in range(2):
        import_files(project, raw)
    with project.store.reading() as connection:
        (memo,) = memos.memos(connection)
        record = events.all_events(connection)
    assert memo.text == "Ask her again."
    assert "Ask her" not in repr(record) + repr(memo)


def test_a_new_project_of_a_file_of_another_tool_in_one_command(tmp_path: Path, codebook_file: Path) -> None:
    (tmp_path / "raw").mkdir()
    qdpx(NVIVO, tmp_path / "raw" / "study.qdpx")
    done = qualcode(
        "run", "raw", "-o", "p", "--codebook", codebook_file, "--coded-completely", "all", "-q", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "10 codings by amina, ben on 9 selections" in done.stdout
    assert "positions in UTF-16 units, a line end counts 2" in done.stderr
    assert not any(text.splitlines()[2][:25] in done.stdout + done.stderr for text in TEXTS.values())
    again = qualcode("run", "raw", "-o", "p", "-q", "--coded-completely", "all", cwd=tmp_path)
    assert "nothing to do" in again.stdout
