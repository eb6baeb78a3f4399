"""Judgements are taken back and put back as acts; a past state is rebuilt from the record."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import ProjectError
from qualcode.formats.sheet import KEEP, Answered
from qualcode.pipeline import versions
from qualcode.pipeline.importing import import_files
from qualcode.pipeline.replaying import replay
from qualcode.pipeline.telling import log
from qualcode.pipeline.undoing import undo
from qualcode.pipeline.verifying import state_digest, verify
from qualcode.project import Project
from qualcode.store import codings, events, exchange, frames
from tests.invented import interview, qualcode, write_files
from tests.laptops import Make, brought
from tests.pipeline.test_verifying import FILES, TABLE, WIDE, judge


def _last(project: Project, kind: str) -> int:
    with project.store.reading() as connection:
        return [event.id for event in events.all_events(connection) if event.kind == kind][-1]


def _stands(project: Project) -> frames.Standing:
    with project.store.reading() as connection:
        return frames.standing(codings.decisions(connection))


@pytest.fixture
def coded(make: Make) -> Project:
    project = make(FILES)
    judge(project)
    return project


def test_an_undo_takes_judgements_back_and_an_undo_of_it_puts_them_back(coded: Project) -> None:
    before, digest = _stands(coded), state_digest(coded)
    judge(coded, WIDE, "bea")
    event = _last(coded, "judge")
    after = state_digest(coded)
    assert undo(coded, event, dry_run=True).taken_back == 3
    assert state_digest(coded) == after
    done = undo(coded, event)
    assert (done.taken_back, done.put_back) == (3, 0)
    assert _stands(coded) == before
    assert "bea" not in set(coded.codings()["coder"]) | set(coded.judged()["coder"])
    assert undo(coded, event).number is None
    assert done.number is not None
    assert undo(coded, done.number).put_back == 3
    assert state_digest(coded) == after != digest
    assert verify(coded).faults == ()


def test_what_was_taken_back_does_not_come_in_again_and_does_not_travel(coded: Project, make: Make) -> None:
    other = make(FILES)
    judge(other, WIDE, "bea")
    assert brought(other, coded).new["judgements"] == 3
    undo(coded, _last(coded, "merge"))
    assert brought(other, coded).new == {}
    judge(coded, WIDE, "bea")
    assert {who for _, who, _ in _stands(coded).judged} == {"anna"}
    with coded.store.reading() as connection:
        assert {decision.judged.coder for decision in exchange.decisions(connection)} == {"anna"}
    judge(coded, "id,isolation\n1,1\n", "bea")  # another answer than the one that was taken back
    assert ("isolation" in {code for _, who, code in _stands(coded).codings if who == "bea"}) is True


def test_judgements_that_were_carried_to_a_later_version_go_with_theirs(coded: Project) -> None:
    event = _last(coded, "judge")
    raw = write_files(coded.folder.parent / "raw", {"P01.txt": FILES["P01.txt"] + "\nParticipant: That is all.\n"})
    import_files(coded, raw)
    assert len(_stands(coded).codings) == 3
    done = undo(coded, event)
    assert done.taken_back == 5
    assert _stands(coded).codings == {}
    assert done.number is not None
    undo(coded, done.number)
    assert len(_stands(coded).codings) == 3
    assert verify(coded).faults == ()


def test_what_is_put_back_after_its_text_was_replaced_is_carried_there(coded: Project) -> None:
    done = undo(coded, _last(coded, "judge"))
    raw = write_files(coded.folder.parent / "raw", {"P01.txt": FILES["P01.txt"] + "\nParticipant: That is all.\n"})
    import_files(coded, raw)
    assert done.number is not None
    assert undo(coded, done.number).moved == 2
    assert len(_stands(coded).codings) == 3
    assert verify(coded).faults == ()


def test_an_answer_to_a_doubtful_place_can_be_taken_back_and_given_again(coded: Project) -> None:
    raw = write_files(
        coded.folder.parent / "raw",
        {"P02.txt": interview("She heard me, she listened a lot to me on a telephone line.")},
    )
    import_files(coded, raw)
    (asked,) = versions.waiting(coded)
    assert versions.settle(coded, [Answered(1, asked.id, KEEP)], "anna").kept == 1
    stood = _stands(coded)
    done = undo(coded, _last(coded, "settle"))
    assert (done.taken_back, done.reopened) == (1, 1)
    assert [one.id for one in versions.waiting(coded)] == [asked.id]
    assert versions.settle(coded, [Answered(1, asked.id, KEEP)], "anna").kept == 1
    assert _stands(coded) == stood
    assert versions.waiting(coded) == []
    assert verify(coded).faults == ()


@pytest.mark.parametrize("kind", ["import", "segment", "init"])
def test_what_cannot_be_undone_is_refused_with_the_way_on(coded: Project, kind: str) -> None:
    with pytest.raises(ProjectError, match="cannot be undone") as caught:
        undo(coded, _last(coded, kind))
    assert caught.value.hint
    with pytest.raises(ProjectError, match="there is no event 99"):
        undo(coded, 99)


def test_the_log_tells_each_act_in_words(coded: Project) -> None:
    undo(coded, _last(coded, "judge"))
    said = [one.said for one in log(coded)]
    assert said[0] == "began the project with 3 codes"
    assert "took in 3 judgements, 3 codings among them" in said
    assert said[-1].startswith("took back 3 judgements and put back 0, of event ")
    assert len(log(coded, last=2)) == 2
    assert all("{" not in line for line in said)
    coded.close()
    done = qualcode("log", "--last", 1, "-p", coded.folder, cwd=coded.folder)
    assert "researcher  took back 3 judgements" in done.stdout, done.stderr


def _same_as_now(project: Project) -> None:
    with project.store.reading() as connection:
        last = events.all_events(connection)[-1]
        stands = frames.standing(codings.decisions(connection))
    found = replay(project, str(last.id))
    assert (found.decisions, found.present) == (len(stands.judged), len(stands.codings))
    assert found.event == replay(project, last.at).event == replay(project, last.at[:10]).event


def test_an_earlier_state_is_rebuilt_and_written_without_words(coded: Project, tmp_path: Path) -> None:
    first = _last(coded, "judge")
    then = replay(coded, str(first))
    judge(coded, WIDE, "bea")
    raw = write_files(coded.folder.parent / "raw", {"P01.txt": FILES["P01.txt"] + "\nParticipant: That is all.\n"})
    import_files(coded, raw)
    undo(coded, first)
    again = replay(coded, str(first), tmp_path / "then")
    assert again.digest == then.digest
    assert (again.judgements, again.present, again.current) == (3, 3, then.current)
    with (tmp_path / "then" / "codings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["coder"], row["code"]) for row in rows} == {("anna", "isolation"), ("anna", "listening")}
    assert (
        "lonely" not in (tmp_path / "then" / "codings.csv").read_text() + (tmp_path / "then" / "judged.csv").read_text()
    )
    assert replay(coded, str(_last(coded, "import"))).decisions == 0
    _same_as_now(coded)


@pytest.mark.parametrize("when", ["yesterday", "2020-01-01", "999", "2026-13-01"])
def test_a_moment_that_is_none_or_too_early_is_refused(coded: Project, when: str) -> None:
    with pytest.raises(ProjectError, match=r"not understood|begins later|no event"):
        replay(coded, when)


ACTS = st.lists(
    st.tuples(st.sampled_from(["judge", "wide", "edit", "undo"]), st.integers(0, 5)), min_size=1, max_size=6
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_after_any_acts_the_last_event_replays_to_what_stands(make: Make, acts: list[tuple[str, int]]) -> None:
    project = make(FILES)
    seen: list[tuple[int, str]] = []
    for act, number in acts:
        if act == "judge":
            judge(project, TABLE, f"coder{number}")
        elif act == "wide":
            judge(project, f"id,isolation\n1,{number % 2}\n2,{(number + 1) % 2}\n", "bea")
        elif act == "edit":
            more = FILES["P01.txt"] + "\nParticipant: Once more.\n" * number
            import_files(project, write_files(project.folder.parent / "raw", {"P01.txt": more}))
        else:
            with project.store.reading() as connection:
                can = [e.id for e in events.all_events(connection) if e.kind in ("judge", "undo")]
            if can:
                undo(project, can[number % len(can)])
        _same_as_now(project)
        with project.store.reading() as connection:
            last = events.all_events(connection)[-1].id
        seen.append((last, replay(project, str(last)).digest))
    assert verify(project).faults == ()
    for event, digest in seen:
        assert replay(project, str(event)).digest == digest
