"""Rows of csv, tsv and xlsx files as text; as dictionaries for manifests, codebook tables and coding tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from qualcode.errors import MalformedTranscript
from qualcode.importers.imported import Loss
from qualcode.importers.text import contents, decoded

WORKBOOKS = (".xlsx", ".xlsm")
_HEAD = 65_536
"""Characters in which the separator is looked for; a survey's header may hold whole paragraphs."""
_STATED = re.compile(r"sep=(.)\s*\Z")

csv.field_size_limit(10_000_000)


class Row(dict[str, str]):
    """One row by column name; `line` counts as a spreadsheet does, the header being 1."""

    line: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it lies in a file: a csv is one, a workbook may hold several."""

    name: str = field(repr=False)
    records: Iterable[tuple[int, list[str]]] = field(repr=False)
    """Number and cells of every record, the header with them; read as they are asked for, from the start each time."""
    hidden: bool = False
    notes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()


def read_rows(path: Path, source: str, sheet: str | None = None) -> list[Row]:
    """All rows below the header that hold anything; every cell is text, exactly as written, newlines as `\\n`.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: damaged, no header, the same column twice, or a row with more cells than columns. A
            `sheet` that is not there has no rows.
    """
    found = [one for one in sheets(path, source) if sheet is None or one.name in ("", sheet)]
    records = filled(found[0]) if found else iter(())
    line, first = next(records, (0, None))
    if first is None and sheet is not None:
        return []
    if first is None:
        raise MalformedTranscript("there is nothing in it (expected a header and rows)", path=source)
    header = [" ".join(cell.split()) for cell in first]
    refuse_twice(header, source, line)
    return [_row(line, cells, header, source) for line, cells in records]


def sheets(path: Path, source: str) -> list[Sheet]:
    """The tables of a file, in its order.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: it is not text, or no workbook; also later, while damaged records are read.
    """
    if path.suffix.lower() in WORKBOOKS:
        from qualcode.importers import workbook

        return workbook.sheets(contents(path, source), source)
    text, encoding, notes = decoded(contents(path, source), source)
    return [Sheet("", _Separated(path, source, encoding, separator_of(text)), notes=notes)]


def filled(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """The records that hold anything."""
    return ((line, cells) for line, cells in sheet.records if any(map(str.strip, cells)))


def refuse_twice(header: list[str], source: str, line: int) -> None:
    """Refuse a header that gives two columns one name: nobody could say which of them is meant.

    Raises:
        MalformedTranscript: with the numbers of the columns.
    """
    places: dict[str, list[int]] = {}
    for number, name in enumerate(header, start=1):
        places.setdefault(name, []).append(number)
    twice = [numbers for name, numbers in places.items() if name and len(numbers) > 1]
    if twice:
        told = "; ".join(f"columns {', '.join(map(str, n[:-1]))} and {n[-1]}" for n in twice[:5])
        raise MalformedTranscript(
            f"{len(twice)} column names stand more than once ({told}{'; …' if len(twice) > 5 else ''})",
            path=source,
            line=line,
            hint="give every column its own name",
        )


def separator_of(text: str) -> str:
    """Comma, semicolon, tab or bar: as Excel's first line `sep=` states it, else the commonest in the header."""
    head = text[:_HEAD].lstrip("\ufeff\r\n")
    if stated := _STATED.match(head.split("\n", 1)[0]):
        return stated[1]
    header = re.sub(r'"[^"]*"', "", head).split("\n", 1)[0]
    return max(",;\t|", key=header.count)


def _row(line: int, cells: list[str], header: list[str], source: str) -> Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise MalformedTranscript(
            f"the row has {len(cells)} cells (expected {len(header)})",
            path=source,
            line=line,
            hint="text that holds the separator must stand in quotation marks",
        )
    row = Row((name, cells[i] if i < len(cells) else "") for i, name in enumerate(header) if name)
    row.line = line
    return row


@dataclass(frozen=True, slots=True, repr=False)
class _Separated:
    """The records of a text file, read line by line: a survey of 200 MB is never in memory beside its own cells."""

    path: Path
    source: str
    encoding: str
    separator: str

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding=self.encoding) as file:
            records = csv.reader(self._lines(file), delimiter=self.separator, strict=True)
            try:
                yield from enumerate(records, start=1)
            except csv.Error as error:
                raise MalformedTranscript(
                    f"is not a table that can be read ({error})",
                    path=self.source,
                    line=records.line_num,
                    hint="a quotation mark may be open; save it anew as CSV UTF-8",
                ) from None

    @staticmethod
    def _lines(file: TextIO) -> Iterator[str]:
        first = next(file, "").lstrip("\ufeff")
        # Excel's `sep=;` is an empty record then, so that rows keep the numbers that a spreadsheet shows.
        yield "\n" if _STATED.match(first) else first.replace("\x00", "")
        for line in file:
            yield line.replace("\x00", "")
