"""Rows of csv, tsv and xlsx files as dictionaries of text; also for manifests, codebook tables and coding tables."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qualcode.errors import ImporterError, MalformedTranscript
from qualcode.importers.text import decoded, normalised

csv.field_size_limit(10_000_000)


def read_rows(path: Path, source: str, sheet: str | None = None) -> list[dict[str, str]]:
    """All rows below the header; every cell is text, exactly as written, newlines as `\\n`. No such `sheet`: no rows.

    Raises:
        ImporterError: the file cannot be opened, or is neither csv, tsv nor xlsx.
        MalformedTranscript: damaged, no header, or the same column twice.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImporterError(f"cannot be opened ({error.strerror})", path=source) from error
    table = _workbook(data, source, sheet) if path.suffix.lower() in (".xlsx", ".xlsm") else _separated(data, source)
    table = [row for row in table if any(cell.strip() for cell in row)]
    if not table and sheet is not None:
        return []
    if not table:
        raise MalformedTranscript("there is nothing in it (expected a header and rows)", path=source)
    header = [" ".join(cell.split()) for cell in table[0]]
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        twice = sorted({name for name in named if named.count(name) > 1})
        raise MalformedTranscript(
            f"{len(twice)} column names stand more than once",
            path=source,
            line=1,
            hint="give every column its own name",
        )
    return [{name: (row[i] if i < len(row) else "") for i, name in enumerate(header) if name} for row in table[1:]]


def _separated(data: bytes, source: str) -> list[list[str]]:
    text, _, _ = decoded(data, source)
    text = normalised(text)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
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
