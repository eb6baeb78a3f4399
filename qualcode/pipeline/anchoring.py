"""Where spans of one stored text stand in another of its lineage: by known edits exactly, else by alignment."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.coding import Span
from qualcode.corpus import OffsetMap, Transcript
from qualcode.importers.anchors import Anchor, anchored
from qualcode.store import corpus, offset_maps, successions
from qualcode.store.database import Connection

_Step = tuple[OffsetMap, bool]
"""A map, and whether it is gone forward."""


def anchors(connection: Connection, old: str, target: Transcript, spans: Sequence[Span]) -> list[Anchor]:
    """Anchor spans of the text `old` in `target`, one answer for each, in their order.

    A text that was made of another one (identities replaced, a person's turns taken out) holds every place of it for
    certain. A text whose words are sealed is compared with an edited one through the one that was made of it.
    """
    ways = _ways(connection, old)
    if target.id in ways:
        found = [_along(span, ways[target.id]) for span in spans]
        return [Anchor(span, new, 1.0) for span, new in zip(spans, found, strict=True)]
    texts = corpus.transcripts(connection, ways)
    readable = [text for text in texts if not text.sealed]
    # Of the old text itself before any that was made of it; of those the latest, which is the most like an edit of it.
    nearest = max(readable, key=lambda text: (text.id == old, text.version), default=None)
    if nearest is None:
        return [Anchor(span, None, 0.0, "deleted") for span in spans]
    there = [_along(span, ways[nearest.id]) for span in spans]
    found_there = anchored(nearest.text, target.text, there)
    return [
        Anchor(span, anchor.new, anchor.confidence, anchor.reason)
        for span, anchor in zip(spans, found_there, strict=True)
    ]


def _ways(connection: Connection, text: str) -> dict[str, tuple[_Step, ...]]:
    """Every text that is reached from this one by known edits, with the way there; itself by none."""
    lineage = successions.lineages(successions.successions(connection, [text])).get(text, {text})
    maps = offset_maps.offset_maps(connection, lineage)
    ways: dict[str, tuple[_Step, ...]] = {text: ()}
    todo = [text]
    while todo:
        here = todo.pop(0)
        for (old, new), offsets in sorted(maps.items(), key=lambda item: item[0]):
            for start, end, onward in ((old, new, True), (new, old, False)):
                if start == here and end not in ways:
                    ways[end] = (*ways[here], (offsets, onward))
                    todo.append(end)
    return ways


def _along(span: Span, way: tuple[_Step, ...]) -> Span:
    for offsets, onward in way:
        span = offsets.forward(*span) if onward else offsets.back(*span)
    return span
