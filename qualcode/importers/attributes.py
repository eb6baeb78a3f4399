"""Typed attributes from table cells: numbers, yes/no, dates, text; an empty cell is *not stated*."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qualcode.corpus import AttributeValue

NOT_STATED = frozenset({"", "not stated", "not_stated", "n/s", "not reported", "unknown", "?"})
_BOOLEAN = {"yes": True, "no": False, "true": True, "false": False}
_INTEGER = re.compile(r"^-?(?:0|[1-9]\d*)$")
_DECIMAL = re.compile(r"^-?\d+\.\d+$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def typed(cells: Sequence[str]) -> list[AttributeValue]:
    """One column's cells, typed alike: all numbers, all yes/no, all ISO dates, else text.

    Leading zeros make a column text, so that `007` stays what it is.

    >>> typed(["3", "", "12"])
    [3, None, 12]
    """
    stated = [cell.strip() for cell in cells if cell.strip().lower() not in NOT_STATED]
    if not stated:
        return [None] * len(cells)
    if all(_INTEGER.match(cell) for cell in stated):
        kind = "integer"
    elif all(_INTEGER.match(cell) or _DECIMAL.match(cell) for cell in stated):
        kind = "decimal"
    elif all(cell.lower() in _BOOLEAN for cell in stated):
        kind = "boolean"
    elif all(_is_date(cell) for cell in stated):
        kind = "date"
    else:
        kind = "text"
    return [_value(cell.strip(), kind) for cell in cells]


def written(value: AttributeValue) -> str:
    """A value as a table's cell holds it; what is not stated is an empty cell.

    >>> [written(value) for value in (True, 3, None)]
    ['yes', '3', '']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _value(cell: str, kind: str) -> AttributeValue:
    if cell.lower() in NOT_STATED:
        return None
    if kind == "integer":
        return int(cell)
    if kind == "decimal":
        return float(cell)
    if kind == "boolean":
        return _BOOLEAN[cell.lower()]
    if kind == "date":
        return date.fromisoformat(cell)
    return cell


def _is_date(cell: str) -> bool:
    if not _DATE.match(cell):
        return False
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True
