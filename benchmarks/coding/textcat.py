"""spaCy's text categoriser for several labels, trained from nothing: no torch, no pretrained vectors."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.coding import thresholds
from benchmarks.coding.answers import Answer, Stopwatch, Task, inner_folds, positives

EPOCHS = 30
PATIENCE = 4
BATCH = 64
FOLDS = 5
LEARN_RATE = 0.02
"""Chosen on train parts: at spaCy's usual .001 the model had not settled after thirty epochs."""


class TextCat:
    """`textcat_multilabel` with TextCatBOW.v3 over words and pairs of words.

    Trained until the loss on a fifth of the people has not fallen for four epochs; cuts are chosen on that fifth where
    that helps; then trained on everything for as many epochs.
    """

    name = "spaCy textcat"
    version = "2"
    starts_empty = False

    def answer(self, task: Task) -> Answer:
        """Train and code."""
        watch = Stopwatch(task.encoder)
        training, truth = task.training, positives(task.training)
        texts = [segment.text for segment in training.segments]
        fold = inner_folds(training, FOLDS, task.seed)
        inside, outside = np.flatnonzero(fold == 0), np.flatnonzero(fold != 0)
        cuts = np.full(truth.shape[1], 0.5)
        epochs = EPOCHS // 2
        if len(outside):
            held = [texts[i] for i in inside]
            epochs, score = _stopped([texts[i] for i in outside], truth[outside], held, truth[inside], task.seed)
            if not task.one_of:
                cuts = thresholds.chosen(score, truth[inside], np.arange(len(inside)) % 3, 0.5)
        model = _Model(truth.shape[1], task.seed)
        model.learns(texts, truth)
        for _ in range(epochs):
            model.epoch()
        train_seconds = watch.lap()
        score = model.read([segment.text for segment in task.asked])
        return Answer(score >= cuts, score, train_seconds, watch.lap(), note=f"{epochs} epochs")


class _Model:
    def __init__(self, labels: int, seed: int) -> None:
        import spacy
        from spacy.util import fix_random_seed

        fix_random_seed(seed)
        self._chance = random.Random(seed)
        self._labels = [str(label) for label in range(labels)]
        self._nlp = spacy.blank("en")
        architecture = {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": False,
            "ngram_size": 2,
            "no_output_layer": False,
        }
        self._pipe = self._nlp.add_pipe("textcat_multilabel", config={"model": architecture})
        for label in self._labels:
            self._pipe.add_label(label)
        self._optimizer = self._nlp.initialize()
        self._optimizer.learn_rate = LEARN_RATE
        self._examples: list[Any] = []

    def learns(self, texts: list[str], truth: NDArray[np.bool_]) -> None:
        """What it is to learn from, tokenised once."""
        from spacy.training import Example

        for doc, row in zip(self._nlp.pipe(texts, disable=["textcat_multilabel"]), truth, strict=True):
            said = {label: float(present) for label, present in zip(self._labels, row, strict=True)}
            self._examples.append(Example.from_dict(doc, {"cats": said}))

    def epoch(self) -> None:
        order = self._chance.sample(self._examples, len(self._examples))
        for at in range(0, len(order), BATCH):
            self._pipe.update(order[at : at + BATCH], sgd=self._optimizer)

    def read(self, texts: list[str]) -> NDArray[np.float64]:
        docs = self._nlp.pipe(texts, batch_size=256)
        return np.array([[doc.cats[label] for label in self._labels] for doc in docs])


def _stopped(
    texts: list[str], truth: NDArray[np.bool_], held: list[str], held_truth: NDArray[np.bool_], seed: int
) -> tuple[int, NDArray[np.float64]]:
    """Epochs until the held-out loss stops falling, and the held-out scores at that point."""
    model = _Model(truth.shape[1], seed)
    model.learns(texts, truth)
    lowest, best, scores = np.inf, 1, np.zeros(held_truth.shape)
    for number in range(1, EPOCHS + 1):
        model.epoch()
        score = np.clip(model.read(held), 1e-6, 1 - 1e-6)
        loss = -float(np.mean(np.where(held_truth, np.log(score), np.log(1 - score))))
        if loss < lowest:
            lowest, best, scores = loss, number, score
        elif number - best >= PATIENCE:
            break
    return best, scores
