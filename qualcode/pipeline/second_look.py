"""`qualcode second-look`: judgements that are most likely wrong are asked for once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder
from qualcode.errors import NotEnoughData
from qualcode.pipeline import asking, consenting
from qualcode.pipeline.asking import Asking, Question
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.review.label_errors import suspects
from qualcode.store import codings, frames
from qualcode.taggers import training
from qualcode.taggers.training import Training

AGAIN = 30
FEWEST = 40
"""Judged segments below which a model has seen too little to doubt a person."""

OutOfFold = Callable[[Training], NDArray[np.float64]]
"""Probabilities of present, shape (n, k), each by a model that saw neither the row nor its group; NaN where none is."""


def second_look(project: Project, coder: str, *, count: int = AGAIN, out_of_fold: OutOfFold | None = None) -> Asking:
    """Choose the judgements to look at again. What was said before is not shown; a new answer is a new judgement.

    Args:
        project: whose judgements are doubted.
        coder: who looks.
        count: how many, at most.
        out_of_fold: the model that doubts; one of words alone unless given.

    Raises:
        ImporterError: `consent.csv` is faulty.
        NotEnoughData: too little was judged, or nothing is doubted.
    """
    codebook = project.codebook
    consenting.take(project)
    with project.store.reading() as connection:
        segments, programmes = asking.askable(project, connection, codebook.language)
        people = {id_ for id_, one in codings.coders(connection).items() if one.kind == "human"}
        judged, present = frames.judged(connection, project.runs), frames.codings(connection, ())
    judged = judged[judged["coder"].isin(people)]
    found = {*present[present["coder"].isin(people)][["segment", "coder", "code"]].itertuples(index=False, name=None)}
    codes = tuple(code.id for code in codebook.active)
    said: dict[tuple[str, str], set[bool]] = {}
    for segment, who, code in judged[["segment", "coder", "code"]].itertuples(index=False, name=None):
        said.setdefault((segment, code), set()).add((segment, who, code) in found)
    rows = [one for one in segments if any((one.id, code) in said for code in codes)]
    if len(rows) < FEWEST:
        raise NotEnoughData(
            "too few passages were judged to doubt any", needed=FEWEST, found=len(rows), hint="qualcode ask"
        )
    label = np.full((len(rows), len(codes)), NOT_JUDGED, dtype=np.int8)
    for row, one in enumerate(rows):
        for column, code in enumerate(codes):
            if len(answers := said.get((one.id, code), set())) == 1:
                label[row, column] = PRESENT if True in answers else ABSENT
    rows_judged = Training(tuple(rows), codes, label, np.zeros(label.shape))
    doubted = suspects(label, (out_of_fold or by_words)(rows_judged))[:count]
    if not doubted:
        raise NotEnoughData("no judgement is doubted", needed=1, found=0)
    pairs = sorted((codes[one.column], rows[one.row].id, one.row) for one in doubted)
    sample = drawing.chosen(
        [id_ for _, id_, _ in pairs], "second look", seed=project.settings.seed, secret=project.secret
    )
    asking.keep(project, [sample], coder)
    questions = tuple(Question(rows[row], programmes.get(id_, ""), (code,), sample) for code, id_, row in pairs)
    wanted = {code for code, _, _ in pairs}
    scope = replace(codebook, codes=tuple(code for code in codebook.active if code.id in wanted))
    known = {code: int((label[:, codes.index(code)] == PRESENT).sum()) for code in codes if code in wanted}
    return Asking(Coder(coder, "human"), "code", questions, scope, 0, known)


def by_words(judged: Training, *, count: int = 5, seed: int = 0) -> NDArray[np.float64]:
    """What a linear model of words alone says of each judged row, from folds that hold neither it nor its group.

    Raises:
        NotEnoughData: fewer groups than folds.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    fold = training.folds(judged.group, judged.label, count=count, seed=seed)
    texts = np.array([segment.text for segment in judged.segments], dtype=object)
    found = np.full(judged.label.shape, np.nan)
    for number in range(count):
        out = fold == number
        words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b")
        inside, outside = words.fit_transform(texts[~out]), words.transform(texts[out])
        for column in range(judged.label.shape[1]):
            known = judged.label[~out, column]
            if not (known == PRESENT).any() or not (known == ABSENT).any():
                continue
            model = LogisticRegression(C=10.0, solver="liblinear")
            model.fit(inside[known != NOT_JUDGED], known[known != NOT_JUDGED] == PRESENT)
            found[out, column] = model.predict_proba(outside)[:, 1]
    return found
