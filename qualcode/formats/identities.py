"""The check sheet of a de-identification: names of its pages and columns, and what a person may answer."""

from __future__ import annotations

from dataclasses import dataclass, field

REPLACED, SUSPECTED, DETAILS, ELSEWHERE = "Replaced", "Suspected", "Details", "Elsewhere"
BEFORE, FOUND, AFTER, BECAME, KIND = "before", "found", "after", "became", "kind"
CASE, DETECTOR, DECISION, WHERE, PLACE = "case", "found by", "decision", "where", "place"
NO, YES, HERE, EVERYWHERE = "no", "yes", "here", "everywhere"
NEEDED = frozenset({FOUND, KIND, DECISION, WHERE, PLACE})


@dataclass(frozen=True, slots=True)
class Seen:
    """One mention with the words around it: a row of the page Replaced, Suspected or Details."""

    transcript: str
    """The original's id."""
    start: int
    before: str = field(repr=False)
    found: str = field(repr=False)
    after: str = field(repr=False)
    kind: str
    became: str
    """Empty for what may have been missed."""
    case: str
    detector: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something outside the texts that may tell who somebody is: a row of the page Elsewhere."""

    what: str
    """memo, codebook example, question, case id."""
    id: str
    found: str = field(repr=False)
    around: str = field(repr=False)
    kind: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A person's answer on one row."""

    row: int
    page: str
    found: str = field(repr=False)
    decision: str
    """no, yes, or another kind."""
    kind: str
    """As the sheet has it."""
    here: bool
    transcript: str
    start: int
