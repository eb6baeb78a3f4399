"""Two columns that a PDF file holds line by line across both: the left one is read first, then the right one.

Most programs write a column after the other, and then the file's own order is right and stays. Some write each line
across the gutter; a page is read anew only where that is seen in the file and in the page's picture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

LEAST_LINES = 5
"""Fewer lines side by side are a table's or a head's."""
SUSPECTED = 0.4
"""Such a share of a page's lines goes on at one place where there are columns; where each letter is placed by itself,
one line in five does so by chance."""
LEAST_WORDS = 3.0
"""So many words a line has in a column of prose, on average; names beside speech have one or two."""
LEAST_SMALL = 0.25
"""Such a share of the lines of prose begins in mid-sentence, with a small letter; cells of tables do not."""

_GAP = re.compile(r" {2,}")
_SLACK = 8
"""The picture of a page is exact to so many letters: programs that move from word to word shift its lines."""


def suspected(shows: Sequence[tuple[float, float]], width: float) -> bool:
    """Whether a page is written across a gutter: many lines go on at one place near the middle.

    Args:
        shows: where each piece of text begins, in points from the left and from below, in the file's order.
        width: of the page, in points.
    """
    jumps: Counter[int] = Counter()
    for (left, low), (right, other) in pairwise(shows):
        if abs(low - other) < 1 and right > left and 0.3 * width < right < 0.75 * width:
            jumps[round(right)] += 1
    lines = len({round(low) for _, low in shows})
    return max(jumps.values(), default=0) >= max(LEAST_LINES, SUSPECTED * lines)


def reordered(picture: str, lines: Sequence[str]) -> list[str] | None:
    """The lines of a page column by column, or None where it has one column or its own order is right.

    Args:
        picture: the page set in letters of one width.
        lines: as they stand in the file.
    """
    rows = picture.split("\n")
    gutter = _gutter(rows)
    if gutter is None:
        return None
    bands = _bands(rows, gutter)
    pairs = [(left, right) for band in bands for left, right in band if left.strip() and right.strip()]
    if not (_prose([left for left, _ in pairs]) and _prose([right for _, right in pairs])):
        return None
    across = {_letters(line) for line in lines}
    if sum(_letters(left + right) in across for left, right in pairs) < 0.6 * len(pairs):
        return None
    return [" ".join(line.split()) for band in bands for line in _read(band) if line.strip()]


def _gutter(rows: Sequence[str]) -> int | None:
    """Where the right column begins: most lines that have words on both sides begin there after a gap."""
    edges: Counter[int] = Counter(gap.end() for row in rows for gap in _GAP.finditer(row) if row[: gap.start()].strip())
    longest = max((len(row) for row in rows), default=0)
    middle = {edge: count for edge, count in edges.items() if 0.3 * longest < edge < 0.75 * longest}
    if not middle:
        return None
    near = {edge: sum(n for other, n in middle.items() if abs(other - edge) <= _SLACK) for edge in middle}
    gutter = max(middle, key=lambda edge: (near[edge], middle[edge]))
    beside = [row for row in rows if _cut(row, gutter) is not None and row[gutter:].strip()]
    across = [row for row in rows if row.strip() and _cut(row, gutter) is None]
    return gutter if len(beside) >= max(LEAST_LINES, 2 * len(across)) else None


def _cut(row: str, gutter: int) -> int | None:
    """Where a row is parted, or None where its words go across the gutter."""
    if len(row) <= gutter - _SLACK or not row[: gutter - 1].strip():
        return min(gutter - 1, len(row))
    near = [gap for gap in _GAP.finditer(row) if abs(gap.end() - gutter) <= _SLACK or gap.start() < gutter < gap.end()]
    # Justified lines have wide blanks of their own; the gutter is the widest.
    return max(near, key=lambda gap: gap.end() - gap.start()).end() if near else None


def _bands(rows: Sequence[str], gutter: int) -> list[list[tuple[str, str]]]:
    """Rows as left and right, parted where a heading or another line goes across both columns."""
    bands: list[list[tuple[str, str]]] = [[]]
    for row in rows:
        cut = _cut(row, gutter)
        if cut is None:
            bands += [[(row, "")], []]
        else:
            bands[-1].append((row[:cut], row[cut:]))
    return bands


def _read(band: Sequence[tuple[str, str]]) -> list[str]:
    filled = [pair for pair in band if any(side.strip() for side in pair)]
    if len(filled) < LEAST_LINES:
        # A running head with its page number, or a line of figures: no columns.
        return [f"{left} {right}" for left, right in filled]
    return [left for left, _ in filled] + [right for _, right in filled]


def _prose(lines: Sequence[str]) -> bool:
    words = sum(len(line.split()) for line in lines)
    small = sum(line.strip()[:1].islower() for line in lines)
    return words >= LEAST_WORDS * len(lines) > 0 and small >= LEAST_SMALL * len(lines)


def _letters(line: str) -> str:
    return "".join(line.split())
