"""`consent.csv` says what each participant agreed to; an empty cell is *not stated*.

Columns: case (required), participate, quote, archive, share, machine, expires; a column `note` is the researcher's own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, get_args

from qualcode.corpus import Consent, Quotable
from qualcode.errors import ImporterError
from qualcode.importers.attributes import NOT_STATED
from qualcode.importers.rows import read_rows, separator_of
from qualcode.importers.text import decoded

_CASE, _NOTE = "case", "note"
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Stated:
    """What one row states."""

    line: int
    consent: Consent


def read_consents(path: Path) -> dict[str, Stated]:
    """Read the table, by case.

    Raises:
        ImporterError: not a table, no column `case`, a column of another name, a value that is not known, a case that
            is named twice or not at all. What is not understood is refused and never passed over: it may be a no.
    """
    rows = read_rows(path, path.name)
    if not rows:
        return {}
    columns = {name.strip().lower(): name for name in rows[0]}
    if _CASE not in columns:
        known = ", ".join((_CASE, *_READERS))
        raise ImporterError(f"has no column '{_CASE}' (expected {known})", path=path.name, line=1)
    for number, name in enumerate(rows[0], start=1):
        if name.strip().lower() not in (_CASE, _NOTE, *_READERS):
            known = ", ".join((_CASE, *_READERS))
            hint = f"correct its name, or call it {_NOTE} if it is for yourself"
            message = f"the name of column {number} is not known (expected {known})"
            raise ImporterError(message, path=path.name, line=1, hint=hint)
    found: dict[str, Stated] = {}
    for row in rows:
        case = row[columns[_CASE]].strip()
        if not case:
            raise ImporterError("the row names no case", path=path.name, line=row.line)
        if case in found:
            raise ImporterError(
                f"the case of this row is named twice (first in line {found[case].line})",
                path=path.name,
                line=row.line,
            )
        cells = {field: row[columns[field]].strip().lower() for field in _READERS if field in columns}
        values = {
            field: _READERS[field](cell, field, path.name, row.line)
            for field, cell in cells.items()
            if cell not in NOT_STATED
        }
        found[case] = Stated(row.line, Consent(**values))
    return found


def with_stated(table: bytes, source: str, stated: Mapping[str, Consent]) -> bytes:
    """A table that can be read, with these statements in it; all other lines and cells stay letter for letter.

    Columns that it lacks come after the last one, cases that it lacks after the last row.

    Args:
        table: as it lies in the file; may be empty.
        source: its name.
        stated: by case; what a statement leaves open keeps the cell that stands.
    """
    text, encoding, _ = decoded(table, source)
    text = text or ",".join((_CASE, *_READERS)) + "\n"
    separator = separator_of(text)
    lines = io.StringIO(text, newline="").readlines()
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    records = csv.reader(lines, delimiter=separator)
    header: list[str] = []
    made: list[str] = []
    before, left = 0, dict(stated)
    for cells in records:
        raw, before = "".join(lines[before : records.line_num]), records.line_num
        if not any(map(str.strip, cells)) or (not made and raw.lstrip("\ufeff").startswith("sep=")):
            made.append(raw)
        elif not header:
            named = [name.strip().lower() for name in cells]
            header = named + [name for name in _needed(stated) if name not in named]
            made.append(_written([*cells, *header[len(named) :]], separator, end) if header != named else raw)
        else:
            case = dict(zip(header, cells, strict=False))[_CASE].strip()
            consent = left.pop(case, Consent())
            made.append(_written(_filled(cells, header, consent), separator, end) if consent != Consent() else raw)
    if made and not made[-1].endswith(("\n", "\r")):
        made[-1] += end
    for case, consent in sorted(left.items()):
        cells = [case if name == _CASE else "" for name in header]
        made.append(_written(_filled(cells, header, consent), separator, end))
    changed = "".join(made)
    try:
        return changed.encode(encoding)
    except UnicodeEncodeError:
        return changed.encode("utf-8-sig")


def _needed(stated: Mapping[str, Consent]) -> list[str]:
    return [name for name in _READERS if any(getattr(consent, name) is not None for consent in stated.values())]


def _filled(cells: list[str], header: list[str], consent: Consent) -> list[str]:
    told = cells + [""] * (len(header) - len(cells))
    for field in fields(consent):
        value = getattr(consent, field.name)
        if value is not None:
            told[header.index(field.name)] = _cell(value)
    return told


def _cell(value: str | bool | date) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else "yes" if value else "no"


def _written(cells: list[str], separator: str, end: str) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=separator, lineterminator=end).writerow(cells)
    return line.getvalue()


def _agreed(cell: str, field: str, path: str, line: int) -> bool:
    if cell not in _YES_NO:
        raise ImporterError(f"{field} is not understood (expected yes, no or empty)", path=path, line=line)
    return _YES_NO[cell]


def _quotable(cell: str, field: str, path: str, line: int) -> str:
    if cell not in get_args(Quotable):
        expected = ", ".join(get_args(Quotable))
        raise ImporterError(f"{field} is not understood (expected {expected} or empty)", path=path, line=line)
    return cell


def _day(cell: str, field: str, path: str, line: int) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ImporterError(
            f"{field} is no date (expected year-month-day such as 2027-03-31, or empty)",
            path=path,
            line=line,
            hint="spreadsheets write dates in their own way: format the column as text",
        ) from None


_READERS: dict[str, Callable[[str, str, str, int], Any]] = {
    "participate": _agreed,
    "quote": _quotable,
    "archive": _agreed,
    "share": _agreed,
    "machine": _agreed,
    "expires": _day,
}
