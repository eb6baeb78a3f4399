"""Flag documents that share most of their words, so that nobody is counted twice.

Containment of word 5-shingles after NFKC and dash folding: two pages of one review had a Jaccard of only .59 but a
containment of .99, so a Jaccard rule would miss them. Of each document a sketch is kept, the shingles whose hash is
divisible by m (Broder, 1997); pairs whose sketches share enough are then counted exactly on their texts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qualcode.corpus import Transcript
from qualcode.importers.imported import Sketched

SHINGLE = 5
AT_LEAST = 0.8
LEAST_SHINGLES = 60
MOST_HOLDERS = 10
"""A shingle that more documents hold is a form's wording, not a copy."""
LEAST_KEPT = 512
"""The modulus doubles while a sketch keeps more than twice as many shingles."""
MOST_MODULUS = 8
"""Beside a book, a page of sixty shingles must still show about seven of them."""
METHOD = f"{SHINGLE}-shingles, mod {MOST_MODULUS}, least {LEAST_KEPT}"
"""A stored sketch of another method is made anew."""

_DASHES = re.compile("[\u2010-\u2015\u2212]")
_WORD = re.compile(r"\w+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_PARTS = 32
_TEXTS_HELD = 64
_STORED = np.dtype("<u4")
_MODULI = (1, 2, 4, 8)
_SPREADS = 3.1
"""So many standard deviations of a sampled share are allowed for: one pair in a thousand at the limit is missed."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two transcripts that share text: `share` of `first`, the shorter, stands in `second`."""

    first: str
    second: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What is kept of a document to find its copies by."""

    transcript: str
    shingles: int
    """How many different ones the document has."""
    modulus: int
    kept: NDArray[np.uint32] = field(repr=False)
    """The low 32 bits of those whose hash `modulus` divides, ascending."""


def overlaps(transcripts: Sequence[Transcript], *, at_least: float = AT_LEAST) -> list[Overlap]:
    """Pairs of documents whose containment is at least `at_least`; survey rows are left out."""
    texts = {transcript.id: transcript.text for transcript in transcripts if not transcript.row}
    return among([sketch(id_, text) for id_, text in texts.items()], texts.__getitem__, at_least=at_least)


def sketch(transcript: str, text: str) -> Sketch:
    """The sketch of a text; the same on every machine and in every process."""
    shingles = shingles_of(text)
    modulus = 1
    while modulus < MOST_MODULUS and len(shingles) > 2 * modulus * LEAST_KEPT:
        modulus *= 2
    kept = shingles[shingles % np.uint64(modulus) == 0]
    return Sketch(transcript, len(shingles), modulus, np.unique(kept.astype(np.uint32)))


def among(
    sketches: Sequence[Sketch],
    text: Callable[[str], str],
    *,
    at_least: float = AT_LEAST,
    new: Set[str] | None = None,
) -> list[Overlap]:
    """Pairs of sketched documents whose containment is at least `at_least`, the strongest first.

    Words of a form, which more than `MOST_HOLDERS` documents hold, stand in neither side of the share.

    Args:
        sketches: of all documents that may be half of a pair.
        text: gives a document's text; asked for the two of each likely pair.
        at_least: least share of the shorter document that stands in the longer.
        new: only pairs with one of these; the others were compared when they came.
    """
    held = [one for one in sketches if one.shingles >= LEAST_SHINGLES]
    places = {one.transcript: place for place, one in enumerate(held)}
    fresh = None if new is None else np.array([places[id_] for id_ in sorted(new) if id_ in places], dtype=np.int64)
    pairs, both, forms = _shared([one.kept for one in held], fresh)
    if fresh is not None:
        of_new = np.isin(pairs, fresh).any(axis=1)
        pairs, both = pairs[of_new], both[of_new]
    if not len(pairs):
        return []
    size = np.array([one.shingles for one in held])
    pairs = np.where((size[pairs[:, 0]] <= size[pairs[:, 1]])[:, None], pairs, pairs[:, ::-1])
    level = np.array([_MODULI.index(one.modulus) for one in held])[pairs].max(axis=1)
    own = _own(held, forms)[pairs[:, 0], level]
    modulus = np.array(_MODULI)[level]
    slack = np.where(modulus == 1, 0.0, _SPREADS * np.sqrt(at_least * (1 - at_least) * own))
    likely = (both >= np.maximum(1.0, at_least * own - slack - 1e-9)) & (own * modulus >= LEAST_SHINGLES)
    read = lru_cache(maxsize=_TEXTS_HELD)(lambda transcript: shingles_of(text(transcript)))
    found = []
    for (one, other), shared, ours, m in zip(
        pairs[likely].tolist(), both[likely].tolist(), own[likely].tolist(), modulus[likely].tolist(), strict=True
    ):
        inner, outer = held[one], held[other]
        kept = inner.kept[inner.kept % np.uint32(m) == 0]
        form = kept[np.isin(kept, forms)]
        of_form = int(np.isin(form, outer.kept).sum())
        mine = read(inner.transcript)
        common = int(np.isin(mine, read(outer.transcript), assume_unique=True).sum())
        # The form's part of either count is known from the sketch; where there is no form, the count is exact.
        share = common * shared / (shared + of_form) / (len(mine) * ours / (ours + len(form)))
        if share >= at_least:
            found.append(Overlap(inner.transcript, outer.transcript, min(1.0, share)))
    return sorted(found, key=lambda overlap: (-overlap.share, overlap.first, overlap.second))


def packed(one: Sketch) -> Sketched:
    """A sketch as it travels and is stored."""
    return one.transcript, one.shingles, one.modulus, one.kept.astype(_STORED).tobytes()


def unpacked(row: Sketched) -> Sketch:
    """The sketch that `packed` made this of."""
    transcript, shingles, modulus, kept = row
    return Sketch(transcript, shingles, modulus, np.frombuffer(kept, _STORED))


def shingles_of(text: str) -> NDArray[np.uint64]:
    """Hashes of a text's different shingles, ascending."""
    words = _WORD.findall(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).lower())
    if len(words) < SHINGLE:
        return np.empty(0, np.uint64)
    hashes = np.fromiter(map(_word_hash, words), np.uint64, len(words))
    count = len(words) - SHINGLE + 1
    found = np.zeros(count, np.uint64)
    for at in range(SHINGLE):
        found = found * _MULTIPLIER + hashes[at : at + count]
    # A sum of products keeps low bits that few words decide; the modulus looks at just these.
    found ^= found >> np.uint64(32)
    found *= _MULTIPLIER
    found ^= found >> np.uint64(32)
    return np.unique(found)


