"""`qualcode train`: a tagger learns from what people have judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode import charts, plugins
from qualcode.codebook import Codebook
from qualcode.coding import NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.exporters import evaluation
from qualcode.pipeline import acts, consenting, encoding
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.judgements import Judgements, judgements
from qualcode.project import Project
from qualcode.settings import AUTO
from qualcode.store import codebooks, events, models
from qualcode.taggers.learned import LearnedTagger
from qualcode.taggers.learning_curve import LearningCurve, learning_curve
from qualcode.taggers.training import Training
from qualcode.taggers.trust import CodeTrust

LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class TrainSummary:
    """What was learned, and what each code's scores may be trusted with, provisionally."""

    coder: str
    segments: int
    cells: int
    people: int
    random: int
    """Cells that may serve estimation."""
    trust: tuple[CodeTrust, ...]
    unlearned: Mapping[str, str]
    """Codes that the codebook alone serves, and why."""
    whole: str
    """How many segments could be settled on all codes at once, in one sentence."""
    changed: bool
    """False where the same judgements had given the same tagger before."""
    tags: bool
    """Whether the settings let it tag."""
    notes: tuple[str, ...] = ()


def train(project: Project, *, vectors: encoding.Vectors = None, progress: Progress = acts.silent) -> TrainSummary:
    """Fit the learned tagger on all human judgements of segments that machines may read, and keep it in the store.

    Raises:
        CodebookError: the project's codebook has faults.
        NotEnoughData: too few people were judged, or nothing is present anywhere.
        ImporterError: `consent.csv` is faulty.
    """
    consenting.take(project)
    notes: tuple[str, ...] = ()
    if vectors is None:
        vectors, notes = encoding.encoder(progress)
    with project.store.reading() as connection:
        said = judgements(project, connection)
        before = models.latest(connection)
    if not said.training.segments:
        raise NotEnoughData(
            "nobody has judged anything on the segments in force",
            needed=1,
            found=0,
            hint="qualcode ask, or bring in what was coded elsewhere: qualcode import-codings",
        )
    tagger = fresh(project, project.codebook, vectors).fit(said.training)
    head, arrays = tagger.to_state()
    at = acts.now()
    changed = before is None or before.coder.id != tagger.model
    if changed:
        model = models.Model(
            tagger.as_learned, project.codebook.version, tagger.rows, head | {"versions": acts.versions()}, arrays, at
        )
        with project.store.writing() as connection:
            codebooks.keep(connection, project.codebook, project.codebook_text, at)
            models.keep(connection, model)
            events.record(
                connection,
                "train",
                actor=acts.RESEARCHER,
                at=at,
                subjects=[tagger.model, f"codebook:{project.codebook.version}"],
                counts={"segments": len(tagger.rows), "cells": _cells(said), "codes": len(tagger.trust)},
            )
    return TrainSummary(
        tagger.model,
        len(said.training.segments),
        _cells(said),
        len(set(said.training.people.tolist())),
        int(((said.training.weight > 0) & (said.training.label != NOT_JUDGED)).sum()),
        tuple(tagger.trust.values()),
        tagger.unlearned,
        tagger.whole_sentence,
        changed,
        project.settings.tagger in (AUTO, LEARNED),
        (*notes, *told(said)),
    )


def curve(project: Project, *, progress: Progress = acts.silent) -> LearningCurve:
    """How much better the tagger gets with more judgements; written as `learning_curve.csv` and `.svg` in the exports.

    Raises:
        NotEnoughData: too little was judged at random, or by too few people.
        ImporterError: `consent.csv` is faulty.
    """
    consenting.take(project)
    vectors, _ = encoding.encoder(progress)
    with project.store.reading() as connection:
        said = judgements(project, connection).training
    if not said.segments:
        raise NotEnoughData("nobody has judged anything", needed=1, found=0, hint="qualcode ask")

    def learned(part: Training, segments: Sequence[Segment]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        found = fresh(project, project.codebook, vectors).fit(part).tag(segments)
        strength, proposed = (
            np.zeros((len(segments), len(said.codes))),
            np.zeros((len(segments), len(said.codes)), bool),
        )
        for column, code in enumerate(said.codes):
            if code in found.codes:
                at = found.codes.index(code)
                strength[:, column], proposed[:, column] = found.raw_score[:, at], found.state[:, at] == PRESENT
        return strength, proposed

    made = learning_curve(learned, said, seed=project.settings.seed)
    evaluation.write_curve(made.to_frame(), charts.svg(charts.learning_curve(made.to_frame())), project.exports)
    return made


def fresh(project: Project, codebook: Codebook, vectors: encoding.Vectors) -> LearnedTagger:
    """A tagger that has learned nothing yet, with the project's settings."""
    settings = project.settings
    made: LearnedTagger = plugins.load("taggers", LEARNED)(
        codebook,
        encoder=vectors,
        floor=settings.floor,
        threshold=settings.threshold,
        aim=settings.aim,
        alpha=settings.alpha,
        seed=settings.seed,
    )
    return made


def told(said: Judgements) -> tuple[str, ...]:
    """What of the judgements was left out, or serves learning alone, and why."""
    found = []
    if said.disputed:
        found.append(f"{said.disputed:,} decisions on which coders disagree were left out")
    if said.unread:
        found.append(f"{said.unread:,} judged passages may be read by no machine: consent")
    for code, count in sorted(said.earlier.items()):
        found.append(f"{code}: {count:,} decisions were made under an earlier meaning; they serve learning alone")
    return tuple(found)


def _cells(said: Judgements) -> int:
    return int((said.training.label != NOT_JUDGED).sum())
