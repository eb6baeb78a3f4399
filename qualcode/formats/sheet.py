"""The review sheet: names of its sheets and columns, and one row's answer."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

PROPOSALS, SAMPLE, MOVED, CODEBOOK, ASKED = "Proposals", "Unproposed", "Moved", "Codebook", "Asked"
KEEP, REJECT, NONE = "keep", "reject", "none"
YES, NO = "yes", "no"
MOST_CODES = 3
"""Codes that a row of the random sample has room for."""
ROOM = 6
"""Codes that a row of the page Asked has room for: a full row leaves all others not judged."""

APPLIES = "does it apply"
DECISION, OTHER, POLARITY_IS, POLARITY = "decision", "other code", "polarity is", "polarity"
SEGMENT, CODE, SAMPLE_ID, MOVED_ID = "segment id", "code id", "sample id", "moved id"
NEEDED = {
    PROPOSALS: frozenset({SEGMENT, CODE, DECISION}),
    SAMPLE: frozenset({SEGMENT, "code 1", SAMPLE_ID}),
    MOVED: frozenset({MOVED_ID, DECISION}),
    ASKED: frozenset({SEGMENT, SAMPLE_ID}),
}


def is_ours(pages: Set[str]) -> bool:
    """Whether a workbook with these pages is a review sheet, or a sheet of questions.

    >>> is_ours({"Proposals", "Unproposed", "Codebook"}), is_ours({"Sheet1"})
    (True, False)
    """
    return {PROPOSALS, SAMPLE} <= pages or {ASKED, CODEBOOK} <= pages


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person wrote in one row of a review sheet; `row` counts as the spreadsheet does."""

    row: int
    segment: str
    proposed: str = ""
    """The code that was proposed; empty in the random sample."""
    decision: str = ""
    other: tuple[tuple[str, str], ...] = ()
    """(code, polarity) that the person put there."""
    polarity: str = ""
    """Polarity that the person put in place of the machine's."""
    machine_polarity: str = ""
    sample: str = ""
    asked: tuple[str, ...] = ()
    """Codes that the sheet asked about, by its own codebook page or by the row; empty where that page is gone."""
    room: int = MOST_CODES
    """So many codes the row has room for."""
    page: str = SAMPLE
    """Where the row stands, if it is not on a proposal."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A judgement whose text was changed, and where it may stand now: one row of the page Moved."""

    id: str
    was: str = field(repr=False)
    proposed: str = field(repr=False)
    """The words at the place that was found; empty where none was."""
    present: tuple[str, ...]
    absent: int
    """How many codes were judged absent."""
    coder: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's decision on such a row."""

    row: int
    moved: str
    decision: str
