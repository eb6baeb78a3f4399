"""Judgements become a tagger; the tagger codes, stays with its codes' meaning, and forgets who withdraws."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder, Coding, Judged, Sample
from qualcode.encoders.remembering import Remembering
from qualcode.errors import NotAllowed, NotEnoughData, StoreError
from qualcode.pipeline import exporting, import_codings, tagging, training, withdrawing
from qualcode.pipeline.judgements import Serving, judgements
from qualcode.pipeline.verifying import verify
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.segments import stretch
from qualcode.store import codings, corpus, events, models, purging
from tests.byte_scan import assert_nowhere
from tests.taggers.judged import CODES, passages

Factory = Callable[..., Project]
SAID = passages(240)
PEOPLE = 40


def _answer(at: int) -> str:
    return f"{SAID[at][0]} It was what it was, and number {at} of what I wrote down."


def _survey() -> str:
    lines = ["id,case,answer", *(f'r{at},P{at % PEOPLE},"{_answer(at)}"' for at in range(len(SAID)))]
    return "\n".join(lines) + "\n"


def _labels(path: Path, rows: range) -> Path:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "text", *CODES])
        for at in rows:
            writer.writerow([f"r{at}", _answer(at), *[int(SAID[at][1] == code) for code in CODES]])
    return path


@pytest.fixture
def judged(make: Factory, tmp_path: Path) -> Project:
    """A survey of 240 answers of 40 people, 200 of which somebody has judged on every code."""
    project = make({"answers.csv": _survey()})
    import_codings.import_codings(project, _labels(tmp_path / "labels.csv", range(200)), Coder("anna", "human"))
    return project


def _cells(project: Project) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in project.runs.glob("*/proposals.parquet")])


def test_training_twice_on_the_same_judgements_changes_nothing(judged: Project, vectors: Remembering) -> None:
    first = training.train(judged, vectors=vectors)
    again = training.train(judged, vectors=vectors)
    assert first.changed
    assert not again.changed
    assert again.coder == first.coder
    assert first.cells == 600
    assert first.random == 600
    assert first.people == PEOPLE
    with judged.store.reading() as connection:
        kinds = [event.kind for event in events.all_events(connection)]
    assert kinds.count("train") == 1


def test_what_was_trained_tags_with_scores_and_thresholds(judged: Project, vectors: Remembering) -> None:
    training.train(judged, vectors=vectors)
    summary = tagging.tag(judged, vectors=vectors)
    assert summary.coder.startswith("learned@")
    with judged.store.reading() as connection:
        proposals = codings.proposals(connection, summary.coder)
        run = codings.runs(connection)[-1]
        rows = {text.id: text.row for text in corpus.transcripts(connection)}
        of = {segment.id: rows[segment.transcript] for segment in corpus.segments(connection)}
    assert set(run.thresholds) == set(CODES)
    assert all(one.score is not None and one.score >= run.thresholds[one.code][1] - 1e-4 for one in proposals)
    held = {f"r{at}": own for at, (_, own) in enumerate(SAID) if at >= 200}
    found = {(of[one.segment], one.code) for one in proposals if of[one.segment] in held}
    true = {(row, own) for row, own in held.items() if own}
    assert len(found & true) >= 0.9 * len(true | found)
    cells = _cells(judged)
    assert cells["settled"].any()
    assert (cells.loc[cells["state"] == ABSENT, "score"].dropna() < 0.5).all()
    assert tagging.tag(judged, vectors=vectors).segments == 0


def test_the_report_says_what_each_code_may_be_trusted_with(judged: Project, vectors: Remembering) -> None:
    made = training.train(judged, vectors=vectors)
    tagging.tag(judged, vectors=vectors)
    page = exporting.report(judged).files[0].read_text(encoding="utf-8")
    assert "What the machine may be trusted with" in page
    for one in made.trust:
        assert f'<td class="together">{one.word}</td>' in page
    training_free = exporting.bundle(judged)
    assert [one.code for one in training_free.trust] == list(CODES)


def test_a_change_of_meaning_takes_a_code_from_the_model_and_says_what_changed(
    judged: Project, vectors: Remembering
) -> None:
    training.train(judged, vectors=vectors)
    path = judged.folder / "codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Forms, letters and", "Every letter and"), "utf-8")
    with Project.open(judged.folder) as changed:
        summary = tagging.tag(changed, vectors=vectors)
        assert len(summary.notes) == 1
        assert "paperwork has changed" in summary.notes[0]
        assert "'Every letter and applications" in summary.notes[0]
        with changed.store.reading() as connection:
            run = codings.runs(connection)[-1]
        assert set(run.thresholds) == {"isolation", "listening"}
        anew = training.train(changed, vectors=vectors)
        assert any("paperwork" in note and "earlier meaning" in note for note in anew.notes)
        trust = {one.code: one for one in anew.trust}
        assert trust["paperwork"].judged == 0
        assert trust["isolation"].judged == 200


def test_who_withdraws_leaves_the_model_too(judged: Project, vectors: Remembering) -> None:
    before = training.train(judged, vectors=vectors)
    tagging.tag(judged, vectors=vectors)
    words = [_answer(at) for at in range(len(SAID))]
    theirs = words[3::PEOPLE]
    withdrawing.withdraw(judged, "P3")
    assert_nowhere(judged.folder, theirs, others=[said for said in words if said not in theirs])
    with judged.store.reading() as connection:
        model = models.latest(connection)
        gone = purging.stale(connection)
        left = {segment.id for segment in corpus.segments(connection)}
        machine = codings.latest_machine(connection)
    assert before.coder in gone
    assert model is not None
    assert model.coder.id != before.coder
    assert set(model.segments) <= left
    assert len(model.segments) == 195
    assert machine is not None
    assert machine.startswith("learned@")
    assert verify(judged).faults == ()


def test_nobody_whose_words_no_machine_may_read_stays_in_use(judged: Project, vectors: Remembering) -> None:
    training.train(judged, vectors=vectors)
    (judged.folder / "consent.csv").write_text("case,machine\nP3,no\n", encoding="utf-8")
    with pytest.raises(NotAllowed, match="learned from 5 passages that no machine may read"):
        tagging.tag(judged, vectors=vectors)
    anew = training.train(judged, vectors=vectors)
    assert anew.segments == 195
    assert any("5 judged passages may be read by no machine" in note for note in anew.notes)
    tagging.tag(judged, vectors=vectors)


def test_without_judgements_there_is_nothing_to_learn(make: Factory, vectors: Remembering) -> None:
    project = make({"answers.csv": _survey()})
    with pytest.raises(NotEnoughData, match="nobody has judged"):
        training.train(project, vectors=vectors)
    assert tagging.tag(project, vectors=vectors).coder.startswith("definitions@")
    with pytest.raises(NotEnoughData, match="no tagger has been trained"):
        tagging.tag(project, vectors=vectors, name="learned")


def test_a_damaged_model_is_refused(judged: Project, vectors: Remembering) -> None:
    training.train(judged, vectors=vectors)
    with judged.store.writing() as connection:
        connection.execute(text("UPDATE models SET digest = 'another'"))
    with pytest.raises(StoreError, match="damaged"):
        tagging.tag(judged, vectors=vectors)


def test_a_model_is_json_and_plain_arrays(judged: Project, vectors: Remembering) -> None:
    training.train(judged, vectors=vectors)
    with judged.store.reading() as connection:
        model = models.latest(connection)
    assert model is not None
    assert json.loads(json.dumps(model.head, allow_nan=False))["encoder"] == vectors.name
    assert {array.dtype.kind for array in model.arrays.values()} <= set("fiubU")
    assert set(model.head["versions"]) >= {"qualcode", "scikit-learn", "python"}


def test_each_judgement_serves_what_it_can() -> None:
    """In the random share by one over its chance; blind as it came by one; everything else for learning alone."""
    secret = b"a project's"
    ids = sorted((f"s_{n}" for n in range(1, 41)), key=lambda one: drawing.lot(secret, one))
    drawn = drawing.draw(ids, set(), ("isolation",), count=20, seed=1, secret=secret)
    assert drawn is not None
    share, rest = ids[:20], ids[20:]
    samples = [
        drawn.sample,
        Sample("left", (rest[0],), (0.25,), "audit of unproposed segments", 1),
        drawing.chosen([share[3], rest[1]], "uncertain", seed=1, secret=secret),
        Sample("assigned", (rest[2],), (0.1,), "blind assignment", 1),
    ]
    chosen = samples[2].id

    def judged(segment: str, sample: str | None = None, chance: float | None = None, blind: bool = True) -> Judged:
        return Judged(segment, "bo", ("isolation", "listening"), blind, sample, chance, "2026-01-01")

    decisions: list[tuple[Judged, tuple[Coding, ...]]] = [
        (judged(one, chosen if one == share[3] else drawn.sample.id), ()) for one in share
    ]
    decisions += [
        (judged(rest[0], "left", 0.25), ()),
        (judged(rest[1], chosen), ()),
        (judged(rest[2], "assigned", 0.1), ()),
    ]
    decisions += [(judged(rest[3]), ()), (judged(rest[4], blind=False), ())]
    found = Coding("c", share[0], "isolation", "bo", made_at="2026-02-01")
    decisions.append((Judged(share[0], "bo", ("isolation",), True, chosen, None, "2026-02-01"), (found,)))
    serves = Serving.of(decisions, samples, secret)
    weights = [serves.fair(segment, "bo", "isolation")[1] for segment in (share[1], share[3], *rest[:5])]
    assert weights == pytest.approx([1 / drawn.sample.probabilities[0]] * 2 + [0, 0, 10, 1, 0])
    assert serves.fair(share[0], "bo", "isolation")[0] is False, "the first blind word, not the second look"
    assert serves.fair(share[1], "bo", "listening") == (None, 0.0), "only isolation was drawn by lot there"


def test_what_was_judged_with_a_proposal_in_view_disputes_nothing_that_estimates(judged: Project) -> None:
    with judged.store.reading() as connection:
        before = judgements(judged, connection).training
        segments = corpus.segments(connection)
    seen = Judged(segments[0].id, "bo", CODES, False, made_at="2026-03-01")
    said = [Coding(f"c_{code}", segments[0].id, code, "bo", made_at="2026-03-01") for code in CODES]
    with judged.store.writing() as connection:
        codings.add_coder(connection, Coder("bo", "human"))
        codings.add_judgements(connection, [(seen, said)], judged.codebook)
    with judged.store.reading() as connection:
        after = judgements(judged, connection)
    assert after.disputed
    assert (after.training.weight == before.weight).all()
    assert (after.training.estimated == before.estimated).all()


def test_disputed_cells_and_carried_highlights(judged: Project) -> None:
    with judged.store.reading() as connection:
        segments = corpus.segments(connection)
        texts = {one.id: one for one in corpus.transcripts(connection)}
    by_row = {texts[segment.transcript].row: segment for segment in segments}
    disputed, marked = by_row["r0"], by_row["r220"]
    own = SAID[0][1]
    said = Judged(disputed.id, "bo", CODES, True, made_at="2026-02-01")
    other = [Coding(f"c_{code}", disputed.id, code, "bo", made_at="2026-02-01") for code in CODES if code != own]
    part = stretch(texts[marked.transcript], marked.start, marked.start + 30, secret=judged.secret)
    highlight = Coding("c_high", part.id, "isolation", "bo", made_at="2026-02-01")
    with judged.store.writing() as connection:
        codings.add_coder(connection, Coder("bo", "human"))
        corpus.add_selections(connection, [part])
        decided = [(said, other), (Judged(part.id, "bo", ("isolation",), True, made_at="2026-02-01"), [highlight])]
        codings.add_judgements(connection, decided, judged.codebook)
    with judged.store.reading() as connection:
        found = judgements(judged, connection)
    rows = {segment.id: at for at, segment in enumerate(found.training.segments)}
    assert found.disputed == 3
    assert (found.training.label[rows[disputed.id]] == NOT_JUDGED).all()
    assert found.training.label[rows[marked.id]].tolist() == [PRESENT, NOT_JUDGED, NOT_JUDGED]
    assert found.training.weight[rows[marked.id]].tolist() == [0, 0, 0]
    assert found.training.weight[rows[disputed.id]].tolist() == [0, 0, 0], "both were blind"


def test_bounds_are_said_or_said_to_be_missing(judged: Project, vectors: Remembering) -> None:
    for one in training.train(judged, vectors=vectors).trust:
        assert one.sentence.startswith(f"{one.code}: {one.word}")
        assert math.isnan(one.recall.point) or one.recall.low <= one.recall.point <= one.recall.high
        assert np.isfinite(one.threshold)
