"""Two projects on the same thing: what is sound, what is the same, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Literal

from qualcode.coding import Sample
from qualcode.corpus import AttributeValue, Transcript, keyed_id
from qualcode.formats import pack as packs
from qualcode.formats.pack import Decision, Text

ConflictKind = Literal["code", "case", "programme", "transcript", "coder", "sample", "judgements", "memos"]
_NAMED = ("kind", "programme", "study", "group", "wave", "date", "language", "deidentified")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where the pack and the project say different things of the same; what stands in the project is not touched."""

    kind: ConflictKind
    id: str
    what: str
    taken: bool = False
    """Both were kept, or of a case what is stricter there was taken; else what the pack says was not taken."""


def otherwise(own: Transcript, theirs: Transcript) -> list[str]:
    """What theirs says differently of a text; what it does not say is no difference."""
    other = [name for name in _NAMED if getattr(theirs, name) not in (None, getattr(own, name))]
    if theirs.case not in (None, own.case, own.id):
        other.append("case")
    if [(t.start, t.end, t.role) for t in own.turns] != [(t.start, t.end, t.role) for t in theirs.turns]:
        other.append("turns")
    return other


def filled(
    own: Mapping[str, AttributeValue], theirs: Mapping[str, AttributeValue]
) -> tuple[dict[str, AttributeValue], int]:
    """Our attributes with those that only theirs has, and how many say something else there."""
    return {**theirs, **own}, sum(name in own and own[name] != value for name, value in theirs.items())


def whole(text: Text) -> bool:
    """Whether words, digest and place of a text belong together, and its turns lie in it."""
    transcript = text.transcript
    if transcript is None:
        return True
    length = len(transcript.text)
    return (
        packs.text_of(transcript, words=True) == text
        and all(0 <= turn.start <= turn.end <= length for turn in transcript.turns)
        and all(0 <= page <= length for page in transcript.pages)
    )


def covered(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether one of these spans shares a word with it."""
    return any(a < end and start < b for a, b in spans)


def chances(sample: Sample) -> dict[str, float]:
    """Each segment's chance, whatever their order."""
    return dict(zip(sample.segments, sample.probabilities, strict=True))


def moved(decision: Decision, place: str) -> Decision:
    """The same said of the place by which this project knows it."""
    return Decision(
        replace(decision.judged, segment=place),
        tuple(replace(coding, id="", segment=place) for coding in decision.codings),
        decision.hashes,
    )


def sound(decision: Decision, coders: Set[str], length: int) -> bool:
    """Whether judgement, codings and hashes belong together, and the evidence lies in the text."""
    judged, made = decision.judged, decision.codings
    return (
        judged.coder in coders
        and len(decision.hashes) == len(made)
        and all(coding.coder == judged.coder and coding.segment == judged.segment for coding in made)
        and {coding.code for coding in made} <= set(judged.codes)
        and all(0 <= start <= end <= length for coding in made for start, end in coding.evidence)
    )


def id_here(secret: bytes, text: Text) -> str:
    """The id that this project's own import would give a text; empty for a row of a table that came without words."""
    if text.transcript and text.transcript.row:
        row = text.transcript
        return keyed_id(secret, "t", row.source, row.row, row.question, row.text)
    return "" if text.place else keyed_id(secret, "t", text.sha256)
