"""`qualcode evaluate`: parts and folds that lie apart, judgements that may serve, coders held against each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode import plugins
from qualcode.analysis import scoring
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder, Proposals, Proposed
from qualcode.errors import NotEnoughData, ProjectError
from qualcode.pipeline import attributes, evaluating
from qualcode.pipeline.evaluating import evaluate
from qualcode.pipeline.import_codings import import_codings
from qualcode.project import Project
from tests.invented import qualcode, write_files

SAYINGS = {
    "isolation": ("I was lonely in the evenings", "nobody rang me that week", "alone with it again"),
    "listening": ("she listened to all of it", "he let me talk", "they heard me out"),
    "paperwork": ("the forms were long", "forty pages to fill in", "another letter to answer"),
    "": ("the kettle was slow", "the bus came late", "the room was yellow"),
}
CODES = ("isolation", "listening", "paperwork")


def survey(people: int = 40, each: int = 2) -> list[dict[str, object]]:
    """Answers of invented people, each of one saying and a number, coded without a fault."""
    rng = np.random.default_rng(0)
    rows: list[dict[str, object]] = []
    for person in range(people):
        for _ in range(each):
            code = list(SAYINGS)[rng.integers(4)]
            said = SAYINGS[code][rng.integers(3)]
            row = {"id": len(rows) + 1, "respondent": f"R{person}", "programme": "north" if person % 2 else "south"}
            row |= {"split": "train" if person < people // 2 else "test", "comment": f"{said}, visit {len(rows)}"}
            rows.append(row | {name: int(name == code) for name in CODES})
    return rows


def as_csv(rows: list[dict[str, object]], columns: tuple[str, ...] | None = None) -> str:
    return pd.DataFrame(rows)[list(columns) if columns else list(rows[0])].to_csv(index=False)


@pytest.fixture
def judged(make: Callable[..., Project]) -> Project:
    """A survey that Anna has coded, and Ben with every fifth decision on listening turned round."""
    rows = survey()
    project = make({"survey.csv": as_csv(rows)}, tag=True)
    import_codings(project, _file(project, rows), Coder("anna", "human"))
    other = [row | ({"listening": 1 - int(str(row["listening"]))} if n % 5 == 0 else {}) for n, row in enumerate(rows)]
    import_codings(project, _file(project, other), Coder("ben", "human"))
    return project


def _file(project: Project, rows: list[dict[str, object]]) -> Path:
    path = project.folder.parent / "codings.csv"
    path.write_text(as_csv(rows, ("id", "comment", *CODES)), encoding="utf-8")
    return path


class Memory:
    """A tagger that has learned which words stood in what was found present; it keeps whom it learned from."""

    learned_from: list[set[str]]

    def __init__(self, codebook: Any, *, encoder: Any = None, seed: int = 1) -> None:
        self.codes = tuple(code.id for code in codebook.active)
        self.coder = Coder("memory@1", "machine", "1")

    def fit(self, training: Any) -> Memory:
        self.learned_from.append({segment.case for segment in training.segments})
        self.texts = {segment.text for segment in training.segments}
        words = [set(segment.text.split(",")[0].split()) for segment in training.segments]
        self.known = [
            set().union(*(w for w, label in zip(words, column, strict=True) if label == PRESENT))
            - set().union(*(w for w, label in zip(words, column, strict=True) if label == ABSENT))
            for column in training.label.T
        ]
        return self

    def tag(self, segments: Any) -> Proposals:
        assert not self.texts & {segment.text for segment in segments}
        words = [set(segment.text.split(",")[0].split()) for segment in segments]
        hits = np.array([[len(w & known) for known in self.known] for w in words], dtype=np.float32)
        score = np.clip(hits * 0.4 + 0.05, 0, 0.95).astype(np.float32)
        state = np.where(score >= 0.8, PRESENT, np.where(score < 0.2, ABSENT, NOT_JUDGED)).astype(np.int8)
        proposed = {
            (int(row), int(column)): Proposed() for row, column in zip(*np.nonzero(state == PRESENT), strict=True)
        }
        names = tuple(segment.id for segment in segments)
        settled = state != NOT_JUDGED
        return Proposals(names, self.codes, score, state, proposed, score, settled, settled.all(axis=1))


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> type[Memory]:
    real = plugins.load
    Memory.learned_from = []
    monkeypatch.setattr(plugins, "load", lambda group, name: Memory if name == "memory" else real(group, name))
    return Memory


def test_one_part_is_learned_from_and_the_other_tried(judged: Project, memory: type[Memory]) -> None:
    found = evaluate(
        judged,
        tagger="memory",
        against="anna",
        fit_on=attributes.part("split=train"),
        score_on=attributes.part("split=TEST"),
        samples=200,
    )
    assert memory.learned_from == [{f"R{n}" for n in range(20)}]
    assert (found.coder, found.against, found.fitted, found.segments, found.people) == ("memory@1", "anna", 40, 40, 20)
    assert found.scores.value("paperwork", "f1") > 0.7
    assert not np.isnan(found.scores.value("paperwork", "brier"))
    assert found.apart is None
    assert found.shared == 0
    assert {equity.table["attribute"].iloc[0] for equity in found.equity} == {"programme"}
    assert found.settled is not None
    assert found.settled.table.loc[0, "n"] == 40
    assert {"codes", "overall", "subgroups", "gaps", "settled", "reliability"} == set(evaluating.tables(found))


def test_without_a_second_part_the_rest_is_taken(judged: Project, memory: type[Memory]) -> None:
    for part in ({"fit_on": "split=train"}, {"score_on": "split=test"}):
        named = {name: attributes.part(stated) for name, stated in part.items()}
        found = evaluate(judged, tagger="memory", against="anna", samples=100, **named)  # type: ignore[arg-type]
        assert (found.fitted, found.segments) == (40, 40)
    assert memory.learned_from[0] == memory.learned_from[1]


def test_folds_never_part_a_person_and_try_everything_once(judged: Project, memory: type[Memory]) -> None:
    found = evaluate(judged, tagger="memory", against="anna", fold_count=4, samples=100)
    assert len(memory.learned_from) == 4
    left_out = [{f"R{n}" for n in range(40)} - people for people in memory.learned_from]
    assert sum(map(len, left_out)) == 40
    assert set().union(*left_out) == {f"R{n}" for n in range(40)}
    assert found.segments == 80
    assert found.scores.counts["n"].tolist() == [80, 80, 80]


def test_a_text_that_was_learned_from_is_told_and_left_out_beside(
    make: Callable[..., Project], monkeypatch: pytest.MonkeyPatch, memory: type[Memory]
) -> None:
    rows = survey()
    for row in rows[:2] + rows[-3:]:
        row["comment"] = "Nothing!"
    project = make({"survey.csv": as_csv(rows)})
    import_codings(project, _file(project, rows), Coder("anna", "human"))
    monkeypatch.setattr(Memory, "fit", _fit_all_but_texts(Memory.fit))
    found = evaluate(
        project,
        tagger="memory",
        fit_on=attributes.part("split=train"),
        score_on=attributes.part("split=test"),
        samples=100,
    )
    assert (found.segments, found.shared) == (40, 3)
    assert found.apart is not None
    assert found.apart.counts["n"].tolist() == [37, 37, 37]


def _fit_all_but_texts(fit: Callable[..., Memory]) -> Callable[..., Memory]:
    def fitted(self: Memory, training: Any) -> Memory:
        fit(self, training)
        self.texts = set()
        return self

    return fitted


def test_the_definition_tagger_learns_nothing_and_stands_as_it_tagged(judged: Project) -> None:
    found = evaluate(judged, tagger="definitions", against="anna", samples=100)
    assert (found.fitted, found.segments) == (0, 80)
    as_tagged = evaluate(judged, coder=found.coder, against="anna", samples=100)
    pd.testing.assert_frame_equal(found.scores.counts, as_tagged.scores.counts)
    for measure in ("f1", "kappa", "ap"):
        values = [one.scores.value("listening", measure) for one in (found, as_tagged)]
        assert values[0] == pytest.approx(values[1], abs=1e-3), measure


def test_two_people_are_held_against_each_other(judged: Project) -> None:
    found = evaluate(judged, coder="ben", against="anna", samples=100)
    assert found.scores.value("paperwork", "f1") == 1
    table = found.scores.counts.set_index("code")
    assert table.loc["listening", "n"] == 80
    assert 0.4 < found.scores.value("listening", "kappa") < 0.9
    assert set(found.scores.table.query("measure == 'ap'")["reason"]) == {scoring.NO_STRENGTH}


def test_a_model_s_imported_codings_are_held_against_all_people(judged: Project) -> None:
    rows = survey()
    for row in rows[:10]:
        row["paperwork"] = 1
    path = _file(judged, rows[:40])
    import_codings(judged, path, Coder("model", "machine", "imported"))
    found = evaluate(judged, coder="model", samples=100)
    # Only what the model was given counts, and not where Anna and Ben disagree.
    assert found.scores.counts.set_index("code")["n"].to_dict() == {"isolation": 40, "listening": 32, "paperwork": 40}
    assert found.scores.value("paperwork", "recall") == 1
    assert found.scores.value("paperwork", "precision") < 1
    assert any("disagree" in note for note in found.notes)


def test_what_was_judged_with_the_proposal_in_view_is_not_scored_on(make: Callable[..., Project]) -> None:
    rows = survey()
    project = make({"survey.csv": as_csv(rows)}, tag=True)
    import_codings(project, _file(project, rows[:50]), Coder("anna", "human"), visible=True)
    with pytest.raises(NotEnoughData, match="made blind"):
        evaluate(project, tagger="definitions")
    import_codings(project, _file(project, rows[50:]), Coder("anna", "human"))
    found = evaluate(project, tagger="definitions", samples=100)
    assert found.segments == 30
    assert found.notes[0].startswith("150 judgements serve learning alone")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, ProjectError, "one thing is tried"),
        ({"tagger": "definitions", "coder": "ben"}, ProjectError, "one thing is tried"),
        ({"coder": "carl"}, ProjectError, "no coder 'carl'"),
        ({"coder": "ben", "against": "ben"}, ProjectError, "against itself"),
        ({"coder": "ben", "by": ("shoe size",)}, ProjectError, "expected one of: .*split"),
        ({"coder": "ben", "fold_count": 3, "score_on": "split=test"}, ProjectError, "do not go together"),
        ({"coder": "ben", "score_on": "split=dev"}, NotEnoughData, "split=dev"),
        ({"coder": "ben", "fit_on": "split=train", "score_on": "programme=north"}, ProjectError, "holds what"),
    ],
)
def test_what_cannot_be_tried_is_refused(judged: Project, options: dict[str, Any], kind: type, message: str) -> None:
    named = {name: attributes.part(v) if name in ("fit_on", "score_on") else v for name, v in options.items()}
    with pytest.raises(kind, match=message):
        evaluate(judged, **named)
    with judged.store.reading() as connection:
        machine = connection.exec_driver_sql("select id from coders where kind = 'machine'").scalar_one()
    with pytest.raises(ProjectError, match="is a machine"):
        evaluate(judged, coder="ben", against=machine)


@pytest.mark.parametrize("stated", ["split", "=train", "split=", " = "])
def test_a_part_is_a_name_and_a_value(stated: str) -> None:
    with pytest.raises(ProjectError, match="NAME=VALUE"):
        attributes.part(stated)


def test_small_subgroups_are_put_together_and_not_compared() -> None:
    people = np.array([f"p{n}" for n in range(20)], dtype=object)
    values = ["a"] * 8 + ["b"] * 9 + ["c"] * 2 + [""]
    assert evaluating._pooled(values, people) == ["a"] * 8 + ["b"] * 9 + [evaluating.OTHERS] * 3


def test_nothing_is_written_to_the_store_and_no_words_to_the_files(judged: Project, tmp_path: Path) -> None:
    def rows() -> dict[str, int]:
        with judged.store.reading() as connection:
            tables = connection.exec_driver_sql("select name from sqlite_master where type = 'table'").scalars().all()
            return {t: connection.exec_driver_sql(f'select count(*) from "{t}"').scalar_one() for t in tables}

    before = rows()
    found = evaluate(judged, tagger="definitions", against="anna", samples=100)
    written = evaluating.write(judged, found)
    assert rows() == before
    assert {path.parent for path in written.files} == {judged.exports / "evaluation"}
    everything = "".join(path.read_text(encoding="utf-8-sig") for path in written.files)
    assert not any(f"{saying}, visit" in everything for sayings in SAYINGS.values() for saying in sayings)
    assert "R17" not in everything
    again = evaluating.write(judged, replace(found), tmp_path)
    assert [path.name for path in again.files] == [path.name for path in written.files]
    made = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert made["codes"][0]["brier"] is None
    assert made["codes"][0]["n"] == 80


def test_from_a_table_of_texts_with_codes_and_a_split_it_is_three_commands(tmp_path: Path) -> None:
    rows = survey()
    labels = "label,definition\nisolation,Alone and with nobody to talk to.\nlistening,\npaperwork,Forms and letters.\n"
    write_files(tmp_path, {"data.csv": as_csv(rows), "labels.csv": labels})
    for words in (
        ["run", "data.csv", "--codebook", "labels.csv", "-o", "project", "--identified-ok"],
        ["import-codings", "data.csv", "--coder", "team", "-p", "project"],
        ["evaluate", "--tagger", "definitions", "--score-on", "split=test", "--samples", "100", "-p", "project"],
    ):
        done = qualcode(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1] == "tried on 40 passages of 20 people"
    assert [line.split()[-1] for line in lines[3:7]] == ["code", *CODES]
    assert any(line.startswith("over all codes: micro F1 0.") for line in lines)
    assert "scores are not calibrated: all codes" in done.stderr
    told = qualcode(*words, "--json", cwd=tmp_path)
    assert json.loads(told.stdout)["segments"] == 40
