"""`qualcode second-look`: judgements that are most likely wrong are asked for once more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qualcode.coding import PRESENT, Coder
from qualcode.errors import NotEnoughData
from qualcode.pipeline import acts, asking, consenting, encoding, training
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.asking import Asking, Question
from qualcode.pipeline.encoding import Vectors
from qualcode.pipeline.judgements import judgements
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.review.label_errors import suspects

AGAIN = 30
FEWEST = 40
"""Judged segments below which a model has seen too little to doubt a person."""


def second_look(
    project: Project, coder: str, *, count: int = AGAIN, vectors: Vectors = None, progress: Progress = acts.silent
) -> Asking:
    """Choose the judgements to look at again. What was said before is not shown; a new answer is a new judgement.

    The trained tagger doubts them, by scores of models that saw neither the participant nor the text.

    Args:
        project: whose judgements are doubted.
        coder: who looks.
        count: how many, at most.
        vectors: the encoder, where one is loaded already.
        progress: told how far it is.

    Raises:
        ImporterError: `consent.csv` is faulty.
        NotEnoughData: too little was judged, or nothing is doubted.
    """
    codebook = project.codebook
    consenting.take(project)
    with project.store.reading() as connection:
        segments, programmes = asking.askable(project, connection, codebook.language)
        judged = judgements(project, connection).training
    shown = {one.id: one for one in segments}
    judged = judged.rows([row for row, one in enumerate(judged.segments) if one.id in shown])
    if len(judged.segments) < FEWEST:
        raise NotEnoughData(
            "too few passages were judged to doubt any", needed=FEWEST, found=len(judged.segments), hint="qualcode ask"
        )
    if vectors is None:
        vectors, _ = encoding.encoder(progress)
    tagger = training.fresh(project, codebook, vectors).fit(judged)
    codes = tagger.learned
    label = judged.label[:, [judged.codes.index(code) for code in codes]]
    doubted = suspects(label, tagger.out_of_fold.astype(np.float64))[:count]
    if not doubted:
        raise NotEnoughData("no judgement is doubted", needed=1, found=0)
    pairs = sorted((codes[one.column], judged.segments[one.row].id) for one in doubted)
    sample = drawing.chosen([id_ for _, id_ in pairs], "second look", seed=project.settings.seed, secret=project.secret)
    asking.keep(project, [sample], coder)
    questions = tuple(Question(shown[id_], programmes.get(id_, ""), (code,), sample) for code, id_ in pairs)
    wanted = {code for code, _ in pairs}
    scope = replace(codebook, codes=tuple(code for code in codebook if code.id in wanted))
    known = {code: int((label[:, codes.index(code)] == PRESENT).sum()) for code in codes if code in wanted}
    return Asking(Coder(coder, "human"), "code", questions, scope, 0, known)
