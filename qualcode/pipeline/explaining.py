"""`qualcode explain`: why a code is, or is not, proposed on a passage."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Reason, Span, Tagger
from qualcode.corpus import Segment, Transcript
from qualcode.encoders import Encoder
from qualcode.errors import CodebookError, NotAllowed, ProjectError
from qualcode.pipeline import choosing, consenting, encoding
from qualcode.pipeline.judgements import judgements
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.store import corpus
from qualcode.taggers import reasons as told
from qualcode.taggers.nearest import Nearest
from qualcode.taggers.training import Training

State = Literal["proposed", "absent", "abstains"]
_STATES: Mapping[int, State] = {PRESENT: "proposed", ABSENT: "absent", NOT_JUDGED: "abstains"}
_MOST_COMPARED = 500
"""Coded passages that the nearest one is looked for among: a few seconds of the encoder."""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Explained:
    """One code on one passage."""

    code: str
    state: State
    raw_score: float
    score: float | None
    """Calibrated probability, where the tagger has one."""
    reasons: tuple[Reason, ...]
    evidence: tuple[Span, ...]
    """Of the passage's text; what speaks for the code."""
    lines: tuple[str, ...] = field(repr=False)
    """The reasons in plain words; they quote."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a tagger proposes what it proposes on a passage."""

    segment: str
    transcript: str
    start: int
    end: int
    coder: str
    text: str = field(repr=False)
    context: str = field(repr=False)
    codes: tuple[Explained, ...]
    """Those proposed, or the one asked for; where none is proposed, the one that comes nearest."""
    notes: tuple[str, ...] = ()


def explain(project: Project, place: str, code: str | None = None) -> Explanation:
    """Ask the tagger for its reasons, and look for the nearest passage that a person coded so.

    Args:
        project: the project.
        place: a segment's id; or the id or file of a document, `#row` in a table, with `:offset` in code points where
            it has more than one segment.
        code: only this one, proposed or not.

    Raises:
        ProjectError: there is no such passage.
        CodebookError: the code is not an active one, or the codebook has faults.
        NotAllowed: the people who speak there take no part, or agreed to no machine.
    """
    codebook = project.codebook
    if code is not None and code not in {one.id for one in codebook.active}:
        close = difflib.get_close_matches(code, [one.id for one in codebook.active], n=1)
        raise CodebookError(
            f"{code!r} is not an active code" + (f" (did you mean {close[0]!r}?)" if close else ""),
            path=codebook.id,
            code=code,
        )
    consenting.take(project)
    with project.store.reading() as connection:
        texts = {text.id: text for text in corpus.transcripts(connection)}
        segments = {one.id: one for one in corpus.segments(connection)}
        agreed = consenting.agreed(project, connection, texts.values())
        coded = judgements(project, connection).training
    shown = found(place, segments, texts)
    if not agreed.may_read(shown):
        raise NotAllowed("may be read by no machine: consent", place=shown.id, hint="qualcode consent shows what holds")
    vectors, notes = encoding.encoder()
    in_force = choosing.chosen(project, vectors)
    tagger, notes = in_force.tagger, (*notes, *in_force.notes)
    (read,) = spoken([shown])
    words = {one.id: segments[one.id].text for one in coded.segments}
    explained = _explained(tagger, read, code, codebook, coded, words, vectors)
    return Explanation(
        shown.id, shown.transcript, shown.start, shown.end, tagger.coder.id, shown.text, shown.context, explained, notes
    )


def found(place: str, segments: Mapping[str, Segment], texts: Mapping[str, Transcript]) -> Segment:
    """The passage that a person means.

    Raises:
        ProjectError: there is none, or there are several; what was asked for is not repeated, it may be a name.
    """
    if place in segments:
        return segments[place]
    document, colon, tail = place.rpartition(":")
    offset = int(tail) if colon and tail.isdecimal() else None
    name = place if offset is None else document
    meant = {text.id for text in texts.values() if name in (text.id, text.source, f"{text.source}#{text.row}")}
    inside = sorted((one for one in segments.values() if one.transcript in meant), key=lambda one: one.start)
    if not meant or not inside:
        raise ProjectError(
            "there is no such passage or document (expected a segment's id, or a document's id or file)",
            hint="excerpts.csv names segments and transcripts (qualcode export); a row of a table is FILE#ROW",
        )
    if len(meant) > 1:
        raise ProjectError("that file has many rows", hint="name one: FILE#ROW, or the transcript's id")
    if offset is not None:
        inside = [one for one in inside if one.start <= offset < one.end]
        if not inside:
            raise ProjectError(f"no passage that is coded stands at {offset} (an interviewer's turn, or past the end)")
    if len(inside) > 1:
        starts = ", ".join(str(one.start) for one in inside[:_SHOWN]) + (" …" if len(inside) > _SHOWN else "")
        raise ProjectError(
            f"that document has {len(inside)} passages", hint=f"name one by DOCUMENT:OFFSET; they begin at {starts}"
        )
    return inside[0]


def _explained(
    tagger: Tagger,
    segment: Segment,
    asked: str | None,
    codebook: Codebook,
    coded: Training,
    words: Mapping[str, str],
    encoder: Encoder | None,
) -> tuple[Explained, ...]:
    made = tagger.tag([segment])
    proposed = [at for at in range(len(made.codes)) if made.state[0, at] == PRESENT]
    columns = [made.codes.index(asked)] if asked else proposed or [int(made.raw_score[0].argmax())]
    explained = []
    for at in sorted(columns, key=lambda column: -float(made.raw_score[0, column])):
        code = made.codes[at]
        reasons = tagger.explain(segment, code)
        if encoder and not any(one.kind == "nearest" for one in reasons):
            reasons += _nearest(encoder, segment, code, coded)
        state = _STATES[int(made.state[0, at])]
        score = None if made.score is None or np.isnan(made.score[0, at]) else round(float(made.score[0, at]), 4)
        explained.append(
            Explained(
                code,
                state,
                round(float(made.raw_score[0, at]), 4),
                score,
                tuple(reasons),
                made.proposed[0, at].evidence
                if (0, at) in made.proposed
                else told.evidence(told.worth_telling(reasons, segment.text)),
                told.lines(reasons, segment, codebook, words),
            )
        )
    return tuple(explained)


def _nearest(encoder: Encoder, segment: Segment, code: str, coded: Training) -> list[Reason]:
    """The nearest passage that people coded so, for a tagger that has learned of none."""
    if code not in coded.codes:
        return []
    rows = np.flatnonzero(coded.label[:, coded.codes.index(code)] == PRESENT)[:_MOST_COMPARED]
    known = Nearest.of(coded.rows(rows), encoder)
    near = known.find(code, encoder.encode([segment.text])[0], but=segment.id) if known else None
    return [Reason("nearest", code, near[1], detail=near[0])] if near else []