@lru_cache(maxsize=1 << 16)
def _word_hash(word: str) -> int:
    # Python's own hash differs from process to process; a stored sketch must not.
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _shared(
    kept: Sequence[NDArray[np.uint32]], fresh: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
    """Pairs of places (p, 2), how many shingles each pair has in common (p,), and the shingles of forms (f,).

    Hashes are looked at in `_PARTS` parts of their range, so that no more than one part is sorted at a time.
    With `fresh`, only shingles of these places are looked at.
    """
    if fresh is not None:
        sought = np.unique(np.concatenate([kept[place] for place in fresh])) if len(fresh) else np.empty(0, np.uint32)
        kept = [own[_among(own, sought)] for own in kept]
    bounds = np.linspace(0, 1 << 32, _PARTS + 1).astype(np.uint64)
    cuts = [np.searchsorted(own, bounds) for own in kept]
    keys, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    forms = [np.empty(0, np.uint32)]
    for part in range(_PARTS):
        slices = [own[cut[part] : cut[part + 1]] for own, cut in zip(kept, cuts, strict=True)]
        if not slices:
            break
        hashes = np.concatenate(slices)
        holders = np.repeat(np.arange(len(slices)), [len(piece) for piece in slices])
        order = np.argsort(hashes, kind="stable")
        hashes, holders = hashes[order], holders[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else order
        length = np.diff(np.append(starts, len(hashes)))
        forms.append(hashes[starts[length > MOST_HOLDERS]])
        few = np.repeat(length <= MOST_HOLDERS, length)
        found = []
        for step in range(1, MOST_HOLDERS):
            same = (hashes[step:] == hashes[:-step]) & few[step:]
            found.append(holders[:-step][same] * len(kept) + holders[step:][same])
        met, times = np.unique(np.concatenate(found), return_counts=True)
        keys, counts = _added(keys, counts, met, times)
    pairs = np.stack([keys // max(1, len(kept)), keys % max(1, len(kept))], axis=1)
    return pairs, counts, np.concatenate(forms)


def _added(
    keys: NDArray[np.int64], counts: NDArray[np.int64], met: NDArray[np.int64], times: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    merged, where = np.unique(np.concatenate([keys, met]), return_inverse=True)
    total = np.zeros(len(merged), np.int64)
    np.add.at(total, where, np.concatenate([counts, times]))
    return merged, total


def _among(values: NDArray[np.uint32], ascending: NDArray[np.uint32]) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(values), np.bool_)
    nearest = ascending[np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)]
    return np.asarray(nearest == values, np.bool_)


def _own(held: Sequence[Sketch], forms: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Shape (n, 4): shingles kept under each modulus that are of no form."""
    counted = np.zeros((len(held), len(_MODULI)), np.int64)
    for place, own in enumerate(held):
        kept = own.kept[~_among(own.kept, forms)]
        counted[place] = [np.count_nonzero(kept % np.uint32(modulus) == 0) for modulus in _MODULI]
    return counted
