"""The demo corpus's adjudicated codings as what a facet model learns from."""

from __future__ import annotations

import numpy as np

from benchmarks.gold.reading import SECRET, codes, rows, texts
from qualcode import segments
from qualcode.coding import ABSENT, PRESENT, Coding, Span, onto
from qualcode.corpus import Segment
from qualcode.taggers.definitions import EVIDENCE_WORDS, DefinitionTagger
from qualcode.taggers.training import Training

LEARNED = ("polarity", "holder")
"""Not `time`: the two coders agreed on it less than chance would, so there is nothing to learn it from."""


def training() -> tuple[Training, dict[tuple[int, int], tuple[Span, ...]]]:
    """Judgements on passages of about sixty words, and where in a passage the coded words stand.

    A code that was found twice in one passage has the facets of the first finding.
    """
    transcripts = texts()
    passages = segments.by_window(list(transcripts.values()), secret=SECRET)
    row_of = {passage.id: row for row, passage in enumerate(passages)}
    column_of = {code: column for column, code in enumerate(codes())}
    quoted, found = {}, []
    for number, row in enumerate(rows("adjudicated")):
        transcript, id_ = transcripts[row["file"], row["row"]], str(number)
        quoted[id_] = Segment(id_, transcript.id, int(row["start"]), int(row["end"]), "selection", row["quote"])
        found.append(Coding(id_, id_, row["code"], "gold", {facet: row[facet] for facet in LEARNED if row[facet]}))
    label = np.full((len(passages), len(column_of)), ABSENT, dtype=np.int8)
    facets: dict[tuple[int, int], dict[str, str]] = {}
    spans: dict[tuple[int, int], tuple[Span, ...]] = {}
    for coding in onto(found, quoted, passages).codings:
        cell = row_of[coding.segment], column_of[coding.code]
        label[cell] = PRESENT
        passage, quote = passages[cell[0]], quoted[coding.id.split(":")[0]]
        if cell not in facets:
            facets[cell] = dict(coding.facets)
            spans[cell] = (
                (max(quote.start, passage.start) - passage.start, min(quote.end, passage.end) - passage.start),
            )
    return Training(tuple(passages), tuple(column_of), label, np.ones(label.shape), facets), spans


def telling(tagger: DefinitionTagger, training: Training) -> dict[tuple[int, int], tuple[Span, ...]]:
    """The evidence that a tagger would give for the cells with facets: its patterns, else the words that tell most."""
    found: dict[tuple[int, int], tuple[Span, ...]] = {}
    for row, column in training.facets:
        reasons = tagger.explain(training.segments[row], training.codes[column])
        by_kind = {
            kind: [reason.span for reason in reasons if reason.kind == kind and reason.span and reason.weight > 0]
            for kind in ("pattern", "word")
        }
        found[row, column] = tuple(by_kind["pattern"] or by_kind["word"][:EVIDENCE_WORDS])
    return found
