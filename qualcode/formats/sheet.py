"""The review sheet: names of its sheets and columns, and one row's answer."""

from __future__ import annotations

from dataclasses import dataclass

PROPOSALS, SAMPLE, CODEBOOK = "Proposals", "Unproposed", "Codebook"
KEEP, REJECT, NONE = "keep", "reject", "none"
MOST_CODES = 3
"""Codes that a row of the random sample has room for."""

DECISION, OTHER, POLARITY_IS, POLARITY = "decision", "other code", "polarity is", "polarity"
SEGMENT, CODE, SAMPLE_ID = "segment id", "code id", "sample id"
NEEDED = {PROPOSALS: frozenset({SEGMENT, CODE, DECISION}), SAMPLE: frozenset({SEGMENT, "code 1", SAMPLE_ID})}


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
    """Codes that the sheet asked about, by its own codebook page; empty where that page is gone."""
