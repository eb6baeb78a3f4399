"""Somebody withdraws: nothing of theirs is left, nothing of anybody else's is lost, and they do not come back."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from qualcode import resources
from qualcode.coding import Coder, Coding, Judged, Memo, Sample
from qualcode.corpus import Consent, Transcript, case_digest
from qualcode.errors import ProjectError
from qualcode.pipeline import importing, segmenting, withdrawing
from qualcode.pipeline.merging import merge
from qualcode.pipeline.packing import pack
from qualcode.pipeline.run import run
from qualcode.pipeline.sheet import holds_answers
from qualcode.pipeline.verifying import verify
from qualcode.project import Project
from qualcode.segments import stretch
from qualcode.store import checking, codings, consents, corpus, events, memos, purging, releases, tombstones, versions
from qualcode.store.releases import Release
from tests.byte_scan import assert_nowhere, found
from tests.invented import P01, P02, P03, REPOSITORY, SURVEY, contents, environment, qualcode, tables, write_files

QUOTED = "The bus stops at the corner by the chemist and it is late most mornings."
OTHERS = (P02, P03, SURVEY)
GROUP = """\
Moderator: Who will begin?

Mary: I was alone with him for eleven months before a single person rang our bell.

Tom: Nobody to talk to, that was it for me. The forms came on top.

Mary: And when they came I could hardly speak, so long had I kept it all in.

