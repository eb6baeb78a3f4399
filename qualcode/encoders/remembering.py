"""An encoder that remembers, for as long as the process lives, what it has encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qualcode.encoders import Encoder

BLOCK = 512


class Remembering:
    """Encodes each text once: tagging and theme discovery ask for the same vectors.

    Nothing is kept on disk, so there is nothing to purge when a participant withdraws.
    """

    def __init__(self, encoder: Encoder, progress: Callable[[int, int], None] | None = None) -> None:
        self._encoder = encoder
        self._progress = progress
        self._known: dict[str, NDArray[np.float32]] = {}
        self.name = encoder.name

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Array of shape (len(texts), dimensions)."""
        new = sorted({text for text in texts if text not in self._known}, key=len)
        for at in range(0, len(new), BLOCK):
            block = new[at : at + BLOCK]
            self._known.update(zip(block, self._encoder.encode(block), strict=True))
            if self._progress:
                self._progress(at + len(block), len(new))
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])
