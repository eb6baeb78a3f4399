"""The passage, among those that people coded, that is nearest to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coding import PRESENT
from qualcode.encoders import Encoder
from qualcode.taggers.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Coded passages by id, with their vectors; no words."""

    segments: tuple[str, ...]
    codes: tuple[str, ...]
    present: NDArray[np.bool_] = field(repr=False)
    """Shape (segments, codes)."""
    vectors: NDArray[np.float16] = field(repr=False)
    """Shape (segments, dimensions), of length 1."""

    @classmethod
    def of(cls, training: Training, encoder: Encoder | None) -> Nearest | None:
        """The passages that anybody judged present for any code; None without an encoder."""
        present = training.label == PRESENT
        rows = np.flatnonzero(present.any(axis=1))
        if encoder is None or not len(rows):
            return None
        chosen = [training.segments[row] for row in rows]
        vectors = encoder.encode([segment.text for segment in chosen]).astype(np.float16)
        return cls(tuple(segment.id for segment in chosen), training.codes, present[rows], vectors)

    def find(self, code: str, vector: NDArray[np.float32], *, but: str = "") -> tuple[str, float] | None:
        """Id and cosine of the nearest passage with this code, other than `but`; None where there is none."""
        own = self.present[:, self.codes.index(code)].copy()
        if but in self.segments:
            own[self.segments.index(but)] = False
        rows = np.flatnonzero(own)
        if not len(rows):
            return None
        similarity = self.vectors[rows].astype(np.float32) @ vector
        best = int(similarity.argmax())
        return self.segments[rows[best]], float(similarity[best])

    def to_state(self) -> dict[str, NDArray[Any]]:
        """As plain arrays."""
        names = {"segments": np.array(self.segments, dtype=str), "codes": np.array(self.codes, dtype=str)}
        return {**names, "present": self.present, "vectors": self.vectors}

    @classmethod
    def from_state(cls, arrays: Mapping[str, NDArray[Any]]) -> Nearest | None:
        """What gave these arrays; None for none."""
        if not arrays:
            return None
        names = (tuple(map(str, arrays["segments"].tolist())), tuple(map(str, arrays["codes"].tolist())))
        return cls(*names, arrays["present"], arrays["vectors"])
