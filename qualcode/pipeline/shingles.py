"""Runs of words as keyed numbers: what a text shares with others can be told without keeping its words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

SHINGLE = 8
"""Words of a run that nobody else says by chance (Broder, 1997); the scan after a withdrawal looks for these."""

Runs = NDArray[np.uint64]
"""Ascending, each once."""

_WORD = re.compile(r"\w+")
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MOST_WORDS = 500_000


class Shingler:
    """Makes runs under one key.

    Args:
        secret: the project's key.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(secret).digest()
        self._numbers: dict[str, int] = {}

    def runs(self, text: str, length: int = SHINGLE) -> Runs:
        """Every run of so many words of a text, lower-cased; none where it has fewer words."""
        return np.unique(self._runs(self.numbers(text), length))

    def of_all(self, texts: Iterable[str], length: int = SHINGLE) -> Runs:
        """The runs of several texts; none goes from one into the next."""
        found = [self.runs(text, length) for text in texts]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def numbers(self, text: str) -> Runs:
        """One number for each word, in order; the same word has the same."""
        words = _WORD.findall(text.lower())
        known = self._numbers
        try:
            return np.fromiter((known[word] for word in words), np.uint64, len(words))
        except KeyError:
            pass
        if len(known) > _MOST_WORDS:
            # Bytes of a database give words that no text has; they would fill the memory.
            known.clear()
        for word in words:
            if word not in known:
                digest = hashlib.blake2b(word.encode(errors="replace"), digest_size=8, key=self._key).digest()
                known[word] = int.from_bytes(digest, "little")
        return np.fromiter((known[word] for word in words), np.uint64, len(words))

    def shared(self, text: str, wanted: Runs, length: int = SHINGLE) -> Runs:
        """Those of the runs wanted that a text holds."""
        if not len(wanted):
            return wanted
        found = self._runs(self.numbers(text), length)
        places = np.searchsorted(wanted, found)
        places[places == len(wanted)] = 0
        return np.unique(found[wanted[places] == found])

    @staticmethod
    def _runs(numbers: Runs, length: int) -> Runs:
        count = len(numbers) - length + 1
        if count < 1:
            return np.empty(0, np.uint64)
        total = np.zeros(count, np.uint64)
        for place in range(length):
            total = total * _STEP + numbers[place : place + count]
        return total


def without(runs: Runs, others: Runs) -> Runs:
    """Runs that are not among others."""
    return np.setdiff1d(runs, others, assume_unique=True)
