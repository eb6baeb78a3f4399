"""`qualcode themes`: candidates among what the codebook leaves uncovered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from qualcode.codebook import Codebook
from qualcode.coding import Theme, onto
from qualcode.corpus import Segment, keyed_id
from qualcode.encoders.remembering import Remembering
from qualcode.errors import NotEnoughData
from qualcode.pipeline import acts, consenting, encoding
from qualcode.pipeline.acts import Progress
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.store import codings, corpus, events, frames
from qualcode.store import themes as stored


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """Candidates, or the reason why there are none; `anew` is False where nothing had changed."""

    themes: tuple[Theme, ...]
    reason: str
    uncovered: int
    anew: bool


def themes(project: Project, *, vectors: Remembering | None = None, progress: Progress = acts.silent) -> ThemeSummary:
    """Look for candidate themes; without new text or codings the last candidates stand.

    The topic model reads nobody who takes no part, and nobody whose words no machine may read.

    Raises:
        NotEnoughData: the segments were never tagged.
        ImporterError: `consent.csv` is faulty.
    """
    from qualcode.themes.discover import LEAST_SEGMENTS, discover

    codebook, settings = project.codebook, project.settings
    consenting.take(project)
    with project.store.reading() as connection:
        machine = codings.latest_machine(connection)
        segments = corpus.segments(connection)
        transcripts = corpus.transcripts(connection)
        languages = {transcript.id: transcript.language for transcript in transcripts}
        agreed = consenting.agreed(project, connection, transcripts)
        readable = [segment for segment in segments if agreed.may_read(segment)]
        if segments and not readable:
            return ThemeSummary((), "no machine may read the texts: consent", 0, anew=False)
        if machine is None:
            raise NotEnoughData("nothing has been tagged yet", needed=1, found=0, hint="qualcode tag")
        covered = {coding.segment for coding in codings.proposals(connection, machine)}
        said = list(frames.standing(codings.decisions(connection)).codings.values())
        quoted = {s.id: s for s in corpus.segments(connection, current=False, ids=sorted({c.segment for c in said}))}
        # What is coded on a selection, or on segments of an earlier unit, covers the segments under it.
        covered |= {coding.segment for coding in onto(said, quoted, segments).codings}
        programmes = dict(frames.segments(connection)[["segment", "programme"]].itertuples(index=False, name=None))
        last, known = stored.latest(connection)
    open_ones = spoken(s for s in readable if s.id not in covered and languages[s.transcript] == codebook.language)
    batch = _batch(project.secret, machine, settings.seed, settings.most_themes, open_ones)
    if batch == last:
        return ThemeSummary(tuple(known), "" if known else "nothing new to look at", len(open_ones), anew=False)
    if vectors is None:
        vectors, _ = encoding.encoder(progress)
    if vectors is None:
        return ThemeSummary((), "the sentence model is not installed", len(open_ones), anew=False)
    progress("themes", 0, 1)
    if len(open_ones) < LEAST_SEGMENTS:
        found = discover(
            open_ones,
            np.zeros((len(open_ones), 1), np.float32),
            programmes=programmes,
            prototypes={},
            seed=settings.seed,
        )
    else:
        encoded = vectors.encode([segment.text for segment in open_ones])
        found = discover(
            open_ones,
            encoded,
            programmes=programmes,
            prototypes=_prototypes(codebook, vectors),
            seed=settings.seed,
            most=settings.most_themes,
        )
    named = [replace(theme, id=keyed_id(project.secret, "th", batch, *theme.segments)) for theme in found.themes]
    with project.store.writing() as connection:
        stored.add(connection, batch, named)
        events.record(
            connection,
            "themes",
            actor=machine,
            at=acts.now(),
            subjects=[theme.id for theme in named],
            counts={"candidates": len(named), "uncovered": found.segments},
        )
    progress("themes", 1, 1)
    return ThemeSummary(tuple(named), found.reason, len(open_ones), anew=True)


def _batch(secret: bytes, machine: str, seed: int, most: int, segments: list[Segment]) -> str:
    ids = hashlib.sha256("\n".join(sorted(segment.id for segment in segments)).encode()).hexdigest()
    return keyed_id(secret, "tb", machine, seed, most, ids)


def _prototypes(codebook: Codebook, vectors: Remembering) -> Mapping[str, np.ndarray]:
    found = {}
    for code in codebook.active:
        mean = vectors.encode([code.definition, *code.when_to_use, *code.examples]).mean(axis=0)
        found[code.id] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return found
