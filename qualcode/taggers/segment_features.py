"""What a learner sees of a segment: its words and characters, its vectors, its punctuation, its speaker, its question.

Chosen on training parts of six public sets (benchmarks/README.md). The vector of the whole and the mean of its
sentences' vectors stand side by side: the encoder does not see a long text's end. Words are seen twice, alone and with
the question that they answer: "staff" under "What was good?" and under "What could we do better?" are two findings.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.coding import Span
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.taggers.training import plain

WORD_WEIGHT, CHARACTER_WEIGHT, VECTOR_WEIGHT, SURFACE_WEIGHT = 1.0, 0.7, 0.7, 0.3
QUESTION_ROWS = 5
"""A question is known when as many training rows answer it."""
MOST_QUESTIONS = 30
ROLES = ("participant", "interviewer", "facilitator", "author")
"""An unknown speaker is none of them, and so are the rows of the codebook."""
_TOKEN = re.compile(r"(?u)\b\w\w+\b")


class SegmentFeatures:
    """Two blocks side by side: sparse ones (words, characters, words by question) and dense ones (all others).

    Args:
        encoder: sentence vectors; without one, words alone.
    """

    def __init__(self, encoder: Encoder | None, language: str = "en") -> None:
        self.encoder = encoder
        self.language = language
        self.questions: tuple[str, ...] = ()
        """Digests of the questions known; a question may hold a name."""
        self.asked: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        """Sorted numbers of the (question, word) pairs that training rows hold."""

    def fit(self, segments: Sequence[Segment]) -> Self:
        """Learn vocabularies, document frequencies and recurring questions."""
        texts = [segment.text for segment in segments]
        words, characters = _words({}), _characters({})
        for vectorizer in (words, characters):
            try:
                vectorizer.fit(texts)
            except ValueError:  # sklearn's word for texts without a single feature: "?" and "..." alone
                vectorizer.vocabulary_ = {}
        self._take(_fitted(words), _fitted(characters))
        counts = Counter(_question(segment) for segment in segments if segment.context)
        known = [question for question, rows in counts.most_common(MOST_QUESTIONS) if rows >= QUESTION_ROWS]
        self.questions = tuple(sorted(known))
        by_question = self._by_question(segments, self._word_matrix(texts), None)
        self.asked = np.unique(by_question.indices).astype(np.int64)
        return self

    def transform(self, segments: Sequence[Segment]) -> tuple[Any, NDArray[np.float32]]:
        """A sparse matrix and a dense one, a row for each segment; a segment of no text has surface alone."""
        texts = [segment.text for segment in segments]
        return self.sparse(segments), np.hstack([*self._vectors(texts), self._surface(segments)])

    def sparse(self, segments: Sequence[Segment]) -> Any:
        """The sparse matrix alone: words, characters, words by question."""
        from scipy.sparse import hstack

        texts = [segment.text for segment in segments]
        words = self._word_matrix(texts)
        parts = [words, self._character_matrix(texts), self._by_question(segments, words, self.asked)]
        return hstack(parts, dtype=np.float32).tocsr()

    def names(self, segment: Segment) -> list[tuple[int, Span]]:
        """Sparse columns of a segment that are words or pairs of words, with where each first stands."""
        found: dict[int, Span] = {}
        last: tuple[str, Span] | None = None
        for match in _TOKEN.finditer(segment.text):
            word, span = match.group().lower(), match.span()
            terms = [(word, span)] + ([(f"{last[0]} {word}", (last[1][0], span[1]))] if last else [])
            for term, place in terms:
                column = self._word_columns.get(term)
                if column is not None:
                    found.setdefault(column, place)
            last = (word, span)
        question = self._place.get(_question(segment)) if segment.context else None
        if question is None or not len(self.asked):
            return list(found.items())
        size = len(self._word_columns)
        pairs: list[tuple[int, Span]] = []
        for column, span in found.items():
            number = question * size + column
            at = int(np.searchsorted(self.asked, number))
            if at < len(self.asked) and self.asked[at] == number:
                pairs.append((size + len(self._character_columns) + at, span))
        return [*found.items(), *pairs]

    def to_state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """All that was learned, as what JSON and npz can hold."""
        head = {
            "words": _in_order(self._word_columns),
            "characters": _in_order(self._character_columns),
            "questions": list(self.questions),
            "language": self.language,
        }
        return head, {"word_idf": self._word_idf, "character_idf": self._character_idf, "asked": self.asked}

    @classmethod
    def from_state(
        cls, encoder: Encoder | None, head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> SegmentFeatures:
        """What `to_state` gave, made into features again."""
        features = cls(encoder, head["language"])
        words = {term: column for column, term in enumerate(head["words"])}
        characters = {term: column for column, term in enumerate(head["characters"])}
        features._take((words, arrays["word_idf"]), (characters, arrays["character_idf"]))
        features.questions = tuple(head["questions"])
        features.asked = np.asarray(arrays["asked"], dtype=np.int64)
        return features

    def _take(
        self, words: tuple[dict[str, int], NDArray[Any]], characters: tuple[dict[str, int], NDArray[Any]]
    ) -> None:
        self._word_columns, self._word_idf = words
        self._character_columns, self._character_idf = characters

    @property
    def _place(self) -> dict[str, int]:
        return {question: place for place, question in enumerate(self.questions)}

    def _word_matrix(self, texts: Sequence[str]) -> Any:
        return WORD_WEIGHT * _tfidf(_words(self._word_columns), self._word_idf, texts)

    def _character_matrix(self, texts: Sequence[str]) -> Any:
        return CHARACTER_WEIGHT * _tfidf(_characters(self._character_columns), self._character_idf, texts)

    def _by_question(self, segments: Sequence[Segment], words: Any, asked: NDArray[np.int64] | None) -> Any:
        """Each row's words moved to the columns of its question; `asked` chooses columns and leaves the others out."""
        from scipy.sparse import csr_matrix

        size = words.shape[1]
        place = self._place
        question = np.array([place.get(_question(segment), -1) if segment.context else -1 for segment in segments])
        row = np.repeat(np.arange(len(segments)), np.diff(words.indptr))
        kept = question[row] >= 0 if len(row) else np.zeros(0, dtype=bool)
        row, values = row[kept], words.data[kept]
        column = question[row].astype(np.int64) * size + words.indices[kept]
        width = max(size * len(self.questions), 1)
        if asked is not None:
            at = np.searchsorted(asked, column)
            met = np.zeros(len(column), dtype=bool)
            met[at < len(asked)] = asked[at[at < len(asked)]] == column[at < len(asked)]
            row, values, column, width = row[met], values[met], at[met], len(asked)
        return csr_matrix((values, (row, column)), shape=(len(segments), width))

    def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """The vector of each whole text, and the mean of its sentences' vectors, of length 1 again."""
        if self.encoder is None or not texts:
            return []
        cuts = [nlp.sentences(text, self.language) for text in texts]
        owner = np.repeat(np.arange(len(texts)), [len(cut) if len(cut) > 1 else 0 for cut in cuts])
        sentences = [text[a:b] for text, cut in zip(texts, cuts, strict=True) if len(cut) > 1 for a, b in cut]
        vectors = self.encoder.encode([*texts, *sentences]).astype(np.float32)
        whole, mean = vectors[: len(texts)], np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        np.add.at(mean, owner, vectors[len(texts) :])
        alone = np.array([len(cut) <= 1 for cut in cuts])
        mean[alone] = whole[alone]
        mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
        return [VECTOR_WEIGHT * whole, VECTOR_WEIGHT * mean]

    def _surface(self, segments: Sequence[Segment]) -> NDArray[np.float32]:
        """Length, punctuation, speaker and question of each segment."""
        place = self._place
        dense = np.zeros((len(segments), 8 + len(ROLES) + len(place)), dtype=np.float32)
        for row, segment in enumerate(segments):
            text = segment.text
            size = len(text.split())
            dense[row, :8] = (
                np.log1p(size) / 3,
                "?" in text,
                text.count("?") > 1,
                "!" in text,
                text.rstrip().endswith("?"),
                size <= 3,
                any(character.isdigit() for character in text),
                text.isupper(),
            )
            if segment.role in ROLES:
                dense[row, 8 + ROLES.index(segment.role)] = 1
            question = place.get(_question(segment)) if segment.context else None
            if question is not None:
                dense[row, 8 + len(ROLES) + question] = 1
        return SURFACE_WEIGHT * dense


def _question(segment: Segment) -> str:
    return hashlib.sha256(plain(segment.context).encode()).hexdigest()[:16]


def _words(vocabulary: dict[str, int]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, vocabulary=vocabulary or None)


def _characters(vocabulary: dict[str, int]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        sublinear_tf=True,
        min_df=1 if vocabulary else 2,
        max_features=None if vocabulary else 60_000,
        dtype=np.float32,
        vocabulary=vocabulary or None,
    )


def _fitted(vectorizer: Any) -> tuple[dict[str, int], NDArray[Any]]:
    columns = {term: int(column) for term, column in vectorizer.vocabulary_.items()}
    return columns, np.asarray(vectorizer.idf_ if columns else np.zeros(0), dtype=np.float32)


def _tfidf(vectorizer: Any, idf: NDArray[Any], texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    if not len(idf) or not texts:
        return csr_matrix((len(texts), len(idf)), dtype=np.float32)
    vectorizer.idf_ = idf
    return vectorizer.transform(texts)


def _in_order(columns: Mapping[str, int]) -> list[str]:
    return sorted(columns, key=columns.__getitem__)
