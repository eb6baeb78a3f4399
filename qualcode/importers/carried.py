"""Records on their way from a reader's process to ours, as pickles that can hold records and nothing else."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from numbers import Integral, Real
from operator import attrgetter
from typing import Any

from qualcode.errors import QualcodeError

_RECORDS = ("qualcode.corpus", "qualcode.coding", "qualcode.codebook.", "qualcode.importers.imported")
_PLAIN = frozenset({("builtins", "str"), ("builtins", "int"), ("builtins", "float")})
_KINDS: tuple[tuple[Any, type], ...] = ((str, str), (int, Integral), (float, Real))
_PLAIN_DATES = frozenset({("datetime", "date"), ("datetime", "datetime")})


def packed(value: object) -> bytes:
    """The bytes of a record or an error.

    Raises:
        pickle.PicklingError: it holds what no record holds.
    """
    stream = io.BytesIO()
    _Pickler(stream, protocol=5).dump(value)
    return stream.getvalue()


def unpacked(data: bytes) -> object:
    """The record or the error that `packed` wrote.

    A reader's process may be in the hands of the file that it read, so its answer is a stranger's: of what a pickle
    can name, only our records, our errors and dates are made, and no function is ever called.

    Raises:
        pickle.UnpicklingError: it holds something else, or is damaged.
    """
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        raise
    except Exception:  # noqa: BLE001 - a damaged pickle raises what it likes
        raise pickle.UnpicklingError("the answer is damaged") from None


@cache
def _values(kind: Any) -> Callable[[Any], tuple[object, ...]] | None:
    """What takes the fields out of a record of ours, in the order of its `__init__`; None for all else."""
    if not is_dataclass(kind) or not kind.__module__.startswith(_RECORDS):
        return None
    names = [field.name for field in fields(kind) if field.init]  # the others are made anew of these
    return attrgetter(*names) if len(names) > 1 else lambda record: (getattr(record, names[0]),)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        kind: Any = type(obj)
        values = _values(kind)
        if values is not None:
            # As a call with its fields: by their own means, records of a survey took three times as long.
            return kind, values(obj)
        # lxml, openpyxl and numpy give their own kinds of text and number: what arrives is the plain one.
        for plain, kinds in _KINDS:
            if isinstance(obj, kinds):
                return plain, (plain(obj),)
        if isinstance(obj, Mapping):
            return (dict, (), None, None, iter(obj.items()))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN | _PLAIN_DATES or (module, name) == ("builtins", "dict"):
            return super().find_class(module, name)
        if "." not in name and (module == "qualcode.errors" or module.startswith(_RECORDS)):
            kind = getattr(import_module(module), name, None)
            if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, QualcodeError)):
                return kind
        raise pickle.UnpicklingError("the answer holds something that is no record")
