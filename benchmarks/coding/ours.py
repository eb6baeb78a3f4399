"""qualcode itself: the codebook alone at no labels, what it learned from judgements at any other budget."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import qualcode
from benchmarks.coding.answers import Answer, Stopwatch, Task
from qualcode.coding import PRESENT, Proposals
from qualcode.errors import NotEnoughData
from qualcode.taggers.definitions import DefinitionTagger

AUTOMATE = "automate"
PARTS = ("taggers", "encoders", "analysis", "nlp.py")


class Qualcode:
    """The tagger as it is shipped. Its version is the code that its answers depend on, comments left out."""

    name = "qualcode"
    starts_empty = True

    @property
    def version(self) -> str:
        """A hash of the modules and word lists of `taggers`, `encoders`, `analysis` and `nlp`."""
        return _code_hash()

    def answer(self, task: Task) -> Answer:
        """Learn and code.

        Raises:
            ImportError: this version of qualcode has no learned tagger.
        """
        watch = Stopwatch(task.encoder)
        tagger, note = self._tagger(task)
        tagger.tag(list(task.asked[:1]))  # what it makes at first use belongs to training
        train_seconds = watch.lap()
        proposals = tagger.tag(list(task.asked))
        code_seconds = watch.lap()
        trust = getattr(tagger, "trust", {})
        return Answer(
            proposals.state == PRESENT,
            _scores(proposals),
            train_seconds,
            code_seconds,
            settled=getattr(proposals, "settled", None),
            whole=getattr(proposals, "whole", None),
            note=note or tagger.coder.id,
            trusted=tuple(code for code, one in trust.items() if str(one.word).startswith(AUTOMATE)),
        )

    def _tagger(self, task: Task) -> tuple[Any, str]:
        """The tagger, and why it is the codebook's own where judgements were given."""
        alone = DefinitionTagger(task.codebook, encoder=task.encoder)
        if not task.training.segments:
            return alone, ""
        from qualcode.taggers.learned import LearnedTagger

        learned = LearnedTagger(task.codebook, encoder=task.encoder, seed=task.seed)
        try:
            return learned.fit(task.training), ""
        except NotEnoughData as too_little:
            # What a user would be told, and then go on with.
            return alone, f"codebook alone: {too_little}"


def _scores(proposals: Proposals) -> NDArray[np.float64]:
    """Calibrated probability, by column; the tagger's own strength where a code has none."""
    raw = np.asarray(proposals.raw_score, dtype=np.float64)
    if proposals.score is None:
        return raw
    score = np.asarray(proposals.score, dtype=np.float64)
    return np.where(np.isnan(score).any(axis=0), raw, score)


@cache
def _code_hash() -> str:
    root = Path(qualcode.__file__).parent
    found = hashlib.sha256()
    for part in PARTS:
        path = root / part
        for file in sorted(path.rglob("*.*")) if path.is_dir() else [path]:
            if file.suffix in (".py", ".txt"):
                text = file.read_text(encoding="utf-8")
                found.update(file.relative_to(root).as_posix().encode())
                found.update((_as_parsed(text) if file.suffix == ".py" else text).encode())
    return found.hexdigest()[:12]


def _as_parsed(text: str) -> str:
    """A module as a tree without docstrings: a comment more is no other tagger."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
    return ast.dump(tree)


def _is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
