"""Text to vectors. One encoder a file; without one, the tagger works on words alone and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Texts to unit vectors."""

    name: str
    """Name and version; vectors that are kept carry it."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Array of shape (len(texts), dimensions), rows of length 1."""
