"""Records on their way from a reader's process to ours, as pickles that can hold records and nothing else."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import is_dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from qualcode.errors import QualcodeError

_RECORDS = ("qualcode.corpus", "qualcode.coding", "qualcode.codebook.", "qualcode.importers.imported")
_PLAIN = frozenset({("builtins", "str"), ("builtins", "int"), ("builtins", "float")})
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


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        # lxml and openpyxl give their own kinds of text and number: what arrives is the plain one.
        if isinstance(obj, (str, int, float)):
            plain = next(kind for kind in (str, int, float) if isinstance(obj, kind))
            return (plain, (plain(obj),))
        if isinstance(obj, MappingProxyType) or (isinstance(obj, Mapping) and not is_dataclass(obj)):
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
