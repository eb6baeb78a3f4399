"""A colleague's codebook added to ours, which else stays as it was written."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from qualcode.codebook.codes import Code, Codebook, Facet
from qualcode.codebook.files import entry, from_text
from qualcode.codebook.growing import grown
from qualcode.errors import CodebookError

_WIDE = 4096
"""Columns; a line that a person wrote is not broken anew."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Our codebook with what only theirs has, and where the two differ."""

    text: str = field(repr=False)
    codebook: Codebook
    added: tuple[str, ...]
    """Codes that were added."""
    meanings: tuple[str, ...]
    """Codes of the same id and another meaning: ours stand."""
    rules: tuple[str, ...]
    """Codes of the same meaning and other patterns, status or seeds: ours stand."""
    facets: tuple[str, ...]
    """Facets that were added, or got values."""


def merge(ours: str, theirs: Codebook, name: str) -> Merged:
    """Add to our codebook the codes and facet values that only theirs has; ours keeps its lines and comments.

    Args:
        ours: the text of our codebook.
        theirs: their codebook.
        name: how an error names our codebook.

    Raises:
        CodebookError: ours has faults.
    """
    own = from_text(ours, name)
    added = [code for code in theirs if code.id not in own]
    both = [(own[code.id], code) for code in theirs if code.id in own]
    facets = [facet for facet in theirs.facets if _lacking(own, facet)]
    text = _with_facets(ours, facets) if facets else ours
    text = _with_codes(text, added, name) if added else text
    return Merged(
        text,
        from_text(text, name) if text != ours else own,
        tuple(code.id for code in added),
        tuple(code.id for mine, code in both if mine.hash != code.hash),
        tuple(code.id for mine, code in both if mine.hash == code.hash and mine != code),
        tuple(facet.id for facet in facets),
    )


def _lacking(codebook: Codebook, facet: Facet) -> list[str]:
    own = codebook.facet(facet.id)
    return [value for value in facet.values if own is None or value not in own.values]


def _with_codes(text: str, codes: Sequence[Code], name: str) -> str:
    try:
        return grown(text, codes, name)
    except CodebookError:
        # The list stands in brackets: the whole is written anew.
        tree = _yaml().load(text)
        tree["codes"].extend(entry(code) for code in codes)
        return _dumped(tree)


def _with_facets(text: str, facets: Sequence[Facet]) -> str:
    tree = _yaml().load(text)
    known = tree.setdefault("facets", {})
    for facet in facets:
        if facet.id in known:
            values = known[facet.id]["values"]
            values.extend(value for value in facet.values if value not in map(str, values))
        else:
            known[facet.id] = {"values": list(facet.values)} | (
                {"definition": facet.definition} if facet.definition else {}
            )
    return _dumped(tree)


def _dumped(tree: Any) -> str:
    buffer = io.StringIO()
    _yaml().dump(tree, buffer)
    return buffer.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = _WIDE
    return yaml
