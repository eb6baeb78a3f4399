"""The codebook: codes with MacQueen's fields, facets, patterns; read, checked and written as YAML."""

from __future__ import annotations

from qualcode.codebook.codes import Code, Codebook, Facet, NearMiss
from qualcode.codebook.crosswalk import Crosswalk, crosswalk, narrowed
from qualcode.codebook.files import Fault, check, from_text, load, save, to_text
from qualcode.codebook.growing import add
from qualcode.codebook.pattern import Pattern
from qualcode.codebook.skeleton import from_labels, from_rows, slug
from qualcode.codebook.union import Merged, merge

__all__ = [
    "Code",
    "Codebook",
    "Crosswalk",
    "Facet",
    "Fault",
    "Merged",
    "NearMiss",
    "Pattern",
    "add",
    "check",
    "crosswalk",
    "from_labels",
    "from_rows",
    "from_text",
    "load",
    "merge",
    "narrowed",
    "save",
    "slug",
    "to_text",
]
