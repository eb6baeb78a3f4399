"""What is shown of a proposal that a learned score made: evidence, facets, the clause met, and the reasons for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qualcode import nlp
from qualcode.codebook import Code, Codebook
from qualcode.coding import Proposed, Reason, Span
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.taggers.codebook_model import CodebookModel
from qualcode.taggers.evidence import passages
from qualcode.taggers.facet_model import FacetModel, FacetRead
from qualcode.taggers.facets import HYPOTHETICAL
from qualcode.taggers.learner import Learner
from qualcode.taggers.nearest import Nearest
from qualcode.taggers.patterns import PatternMatcher

ANCHORS = 4


@dataclass(frozen=True, slots=True)
class _Told:
    """What speaks for a code in a passage."""

    words: tuple[Span, ...]
    """Strongest first."""
    shown: tuple[Span, ...]
    """Pattern hits, or the sentences that weigh most, in their order."""
    fixed: Mapping[str, str]
    """Facets that patterns fix."""


class Particulars:
    """Reads proposed cells closely; it changes nobody's mind about whether a code is there."""

    def __init__(
        self, codebook: Codebook, encoder: Encoder | None, learner: Learner, facets: FacetModel | None = None
    ) -> None:
        self._codebook, self._encoder, self._learner = codebook, encoder, learner
        self._facets = facets or FacetModel.ruling(codebook)
        self._patterns = PatternMatcher(codebook)

    def of(
        self, segments: Sequence[Segment], codes: Sequence[Code], cells: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], Proposed]:
        """Evidence, facets and clause of each cell: places in `segments` and in `codes`."""
        named = [(row, codes[column].id) for row, column in cells]
        told = self._told(segments, named)
        # The strongest words are the anchor: a sentence holds cues that belong to something else.
        read = self._facets.read(
            [segments[row] for row, _ in named], [code for _, code in named], [t.words for t in told]
        )
        clauses = self._clauses(segments, codes, cells)
        return {
            cell: Proposed(_facets(read[at], told[at].fixed), told[at].shown, clauses[cell])
            for at, cell in enumerate(cells)
        }

    def anchors(self, segments: Sequence[Segment], cells: Sequence[tuple[int, str]]) -> list[tuple[Span, ...]]:
        """The words that speak most for each cell (place of the segment, and a learned code); strongest first."""
        return [one.words for one in self._told(segments, cells)]

    def reasons(self, segment: Segment, code: str, score: Mapping[str, float], nearest: Nearest | None) -> list[Reason]:
        """Why a code has the score that it has; strongest kind of reason first.

        Args:
            segment: whose code is asked about.
            code: a learned one.
            score: of every learned code on the segment.
            nearest: passages that people coded.
        """
        doc = next(iter(nlp.docs([segment.text], self._codebook.language)))
        found = [
            Reason(
                "pattern",
                code,
                1.0,
                nlp.span_of(doc, hit.start, hit.end),
                self._codebook[code].pattern_names()[hit.pattern],
            )
            for hit in self._patterns.find(doc)
            if hit.code == code
        ]
        column = self._learner.codes.index(code)
        (words,) = self._learner.words([segment], [(0, column)])
        found += [Reason("word", code, weight, span) for span, weight in words]
        if code in self._defined:
            clause, similarity = self._model.read([segment.text]).nearest_clauses([0], self._defined[code])[0]
            found.append(Reason("clause", code, similarity, detail=clause))
        if nearest is not None and self._encoder is not None:
            near = nearest.find(code, self._encoder.encode([segment.text])[0], but=segment.id)
            if near:
                found.append(Reason("nearest", code, near[1], detail=near[0]))
        other = self._near_miss(code, score)
        if other:
            found.append(Reason("near-miss", code, score[code] - score[other], detail=other))
        return found

    def _near_miss(self, code: str, score: Mapping[str, float]) -> str:
        """The likeliest of the codes that the codebook says are mistaken for it; of all others where it names none."""
        named = {miss.instead for miss in self._codebook[code].near_misses} & set(score) - {code}
        others = named or set(score) - {code}
        return max(sorted(others), key=lambda one: score[one], default="")

    def _told(self, segments: Sequence[Segment], cells: Sequence[tuple[int, str]]) -> list[_Told]:
        """Where a pattern hit, else what speaks most for the code, in words and in sentences; else the whole."""
        rows = sorted({row for row, _ in cells})
        docs = nlp.docs([segments[row].text for row in rows], self._codebook.language)
        hits: dict[tuple[int, str], list[tuple[Span, Mapping[str, str]]]] = defaultdict(list)
        for row, doc in zip(rows, docs, strict=True):
            for hit in self._patterns.find(doc):
                hits[row, hit.code].append((nlp.span_of(doc, hit.start, hit.end), hit.facets))
        weighed = self._learner.words(segments, [(row, self._learner.codes.index(code)) for row, code in cells])
        sentences = {row: nlp.sentences(segments[row].text, self._codebook.language) for row in rows}
        found = []
        for cell, words in zip(cells, weighed, strict=True):
            row, text = cell[0], segments[cell[0]].text
            spans = tuple(dict.fromkeys(span for span, _ in hits[cell]))
            speaking = [
                span for span, weight in words if weight > 0 and text[slice(*span)].lower() not in nlp.function_words()
            ]
            anchor = spans or tuple(speaking[:ANCHORS]) or ((0, len(text)),)
            shown = tuple(sorted(spans)) or passages(words, sentences[row]) or ((0, len(text)),)
            found.append(_Told(anchor, shown, {name: value for _, said in hits[cell] for name, value in said.items()}))
        return found

    def _clauses(
        self, segments: Sequence[Segment], codes: Sequence[Code], cells: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], str]:
        """The clause of each code's entry that is nearest to the segment; none for a code without an entry."""
        rows = sorted({row for row, _ in cells})
        found = dict.fromkeys(cells, "")
        by_column: dict[int, list[int]] = defaultdict(list)
        for row, column in cells:
            if codes[column].id in self._defined:
                by_column[column].append(row)
        if not by_column:
            return found
        reading = self._model.read([segments[row].text for row in rows])
        place = {row: at for at, row in enumerate(rows)}
        for column, own in by_column.items():
            clauses = reading.nearest_clauses([place[row] for row in own], self._defined[codes[column].id])
            found |= {(row, column): clause for row, (clause, _) in zip(own, clauses, strict=True)}
        return found

    @cached_property
    def _defined(self) -> dict[str, int]:
        """Codes whose entry says what they are, with their columns in the codebook's own model."""
        return {code.id: at for at, code in enumerate(self._codebook.active)}

    @cached_property
    def _model(self) -> CodebookModel:
        return CodebookModel(self._codebook, self._encoder)


def _facets(read: Mapping[str, FacetRead], fixed: Mapping[str, str]) -> dict[str, str]:
    """What was learned wins over what a pattern fixes, and that over the rules; but a wish stays a wish."""
    found = {name: value.value for name, value in read.items() if value.value}
    for name, value in fixed.items():
        if (name not in read or read[name].probability is None) and found.get(name) != HYPOTHETICAL:
            found[name] = value
    return found
