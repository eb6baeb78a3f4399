"""`qualcode codebook check --with-labels`: what each pattern is worth on the project's passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qualcode import codebook as codebooks
from qualcode.analysis import patterns as analysis
from qualcode.analysis.patterns import Patterns
from qualcode.codebook import Codebook
from qualcode.coding import NOT_JUDGED
from qualcode.corpus import Segment
from qualcode.errors import NotEnoughData
from qualcode.pipeline import consenting
from qualcode.pipeline.judgements import judgements
from qualcode.pipeline.readable import readable
from qualcode.project import Project
from qualcode.segments import spoken
from qualcode.taggers.hits import firing
from qualcode.taggers.training import Training

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
        parted = readable(project, connection, codebook.language)
        if not parted.segments:
            raise NotEnoughData("there are no segments to read", needed=1, found=0, hint="qualcode segment")
        said = judgements(project, connection).training
    label, left = _labels(said, codebook, parted.segments, visible=visible)
    if not labels:
        label, left = np.full(label.shape, NOT_JUDGED, dtype=np.int8), 0
    fired = firing(codebook, (segment.text for segment in spoken(parted.segments)))
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
    return PatternCheck(found, written, fired.idle_exceptions, judged, left, len(parted.unread))


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
    said: Training, codebook: Codebook, segments: Sequence[Segment], *, visible: bool
) -> tuple[NDArray[np.int8], int]:
    """Shape (n, k) of what people judged, nothing where they disagree; and how many cells were left out."""
    judged = said.label if visible else np.where(said.weight > 0, said.estimated, NOT_JUDGED)
    left = 0 if visible else int(((said.label != NOT_JUDGED) & (said.weight == 0)).sum())
    row = {segment.id: at for at, segment in enumerate(segments)}
    rows = [row[segment.id] for segment in said.segments]
    label = np.full((len(segments), len(codebook.active)), NOT_JUDGED, dtype=np.int8)
    for column, code in enumerate(codebook.active):
        if code.id in said.codes:
            label[rows, column] = judged[:, said.codes.index(code.id)]
    return label, left
