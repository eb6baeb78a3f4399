"""The 200 minimal pairs: how often the tagger reads state, polarity and holder right. Nothing is trained on them.

A member is right when the state is, and, if the code is present, polarity and holder as well. A pair is right when
both members are. The pairs were written by a language model that had not seen the rules.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import replace

from qualcode import resources
from qualcode.coding import PRESENT, Proposals
from qualcode.corpus import Segment
from qualcode.taggers.facet_model import FacetModel


def rows() -> list[dict[str, str]]:
    """Members of the pairs."""
    with resources.path("corpora/minimal_pairs.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def segments() -> list[Segment]:
    """A passage for each member, with the question that it answers."""
    return [Segment(str(n), "t", 0, len(r["text"]), "turn", r["text"], r["context"]) for n, r in enumerate(rows())]


def relearned(found: Proposals, passages: list[Segment], model: FacetModel) -> Proposals:
    """The proposals with the facets that were learned in the place of those of the rules."""
    cells = list(found.proposed)
    read = model.read(
        [passages[row] for row, _ in cells],
        [found.codes[column] for _, column in cells],
        [found.proposed[cell].evidence for cell in cells],
    )
    proposed = {}
    for cell, said in zip(cells, read, strict=True):
        kept = {facet: value for facet, value in found.proposed[cell].facets.items() if facet not in model.learned}
        learned = {facet: said[facet].value for facet in model.learned if facet in said}
        proposed[cell] = replace(found.proposed[cell], facets=kept | learned)
    return replace(found, proposed=proposed)


def table(found: Proposals) -> None:
    """Print right pairs and right facets, by the facet in which the members differ."""
    place = {code: column for column, code in enumerate(found.codes)}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    pairs: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for n, row in enumerate(rows()):
        cell = (n, place[row["code"]])
        present = found.state[cell] == PRESENT
        facets = found.proposed[cell].facets if present else {}
        state = present == (row["state"] == "present")
        polarity = facets.get("polarity", "") == row["polarity"]
        holder = facets.get("holder", "") == row["holder"]
        right = state and (not present or (polarity and holder))
        for facet in (row["facet"], "all"):
            counts[facet]["members"] += 1
            counts[facet]["state"] += state
            if present and row["state"] == "present":
                counts[facet]["found"] += 1
                counts[facet]["polarity"] += polarity
                counts[facet]["holder"] += holder
        pairs[row["facet"], row["pair"]].append(right)
    print("| facet that differs | pairs | both right | state right | polarity right of found | holder right of found |")
    print("|---|---|---|---|---|---|")
    for facet in [*dict.fromkeys(row["facet"] for row in rows()), "all"]:
        own = [all(members) for (name, _), members in pairs.items() if facet in (name, "all")]
        c = counts[facet]
        print(
            f"| {facet} | {len(own)} | {sum(own)} | {c['state']} of {c['members']} | "
            f"{c['polarity']} of {c['found']} | {c['holder']} of {c['found']} |"
        )
