"""`make benchmark-facets`: how often the tagger reads state, polarity and holder right on the 200 minimal pairs.

A member is right when the state is, and, if the code is present, polarity and holder as well. A pair is right when
both members are. The pairs were written by a language model that had not seen the rules.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.coding import PRESENT
from qualcode.corpus import Segment
from qualcode.encoders.minilm import MiniLM
from qualcode.taggers.definitions import DefinitionTagger


def main() -> None:
    with resources.path("corpora/minimal_pairs.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    tagger = DefinitionTagger(codebooks.load(resources.path("codebooks/peer_support.yaml")), encoder=MiniLM())
    found = tagger.tag(
        [Segment(str(n), "t", 0, len(r["text"]), "turn", r["text"], r["context"]) for n, r in enumerate(rows)]
    )
    place = {code: column for column, code in enumerate(found.codes)}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    pairs: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for n, row in enumerate(rows):
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
    for facet in [*dict.fromkeys(row["facet"] for row in rows), "all"]:
        own = [all(members) for (name, _), members in pairs.items() if facet in (name, "all")]
        c = counts[facet]
        print(
            f"| {facet} | {len(own)} | {sum(own)} | {c['state']} of {c['members']} | "
            f"{c['polarity']} of {c['found']} | {c['holder']} of {c['found']} |"
        )


if __name__ == "__main__":
    main()
