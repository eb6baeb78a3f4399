"""All detectors over all texts: what is sure, and what a person should look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qualcode.deidentify.listed import listed
from qualcode.deidentify.mentions import Detector, Identity, Mention
from qualcode.deidentify.names import Names
from qualcode.deidentify.patterns import Patterns
from qualcode.deidentify.resolving import resolved
from qualcode.deidentify.spreading import spread


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one text; no mention lies over another."""

    sure: tuple[Mention, ...]
    suspected: tuple[Mention, ...]


def found(
    texts: Sequence[str],
    *,
    identities: Sequence[Identity] = (),
    detectors: Sequence[Detector] | None = None,
    keep: Collection[str] = (),
) -> list[Found]:
    """What may tell who somebody is, for each text; each text is searched by itself.

    Args:
        texts: as stored.
        identities: the project's own list.
        detectors: in place of `Patterns` and `Names`; plugins among them.
        keep: names that identify nobody, such as those of the programmes.

    >>> [(m.start, m.end, m.kind) for m in found(["I rang our Kev in Hull."])[0].sure]
    [(11, 14, 'person'), (18, 22, 'place')]
    """
    using: list[Detector] = [Patterns(), Names(keep)] if detectors is None else list(detectors)
    each = [listed(texts, identities), *(detector.find(texts) for detector in using)]
    answers = []
    for text, *by_detector in zip(texts, *each, strict=True):
        first = resolved(mention for mentions in by_detector for mention in mentions)
        settled = resolved([*first, *spread(text, first)])
        kept = [m for m in settled if " ".join(text[m.start : m.end].lower().split()) not in _folded(keep)]
        answers.append(Found(tuple(m for m in kept if not m.suspected), tuple(m for m in kept if m.suspected)))
    return answers


def _folded(keep: Collection[str]) -> frozenset[str]:
    return frozenset(" ".join(phrase.lower().split()) for phrase in keep)
