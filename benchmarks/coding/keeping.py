"""Vectors kept on disk, by text and encoder, with the seconds that each took: encoding is most of the waiting."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qualcode.encoders import Encoder

BLOCK = 1024


class KeptVectors:
    """An encoder that looks on disk first.

    Args:
        encoder: makes what is not there yet.
        folder: of this encoder's vectors; made if need be. Several processes may write to it.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / hashlib.sha256(encoder.name.encode()).hexdigest()[:12]
        self._known: dict[str, tuple[NDArray[np.float32], float]] = {}
        self._asked: set[str] = set()
        self.name = encoder.name
        for path in sorted(self._folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as found:
                entries = zip(found["key"], found["vector"], found["seconds"], strict=True)
                self._known.update((str(key), (vector, float(seconds))) for key, vector, seconds in entries)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Array of shape (len(texts), dimensions)."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
        self._asked.update(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        ordered = sorted(new, key=lambda key: len(new[key]))
        for at in range(0, len(ordered), BLOCK):
            self._make(ordered[at : at + BLOCK], new)
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([self._known[key][0] for key in keys])

    def spent(self) -> float:
        """Seconds that encoding what was asked for since the last call takes, each text once, wherever it came from."""
        seconds = sum(self._known[key][1] for key in self._asked)
        self._asked.clear()
        return seconds

    def _make(self, keys: list[str], texts: dict[str, str]) -> None:
        began = time.process_time()
        vectors = self._encoder.encode([texts[key] for key in keys])
        each = (time.process_time() - began) / len(keys)
        self._known.update((key, (vector, each)) for key, vector in zip(keys, vectors, strict=True))
        self._folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256("".join(keys).encode()).hexdigest()[:12]
        path = self._folder / f"{digest}-{os.getpid()}.npz"
        with path.with_suffix(".part").open("wb") as file:
            np.savez(file, key=np.array(keys), vector=vectors, seconds=np.full(len(keys), each))
        path.with_suffix(".part").replace(path)
