"""Excerpt rows: codings with their words, as far as those who spoke agreed to be quoted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from qualcode.codebook import Codebook
from qualcode.coding import Coding, Theme
from qualcode.corpus import Case, Segment, Transcript
from qualcode.exporters import ThemeQuotes
from qualcode.exporters.bundle import EXCERPT_COLUMNS, MASKS, Source
from qualcode.pipeline.consenting import Agreed


class Rows:
    """Makes an excerpt row of a coding."""

    def __init__(
        self,
        codebook: Codebook,
        transcripts: Mapping[str, Transcript],
        cases: Mapping[str, Case],
        segments: Mapping[str, Segment],
        kinds: Mapping[str, str],
        agreed: Agreed,
        standing: Mapping[str, str],
    ) -> None:
        self.codebook, self.transcripts, self.cases, self.segments = codebook, transcripts, cases, segments
        self.kinds, self.agreed, self.standing = kinds, agreed, standing

    def programme(self, segment: Segment) -> str | None:
        """The transcript's programme, else its participant's."""
        case = self.cases.get(segment.case or "")
        return self.transcripts[segment.transcript].programme or (case.programme if case else None)

    def quotable(self, segment: str) -> bool:
        """Whether everybody who speaks in the segment agreed to be quoted."""
        return self.agreed.of(self.segments[segment]).quote == "verbatim"

    def source(self, segment: str) -> Source:
        """Where the words of a segment come from."""
        one = self.segments[segment]
        return Source(
            one.transcript, self.agreed.whose(one.transcript, one.start, one.end), self.standing[one.transcript]
        )

    def __call__(self, coding: Coding, status: str) -> dict[str, Any]:
        """The row of a coding."""
        segment = self.segments[coding.segment]
        transcript = self.transcripts[segment.transcript]
        evidence = " … ".join(transcript.text[start:end] for start, end in coding.evidence)
        quote = self.agreed.of(segment).quote or "none"
        # The question goes with its answer: it often says again what was said.
        words = {"excerpt": segment.text, "context": segment.context, "evidence": evidence}
        shown = {name: said and MASKS.get(quote, said) for name, said in words.items()}
        return {
            "status": status,
            "excerpt": shown["excerpt"],
            "context": shown["context"],
            "code": coding.code,
            "code_label": self.codebook[coding.code].label if coding.code in self.codebook else coding.code,
            "polarity": coding.facets.get("polarity", ""),
            "holder": coding.facets.get("holder", ""),
            "time": coding.facets.get("time", ""),
            "raw_score": coding.raw_score,
            "score": coding.score,
            "evidence": shown["evidence"],
            "clause": self.codebook.clause(coding.clause),
            "coder": coding.coder,
            "coder_kind": self.kinds[coding.coder],
            "codebook_version": self.codebook.version,
            "speaker_role": segment.role,
            "case": segment.case,
            "programme": self.programme(segment),
            "study": transcript.study,
            "group": transcript.group,
            "wave": transcript.wave,
            "date": transcript.date,
            "kind": transcript.kind,
            "transcript": segment.transcript,
            "segment": segment.id,
            "start": segment.start,
            "end": segment.end,
            "page": bisect_right(transcript.pages, segment.start) or None,
            "deidentified": self.standing[segment.transcript],
            "quote_consent": quote,
        }


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows in order: by code, programme, case and place."""
    made = pd.DataFrame(rows, columns=list(EXCERPT_COLUMNS))
    return made.sort_values(["code", "programme", "case", "transcript", "start"], kind="stable", ignore_index=True)


def evidence(made: Iterable[Coding], row: Rows) -> dict[str, tuple[tuple[int, int], ...]]:
    """Spans of each excerpt that carry its code, by `segment|code`; of those alone whose words may be shown."""
    return {
        f"{coding.segment}|{coding.code}": tuple(
            (start - row.segments[coding.segment].start, end - row.segments[coding.segment].start)
            for start, end in coding.evidence
        )
        for coding in made
        if row.quotable(coding.segment)
    }


def sources(segments: Iterable[str], row: Rows) -> dict[str, Source]:
    """Where the words come from that may be quoted, by segment."""
    return {segment: row.source(segment) for segment in sorted(set(segments)) if row.quotable(segment)}


def theme_quotes(theme: Theme, row: Rows) -> ThemeQuotes:
    """A theme with the passages to read first, of people who agreed to be quoted."""
    there = [id_ for id_ in theme.segments if id_ in row.segments and row.quotable(id_)]
    central = [id_ for id_ in theme.central if id_ in there] or there[: len(theme.central)]
    shown = [row.segments[id_] for id_ in central]
    quotes = tuple((one.case or one.transcript, row.programme(one) or "", one.text) for one in shown)
    return ThemeQuotes(theme, quotes, tuple(central))
