"""The tagger that needs no labels: patterns, and a linear model that learned the codebook itself.

Rows for the model are the clauses of each definition, the rules of use, the examples and the near misses, and
ordinary talk for "none of the codes". Each sentence of a segment is scored beside the whole segment, since people
say several things in one breath; on the training part of public patient feedback that raised macro F1 from .43
to .48 over scoring the whole alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode import nlp
from qualcode.codebook import Code, Codebook
from qualcode.coding import ABSENT, NOT_JUDGED, PRESENT, Coder, Proposals, Proposed, Reason, Span
from qualcode.corpus import Segment
from qualcode.encoders import Encoder
from qualcode.errors import NotEnoughData
from qualcode.taggers import facets
from qualcode.taggers.features import Features
from qualcode.taggers.patterns import Hit, PatternMatcher

VERSION = 1
"""Raised whenever the same codebook and text could give another answer."""
NONE = -1
TIMES_CHANCE = 4.0
"""A sentence is a code's when the model gives it this many times its fair share: raw_score .5."""
PATTERN_STRENGTH = 0.7
ANSWER_STRENGTH = 0.8
EVIDENCE_WORDS = 4
_CLAUSE = re.compile(r"(?<=[.;])\s+")
_TOO_CLOSE = 0.5


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that the model learns from."""

    text: str
    code: int
    clause: str


class DefinitionTagger:
    """Tags with a codebook alone.

    Args:
        codebook: its active codes are tagged.
        encoder: sentence vectors; without one, words alone.
        floor: raw scores below it are judged absent.
        threshold: raw scores from it on are proposed; in between the tagger abstains.
    """

    def __init__(
        self, codebook: Codebook, *, encoder: Encoder | None = None, floor: float = 0.35, threshold: float = 0.5
    ) -> None:
        if not codebook.active:
            raise NotEnoughData("the codebook has too few active codes", needed=1, found=0, place=codebook.id)
        self.codebook = codebook
        self.floor, self.threshold = floor, threshold
        self.codes = codebook.active
        self._encoder = encoder
        self._patterns = PatternMatcher(codebook)

    @property
    def coder(self) -> Coder:
        """The machine coder; its version is the hash of all that its answers depend on."""
        parts = [VERSION, self.floor, self.threshold, self._encoder.name if self._encoder else "words"]
        for code in self.codes:
            parts.append(code.hash)
            parts += [(p.match, sorted(p.facets.items()), p.sentence) for p in (*code.patterns, *code.except_patterns)]
        version = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
        return Coder(f"definitions@{version}", "machine", version)

    def tag(self, segments: Sequence[Segment]) -> Proposals:
        """Judge each segment for each active code.

        Returns:
            raw_score of shape (len(segments), active codes): one half where the model gives a sentence four times
            its fair share, more where a pattern hit.
        """
        raw = np.zeros((len(segments), len(self.codes)), dtype=np.float32)
        state = np.full(raw.shape, ABSENT, dtype=np.int8)
        proposed: dict[tuple[int, int], Proposed] = {}
        if segments:
            pieces, owner = _pieces(segments)
            texts = [segments[owner[i]].text[start:end] for i, (start, end) in enumerate(pieces)]
            matrix = self._features.transform(texts, self._features.vectors(texts))
            strength, wins = self._strength(matrix)
            best = _best_pieces(strength, owner, len(segments))
            raw = np.take_along_axis(strength, best, axis=0).astype(np.float32)
            won = np.zeros(raw.shape, dtype=bool)
            np.logical_or.at(won, owner, wins)
            state[raw >= self.floor] = NOT_JUDGED
            state[won & (raw >= self.threshold)] = PRESENT
            for row, column in zip(*np.nonzero(state == PRESENT), strict=True):
                piece = best[row, column]
                proposed[row, column] = self._from_model(
                    segments[row], int(column), pieces[piece], matrix[piece], texts[piece]
                )
            self._add_patterns(segments, raw, state, proposed)
            self._add_answers(segments, raw, state, proposed)
        return Proposals(
            segments=tuple(segment.id for segment in segments),
            codes=tuple(code.id for code in self.codes),
            raw_score=raw,
            state=state,
            proposed=proposed,
        )

    def explain(self, segment: Segment, code: str) -> list[Reason]:
        """Patterns that fired, words with signed weight (exact for the linear part), clause met, near-miss code."""
        column = [known.id for known in self.codes].index(code)
        reasons = [
            Reason("pattern", code, PATTERN_STRENGTH, _chars(doc, hit), self.codebook[code].patterns[hit.pattern].match)
            for doc in nlp.docs([segment.text], self.codebook.language)
            for hit in self._patterns.find(doc)
            if hit.code == code
        ]
        pieces, _ = _pieces([segment])
        texts = [segment.text[start:end] for start, end in pieces]
        matrix = self._features.transform(texts, self._features.vectors(texts))
        strength, _ = self._strength(matrix)
        piece = int(strength[:, column].argmax())
        for span, weight in self._words(matrix[piece], texts[piece], column):
            at = pieces[piece][0]
            reasons.append(Reason("word", code, weight, (span[0] + at, span[1] + at)))
        clause, similarity = self._clause(column, texts[piece], matrix[piece])
        reasons.append(Reason("clause", code, similarity, detail=clause))
        others = [(float(strength[piece, k]), other.id) for k, other in enumerate(self.codes) if k != column]
        if others:
            score, other = max(others)
            reasons.append(Reason("near-miss", code, float(strength[piece, column]) - score, detail=other))
        return reasons

    # ---- learning

    @cached_property
    def _rows(self) -> list[_Row]:
        rows: list[_Row] = []
        place = {code.id: index for index, code in enumerate(self.codes)}
        for index, code in enumerate(self.codes):
            rows += [_Row(text, index, clause) for clause, text in _clauses(code)]
            for number, miss in enumerate(code.near_misses, start=1):
                if not miss.instead or miss.instead in place:
                    rows.append(_Row(miss.text, place.get(miss.instead, NONE), f"{code.id}.near_miss.{number}"))
        return rows + self._ordinary([row.text for row in rows if row.code != NONE])

    def _ordinary(self, coded: list[str]) -> list[_Row]:
        lines = Path(__file__).with_name("ordinary_talk.txt").read_text(encoding="utf-8").splitlines()
        lines = [line for line in lines if line and not line.startswith("#")]
        if self._encoder and coded:
            close = (self._encoder.encode(lines) @ self._encoder.encode(coded).T).max(axis=1)
            lines = [line for line, similarity in zip(lines, close, strict=True) if similarity < _TOO_CLOSE]
        return [_Row(line, NONE, "") for line in lines]

    @cached_property
    def _features(self) -> Features:
        return Features(self._encoder).fit([row.text for row in self._rows])

    @cached_property
    def _learned(self) -> tuple[Any, NDArray[np.float32] | None, Any]:
        from sklearn.linear_model import LogisticRegression

        texts = [row.text for row in self._rows]
        vectors = self._features.vectors(texts)
        matrix = self._features.transform(texts, vectors)
        model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
        model.fit(matrix, [row.code for row in self._rows])
        return model, vectors, matrix

    def _strength(self, matrix: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """For each piece and code: odds of its share of the probability against TIMES_CHANCE, and whether it is the top."""
        model = self._learned[0]
        share = np.asarray(model.predict_proba(matrix))
        classes = list(model.classes_)
        ratio = share * len(classes) / TIMES_CHANCE
        strength = ratio / (1 + ratio)
        wins = share >= share.max(axis=1, keepdims=True)
        columns = [classes.index(k) for k in range(len(self.codes))]
        return strength[:, columns], wins[:, columns]

    # ---- evidence

    def _from_model(self, segment: Segment, column: int, piece: Span, row: Any, text: str) -> Proposed:
        words = [span for span, weight in self._words(row, text, column) if weight > 0][:EVIDENCE_WORDS]
        spans = tuple(sorted((start + piece[0], end + piece[0]) for start, end in words)) or (piece,)
        clause, _ = self._clause(column, text, row)
        doc = next(nlp.docs([segment.text], self.codebook.language))
        at = doc.char_span(*(spans[0]), alignment_mode="expand")
        return Proposed(self._facets(doc, at.start, at.end) if at is not None else {}, spans, clause)

    def _words(self, row: Any, text: str, column: int) -> list[tuple[Span, float]]:
        """Words of a text with their exact contribution to the code against the mean of all classes, strongest first."""
        model = self._learned[0]
        weights = model.coef_[list(model.classes_).index(column)]
        if len(model.classes_) > 2:
            weights = weights - model.coef_.mean(axis=0)
        names = self._features.vocabulary
        analyse = re.compile(r"(?u)\b\w\w+\b")
        spans: dict[str, Span] = {}
        for match in analyse.finditer(text.lower()):
            spans.setdefault(match.group(), match.span())
        found = []
        for feature, value in zip(row.indices, row.data, strict=True):
            if feature < len(names) and names[feature] in spans:
                found.append((spans[names[feature]], float(value * weights[feature])))
        return sorted(found, key=lambda item: -abs(item[1]))

    def _clause(self, column: int, text: str, row: Any) -> tuple[str, float]:
        """The clause of the code's entry that is nearest to the text, and its cosine."""
        _, vectors, matrix = self._learned
        own = [i for i, known in enumerate(self._rows) if known.code == column and not known.clause.count("near_miss")]
        if vectors is not None:
            similarity = vectors[own] @ self._features.vectors([text])[0]  # type: ignore[index]
        else:
            similarity = np.asarray((matrix[own] @ row.T).todense()).ravel()
        nearest = int(similarity.argmax())
        return self._rows[own[nearest]].clause, float(similarity[nearest])

    def _facets(self, doc: Any, start: int, end: int) -> dict[str, str]:
        if self.codebook.language != "en" or not self.codebook.facet("polarity"):
            return {}
        found = {"polarity": facets.polarity(doc, start, end) or facets.HYPOTHETICAL}
        holder = facets.holder(doc, start, end) if self.codebook.facet("holder") else ""
        return found | ({"holder": holder} if holder else {})

    # ---- patterns

    def _add_patterns(
        self, segments: Sequence[Segment], raw: NDArray[np.float32], state: NDArray[np.int8],
        proposed: dict[tuple[int, int], Proposed],
    ) -> None:  # fmt: skip
        place = {code.id: index for index, code in enumerate(self.codes)}
        docs = nlp.docs((segment.text for segment in segments), self.codebook.language)
        for row, (segment, doc) in enumerate(zip(segments, docs, strict=True)):
            for code_id, hits in _by_code(self._patterns.find(doc)).items():
                column = place[code_id]
                facets_found = self._hit_facets(doc, hits)
                if facets_found is None:
                    continue
                raw[row, column] = 1 - (1 - raw[row, column]) * (1 - PATTERN_STRENGTH)
                state[row, column] = PRESENT
                spans = tuple(sorted({_chars(doc, hit) for hit in hits}))
                proposed[row, column] = Proposed(facets_found, spans, f"{code_id}.pattern.{hits[0].pattern + 1}")

    def _add_answers(
        self, segments: Sequence[Segment], raw: NDArray[np.float32], state: NDArray[np.int8],
        proposed: dict[tuple[int, int], Proposed],
    ) -> None:  # fmt: skip
        """A bare yes or no takes its code from the question, affirmed or denied."""
        if self.codebook.language != "en" or not self.codebook.facet("polarity"):
            return
        answers = {row: facets.short_answer(segment.text) for row, segment in enumerate(segments) if segment.context}
        questions = sorted({segments[row].context for row, answer in answers.items() if answer})
        about = dict(zip(questions, self._asked_about(questions), strict=True))
        for row, answer in answers.items():
            for column, clause in about[segments[row].context].items() if answer else ():
                raw[row, column] = max(float(raw[row, column]), ANSWER_STRENGTH)
                state[row, column] = PRESENT
                proposed[row, column] = Proposed({"polarity": str(answer)}, ((0, len(segments[row].text)),), clause)

    def _asked_about(self, questions: Sequence[str]) -> list[dict[int, str]]:
        """For each question the codes it asks about (column -> clause), by pattern, else by the model."""
        if not questions:
            return []
        place = {code.id: index for index, code in enumerate(self.codes)}
        last = [question[start:end] for question in questions for start, end in nlp.sentences(question)[-1:]]
        matrix = self._features.transform(last, self._features.vectors(last))
        strength, wins = self._strength(matrix)
        found: list[dict[int, str]] = []
        for row, doc in enumerate(nlp.docs(last, self.codebook.language)):
            hits = {place[hit.code]: f"{hit.code}.pattern.{hit.pattern + 1}" for hit in self._patterns.find(doc)}
            if not hits:
                top = int(strength[row].argmax())
                if wins[row, top] and strength[row, top] >= self.threshold:
                    hits = {top: self._clause(top, last[row], matrix[row])[0]}
            found.append(hits)
        return found

    def _hit_facets(self, doc: Any, hits: list[Hit]) -> dict[str, str] | None:
        """Facets of all hits of one code; None where they only stand in a question to somebody."""
        if self.codebook.language != "en" or not self.codebook.facet("polarity"):
            return {name: value for hit in hits for name, value in hit.facets.items()}
        polarities: list[str] = []
        fixed: dict[str, str] = {}
        for hit in hits:
            found = facets.polarity(doc, hit.start, hit.end)
            if found is not None:
                polarities.append(_turned(hit.facets.get("polarity"), found))
                fixed |= {name: value for name, value in hit.facets.items() if name != "polarity"}
        if not polarities:
            return None
        holder = facets.holder(doc, hits[0].start, hits[0].end) if self.codebook.facet("holder") else ""
        return {"polarity": facets.combined(polarities)} | ({"holder": holder} if holder else {}) | fixed


