"""Take examples and near misses out of a codebook's text; the rest of it, comments too, stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_WIDE = 4096


def examples(text: str) -> list[str]:
    """Every example and near miss of a codebook's text; none where it is no codebook."""
    return [example for entry in _entries(_tree(text)) for _, example in _quoted(entry)]


def without(text: str, unwanted: Callable[[str], bool]) -> tuple[str, int]:
    """The text less the examples and near misses that are unwanted, and how many those are; the same text if none."""
    tree = _tree(text)
    count = 0
    for entry in _entries(tree):
        for name in ("examples", "near_misses"):
            gone = [place for (field, place), said in _quoted(entry) if field == name and unwanted(said)]
            for place in reversed(gone):
                del entry[name][place]
            if gone and not entry[name]:
                del entry[name]
            count += len(gone)
    if not count:
        return text, 0
    written = io.StringIO()
    _yaml().dump(tree, written)
    return written.getvalue(), count


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _tree(text: str) -> Any:
    try:
        return _yaml().load(text)
    except (YAMLError, ValueError):
        return None


def _entries(tree: Any) -> list[Any]:
    codes = tree.get("codes") if isinstance(tree, dict) else None
    return [entry for entry in codes if isinstance(entry, dict)] if isinstance(codes, list) else []


def _quoted(entry: Any) -> list[tuple[tuple[str, int], str]]:
    """(field, place in its list) with the words."""
    found = []
    for name in ("examples", "near_misses"):
        listed = entry.get(name)
        for place, one in enumerate(listed if isinstance(listed, list) else ()):
            said = one.get("text", "") if isinstance(one, dict) else one
            found.append(((name, place), str(said)))
    return found
