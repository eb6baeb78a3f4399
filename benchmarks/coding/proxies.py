"""The shipped codebook without labels, on labels of other studies that come nearest to its codes.

No public texts are coded for the five codes as such. These stand in for three of them; isolation and burden have none.
A proxy is not the code: what it misses may lie between the two definitions.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.coding.answers import Answer
from benchmarks.coding.cells import Cell
from benchmarks.coding.keeping import KeptVectors
from benchmarks.coding.measures import Interval, figures, interval, weights
from benchmarks.coding.ours import Qualcode
from benchmarks.coding.sets import DataSet, load
from qualcode import codebook as codebooks
from qualcode import resources
from qualcode.coding import PRESENT
from qualcode.taggers.definitions import DefinitionTagger

BOOK = "codebooks/peer_support.yaml"
PROXIES = (
    ("emotional_support", "epitome", "emotional_reactions"),
    ("emotional_support", "nhs_care_opinion", "emotional_care"),
    ("validation", "nhs_care_opinion", "listening"),
    ("conflict", "counselchat", "family_conflict"),
)
WITHOUT = ("isolation", "burden")


@dataclass(frozen=True, slots=True)
class Proxy:
    """How a code's proposals agree with a label of another study."""

    code: str
    data: str
    label: str
    rows: int
    positives: int
    proposed: int
    precision: float
    recall: float
    f1: Interval
    kappa: Interval
    ap: Interval


def run(encoder: KeptVectors) -> None:
    """Make what is not there yet."""
    for code, name, _ in PROXIES:
        data = load(name)
        cell = _cell(code, data)
        if cell.load() is None:
            tagger = DefinitionTagger(codebooks.load(resources.path(BOOK)), encoder=encoder)
            proposals = tagger.tag(list(data.segments))
            column = [proposals.codes.index(code)]
            present = proposals.state[:, column] == PRESENT
            score = proposals.raw_score[:, column].astype(float)
            cell.keep(Answer(present, score, 0.0, 0.0, note=tagger.coder.id))


def found() -> list[Proxy]:
    """Agreement with every proxy that was run, over all rows of its set: nothing was learned from any."""
    return [one for code, name, label in PROXIES if (one := _agreement(code, load(name), label))]


def _agreement(code: str, data: DataSet, label: str) -> Proxy | None:
    answer = _cell(code, data).load()
    if answer is None:
        return None
    truth = data.label[:, [data.codes.index(label)]] == PRESENT
    hits = int((truth & answer.present).sum())
    drawn = figures(truth, answer.present, answer.score, weights(data.group))
    return Proxy(
        code,
        data.name,
        data.codebook[label].label,
        len(truth),
        int(truth.sum()),
        int(answer.present.sum()),
        hits / max(int(answer.present.sum()), 1),
        hits / max(int(truth.sum()), 1),
        *(interval(drawn[name]) for name in ("micro", "kappa", "ap")),
    )


def _cell(code: str, data: DataSet) -> Cell:
    book = codebooks.load(resources.path(BOOK))
    digest = f"{data.digest}-{book.version}"
    return Cell(f"{data.name}-proxies", f"{digest}-{code}", "qualcode", f"{Qualcode().version}-{code}", "0", 1)


def without() -> str:
    """Which codes have no proxy."""
    return " and ".join(WITHOUT)
