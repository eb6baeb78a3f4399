"""Coders, runs, judgements and codings in and out of the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder, Coding, Judged, Proposals, Sample
from qualcode.project import Project
from qualcode.store import codings, corpus

ANNA = Coder("anna", "human")


def _decide(project: Project, code: str, *, present: bool, number: int) -> None:
    with project.store.writing() as connection:
        segment = corpus.segments(connection)[0]
        codings.add_coder(connection, ANNA)
        coding = Coding(f"c_{number}", segment.id, code, "anna", {"polarity": "denied"}, made_at="2025")
        judged = Judged(segment.id, "anna", (code,), blind=False, made_at="2025")
        codings.add_judgements(connection, [(judged, [coding] if present else [])], project.codebook)


def test_judgements_come_back_in_order_each_with_its_codings(project: Project) -> None:
    _decide(project, "isolation", present=True, number=1)
    _decide(project, "listening", present=False, number=2)
    with project.store.reading() as connection:
        first, second = codings.decisions(connection)
    assert (first[0].codes, second[0].codes) == (("isolation",), ("listening",))
    assert [coding.facets for coding in first[1]] == [{"polarity": "denied"}]
    assert second[1] == ()


def test_a_persons_coding_leaves_the_machines_where_it_is(project: Project) -> None:
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
        before = codings.proposals(connection, machine)
    _decide(project, "isolation", present=False, number=1)
    with project.store.reading() as connection:
        assert codings.latest_machine(connection) == machine
        assert codings.proposals(connection, machine) == before


def test_the_machine_is_a_coder_whose_id_ends_in_its_version(project: Project) -> None:
    with project.store.reading() as connection:
        run = codings.runs(connection)[-1]
        coder = codings.coders(connection)[run.coder]
        assert coder.kind == "machine"
        assert coder.id == f"definitions@{coder.version}"
        assert run.codes == ("isolation", "listening", "paperwork")
        assert len(codings.tagged(connection, coder.id)) == run.segments == len(corpus.segments(connection))


def test_codings_carry_the_hash_of_the_code_that_they_were_made_with(project: Project) -> None:
    _decide(project, "isolation", present=True, number=1)
    with project.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT code, code_hash FROM codings").all()
    assert {(code, project.codebook[code].hash) for code, _ in rows} == set(map(tuple, rows))


def test_a_coder_made_known_twice_stays_what_it_was(project: Project) -> None:
    with project.store.writing() as connection:
        codings.add_coder(connection, ANNA)
        codings.add_coder(connection, Coder("anna", "machine", "2"))
        assert codings.coders(connection)["anna"] == ANNA


def test_a_sample_comes_back_with_its_probabilities(project: Project) -> None:
    sample = Sample("a_1", ("s_1", "s_2"), (0.5, 0.25), "audit", 7)
    with project.store.writing() as connection:
        codings.add_sample(connection, sample)
        codings.add_sample(connection, sample)
        assert codings.samples(connection)["a_1"] == sample


def test_scores_hold_every_cell_with_its_state(tmp_path: Path) -> None:
    state = np.array([[PRESENT, ABSENT], [NOT_JUDGED, ABSENT]], dtype=np.int8)
    raw = np.array([[0.9, 0.1], [0.4, 0.2]], dtype=np.float32)
    path = tmp_path / "r" / "proposals.parquet"
    codings.write_scores(path, Proposals(("s_1", "s_2"), ("a", "b"), raw, state, {}))
    frame = pd.read_parquet(path)
    assert list(frame["segment"]) == ["s_1", "s_1", "s_2", "s_2"]
    assert list(frame["code"]) == ["a", "b", "a", "b"]
    assert list(frame["state"]) == [1, 0, -1, 0]
    assert list(frame["raw_score"]) == pytest.approx([0.9, 0.1, 0.4, 0.2])
    assert [p.name for p in path.parent.iterdir()] == ["proposals.parquet"]


def test_proposals_on_segments_that_are_no_longer_current_are_not_shown(project: Project) -> None:
    with project.store.writing() as connection:
        machine = codings.latest_machine(connection) or ""
        before = codings.proposals(connection, machine)
        kept = [s for s in corpus.segments(connection) if s.id != before[0].segment]
        corpus.set_segments(connection, kept, [s.transcript for s in corpus.segments(connection)])
        left = codings.proposals(connection, machine)
    assert {coding.segment for coding in before} - {coding.segment for coding in left} == {before[0].segment}
