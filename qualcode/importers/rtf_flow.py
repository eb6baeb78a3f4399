"""The paragraphs, cells and rows of rich text as they end: the file says where each ends, and never where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field

from qualcode.importers.blocks import Paragraph, Table, joined, paragraph


@dataclass(slots=True)
class Flow:
    """Paragraphs and tables as they grow; `levels[n]` is a table inside n - 1 tables."""

    pieces: list[tuple[str, bool]] = field(default_factory=list, repr=False)
    blocks: list[tuple[Paragraph | Table, bool]] = field(default_factory=list, repr=False)
    boxes: list[tuple[Paragraph | Table, bool]] = field(default_factory=list, repr=False)
    levels: list[_Level] = field(default_factory=list, repr=False)
    level: int = 0
    """How many tables the paragraph stands in."""

    def end_paragraph(self, level: int, goes_on: bool = False) -> None:
        """The paragraph is whole, and so are the tables that it does not stand in."""
        self._close(level)
        where = self._blocks(level)
        where.append((paragraph(_whole(self.pieces)), goes_on))
        where += self.boxes
        self.pieces, self.boxes = [], []

    def end_cell(self, level: int) -> None:
        """The cell is whole; it may end without the end of a paragraph."""
        if self.pieces or self.boxes or not self._blocks(level):
            self.end_paragraph(level)
        self._close(level)
        here = self.levels[level - 1]
        here.cells.append(tuple(joined(here.blocks)))
        here.blocks = []

    def end_row(self, level: int) -> None:
        """The row is whole."""
        self._blocks(level)
        here = self.levels[level - 1]
        if here.cells:
            here.rows.append(tuple(here.cells))
            here.cells = []

    def end(self) -> list[tuple[Paragraph | Table, bool]]:
        """All that there is, when nothing follows."""
        if self.pieces or self.boxes:
            self.end_paragraph(0)
        self._close(0)
        return self.blocks

    def _blocks(self, level: int) -> list[tuple[Paragraph | Table, bool]]:
        while len(self.levels) < level:
            self.levels.append(_Level())
        return self.levels[level - 1].blocks if level else self.blocks

    def _close(self, level: int) -> None:
        while len(self.levels) > level:
            last = self.levels.pop()
            if last.blocks:
                last.cells.append(tuple(joined(last.blocks)))
            if last.cells:
                last.rows.append(tuple(last.cells))
            if last.rows:
                self._blocks(len(self.levels)).append((Table(tuple(last.rows)), False))


@dataclass(slots=True)
class _Level:
    rows: list[tuple[tuple[Paragraph | Table, ...], ...]] = field(default_factory=list, repr=False)
    cells: list[tuple[Paragraph | Table, ...]] = field(default_factory=list, repr=False)
    blocks: list[tuple[Paragraph | Table, bool]] = field(default_factory=list, repr=False)


def _whole(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Pieces with the halves of characters beyond U+FFFF put together; a half alone is lost."""
    merged: list[tuple[str, bool]] = []
    for words, off in pieces:
        if merged and merged[-1][1] == off:
            merged[-1] = (merged[-1][0] + words, off)
        else:
            merged.append((words, off))
    return [(w.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), off) for w, off in merged]
