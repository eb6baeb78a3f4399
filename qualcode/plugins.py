"""Entry points: the one door through which built-in and foreign parts come in.

Groups: `qualcode.importers` (named by suffix), `qualcode.taggers`, `qualcode.encoders`,
`qualcode.exporters`, `qualcode.detectors`. A built-in of the same name wins over a
foreign one, so that installing a package never changes how a project is read.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from qualcode.errors import PluginError


def names(group: str) -> list[str]:
    """The names that are registered in `group`, sorted."""
    return sorted(_found(group))


def load(group: str, name: str) -> Any:
    """The object registered as `name` in `group`.

    Raises:
        PluginError: no such name, or importing it failed.
    """
    found = _found(group)
    if name not in found:
        raise PluginError(
            f"there is no {group[:-1]} named {name!r}",
            hint=f"registered: {', '.join(sorted(found)) or 'none'}; is qualcode installed (pip install -e .)?",
        )
    try:
        return found[name].load()
    except Exception as error:
        raise PluginError(
            f"the {group[:-1]} {name!r} could not be loaded ({type(error).__name__})",
            place=found[name].value,
            hint="reinstall the package that brings it",
        ) from error


def _found(group: str) -> dict[str, EntryPoint]:
    points = list(entry_points(group=f"qualcode.{group}"))
    foreign_first = sorted(points, key=lambda point: point.value.startswith("qualcode."))
    return {point.name: point for point in foreign_first}
