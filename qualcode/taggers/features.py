"""Features of texts for linear taggers: word and character TF-IDF beside sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.encoders import Encoder

WORD_WEIGHT, CHARACTER_WEIGHT, VECTOR_WEIGHT = 1.0, 0.7, 1.0
"""Chosen on the training part of public patient feedback; larger vector weights lost .02 macro F1 there."""


class Features:
    """Word 1-2-grams, character 3-5-grams and, with an encoder, sentence vectors, side by side."""

    def __init__(self, encoder: Encoder | None) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.encoder = encoder
        self.words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        self.characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, max_features=60_000
        )

    def fit(self, texts: Sequence[str]) -> Features:
        """Learn vocabularies and document frequencies."""
        self.words.fit(texts)
        self.characters.fit(texts)
        return self

    @property
    def vocabulary(self) -> list[str]:
        """The word features, in the order of their columns, which come first."""
        return list(self.words.get_feature_names_out())

    def transform(self, texts: Sequence[str], vectors: NDArray[np.float32] | None) -> Any:
        """Sparse matrix of shape (len(texts), features); `vectors` as `encode` gives them."""
        from scipy.sparse import csr_matrix, hstack

        parts = [WORD_WEIGHT * self.words.transform(texts), CHARACTER_WEIGHT * self.characters.transform(texts)]
        if vectors is not None:
            parts.append(csr_matrix(VECTOR_WEIGHT * vectors))
        return hstack(parts).tocsr()

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Sentence vectors, or None without an encoder."""
        return self.encoder.encode(texts) if self.encoder else None
