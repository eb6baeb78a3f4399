"""REFI-QDA projects of several programs, and what strangers' archives may do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from qualcode import testing
from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers import Description, Imported, ReadOptions, refi
from tests.dialects import (
    ARMS,
    ATLAS,
    CODED,
    DIALECTS,
    MAXQDA,
    NVIVO,
    QUALCODER,
    SPEC,
    TEXTS,
    Dialect,
    guid,
    qdpx,
    written,
)

OPTIONS = ReadOptions(b"one secret of a project", "study.qdpx")
WANTED = sorted((quotation, code, user) for _, quotation, code, user in CODED)


def _said(found: Imported) -> list[tuple[str, str, str]]:
    texts = {transcript.id: transcript.text for transcript in found.transcripts}
    return sorted((texts[g.transcript][g.start : g.end], *g.judged, g.coder) for g in found.given if g.judged)


def _packed(path: Path, project: str, **members: bytes) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", project)
        for name, data in members.items():
            archive.writestr(name, data)
    path.write_bytes(packed.getvalue())
    return path


def _changed(path: Path, *changes: tuple[str, str], dialect: Dialect = MAXQDA) -> Path:
    project = written(dialect)
    for old, new in changes:
        assert old in project, old
        project = project.replace(old, new)
    return _packed(path, project)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_codings(tmp_path: Path, name: str) -> None:
    found = refi.read(qdpx(DIALECTS[name], tmp_path / "study.qdpx"), OPTIONS)
    assert _said(found) == WANTED
    assert [coder.id for coder in found.coders] == ["amina", "ben"]
    assert [transcript.text for transcript in found.transcripts] == list(TEXTS.values())
    assert not found.skipped
    assert any(str(DIALECTS[name].convention) in note for note in found.notes)


def test_a_project_keeps_the_importers_promises(tmp_path: Path) -> None:
    bad = tmp_path / "bad.qdpx"
    bad.write_bytes(b"PK\x03\x04 and no more")
    testing.check_importer(refi.read, qdpx(SPEC, tmp_path / "study.qdpx"), bad)


def test_two_programs_give_the_same_ids(tmp_path: Path) -> None:
    one, other = (refi.read(qdpx(dialect, tmp_path / "x.qdpx"), OPTIONS) for dialect in (SPEC, NVIVO))
    assert sorted(one.given, key=repr) == sorted(other.given, key=repr)
    assert [t.id for t in one.transcripts] == [t.id for t in other.transcripts]


def test_codes_keep_their_hierarchy_and_definitions(tmp_path: Path) -> None:
    codebook = refi.read(qdpx(SPEC, tmp_path / "x.qdpx"), OPTIONS).codebook
    assert codebook is not None
    assert {code.id: code.parent for code in codebook} == {
        "feelings": None,
        "isolation": "feelings",
        "validation": "feelings",
        "paperwork": None,
    }
    assert (codebook["paperwork"].status, codebook["isolation"].status) == ("active", "draft")


@pytest.mark.parametrize("dialect", [SPEC, NVIVO], ids=["sources", "code of the same GUID"])
def test_cases_and_variables_become_cases_and_programmes(tmp_path: Path, dialect: Dialect) -> None:
    found = refi.read(qdpx(dialect, tmp_path / "x.qdpx"), OPTIONS)
    assert {(t.case, t.programme) for t in found.transcripts} == set(ARMS.items())
    assert {case.id: case.programme for case in found.cases} == ARMS
    assert [programme.id for programme in found.programmes] == ["Bridge", "Kettle"]


def test_sets_named_as_attributes_describe_their_sources(tmp_path: Path) -> None:
    found = refi.read(qdpx(ATLAS, tmp_path / "x.qdpx"), OPTIONS)
    assert [t.programme for t in found.transcripts] == ["Kettle", "Kettle", "Bridge"]
    assert len({t.case for t in found.transcripts}) == 3
    assert all(case.id.startswith("p_") for case in found.cases)


def test_a_flat_hierarchy_is_put_up_again(tmp_path: Path) -> None:
    path = _changed(tmp_path / "x.qdpx", ('name="validation"', 'name="paperwork::letters"'))
    project = path.read_bytes()
    assert project
    codebook = refi.read(path, OPTIONS).codebook
    assert codebook is not None
    # It stands under feelings in the tree already, and what the tree says counts.
    assert codebook["paperwork_letters"].parent == "feelings"
    flat = '<Code guid="{}" name="{}" isCodable="true"/>'
    codes = flat.format(guid("a"), "Coke") + flat.format(guid("b"), "Coke::diet") + flat.format(guid("c"), "x::y")
    text = f'<CodeBook xmlns="urn:QDA-XML:codebook:0:4"><Codes>{codes}</Codes></CodeBook>'
    (tmp_path / "flat.qdc").write_text(text)
    codes_of = refi.read_codebook(tmp_path / "flat.qdc", OPTIONS).codebook
    assert codes_of is not None
    assert [(c.id, c.label, c.parent) for c in codes_of] == [
        ("coke", "Coke", None),
        ("diet", "diet", "coke"),
        ("x_y", "x::y", None),
    ]


def test_codings_on_a_whole_source_and_several_on_one_selection_are_kept(tmp_path: Path) -> None:
    coding = f'<Coding guid="{guid("whole")}"><CodeRef targetGUID="{guid("code", "paperwork")}"/></Coding></TextSource>'
    found = refi.read(_changed(tmp_path / "x.qdpx", ("</TextSource>", coding)), OPTIONS)
    whole = [g for g in found.given if g.start == 0]
    assert len(whole) == 3
    assert all(g.end == len(t.text) for g, t in zip(whole, found.transcripts, strict=True))
    assert len([said for said in _said(found) if said[0] == "I felt so alone."]) == 2


def test_a_case_may_be_a_stretch_of_a_group(tmp_path: Path) -> None:
    selection = guid("selection", "P01", "I felt so alone.")
    case = f'<Case guid="{guid("c1")}" name="Nia"><SelectionRef targetGUID="{selection}"/></Case></Cases>'
    path = _changed(tmp_path / "x.qdpx", ("</Cases>", case))
    turns = refi.read(path, OPTIONS).transcripts[0].turns
    assert [turn.case for turn in turns if turn.role == "participant"] == ["P01", "P01"]
    whole = written(MAXQDA).replace(f'guid="{selection}" name="', f'guid="{selection}" name="x')
    start = TEXTS["P01"].index("😀😀")
    end = TEXTS["P01"].index("\n\nInterviewer: And then")
    at = TEXTS["P01"].index("I felt so alone.")
    assert f'startPosition="{at}" endPosition="{at + 16}"' in whole
    whole = whole.replace(
        f'startPosition="{at}" endPosition="{at + 16}"', f'startPosition="{start}" endPosition="{end}"'
    )
    found = refi.read(_packed(tmp_path / "y.qdpx", whole.replace("</Cases>", case)), OPTIONS)
    assert [turn.case for turn in found.transcripts[0].turns if turn.role == "participant"] == ["Nia", "P01"]


def test_what_is_not_carried_is_listed_by_kind_and_count(tmp_path: Path) -> None:
    area = f'<PictureSelection guid="{guid("ps")}" firstX="1" firstY="1" secondX="2" secondY="2"/>'
    picture = f'<PictureSource guid="{guid("p")}" name="a">{area}</PictureSource>'
    more = picture + f'<AudioSource guid="{guid("a")}" name="b"/></Sources>'
    links = f'<Links><Link guid="{guid("l")}"/></Links><Graphs><Graph guid="{guid("g")}"/></Graphs></Project>'
    stray = ('<CodeRef targetGUID="' + guid("code", "paperwork"), '<CodeRef targetGUID="' + guid("gone"))
    path = _changed(tmp_path / "x.qdpx", ("</Sources>", more), ("</Project>", links), stray)
    losses = {loss.kind: loss.count for loss in refi.read(path, OPTIONS).losses}
    assert losses == {
        "PictureSource": 1,
        "PictureSelection": 1,
        "AudioSource": 1,
        "Link": 1,
        "Graph": 1,
        "Coding of a code that the file lacks": 2,
    }


def test_remarks_and_notes_become_memos_on_what_they_are_about(tmp_path: Path) -> None:
    words = "<PlainTextContent>Ask again.</PlainTextContent>"
    note = f'<Notes><Note guid="{guid("n")}" creatingUser="{guid("user", "ben")}">{words}</Note></Notes></Project>'
    ref = f'<NoteRef targetGUID="{guid("n")}"/></PlainTextSelection>'
    path = _changed(tmp_path / "x.qdpx", ("</Project>", note), ("</PlainTextSelection>", ref))
    memos = refi.read(path, OPTIONS).memos
    assert [(memo.coder, memo.text, memo.on[:2]) for memo in memos] == [("ben", "Ask again.", "s_")]
    said = f'name="P02"><PlainTextContent>{TEXTS["P02"]}</PlainTextContent>'.replace("&", "&amp;")
    path = _changed(tmp_path / "y.qdpx", (said, f'name="P02"><Description>Short.</Description>{said[11:]}'))
    found = refi.read(path, OPTIONS)
    assert [(memo.text, memo.on) for memo in found.memos] == [("Short.", found.transcripts[1].id)]


@pytest.mark.parametrize("scheme", ["relative://", "absolute://"])
def test_texts_outside_are_looked_for_beside_the_project_and_nowhere_else(tmp_path: Path, scheme: str) -> None:
    path = qdpx(Dialect(scheme=scheme), tmp_path / "x.qdpx")
    assert _said(refi.read(path, OPTIONS)) == WANTED
    for text in tmp_path.glob("*.txt"):
        text.unlink()
    found = refi.read(path, OPTIONS)
    assert [item.failed for item in found.skipped] == [True] * 3
    assert not found.given


def test_a_path_of_another_machine_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours", encoding="utf-8")
    project = written(SPEC).replace(f"internal://{guid('text', 'P01')}.txt", f"absolute://{secret}")
    project = project.replace(f"internal://{guid('text', 'P02')}.txt", "relative:///../secret.txt")
    found = refi.read(_packed(tmp_path / "inside" / "x.qdpx", project), OPTIONS)
    assert not found.transcripts
    assert len(found.skipped) == 3


def test_a_source_without_a_plain_text_is_named_and_the_others_come_in(tmp_path: Path) -> None:
    path = qdpx(SPEC, tmp_path / "x.qdpx")
    project = written(SPEC).replace(
        f'plainTextPath="internal://{guid("text", "P03")}.txt"', 'richTextPath="internal://a.docx"'
    )
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name) for name in archive.namelist() if name != "project.qde"}
    found = refi.read(_packed(path, project, **texts), OPTIONS)
    assert [item.reason for item in found.skipped] == [
        "the project holds the text only as rich text (expected plain text)"
    ]
    assert len(found.transcripts) == 2


def test_the_transcript_of_a_recording_is_coded_by_its_times(tmp_path: Path) -> None:
    words = "Participant: I felt so alone that winter.\nParticipant: Then she rang."
    points = "".join(
        f'<SyncPoint guid="{guid("sp", str(at))}" timeStamp="{at * 100}" position="{at}"/>' for at in (13, 28, 42)
    )
    code = f'<Coding guid="{guid("k")}"><CodeRef targetGUID="{guid("code", "isolation")}"/></Coding>'
    video = (
        f'<VideoSource guid="{guid("v")}" name="film"><Transcript guid="{guid("t")}"><PlainTextContent>{words}'
        f'</PlainTextContent>{points}<TranscriptSelection guid="{guid("ts")}" fromSyncPoint="{guid("sp", "13")}" '
        f'toSyncPoint="{guid("sp", "28")}">{code}</TranscriptSelection></Transcript></VideoSource></Sources>'
    )
    found = refi.read(_changed(tmp_path / "x.qdpx", ("</Sources>", video)), OPTIONS)
    assert ("I felt so alone", "isolation", "amina") in _said(found)


@pytest.mark.parametrize("shift", [3, 7])
def test_positions_that_fit_no_convention_are_refused(tmp_path: Path, shift: int) -> None:
    root = etree.fromstring(written(QUALCODER).encode())
    for selection in root.iter("{*}PlainTextSelection"):
        for name, more in (("startPosition", shift), ("endPosition", shift + 2)):
            selection.set(name, str(int(selection.get(name)) + more))
    texts = {f"sources/{guid('text', name)}.txt": ("\ufeff" + text).encode() for name, text in TEXTS.items()}
    path = _packed(tmp_path / "x.qdpx", etree.tostring(root, encoding="unicode"), **texts)
    with pytest.raises(MalformedTranscript, match="by no convention") as caught:
        refi.read(path, OPTIONS)
    assert "refi_offsets" in caught.value.hint
    assert "alone" not in str(caught.value)


def test_who_knows_better_may_say_so(tmp_path: Path) -> None:
    path = qdpx(NVIVO, tmp_path / "x.qdpx")
    told = ReadOptions(OPTIONS.secret, "study.qdpx", refi_offsets="UTF-16 units, 2")
    assert _said(refi.read(path, told)) == WANTED
    with pytest.raises(ImporterError, match="refi_offsets"):
        refi.read(path, ReadOptions(OPTIONS.secret, "study.qdpx", refi_offsets="furlongs, 2"))


@pytest.mark.parametrize("far", ["4000", "-7", "99999999999999999999"])
def test_one_selection_outside_its_text_is_counted_and_the_rest_comes_in(tmp_path: Path, far: str) -> None:
    at = TEXTS["P03"].index("nobody asked why")
    path = _changed(tmp_path / "x.qdpx", (f'startPosition="{at}"', f'startPosition="{far}"'))
    found = refi.read(path, OPTIONS)
    assert [(item.count, item.failed) for item in found.skipped] == [(1, True)]
    assert len(_said(found)) == len(CODED) - 1


BAD = {
    "no project": {"sources/a.txt": b"x"},
    "two projects": {"project.qde": b"<Project/>", "other.qde": b"<Project/>"},
    "no xml": {"project.qde": b"words"},
    "other xml": {"project.qde": b"<html/>"},
    "a number": {"project.qde": written(SPEC).replace('startPosition="', 'startPosition="x').encode()},
    "entity": {"project.qde": b'<!DOCTYPE Project [<!ENTITY a "b">]><Project>&a;</Project>'},
    "fetching": {"project.qde": b'<!DOCTYPE Project SYSTEM "file:///etc/hostname"><Project/>'},
    "slip": {"project.qde": written(SPEC).encode(), "../out.txt": b"x"},
    "bomb": {"project.qde": b"<Project>" + b" " * 40_000_000 + b"</Project>"},
    "deep": {"project.qde": b"<Project>" + b"<Sources>" * 9000},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_archive_is_refused(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in BAD[name].items():
            archive.writestr(member, data)
    (tmp_path / "x.qdpx").write_bytes(packed.getvalue())
    with pytest.raises(MalformedTranscript):
        refi.read(tmp_path / "x.qdpx", OPTIONS)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["x.qdpx"]


def test_codes_nest_as_deep_as_they_like(tmp_path: Path) -> None:
    depth = 200
    opened = "".join(f'<Code guid="{guid(str(n))}" name="c{n}" isCodable="true">' for n in range(depth))
    text = f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{opened}{"</Code>" * depth}</Codes></CodeBook>'
    (tmp_path / "deep.qdc").write_text(text)
    codebook = refi.read_codebook(tmp_path / "deep.qdc", OPTIONS).codebook
    assert codebook is not None
    assert (len(codebook.codes), codebook["c199"].parent) == (depth, "c198")


@pytest.mark.parametrize(
    "namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:0:4", "urn:QDA-XML:codebook:1:0", ""]
)
def test_codebooks_of_every_namespace_are_read(tmp_path: Path, namespace: str) -> None:
    said = "<Description>Somebody listens.</Description>"
    one = f'<Code guid="{guid("a")}" name="Listening" isCodable="true">{said}</Code>'
    text = f'<CodeBook xmlns="{namespace}"><Codes>{one}</Codes><Sets/></CodeBook>'.replace(' xmlns=""', "")
    (tmp_path / "c.qdc").write_text(text)
    codebook = refi.read_codebook(tmp_path / "c.qdc", OPTIONS).codebook
    assert codebook is not None
    assert [(code.id, code.definition) for code in codebook] == [("listening", "Somebody listens.")]


def test_a_codebook_without_codes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.qdc").write_text('<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>')
    with pytest.raises(MalformedTranscript):
        refi.read_codebook(tmp_path / "c.qdc", OPTIONS)


def test_users_of_one_name_stay_two_coders_and_a_tagger_is_a_machine(tmp_path: Path) -> None:
    path = _changed(tmp_path / "x.qdpx", ('name="ben"', 'name="amina"'))
    coders = refi.read(path, OPTIONS).coders
    assert len({coder.id for coder in coders}) == 2
    path = _changed(tmp_path / "x.qdpx", ('name="ben"', 'name="qualcode 0.1"'))
    assert {coder.id: coder.kind for coder in refi.read(path, OPTIONS).coders}["qualcode 0.1"] == "machine"


def test_a_text_named_by_a_path_is_that_one_and_no_other_of_its_name(tmp_path: Path) -> None:
    for folder in ("A", "B"):
        (tmp_path / folder).mkdir()
        for name, text in TEXTS.items():
            shown = text if folder == "A" else text.upper()
            (tmp_path / folder / f"{guid('text', name)}.txt").write_text(shown, encoding="utf-8")
    project = written(Dialect(scheme="relative://")).replace("relative:///", "relative:///A/")
    assert _said(refi.read(_packed(tmp_path / "x.qdpx", project), OPTIONS)) == WANTED
    nowhere = refi.read(_packed(tmp_path / "x.qdpx", project.replace("///A/", "///C/")), OPTIONS)
    assert [item.reason for item in nowhere.skipped] == ["its text stands in several folders beside the project"] * 3
    link = tmp_path / "alone"
    link.mkdir()
    (link / f"{guid('text', 'P01')}.txt").symlink_to(tmp_path / "A" / f"{guid('text', 'P01')}.txt")
    assert not refi.read(_packed(link / "x.qdpx", project), OPTIONS).transcripts


def test_two_cases_of_one_name_stay_two_people(tmp_path: Path) -> None:
    found = refi.read(
        _changed(tmp_path / "x.qdpx", ('name="P02"><VariableValue>', 'name="P01"><VariableValue>')), OPTIONS
    )
    cases = [case.id for case in found.cases]
    assert len(set(cases)) == 3
    assert sum(case.startswith("P01#") for case in cases) == 2


def test_a_programme_that_the_manifest_states_stays_where_the_project_states_none(tmp_path: Path) -> None:
    path = _changed(tmp_path / "x.qdpx", ("<TextValue>Kettle</TextValue>", "<TextValue></TextValue>"))
    told = ReadOptions(OPTIONS.secret, "study.qdpx", Description(programme="north"))
    assert [t.programme for t in refi.read(path, told).transcripts] == ["north", "north", "Bridge"]


def test_a_person_and_a_place_on_one_text_make_no_group(tmp_path: Path) -> None:
    place = f'<Case guid="{guid("place")}" name="Hall"><SourceRef targetGUID="{guid("text", "P01")}"/></Case></Cases>'
    found = refi.read(_changed(tmp_path / "x.qdpx", ("</Cases>", place)), OPTIONS)
    assert {transcript.kind for transcript in found.transcripts} == {"interview"}


def test_a_comment_in_the_xml_cuts_no_text(tmp_path: Path) -> None:
    path = _changed(tmp_path / "x.qdpx", ("the kettle on", "the kettle<!-- so --> on"))
    assert "the kettle on" in refi.read(path, OPTIONS).transcripts[2].text


def test_what_stands_on_codes_and_notes_is_in_the_loss_report(tmp_path: Path) -> None:
    note = f'<Notes><Note guid="{guid("n")}"><PlainTextContent>x</PlainTextContent></Note></Notes></Project>'
    path = _changed(
        tmp_path / "x.qdpx",
        ("</Project>", note),
        ("</Description>", f'</Description><NoteRef targetGUID="{guid("n")}"/>'),
        ('name="paperwork"', 'name="paperwork" color="#fff"'),
    )
    losses = {loss.kind: loss.count for loss in refi.read(path, OPTIONS).losses}
    assert losses == {"Note on a Code": 1, "colour of a Code": 1}
