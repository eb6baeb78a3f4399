"""Texts that come, go and come back, on one laptop and on two: exactly one is current, and nothing is said twice."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from qualcode.coding import Coder, Judged
from qualcode.corpus import Transcript
from qualcode.errors import StoreError
from qualcode.formats.sheet import KEEP, Answered
from qualcode.importers.completeness import stated
from qualcode.pipeline import importing, judging, segmenting, tagging, theming, versions
from qualcode.pipeline import init as initial
from qualcode.pipeline.assigning import assign
from qualcode.pipeline.import_codings import import_codings
from qualcode.pipeline.merging import merge
from qualcode.project import Project
from qualcode.store import assignments, checking, codings, corpus, events, frames, successions
from tests.invented import CODEBOOK, P01, contents, tables, write_files
from tests.laptops import Make, brought, said, standing

QUOTE = "I was so lonely then."
B, C = P01.replace("chemist", "baker"), P01.replace("She listened to me for an hour. ", "")
TEXTS = {"A": P01, "B": B, "C": C}
CODED = f"file,quote,code\nP01.txt,{QUOTE},isolation\n"
LOST = "file,quote,code\nP01.txt,She listened to me for an hour.,listening\n"
"""Stands in A and B."""


def _put(project: Project, new: str) -> importing.ImportSummary:
    raw = project.folder.parent / "raw"
    write_files(raw, {"P01.txt": new})
    summary = importing.import_files(project, raw)
    segmenting.segment(project)
    return summary


def _code(project: Project, coder: str, rows: str = CODED, *, whole: bool = False) -> None:
    path = project.folder.parent / "coded.csv"
    path.write_text(rows, encoding="utf-8")
    import_codings(project, path, Coder(coder, "human"), declared=stated("all") if whole else ())


def _current(project: Project) -> list[Transcript]:
    with project.store.reading() as connection:
        return corpus.transcripts(connection)


def _texts(project: Project) -> list[str]:
    return [transcript.text for transcript in _current(project)]


def _cut(project: Project) -> set[str]:
    with project.store.reading() as connection:
        return {segment.transcript for segment in corpus.segments(connection)}


def _coders(project: Project) -> set[str]:
    with project.store.reading() as connection:
        return set(codings.coders(connection))


def _all_stands_once(project: Project) -> None:
    """No coder stands twice on the same words of a current text, and segments in force are of current texts alone."""
    now = {transcript.id for transcript in _current(project)}
    with project.store.reading() as connection:
        segments = {segment.id: segment for segment in corpus.segments(connection, current=False)}
        rows = connection.execute(text("SELECT segment, coder, codes, made_at FROM judged"))
        here = Counter(tuple(row) for row in rows if segments[row.segment].transcript in now)
        assert list(checking.chain(connection)) == []
    assert set(here.values()) <= {1}
    assert _cut(project) <= now


def test_whatever_texts_a_file_had_the_last_one_alone_is_current_and_keeps_what_was_judged(make: Make) -> None:
    words = ["".join(("A", *rest)) for rest in itertools.product("ABC", repeat=4)]
    project = make({f"{word}.txt": f"{word}\n\n{P01}" for word in words})
    raw = project.folder.parent / "raw"
    for at in range(5):
        # Earlier rounds were every shorter word.
        write_files(raw, {f"{word}.txt": f"{word}\n\n{TEXTS[word[at]]}" for word in words})
        assert importing.import_files(project, raw).failed == ()
        now = {transcript.source.removesuffix(".txt"): transcript for transcript in _current(project)}
        assert len(now) == len(_current(project)) == len(words)
        for word, transcript in now.items():
            assert transcript.text == f"{word}\n\n{TEXTS[word[at]]}"
            changes = sum(a != b for a, b in itertools.pairwise(word[: at + 1]))
            assert transcript.version == changes + 1
        rows = "".join(f"{word}.txt,{QUOTE},isolation\n" for word in words)
        _code(project, f"coder{at}", f"file,quote,code\n{rows}")
    _all_stands_once(project)
    with project.store.reading() as connection:
        stands = frames.standing(codings.decisions(connection))
        of = {segment.id: segment.transcript for segment in corpus.segments(connection, current=False)}
    assert Counter((of[segment], coder) for segment, coder, _ in stands.judged) == {
        (transcript.id, f"coder{at}"): 1 for transcript in now.values() for at in range(5)
    }


def test_a_database_of_the_fifth_schema_gets_its_whole_history_from_the_record(make: Make) -> None:
    project = make({"P01.txt": P01})
    for new in (B, C, B):
        _put(project, new)
    with project.store.reading() as connection:
        whole = successions.successions(connection)
    with project.store.writing() as connection:
        connection.execute(text("DROP TABLE successions"))
        connection.execute(text("DROP INDEX transcripts_current"))
        connection.execute(text("ALTER TABLE transcripts DROP COLUMN current"))
        connection.execute(text("UPDATE segments SET current = 1"))
        connection.execute(text("UPDATE settings SET value = '5' WHERE name = 'schema'"))
    project.close()
    with Project.open(project.folder) as again:
        with again.store.reading() as connection:
            assert {(one.old, one.new) for one in successions.successions(connection)} >= {
                (one.old, one.new) for one in whole[1:]
            }
        assert _texts(again) == [B]
        assert _cut(again) == {transcript.id for transcript in _current(again)}
        with pytest.raises(StoreError, match="append-only"), again.store.writing() as connection:
            connection.execute(text("DELETE FROM successions"))


# Declarations of completeness


def test_a_declaration_that_does_not_hold_for_the_new_version_is_told_and_stands_again_with_the_old(make: Make) -> None:
    project = make({"P01.txt": P01})
    _code(project, "anna", whole=True)
    _code(project, "bea", whole=True)
    summary = _put(project, B)
    (note,) = (note for _, note in summary.notes if "version" in note)
    assert note.endswith("; 2 declarations of completeness do not hold for the new version: declare them again"), note
    with project.store.reading() as connection:
        assert events.all_events(connection)[-2].counts["unheld"] == 2
        assert len(frames.judged(connection, project.folder / "runs")) == 2
    _code(project, "anna", whole=True)
    summary = _put(project, C)
    assert "1 declaration of completeness does not hold" in next(note for _, note in summary.notes if "version" in note)
    summary = _put(project, P01)
    assert "declaration" not in next(note for _, note in summary.notes if "version" in note)
    with project.store.reading() as connection:
        assert len(frames.judged(connection, project.folder / "runs")) > 2


@pytest.mark.parametrize("judged_first", [True, False])
def test_a_declaration_is_told_where_it_ends_by_a_merge(make: Make, judged_first: bool) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01})
    _put(hers, B)
    _code(ours, "anna", whole=True)
    source, target = (hers, ours) if judged_first else (ours, hers)
    summary = brought(source, target)
    assert summary.carried.unheld == 1
    assert "1 declaration of completeness does not hold" in summary.carried.told()[-1]
    with target.store.reading() as connection:
        (last,) = (event for event in events.all_events(connection) if event.kind == "merge")
        assert (last.counts["unheld"], last.counts["sure"]) == (1, 1)
    assert brought(source, target).carried.told() == []


# Assignments


def test_a_finished_assignment_stays_finished_when_its_text_is_replaced(make: Make, tmp_path: Path) -> None:
    ours = make({"P01.txt": P01})
    assign(ours, tmp_path / "for_bea.qualpack", to="bea", sample=2, codes=["isolation"])
    merge(tmp_path / "bea", tmp_path / "for_bea.qualpack")
    with Project.open(tmp_path / "bea") as hers:
        with hers.store.reading() as connection:
            ((_, left),) = assignments.unfinished(connection)
        done = [(Judged(segment, "bea", ("isolation",), True, made_at="2025"), []) for segment in left[:1]]
        judging.append(hers, done, {}, hers.codebook)
        with hers.store.reading() as connection:
            ((_, still),) = assignments.unfinished(connection)
        assert still == left[1:]
        _put(ours, B)
        assert brought(ours, hers).new["new versions"] == 1
        with hers.store.reading() as connection:
            assert assignments.unfinished(connection) == []


def test_an_assignment_on_a_new_version_takes_the_place_of_the_old_text(make: Make, tmp_path: Path) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01})
    _put(ours, B)
    _put(ours, C)
    assign(ours, tmp_path / "for_bea.qualpack", to="bea", sample=2, codes=["isolation"])
    summary = merge(hers.folder, tmp_path / "for_bea.qualpack")
    assert (summary.new["new versions"], summary.conflicts) == (1, ())
    assert _texts(hers) == [C]
    brought(ours, hers)
    assert _texts(hers) == [C]


# Two laptops


def test_a_version_that_comes_by_pack_leaves_no_segment_of_the_old_text_in_force(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}, tag=True), make({"P01.txt": P01})
    _put(hers, B)
    brought(hers, ours)
    assert _texts(ours) == [B]
    assert _cut(ours) == {_current(ours)[0].id}
    tagging.tag(ours)
    theming.themes(ours)
    back = make({"P01.txt": P01})
    brought(back, ours)
    assert _cut(ours) == {_current(ours)[0].id}, "nor does an older pack bring them back"


def test_a_text_that_came_back_there_stays_here_and_is_back_where_it_had_gone(make: Make) -> None:
    ours, hers, third = (make({"P01.txt": P01}) for _ in range(3))
    _code(ours, "anna")
    _put(hers, B)
    brought(hers, third)
    _put(hers, P01)
    for project in (ours, third):
        before = standing(project)
        summary = brought(hers, project)
        assert summary.new["new versions"] >= 1
        assert summary.conflicts == ()
        assert _texts(project) == [P01]
        assert _cut(project) == {_current(project)[0].id}
        assert standing(project) == before
        assert brought(hers, project).new == {}


def test_of_two_edits_of_one_text_the_same_one_is_current_on_both_and_both_are_told(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01})
    _put(ours, B)
    _put(hers, C)
    _code(ours, "anna")
    _code(hers, "bea")
    both = [brought(ours, hers), brought(hers, ours)]
    for summary in both:
        (conflict,) = summary.conflicts
        assert (conflict.kind, conflict.taken) == ("transcript", True)
        assert "edited differently" in conflict.what
    assert _texts(ours) == _texts(hers)
    assert len(_texts(ours)) == 1
    brought(ours, hers)
    assert standing(ours) == standing(hers)
    assert {coder for _, coder, _ in standing(ours)} == {"anna", "bea"}
    with ours.store.reading() as connection:
        assert {t.text for t in corpus.transcripts(connection, current=False)} == {P01, B, C}
    assert [brought(a, b).conflicts for a, b in ((ours, hers), (hers, ours))] == [(), ()]
    # Whoever puts the other text into the folder again has the last word.
    (lost,) = {B, C} - set(_texts(ours))
    _put(ours, lost)
    assert brought(ours, hers).conflicts == ()
    assert _texts(ours) == _texts(hers) == [lost]


def test_what_was_doubtful_on_both_and_kept_on_one_is_asked_no_more(make: Make) -> None:
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01})
    _code(ours, "anna")
    _put(ours, P01.replace(QUOTE, "I was so terribly alone."))
    brought(ours, hers)
    ((asked,), (same,)) = versions.waiting(ours), versions.waiting(hers)
    assert (asked.proposed, asked.coder) == (same.proposed, same.coder) == ("I was so terribly alone.", "anna")
    assert versions.settle(ours, [Answered(2, asked.id, KEEP)], "bea").kept == 1
    brought(ours, hers)
    assert versions.waiting(hers) == []
    assert standing(hers) == standing(ours)
    before = tables(hers.store.path)
    assert brought(ours, hers).new == {}
    assert tables(hers.store.path) == before


def test_a_merge_whose_judgements_cannot_be_carried_over_changes_nothing(make: Make) -> None:
    hope = "  - id: hope\n    label: Hope\n    definition: The speaker hopes.\n"
    ours, hers = make({"P01.txt": P01}), make({"P01.txt": P01}, codebook=CODEBOOK + hope)
    _code(ours, "anna")
    _put(hers, B)
    with ours.store.writing() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON reanchored BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        )
    before, files = tables(ours.store.path), contents(ours.folder)
    with pytest.raises(StoreError, match="disk is full"):
        brought(hers, ours)
    assert (tables(ours.store.path), contents(ours.folder)) == (before, files)
    assert _texts(ours) == [P01]


_acts = st.lists(
    st.tuples(st.sampled_from(["left", "right"]), st.sampled_from(["A", "B", "C", "judge", "lose", "send"])),
    min_size=2,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_acts)
def test_two_laptops_end_with_the_same_texts_and_judgements_in_whatever_order_they_merge(
    codebook_file: Path, acts: list[tuple[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        two = {side: initial.init(Path(name) / side / "project", codebook_file) for side in ("left", "right")}
        for project in two.values():
            (project.folder.parent / "raw").mkdir()
            _put(project, P01)
        for number, (side, act) in enumerate(acts):
            project, other = two[side], two["right" if side == "left" else "left"]
            if act == "send":
                brought(project, other)
            elif act == "judge":
                _code(project, f"coder{number}")
            elif act == "lose":
                if _texts(project) != [C]:
                    _code(project, f"lost{number}", LOST)
            else:
                _put(project, TEXTS[act])
                assert _texts(project) == [TEXTS[act]]
            assert len(_texts(project)) == len(_texts(other)) == 1
        left, right = two["left"], two["right"]
        for source, target in ((left, right), (right, left), (left, right)):
            brought(source, target)
        assert _texts(left) == _texts(right)
        assert said(left) == said(right)
        assert standing(left) == standing(right)
        judges = {f"coder{number}" for number, (_, act) in enumerate(acts) if act == "judge"}
        lost = {coder for coder in _coders(left) if coder.startswith("lost")}
        found = dict.fromkeys(judges | (set() if _texts(left) == [C] else lost), 1)
        assert Counter(coder for _, coder, _ in standing(left)) == found
        for project in (left, right):
            _all_stands_once(project)
            waiting = {one.coder for one in versions.waiting(project)}
            assert waiting == (lost if _texts(left) == [C] else set())
        for source, target in ((left, right), (right, left)):
            before = tables(target.store.path)
            assert brought(source, target).new == {}
            assert tables(target.store.path) == before
        for project in two.values():
            project.close()
