"""Which judgement to ask for next: what teaches most, spread over codes, people and kinds of talk.

Each code gets its turn, those with the fewest known passages first. For a code of which little is known the likeliest
passages are asked: near the threshold there is nothing to find yet (Attenberg and Provost, 2010). The more are known,
the more those near the threshold count (uncertainty sampling: Lewis and Gale, 1994), and at all times those on which
the parts of the tagger differ. What is like a passage that was chosen before loses by it (maximal marginal relevance:
Carbonell and Goldstein, 1998), and no text is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ENOUGH = 10
"""Known passages of a code from which on only the threshold counts: with fewer no threshold can be told."""
ALIKE = 0.3
"""What a passage loses that is the same as one chosen before; its worth is 0 to 1 and half as much again where the
parts differ. More, and passages that are only unlike the others crowd out those that carry a rare code."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What is known of n segments and k codes before anybody is asked."""

    judged: NDArray[np.bool_] = field(repr=False)
    """Shape (n, k): a person has decided."""
    known: NDArray[np.int64]
    """Shape (k,): segments on which a person found the code."""
    texts: NDArray[np.int64] = field(repr=False)
    """Shape (n,): segments with the same number have the same text."""
    people: NDArray[np.int64] = field(repr=False)
    """Shape (n,): segments with the same number are of one person."""
    score: NDArray[np.float64] | None = field(default=None, repr=False)
    """Shape (n, k), 0 to 1, raw or calibrated; NaN where there is none."""
    threshold: NDArray[np.float64] | None = field(default=None, repr=False)
    """Shape (k,): from which score on a code is proposed; one half unless given."""
    parts: Sequence[NDArray[np.float64]] = field(default=(), repr=False)
    """Scores of the tagger's parts, each of shape (n, k), 0 to 1, where they are known apart."""
    vectors: NDArray[np.float64] | None = field(default=None, repr=False)
    """Shape (n, d), of length 1."""


def worth(candidates: Candidates) -> NDArray[np.float64]:
    """What an answer to each question is expected to teach, shape (n, k): 0 to 1.5, 0 where no score is known."""
    value = np.zeros(candidates.judged.shape)
    if candidates.score is not None:
        scored = np.nan_to_num(candidates.score)
        threshold = np.full(scored.shape[1], 0.5) if candidates.threshold is None else candidates.threshold
        threshold = np.clip(threshold, 1e-6, 1 - 1e-6)
        near = np.minimum(scored / threshold, (1 - scored) / (1 - threshold))
        # Beside the strongest of its code: what a raw score is worth differs from code to code.
        likely = scored / np.maximum(scored.max(axis=0, initial=0.0), 1e-9)
        learned = np.minimum(1.0, candidates.known / ENOUGH)
        value = np.where(np.isnan(candidates.score), 0.0, learned * near + (1 - learned) * likely)
    if len(candidates.parts) > 1:
        said = np.stack([np.nan_to_num(part) for part in candidates.parts])
        value = value + (said.max(axis=0) - said.min(axis=0)) / 2
    return value


def order(
    candidates: Candidates, *, count: int, whole: bool, apart: Sequence[int] | NDArray[np.int64] = (), seed: int
) -> list[tuple[int, int]]:
    """Questions that teach most, in the order in which they were chosen.

    Args:
        candidates: what may be asked about.
        count: how many questions.
        whole: a segment is asked once, for all codes; else once for a code.
        apart: rows that are asked at random anyway, and are not to be chosen.
        seed: for ties.

    Returns:
        (row, column): the segment, and the code for whose sake it was chosen.
    """
    rows, columns = candidates.judged.shape
    chance = np.random.default_rng(seed)
    value = worth(candidates) + 1e-6 * chance.random((rows, columns))
    free = ~candidates.judged
    texts = candidates.texts
    free[np.isin(texts, texts[np.asarray(apart, dtype=np.int64)])] = False
    for column in range(columns):
        free[np.isin(texts, texts[candidates.judged[:, column]]), column] = False
    like = np.zeros((rows, 1 if whole else columns))
    turns = [int(column) for column in np.argsort(candidates.known + chance.random(columns), kind="stable")]
    found: list[tuple[int, int]] = []
    while turns and len(found) < count:
        for column in list(turns):
            mine = 0 if whole else column
            ranked = np.where(free[:, column], value[:, column] - ALIKE * like[:, mine], -np.inf)
            row = int(ranked.argmax()) if rows else 0
            if not rows or not free[row, column]:
                turns.remove(column)
                continue
            found.append((row, column))
            if len(found) == count:
                break
            same = texts == texts[row]
            if whole:
                free[same] = False
            else:
                free[same, column] = False
            like[:, mine] = np.maximum(like[:, mine], _likeness(candidates, row))
    return found


def _likeness(candidates: Candidates, row: int) -> NDArray[np.float64]:
    """How like each segment is to one that was chosen, 0 to 1; without vectors, whether the same person says it."""
    if candidates.vectors is None:
        return np.asarray(candidates.people == candidates.people[row], dtype=np.float64)
    return np.asarray(np.clip(candidates.vectors @ candidates.vectors[row], 0.0, 1.0), dtype=np.float64)
