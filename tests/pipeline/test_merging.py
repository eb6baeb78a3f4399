"""Two laptops, two keys: what comes together is the union, whoever merges first and however often."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.coding import Coder, Coding, Judged, Memo, Theme
from qualcode.corpus import Case
from qualcode.errors import ImporterError, ProjectError
from qualcode.formats import pack as packs
from qualcode.formats.pack import Decision
from qualcode.pipeline import importing, segmenting
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.merging import merge
from qualcode.pipeline.packing import pack
from qualcode.project import Project
from qualcode.store import checking, codings, corpus, events, memos, themes
from tests.invented import CODEBOOK, P01, SURVEY, contents, interview, tables, write_files
from tests.laptops import Make, brought, said

FILES = {"P01.txt": P01, "survey.csv": SURVEY}
CODES = ("isolation", "listening", "paperwork")
WIDE = "id,isolation,listening,paperwork\n1,0,,1\n2,1,0,\n3,0,0,0\n"


def _judge(project: Project, text: str, who: str = "anna") -> None:
    path = project.folder.parent / "coded.csv"
    path.write_text(text, encoding="utf-8")
    import_codings(project, path, Coder(who, "human"))


def test_a_new_folder_becomes_a_project_with_a_key_of_its_own(make: Make, tmp_path: Path) -> None:
    ours = make(FILES, toml='approach = "realist"\n[segments]\nunit = "turn"\n')
    _judge(ours, WIDE)
    summary = brought(ours, tmp_path / "new" / "hers")
    with Project.open(tmp_path / "new" / "hers") as hers:
        assert summary.begun
        assert hers.secret != ours.secret
        assert (hers.settings.approach, hers.settings.unit) == ("realist", "turn")
        assert hers.codebook_text == ours.codebook_text
        assert said(hers) == said(ours)
        with hers.store.reading() as connection, ours.store.reading() as own:
            assert {t.text for t in corpus.transcripts(connection)} == {t.text for t in corpus.transcripts(own)}
            assert corpus.cases(connection).keys() >= {"S1", "S2", "S3"}
            theirs, mine = corpus.segments(connection), corpus.segments(own)
        assert {(s.text, s.context, s.role, s.unit, s.case) for s in theirs} == {
            (s.text, s.context, s.role, s.unit, s.case) for s in mine
        }
        assert len(theirs) == len(mine)
        assert not {s.id for s in theirs} & {s.id for s in mine}
        segmenting.segment(hers)
        assert said(hers) == said(ours)


def test_the_same_texts_on_two_laptops_are_one_and_twice_changes_nothing(make: Make) -> None:
    ours, hers = make(FILES, tag=True), make(FILES)
    _judge(ours, WIDE)
    _judge(hers, "id,isolation\n1,1\n2,1\n", "bea")
    first = brought(hers, ours)
    assert first.new == {"coders": 1, "judgements": 2, "present": 2}
    assert (first.conflicts, first.stood) == ((), 0)
    before, files = tables(ours.store.path), contents(ours.folder)
    again = brought(hers, ours)
    assert (again.new, again.stood, again.conflicts) == ({}, 2, ())
    assert (tables(ours.store.path), contents(ours.folder)) == (before, files)
    back = brought(ours, hers)
    assert back.new["judgements"] == 3
    assert said(ours) == said(hers)


def test_a_judgement_keeps_everything_that_was_said(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    with hers.store.writing() as connection:
        segment = corpus.segments(connection)[0]
        codings.add_coder(connection, Coder("gpt", "machine", "imported"))
        judged = Judged(segment.id, "gpt", CODES, True, "a_9", 0.25, "2025-01-02T03:04:05+00:00")
        coding = Coding(
            "c_1",
            segment.id,
            "isolation",
            "gpt",
            {"polarity": "denied", "holder": "child"},
            ((segment.start, segment.start + 3), (segment.start + 5, segment.end)),
            "isolation.example.1",
            0.75,
            0.5,
            "2025-01-02T03:04:05+00:00",
        )
        codings.add_judgements(connection, [(judged, [coding])], hers.codebook)
    brought(hers, ours, coder="gpt")
    with ours.store.reading() as connection:
        ((got, (made,)),) = codings.decisions(connection)
        assert codings.coders(connection)["gpt"] == Coder("gpt", "machine", "imported")
        assert corpus.segments(connection, ids=[got.segment])[0].text == segment.text
        hashes = connection.exec_driver_sql("SELECT code_hash FROM codings").scalars().all()
    assert replace(got, segment=segment.id) == judged
    assert replace(made, id="c_1", segment=segment.id) == coding
    assert hashes == [hers.codebook["isolation"].hash]


def test_a_whole_transcript_that_was_judged_comes_over(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    with hers.store.writing() as connection:
        transcript = corpus.transcripts(connection)[0]
        codings.add_coder(connection, Coder("bea", "human"))
        judged = Judged(transcript.id, "bea", CODES, True, made_at="2025")
        codings.add_judgements(connection, [(judged, [])], hers.codebook)
    brought(hers, ours, coder="bea")
    with ours.store.reading() as connection:
        ((got, _),) = codings.decisions(connection)
        (own,) = corpus.transcripts(connection, [got.segment])
    assert own.text == transcript.text
    assert brought(hers, ours, coder="bea").stood == 1


def test_two_answers_of_the_same_words_stay_two(make: Make) -> None:
    survey = "id,comment\n1,N/A really nothing at all\n2,N/A really nothing at all\n"
    ours, hers = make({"survey.csv": survey}), make({"survey.csv": survey})
    _judge(hers, "id,text,isolation\n2,N/A really nothing at all,1\n", "bea")
    brought(hers, ours, coder="bea")
    with ours.store.reading() as connection:
        ((judged, _),) = codings.decisions(connection)
        (segment,) = corpus.segments(connection, ids=[judged.segment])
        (transcript,) = corpus.transcripts(connection, [segment.transcript])
    assert transcript.row == "2"


def test_judgements_on_texts_that_are_not_here_are_told_and_left(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}), make(FILES)
    _judge(hers, WIDE, "bea")
    summary = brought(hers, ours, coder="bea")
    assert [conflict.what for conflict in summary.left] == ["3 stand on 3 texts that are not in this project"]
    assert said(ours) == []
    brought(hers, ours)
    assert said(ours) == said(hers)


def test_an_added_document_comes_with_its_people_and_an_undescribed_one_is_its_own_case(make: Make) -> None:
    group = "Dan: We sat in a ring.\nEva: I was lonely there.\nDan: The forms were long.\n" * 2
    manifest = "file,kind\ng.txt,focus_group\n"
    ours, hers = make({"P01.txt": P01}), make({"g.txt": group, "x.txt": interview("No."), "manifest.csv": manifest})
    summary = brought(hers, ours, speakers=True)
    with ours.store.reading() as connection:
        by_source = {transcript.source: transcript for transcript in corpus.transcripts(connection)}
        talk, single = by_source["g.txt"], by_source["x.txt"]
        cases = corpus.cases(connection)
    assert summary.new["transcripts"] == 2
    assert single.case == single.id
    assert {turn.case for turn in talk.turns} == {f"{talk.id}.1", f"{talk.id}.2"} <= set(cases)
    assert {turn.speaker for turn in talk.turns} == {"dan", "eva"}
    again = importing.import_files(ours, hers.folder.parent / "raw")
    assert (again.new, again.failed) == (0, ())


def test_the_same_file_with_another_text_is_kept_beside_ours_and_told(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01 + "\nParticipant: And more.\n"})
    summary = brought(hers, ours)
    assert [(c.kind, c.taken) for c in summary.conflicts] == [("transcript", True)]
    assert summary.left == ()
    with ours.store.reading() as connection:
        assert len(corpus.transcripts(connection)) == 2
    assert brought(hers, ours).new == {}


def test_people_and_texts_that_are_described_otherwise_stay_as_they_are_and_are_told(make: Make) -> None:
    one = "file,case,programme,age,town\nP01.txt,P1,north,41,\n"
    ours = make({"P01.txt": P01, "manifest.csv": one})
    hers = make(
        {"P01.txt": P01, "manifest.csv": "file,case,programme,age,job\nP01.txt,P1,south,42,nurse\n"},
    )
    summary = brought(hers, ours)
    assert {(c.kind, c.id) for c in summary.left} >= {("case", "P1")}
    assert "programme" in next(c.what for c in summary.left if c.kind == "transcript")
    with ours.store.reading() as connection:
        case = corpus.cases(connection)["P1"]
    assert (case.programme, case.attributes["age"], case.attributes["job"]) == ("north", 41, "nurse")


def test_a_case_that_says_nothing_new_is_no_conflict(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    with ours.store.writing() as connection:
        corpus.set_cases(connection, [Case("S1", "north", {"age": 3})])
    summary = brought(hers, ours)
    assert summary.conflicts == ()


def test_a_code_of_another_meaning_is_told_and_its_judgements_keep_their_hash(make: Make) -> None:
    other = CODEBOOK.replace("has nobody to talk to about", "is cut off by") + (
        "  - id: hope\n    label: Hope\n    definition: The speaker hopes.\n"
    )
    ours, hers = make(FILES), make(FILES, codebook=other)
    _judge(hers, "id,isolation,hope\n1,1,1\n", "bea")
    text = ours.codebook_text
    summary = brought(hers, ours, coder="bea")
    assert [(c.kind, c.id) for c in summary.left] == [("code", "isolation")]
    assert summary.new["codes"] == 1
    assert ours.codebook_text.startswith(text)
    assert ours.codebook["isolation"].hash != hers.codebook["isolation"].hash
    with ours.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT code, code_hash FROM codings").all()
        kept = connection.exec_driver_sql("SELECT text FROM codebooks").scalars().all()
    assert {(code, hers.codebook[code].hash) for code in ("isolation", "hope")} == set(map(tuple, rows))
    assert hers.codebook_text in kept
    assert brought(hers, ours, coder="bea").new == {}


def test_a_person_and_a_machine_of_one_name_are_kept_apart(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _judge(ours, WIDE, "bea")
    import_codings(hers, ours.folder.parent / "coded.csv", Coder("bea", "machine", "imported"))
    before = said(ours)
    summary = brought(hers, ours, coder="bea")
    assert [c.kind for c in summary.left] == ["coder", "judgements"]
    assert said(ours) == before


def test_a_merge_leaves_one_event_without_words_and_the_chain_holds(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    _judge(hers, WIDE, "bea")
    brought(hers, ours, coder="bea")
    with ours.store.reading() as connection:
        last = events.all_events(connection)[-1]
        assert list(checking.chain(connection)) == []
    assert (last.kind, last.actor, last.counts["judgements"]) == ("merge", "bea", 3)
    with hers.store.reading() as connection:
        assert events.all_events(connection)[-1].kind == "pack"


def test_copies_of_one_project_know_each_others_ids(make: Make, tmp_path: Path) -> None:
    ours = make(FILES)
    shutil.copytree(ours.folder, tmp_path / "copy" / "project")
    with Project.open(tmp_path / "copy" / "project") as copy:
        _judge(copy, WIDE, "bea")
        assert brought(copy, ours, coder="bea").new["judgements"] == 3
        with ours.store.reading() as mine, copy.store.reading() as theirs:
            assert {j for j, _ in codings.decisions(mine)} == {j for j, _ in codings.decisions(theirs)}
        assert brought(ours, copy).new == {}


def test_candidate_themes_come_where_none_were_looked_for(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    with hers.store.writing() as connection:
        ids = tuple(segment.id for segment in corpus.segments(connection)[:3])
        theme = Theme("th_1", ("bus", "late"), ids, ids[:1], 2, {"north": 2}, 0.5, "isolation", 0.1)
        themes.add(connection, "tb_1", [theme])
    assert brought(hers, ours).new["themes"] == 1
    with ours.store.reading() as connection:
        batch, (own,) = themes.latest(connection)
        words = [s.text for s in corpus.segments(connection, ids=own.segments)]
    with hers.store.reading() as connection:
        assert words == [s.text for s in corpus.segments(connection, ids=ids)]
    assert (batch, own.label) == ("tb_1", theme.label)
    assert brought(hers, ours).new == {}


def test_memos_come_over_to_what_they_stand_on(make: Make) -> None:
    ours, hers = make(FILES), make(FILES)
    with hers.store.writing() as connection:
        segment = corpus.segments(connection)[0]
        on = (segment.id, segment.transcript, "project")
        memos.add(connection, [Memo(f"m_{at}", one, "bea", f"note {at}", "2025") for at, one in enumerate(on)])
    assert brought(hers, ours).new["memos"] == 3
    with ours.store.reading() as connection:
        got = {memo.text: memo.on for memo in memos.memos(connection)}
        (own,) = corpus.segments(connection, ids=[got["note 0"]])
    assert (own.text, own.transcript, got["note 2"]) == (segment.text, got["note 1"], "project")
    assert brought(hers, ours).new == {}


@pytest.mark.parametrize("keep", [0.5, 0.97])
def test_a_damaged_pack_changes_nothing_and_begins_no_project(make: Make, tmp_path: Path, keep: float) -> None:
    ours = make(FILES)
    path = tmp_path / "whole.qualpack"
    pack(ours, path)
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    before = tables(ours.store.path)
    for folder in (ours.folder, tmp_path / "new"):
        with pytest.raises(ImporterError):
            merge(folder, path)
    assert tables(ours.store.path) == before
    assert not (tmp_path / "new").exists()


def test_a_fault_in_the_last_line_takes_back_all_that_came_before(make: Make, tmp_path: Path) -> None:
    ours, hers = make({"P01.txt": P01}), make(FILES)
    _judge(hers, WIDE, "bea")
    path = tmp_path / "forged.qualpack"
    pack(hers, path)
    with packs.Pack(path) as whole:
        held = {name: list(whole.records(name, KINDS[name])) for name in whole.contents.sums}
        manifest = whole.contents
    last = held[packs.DECISIONS][-1]
    held[packs.DECISIONS][-1] = replace(last, judged=replace(last.judged, segment=f"{last.judged.segment}0000"))
    packs.write(path, manifest, {name: (lambda rows=rows: rows) for name, rows in held.items()})
    before = tables(ours.store.path)
    for folder in (ours.folder, tmp_path / "new"):
        with pytest.raises(ImporterError, match="decisions is not what a pack holds"):
            merge(folder, path)
    assert tables(ours.store.path) == before
    assert not (tmp_path / "new").exists()


KINDS = {
    packs.TEXTS: packs.Text,
    packs.SEGMENTS: packs.Stretch,
    packs.DECISIONS: Decision,
    packs.CASES: Case,
    packs.CODERS: Coder,
    packs.CODEBOOKS: packs.CodebookText,
    packs.SAMPLES: object,
    packs.PROGRAMMES: object,
    packs.THEMES: object,
    packs.MEMOS: object,
    packs.SUCCESSIONS: object,
    packs.CONSENTS: packs.Statement,
    packs.SIGNOFFS: packs.Signature,
}


def test_a_coders_pack_begins_no_project_and_no_pack_fills_a_folder_of_other_things(make: Make, tmp_path: Path) -> None:
    hers = make(FILES)
    _judge(hers, WIDE, "bea")
    pack(hers, tmp_path / "bea.qualpack", coder="bea")
    with pytest.raises(ProjectError, match="no project here"):
        merge(tmp_path / "new", tmp_path / "bea.qualpack")
    pack(hers, tmp_path / "whole.qualpack")
    write_files(tmp_path / "full", {"letter.txt": "Dear all"})
    with pytest.raises(ProjectError, match="not empty"):
        merge(tmp_path / "full", tmp_path / "whole.qualpack")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
    assert not (tmp_path / "new").exists()


def test_a_version_that_comes_by_pack_takes_what_was_judged_here_along(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01})
    _judge(ours, "file,quote,code\nP01.txt,There was nobody to talk to in the whole street.,isolation\n", "anna")
    brought(ours, hers)
    raw = ours.folder.parent / "raw"
    (raw / "P01.txt").write_text(P01.replace("for an hour", "for two hours"), encoding="utf-8")
    importing.import_files(ours, raw)
    segmenting.segment(ours)
    _judge(hers, "file,quote,code\nP01.txt,I was so lonely then.,isolation\n", "bea")
    summary = brought(ours, hers)
    assert summary.new["new versions"] == 1
    assert summary.conflicts == ()
    with hers.store.reading() as connection:
        (text,) = corpus.transcripts(connection)
        standing = {(j.coder, code) for j, _ in codings.decisions(connection) for code in j.codes}
    assert text.version == 2
    assert standing == {("anna", "isolation"), ("bea", "isolation")}
    brought(hers, ours)
    assert said(hers) == said(ours)
    before = tables(hers.store.path)
    assert brought(ours, hers).new == {}
    assert tables(hers.store.path) == before
