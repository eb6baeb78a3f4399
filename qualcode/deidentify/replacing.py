"""Stretches of a text give way to other words: a transcript of its own, and where every place came to stand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from qualcode.corpus import Edit, OffsetMap, Transcript, Turn, keyed_id


@dataclass(frozen=True, slots=True)
class Replacement:
    """`[start, end)` of a text is to read `words`."""

    start: int
    end: int
    words: str = field(repr=False)


def replaced(
    transcript: Transcript, replacements: Sequence[Replacement], *, secret: bytes, speakers: Sequence[str] = ()
) -> tuple[Transcript, OffsetMap]:
    """The transcript with other words in some places, as a version that takes its place, and the map to it.

    Args:
        transcript: whose words give way; its text is at hand.
        replacements: in order and apart; none is empty, and none goes on in another turn.
        secret: the project's key.
        speakers: labels of the turns in the new version, one a turn; as they are unless given.
    """
    edits, words, at = [], [], 0
    for one in replacements:
        words += [transcript.text[at : one.start], one.words]
        edits.append(Edit(one.start, one.end, len(one.words)))
        at = one.end
    text = "".join([*words, transcript.text[at:]])
    offsets = OffsetMap(tuple(edits))
    made = replace(
        transcript,
        id=keyed_id(secret, "t", "made of", transcript.id, hashlib.sha256(text.encode()).hexdigest()),
        text=text,
        turns=moved(transcript.turns, offsets, speakers or [turn.speaker for turn in transcript.turns]),
        pages=tuple(offsets.forward(page, page)[0] for page in transcript.pages),
        version=transcript.version + 1,
        replaces=transcript.id,
        sealed=False,
    )
    return made, offsets


def moved(turns: Sequence[Turn], offsets: OffsetMap, speakers: Sequence[str]) -> tuple[Turn, ...]:
    """The turns where they stand in the new text, under the labels given for them."""
    spans = [offsets.forward(turn.start, turn.end) for turn in turns]
    return tuple(
        replace(turn, start=start, end=end, speaker=speaker)
        for turn, (start, end), speaker in zip(turns, spans, speakers, strict=True)
    )


def inside_turns(spans: Sequence[tuple[int, int]], transcript: Transcript) -> list[tuple[int, int]]:
    """The spans, cut where one turn ends and another begins: a name may be found across a speaker's label."""
    edges = sorted({at for turn in transcript.turns for at in (turn.start, turn.end)})
    parts: list[tuple[int, int]] = []
    for start, end in spans:
        cuts = [start, *(at for at in edges if start < at < end), end]
        parts += pairwise(cuts)
    return parts
