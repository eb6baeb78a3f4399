"""A text that changes: what was said about it is carried over, or asked about, and never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from qualcode.coding import Coder, Coding, Judged
from qualcode.corpus import Segment, Transcript
from qualcode.errors import StoreError
from qualcode.pipeline import exporting, importing, segmenting, sheet, tagging, theming, versions
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.importing import ImportSummary
from qualcode.project import Project
from qualcode.store import checking, codings, corpus, events, frames
from qualcode.store import versions as stored
from tests.invented import P01, SURVEY, tables, write_files

ANNA, BEN, MODEL = Coder("anna", "human"), Coder("ben", "human"), Coder("gpt", "machine", "imported")
CODED = """\
file,quote,code,polarity,coder,present
P01.txt,I was so lonely then.,isolation,affirmed,,
P01.txt,She listened to me for an hour.,listening,affirmed,,
P01.txt,"I am not so alone now, not since she rang.",isolation,relieved,,
P01.txt,The bus stops at the corner by the chemist,paperwork,,,0
"""


@pytest.fixture
def coded(make) -> Project:
    project = make({"P01.txt": P01, "survey.csv": SURVEY}, tag=True)
    _table(project, CODED, ANNA)
    return project


def _raw(project: Project) -> Path:
    return project.folder.parent / "raw"


def _table(project: Project, rows: str, coder: Coder) -> None:
    path = project.folder.parent / "coded.csv"
    path.write_text(rows, encoding="utf-8")
    assert import_codings(project, path, coder).unlocated == ()


def _change(project: Project, new: str, name: str = "P01.txt") -> ImportSummary:
    write_files(_raw(project), {name: new})
    return importing.import_files(project, _raw(project))


def _note(summary: ImportSummary, name: str = "P01.txt") -> str:
    return next(note for place, note in summary.notes if place == name and "version" in note)


def _texts(project: Project) -> dict[str, Transcript]:
    with project.store.reading() as connection:
        return {transcript.id: transcript for transcript in corpus.transcripts(connection, current=False)}


def _stand(project: Project) -> dict[tuple[str, str, str], tuple[Judged, Coding | None]]:
    """(words, coder, code) to what stands on current texts."""
    with project.store.reading() as connection:
        standing = frames.standing(codings.decisions(connection))
        segments = {segment.id: segment for segment in corpus.segments(connection, current=False)}
    words = {key: " ".join(segments[key[0]].text.split()) for key in standing.judged}
    return {(words[k], k[1], k[2]): (judged, standing.codings.get(k)) for k, judged in standing.judged.items()}


def _rows(project: Project) -> list[tuple[Any, ...]]:
    with project.store.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM judged ORDER BY id"))]


def test_what_was_not_touched_is_carried_over_under_its_own_coder_and_time(coded: Project) -> None:
    before, rows = _stand(coded), _rows(coded)
    summary = _change(coded, "Recorded on a Monday in the hall.\n\n" + P01)
    after = _stand(coded)
    assert _note(summary) == "new version 2; 4 judgements carried over"
    assert after.keys() == before.keys()
    for key, (judged, coding) in after.items():
        was, had = before[key]
        assert replace(judged, segment="") == replace(was, segment="")
        assert judged.segment != was.segment
        assert (coding is None) == (had is None)
        if coding and had:
            assert (coding.facets, coding.made_at) == (had.facets, had.made_at)
    assert _rows(coded)[: len(rows)] == rows, "the old rows stay"


def test_evidence_moves_with_its_words(coded: Project) -> None:
    new = "Recorded on a Monday in the hall.\n\n" + P01
    _change(coded, new)
    for (words, _, _), (_, coding) in _stand(coded).items():
        if coding:
            assert [new[a:b] for a, b in coding.evidence] == [words]


def test_the_definition_that_a_code_had_is_carried_too(coded: Project) -> None:
    with coded.store.writing() as connection:
        connection.execute(text("UPDATE codings SET code_hash = 'as it was' WHERE coder = 'anna'"))
    _change(coded, "A line.\n\n" + P01)
    with coded.store.reading() as connection:
        found = connection.execute(text("SELECT code_hash FROM codings WHERE coder = 'anna'")).scalars()
        assert list(found) == ["as it was"] * 6


def test_what_is_edited_much_or_gone_waits_and_the_summary_says_so(coded: Project) -> None:
    new = P01.replace("I was so lonely then.", "I was so terribly alone.").replace(
        "She listened to me for an hour. ", ""
    )
    summary = _change(coded, new)
    assert _note(summary) == ("new version 2; 2 judgements carried over, 1 doubtful, 1 lost (review sheet, page Moved)")
    waiting = versions.waiting(coded)
    assert [(one.was, bool(one.proposed), one.present, one.coder) for one in waiting] == [
        ("I was so lonely then.", True, ("isolation",), "anna"),
        ("She listened to me for an hour.", False, ("listening",), "anna"),
    ]
    assert versions.SURE > waiting[0].confidence > waiting[1].confidence == 0


def test_judgements_of_imported_machines_are_carried_as_theirs(coded: Project) -> None:
    _table(coded, "file,quote,code\nP01.txt,She listened to me for an hour.,listening\n", MODEL)
    _change(coded, "A line.\n\n" + P01)
    assert ("She listened to me for an hour.", "gpt", "listening") in _stand(coded)


def test_importing_the_changed_file_again_changes_nothing(coded: Project) -> None:
    _change(coded, P01.replace("I was so lonely then.", "I was so terribly alone."))
    before = tables(coded.store.path)
    summary = importing.import_files(coded, _raw(coded))
    assert (summary.versions, summary.new, summary.described_anew, summary.unchanged) == (0, 0, 0, 4)
    assert tables(coded.store.path) == before


def test_the_old_version_stays_and_stands_in_no_count_export_theme_or_frame(coded: Project) -> None:
    (old,) = (t for t in _texts(coded).values() if t.source == "P01.txt")
    _change(coded, "A line.\n\n" + P01)
    segmenting.segment(coded)
    tagging.tag(coded)
    theming.themes(coded)
    assert _texts(coded)[old.id] == old
    made = exporting.bundle(coded)
    assert made.counts["transcripts"] == 4
    assert old.id not in {*made.excerpts["transcript"], *made.unreviewed["transcript"], *made.segments["transcript"]}
    assert len(made.excerpts) == 3
    assert old.id not in set(coded.codings()["transcript"])
    frame = coded.segments()
    assert not frame[frame["transcript"] == old.id]["current"].any()
    assert set(coded.judged()["segment"]) <= set(frame[frame["transcript"] != old.id]["segment"])


def test_a_judgement_on_a_whole_segment_stands_on_the_new_segment_itself(coded: Project) -> None:
    with coded.store.reading() as connection:
        segment = next(s for s in corpus.segments(connection) if "nobody to talk to" in s.text)
    _table(coded, f'file,quote,code\nP01.txt,"{segment.text}",isolation\n', BEN)
    _change(coded, "A line.\n\n" + P01)
    segmenting.segment(coded)
    judged, _ = _stand(coded)[segment.text, "ben", "isolation"]
    with coded.store.reading() as connection:
        assert judged.segment in {s.id for s in corpus.segments(connection)}


def test_going_back_to_the_first_text_brings_it_back_with_what_was_said_on_it(coded: Project) -> None:
    (first,) = (t for t in _texts(coded).values() if t.source == "P01.txt")
    before = _stand(coded)
    _change(coded, P01.replace("She listened to me for an hour. ", ""))
    _table(coded, "file,quote,code\nP01.txt,The bus stops at the corner by the chemist,paperwork\n", BEN)
    changed = len(_rows(coded))
    summary = _change(coded, P01)
    assert summary.versions == 1
    assert _stand(coded).keys() - before.keys() == {("The bus stops at the corner by the chemist", "ben", "paperwork")}
    assert before.items() <= _stand(coded).items(), "the lost passage is back, and its judgement with it"
    assert len(_rows(coded)) == changed + 1, "what came from the first text is not written on it again"
    assert versions.waiting(coded) == []
    again = _texts(coded)[first.id]
    assert (again.version, again.text) == (3, first.text)
    with coded.store.reading() as connection:
        assert first.id in {t.id for t in corpus.transcripts(connection)}
    state = tables(coded.store.path)
    assert importing.import_files(coded, _raw(coded)).versions == 0
    assert tables(coded.store.path) == state


def test_back_and_forth_and_on_loses_no_judgement(coded: Project) -> None:
    second = P01.replace("She listened to me for an hour. ", "")
    for round_, new in enumerate((second, P01, second, P01)):
        _change(coded, new)
        quote = "so alone now" if round_ % 2 else "late most mornings"
        _table(coded, f"file,quote,code\nP01.txt,{quote},paperwork\n", Coder(f"coder{round_}", "human"))
    rows = len(_rows(coded))
    _change(coded, P01 + "\nThat was all.\n")
    coders = {coder for _, coder, _ in _stand(coded)}
    assert coders == {"anna", "coder0", "coder1", "coder2", "coder3"}
    assert len([key for key in _stand(coded) if key[1] == "anna"]) == 4
    assert len(_rows(coded)) == rows + 8


def test_what_waits_is_looked_for_again_in_the_next_version(coded: Project) -> None:
    _change(coded, P01.replace("She listened to me for an hour. ", ""))
    assert [one.proposed for one in versions.waiting(coded)] == [""]
    _change(coded, "A line.\n\n" + P01)
    assert versions.waiting(coded) == []
    assert ("She listened to me for an hour.", "anna", "listening") in _stand(coded)


def test_an_edited_answer_of_a_survey_keeps_its_codings(coded: Project) -> None:
    _table(coded, "file,row,quote,code\nsurvey.csv,1,The forms took me three evenings,paperwork\n", ANNA)
    summary = _change(coded, SURVEY.replace("my pen ran out", "my pen ran dry"), "survey.csv")
    assert _note(summary, "survey.csv") == "new version 2; 1 judgement carried over"
    assert ("The forms took me three evenings", "anna", "paperwork") in _stand(coded)


def test_a_document_that_nothing_describes_stays_the_same_case(make) -> None:
    project = make(
        {
            "Mary Jones.txt": P01,
            "focus.txt": P01 + "\nBeth: Me too.\n",
            "manifest.csv": "file,kind\nfocus.txt,focus_group\n",
        }
    )
    before = {t.source: (t.case, {turn.case for turn in t.turns}) for t in _texts(project).values()}
    for name in before:
        _change(project, (_raw(project) / name).read_text() + "\nParticipant: That was all.\n", name)
    with project.store.reading() as connection:
        after = {t.source: (t.case, {turn.case for turn in t.turns}) for t in corpus.transcripts(connection)}
        assert {t.version for t in corpus.transcripts(connection)} == {2}
    assert after == before
    assert importing.import_files(project, _raw(project)).described_anew == 0


def test_an_event_holds_the_counts_and_the_chain_is_whole(coded: Project) -> None:
    _change(coded, P01.replace("She listened to me for an hour. ", ""))
    with coded.store.reading() as connection:
        told = [event for event in events.all_events(connection) if event.kind == "version"]
        assert [dict(event.counts) for event in told] == [{"versions": 1, "sure": 3, "doubtful": 0, "lost": 1}]
        assert list(checking.chain(connection)) == []
        assert {entry.state for entry in stored.reanchored(connection).values()} == {"sure", "lost"}


@pytest.mark.parametrize("statement", ["UPDATE reanchored SET state = 'settled'", "DELETE FROM reanchored"])
def test_what_became_of_judgements_is_append_only(coded: Project, statement: str) -> None:
    _change(coded, "A line.\n\n" + P01)
    with pytest.raises(StoreError, match="append-only"), coded.store.writing() as connection:
        connection.execute(text(statement))


# The page Moved


@pytest.fixture
def moved(coded: Project) -> Path:
    """A sheet that asks about one doubtful and one lost judgement."""
    _change(
        coded,
        P01.replace("I was so lonely then.", "I was so terribly alone.").replace(
            "She listened to me for an hour. ", ""
        ),
    )
    segmenting.segment(coded)
    path = coded.folder.parent / "review.xlsx"
    assert sheet.sheet(coded, path).moved == 2
    return path


def _answer(path: Path, *decisions: str, page: str = "Moved") -> None:
    book = openpyxl.load_workbook(path)
    column = next(cell.column for cell in book[page][1] if cell.value == "decision")
    for row, decision in enumerate(decisions, start=2):
        book[page].cell(row, column).value = decision
    book.save(path)


def test_the_page_moved_shows_both_quotations_codes_and_coder(moved: Path) -> None:
    head, *rows = openpyxl.load_workbook(moved)["Moved"].iter_rows(values_only=True)
    assert head[:6] == ("old quotation", "proposed new quotation", "codes", "coder", "confidence", "decision")
    assert rows[0][:4] == ("I was so lonely then.", "I was so terribly alone.", "Isolation", "anna")
    assert (rows[1][0], rows[1][1]) == ("She listened to me for an hour.", "")


def test_keeping_writes_it_under_its_own_coder_and_rejecting_settles_it(coded: Project, moved: Path) -> None:
    _answer(moved, "keep", "reject")
    summary = import_codings(coded, moved, BEN)
    assert (summary.settled, summary.unclear, summary.judged) == (2, (), 0)
    judged, coding = _stand(coded)["I was so terribly alone.", "anna", "isolation"]
    assert coding is not None
    assert coding.facets == {"polarity": "affirmed"}
    assert judged.coder == coding.coder == "anna"
    assert versions.waiting(coded) == []
    with coded.store.reading() as connection:
        told = events.all_events(connection)[-1]
    assert (told.kind, told.actor, dict(told.counts)) == ("settle", "ben", {"kept": 1, "rejected": 1})
    state = tables(coded.store.path)
    again = import_codings(coded, moved, BEN)
    assert (again.settled, again.unchanged) == (0, 2)
    assert tables(coded.store.path) == state


def test_a_sheet_with_nothing_to_ask_has_no_such_page(coded: Project) -> None:
    path = coded.folder.parent / "review.xlsx"
    assert sheet.sheet(coded, path).moved == 0
    assert "Moved" not in openpyxl.load_workbook(path).sheetnames


def test_a_sheet_with_such_an_answer_is_not_written_over(moved: Path) -> None:
    _answer(moved, "keep")
    assert sheet.holds_answers(moved)


@pytest.mark.parametrize(
    ("decisions", "reason"),
    [(("perhaps",), "decision is not understood"), (("", "keep"), "no place was found")],
)
def test_a_decision_that_cannot_be_taken_is_told(
    coded: Project, moved: Path, decisions: tuple[str, ...], reason: str
) -> None:
    _answer(moved, *decisions)
    ((_, said),) = import_codings(coded, moved, BEN).unclear
    assert reason in said
    assert len(versions.waiting(coded)) == 2


def test_a_decision_on_a_text_that_changed_again_is_told(coded: Project, moved: Path) -> None:
    _answer(moved, "keep")
    _change(coded, "Quite another talk about ducks and boilers.\n")
    ((_, said),) = import_codings(coded, moved, BEN).unclear
    assert "changed again" in said
    _answer(moved, "reject", "reject")
    assert len(import_codings(coded, moved, BEN).unclear) == 2


def test_a_decision_that_was_settled_is_not_turned_round(coded: Project, moved: Path) -> None:
    _answer(moved, "keep")
    import_codings(coded, moved, BEN)
    _answer(moved, "reject")
    ((_, said),) = import_codings(coded, moved, BEN).unclear
    assert "decided otherwise" in said


def test_answers_of_a_sheet_that_is_older_than_the_text_are_carried_over(coded: Project) -> None:
    path = coded.folder.parent / "review.xlsx"
    sheet.sheet(coded, path)
    rows = list(openpyxl.load_workbook(path)["Proposals"].iter_rows(values_only=True))
    _answer(path, *["keep"] * (len(rows) - 1), page="Proposals")
    _change(coded, "A line.\n\n" + P01)
    summary = import_codings(coded, path, BEN)
    assert summary.judged == len(rows) - 1
    kept = [coding for (_, coder, _), (_, coding) in _stand(coded).items() if coder == "ben"]
    assert len(kept) == len(rows) - 1
    texts = _texts(coded)
    with coded.store.reading() as connection:
        segments: dict[str, Segment] = {s.id: s for s in corpus.segments(connection, current=False)}
    for coding in kept:
        assert coding is not None
        assert coding.evidence, "a proposal that is kept passes on its evidence"
        assert all(segments[coding.segment].start <= a < b <= segments[coding.segment].end for a, b in coding.evidence)
        assert texts[segments[coding.segment].transcript].version in (1, 2)
    state = tables(coded.store.path)
    assert import_codings(coded, path, BEN).judged == 0
    assert tables(coded.store.path) == state
