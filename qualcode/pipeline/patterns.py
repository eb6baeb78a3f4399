"""`qualcode codebook check --with-labels`: what each pattern is worth on the project's passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qualcode import codebook as codebooks
from qualcode.analysis import patterns as analysis
from qualcode.analysis.patterns import Patterns
from qualcode.codebook import Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.pipeline import consenting
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.store import codings, corpus, frames
from qualcode.store.database import Connection
from qualcode.taggers.hits import firing

ASKED, AUDIT = "asked", "audit"
"""Samples whose purpose begins so were not drawn from everything."""
_KINDS: tuple[Literal["pattern"], Literal["except"]] = ("pattern", "except")


@dataclass(frozen=True, slots=True)
class PatternCheck:
    """What the patterns of a codebook did on a project."""

    patterns: Patterns
    written: Mapping[str, str]
    """What each pattern and exception says, by name."""
    idle_exceptions: tuple[str, ...]
    judged: int
    """Decisions of people on active codes that count here."""
    left: int
    """Decisions left out: made with a proposal in view, or on passages that a machine had chosen."""
    unread: int
    """Passages that no machine may read."""


def check(
    project: Project, codebook_file: Path | None = None, *, labels: bool = True, visible: bool = False
) -> PatternCheck:
    """Read the segments in force with every pattern.

    Args:
        project: whose passages and judgements are used.
        codebook_file: whose patterns; the project's own unless given.
        labels: count what people judged.
        visible: also where they saw the machine's proposal, or the machine chose the passage; that flatters.

    Raises:
        CodebookError: the codebook has faults.
        NotEnoughData: there are no segments, or no active code has a pattern.
    """
    codebook = codebooks.load(codebook_file) if codebook_file else project.codebook
    if not any(code.patterns for code in codebook.active):
        raise NotEnoughData("no active code of the codebook has patterns", needed=1, found=0, place=codebook.id)
    consenting.take(project)
    with project.store.reading() as connection:
        segments = corpus.segments(connection)
        texts = corpus.transcripts(connection)
        agreed = consenting.agreed(project, connection, texts)
        languages = {text.id: text.language for text in texts}
        own = [one for one in segments if languages[one.transcript] == codebook.language]
        readable = [segment for segment in own if agreed.may_read(segment)]
        if not readable:
            raise NotEnoughData("there are no segments to read", needed=1, found=0, hint="qualcode segment")
        label, left = _labels(project, connection, codebook, readable, visible=visible)
    if not labels:
        label, left = np.full(label.shape, NOT_JUDGED, dtype=np.int8), 0
    fired = firing(codebook, (segment.text for segment in spoken(readable)))
    found = analysis.by_pattern(
        fired.patterns,
        fired.owner,
        fired.hit,
        fired.excepted,
        label,
        [code.id for code in codebook.active],
        rivals(codebook),
    )
    judged = int((label != NOT_JUDGED).sum())
    names = [name for code in codebook.active for kind in _KINDS for name in code.pattern_names(kind)]
    written = {name: codebook.clause(name) for name in names}
    return PatternCheck(found, written, fired.idle_exceptions, judged, left, len(own) - len(readable))


def rivals(codebook: Codebook) -> NDArray[np.bool_]:
    """Which active codes exclude each other: one names the other under `instead` of a near miss. Shape (k, k)."""
    place = {code.id: at for at, code in enumerate(codebook.active)}
    found = np.zeros((len(place), len(place)), dtype=bool)
    for code in codebook.active:
        for miss in code.near_misses:
            if miss.instead in place and miss.instead != code.id:
                found[place[code.id], place[miss.instead]] = found[place[miss.instead], place[code.id]] = True
    return found


def _labels(
    project: Project, connection: Connection, codebook: Codebook, segments: list[Segment], *, visible: bool
) -> tuple[NDArray[np.int8], int]:
    """Shape (n, k) of what people judged, nothing where they disagree; and how many cells were left out."""
    row = {segment.id: at for at, segment in enumerate(segments)}
    column = {code.id: at for at, code in enumerate(codebook.active)}
    people = {coder.id for coder in codings.coders(connection).values() if coder.kind == "human"}
    samples = codings.samples(connection)
    chosen = {id_ for id_, sample in samples.items() if sample.purpose.startswith((ASKED, AUDIT))}
    present = frames.codings(connection)
    made = set(zip(present["segment"], present["coder"], present["code"], strict=True))
    label = np.full((len(row), len(column)), NOT_JUDGED, dtype=np.int8)
    disputed, left = set(), set()
    judged = frames.judged(connection, project.runs)
    for segment, coder, code, blind, sample in judged[["segment", "coder", "code", "blind", "sample"]].to_numpy():
        if coder not in people or segment not in row or code not in column:
            continue
        place = row[segment], column[code]
        if not visible and (not blind or sample in chosen):
            left.add(place)
            continue
        said = PRESENT if (segment, coder, code) in made else ABSENT
        if label[place] not in (NOT_JUDGED, said):
            disputed.add(place)
        label[place] = said
    for place in disputed:
        label[place] = NOT_JUDGED
    return label, len(left)
