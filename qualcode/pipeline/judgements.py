"""People's judgements as what a tagger learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coding, Judged, Sample, onto
from qualcode.corpus import Segment
from qualcode.pipeline.readable import readable
from qualcode.project import Project
from qualcode.review import drawing
from qualcode.segments import spoken
from qualcode.store import codings, corpus, frames
from qualcode.store.database import Connection
from qualcode.taggers.training import Training

AUDIT = "audit"
"""Samples whose purpose begins so were drawn from what the machine left, not from everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """What people have judged on the segments in force, and what of it cannot be learned from."""

    training: Training
    disputed: int
    """Cells on which people disagree: neither present nor absent."""
    unread: int
    """Judged segments that no machine may read."""
    earlier: Mapping[str, int]
    """By code: cells judged while the code meant something else; they serve learning alone."""


@dataclass(frozen=True, slots=True)
class _Cell:
    segment: str
    code: str
    coder: str
    present: bool
    fair: bool | None
    """What the coder's first blind decision said, where it may serve estimation."""
    weight: float
    facets: Mapping[str, str]
    at: str


def judgements(
    project: Project, connection: Connection, *, coders: Iterable[str] = (), but: Iterable[str] = ()
) -> Judgements:
    """All judgements of people for the codebook's active codes and the drafts that they applied.

    Args:
        project: whose codebook and consent hold.
        connection: to its store.
        coders: only these; everybody unless given.
        but: coders who are left out.
    """
    codebook = project.codebook
    parted = readable(project, connection, codebook.language)
    known = {coder.id for coder in codings.coders(connection).values() if coder.kind == "human"}
    wanted = (set(coders) or known) & known - set(but)
    current = corpus.segments(connection)
    cells = [cell for cell in _cells(connection, current, project.secret) if cell.coder in wanted]
    judged = {cell.segment for cell in cells}
    used = [segment for segment in parted.segments if segment.id in judged]
    changed = codings.meant_otherwise(connection, {code.id: code.hash for code in codebook})
    found = _training(spoken(used), codebook, cells, changed)
    earlier = Counter(cell.code for cell in cells if cell.at <= changed.get(cell.code, ""))
    return Judgements(*found, sum(one.id in judged for one in parted.unread), dict(earlier))


def _training(
    segments: list[Segment], codebook: Codebook, cells: Sequence[_Cell], changed: Mapping[str, str]
) -> tuple[Training, int]:
    row = {segment.id: at for at, segment in enumerate(segments)}
    applied = codebook.counted({cell.code for cell in cells if cell.present})
    column = {code.id: at for at, code in enumerate(applied)}
    label = np.full((len(row), len(column)), NOT_JUDGED, dtype=np.int8)
    weight = np.zeros(label.shape)
    facets: dict[tuple[int, int], Mapping[str, str]] = {}
    disputed: set[tuple[int, int]] = set()
    # Estimation has a label of its own: the first blind word. A second look follows a doubt of the tagger, and what was
    # judged with a proposal in view may not even dispute.
    fair = np.full(label.shape, NOT_JUDGED, dtype=np.int8)
    unsure: set[tuple[int, int]] = set()
    for cell in cells:
        if cell.segment not in row or cell.code not in column:
            continue
        place = (row[cell.segment], column[cell.code])
        said = PRESENT if cell.present else ABSENT
        if label[place] not in (NOT_JUDGED, said):
            disputed.add(place)
        label[place] = said
        if cell.fair is not None and cell.weight and cell.at > changed.get(cell.code, ""):
            first = PRESENT if cell.fair else ABSENT
            if fair[place] not in (NOT_JUDGED, first):
                unsure.add(place)
            fair[place] = first
            weight[place] = max(weight[place], cell.weight)
        if cell.present and cell.facets:
            facets[place] = cell.facets
    for place in disputed:
        label[place] = NOT_JUDGED
        facets.pop(place, None)
    for place in unsure:
        fair[place], weight[place] = NOT_JUDGED, 0
    return Training(tuple(segments), tuple(column), label, weight, facets, fair), len(disputed)


