"""What is said about segments: coders, codings, judgements, machine runs, proposals, themes.

Three states and no flags: *present* is a `Coding`; *absent* is judged and not present, derived from `Judged`
and never written; everything else is *not judged*. A machine is a coder whose id carries its version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from qualcode.corpus import Segment

CoderKind = Literal["human", "machine"]
ReasonKind = Literal["word", "pattern", "clause", "nearest", "near-miss"]
ABSENT, PRESENT, NOT_JUDGED = 0, 1, -1
"""The three states, as they stand in a `Proposals.state` matrix."""

Span = tuple[int, int]
"""Half-open code-point offsets; of a segment's text in `Proposed` and `Reason`, of the transcript in `Coding`."""


@dataclass(frozen=True, slots=True)
class Coder:
    """A person or a tagger. A machine's id ends in its version: `definitions@3f2a…`."""

    id: str
    kind: CoderKind
    version: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """A code that a coder found present on a segment."""

    id: str
    segment: str
    code: str
    coder: str
    facets: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Span, ...] = ()
    """Spans of the transcript that carry the code."""
    clause: str = ""
    """Which clause of the codebook was met, e.g. `isolation.include.2`; machines only."""
    raw_score: float | None = None
    """The tagger's own strength of evidence, 0 to 1; not a probability."""
    score: float | None = None
    """Calibrated probability; empty until something calibrated it."""
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a coder decided on: `codes` on one segment or one whole transcript. Absent = judged - present."""

    segment: str
    """Id of a segment; or of a transcript, where the coder declares to have coded it completely."""
    coder: str
    codes: tuple[str, ...]
    blind: bool
    """The machine's proposal was not visible."""
    sample: str | None = None
    probability: float | None = None
    """Inclusion probability in `sample`, where there was one."""
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A machine's pass over segments: what it needs to be repeated and its absences to be derived."""

    id: str
    coder: str
    codebook_version: str
    codes: tuple[str, ...]
    segments: int
    floor: float
    """Scores below it are judged absent."""
    threshold: float
    """Scores from it on are proposed; between floor and threshold the machine abstains."""
    seed: int
    versions: Mapping[str, str] = field(default_factory=dict)
    made_at: str = ""
    thresholds: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """For codes with calibrated scores, in place of floor and threshold: below the first absent, from the second on
    proposed, from the third on settled."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The particulars of one proposal: facets, evidence and the clause met."""

    facets: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Span, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """What a tagger returns for a batch: n segments by k codes."""

    segments: tuple[str, ...]
    codes: tuple[str, ...]
    raw_score: NDArray[np.float32]
    """Shape (n, k), 0 to 1."""
    state: NDArray[np.int8]
    """Shape (n, k): PRESENT, ABSENT or NOT_JUDGED."""
    proposed: Mapping[tuple[int, int], Proposed] = field(repr=False)
    """Particulars for each PRESENT cell."""
    score: NDArray[np.float32] | None = None
    """Calibrated probabilities, NaN for codes that nothing calibrated; or None."""
    settled: NDArray[np.bool_] | None = None
    """Cells outside the band in which the tagger abstains: decided well enough to stand without a person; or None."""
    whole: NDArray[np.bool_] | None = None
    """Shape (n,): segments whose cells may all stand together without a person; or None."""
    thresholds: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """As in `Run`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Units that were asked about: ids, and the probability with which each was drawn."""

    id: str
    segments: tuple[str, ...]
    probabilities: tuple[float, ...]
    """0 where they were chosen and not drawn: such judgements are for learning, and estimate nothing."""
    purpose: str
    seed: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Passages that a colleague is asked to judge blind, and the codes that she is asked about."""

    id: str
    coder: str
    codes: tuple[str, ...]
    segments: tuple[str, ...]
    sample: str | None = None
    """The random sample that these passages are, if they were drawn."""
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a code was proposed: a word, a pattern, a clause of the definition, a neighbour."""

    kind: ReasonKind
    code: str
    weight: float
    span: Span | None = None
    """In the segment's text; None for what is not in the text."""
    detail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Theme:
    """A candidate theme that the codebook does not cover yet: suggested by a model, to be named by a person."""

    id: str
    label: tuple[str, ...] = field(repr=False)
    """The theme's own words, strongest first."""
    segments: tuple[str, ...]
    """Most central first."""
    central: tuple[str, ...]
    """Segments to read first."""
    cases: int
    programmes: Mapping[str, int]
    top_case_share: float
    nearest_code: str = ""
    similarity: float = 0.0
    status: Literal["candidate", "adopted", "merged", "dismissed"] = "candidate"


