"""Texts that are made of stored ones take their place: identities replaced, a withdrawn person's turns taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.corpus import OffsetMap, Succession, Transcript
from qualcode.deidentify.replacing import moved
from qualcode.pipeline import versions
from qualcode.pipeline.versions import Carried
from qualcode.store import codings, corpus, offset_maps, successions
from qualcode.store import versions as stored
from qualcode.store.database import Connection


@dataclass(frozen=True, slots=True)
class Derived:
    """A text, what it was made of, and where every place of that stands in it."""

    source: str = field(repr=False)
    """The text that it was made of."""
    text: Transcript = field(repr=False)
    """It `replaces` the text that stands now, which may be `source` or an earlier text made of it."""
    offsets: OffsetMap
    """From `source`."""


def derive(connection: Connection, secret: bytes, made: Sequence[Derived]) -> Carried:
    """Put texts in the place of those that they were made of, with every judgement, inside the caller's transaction.

    Judgements and declarations of completeness stand where they stood; none is in doubt. What was made of a text
    before and stands already is left as it is.
    """
    known = corpus.stored(connection, [one.text.id for one in made])
    fresh = [one for one in made if one.text.id not in known]
    gave_way = [str(one.text.replaces) for one in made]
    before = stored.unheld(connection, gave_way)
    corpus.add_transcripts(connection, [one.text for one in fresh])
    for one in made:
        if one.text.id in known:
            stored.come_back(connection, one.text)
    offset_maps.add(connection, {(one.source, one.text.id): one.offsets for one in made})
    successions.add(connection, [Succession(str(one.text.replaces), one.text.id, one.text.version) for one in made])
    for one in made:
        codings.declare_again(connection, str(one.text.replaces), one.text.id)
    return versions.follow(connection, secret, gave_way, before, gave_way)


def made_of(connection: Connection, texts: Sequence[str]) -> dict[str, tuple[Transcript, OffsetMap]]:
    """Those of these texts of which the text was made that stands in their place now, with it and the map to it."""
    standing = offset_maps.standing(connection, texts)
    if not standing:
        return {}
    maps = offset_maps.offset_maps(connection, standing)
    found = {text.id: text for text in corpus.transcripts(connection, standing.values())}
    return {old: (found[new], maps[old, new]) for old, new in standing.items()}


def described(read: Transcript, made: Transcript, offsets: OffsetMap) -> Transcript:
    """The text that stands, as the file that its original came from describes it now.

    Whether identities are still in it is not the file's to say. Labels of speakers stay those that stand.
    """
    labels: Mapping[int, str] = {turn.start: turn.speaker for turn in made.turns}
    turns = moved(read.turns, offsets, [""] * len(read.turns))
    names = ("kind", "case", "programme", "study", "group", "wave", "date", "language")
    said = {name: getattr(read, name) for name in names}
    return replace(
        made,
        turns=tuple(replace(turn, speaker=labels.get(turn.start, "")) for turn in turns),
        **said,
    )