def _cells(connection: Connection, current: list[Segment], secret: bytes) -> Iterator[_Cell]:
    """Every decision on a segment in force: its own, those on whole transcripts, those on other cuts of the text."""
    decisions = codings.decisions(connection)
    stands = frames.standing(decisions)
    serves = Serving.of(decisions, codings.samples(connection).values(), secret)
    whole = {segment.transcript for segment in current}
    ids = {segment.id for segment in current}
    elsewhere: list[Coding] = []
    for (segment, coder, code), judged in stands.judged.items():
        coding = stands.codings.get((segment, coder, code))
        if segment in ids:
            facets = coding.facets if coding else {}
            present = coding is not None
            fair, weight = serves.fair(segment, coder, code)
            yield _Cell(segment, code, coder, present, fair, weight, facets, judged.made_at)
        elif segment not in whole and coding:
            elsewhere.append(coding)
    if any(segment in whole for segment, _, _ in stands.judged):
        wanted = {segment for segment, _, _ in stands.codings}
        marked = {one.id: one for one in corpus.segments(connection, current=False, ids=wanted)}
        for judged, code, spread in frames.spread_out(stands, marked, current):
            weight = 1.0 if judged.blind else 0.0
            for coding in spread.present:
                yield _Cell(coding.segment, code, judged.coder, True, True, weight, coding.facets, coding.made_at)
            for segment in spread.absent:
                yield _Cell(segment, code, judged.coder, False, False, weight, {}, judged.made_at)
    yield from _carried(connection, elsewhere, current, stands)


def _carried(
    connection: Connection, elsewhere: Sequence[Coding], current: list[Segment], stands: frames.Standing
) -> Iterator[_Cell]:
    """Present codings of free highlights and earlier cuts on the segments that they cover.

    They serve learning alone: what was highlighted is no sample of what could have been. Absences are not carried:
    that a sentence is not about a code says nothing of the window around it.
    """
    if not elsewhere:
        return
    quoted = {one.id: one for one in corpus.segments(connection, current=False, ids={c.segment for c in elsewhere})}
    done = set(stands.judged)
    for coding in onto([one for one in elsewhere if one.segment in quoted], quoted, current).codings:
        key = (coding.segment, coding.coder, coding.code)
        if key not in done:
            done.add(key)
            yield _Cell(coding.segment, coding.code, coding.coder, True, None, 0.0, coding.facets, coding.made_at)


@dataclass(frozen=True, slots=True)
class Serving:
    """Which decisions may serve estimation, and with what weight; all others serve learning alone.

    Blind and never asked for: 1, it was coded as it came and speaks for itself alone. Blind and in the random share:
    one over the chance, whatever it was asked under, for a passage that was chosen first would have been drawn too.
    Chosen because of what the machine said, drawn from what the machine left, or judged with its proposal in view: 0,
    for then errors are found where they were looked for (verification bias: Begg and Greenes, 1983).
    """

    chance: Mapping[tuple[str, str], float]
    """Of (segment, code), for those in the random share."""
    other: Mapping[str, float]
    """Of samples by id that are no part of it: the chance of a draw from everything, else 0."""
    first: Mapping[tuple[str, str, str], tuple[Judged, bool]]
    """The first blind judgement of (segment, coder, code), and what it said. A second look follows a doubt."""

    @classmethod
    def of(
        cls, decisions: Sequence[tuple[Judged, tuple[Coding, ...]]], samples: Iterable[Sample], secret: bytes
    ) -> Serving:
        """From decisions, oldest first, and all samples."""
        known = list(samples)
        first: dict[tuple[str, str, str], tuple[Judged, bool]] = {}
        for judged, made in decisions:
            present = {coding.code for coding in made}
            for code in judged.codes if judged.blind else ():
                first.setdefault((judged.segment, judged.coder, code), (judged, code in present))
        chosen = (AUDIT, drawing.CHOSEN, drawing.RANDOM)
        fair = {sample.id: 0.0 if sample.purpose.startswith(chosen) else 1.0 for sample in known}
        answered = {(segment, code) for segment, _, code in first}
        return cls(drawing.inclusion(known, answered, secret), fair, first)

    def fair(self, segment: str, coder: str, code: str) -> tuple[bool | None, float]:
        """What a coder's first blind decision said, and its weight; None and 0 where there is none that may serve."""
        judged, said = self.first.get((segment, coder, code), (None, None))
        if judged is None:
            return None, 0.0
        if judged.sample is None:
            return said, 1.0
        chance = self.chance.get((segment, code), 0.0)
        if chance:
            return said, 1.0 / chance
        even = self.other.get(judged.sample, 0.0) if judged.probability else 0.0
        return (said, 1.0 / judged.probability) if even and judged.probability else (None, 0.0)