def _turned(fixed: str | None, found: str) -> str:
    """A pattern that fixes its polarity keeps it, but a wish stays a wish."""
    if fixed is None:
        return found
    return found if found == facets.HYPOTHETICAL else fixed


def _clauses(code: Code) -> list[tuple[str, str]]:
    """What a code's entry says, piece by piece, each with the name by which a reason cites it."""
    pieces = [(f"{code.id}.definition", f"{code.label}. {code.definition}")]
    sentences = [text.strip() for text in _CLAUSE.split(code.definition) if len(text.split()) > 3]
    if len(sentences) > 1:
        pieces += [(f"{code.id}.definition.{number}", text) for number, text in enumerate(sentences, start=1)]
    pieces += [(f"{code.id}.when_to_use.{number}", text) for number, text in enumerate(code.when_to_use, start=1)]
    return pieces + [(f"{code.id}.example.{number}", text) for number, text in enumerate(code.examples, start=1)]


def _pieces(segments: Sequence[Segment]) -> tuple[list[Span], NDArray[np.int64]]:
    """Each segment whole and, where it has more than one, its sentences; with the segment that each belongs to."""
    spans: list[Span] = []
    owner: list[int] = []
    for index, segment in enumerate(segments):
        sentences = nlp.sentences(segment.text)
        for span in [(0, len(segment.text)), *(sentences if len(sentences) > 1 else [])]:
            spans.append(span)
            owner.append(index)
    return spans, np.array(owner, dtype=np.int64)


def _best_pieces(strength: NDArray[np.float64], owner: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """For each segment and code, the index of the strongest piece; shape (count, codes)."""
    best = np.zeros((count, strength.shape[1]), dtype=np.int64)
    starts = np.searchsorted(owner, np.arange(count))
    ends = np.searchsorted(owner, np.arange(count), side="right")
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        best[row] = start + strength[start:end].argmax(axis=0)
    return best


def _by_code(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.code, []).append(hit)
    return grouped


def _chars(doc: Any, hit: Hit) -> Span:
    span = doc[hit.start : hit.end]
    return span.start_char, span.end_char
