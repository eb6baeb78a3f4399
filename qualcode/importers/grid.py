"""A survey table in memory: its cells column by column, each kept once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from qualcode.errors import MalformedTranscript
from qualcode.importers import header as headers
from qualcode.importers.imported import Loss, Skipped
from qualcode.importers.rows import Sheet, filled, refuse_twice

MOST_RAGGED = 0.05
"""Share of rows with cells beyond the header from which the separator is wrong, not the rows."""
_ALIKE = 1_000
"""So many different cells of a column are looked up; a column of answers or ids repeats nothing."""
_SHORT = 40


@dataclass(frozen=True, slots=True, repr=False)
class Grid:
    """Names, line numbers and cells; `cells[name][row]` is text exactly as written."""

    cells: dict[str, list[str]]
    numbers: dict[str, int]
    """Of each column in the file, from 1."""
    lines: list[int]
    """Of each row, as a spreadsheet counts."""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()


def of(sheet: Sheet, source: str) -> Grid | None:
    """The cells of a sheet, or None where nothing is in it.

    Raises:
        MalformedTranscript: damaged, the same column twice, or too many rows with cells beyond the header.
    """
    rows = filled(sheet)
    head = list(islice(rows, headers.MOST_ROWS))
    if not head:
        return None
    header = headers.of([cells for _, cells in head])
    refuse_twice(list(header.names), source, head[0][0])
    cells, lines, beyond, unnamed = _columns(chain(head[header.height :], rows), header.names)
    if beyond and len(beyond) > MOST_RAGGED * (len(lines) + len(beyond)):
        raise MalformedTranscript(
            f"{len(beyond)} rows have more cells than the header ({len(header.names)})",
            path=source,
            line=beyond[0],
            hint="text that holds the separator must stand in quotation marks",
        )
    told = ", ".join(map(str, beyond[:5])) + (" …" if len(beyond) > 5 else "")
    skipped = Skipped(
        source,
        f"more cells than the header has (lines {told})",
        failed=True,
        count=len(beyond),
        hint="put text that holds the separator in quotation marks, and import again",
    )
    lost = Loss("columns without a name", unnamed, "their cells are not read: give each a name")
    return Grid(
        cells,
        {name: number for number, name in enumerate(header.names, start=1) if name},
        lines,
        (skipped,) if beyond else (),
        (*sheet.notes, *([header.note] if header.note else [])),
        (*sheet.losses, lost) if unnamed else sheet.losses,
    )


def _columns(
    rows: Iterator[tuple[int, list[str]]], names: tuple[str, ...]
) -> tuple[dict[str, list[str]], list[int], list[int], int]:
    """Cells by column, line numbers, lines with cells beyond the header, and how many nameless columns hold cells."""
    width = len(names)
    named: list[tuple[int, list[str], dict[str, str]]] = [(place, [], {}) for place, name in enumerate(names) if name]
    nameless = [place for place, name in enumerate(names) if not name]
    lines: list[int] = []
    beyond: list[int] = []
    lost: set[int] = set()
    for line, cells in rows:
        if len(cells) > width and any(map(str.strip, cells[width:])):
            beyond.append(line)
            continue
        lines.append(line)
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        lost.update(place for place in nameless if cells[place].strip())
        for place, column, known in named:
            cell = cells[place]
            # "north" in a hundred thousand rows is one string.
            if len(cell) <= _SHORT:
                cell = known.get(cell) or (known.setdefault(cell, cell) if len(known) < _ALIKE else cell)
            column.append(cell)
    return {names[place]: column for place, column, _ in named}, lines, beyond, len(lost)
