"""Which passages a machine may read: in force, in the codebook's language, of people who agreed to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qualcode.corpus import Segment
from qualcode.pipeline import consenting
from qualcode.project import Project
from qualcode.store import corpus
from qualcode.store.database import Connection


@dataclass(frozen=True, slots=True)
class Readable:
    """The segments in force, parted."""

    segments: Sequence[Segment] = field(repr=False)
    """May be read."""
    foreign: Sequence[Segment] = field(repr=False)
    """May be read, and are in another language than the codebook."""
    unread: Sequence[Segment] = field(repr=False)
    """No machine may read them: their people take no part, or agreed to no machine."""


def readable(project: Project, connection: Connection, language: str) -> Readable:
    """Part the segments in force by consent and language, in the order of the texts."""
    texts = corpus.transcripts(connection)
    agreed = consenting.agreed(project, connection, texts)
    languages = {text.id: text.language for text in texts}
    own: list[Segment] = []
    foreign: list[Segment] = []
    unread: list[Segment] = []
    for segment in corpus.segments(connection):
        if not agreed.may_read(segment):
            unread.append(segment)
        else:
            # A segmentation may outlive its text for a moment: what has none in force is in no language.
            (own if languages.get(segment.transcript) == language else foreign).append(segment)
    return Readable(own, foreign, unread)
