"""The codebook: codes with MacQueen's fields, facets, patterns; read, checked and written as YAML."""

from __future__ import annotations

from qualcode.codebook.codes import Code, Codebook, Facet, NearMiss
from qualcode.codebook.crosswalk import Crosswalk, crosswalk
from qualcode.codebook.files import Fault, check, load, save
from qualcode.codebook.growing import add
from qualcode.codebook.pattern import Pattern
from qualcode.codebook.skeleton import from_labels, from_rows, slug

__all__ = [
    "Code",
    "Codebook",
    "Crosswalk",
    "Facet",
    "Fault",
    "NearMiss",
    "Pattern",
    "add",
    "check",
    "crosswalk",
    "from_labels",
    "from_rows",
    "load",
    "save",
    "slug",
]
