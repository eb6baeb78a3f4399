"""`make benchmark-overlap`: find planted copies among 10,000 documents of 8,000 words, and tell how well.

Documents are made of their number, so that no more than one text is in memory. Each of the last 600 holds part of an
earlier one: a page among new words, a short page, or the same text with single words changed. A third of the others
begin with one of twenty forms. What is true is counted on all shingles, on disk. Another number of documents may be
given as an argument.
"""

from __future__ import annotations

import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from qualcode.importers import overlap

DOCUMENTS, WORDS, PLANTED = 10_000, 8_000, 600
LEVELS = (0.75, 0.8, 0.85, 0.95, 1.0)
WAYS = ("page", "short page", "edited")
FORMS, FORM_WORDS, SHORT = 20, 400, 300
PARTS = 64
BEGINNINGS = [a + b for a in ("b", "d", "f", "g", "l", "m", "n", "p", "r", "st", "tr", "w") for b in "aeiou"]
VOCABULARY = np.array(
    [a + b for a in BEGINNINGS for b in BEGINNINGS] + [a + b + "n" for a in BEGINNINGS for b in BEGINNINGS]
)
RECORD = np.dtype([("hash", np.uint64), ("document", np.int32)])


def words(seed: int, count: int) -> np.ndarray:
    """Words as uneven in how often they come as those of talk are."""
    drawn = np.random.default_rng(seed).random(count)
    return VOCABULARY[(len(VOCABULARY) * drawn**3).astype(int)]


class Corpus:
    """Documents by number; the last `PLANTED` copy from the first."""

    def __init__(self, documents: int) -> None:
        self.documents, self.planted = documents, min(PLANTED, documents // 4)
        self.seconds = 0.0

    def plan(self, number: int) -> tuple[float, str] | None:
        place = number - (self.documents - self.planted)
        return (LEVELS[place % len(LEVELS)], WAYS[place // len(LEVELS) % len(WAYS)]) if place >= 0 else None

    def text(self, name: str) -> str:
        began = time.perf_counter()
        made = " ".join(self._words(int(name)).tolist())
        self.seconds += time.perf_counter() - began
        return made

    def _words(self, number: int) -> np.ndarray:
        plan = self.plan(number)
        if plan is None:
            own = words(number, WORDS)
            return np.concatenate([words(-1 - number % FORMS + 10**9, FORM_WORDS), own]) if number % 3 == 0 else own
        level, way = plan
        source = words(number - (self.documents - self.planted), WORDS)
        if way == "edited":
            # A word that is changed takes five shingles with it.
            changed = np.linspace(2, WORDS - 3, round(WORDS * (1 - level) / overlap.SHINGLE)).astype(int)
            copy = source.copy()
            copy[changed] = "zz"
            copy[changed] = np.char.add(copy[changed], np.arange(len(changed)).astype(str))
            return copy
        length = SHORT if way == "short page" else WORDS
        kept = round(length * level)
        return np.concatenate([source[100 : 100 + kept], words(number + 10**8, length - kept)])


def exact(corpus: Corpus, folder: Path) -> dict[tuple[str, str], float]:
    """Containment of all pairs from .7 on, by all shingles of all documents, less those of forms."""
    files = [(folder / str(part)).open("wb") for part in range(PARTS)]
    for number in range(corpus.documents):
        hashes = overlap.shingles_of(corpus.text(str(number)))
        record = np.empty(len(hashes), RECORD)
        record["hash"], record["document"] = hashes, number
        cuts = np.searchsorted(hashes, np.arange(1, PARTS, dtype=np.uint64) * np.uint64(2**64 // PARTS))
        for file, part in zip(files, np.split(record, cuts), strict=True):
            part.tofile(file)
    shared: Counter[tuple[int, int]] = Counter()
    own = np.zeros(corpus.documents, np.int64)
    for file in files:
        file.close()
        record = np.sort(np.fromfile(file.name, RECORD), order="hash", kind="stable")
        starts = np.flatnonzero(np.append(True, record["hash"][1:] != record["hash"][:-1]))
        length = np.diff(np.append(starts, len(record)))
        few = length <= overlap.MOST_HOLDERS
        own += np.bincount(record["document"][np.repeat(few, length)], minlength=corpus.documents)
        for start, count in zip(starts[few & (length > 1)].tolist(), length[few & (length > 1)].tolist(), strict=True):
            who = sorted(record["document"][start : start + count].tolist())
            shared.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])
    found = {}
    for (a, b), count in shared.items():
        share = count / max(1, min(own[a], own[b]))
        if share >= 0.7:
            found[str(a), str(b)] = float(share)
    return found


def main() -> None:
    corpus = Corpus(int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS)
    began = time.perf_counter()
    sketches = [overlap.sketch(str(n), corpus.text(str(n))) for n in range(corpus.documents)]
    sketched = time.perf_counter() - began - corpus.seconds
    began, making = time.perf_counter(), corpus.seconds
    found = overlap.among(sketches, corpus.text)
    compared = time.perf_counter() - began - (corpus.seconds - making)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    one = overlap.among(sketches, corpus.text, new={sketches[-1].transcript})
    again = time.perf_counter() - began
    assert [pair for pair in found if sketches[-1].transcript in (pair.first, pair.second)] == one
    with tempfile.TemporaryDirectory() as folder:
        truth = exact(corpus, Path(folder))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    kept = sum(sketch.kept.nbytes for sketch in sketches) / 1e6
    shingles = sum(sketch.shingles for sketch in sketches) / 1e6
    print(f"{corpus.documents:,} documents, {shingles:.1f} million shingles, sketches of {kept:.0f} MB")
    print(f"sketching {sketched:.1f} s, comparing {compared:.1f} s, peak {peak:.0f} MB; one new document {again:.1f} s")
    score(corpus, found, truth)


def score(corpus: Corpus, found: list[overlap.Overlap], truth: dict[tuple[str, str], float]) -> None:
    """Recall and precision at the limit, and recall by how the copy was made."""
    said = {tuple(sorted((pair.first, pair.second), key=int)): pair.share for pair in found}
    right = {pair for pair, share in truth.items() if share >= overlap.AT_LEAST}
    print(
        f"pairs at {overlap.AT_LEAST} or more: {len(right)}; reported {len(said)}; "
        f"recall {len(right & set(said)) / max(1, len(right)):.4f}, "
        f"precision {len(right & set(said)) / max(1, len(said)):.4f}"
    )
    off = [abs(said[pair] - truth[pair]) for pair in said if pair in truth]
    print(f"largest difference of a reported share from the exact one {max(off, default=0):.4f}")
    for way in WAYS:
        cells = []
        for level in LEVELS:
            pairs = {pair for pair in truth if corpus.plan(int(pair[1])) == (level, way)}
            cells.append(f"{level}: {len(pairs & set(said))} of {len(pairs & right)}")
        print(f"  {way:<11} reported of true by planted share  " + "   ".join(cells))


if __name__ == "__main__":
    main()