@dataclass(frozen=True, slots=True)
class Memo:
    """A researcher's note on anything that has an id."""

    id: str
    on: str
    coder: str
    text: str = field(repr=False)
    made_at: str = ""


class Tagger(Protocol):
    """Segments to proposals, in scikit-learn's grammar."""

    @property
    def coder(self) -> Coder:
        """The machine coder that this tagger is, version included."""

    def tag(self, segments: Sequence[Segment]) -> Proposals:
        """Judge every segment for every code of the codebook."""

    def explain(self, segment: Segment, code: str) -> list[Reason]:
        """Why `code` is, or is not, proposed on `segment`; strongest reason first."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What `onto` gives: codings on the new segments, and those that found no place."""

    codings: tuple[Coding, ...]
    lost: tuple[Coding, ...]


def onto(
    codings: Iterable[Coding],
    sources: Mapping[str, Segment],
    targets: Iterable[Segment],
    *,
    at_least: float = 0.5,
) -> Carried:
    """Carry codings from any unit to another; the one rule for it.

    A coding goes to each target segment of the same transcript whose overlap with it is at least `at_least`
    of the shorter of the two spans. Ids become `<coding>:<segment>`.

    Args:
        codings: to be carried; each on a segment of `sources`.
        sources: the segments that the codings stand on, by id.
        targets: the segments to carry them to.
        at_least: share of the shorter span that must overlap, (0, 1].
    """
    by_transcript: dict[str, list[Segment]] = defaultdict(list)
    for segment in targets:
        by_transcript[segment.transcript].append(segment)
    carried: list[Coding] = []
    lost: list[Coding] = []
    for coding in codings:
        source = sources[coding.segment]
        landed = [
            replace(coding, id=f"{coding.id}:{target.id}", segment=target.id)
            for target in by_transcript[source.transcript]
            if _overlap_share(source, target) >= at_least
        ]
        carried += landed
        if not landed:
            lost.append(coding)
    return Carried(tuple(carried), tuple(lost))


@dataclass(frozen=True, slots=True)
class Spread:
    """What a whole transcript's judgement says of its segments, for one coder and one code."""

    present: tuple[Coding, ...]
    absent: tuple[str, ...]
    unclear: tuple[str, ...]
    """Segments that a coding touches and does not reach by the rule of `onto`: neither present nor absent."""


def spread(
    codings: Sequence[Coding], sources: Mapping[str, Segment], targets: Sequence[Segment], *, at_least: float = 0.5
) -> Spread:
    """Decisions on every segment of a transcript that a coder has coded completely for a code.

    Args:
        codings: all of that coder with that code on that transcript.
        sources: the segments that they stand on, by id.
        targets: the transcript's segments.
        at_least: as in `onto`.
    """
    carried = onto(codings, sources, targets, at_least=at_least)
    reached = {coding.segment for coding in carried.codings}
    spans = [(sources[coding.segment].start, sources[coding.segment].end) for coding in codings]
    rest = [target for target in targets if target.id not in reached]
    touched = [t.id for t in rest if any(start < t.end and t.start < end for start, end in spans)]
    absent = [target.id for target in rest if target.id not in set(touched)]
    return Spread(carried.codings, tuple(absent), tuple(touched))


def _overlap_share(left: Segment, right: Segment) -> float:
    overlap = min(left.end, right.end) - max(left.start, right.start)
    shorter = min(left.end - left.start, right.end - right.start)
    return overlap / shorter if shorter > 0 else 0.0
