"""What learns a codebook from people's judgements: one ridge regression a code, all at once, on what a segment shows.

Definitions, examples and near misses are rows of their own. A cell that nobody judged is no row of that code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Span
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.errors import NotEnoughData
from qualcode.taggers import ridge
from qualcode.taggers.codebook_model import said_of
from qualcode.taggers.segment_features import SegmentFeatures
from qualcode.taggers.training import Training, parted

FOLDS = 10
FEWEST_FAMILIAR = 100
"""Fewer rows that others said word for word prove nothing of their own, and the models for them cost as much again."""
PENALTY = 2.0
CODEBOOK_WEIGHT = 2.0
"""A clause counts as two judged segments: with 200 of these and 36 codes, macro F1 .39 against .31 at a twentieth."""
PRIOR_POSITIVES = 5
"""A code's own cut counts as its positives do, the cut of all codes together as five do."""
SPREAD = 0.1
"""Of fitted values around the cut, from .27 to .73 of raw score."""


class Learner:
    """Raw scores of segments for codes, on one scale: .5 is where a code's F1 is best.

    Args:
        codebook: its definitions, examples and near misses are learned too.
        encoder: sentence vectors; without one, words alone.
        seed: of the folds.
    """

    def __init__(self, codebook: Codebook, encoder: Encoder | None, *, seed: int = 1) -> None:
        self.codebook = codebook
        self.seed = seed
        self.codes: tuple[str, ...] = ()
        self.unlearned: Mapping[str, str] = {}
        """The codes of the training that could not be learned, each with the reason."""
        self.out_of_fold: NDArray[np.float64] = np.zeros((0, 0))
        """Shape (n, codes): the score of each training row by a model that saw neither its participant nor its text."""
        self.familiar: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        """Shape (n,): rows whose very text others said too, where there are enough of them."""
        self.knowing: NDArray[np.float64] = np.zeros((0, 0))
        """As `out_of_fold`; those of familiar rows by models that saw what others who said just that were coded as."""
        self.fold: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        """Shape (n,): participants whole; rows of other folds that hold the same text were left out as well."""
        self.parted_by = "participant"
        """Or "text", where all segments are of one participant."""
        self._features = SegmentFeatures(encoder, codebook.language)
        self._sparse_weight: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._dense_weight: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._constant: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._cut: NDArray[np.float64] = np.zeros(0)

    def fit(self, training: Training) -> Learner:
        """Learn, and score each training row by models that did not see it.

        Raises:
            NotEnoughData: there is no row.
        """
        if not training.segments:
            raise NotEnoughData("no segment is judged", needed=1, found=0)
        said = _Said(self.codebook, training.codes)
        unlearned = _unlearned(training, said)
        self.unlearned = MappingProxyType(unlearned)
        kept = [column for column, code in enumerate(training.codes) if code not in unlearned]
        self.codes = tuple(training.codes[column] for column in kept)
        segments = [*training.segments, *said.segments]
        label = np.vstack([training.label[:, kept], said.label[:, kept]])
        size = len(training.segments)
        counts = np.where(np.arange(len(label)) < size, 1.0, CODEBOOK_WEIGHT)
        weight = (counts[:, None] * (label != NOT_JUDGED)).astype(np.float32)
        apart = parted(training, count=FOLDS, seed=self.seed)
        self.fold, self.parted_by = apart.fold, apart.by
        sparse, dense = self._features.fit(segments).transform(segments)
        kernel = _kernel(sparse, dense)
        target = (label == PRESENT).astype(np.float32)
        number = int(self.fold.max()) + 1
        folds = [*apart.seen]
        self.familiar = apart.familiar & (apart.familiar.sum() >= FEWEST_FAMILIAR)
        if self.familiar.any():
            folds += [apart.fold != one for one in range(number)]
        counted = [weight * np.r_[rows, np.ones(len(said.segments), dtype=bool)][:, None] for rows in folds]
        dual = ridge.solve(kernel, np.tile(target, (1, len(folds) + 1)), np.hstack([weight, *counted]), penalty=PENALTY)
        fitted = (kernel[:size] @ dual).reshape(size, len(folds) + 1, len(kept))
        held = fitted[np.arange(size), self.fold + 1]
        knowing = fitted[np.arange(size), self.fold + 1 + (number if self.familiar.any() else 0)]
        own = dual[:, : len(kept)]
        self._sparse_weight = np.asarray(sparse.T @ own, dtype=np.float32)
        self._dense_weight, self._constant = dense.T @ own, own.sum(axis=0)
        self._cut = _cuts(training.label[:, kept], held)
        self.out_of_fold = self._raw(held)
        self.knowing = self._raw(knowing)
        return self

    def score(self, segments: Sequence[Segment]) -> NDArray[np.float64]:
        """Shape (len(segments), len(codes)), 0 to 1, on the scale of `out_of_fold`."""
        if not segments:
            return np.zeros((0, len(self.codes)))
        sparse, dense = self._features.transform(segments)
        return self._raw(np.asarray(sparse @ self._sparse_weight) + dense @ self._dense_weight + self._constant)

    def words(self, segments: Sequence[Segment], cells: Sequence[tuple[int, int]]) -> list[list[tuple[Span, float]]]:
        """What each word and pair of words adds to the fitted value of each cell, exactly, largest first.

        A word's part under the segment's question is in it. The cut lies at 0.3 or thereabouts of a value from 0 to 1.

        Args:
            segments: the passages.
            cells: (place in `segments`, place in `codes`).
        """
        rows = sorted({row for row, _ in cells})
        if not rows:
            return []
        sparse = self._features.sparse([segments[row] for row in rows])
        named: dict[int, list[tuple[Span, float, int]]] = {}
        for at, row in enumerate(rows):
            inside = slice(sparse.indptr[at], sparse.indptr[at + 1])
            value = dict(zip(sparse.indices[inside].tolist(), sparse.data[inside].tolist(), strict=True))
            named[row] = [
                (span, value.get(feature, 0.0), feature) for feature, span in self._features.names(segments[row])
            ]
        found = []
        for row, column in cells:
            added: dict[Span, float] = {}
            for span, share, feature in named[row]:
                added[span] = added.get(span, 0.0) + float(share * self._sparse_weight[feature, column])
            found.append(sorted(added.items(), key=lambda item: (-abs(item[1]), item[0])))
        return found

    def to_state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What was learned, as what JSON and npz can hold; nothing of the training rows but their vocabulary."""
        head, arrays = self._features.to_state()
        own = {
            "codes": list(self.codes),
            "unlearned": dict(self.unlearned),
            "seed": self.seed,
            "parted_by": self.parted_by,
            "features": head,
        }
        weights: dict[str, NDArray[Any]] = {
            "sparse_weight": self._sparse_weight,
            "dense_weight": self._dense_weight,
            "constant": self._constant,
            "cut": self._cut,
        }
        return own, arrays | weights

    @classmethod
    def from_state(
        cls, codebook: Codebook, encoder: Encoder | None, head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> Learner:
        """What `to_state` gave, made into a learner again: it scores, and has no out-of-fold scores."""
        learner = cls(codebook, encoder, seed=head["seed"])
        learner.codes = tuple(head["codes"])
        learner.unlearned = MappingProxyType(dict(head["unlearned"]))
        learner.parted_by = head["parted_by"]
        learner._features = SegmentFeatures.from_state(encoder, head["features"], arrays)
        learner._sparse_weight = arrays["sparse_weight"]
        learner._dense_weight = arrays["dense_weight"]
        learner._constant = arrays["constant"]
        learner._cut = arrays["cut"]
        learner.out_of_fold = np.zeros((0, len(learner.codes)))
        return learner

    def _raw(self, fitted: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp(-(fitted.astype(np.float64) - self._cut) / SPREAD)))


class _Said:
    """What the codebook says, as rows: the text, and which codes it is an instance of."""

    def __init__(self, codebook: Codebook, codes: Sequence[str]) -> None:
        place = {code: column for column, code in enumerate(codes)}
        texts: list[str] = []
        labels: list[NDArray[np.int8]] = []
        for code in codebook:
            if code.id not in place and code not in codebook.active:
                continue
            near = [(miss.text, miss.instead) for miss in code.near_misses]
            for text, owner in [*((text, code.id) for _, text in said_of(code)), *near]:
                row = np.full(len(codes), ABSENT, dtype=np.int8)
                for relative in _family(codebook, owner) if owner else ():
                    # A sub-code's definition is no instance of its heading's absence.
                    if relative in place:
                        row[place[relative]] = PRESENT if relative == owner else NOT_JUDGED
                texts.append(text)
                labels.append(row)
        self.segments = [
            Segment(f"said_{number}", "codebook", 0, len(text), "selection", text) for number, text in enumerate(texts)
        ]
        self.label = np.array(labels, dtype=np.int8).reshape(len(texts), len(codes))


def _family(codebook: Codebook, code: str) -> set[str]:
    """A code, the codes above it and those under it."""
    family = {code}
    above = codebook[code].parent if code in codebook else None
    while above and above not in family:
        family.add(above)
        above = codebook[above].parent if above in codebook else None
    under = {code}
    while under:
        under = {other.id for other in codebook if other.parent in under} - family
        family |= under
    return family


def _unlearned(training: Training, said: _Said) -> dict[str, str]:
    """Codes without a segment that has them, or without anything that has not."""
    reasons: dict[str, str] = {}
    for column, code in enumerate(training.codes):
        if not (training.label[:, column] == PRESENT).any():
            reasons[code] = "no segment is judged present"
        elif not (training.label[:, column] == ABSENT).any() and not (said.label[:, column] == ABSENT).any():
            reasons[code] = "no segment is judged absent"
    return reasons


def _kernel(sparse: Any, dense: NDArray[np.float32]) -> NDArray[np.float32]:
    """Inner products of all rows, shape (n, n), with one for the constant; block by block, as a block is not sparse."""
    kernel = dense @ dense.T + np.float32(1)
    turned = sparse.T.tocsr()
    for start in range(0, sparse.shape[0], 1000):
        kernel[start : start + 1000] += (sparse[start : start + 1000] @ turned).toarray()
    return np.asarray(kernel, dtype=np.float32)


def _cuts(label: NDArray[np.int8], fitted: NDArray[np.float32]) -> NDArray[np.float64]:
    """For each code the fitted value from which it is proposed.

    The mean of two cuts: where F1 is best, and where as many are proposed as people found. Either is drawn towards the
    cut of all codes together, the more the fewer positives there are: of three positives the best cut is chance.
    """
    judged = label != NOT_JUDGED
    if not judged.any():  # no code could be learned
        return np.zeros(label.shape[1])
    everywhere = _best_cut(label[judged] == PRESENT, fitted[judged])
    cuts = np.full(label.shape[1], everywhere)
    for column in range(label.shape[1]):
        rows = judged[:, column]
        present, values = label[rows, column] == PRESENT, fitted[rows, column]
        positives = int(present.sum())
        own = (_best_cut(present, values) + float(np.sort(values)[-positives])) / 2
        cuts[column] = (positives * own + PRIOR_POSITIVES * everywhere) / (positives + PRIOR_POSITIVES)
    return cuts


def _best_cut(present: NDArray[np.bool_], value: NDArray[np.float32]) -> float:
    """The value from which proposing gives the best F1, half-way to the next below."""
    order = np.argsort(-value, kind="stable")
    found = np.cumsum(present[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + present.sum())
    best = int(f1.argmax())
    return float(value[order[best : best + 2]].mean())
