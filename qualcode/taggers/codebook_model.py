"""A linear model that learned the codebook itself: no text of the corpus, no labels.

Its rows are the clauses of each definition, the rules of use, the examples and the near misses, and ordinary talk
for "none of the codes". A code that is only a name and a definition is read otherwise: all that people say looks more
like talk than like a name. Such a code is held against the other codes alone.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.codebook import Code, Codebook
from qualcode.coding import Span
from qualcode.encoders import Encoder
from qualcode.taggers.features import Features

NONE = -1
TIMES_OTHERS = 4.0
"""A text is a code's when the model finds it this many times as likely as the others on average: strength .5."""
TIMES_OTHERS_BARE = 1.1
"""The same for a bare code, beside the other codes alone: with one row each, no code is ever much likelier. At 1 a text
without a known word, where all are equal, would be given every code."""
VECTORS_BARE, C_BARE = 5.0, 30.0
"""Weight of the vectors and inverse penalty where bare codes are read: what is meant tells more than the few words of a
name, and one row must count. Chosen on the train parts of public sets: weights of 3 to 10 and penalties of 10 to 100
differ by less than .02 macro F1 there, but for the one set of three codes; a weight of 1 lost .04 average precision on
counselling questions and .015 on interviews."""
_CLAUSE = re.compile(r"(?<=[.;])\s+")
_WORD = re.compile(r"(?u)\b\w\w+\b")
_TOO_CLOSE = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A row that the model learns from; `code` counts active codes, NONE is none of them."""

    text: str
    code: int
    clause: str


class CodebookModel:
    """Multinomial logistic regression over the codebook's own words.

    Args:
        codebook: its active codes are the classes, beside "none"; where one is bare, a second regression has the codes
            alone.
        encoder: sentence vectors; without one, words alone.
    """

    def __init__(self, codebook: Codebook, encoder: Encoder | None) -> None:
        from sklearn.linear_model import LogisticRegression

        self._codes = codebook.active
        self._encoder = encoder
        self.rows = self._all_rows()
        texts = [row.text for row in self.rows]
        self._features = Features(encoder).fit(texts)
        self._row_vectors = self._features.vectors(texts)
        self._row_matrix = self._features.transform(texts, self._row_vectors)
        owner = np.array([row.code for row in self.rows])
        self._classifier = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
        self._classifier.fit(self._row_matrix, owner)
        # A code that stands alone has no others to be held against.
        self.bare = np.array([is_bare(code) for code in self._codes]) & (len(self._codes) > 1)
        self._codes_alone = LogisticRegression(C=C_BARE, class_weight="balanced", max_iter=1000)
        if self.bare.any():
            # A bare code is one row here: the one code of a public set whose definition had seven sentences drew 70 %
            # of the passages, where people gave it to 7 %.
            first = [at == 0 or owner[at] != owner[at - 1] for at in range(len(owner))]
            own = np.flatnonzero((owner != NONE) & (~self.bare[owner] | first))
            with warnings.catch_warnings():
                # One row a class is what bare codes have; scikit-learn takes that for a slip.
                warnings.simplefilter("ignore", UserWarning)
                self._codes_alone.fit(self._vectors_first(self._row_matrix[own]), owner[own])

    def read(self, texts: Sequence[str]) -> Reading:
        """Score texts for every code."""
        vectors = self._features.vectors(texts)
        matrix = self._features.transform(texts, vectors)
        strength, top = self._held_against(self._classifier, matrix, TIMES_OTHERS)
        if self.bare.any():
            beside, likeliest = self._held_against(self._codes_alone, self._vectors_first(matrix), TIMES_OTHERS_BARE)
            strength = np.where(self.bare, beside, strength)
            top = np.where(self.bare, likeliest & ~self._small_talk(vectors, len(texts))[:, None], top)
        return Reading(self, list(texts), matrix, vectors, strength, top)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Word features, in the order of their columns, which come first."""
        return self._features.vocabulary

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Shape (codes, features): each code's weights against the mean of all classes."""
        weights = self._weights(self._classifier)
        if self.bare.any():
            weights[self.bare] = self._vectors_first(self._weights(self._codes_alone)[self.bare])
        return weights

    def clauses(self, column: int) -> list[int]:
        """Rows that say what the code is: its definition and rules of use; where it has no rules, its examples too."""
        own = [i for i, row in enumerate(self.rows) if row.code == column and ".near_miss." not in row.clause]
        said = [i for i in own if ".example." not in self.rows[i].clause]
        return said if self._codes[column].when_to_use else own

    def similarity(self, own: list[int], vectors: NDArray[np.float32] | None, matrix: Any) -> NDArray[np.float32]:
        """Cosine of texts with codebook rows; shape (texts, rows)."""
        if vectors is not None and self._row_vectors is not None:
            return vectors @ self._row_vectors[own].T
        product = np.asarray((matrix @ self._row_matrix[own].T).todense())
        norms = (
            np.sqrt(matrix.multiply(matrix).sum(axis=1))
            @ np.sqrt(self._row_matrix[own].multiply(self._row_matrix[own]).sum(axis=1)).T
        )
        return np.asarray(product / np.maximum(np.asarray(norms), 1e-9), dtype=np.float32)

    def _held_against(
        self, classifier: Any, matrix: Any, times: float
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Strength of each code beside all other classes, and which class is the likeliest; as in `Reading`."""
        share = np.asarray(classifier.predict_proba(matrix))
        classes = list(classifier.classes_)
        ratio = share * (len(classes) - 1) / np.maximum(1 - share, 1e-9) / times
        columns = [classes.index(k) for k in range(len(self._codes))]
        top = share >= share.max(axis=1, keepdims=True)
        return (ratio / (1 + ratio))[:, columns], top[:, columns]

    def _weights(self, classifier: Any) -> NDArray[np.float64]:
        weights = np.asarray(classifier.coef_)
        classes = list(classifier.classes_)
        if len(classes) == 2:
            weights = np.vstack([-weights[0], weights[0]])
        own = [classes.index(k) for k in range(len(self._codes))]
        return np.asarray((weights - weights.mean(axis=0))[own])

    def _vectors_first(self, matrix: Any) -> Any:
        """The same features with heavier vectors, which stand in the last columns."""
        weight = np.ones(matrix.shape[1])
        if self._row_vectors is not None:
            weight[-self._row_vectors.shape[1] :] = VECTORS_BARE
        return matrix * weight if isinstance(matrix, np.ndarray) else matrix.multiply(weight).tocsr()

    def _small_talk(self, vectors: NDArray[np.float32] | None, count: int) -> NDArray[np.bool_]:
        """Texts that come close to a line of ordinary talk; without vectors none can be told. Shape (count,)."""
        talk = [i for i, row in enumerate(self.rows) if not row.clause]
        if vectors is None or self._row_vectors is None or not talk:
            return np.zeros(count, dtype=bool)
        return np.asarray((vectors @ self._row_vectors[talk].T).max(axis=1) >= _TOO_CLOSE)

    def _all_rows(self) -> list[Row]:
        rows: list[Row] = []
        place = {code.id: index for index, code in enumerate(self._codes)}
        for index, code in enumerate(self._codes):
            rows += [Row(text, index, clause) for clause, text in said_of(code)]
            for number, miss in enumerate(code.near_misses, start=1):
                if not miss.instead or miss.instead in place:
                    rows.append(Row(miss.text, place.get(miss.instead, NONE), f"{code.id}.near_miss.{number}"))
        return rows + self._ordinary([row.text for row in rows if row.code != NONE])

    def _ordinary(self, coded: list[str]) -> list[Row]:
        """Ordinary talk, less the lines that are close to a code of this codebook (it may code parking)."""
        lines = ordinary_talk()
        if self._encoder and coded:
            close = (self._encoder.encode(lines) @ self._encoder.encode(coded).T).max(axis=1)
            lines = [line for line, similarity in zip(lines, close, strict=True) if similarity < _TOO_CLOSE]
        return [Row(line, NONE, "") for line in lines]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How the model reads some texts."""

    model: CodebookModel
    texts: list[str] = field(repr=False)
    matrix: Any = field(repr=False)
    vectors: NDArray[np.float32] | None
    strength: NDArray[np.float64]
    """Shape (texts, codes), 0 to 1: .5 where a code is TIMES_OTHERS as likely as the others on average; where it is
    bare, TIMES_OTHERS_BARE as the other codes."""
    top: NDArray[np.bool_]
    """Shape (texts, codes): the code is the likeliest of all, "none" included; where it is bare, of all codes, and the
    text is not small talk."""

    def words(self, text: int, column: int) -> list[tuple[Span, float]]:
        """Words of a text with their exact contribution to the code against the mean of all, largest first."""
        names = self.model.vocabulary
        weights = self.model.weights[column]
        spans: dict[str, Span] = {}
        for match in _WORD.finditer(self.texts[text]):
            spans.setdefault(match.group().lower(), match.span())
        start, end = self.matrix.indptr[text], self.matrix.indptr[text + 1]
        found = [
            (spans[names[feature]], float(value * weights[feature]))
            for feature, value in zip(self.matrix.indices[start:end], self.matrix.data[start:end], strict=True)
            if feature < len(names) and names[feature] in spans
        ]
        return sorted(found, key=lambda item: -abs(item[1]))

    def evidence(self, text: int, column: int, most: int) -> list[Span]:
        """The words that speak most for the code, strongest first; function words tell a reader nothing."""
        said = self.texts[text]
        speaking = [span for span, weight in self.words(text, column) if weight > 0]
        return [span for span in speaking if said[slice(*span)].lower() not in nlp.function_words()][:most]

    def nearest_clauses(self, texts: Sequence[int], column: int) -> list[tuple[str, float]]:
        """For each text the clause of the code's entry that is nearest, and its cosine."""
        own = self.model.clauses(column)
        vectors = self.vectors[list(texts)] if self.vectors is not None else None
        similarity = self.model.similarity(own, vectors, self.matrix[list(texts)])
        return [(self.model.rows[own[int(row.argmax())]].clause, float(row.max())) for row in similarity]


def ordinary_talk() -> list[str]:
    """Talk that carries no code in most codebooks."""
    lines = Path(__file__).with_name("ordinary_talk.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_bare(code: Code) -> bool:
    """Nothing but a name and a definition: no rule, example, near miss or pattern says how it sounds in use."""
    return not (code.when_to_use or code.examples or code.near_misses or code.patterns)


def said_of(code: Code) -> list[tuple[str, str]]:
    """What a code's entry says, piece by piece, each with the name by which a reason cites it."""
    pieces = [(f"{code.id}.definition", f"{code.label}. {code.definition}")]
    sentences = [text.strip() for text in _CLAUSE.split(code.definition) if len(text.split()) > 3]
    if len(sentences) > 1:
        pieces += [(f"{code.id}.definition", text) for text in sentences]
    pieces += [(f"{code.id}.when_to_use.{number}", text) for number, text in enumerate(code.when_to_use, start=1)]
    return pieces + [(f"{code.id}.example.{number}", text) for number, text in enumerate(code.examples, start=1)]
