"""Rows of csv, tsv and xlsx files as dictionaries of text; also for manifests, codebook tables and coding tables."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qualcode.errors import MalformedTranscript
from qualcode.importers.text import contents, decoded, normalised

csv.field_size_limit(10_000_000)


class Row(dict[str, str]):
    """One row by column name; `line` counts as a spreadsheet does, the header being 1."""

    line: int = 0


def read_rows(path: Path, source: str, sheet: str | None = None) -> list[Row]:
    """All rows below the header that hold anything; every cell is text, exactly as written, newlines as `\\n`.

    Raises:
        ImporterError: the file cannot be opened.
        MalformedTranscript: damaged, no header, the same column twice, or a row with more cells than columns. A
            `sheet` that is not there has no rows.
    """
    data = contents(path, source)
    table = _workbook(data, source, sheet) if path.suffix.lower() in (".xlsx", ".xlsm") else _separated(data, source)
    filled = [(line, row) for line, row in enumerate(table, start=1) if any(cell.strip() for cell in row)]
    if not filled and sheet is not None:
        return []
    if not filled:
        raise MalformedTranscript("there is nothing in it (expected a header and rows)", path=source)
    header = [" ".join(cell.split()) for cell in filled[0][1]]
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        twice = {name for name in named if named.count(name) > 1}
        raise MalformedTranscript(
            f"{len(twice)} column names stand more than once",
            path=source,
            line=filled[0][0],
            hint="give every column its own name",
        )
    return [_row(line, cells, header, source) for line, cells in filled[1:]]


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


def separator_of(text: str) -> str:
    """Comma, semicolon or tab: the commonest in the header, outside quotation marks."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\n")).split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _separated(data: bytes, source: str) -> list[list[str]]:
    text, _, _ = decoded(data, source)
    text = normalised(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True))
    except csv.Error as error:
        raise MalformedTranscript(
            f"is not a table that can be read ({error})",
            path=source,
            hint="a quotation mark may be open; save it anew as CSV UTF-8",
        ) from error


def _workbook(data: bytes, source: str, sheet: str | None) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:
        raise MalformedTranscript(
            f"is not an Excel file that can be read ({type(error).__name__})", path=source, hint="save it anew as .xlsx"
        ) from error
    if sheet is not None and sheet not in workbook.sheetnames:
        return []
    chosen = workbook[sheet] if sheet else workbook.worksheets[0]
    # Other programs write a wrong dimension into the file, and read-only mode would believe it.
    chosen.reset_dimensions()
    rows = [[_cell(value) for value in row] for row in chosen.iter_rows(values_only=True)]
    workbook.close()
    return rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return normalised(str(value))
