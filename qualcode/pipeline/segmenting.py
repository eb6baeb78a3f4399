"""`qualcode segment`: cut every transcript by the project's unit."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode import segments
from qualcode.errors import NotEnoughData
from qualcode.pipeline import acts
from qualcode.pipeline.acts import Progress
from qualcode.project import Project
from qualcode.store import corpus, events

_BATCH = 200


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """How many segments are current, how many of them new, how many fell out, and transcripts that gave none."""

    segments: int
    new: int
    retired: int
    transcripts_without: int


def segment(project: Project, *, progress: Progress = acts.silent) -> SegmentSummary:
    """Make the current segments; where nothing changed, nothing changes.

    Raises:
        NotEnoughData: no transcript has been imported.
    """
    with project.store.reading() as connection:
        transcripts = corpus.transcripts(connection)
    if not transcripts:
        raise NotEnoughData("there are no transcripts to segment", needed=1, found=0, hint="qualcode import FOLDER")
    settings, secret = project.settings, project.secret
    made = []
    for at in range(0, len(transcripts), _BATCH):
        batch = transcripts[at : at + _BATCH]
        if settings.unit == "turn":
            made += segments.by_turn(batch, secret=secret)
        elif settings.unit == "sentence":
            made += segments.by_sentence(batch, secret=secret)
        else:
            made += segments.by_window(batch, secret=secret, words=settings.words)
        progress("segment", min(at + _BATCH, len(transcripts)), len(transcripts))
    with project.store.writing() as connection:
        new, retired = corpus.set_segments(connection, made, [transcript.id for transcript in transcripts])
        if new or retired:
            events.record(
                connection,
                "segment",
                actor=acts.RESEARCHER,
                at=acts.now(),
                subjects=[f"unit:{settings.unit}"],
                counts={"new": new, "retired": retired},
            )
    with_segments = {made_segment.transcript for made_segment in made}
    return SegmentSummary(len(made), new, retired, len(transcripts) - len(with_segments))
