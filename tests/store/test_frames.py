"""Tidy frames: three states, the machine's abstentions, what stands."""

from __future__ import annotations

import pandas as pd

from qualcode.coding import Coder, Coding, Judged
from qualcode.pipeline import segmenting
from qualcode.project import SETTINGS, Project
from qualcode.store import codings, frames
from qualcode.store.frames import CODING_COLUMNS, JUDGED_COLUMNS, SEGMENT_COLUMNS, standing
from tests.invented import SMALL


def _keys(frame: pd.DataFrame) -> set[tuple[str, str]]:
    return set(frame[["segment", "code"]].astype(str).itertuples(index=False, name=None))


def _cells(project: Project) -> pd.DataFrame:
    parts = [pd.read_parquet(path) for path in sorted(project.runs.glob("*/proposals.parquet"))]
    return pd.concat(parts).astype({"code": str})


def _judge(project: Project, coder: str, codes: tuple[str, ...], present: tuple[str, ...]) -> str:
    with project.store.writing() as connection:
        segment = str(frames.segments(connection)["segment"].iloc[0])
        codings.add_coder(connection, Coder(coder, "human"))
        made = [Coding(f"c_{coder}_{len(codes)}_{c}", segment, c, coder, made_at="2025") for c in present]
        judged = Judged(segment, coder, codes, blind=True, sample="a_1", probability=0.25, made_at="2025")
        codings.add_judgements(connection, [(judged, made)], project.codebook)
    return segment


def test_a_machines_judged_cells_are_absent_and_present_and_what_it_abstained_on_is_missing(make, small_once) -> None:
    with Project.open(small_once / "project") as coded:
        floor = float(_cells(coded)["raw_score"].median())
    project = make(SMALL, tag=True, toml=f"[tag]\nfloor = {floor:.6f}\n")
    cells = _cells(project)
    by_state = {state: _keys(own) for state, own in cells.groupby("state")}
    judged, present = project.judged(), project.codings()
    assert set(by_state) == {-1, 0, 1}
    assert _keys(judged) == by_state[0] | by_state[1]
    assert _keys(present) == by_state[1]
    assert not _keys(judged) & by_state[-1]
    assert set(present["coder_kind"]) == {"machine"}


def test_three_states_of_a_person(project: Project) -> None:
    segment = _judge(project, "anna", ("isolation", "listening"), ("listening",))
    judged, present = project.judged(), project.codings()
    judged, present = judged[judged["coder"] == "anna"], present[present["coder"] == "anna"]
    assert _keys(judged) == {(segment, "isolation"), (segment, "listening")}
    assert _keys(present) == {(segment, "listening")}
    assert (segment, "paperwork") not in _keys(judged)
    assert set(judged["weight"]) == {4.0}
    assert set(judged["blind"]) == {True}


def test_the_last_decision_of_each_coder_stands(project: Project) -> None:
    segment = _judge(project, "anna", ("isolation", "listening"), ("isolation",))
    _judge(project, "anna", ("isolation",), ())
    _judge(project, "ben", ("isolation",), ("isolation",))
    present = project.codings()
    own = present[present["coder_kind"] == "human"]
    assert set(own[["coder", "segment", "code"]].itertuples(index=False, name=None)) == {("ben", segment, "isolation")}
    judged = project.judged()
    assert len(judged[judged["coder"] == "anna"]) == 2


def test_a_judgement_of_other_codes_does_not_touch_what_stands() -> None:
    coding = Coding("c", "s", "a", "anna")
    decisions = [
        (Judged("s", "anna", ("a",), blind=False), (coding,)),
        (Judged("s", "anna", ("b",), blind=False), ()),
        (Judged("s", "ben", ("a",), blind=False), ()),
    ]
    found = standing(decisions)
    assert found.codings == {("s", "anna", "a"): coding}
    assert set(found.judged) == {("s", "anna", "a"), ("s", "anna", "b"), ("s", "ben", "a")}


def test_columns_stand_as_documented_also_in_an_empty_project(make) -> None:
    empty = make({"P01.txt": "Participant: The rain came.\nParticipant: It went."})
    assert tuple(empty.segments().columns) == SEGMENT_COLUMNS
    assert tuple(empty.codings().columns[: len(CODING_COLUMNS)]) == CODING_COLUMNS
    assert tuple(empty.judged().columns) == JUDGED_COLUMNS
    assert len(empty.codings()) == len(empty.judged()) == 0


def test_the_programme_of_a_segment_is_its_transcripts(project: Project) -> None:
    frame = project.segments()
    assert dict(frame.dropna(subset="case").groupby("case")["programme"].first()) == {
        "P01": "north", "P02": "south", "P03": "south", "S1": "north", "S2": "south", "S3": "south",
    }  # fmt: skip


def test_present_cells_do_not_turn_into_absent_ones_when_the_unit_changes(project: Project) -> None:
    settings = project.folder / SETTINGS
    settings.write_text(settings.read_text().replace('unit = "window"', 'unit = "sentence"'))
    present_before = _keys(project.codings())
    project.close()
    with Project.open(project.folder) as again:
        assert segmenting.segment(again).retired
        absent = _keys(again.judged()) - _keys(again.codings())
    assert not absent & present_before