Tom: She listened to me. Mary knows that as well as I do.
"""
MARY = [line.removeprefix("Mary: ") for line in GROUP.splitlines() if line.startswith("Mary: ")]


def _judge(project: Project, text: Transcript, words: str, code: str = "isolation", sample: str | None = None) -> str:
    start = text.text.index(words)
    segment = stretch(text, start, start + len(words), secret=project.secret)
    coding = Coding(f"c_{start}_{text.id}", segment.id, code, "anna", made_at="2026-01-01")
    judged = Judged(segment.id, "anna", (code,), True, sample, 0.5 if sample else None, "2026-01-01")
    with project.store.writing() as connection:
        codings.add_coder(connection, Coder("anna", "human"))
        corpus.add_selections(connection, [segment])
        codings.add_judgements(connection, [(judged, [coding])], project.codebook)
    return segment.id


def _text(project: Project, source: str) -> Transcript:
    with project.store.reading() as connection:
        (text,) = [text for text in corpus.transcripts(connection) if text.source == source]
    return text


def _said(project: Project, text: Transcript) -> list[str]:
    with project.store.reading() as connection:
        return [text.text[slice(*one.span)] for one in versions.judgements_on(connection, [text.id])]


def _everything(project: Project) -> str:
    project.close()
    return json.dumps(tables(project.folder / "qualcode.sqlite"), default=repr, ensure_ascii=False)


@pytest.fixture
def full(small: Path) -> Path:
    """The small project with P01 in every corner of it; the folder that holds `raw` and `project`."""
    folder = small / "project"
    book = folder / "codebook.yaml"
    text = book.read_text(encoding="utf-8").replace(
        "    examples: [I was on my own", f'    examples: ["{QUOTED}", I was on my own'
    )
    book.write_text(text, encoding="utf-8")
    run(small / "raw", folder)
    (folder / "consent.csv").write_text("case,participate\nP01,yes\nP02,yes\n", encoding="utf-8")
    with Project.open(folder) as project:
        mine, theirs = _text(project, "P01.txt"), _text(project, "P02.txt")
        units = [
            _judge(project, mine, "I was so lonely then.", sample="sm_1"),
            _judge(project, theirs, "The kettle was slow", sample="sm_1"),
        ]
        notes = [
            Memo("m_1", "project", "anna", "Somebody says that the bus stops at the corner, as in the north."),
            Memo("m_2", units[0], "anna", "Worth reading again."),
            Memo("m_3", units[1], "anna", "Soft biscuits."),
        ]
        digest = case_digest(project.secret, "P01")
        with project.store.writing() as connection:
            memos.add(connection, notes)
            codings.add_sample(connection, Sample("sm_1", tuple(units), (0.5, 0.25), "audit", 1))
            consents.set_consents(connection, {"P01": Consent(participate=True), "P02": Consent(participate=True)})
            for path in ("/elsewhere/report.html", "exports/quotes.csv"):
                release = Release("2026-01-01", "excerpts", path, "0", "share", True, frozenset({digest}))
                releases.add(connection, release)
        (folder / "exports" / "quotes.csv").write_text(f"case,words\nP01,{QUOTED}\n", encoding="utf-8")
        pack(project, folder / "for_ben.qualpack")
    _answer(folder / "exports" / "review.xlsx")
    backup = folder / "backups" / "2026-01-01"
    backup.mkdir(parents=True)
    for name in ("qualcode.sqlite", "codebook.yaml", "qualcode.toml", "manifest.csv"):
        shutil.copyfile(folder / name, backup / name)
    with closing(sqlite3.connect(backup / "qualcode.sqlite")) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # as backups are
    return small


def _answer(path: Path) -> None:
    book = load_workbook(path)
    page = book["Proposals"]
    decision = next(cell.column for row in page.iter_rows(max_row=5) for cell in row if cell.value == "decision")
    for row in page.iter_rows(min_row=2):
        if row[0].value and not row[decision - 1].value:
            row[decision - 1].value = "keep"
    book.save(path)


def test_nothing_is_left_of_a_person_and_all_is_left_of_the_others(full: Path) -> None:
    folder = full / "project"
    assert {"qualcode.sqlite", "codebook.yaml", "for_ben.qualpack", "exports/review.xlsx", "exports/quotes.csv"} <= set(
        found(folder, P01, others=OTHERS)
    )
    with Project.open(folder) as project:
        kept = _said(project, _text(project, "P02.txt"))
        before = project.segments()
        summary = withdrawing.withdraw(project, "P01")
    assert (summary.done, summary.traces, summary.not_written) == (True, (), "")
    assert_nowhere(folder, P01, others=OTHERS)
    assert (summary.counts["transcripts"], summary.counts["memos"], summary.counts["examples"]) == (1, 2, 1)
    assert summary.recall == ("/elsewhere/report.html", "P01.txt")
    assert {"for_ben.qualpack", "exports/quotes.csv", "exports/report.html"} <= set(summary.deleted)
    assert {"manifest.csv", "consent.csv", "codebook.yaml", "exports/review.xlsx"} <= set(summary.changed)
    assert "backups/2026-01-01/qualcode.sqlite" in summary.changed
    assert "P01" not in (folder / "manifest.csv").read_text() + (folder / "consent.csv").read_text()
    assert "# A small codebook" in (folder / "codebook.yaml").read_text(), "comments stay"
    assert "my own with him" in (folder / "codebook.yaml").read_text()
    with Project.open(folder) as project:
        assert _said(project, _text(project, "P02.txt")) == kept
        with project.store.reading() as connection:
            assert [memo.id for memo in memos.memos(connection)] == ["m_3"]
            (sample,) = [one for one in codings.samples(connection).values() if one.id == "sm_1"]
            assert (len(sample.segments), sample.probabilities) == (1, (0.25,))
            assert list(consents.consents(connection)) == ["P02"]
            assert list(corpus.cases(connection)) == [id_ for id_ in sorted({*before["case"]}) if id_ != "P01"]
            (stone,) = tombstones.tombstones(connection).values()
            assert stone.unfinished is None
            whose = {one.number for one in releases.releases(connection) if stone.id in one.cases}
            assert set(stone.releases) == whose > set()
            assert list(checking.chain(connection)) == []
            assert purging.stale(connection), "a coder had learnt from the example"
            told = json.dumps([(e.subjects, dict(e.counts)) for e in events.all_events(connection)])
        assert not re.search(r"\bP01\b|P01\.txt", told)
        assert set(project.codings()["case"]) <= {"P02", "P03", "S1", "S2", "S3"}
        assert not re.search(r'"P01(\.txt)?"', _everything(project))
    assert "P01" not in pd.read_csv(folder / "exports" / "excerpts_unreviewed.csv")["case"].unique()
    scored = {id_ for path in folder.glob("runs/*/*.parquet") for id_ in pd.read_parquet(path)["segment"]}
    assert not scored & set(before[before["case"] == "P01"]["segment"])


def test_answers_of_a_review_sheet_about_others_stay(full: Path) -> None:
    path = full / "project" / "exports" / "review.xlsx"
    with Project.open(full / "project") as project:
        withdrawing.withdraw(project, "P01")
    assert holds_answers(path)
    cases = {cell.value for row in load_workbook(path)["Proposals"].iter_rows() for cell in row} & {"P01", "P02", "P03"}
    assert cases == {"P02", "P03"}


def test_the_folder_run_again_changes_nothing_and_brings_nobody_back(full: Path) -> None:
    folder = full / "project"
    with Project.open(folder) as project:
        withdrawing.withdraw(project, "P01")
    before, files = tables(folder / "qualcode.sqlite"), contents(folder)
    again = run(full / "raw", folder)
    assert not again.changed
    assert [(one.place, one.reason) for one in again.imported.skipped if one.reason == "withdrawn"] == [
        ("P01.txt", "withdrawn")
    ]
    assert tables(folder / "qualcode.sqlite") == before
    assert contents(folder) == files
    # Not under another name, not edited, and not as the same person in another file.
    manifest = full / "raw" / "manifest.csv"
    write_files(full / "raw", {"other.txt": P01, "P01.txt": P01.replace("lonely", "alone"), "late.txt": P02[:200]})
    manifest.write_text(manifest.read_text() + "late.txt,interview,P01,north,,,,\n")
    with Project.open(folder) as project:
        summary = importing.import_files(project, full / "raw")
        assert [one.reason for one in summary.skipped].count("withdrawn") == 3
        assert (summary.new, summary.failed) == (0, ())


def test_a_dry_run_tells_what_would_go_and_changes_nothing(full: Path) -> None:
    folder = full / "project"
    before = {path.as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = qualcode("withdraw", "P01", "--dry-run", "--json", "-p", "project", cwd=full)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {path.as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    with Project.open(folder) as project:
        summary = withdrawing.withdraw(project, "P01")
    assert told["counts"] == dict(summary.counts)
    assert set(told["deleted"]) <= set(summary.deleted)
    assert told["recall"] == list(summary.recall)


def _group(make) -> Project:
    project = make({"FG1.txt": GROUP, "P02.txt": P02, "manifest.csv": "file,kind,case\nFG1.txt,focus_group,FG1\n"})
    text = _text(project, "FG1.txt")
    assert [turn.case for turn in text.turns] == [None, "FG1.1", "FG1.2", "FG1.1", "FG1.2"]
    return project


def test_a_text_that_others_share_loses_that_persons_turns_alone(make) -> None:
    project = _group(make)
    old = _text(project, "FG1.txt")
    toms = _judge(project, old, "Nobody to talk to, that was it for me.")
    _judge(project, old, MARY[0])
    with project.store.writing() as connection:
        codings.add_sample(connection, Sample("sm_1", (toms,), (0.5,), "audit", 1))
    summary = withdrawing.withdraw(project, "FG1.1")
    assert summary.done
    assert_nowhere(project.folder, MARY)
    now = _text(project, "FG1.txt")
    assert now.text.count("[withdrawn]: [withdrawn]") == 2
    assert [turn.case for turn in now.turns] == [None, "FG1.2", "FG1.2"]
    assert _said(project, now) == ["Nobody to talk to, that was it for me."]
    assert (summary.counts["turns"], summary.counts["judged"]) == (2, 1)
    assert [(text, now.text[at : at + 4]) for text, at in summary.mentions] == [(now.id, "Mary")]
    with project.store.reading() as connection:
        (unit,) = codings.samples(connection)["sm_1"].segments
        assert [one.judged.segment for one in versions.judgements_on(connection, [now.id])] == [unit]
        assert old.id not in {text.id for text in corpus.transcripts(connection, current=False)}
    segmenting.segment(project)
    raw = project.folder.parent / "raw"
    again = importing.import_files(project, raw)
    assert (again.new, again.versions, again.failed) == (0, 0, ())
    write_files(raw, {"FG1.txt": GROUP.replace("eleven months", "twelve months")})
    (refused,) = importing.import_files(project, raw).failed
    assert "withdrew" in refused.reason
    assert _text(project, "FG1.txt") == now


def test_what_cannot_be_told_apart_is_refused(make) -> None:
    project = _group(make)
    survey = "id,respondent,programme,comment\n1,S1,north,The forms took three evenings.\n2,S1,south,I was alone.\n"
    raw = write_files(project.folder.parent / "more", {"survey.csv": survey})
    importing.import_files(project, raw)
    for case, said in (
        ("FG1", "none of them"),
        ("nobody", "no such case"),
        ("FG1.txt", "is a text and no case"),
        (_text(project, "FG1.txt").id, "is a text and no case"),
        ("S1", "2 programmes (north, south)"),
    ):
        with pytest.raises(ProjectError, match=re.escape(said)):
            withdrawing.withdraw(project, case)
        with pytest.raises(ProjectError, match=re.escape(said)):
            withdrawing.preview(project, case)
    assert withdrawing.unfinished(project) == []
    withdrawing.withdraw(project, "FG1.2")
    with pytest.raises(ProjectError, match=r"withdrew on \d{4}-\d\d-\d\d"):
        withdrawing.withdraw(project, "FG1.2")


def test_while_words_are_left_it_is_not_finished(full: Path) -> None:
    (full / "project" / "my notes.txt").write_text(P01, encoding="utf-8")
    done = qualcode("withdraw", "P01", "--yes", "-p", "project", cwd=full)
    assert done.returncode == 3
    assert "my notes.txt" in done.stderr
    assert "lonely" not in done.stdout + done.stderr
    with pytest.raises(ProjectError, match="not finished"):
        Project.open(full / "project")
    (full / "project" / "my notes.txt").unlink()
    again = qualcode("withdraw", "P01", "--yes", "-p", "project", cwd=full)
    assert again.returncode == 0, again.stderr
    Project.open(full / "project").close()


def test_nobody_there_to_be_asked(full: Path) -> None:
    before = tables(full / "project" / "qualcode.sqlite")
    done = qualcode("withdraw", "P01", "-p", "project", cwd=full)
    assert done.returncode == 4
    assert "--yes" in done.stderr
    assert tables(full / "project" / "qualcode.sqlite") == before


def test_a_pack_does_not_bring_a_person_back(full: Path) -> None:
    folder = full / "project"
    shutil.move(folder / "for_ben.qualpack", full / "for_ben.qualpack")
    with Project.open(folder) as project:
        withdrawing.withdraw(project, "P01")
    summary = merge(folder, full / "for_ben.qualpack")
    assert any("withdrew" in conflict.what for conflict in summary.conflicts)
    assert_nowhere(folder, P01, others=OTHERS)
    with Project.open(folder) as project, project.store.reading() as connection:
        assert "P01" not in corpus.cases(connection)


def test_a_restored_backup_is_purged_again(full: Path) -> None:
    folder = full / "project"
    kept = (folder / "qualcode.sqlite").read_bytes()
    with Project.open(folder) as project:
        withdrawing.withdraw(project, "P01")
        with project.store.reading() as connection:
            stones = list(tombstones.tombstones(connection).values())
    (folder / "qualcode.sqlite").write_bytes(kept)
    with Project.open(folder) as project:
        assert withdrawing.reapply(project, stones) == (stones[0].id,)
        assert withdrawing.reapply(project, stones) == ()
    assert_nowhere(folder, P01, others=OTHERS)


def _demo(folder: Path, files: Sequence[str]) -> Path:
    corpus_of = resources.path("corpora/demo")
    raw = folder / "raw"
    raw.mkdir()
    for name in files:
        shutil.copyfile(corpus_of / name, raw / name)
    lines = (corpus_of / "manifest.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (raw / "manifest.csv").write_text("".join([lines[0], *(x for x in lines if x.split(",")[0] in files)]))
    run(raw, folder / "project")
    return folder / "project"


def test_an_interview_a_speaker_of_a_focus_group_and_an_answer_of_the_demo_corpus(tmp_path: Path) -> None:
    folder = _demo(tmp_path, ("LL01.txt", "LL02.docx", "FG01.vtt", "feedback_lantern_line.csv"))
    with Project.open(folder) as project:
        with project.store.reading() as connection:
            texts = corpus.transcripts(connection)
        answer = max((text for text in texts if text.row), key=lambda text: len(text.text))
        group = next(text for text in texts if text.source == "FG01.vtt")
        turns = [group.text[turn.start : turn.end] for turn in group.turns if turn.case == "FG01.2"]
        words = {"LL01": [t.text for t in texts if t.case == "LL01"], "FG01.2": turns, str(answer.case): [answer.text]}
        for case in words:
            assert withdrawing.withdraw(project, case).done
        with project.store.reading() as connection:
            left = [text.text for text in corpus.transcripts(connection)]
        assert len(left) == len(texts) - 2
    for said in words.values():
        assert_nowhere(folder, said, others=left)
    assert not run(tmp_path / "raw", folder).changed


def test_the_id_may_be_read_from_the_terminal(small: Path) -> None:
    words = [sys.executable, "-m", "qualcode", "withdraw", "-", "--yes", "-p", "project"]
    done = subprocess.run(
        words, cwd=small, env=environment(REPOSITORY), input="P01\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert_nowhere(small / "project", P01, others=OTHERS)


def test_whoever_is_left_to_withdraw_last_leaves_an_empty_project(make) -> None:
    project = make({"P01.txt": P01})
    with project.store.reading() as connection:
        (case,) = corpus.cases(connection) or [_text(project, "P01.txt").case]
    summary = withdrawing.withdraw(project, str(case))
    assert summary.done
    assert_nowhere(project.folder, P01)


def test_what_the_machine_said_of_others_in_a_shared_text_is_as_recorded(make) -> None:
    manifest = "file,kind,case\nFG.txt,focus_group,FG\n"
    project = make({"FG.txt": GROUP, "P02.txt": P02, "manifest.csv": manifest}, tag=True)
    with project.store.reading() as connection:
        people = sorted({turn.case for text in corpus.transcripts(connection) for turn in text.turns if turn.case})
    leaving = next(case for case in people if case.startswith("FG."))
    assert withdrawing.withdraw(project, leaving).done
    assert verify(project).faults == ()
