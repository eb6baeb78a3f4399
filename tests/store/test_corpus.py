"""Texts in and out of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qualcode.corpus import Case, Programme, Segment, Transcript, Turn
from qualcode.project import Project
from qualcode.store import corpus
from qualcode.store.database import Database

TEXT = "Interviewer: Why?\nMum: Because 🙂 naïve – “ever”.\n"
TRANSCRIPT = Transcript(
    "t_1",
    TEXT,
    (Turn(13, 17, "interviewer", "interviewer"), Turn(23, len(TEXT), "participant", "mum", "P1")),
    kind="focus_group",
    case="P1",
    programme="north",
    group="g1",
    wave="2",
    date="2025-01-02",
    question="Why?",
    source="a/b.txt",
    source_hash="f" * 64,
    encoding="utf-8",
    deidentified=True,
)


@pytest.fixture
def store(tmp_path: Path) -> Database:
    made = Database(tmp_path / "qualcode.sqlite")
    with made.writing() as connection:
        corpus.add_transcripts(connection, [TRANSCRIPT])
    return made


def _segment(number: int, start: int, end: int) -> Segment:
    return Segment(f"s_{number}", "t_1", start, end, "window", TEXT[start:end], "Why?", "participant", "P1")


def test_a_transcript_comes_back_equal(store: Database) -> None:
    with store.reading() as connection:
        assert corpus.transcripts(connection) == [TRANSCRIPT]


def test_describing_anew_keeps_text_turns_and_source(store: Database) -> None:
    with store.writing() as connection:
        corpus.describe(connection, replace(TRANSCRIPT, text="other", source="other", wave="3", deidentified=None))
    with store.reading() as connection:
        assert corpus.transcripts(connection) == [replace(TRANSCRIPT, wave="3", deidentified=None)]


def test_segments_come_back_by_code_points_also_behind_emoji(store: Database) -> None:
    made = [_segment(1, 23, 31), _segment(2, 32, 34), _segment(3, 34, len(TEXT))]
    with store.writing() as connection:
        assert corpus.set_segments(connection, made, ["t_1"]) == (3, 0)
    with store.reading() as connection:
        assert corpus.segments(connection) == made


def test_a_segmentation_that_changes_retires_the_old_and_loses_nothing(store: Database) -> None:
    old, new = [_segment(1, 23, 31), _segment(2, 32, 40)], [_segment(1, 23, 31), _segment(3, 32, 45)]
    with store.writing() as connection:
        corpus.set_segments(connection, old, ["t_1"])
        assert corpus.set_segments(connection, new, ["t_1"]) == (1, 1)
        assert corpus.set_segments(connection, new, ["t_1"]) == (0, 0)
        assert {s.id for s in corpus.segments(connection)} == {"s_1", "s_3"}
        assert {s.id for s in corpus.segments(connection, current=False)} == {"s_1", "s_2", "s_3"}
        assert corpus.set_segments(connection, old, ["t_1"]) == (1, 1)
        assert {s.id for s in corpus.segments(connection)} == {"s_1", "s_2"}


def test_a_free_selection_is_never_current_and_does_not_displace_a_segment(store: Database) -> None:
    segment = _segment(1, 23, 31)
    with store.writing() as connection:
        corpus.set_segments(connection, [segment], ["t_1"])
        chosen = [replace(made, unit="selection") for made in (segment, _segment(9, 24, 26))]
        corpus.add_selections(connection, chosen)
        assert [s.id for s in corpus.segments(connection)] == ["s_1"]
        assert [s.unit for s in corpus.segments(connection, current=False, ids=["s_9"])] == ["selection"]


def test_typed_attributes_survive_also_dates_and_not_stated(store: Database) -> None:
    attributes = {
        "age": 41,
        "share": 0.5,
        "partner": True,
        "born": date(1984, 5, 6),
        "work": None,
        "town": "Hull",
    }
    with store.writing() as connection:
        corpus.set_cases(connection, [Case("P1", "north", attributes)])
        corpus.set_programmes(connection, [Programme("north", "North", attributes)])
    with store.reading() as connection:
        assert corpus.cases(connection)["P1"] == Case("P1", "north", attributes)
        assert corpus.programmes(connection)["north"] == Programme("north", "North", attributes)
        assert isinstance(corpus.cases(connection)["P1"].attributes["partner"], bool)


def test_a_case_stated_anew_takes_the_place_of_the_old(store: Database) -> None:
    with store.writing() as connection:
        corpus.set_cases(connection, [Case("P1", "north", {"age": 41}), Case("P2")])
        corpus.set_cases(connection, [Case("P1", "south", {"age": 42})])
        assert corpus.cases(connection) == {"P1": Case("P1", "south", {"age": 42}), "P2": Case("P2")}


def test_a_programme_that_only_transcripts_name_is_known(store: Database) -> None:
    with store.reading() as connection:
        assert corpus.programmes(connection) == {"north": Programme("north")}


def test_transcripts_come_by_id_with_their_own_turns(store: Database) -> None:
    more = [replace(TRANSCRIPT, id=f"t_{number}", source=f"{number % 7}.txt") for number in range(2, 1203)]
    with store.writing() as connection:
        corpus.add_transcripts(connection, more)
        known = {transcript.id: transcript for transcript in (TRANSCRIPT, *more)}
        assert {t.id: t for t in corpus.transcripts(connection, [t.id for t in more])} == {t.id: t for t in more}
        assert corpus.transcripts(connection, ["t_9"]) == [known["t_9"]]
        assert corpus.transcripts(connection, []) == []


def test_more_ids_than_sqlite_takes_at_once(store: Database) -> None:
    made = [_segment(number, 23, 24) for number in range(1201)]
    with store.writing() as connection:
        corpus.set_segments(connection, made, ["t_1"])
        assert len(corpus.segments(connection, ids=[segment.id for segment in made])) == 1201
        assert corpus.set_segments(connection, made[:1], ["t_1"]) == (0, 1200)


def test_every_segment_of_a_project_is_a_stretch_of_its_text_by_somebody_who_does_not_ask(
    project: Project,
) -> None:
    with project.store.reading() as connection:
        transcripts = {transcript.id: transcript for transcript in corpus.transcripts(connection)}
        segments = corpus.segments(connection)
    assert len(segments) >= 8
    for segment in segments:
        assert transcripts[segment.transcript].text[segment.start : segment.end] == segment.text
        assert segment.role == "participant"
