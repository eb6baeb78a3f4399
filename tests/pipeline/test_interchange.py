"""Projects of other tools in the store: codes, coders, codings; declared completeness; crosswalks."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from qualcode.coding import Coder
from qualcode.errors import CodebookError
from qualcode.importers.completeness import stated
from qualcode.pipeline import acts, exporting, interchange, judging
from qualcode.pipeline.import_codings import import_codings
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
        "run",
        "raw",
        "--identified-ok",
        "-o",
        "p",
        "--codebook",
        codebook_file,
        "--coded-completely",
        "all",
        "-q",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "10 codings by amina, ben on 9 selections" in done.stdout
    assert "positions in UTF-16 units, a line end counts 2" in done.stderr
    assert not any(text.splitlines()[2][:25] in done.stdout + done.stderr for text in TEXTS.values())
    again = qualcode("run", "raw", "-o", "p", "-q", "--coded-completely", "all", "--identified-ok", cwd=tmp_path)
    assert "nothing to do" in again.stdout


def _crosswalk(project: Project, *rows: tuple[str, str, str]) -> None:
    path = project.folder.parent / "map.csv"
    lines = ["from_code,to_code,relation", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    interchange.keep_crosswalk(project, path)


def test_what_may_hold_a_narrower_code_is_no_absence_of_it(project: Project) -> None:
    _crosswalk(project, ("feelings", "isolation", "narrower"), ("isolation", "isolation", "broader"))
    _import(project, declared=stated("feelings"))
    frame = project.judged()
    places = project.segments().set_index("segment")
    whole = {
        (row.coder, places.loc[row.segment, "transcript"])
        for row in frame.itertuples()
        if row.code == "isolation" and places.loc[row.segment, "current"]
    }
    present = project.codings()
    coded = {(row.coder, row.transcript) for row in present.itertuples() if row.code == "isolation"}
    # Who found feelings in a document has said nothing of isolation in it, but by coding it.
    assert whole <= coded


def test_a_present_wins_where_two_codes_lead_to_one(make) -> None:
    for first, second in (("night", "day"), ("day", "night")):
        project = make({"P01.txt": interview("The nights were long.")})
        _crosswalk(project, ("night", "isolation", "exact"), ("day", "isolation", "exact"))
        table = project.folder.parent / "coded.csv"
        rows = {"night": "P01.txt,The nights were long.,night,1", "day": "P01.txt,The nights were long.,day,0"}
        table.write_text(f"file,quote,code,present\n{rows[first]}\n{rows[second]}\n", encoding="utf-8")
        import_codings(project, table, Coder("amina", "human"))
        assert list(project.codings()["code"]) == ["isolation"]


def test_a_fault_in_the_codebook_fails_one_file_and_is_told(project: Project) -> None:
    path = project.folder / "codebook.yaml"
    flat = "codebook: x\ntitle: X\ncodes: [{id: isolation, label: Isolation, definition: Alone.}]\n"
    path.write_text(flat, encoding="utf-8")
    raw = project.folder.parent / "theirs"
    raw.mkdir()
    qdpx(SPEC, raw / "a.qdpx")
    (raw / "b.txt").write_text(interview("We sat down."), encoding="utf-8")
    summary = import_files(project, raw)
    assert summary.new == 4
    assert [item.place for item in summary.failed] == ["a.qdpx"]
    assert "its texts are in" in summary.failed[0].reason
    assert path.read_text(encoding="utf-8") == flat


def test_a_faulty_crosswalk_is_told_before_anything_is_imported(project: Project) -> None:
    (project.folder / interchange.CROSSWALK).write_text("from_code,to_code,relation\na,gone,exact\n", encoding="utf-8")
    before = tables(project.folder / "qualcode.sqlite")
    with pytest.raises(CodebookError):
        _import(project)
    assert tables(project.folder / "qualcode.sqlite") == before


def test_a_crosswalk_may_be_a_workbook(project: Project, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["from_code", "to_code", "relation"])
    book.active.append(["Validation", "listening", "exact"])
    book.save(tmp_path / "map.xlsx")
    interchange.keep_crosswalk(project, tmp_path / "map.xlsx")
    assert _import(project).taken[0].crossed_codes == ("validation",)


def test_two_documents_of_the_same_words_are_one_text_with_the_codings_of_both(project: Project) -> None:
    raw = project.folder.parent / "theirs"
    raw.mkdir()
    same = {"P01": TEXTS["P03"], "P03": TEXTS["P03"]}
    coded = [("P01", "the kettle on", "paperwork", "ben"), ("P03", "nobody asked why", "isolation", "amina")]
    qdpx(SPEC, raw / "study.qdpx", coded, same)
    summary = import_files(project, raw)
    assert summary.new == 1
    assert summary.taken[0].present == 2
    assert any("very same words" in item.reason for item in summary.skipped)
