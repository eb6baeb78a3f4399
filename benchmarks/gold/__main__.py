"""`make benchmark-gold`: how far the two coders of the demo corpus agree, before anybody adjudicated.

`python -m benchmarks.gold --write` also writes the tables that the corpus publishes; a test compares them.
"""

from __future__ import annotations

import sys

import pandas as pd

from benchmarks.gold.reading import CODERS, FACETS, codes, on_passages, rows, texts
from qualcode import resources
from qualcode.analysis import agreement

SHOWN = 3
"""Decimals that are published."""


def tables() -> dict[str, pd.DataFrame]:
    """Agreement by code and by facet, as published."""
    codings, judged, units = on_passages({coder: rows(coder) for coder in CODERS}, texts())
    by_code = agreement.by_code(codings, judged, units, codes()).to_frame()
    by_facet = agreement.by_facet(codings, units, list(FACETS)).to_frame()
    facet = by_facet.rename(columns={"code": "facet"})[
        ["facet", "units", "people", "agreement", "alpha", "alpha_low", "alpha_high"]
    ]
    return {"agreement": by_code.drop(columns="reason").round(SHOWN), "facet_agreement": facet.round(SHOWN)}


def main() -> None:
    for name, table in tables().items():
        print(table.to_string(index=False))
        print()
        if "--write" in sys.argv:
            path = resources.path("corpora/demo_gold") / f"{name}.csv"
            path.write_text(table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
