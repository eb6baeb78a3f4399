"""`qualcode tag`: the machine coder proposes codes on segments it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from qualcode.coding import PRESENT, Coding, Proposals, Run
from qualcode.corpus import Segment, keyed_id
from qualcode.errors import NotEnoughData
from qualcode.pipeline import acts, choosing, consenting, encoding
from qualcode.pipeline.acts import Progress
from qualcode.pipeline.encoding import Vectors
from qualcode.pipeline.readable import readable
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.store import codebooks, codings, events

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class TagSummary:
    """What the machine did: `segments` judged in this pass, `proposals` and `abstained` cells among them."""

    coder: str
    run: str
    segments: int
    proposals: int
    abstained: int
    other_languages: int = 0
    notes: tuple[str, ...] = ()
    unread: int = 0
    """Segments that no machine may read: their people take no part, or agreed to no machine."""
    settled: float = 0.0
    """Share of the cells that stand without a person; 0 where nothing was calibrated."""
    whole: int = 0
    """Segments that stand without a person on all codes."""


def tag(project: Project, *, vectors: Vectors = None, name: str = "", progress: Progress = acts.silent) -> TagSummary:
    """Tag current segments that this version of the tagger has not judged; others keep what they have.

    Segments of people who take no part, or whose words no machine may read, are not even encoded.

    Args:
        project: whose segments are tagged.
        vectors: the encoder, where one is loaded already.
        name: of a tagger; the one that the settings ask for unless given.
        progress: told how far it is.

    Raises:
        CodebookError: the project's codebook has faults.
        NotEnoughData: there are no segments, or no active codes.
        ImporterError: `consent.csv` is faulty.
    """
    codebook, settings = project.codebook, project.settings
    consenting.take(project)
    notes: tuple[str, ...] = ()
    if vectors is None:
        vectors, notes = encoding.encoder(progress)
    found = choosing.chosen(project, vectors, name=name)
    tagger, notes = found.tagger, (*notes, *found.notes)
    with project.store.reading() as connection:
        parted = readable(project, connection, codebook.language)
        seen = codings.tagged(connection, tagger.coder.id)
    own, foreign, unread = parted.segments, len(parted.foreign), len(parted.unread)
    if not (own or foreign or unread):
        raise NotEnoughData("there are no segments to tag", needed=1, found=0, hint="qualcode segment")
    todo = [segment for segment in own if segment.id not in seen]
    if not todo:
        with project.store.writing() as connection:
            if seen and codings.set_machine(connection, tagger.coder.id):
                # An earlier codebook or threshold is back: its proposals stand already.
                events.record(connection, "tag", actor=tagger.coder.id, at=acts.now(), counts={"segments": 0})
        return TagSummary(tagger.coder.id, "", 0, 0, 0, foreign, notes, unread)
    proposals = _tagged(tagger, spoken(todo), progress)
    at = acts.now()
    run = Run(
        id=keyed_id(project.secret, "r", tagger.coder.id, at),
        coder=tagger.coder.id,
        codebook_version=codebook.version,
        codes=proposals.codes,
        segments=len(todo),
        floor=settings.floor,
        threshold=settings.threshold,
        seed=settings.seed,
        versions=acts.versions() | ({"model": found.model} if found.model else {}),
        made_at=at,
        thresholds=proposals.thresholds,
    )
    made = _codings(proposals, todo, run, project.secret)
    codings.write_scores(project.runs / run.id / "proposals.parquet", proposals)
    with project.store.writing() as connection:
        codings.add_coder(connection, tagger.coder)
        codebooks.keep(connection, codebook, project.codebook_text, at)
        codings.set_machine(connection, tagger.coder.id)
        codings.add_run(connection, run, made, [segment.id for segment in todo], codebook)
        events.record(
            connection,
            "tag",
            actor=tagger.coder.id,
            at=at,
            subjects=[run.id, f"codebook:{codebook.version}"],
            counts={"segments": len(todo), "proposals": len(made)},
        )
    abstained = int((proposals.state == -1).sum())
    settled = 0.0 if proposals.settled is None else float(proposals.settled.mean())
    whole = 0 if proposals.whole is None else int(proposals.whole.sum())
    return TagSummary(tagger.coder.id, run.id, len(todo), len(made), abstained, foreign, notes, unread, settled, whole)


def _tagged(tagger: Any, segments: list[Segment], progress: Progress) -> Proposals:
    import numpy as np

    parts: list[Proposals] = []
    for at in range(0, len(segments), _BATCH):
        parts.append(tagger.tag(segments[at : at + _BATCH]))
        progress("tag", min(at + _BATCH, len(segments)), len(segments))
    proposed = {
        (row + number * _BATCH, column): particulars
        for number, part in enumerate(parts)
        for (row, column), particulars in part.proposed.items()
    }
    return Proposals(
        segments=tuple(segment.id for segment in segments),
        codes=parts[0].codes,
        raw_score=np.concatenate([part.raw_score for part in parts]),
        state=np.concatenate([part.state for part in parts]),
        proposed=proposed,
        score=_joined([part.score for part in parts]),
        settled=_joined([part.settled for part in parts]),
        whole=_joined([part.whole for part in parts]),
        thresholds=parts[0].thresholds,
    )


def _joined(parts: list[NDArray[Any] | None]) -> NDArray[Any] | None:
    import numpy as np

    found = [part for part in parts if part is not None]
    return np.concatenate(found) if found else None


def _codings(proposals: Proposals, segments: list[Segment], run: Run, secret: bytes) -> list[Coding]:
    made = []
    for (row, column), particulars in sorted(proposals.proposed.items()):
        if proposals.state[row, column] != PRESENT:
            continue
        segment, code = segments[row], proposals.codes[column]
        made.append(
            Coding(
                id=keyed_id(secret, "c", run.coder, segment.id, code),
                segment=segment.id,
                code=code,
                coder=run.coder,
                facets=particulars.facets,
                evidence=tuple((segment.start + start, segment.start + end) for start, end in particulars.evidence),
                clause=particulars.clause,
                raw_score=round(float(proposals.raw_score[row, column]), 4),
                score=_probability(proposals, row, column),
                made_at=run.made_at,
            )
        )
    return made


def _probability(proposals: Proposals, row: int, column: int) -> float | None:
    """The calibrated probability, or None where nothing was calibrated."""
    found = float("nan") if proposals.score is None else float(proposals.score[row, column])
    return None if math.isnan(found) else round(found, 4)
