"""The scan that every part that writes files is put through: nothing under a folder holds what somebody said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from qualcode.pipeline.scanning import traces
from qualcode.pipeline.shingles import Shingler

_KEY = b"byte scan"


def found(folder: Path, words: str | Iterable[str], *, others: Iterable[str] = ()) -> dict[str, int]:
    """Files under a folder that hold eight words in a row of these texts, with how many such runs.

    Args:
        folder: looked through whole.
        words: what somebody said.
        others: texts that may stay; their runs are not looked for.
    """
    shingler = Shingler(_KEY)
    wanted = shingler.of_all([words] if isinstance(words, str) else words)
    wanted = np.setdiff1d(wanted, shingler.of_all(others), assume_unique=True)
    assert len(wanted), "there are fewer than eight words of their own to look for"
    return {trace.path: trace.count for trace in traces(folder, wanted, shingler)}


def assert_nowhere(folder: Path, words: str | Iterable[str], *, others: Iterable[str] = ()) -> None:
    """Fail with the files that hold the words; the words themselves are not told."""
    left = found(folder, words, others=others)
    assert left == {}, f"words are left in: {sorted(left)}"
