"""Records to rows of JSON and back, by the records' own types; a row that is not such a record is refused."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Row = dict[str, Any]
_OTHER = "not what the field holds"


def shallow(value: Any) -> Row:
    """Field names to values, one level deep."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


def plain(value: object) -> Any:
    """A record as JSON holds it; dates go in as `{"date": "2025-03-01"}`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(inner) for name, inner in shallow(value).items()}
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return {"date": value.isoformat()} if isinstance(value, date) else value


def record(kind: type[T], row: object) -> T:
    """The record that `plain` made a row of.

    Raises:
        ValueError, TypeError, KeyError: the row is none.
    """
    made: T = _value(row, kind)
    return made


def _value(value: Any, hint: Any) -> Any:
    """`value` as a field of type `hint` holds it; nothing is turned into another type."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(value, dict):
            raise ValueError(_OTHER)
        hints = _hints(hint)
        return hint(**{name: _value(held, hints[name]) for name, held in value.items()})
    if origin in (Union, types.UnionType):
        for one in inner:
            try:
                return _value(value, one)
            except (ValueError, TypeError, KeyError):
                continue
        raise ValueError(_OTHER)
    if origin is tuple and isinstance(value, list):
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_value(item, one) for item, one in zip(value, kinds, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, dict):
        return {name: _value(held, inner[1]) for name, held in value.items()}
    if origin is Literal and value in inner:
        return value
    if hint is date:
        return date.fromisoformat(value["date"])
    if hint is float and type(value) in (int, float):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(_OTHER)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
