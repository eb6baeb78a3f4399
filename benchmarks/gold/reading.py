"""The demo corpus and its codings as records and frames; the tests read them by the same door."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from qualcode import codebook as codebooks
from qualcode import plugins, resources, segments
from qualcode.coding import Coding, onto
from qualcode.corpus import Segment, Transcript
from qualcode.importers import ReadOptions
from qualcode.importers.manifest import read_manifest

CODERS = ("coder_a", "coder_b")
FACETS = ("polarity", "holder", "time")
SECRET = b"demo"


@cache
def codes() -> list[str]:
    """The fifteen codes that were judged."""
    return [code.id for code in codebooks.load(resources.path("codebooks/peer_support.yaml")).active]


def texts() -> dict[tuple[str, str], Transcript]:
    """Transcripts by file and, in a table, respondent."""
    folder = resources.path("corpora/demo")
    found = {}
    for name, describe in read_manifest(folder / "manifest.csv").files.items():
        read = plugins.load("importers", Path(name).suffix[1:])
        for transcript in read(folder / name, ReadOptions(SECRET, name, describe)).transcripts:
            found[name, (transcript.case or "") if transcript.row else ""] = transcript
    return found


def rows(name: str) -> list[dict[str, str]]:
    """Rows of one table of the gold."""
    with resources.path(f"corpora/demo_gold/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def on_passages(
    by_coder: dict[str, list[dict[str, str]]], transcripts: dict[tuple[str, str], Transcript]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Frames codings, judged and units: every coder's codings on passages of about sixty words.

    Each coder judged all codes on all passages of participants and authors (`judged.csv`).
    """
    passages = segments.by_window(list(transcripts.values()), secret=SECRET)
    present = []
    for coder, made in by_coder.items():
        quoted, codings = {}, []
        for number, row in enumerate(made):
            transcript, id_ = transcripts[row["file"], row["row"]], f"{coder}.{number}"
            start, end = int(row["start"]), int(row["end"])
            quoted[id_] = Segment(id_, transcript.id, start, end, "selection", row["quote"])
            codings.append(Coding(id_, id_, row["code"], coder, {facet: row[facet] for facet in FACETS}))
        carried = onto(codings, quoted, passages)
        present += [(c.segment, coder, c.code, *(c.facets[f] for f in FACETS)) for c in carried.codings]
    asked = codes()
    decided = [(passage.id, coder, code) for passage in passages for coder in by_coder for code in asked]
    return (
        pd.DataFrame(present, columns=["segment", "coder", "code", *FACETS]),
        pd.DataFrame(decided, columns=["segment", "coder", "code"]),
        pd.DataFrame([(p.id, p.case or p.transcript) for p in passages], columns=["segment", "case"]),
    )
