"""What `codebook check` says of patterns: one line a pattern, the worst first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.cli import output, summaries
from qualcode.cli.output import counted

if TYPE_CHECKING:
    from qualcode.codebook import Fault
    from qualcode.pipeline.patterns import PatternCheck


def checked(file: Path, faults: Sequence[Fault], found: PatternCheck | None, *, as_json: bool) -> None:
    """A codebook's faults and, where a project was given, its patterns."""
    if as_json:
        body = {"file": file, "faults": faults}
        output.as_json(body if found is None else body | _plain(found))
        return
    summaries.faults(file, faults)
    if found:
        _patterns(found)


def _patterns(check: PatternCheck) -> None:
    found = check.patterns
    output.line()
    _aligned(
        ("pattern", "hits", "coverage", "overlap", "conflict", "precision", ""),
        [
            (
                row["pattern"],
                f"{row['hits']:,}",
                _percent(row["coverage"]),
                _percent(row["overlap"]),
                _percent(row["conflict"]),
                _share(row, "precision", row["judged"]),
                check.written[row["pattern"]],
            )
            for row in found.table.to_dict("records")
        ],
    )
    output.line()
    _aligned(
        ("code", "patterns", "dead", "hits", "coverage", "precision", "recall"),
        [
            (
                row["code"],
                str(row["patterns"]),
                str(row["dead"]),
                f"{row['hits']:,}",
                _percent(row["coverage"]),
                _share(row, "precision", row["judged"]),
                _share(row, "recall", row["present"]),
            )
            for row in found.codes.to_dict("records")
        ],
    )
    for what, names in (("never fired", found.dead), ("exceptions that took nothing away", check.idle_exceptions)):
        if names:
            output.line()
            output.line(f"{what}:")
            _aligned((), [(name, check.written[name]) for name in names])
    output.line()
    output.note(f"{counted(found.passages, 'passage')}, {counted(check.judged, 'decision')} of people")
    if check.left:
        output.note(
            f"{counted(check.left, 'decision')} left out: made with a proposal in view, or on a passage that a machine "
            "chose (--proposals-visible counts them)"
        )
    if check.unread:
        output.warn(f"{counted(check.unread, 'passage')} may be read by no machine: consent")


def _aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns under each other, and never cut: a pattern whose name is half shown cannot be found in the file."""
    widths = [max(map(len, column)) for column in zip(*([head] if head else []), *rows, strict=True)]
    for row in [*([head] if head else []), *rows]:
        output.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _share(row: Mapping[Any, Any], name: str, of: int) -> str:
    """A share with its interval and the number that it rests on."""
    if not of:
        return "–"
    return f"{row[name]:.2f} ({row[name + '_low']:.2f}–{row[name + '_high']:.2f}, n {of})"


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"


def _plain(check: PatternCheck) -> dict[str, Any]:
    """Tables as lists of rows; what is not known is null."""
    rows = {
        name: [
            {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
            for row in frame.to_dict("records")
        ]
        for name, frame in (("patterns", check.patterns.table), ("codes", check.patterns.codes))
    }
    for row in rows["patterns"]:
        row["match"] = check.written[str(row["pattern"])]
    return rows | {
        "dead": check.patterns.dead,
        "idle_exceptions": check.idle_exceptions,
        "passages": check.patterns.passages,
        "judged": check.judged,
        "left": check.left,
        "unread": check.unread,
    }
