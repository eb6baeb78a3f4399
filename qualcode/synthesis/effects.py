"""Effects that trials measured: read as a review states them, shown, and never pooled again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import ImporterError
from qualcode.importers.attributes import NOT_STATED
from qualcode.importers.rows import Row, read_rows

MEASURES = ("SMD", "MD", "RD", "OR", "RR", "HR", "IRR")
"""Differences, whose no effect is 0, and ratios, whose no effect is 1."""
NUMBERS = ("estimate", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of a review's results: an outcome, the pooled estimate and what stands behind it."""

    outcome: str
    comparison: str
    """What the programme was compared with, e.g. `usual_care`."""
    measure: str
    """The kind of estimate: one of MEASURES."""
    estimate: float
    ci_low: float
    ci_high: float
    studies: int
    participants: int
    certainty: str | None = None
    """GRADE certainty as stated."""
    code: str = ""
    """The code of our codebook that speaks of the same thing."""
    source: str = ""


def read_effects(path: Path) -> list[Effect]:
    """Effects from a table: outcome, comparison, measure, estimate, ci_low, ci_high, studies, participants, ...

    Raises:
        ImporterError: not a table, a column is missing, a cell is no number, or an estimate is outside its interval.
    """
    return [_effect(row, path.name) for row in read_rows(path, path.name)]


def _effect(row: Row, place: str) -> Effect:
    def cell(name: str) -> str:
        if name not in row:
            raise ImporterError(f"has no column {name!r}", path=place, line=1)
        return row[name].strip()

    try:
        estimate, low, high = (float(cell(name)) for name in NUMBERS)
        studies, participants = int(cell("studies")), int(cell("participants"))
    except ValueError as error:
        raise ImporterError(
            "estimate, ci_low, ci_high must be numbers, studies and participants whole numbers",
            path=place,
            line=row.line,
        ) from error
    if not all(map(math.isfinite, (estimate, low, high))) or studies < 1 or participants < 1:
        raise ImporterError(
            "numbers must be finite, and studies and participants at least 1", path=place, line=row.line
        )
    if not cell("outcome") or cell("measure") not in MEASURES:
        raise ImporterError(
            f"an outcome must be named, and the measure be one of {', '.join(MEASURES)}", path=place, line=row.line
        )
    if not low <= estimate <= high:
        raise ImporterError("the estimate lies outside its interval", path=place, line=row.line)
    certainty = row.get("certainty", "").strip()
    return Effect(
        outcome=cell("outcome"),
        comparison=cell("comparison"),
        measure=cell("measure"),
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        studies=studies,
        participants=participants,
        certainty=None if certainty.lower() in NOT_STATED else certainty,
        code=row.get("code", "").strip(),
        source=row.get("source", "").strip(),
    )
